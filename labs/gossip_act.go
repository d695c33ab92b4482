package labs

import (
	"fmt"
	"slices"

	"capsim/model"
	"capsim/policies"
)

// act is what a node does at the beginning of its period.
func (g *gossip) act(env policies.Env, round int64) {
	if env.N() == 1 {
		return
	}
	g.endPeriod(env)
	if g.p.rumours {
		g.spread(env)
	}
	if g.p.entropy && round%g.p.backup == 0 {
		g.compare(env)
	}
}

// endPeriod lets the node lose interest in what has been in vain for long enough.
func (g *gossip) endPeriod(env policies.Env) {
	over := false
	for i, r := range g.rumours {
		c := g.cell(env, i)
		if *c == c.state() || !c.endPeriod(&g.p, &r.counts[g.place(env)], func() bool { return env.Rand().IntN(int(g.p.k)) == 0 }) {
			continue
		}
		over = true
		env.Count(countOver, 1)
		if g.played == 1 {
			env.Note("gossip.removed", "says", fmt.Sprintf("%v loses interest in %s.", env.Self(), r.text), "tone", "quiet")
		}
	}
	if over {
		g.mark(env)
	}
}

// partner draws another node, each as likely as any.
func partner(env policies.Env) model.NodeID {
	to := model.NodeID(1 + env.Rand().Int32N(int32(env.N()-1)))
	if to >= env.Self() {
		to++
	}
	return to
}

// spread contacts another node about what is hot.
func (g *gossip) spread(env policies.Env) {
	g.picks.reset()
	if g.p.push {
		g.giveHot(env, nil)
	}
	kind := gossipPush
	switch {
	case !g.p.push:
		kind = gossipPull
	case g.p.pull:
		kind = gossipExchange
	case len(g.picks.give) == 0:
		return // nobody to call for
	}
	g.send(env, partner(env), kind)
}

// giveHot picks what the node passes on, but for what a message has brought it: that both
// know, so it is in vain.
func (g *gossip) giveHot(env policies.Env, m *gossipMessage) {
	for i := range g.rumours {
		c := g.cell(env, i)
		switch {
		case !g.hot(*c):
		case m != nil && m.gives(g.rumours[i].id):
			*c |= tallySent | tallyVain
		default:
			*c |= tallySent
			g.picks.give = append(g.picks.give, i)
		}
	}
}

func (m *gossipMessage) gives(id model.OpID) bool {
	for i := range m.give {
		if m.give[i].id == id {
			return true
		}
	}
	return false
}

// send sends what was picked.
func (g *gossip) send(env policies.Env, to model.NodeID, kind int) {
	if n := len(g.picks.give); n > 0 {
		env.Count(countUpdates, int64(n))
	}
	env.Send(to, g.message(kind))
}

// compare sends another node the names of all that this one knows.
func (g *gossip) compare(env policies.Env) {
	g.picks.reset()
	for i := range g.rumours {
		if g.knew(*g.cell(env, i)) {
			g.picks.known = append(g.picks.known, i)
		}
	}
	if len(g.picks.known) == 0 && !g.p.pull {
		return // it has nothing that another could lack
	}
	g.send(env, partner(env), gossipDigest)
}

func (g *gossip) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	m := msg.(*gossipMessage)
	g.picks.reset()
	switch m.kind {
	case gossipPush, gossipPull, gossipExchange:
		g.called(env, from, m)
	case gossipReply:
		g.hear(env, from, m)
		g.heed(env, m)
		g.feedBack(env, from)
	case gossipFeedback:
		g.heed(env, m)
	case gossipDigest:
		g.answerDigest(env, from, m)
	case gossipRepair:
		g.hear(env, from, m)
		g.picks.reset()
		for _, id := range m.needed {
			if i := g.index(id); i >= 0 && g.cell(env, i).state() != gossipSusceptible {
				g.picks.give = append(g.picks.give, i)
			}
		}
		if len(g.picks.give) > 0 {
			g.send(env, from, gossipUpdate)
		}
	case gossipUpdate:
		g.hear(env, from, m)
	}
}

// called answers who calls about rumours. What it gives is settled before it hears what the
// caller gives.
func (g *gossip) called(env policies.Env, from model.NodeID, m *gossipMessage) {
	if m.kind == gossipPush {
		g.hear(env, from, m)
		g.feedBack(env, from)
		return
	}
	g.giveHot(env, m)
	g.hear(env, from, m)
	if g.p.blind {
		g.picks.known, g.picks.needed = g.picks.known[:0], g.picks.needed[:0]
	}
	if len(g.picks.give)+len(g.picks.known)+len(g.picks.needed) > 0 {
		g.send(env, from, gossipReply)
	}
}

// hear takes in what a message gives, and picks for the feedback what of it was known.
func (g *gossip) hear(env policies.Env, from model.NodeID, m *gossipMessage) {
	for j := range m.give {
		i := g.meet(m.give[j])
		c := g.cell(env, i)
		if g.knew(*c) {
			env.Count(countVain, 1)
			g.picks.known = append(g.picks.known, i)
			continue
		}
		g.picks.needed = append(g.picks.needed, i)
		if c.state() == gossipSusceptible {
			g.learn(env, i, from)
		}
	}
}

// feedBack tells who gave rumours which of them were of use.
func (g *gossip) feedBack(env policies.Env, to model.NodeID) {
	if !g.p.blind && len(g.picks.known)+len(g.picks.needed) > 0 {
		g.send(env, to, gossipFeedback)
	}
}

// heed takes in a feedback.
func (g *gossip) heed(env policies.Env, m *gossipMessage) {
	for _, id := range m.known {
		if i := g.index(id); i >= 0 {
			*g.cell(env, i) |= tallyVain
		}
	}
	for _, id := range m.needed {
		if i := g.index(id); i >= 0 {
			*g.cell(env, i) |= tallyUseful
		}
	}
}

// answerDigest sends what one of the two lacks, or asks for it.
func (g *gossip) answerDigest(env policies.Env, from model.NodeID, m *gossipMessage) {
	for i, r := range g.rumours {
		c := g.cell(env, i)
		if g.p.pull && g.knew(*c) && !m.knows(r.id) {
			g.picks.give = append(g.picks.give, i)
		}
	}
	lacks := g.lacks[:0]
	if g.p.push {
		for _, id := range m.known {
			if i := g.index(id); i < 0 || g.cell(env, i).state() == gossipSusceptible {
				lacks = append(lacks, id)
			}
		}
	}
	g.lacks = lacks
	if len(g.picks.give)+len(lacks) == 0 {
		return
	}
	g.sendRepair(env, from, lacks)
}

func (m *gossipMessage) knows(id model.OpID) bool {
	for _, k := range m.known {
		if k == id {
			return true
		}
	}
	return false
}

// sendRepair sends what was picked, and asks for what is lacking. A node alone may never have
// heard of that, so that it has no number for it.
func (g *gossip) sendRepair(env policies.Env, to model.NodeID, lacks []model.OpID) {
	if g.played > 1 {
		for _, id := range lacks {
			g.picks.needed = append(g.picks.needed, g.index(id))
		}
		g.send(env, to, gossipRepair)
		return
	}
	env.Count(countUpdates, int64(len(g.picks.give)))
	m := g.newMessage(gossipRepair)
	m.needed = slices.Clone(lacks)
	env.Send(to, m)
}
