package policies

import (
	"time"

	"capsim/model"
)

// outbox remembers which peers have not acknowledged the newest record of a key.
// It keeps no records: what is sent again is the key's record of that moment, so
// it is bounded by the number of keys. It is memory; a node that restarts takes
// all its keys for unacknowledged.
type outbox struct {
	entries []outEntry // by the keybook's slots
	dirty   []int32    // slots with pending peers, in the order in which they came
	due     []int32    // room for a round
	peers   nodeSet
	seq     uint64
	round   uint32 // counts the timer
	armed   bool
	tick    time.Duration // a quarter of the wait for an acknowledgement
	heard   [16]uint32    // by node: the round of its last message
}

type outEntry struct {
	seq     uint64  // of what was sent last
	pending nodeSet // who has not acknowledged it
	round   uint32  // in which it was sent last
	queued  bool    // it is in dirty
}

const (
	// ticksToWait is how many rounds go by before a record is sent again: it
	// has waited more than that many ticks, and at most one more.
	ticksToWait = 4
	// silentAfter is the number of rounds after which a peer that says nothing
	// gets no more than one message a round: enough to find that it is back.
	silentAfter = 40
	// batch is how many records a message has at most.
	batch = 64
)

func newOutbox(env Env, wait time.Duration) outbox {
	o := outbox{tick: max(wait/ticksToWait, 1), seq: uint64(env.Incarnation()) << 32}
	for n := range env.N() {
		if id := model.NodeID(n + 1); id != env.Self() {
			o.peers = o.peers.with(id)
		}
	}
	return o
}

func (o *outbox) entry(slot int32) *outEntry {
	for int(slot) >= len(o.entries) {
		o.entries = append(o.entries, outEntry{})
	}
	return &o.entries[slot]
}

// post notes that the key's record goes to the peers given, and returns the name
// under which they are to acknowledge it. anew: it is another than they were sent.
func (o *outbox) post(slot int32, to nodeSet, anew bool) apRef {
	e := o.entry(slot)
	if anew || e.pending == 0 {
		o.seq++
		e.seq = o.seq
	}
	e.pending |= to
	e.round = o.round
	if !e.queued && e.pending != 0 {
		e.queued = true
		o.dirty = append(o.dirty, slot)
	}
	return apRef{seq: e.seq, slot: slot}
}

// acked notes that a peer has what was sent.
func (o *outbox) acked(from model.NodeID, ref apRef) {
	if ref.slot < 0 || int(ref.slot) >= len(o.entries) {
		return // of an earlier incarnation
	}
	if e := &o.entries[ref.slot]; e.seq == ref.seq {
		e.pending = e.pending.without(from)
	}
}

// has notes that a peer has what this node has of the key, whatever was sent.
func (o *outbox) has(from model.NodeID, slot int32) {
	e := o.entry(slot)
	e.pending = e.pending.without(from)
}

// inFlight tells whether the peer was sent the key so lately that its
// acknowledgement may be on the way.
func (o *outbox) inFlight(to model.NodeID, slot int32) bool {
	e := o.entry(slot)
	return e.pending.has(to) && o.round-e.round < ticksToWait
}

// overdue begins a round and returns the slots that have to be sent again.
func (o *outbox) overdue() []int32 {
	o.round++
	o.due = o.due[:0]
	kept := o.dirty[:0]
	for _, slot := range o.dirty {
		e := &o.entries[slot]
		if e.pending == 0 {
			e.queued = false
			continue
		}
		kept = append(kept, slot)
		if o.round-e.round > ticksToWait {
			e.round = o.round
			o.due = append(o.due, slot)
		}
	}
	o.dirty = kept
	return o.due
}

// silent tells whether the peer has not been heard for long though there was
// something to acknowledge.
func (o *outbox) silent(peer model.NodeID) bool { return o.round-o.heard[peer] > silentAfter }
