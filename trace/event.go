// Package trace is what a run leaves behind: the log of its events, their codec and
// hash, and the fold of the log into a view of the cluster at any instant. It is
// the only thing that screens, checks and exports look at.
package trace

import (
	"time"

	"capsim/model"
)

// Kind says what happened.
type Kind uint8

// The kinds of events, each with the fields of Event that it uses beside At.
const (
	// Statement: a statement of the script, or a live command, took effect. Text.
	Statement Kind = iota + 1
	// PolicyStart: a policy rules from here on. Text: its choice. N: the stretch, from 1. Key:
	// ApartRecords if what a node keeps is no copy of what another keeps; else "".
	PolicyStart
	// NodeBoot: a replica starts, or the host of a remote client does. Node, N (incarnation),
	// Text (first, restart, wiped, switched), Key (the client's name; "" of a node).
	NodeBoot
	// Serving: a node's state is installed; claims are judged from here. Node.
	Serving
	// Invoke: a client began an operation. Op, Node (the one it asks), Peer (the host of a
	// remote client; 0 for one beside the node), *Call.
	Invoke
	// Return: the operation ended for its client. Op, Node, *model.Result. N: 1 if the
	// answer came too late: it changes nothing.
	Return
	// SystemWrite: the system made a write. Op, Node, *Call with Cause.
	SystemWrite
	// Wrote: an operation took its place in a key's history at a node. Op, Node, Key,
	// Ops (what it supersedes).
	Wrote
	// Applied: what a node would serve for a key from now on. Node, Key, *model.Record (nil: nothing).
	Applied
	// Discarded: a node dropped a write for another. Node, Key, Op, Text (why).
	Discarded
	// Send: a message went on the wire. Msg, Node, Peer, Text (its kind), Ops (the
	// writes it carries), N (the instant it will land, ns), Op (of a remote client's request,
	// and of the reply to it), Key (the number of the message that it is a copy of; "" for none).
	Send
	// Deliver: a message reached its receiver. Msg, Node (the receiver), Peer (the sender).
	Deliver
	// Drop: the network lost a message. Msg, Node (sender), Peer, Text (the fault that did it).
	Drop
	// Hold: a cut keeps a message. Msg, Node (sender), Peer, Text (the fault).
	Hold
	// Release: a held message goes on. Msg, Node (sender), Peer, N (the instant it will land, ns).
	Release
	// LinkChange: one direction of a link changed. Node (from), Peer (to), *Link.
	LinkChange
	// HostChange: a host changed. Node, Text (crashed, wiped, restarted, paused, resumed).
	HostChange
	// Note: a fact for the story. Node (0: none), Text (its kind), Fields.
	Note
	// Metric: a figure of the run, at its end. Text (name), N.
	Metric
	// Skipped: an operation that was due found its client busy until the end. Text (client), Key (command).
	Skipped
	// Doubt: a node does not know whether a write took place, and serves nothing of the
	// key until it does. Node, Key, Op (0: it knows now).
	Doubt
	// Condition: a host runs otherwise than it should, from here on. Node, Text ("slow
	// +5ms", "skew -500ms", "drift 200ppm"; "off" in place of the figure).
	Condition
	// Acquire: a holder believes from now on that it holds a resource. Node, Op, Key (the
	// resource), Text (the holder), N (its fencing token; 0 for none).
	Acquire
	// Relinquish: a holder knows that it holds the resource no more. Node, Op, Key, Text.
	Relinquish
	// Access: a write to a guarded resource took effect. Node, Op, Key (the resource), Text
	// (who wrote), N (the token that it bore; 0 for none).
	Access
	// Effect: a part of a transaction took effect. Node, Op, Key (the transaction), Text (the
	// part), N (by how much; below zero: taken back).
	Effect
	// Commit, Abort: a node decided or learned what becomes of a transaction. Node, Op, Key.
	Commit
	Abort
	// Mark: the state that a node is in from here on, in a few words. Node, Op, Text, Key
	// ("stamp" if Text is the stamp that a clock gave to an event: "L=4", "V=[2 1 0]",
	// "T=5.010s"; else "").
	Mark
	// Levels: how many nodes are in which state from here on, where they are too many for a
	// Mark each. Census. It replaces the Levels before; one comes at most every LevelsEvery,
	// and only if something changed.
	Levels
	// Gauge: a figure that rises and falls, as it is from here on: a point of a curve. Text (its
	// name), N, Node (whose; 0 for that of all).
	Gauge
	// Begin: a transaction began. Node, Op, Key, N (how many parts it has).
	Begin
)

