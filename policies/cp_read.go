package policies

import (
	"encoding/binary"

	"go.etcd.io/raft/v3"

	"capsim/model"
)

// read is a client's read. It is part of the read round that began after it came,
// and of every later one: the leader tells how far the log was committed after the
// round began, and makes sure with a majority that it still led then. Once this
// node has executed as much, its records are fresh enough to answer from.
type read struct {
	op      model.OpID
	command model.Command
	round   uint64 // the first that it is part of; 0: none yet
	index   uint64 // what must be executed first; 0: not known yet
	tries   int    // retry timers that it has waited through
}

// readTries is for how many retry timers a read waits for a leader's word before it
// is refused: three times the longest election timeout.
func (r *cp) readTries() int { return max(2*repeatAt, int(3*r.electionMax/r.heartbeat)) }

// startRound begins a read round for the reads that are in none, unless one is
// under way: they go with the next, so that many reads cost one round. It tells
// whether it did.
func (r *cp) startRound(again bool) bool {
	c := &r.clients
	fresh := false
	for i := range c.reads {
		switch rd := &c.reads[i]; {
		case rd.round == 0:
			fresh = true
		case rd.index == 0 && !again:
			return false
		}
	}
	if !fresh && !again || !c.usable {
		return false
	}
	c.round++
	for i := range c.reads {
		if c.reads[i].round == 0 {
			c.reads[i].round = c.round
		}
	}
	r.raft().ReadIndex(binary.BigEndian.AppendUint64(nil, c.round))
	r.armRetry()
	return true
}

// readIndex takes what the leader said of a round.
func (r *cp) readIndex(s raft.ReadState) {
	if len(s.RequestCtx) != 8 {
		return
	}
	round := binary.BigEndian.Uint64(s.RequestCtx)
	for i := range r.clients.reads {
		if rd := &r.clients.reads[i]; rd.round != 0 && rd.round <= round && rd.index == 0 {
			rd.index = s.Index
		}
	}
}

// serveReads answers the reads that are confirmed and executed far enough, and
// begins the round of those that came meanwhile: true if it did.
func (r *cp) serveReads() bool {
	c := &r.clients
	rest := c.reads[:0]
	for _, rd := range c.reads {
		if rd.index == 0 || rd.index > r.state.applied {
			rest = append(rest, rd)
			continue
		}
		r.effects.Now = r.env.Now()
		r.answer(rd.op, model.Apply(rd.command, r.read, &r.effects), rd.command.Keys())
	}
	clear(c.reads[len(rest):])
	c.reads = rest
	return r.startRound(false)
}

// retryReads begins a new round for reads whose own may be lost.
func (r *cp) retryReads() {
	c := &r.clients
	rest, again := c.reads[:0], false
	for _, rd := range c.reads {
		if rd.tries++; rd.tries >= r.readTries() {
			r.refuse(rd.op, "the leader did not confirm in time that a majority follows it")
			continue
		}
		again = again || rd.index == 0 && rd.tries >= repeatAt
		rest = append(rest, rd)
	}
	clear(c.reads[len(rest):])
	c.reads = rest
	if again {
		r.startRound(true)
	}
}
