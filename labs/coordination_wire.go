package labs

import (
	"capsim/model"
)

// What clients and servers say to each other. ZooKeeper uses a TCP connection; here the
// network may lose, double and reorder messages, so a client repeats what was not
// answered, and what a server has to tell on a connection is numbered: a client takes it
// in that order, and says how far it has come in all that it sends.

// zkUp is what a client sends a server.
type zkUp struct {
	kind    string // zk.connect, zk.request, zk.ping
	client  string
	conn    string
	session string // of connect: the one to go on with, zkNewSession or zkAnySession
	stay    string // of connect: onlyStay, or nothing
	zxid    uint64 // of connect: the newest state that the client was shown
	got     uint64 // the last tell that it has taken
	stamp   int64  // the client's tick when it sent this copy
	watches []zkWatch
	cxid    uint64 // of request: its number on the connection
	op      model.OpID
	cause   model.OpID // of a request that is only a part of a client's command: op is 0
	command model.Command
}

func (m *zkUp) Kind() string { return m.kind }

func (m *zkUp) Writes() []model.OpID {
	if m.kind == zkRequest && m.op != 0 && zkWrites(m.command.Name()) {
		return []model.OpID{m.op}
	}
	return nil
}

// zkDown is what a server sends a client.
type zkDown struct {
	kind    string // zk.connected, zk.expired, zk.moved, zk.closed, zk.reply, zk.event, zk.pong
	conn    string
	session string // of connected
	stamp   int64  // of connected: the connect's; of pong: the newest ping's that counts
	n       uint64 // of reply and event: its number on the connection
	cxid    uint64 // of reply
	reply   model.Reply
	zxid    uint64 // of reply: the state that it shows; of event: the entry that made it
	watch   zkWatch
	what    string // of event: created, deleted, changed, children
}

func (m *zkDown) Kind() string         { return m.kind }
func (m *zkDown) Writes() []model.OpID { return nil }

// zkBeat is the leader's ping of a follower, in each of its ticks.
type zkBeat struct {
	term      uint64
	round     uint64
	confirmed uint64   // the newest of the follower's touches that certainly reached a leader
	refused   []string // sessions that it touched and that end, or have ended
}

func (m *zkBeat) Kind() string         { return "zk.beat" }
func (m *zkBeat) Writes() []model.OpID { return nil }

// zkTouch is the follower's answer: the sessions that it heard.
type zkTouch struct {
	term     uint64
	round    uint64 // of the beat that it answers
	n        uint64 // counts the touches of this follower
	sessions []string
}

func (m *zkTouch) Kind() string         { return "zk.touch" }
func (m *zkTouch) Writes() []model.OpID { return nil }

// zkSync asks the leader how far its log goes; zkSynced is the answer.
type zkSync struct{ n uint64 }

func (m *zkSync) Kind() string         { return "zk.sync" }
func (m *zkSync) Writes() []model.OpID { return nil }

type zkSynced struct{ n, index uint64 }

func (m *zkSynced) Kind() string         { return "zk.synced" }
func (m *zkSynced) Writes() []model.OpID { return nil }

// Kinds of messages between clients and servers.
const (
	zkConnect   = "zk.connect"
	zkRequest   = "zk.request"
	zkPing      = "zk.ping"
	zkConnected = "zk.connected"
	zkExpired   = "zk.expired"
	zkClosed    = "zk.closed"
	zkMoved     = "zk.moved"
	zkReply     = "zk.reply"
	zkEvent     = "zk.event"
	zkPong      = "zk.pong"
)

// zkKinds are the kinds of all messages but the log's.
var zkKinds = []string{
	zkConnect, zkConnected, zkExpired, zkMoved, zkClosed, zkRequest, zkReply, zkEvent, zkPing, zkPong,
	"zk.beat", "zk.touch", "zk.sync", "zk.synced",
}

// zkWatch is a watch: once something happens to the node, its client is told, once.
type zkWatch struct {
	path string
	kind string // data: of a node that is there; exists: of one that is not; children
	// How the node was when the watch was set, for one that is set anew on another server.
	zxid uint64
}

// zkWrites tells whether a client's command goes through the log.
func zkWrites(name string) bool {
	switch name {
	case "CREATE", "SETDATA", "DELETE", "CLOSE":
		return true
	}
	return false
}
