package policies

import (
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// Escrow. With stock=escrow the pieces of a stock belong to nodes, and each sells only
// its own: what it put in, and what others gave it, less what it sold and gave away. All
// of that is in the record, a part of the counter each for whoever alone writes it, so
// the parts merge as the counter does: never twice, whatever is lost, repeated or
// crashes. A node's own parts it always knows to the last; so no sum of sales can
// exceed the stock, and nothing is ever refunded.
//
// What a node gives another is a part in the giver's name, which the giver keeps for
// that one taker (an actor of its own, as branches are). The giver's part sinks and that
// one rises in one write: the counter stays the same.
//
// A node whose disk was emptied does not know what it had sold, so the parts of its
// former lives are nobody's to sell any more, until the stock is set anew.
//
// Sources: O'Neil, The Escrow Transactional Method (TODS 1986); Balegas et al.,
// Extending Eventually Consistent Cloud Databases for Enforcing Numeric Invariants
// (SRDS 2015): the bounded counter.

// escrow is what a node knows of its own parts. takers and gifts are on disk.
type escrow struct {
	since  int32                 // the incarnation in which this disk was empty last
	takers []model.Actor         // who has a part in this node's name; their place numbers it
	gifts  []model.Actor         // the parts in others' names that are for this node
	asked  map[string]int        // by stock: the round in which all were asked for pieces
	level  map[string]escrowMark // by stock: since when the share is what it is
	heard  map[model.Actor]bool  // the takers that know their part
	short  []shortage            // sales of this step that had to be refused
}

type escrowMark struct {
	share int64
	round int
}

type shortage struct {
	key string
	n   int64
}

// escrowAsk asks for pieces of a stock.
type escrowAsk struct {
	key    string
	n      int64
	urgent bool // a customer had to go; else only to even out
	taker  model.Actor
	gifts  []model.Actor // the parts that the asker knows to be for it
	have   model.Vector  // under causal sessions: what the asker has
}

func (escrowAsk) Kind() string         { return "escrow.ask" }
func (escrowAsk) Writes() []model.OpID { return nil }

// escrowGrant says which part is for a taker. The pieces are in the delta.
type escrowGrant struct {
	part, taker model.Actor
	gossipDelta
}

func (*escrowGrant) Kind() string { return "escrow.grant" }

const (
	// escrowMeta keeps since, takersMeta and giftsMeta the parts.
	escrowMeta = "base/escrow"
	takersMeta = "base/takers"
	giftsMeta  = "base/gifts"
	// firstPart is the first of the branches that are parts for takers.
	firstPart = maxBranch + 1
	mostParts = 1<<7 - firstPart
	// keepFor is for how many rounds a node that was short gives away no more than
	// another's customers need.
	keepFor = 10
)

// startEscrow takes up what the disk has.
func (b *base) startEscrow(env Env) {
	e := b.escrow
	e.asked, e.level = map[string]int{}, map[string]escrowMark{}
	e.heard = map[model.Actor]bool{}
	s := env.Store()
	since, _ := strconv.ParseInt(string(s.Meta(escrowMeta)), 10, 32)
	if e.since = int32(since); since == 0 {
		e.since = 1
		if env.Boot() == WipedBoot {
			e.since = b.life & (1<<lifeBits - 1)
		}
		s.PutMeta(escrowMeta, strconv.AppendInt(nil, int64(e.since), 10))
	}
	for _, d := range readDots(s.Meta(takersMeta)) {
		e.takers = append(e.takers, d.Actor)
	}
	for _, d := range readDots(s.Meta(giftsMeta)) {
		e.gifts = append(e.gifts, d.Actor)
	}
	b.guard = b.overdraws
}

// putActors keeps a list of actors; readDots reads it.
func putActors(env Env, meta string, list []model.Actor) {
	dots := make([]model.Dot, len(list))
	for i, a := range list {
		dots[i] = model.Dot{Actor: a, N: 1}
	}
	env.Store().PutMeta(meta, model.AppendDots(nil, dots))
}

func readDots(blob []byte) []model.Dot {
	return model.NewJSONReader([]byte(`"` + string(blob) + `"`)).Dots()
}

// mine tells whether what the actor has of a stock is this node's to sell. What a log
// numbered is n1's.
func (b *base) mine(a model.Actor) bool {
	e := b.escrow
	switch {
	case a.Node < 1:
		return b.core.self == 1 && e.since == 1
	case a.Node != b.core.self:
		return slices.Contains(e.gifts, a)
	}
	return incarnationOf(a) >= e.since && a.Life>>(lifeBits+stretchBits) < firstPart
}

// share returns how many pieces of the stock this node may sell.
func (b *base) share(key string) int64 { return b.env.Store().Record(key).Part(b.mine) }

// overdraws tells whether a command would take more of a stock than this node has to
// sell. What counts is TAKE and BUY on any key, and all that lowers an item's stock.
func (b *base) overdraws(cmd model.Command, effects []model.Effect) bool {
	for i := range effects {
		f := &effects[i]
		if f.Kind != model.Add || f.Delta >= 0 || cmd.Verb != model.TAKE && !strings.HasSuffix(f.Key, model.StockSuffix) {
			continue
		}
		if b.share(f.Key) < -f.Delta {
			b.escrow.short = append(b.escrow.short, shortage{f.Key, -f.Delta})
			return true
		}
	}
	return false
}

// begForPieces asks all peers for what a refused sale was short of, for the next
// customer: once a round for each stock.
func (b *base) begForPieces(env Env) {
	e := b.escrow
	for _, s := range e.short {
		if last, asked := e.asked[s.key]; asked && last == b.round {
			continue
		}
		e.asked[s.key] = b.round
		for _, peer := range b.ring.all {
			b.askFor(env, peer, escrowAsk{key: s.key, n: s.n - max(0, b.share(s.key)), urgent: true})
		}
	}
	e.short = e.short[:0]
}

func (b *base) askFor(env Env, peer model.NodeID, m escrowAsk) {
	m.taker, m.gifts = model.Actor{Node: b.core.self, Life: b.life}, slices.Clip(b.escrow.gifts)
	if b.causal != nil {
		m.have = b.causal.have
	}
	env.Send(peer, m)
	env.Count("escrow.asked", 1)
}

// evenOut asks the peer of this round for pieces of the stocks of which this node has
// less than its fair share.
func (b *base) evenOut(env Env, peer model.NodeID) {
	b.env = env
	for _, key := range env.Store().Keys() {
		if !strings.HasSuffix(key, model.StockSuffix) {
			continue
		}
		if lack := b.fair(key) - b.share(key); lack > 0 && b.worthAsking(key) {
			b.askFor(env, peer, escrowAsk{key: key, n: lack})
		}
	}
}

// worthAsking tells whether to ask for more: seldom, if that has been in vain for long.
func (b *base) worthAsking(key string) bool {
	now := escrowMark{b.share(key), b.round}
	if old, known := b.escrow.level[key]; !known || old.share != now.share {
		b.escrow.level[key] = now
		return true
	} else if b.round-old.round > 2*keepFor {
		return b.round%keepFor == 0
	}
	return true
}

// fair returns what a node should have of a stock, by what this one knows.
func (b *base) fair(key string) int64 {
	return max(0, stockOf(b.env.Store().Record(key))) / int64(b.env.N())
}

// give gives a peer pieces of this node's own: for a customer as many as were wanted
// and half of what there is, to even out no more than what is above the fair share.
func (b *base) give(env Env, from model.NodeID, m escrowAsk) {
	b.begin(env)
	rec := env.Store().Record(m.key)
	part, ok := b.partFor(env, m.taker)
	b.escrow.heard[m.taker] = slices.Contains(m.gifts, part)
	if rec == nil || !ok {
		return
	}
	own := b.share(m.key)
	n := min(m.n, own-b.fair(m.key))
	if last, short := b.escrow.asked[m.key]; short && b.round-last < keepFor {
		n = 0 // there are customers here
	}
	if m.urgent {
		n = min(max(m.n, own/2), own)
	}
	if n > 0 {
		b.transfer(env, m.key, part, n)
		env.Note("escrow.moved", "key", m.key, "n", strconv.FormatInt(n, 10), "to", from.String())
		env.Count("escrow.moved", n)
	}
	if n <= 0 && slices.Contains(m.gifts, part) {
		return // it knows what it has, and gets no more
	}
	g := &escrowGrant{part: part, taker: m.taker}
	g.last = true
	if b.causal != nil {
		g.delta = b.delta(m.have, 0)
	} else {
		g.add(m.key, env.Store().Record(m.key))
	}
	env.Send(from, g)
}

// partFor returns the part in this node's name that is for the taker.
func (b *base) partFor(env Env, taker model.Actor) (model.Actor, bool) {
	e := b.escrow
	i := slices.Index(e.takers, taker)
	if i < 0 {
		if len(e.takers) == mostParts {
			return model.Actor{}, false
		}
		i = len(e.takers)
		e.takers = append(e.takers, taker)
		putActors(env, takersMeta, e.takers)
	}
	return b.partOf(i), true
}

func (b *base) partOf(i int) model.Actor {
	return model.Actor{Node: b.core.self, Life: b.life | int32(firstPart+i)<<(lifeBits+stretchBits)}
}

// transfer moves n pieces of this node's own into a part.
func (b *base) transfer(env Env, key string, part model.Actor, n int64) {
	rec, own := env.Store().Record(key), model.Actor{Node: b.core.self, Life: b.life}
	next := b.marked(rec.Transfer(
		model.Dot{Actor: own, N: rec.Seen.Of(own) + 1}, model.Dot{Actor: part, N: rec.Seen.Of(part) + 1}, n))
	b.put(b.keys.slot(key), key, next)
	if b.causal != nil {
		b.numbered()
	}
	env.Applied(key, next)
}

// remind tells the takers of their parts, until they know: what a grant that was lost
// gave would be nobody's to sell.
func (b *base) remind(env Env) {
	for i, taker := range b.escrow.takers {
		if !b.escrow.heard[taker] {
			g := &escrowGrant{part: b.partOf(i), taker: taker}
			g.last = true
			env.Send(taker.Node, g)
		}
	}
}

// receive takes in what a peer gave. What was for a life whose disk was emptied is not
// for this one, which does not know what of it was sold.
func (b *base) receive(env Env, from model.NodeID, m *escrowGrant) {
	e := b.escrow
	known := slices.Contains(e.gifts, m.part)
	gifts := append(slices.Clip(e.gifts), m.part)
	if !known && m.taker.Node == b.core.self && incarnationOf(m.taker) >= e.since {
		e.gifts = gifts
		putActors(env, giftsMeta, gifts)
	}
	if len(m.items) == 0 {
		env.Send(from, escrowAsk{taker: m.taker, gifts: gifts})
		return
	}
	if b.causal != nil {
		b.takeInCausal(env, from, &m.gossipDelta)
	} else {
		b.takeIn(env, from, &m.gossipDelta)
	}
}
