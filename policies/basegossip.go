package policies

import "capsim/model"

// Push-pull gossip in three messages: a digest; the receiver's records of the keys
// that differ, with the names of those that it lacks; and what the first node has
// beyond that. Losing any of them costs a round.

// gossipDigest opens a round: what the sender has, in short.
type gossipDigest struct {
	*digest
	have  model.Vector // under causal sessions, instead of the digest
	beats []uint64     // by node: the newest heartbeat that the sender has
}

func (gossipDigest) Kind() string         { return "gossip.digest" }
func (gossipDigest) Writes() []model.OpID { return nil }

// gossipDelta carries records.
type gossipDelta struct {
	delta          // needs and gives are of causal sessions
	wants []string // keys that the sender lacks
	beats []uint64 // the sender's; nil in the last message of a round
	last  bool     // the round ends here
}

type gossipItem struct {
	key string
	rec *model.Record
}

func (*gossipDelta) Kind() string           { return "gossip.delta" }
func (m *gossipDelta) Writes() []model.OpID { return m.ops }

func (m *gossipDelta) add(key string, rec *model.Record) {
	m.items = append(m.items, gossipItem{key, rec})
	m.ops = headOps(m.ops, rec)
}

func (b *base) digestNow(env Env) gossipDigest {
	if b.causal != nil {
		return gossipDigest{have: b.causal.have, beats: b.beatsNow()}
	}
	return gossipDigest{digest: b.keys.digest(env.Store()), beats: b.beatsNow()}
}

// answer compares a peer's digest. If it is the node's own, so are the peer's news
// of the others.
func (b *base) answer(env Env, from model.NodeID, m gossipDigest) {
	ours := b.keys.digest(env.Store())
	if ours.sum == m.sum {
		b.learn(env, m.beats)
		return
	}
	d := &gossipDelta{beats: b.beatsNow()}
	differences(ours, m.digest, func(key string, here, _ uint64) {
		if here == 0 {
			d.wants = append(d.wants, key)
		} else {
			d.add(key, env.Store().Record(key))
		}
	})
	env.Send(from, d)
	env.Count("gossip.deltas", 1)
}

// takeIn merges a peer's records. The first delta of a round has all that the peer
// has beyond this node's digest, so its news hold here too from now on; it is
// answered with what the peer lacks.
func (b *base) takeIn(env Env, from model.NodeID, m *gossipDelta) {
	back := &gossipDelta{last: true}
	for i := range m.items {
		it := &m.items[i]
		rec, changed := b.merge(env, it.key, it.rec)
		if changed && len(rec.Sales) > 0 {
			b.settle(env, it.key)
			rec = env.Store().Record(it.key)
		}
		if !m.last && !sameWrites(rec, it.rec) {
			back.add(it.key, rec)
		}
	}
	if m.last {
		return
	}
	for _, key := range m.wants {
		if rec := env.Store().Record(key); rec != nil {
			back.add(key, rec)
		}
	}
	if len(back.items) > 0 {
		env.Send(from, back)
		env.Count("gossip.deltas", 1)
	}
	b.learn(env, m.beats)
}
