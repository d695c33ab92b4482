package policies

import "capsim/model"

// Gossip under causal sessions: as without, but what a node has is a vector instead of
// a digest, and what is sent is all that changed since the other had that.

// answerCausal sends a peer what it lacks, and what this node has, which asks for the rest.
func (b *base) answerCausal(env Env, from model.NodeID, m gossipDigest) {
	b.env = env
	if b.causal.have.Descends(m.have) {
		b.told(from)
		if m.have.Descends(b.causal.have) {
			b.learn(env, m.beats)
			return
		}
	}
	env.Send(from, &gossipDelta{delta: b.delta(m.have, 0), beats: b.beatsNow()})
	env.Count("gossip.deltas", 1)
}

// takeInCausal merges a peer's delta whole, and answers the first of a round with what
// the peer lacks. One that goes on from what this node lacks was meant for a disk that
// is gone.
func (b *base) takeInCausal(env Env, from model.NodeID, m *gossipDelta) {
	if !b.causal.have.Descends(m.needs) {
		return
	}
	b.take(env, from, &m.delta)
	for i := range m.items {
		b.settle(env, m.items[i].key)
	}
	if !m.last {
		if !m.gives.Descends(b.causal.have) {
			env.Send(from, &gossipDelta{delta: b.delta(m.gives, 0), last: true})
			env.Count("gossip.deltas", 1)
		}
		b.learn(env, m.beats)
	}
	for req, ok := b.admitted(); ok; req, ok = b.admitted() {
		b.serve(env, req)
	}
}