// LevelsEvery is the least virtual time between two Levels of a run.
const LevelsEvery = 100 * time.Millisecond

// ApartRecords is what a PolicyStart says of a policy under which every node keeps records of
// its own.
const ApartRecords = "apart"

// The messages that the engine itself sends between a remote client and the nodes.
const (
	RequestKind = "client.request"
	ReplyKind   = "client.reply"
)

// What a run counts of its messages where they are too many for events of their own: the names
// of metrics.
const (
	SentMetric      = "messages-sent"
	DeliveredMetric = "messages-delivered"
	DroppedMetric   = "messages-dropped"
)

var kindNames = [...]string{
	"", "statement", "policy", "boot", "serving", "invoke", "return", "system", "wrote", "applied", "discarded",
	"send", "deliver", "drop", "hold", "release", "link", "host", "note", "metric", "skipped", "doubt", "condition",
	"acquire", "relinquish", "access", "effect", "commit", "abort", "mark", "levels", "gauge", "begin",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "?"
}

// Event is one thing that happened. Its number is its place in the log, from 1.
// Which fields count is said at its Kind. An event is immutable.
type Event struct {
	At         model.Time
	Kind       Kind
	Node, Peer model.NodeID
	Op         model.OpID
	Msg        model.MsgID
	N          int64
	Key, Text  string
	Ops        []model.OpID
	Body       Body // *Call, *model.Result, *model.Record, *Link, Fields or Census, by Kind; nil for none
}

// Body is what only some kinds of events have.
type Body any

// Call is the body of Invoke and SystemWrite.
type Call struct {
	Client  string // "" for the system
	Command model.Command
	Cause   model.OpID // of SystemWrite: the operation that made it necessary
}

// Link is the body of LinkChange: how one direction of a link is from now on.
type Link struct {
	Cut     string // "", "drop" or "hold"
	Cause   string // the fault that cut it
	Latency string // "" for the default, else how it was changed
	Loss    float64

	Duplicate, Reorder float64 // shares of messages
	Bandwidth          string  // "64KB/s"; "" if it is endless
	Flap               string  // "up=200ms down=300ms"; "" if it does not flap
}

// Fields is the body of Note: names and values in turn.
type Fields []string

// Get returns the named field's value, "" if there is none.
func (f Fields) Get(name string) string {
	for i := 0; i+1 < len(f); i += 2 {
		if f[i] == name {
			return f[i+1]
		}
	}
	return ""
}

// Census is the body of Levels: the states of nodes in the order in which they came up, those
// that no node is in any more included.
type Census []Level

// Level is how many nodes are in one state, and where.
type Level struct {
	State string // as Mark has it; "" for none; a node that is down is in the state "down"
	Nodes int    // how many
	// Heat is a coarse map of where they are: consecutive nodes share a bucket, as Bucket says,
	// and each bucket has the share of its nodes that are in this state, in thousandths. nil if
	// none is.
	Heat []uint16
}

// MaxBuckets is how many buckets the map of a Census has at most.
const MaxBuckets = 1000

// Buckets returns how many buckets the map of so many nodes has: one a node if that can be.
func Buckets(nodes int) int { return min(nodes, MaxBuckets) }

// Bucket returns in which bucket, from 0, a node is among so many nodes. Buckets differ by
// one node at most.
func Bucket(id model.NodeID, nodes int) int {
	return int((int64(id) - 1) * int64(Buckets(nodes)) / int64(nodes))
}

// Nodes returns how many nodes are in the state.
func (c Census) Nodes(state string) int {
	for i := range c {
		if c[i].State == state {
			return c[i].Nodes
		}
	}
	return 0
}

// Call returns the body of Invoke and SystemWrite.
func (e *Event) Call() *Call { c, _ := e.Body.(*Call); return c }

// Result returns the body of Return.
func (e *Event) Result() *model.Result { r, _ := e.Body.(*model.Result); return r }

// Record returns the body of Applied; nil if the node serves nothing.
func (e *Event) Record() *model.Record { r, _ := e.Body.(*model.Record); return r }

// Link returns the body of LinkChange.
func (e *Event) Link() *Link { l, _ := e.Body.(*Link); return l }

// Fields returns the body of Note.
func (e *Event) Fields() Fields { f, _ := e.Body.(Fields); return f }

// Census returns the body of Levels.
func (e *Event) Census() Census { c, _ := e.Body.(Census); return c }
