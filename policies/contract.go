// Package policies holds the replication policies and the contract that they
// fulfil. A policy is a deterministic state machine, one replica a node: it knows
// no network, no clock but its Env's, and no Redis client.
package policies

import (
	"math/rand/v2"
	"time"

	"capsim/model"
)

// Replica is one node's half of a protocol. The engine calls it with one input at
// a time; a call is a step: its store writes commit as one batch, before the
// messages and replies that it made leave. A crash is between steps.
type Replica interface {
	// Start is called once, before all else: at first boot, after a restart (with
	// the disk as it was, or empty), and when the policy was switched to.
	Start(env Env)
	// Request brings a client's command. The replica answers with Env.Reply, now
	// or in a later step; a request never answered ends unknown for its client.
	Request(env Env, req Request)
	// Receive brings a peer's message.
	Receive(env Env, from model.NodeID, msg Message)
	// Timer says that a timer set with Env.After fired.
	Timer(env Env, tag Tag)
}

// Request is a client's command at a node; or, for a client half, one that its
// client gives it.
type Request struct {
	Op      model.OpID
	Command model.Command
	Client  string
	Node    model.NodeID  // the node that the client asks; a replica's own
	Context model.Context // what the session has read or written, for the command's keys
	Past    model.Vector  // what the session carries of all keys: the last Result.Past that it got
}

// Message is what one replica sends another. It is a value: neither side changes
// it, or what it refers to, once it is sent.
type Message interface {
	// Kind names it for the trace: "raft.append", "gossip.digest".
	Kind() string
	// Writes lists the writes that it carries; nil for none.
	Writes() []model.OpID
}

// Tag tells a replica which of its timers fired. Its meaning is the replica's own.
type Tag struct {
	Kind uint8
	N    uint64
}

// TimerID names a pending timer.
type TimerID uint64

// Boot says why a replica starts.
type Boot uint8

// The reasons to start. FirstBoot: the run begins. Restarted: after a crash, the
// disk as it was. WipedBoot: after a crash, the disk empty. Switched: the policy was
// toggled; the store holds the records of the policy before. A node that was down
// at the toggle starts with Switched when it comes back (WipedBoot if it lost its disk).
const (
	FirstBoot Boot = iota
	Restarted
	WipedBoot
	Switched
)

var bootNames = [...]string{"first", "restart", "wiped", "switched"}

func (b Boot) String() string { return bootNames[b] }

// Env is all that a replica sees of the world. It is valid only during the call
// that it was given to. A client half's Self is above N; it has an Incarnation and a
// Boot, but no disk: Store returns nil, and Wrote, Applied, Doubt, Discarded,
// SystemWrite and Serving are not for it.
type Env interface {
	Self() model.NodeID
	N() int // nodes of the cluster: n1 … nN; hosts above are remote clients
	Boot() Boot
	Incarnation() int // from 1; rises at every boot, and survives a wipe
	Stretch() int     // from 1; rises at every toggle of the policy
	Now() model.Time  // this node's own wall clock: it may be skewed, and drift
	// Monotonic is what this host's monotonic clock shows: it drifts as the wall clock does and
	// never jumps, and goes on while the process is gone. Timers run on it.
	Monotonic() model.Time
	Rand() *rand.Rand // this replica's own stream
	Store() Store

	Send(to model.NodeID, msg Message)
	// After sets a timer on this node's monotonic clock, which drifts as the wall clock
	// does and never jumps. It dies with the process.
	After(d time.Duration, tag Tag) TimerID
	Cancel(id TimerID)

	// Reply ends a request. Only the first reply counts; one after the client's
	// timeout is in the trace and changes nothing.
	Reply(op model.OpID, res model.Result)
	// Begun says that the write may be on some node from now on: if the request is
	// cut short it ends unknown, not refused.
	Begun(op model.OpID)

	// Wrote says that the operation took its place in the key's history here, and
	// which writes it supersedes.
	Wrote(op model.OpID, key string, supersedes []model.OpID)
	// Applied says what this node would serve for the key from now on. nil: nothing.
	Applied(key string, rec *model.Record)
	// Doubt says that the node does not know whether the write took place, and serves
	// nothing of the key until it does; 0: it knows now.
	Doubt(key string, op model.OpID)
	// Discarded says that this node drops a write in favour of another.
	Discarded(key string, op model.OpID, why string)
	// SystemWrite makes an operation of the system's own, caused by another, and
	// returns its id. The replica then writes it as it would a client's.
	SystemWrite(cmd model.Command, cause model.OpID) model.OpID
	// Serving says that this node's state is installed: claims are judged from here.
	Serving()

	// Fact says what this node did or became, for checks and views of any policy or lab.
	Fact(f Fact)
	// Input is the text that the run was given to work on (`use input FILE`); "" for none.
	Input() string

	// Count adds to a named metric of the run ("raft.elections").
	Count(name string, n int64)
	// Most raises a named metric of the run to n, if it is not that high yet.
	Most(name string, n int64)
	// Gauge says how much of something there is from now on, in all or at this node if that is
	// what the name means: a point of a curve. Say it when it changes, not more often than
	// about once a period of the protocol.
	Gauge(name string, value int64)
	// Note records a fact for the story: a kind ("raft.leader") and fields, in pairs of
	// name and value. Views turn it into a sentence, or take that of the field "says" as it
	// is, in the tone of the field "tone": good, bad, fault, quiet; plain without.
	Note(kind string, fields ...string)
}

// Store is a node's Redis, as its replica sees it: the records of keys, and named
// blobs and lists for what else must survive a crash. Writes of a step become visible
// to it at once and durable together at its end. A store that fails ends the run; the
// replica need not see it.
type Store interface {
	// Record returns what the node keeps of the key; nil if nothing.
	Record(key string) *model.Record
	PutRecord(key string, rec *model.Record)
	// Keys lists the keys that have a record, sorted.
	Keys() []string
	// DropRecord forgets the key.
	DropRecord(key string)

	// Meta returns the named blob; nil if there is none. The caller must not change it.
	Meta(name string) []byte
	PutMeta(name string, blob []byte)
	DropMeta(name string)

	// Items returns what the named list holds, first to last; nil if there is none: an
	// empty list is no list, as in Redis. The caller must not change it.
	Items(list string) []string
	// Len returns how many items the list has.
	Len(list string) int
	// Push adds items at the list's end. (Redis: RPUSH.)
	Push(list string, items ...string)
	// DropList forgets the list.
	DropList(list string)
}
