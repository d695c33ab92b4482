package labs

import (
	"time"

	"capsim/model"
)

// locksVerb is what a client's library asks a server.
type locksVerb uint8

// The questions of a library. With those of a Redis: set is SET key value NX PX, del deletes
// the key if it has the value, get reads it.
const (
	askSet locksVerb = iota
	askDel
	askGet
	askToken // of the storage: a number higher than any it gave for the resource
	askWrite // of the storage
	askRow   // of the database: the row is taken if it is free or run out
	askFree  // of the database: the row is given back if it is still the holder's
	askRead  // of the database
)

var locksVerbKinds = [...]string{
	"locks.set", "locks.del", "locks.get", "locks.token", "locks.write", "locks.row", "locks.free", "locks.read",
}

// locksCall is a question of a client's library, the seq-th of its process.
type locksCall struct {
	client string
	seq    uint64
	verb   locksVerb
	name   string // the resource
	value  string // of a lock: whose it is; of a write: what is written
	ttl    time.Duration
	token  int64
	op     model.OpID
}

func (m *locksCall) Kind() string { return locksVerbKinds[m.verb] }

func (m *locksCall) Writes() []model.OpID {
	if m.verb == askWrite || m.verb == askSet || m.verb == askRow {
		return []model.OpID{m.op}
	}
	return nil
}

// locksReply answers a locksCall.
type locksReply struct {
	quiet
	client string
	seq    uint64
	ok     bool
	n      int64        // a token, or how many were deleted
	value  string       // what a key holds
	lead   model.NodeID // of a replica: whom it takes for the primary
}

func (*locksReply) Kind() string { return "locks.reply" }

// quiet is a message that carries no writes.
type quiet struct{}

func (quiet) Writes() []model.OpID { return nil }

// What Redis nodes send each other: the primary its locks in the order in which they change,
// and the replicas what they need to take its place. A stream is the primary's, of one of its
// processes (run) in one epoch.
type (
	// locksBeat says that the primary is there, and how far its stream is.
	locksBeat struct {
		quiet
		stream locksStream
		seq    uint64
	}
	// locksCopy is the seq-th change: a lock, or that there is none any more.
	locksCopy struct {
		stream locksStream
		seq    uint64
		name   string
		lock   *leased // nil: none
	}
	// locksSync asks for all of them, locksFull answers.
	locksSync struct{ quiet }
	locksFull struct {
		stream locksStream
		seq    uint64
		locks  []leased
	}
	// locksAsk asks for a vote, locksVote gives it.
	locksAsk struct {
		quiet
		epoch uint64
	}
	locksVote struct {
		quiet
		epoch uint64
	}
)

// locksStream names the changes of one process of one primary.
type locksStream struct{ epoch, run uint64 }

func (locksBeat) Kind() string  { return "locks.beat" }
func (*locksCopy) Kind() string { return "locks.copy" }
func (locksSync) Kind() string  { return "locks.sync" }
func (*locksFull) Kind() string { return "locks.full" }
func (locksAsk) Kind() string   { return "locks.ask" }
func (locksVote) Kind() string  { return "locks.vote" }

func (m *locksCopy) Writes() []model.OpID {
	if m.lock == nil {
		return nil
	}
	return []model.OpID{m.lock.op}
}

func (m *locksFull) Writes() []model.OpID {
	var ops []model.OpID
	for _, l := range m.locks {
		ops = append(ops, l.op)
	}
	return ops
}

var locksKinds = append(locksVerbKinds[:], "locks.reply", "locks.beat", "locks.copy", "locks.sync", "locks.full", "locks.ask", "locks.vote")
