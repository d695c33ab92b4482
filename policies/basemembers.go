package policies

import "capsim/model"

// members is what a node believes of the others: soft state, refreshed by their
// heartbeats. Every node raises its own with each round; gossip passes on the
// highest known. A heartbeat comes with all that its node had written before, so
// that one table tells who is there and whose copies are fresh. Ages are counted
// in this node's own rounds: no clocks are compared (van Renesse et al. 1998).
type members struct {
	self  model.NodeID
	round int
	ttl   int      // in rounds
	beats []uint64 // by node
	fresh []int    // by node: the round in which its beat rose last
	noted nodeSet  // who was reported silent
}

func newMembers(env Env, ttl int) members {
	m := members{self: env.Self(), ttl: ttl, beats: make([]uint64, env.N()+1), fresh: make([]int, env.N()+1)}
	m.beats[m.self] = uint64(env.Incarnation()) << 32 // above those of earlier incarnations
	return m
}

func (m *members) beat() {
	m.round++
	m.beats[m.self]++
}

// beatsNow returns a copy that a message may carry.
func (m *members) beatsNow() []uint64 { return append([]uint64(nil), m.beats...) }

// lapse marks the copies of those who have been silent for too long.
func (b *base) lapse(env Env) {
	was := b.lapsed
	for _, peer := range b.ring.all {
		if b.lapsed.has(peer) || b.round-b.fresh[peer] <= b.members.ttl {
			continue
		}
		b.lapsed, b.noted = b.lapsed.with(peer), b.noted.with(peer)
		env.Note("gossip.silent", "node", peer.String(), "for", b.ttl.String())
	}
	if b.lapsed != was {
		b.remark(env)
	}
}

// learn takes up a peer's news of the others, once this node has all that the peer
// has.
func (b *base) learn(env Env, beats []uint64) {
	was := b.lapsed
	for _, peer := range b.ring.all {
		if int(peer) >= len(beats) || beats[peer] <= b.beats[peer] {
			continue
		}
		b.beats[peer], b.fresh[peer] = beats[peer], b.round
		if !b.lapsed.has(peer) {
			continue
		}
		b.lapsed = b.lapsed.without(peer)
		if b.noted.has(peer) {
			b.noted = b.noted.without(peer)
			env.Note("gossip.back", "node", peer.String())
		}
	}
	if b.lapsed != was {
		b.remark(env)
	}
}

// remark sets the stale marks as they are to be now.
func (b *base) remark(env Env) {
	s := env.Store()
	for _, key := range s.Keys() {
		rec := s.Record(key)
		if marked := b.marked(rec); marked != rec {
			s.PutRecord(key, marked)
			env.Applied(key, marked)
		}
	}
}
