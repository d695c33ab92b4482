package policies

import (
	"time"

	"capsim/model"
)

var specBASE = &Spec{
	Name:    "base",
	Summary: "basically available, soft state, eventually consistent: ap by gossip, with a shop that makes good what it oversold",
	Doc: `As ap, a node answers at once from its own records. What it wrote spreads by gossip alone:
every gossip interval it sends its digest to one peer, which returns the records that
differ and gets back what it lacks. Counters merge as PN-counters, sets as observed-remove
sets; of two SETs that had not seen each other the later stamp stays.

A node's own acknowledged writes are hard. Its copies of others' writes are soft state, and
so is who is there: every node has a heartbeat that only it raises and that gossip passes on
with the records; while a heartbeat stands still for longer than ttl, the copies of that
node's writes still answer, marked stale. Whoever has newer news of the owner refreshes them,
not the owner alone. After a restart all copies are stale until refreshed.

sessions=causal gives causal consistency as in ap; values with a deadline end as in ap.

The shop: TAKE and BUY sell from what the node knows of the stock, and say OUTOFSTOCK at once
when that is nothing. When merging shows a stock below zero, the latest sales by stamp that
have to go for it to reach zero are taken back, each by the node that made it, by a REFUND
that is a write of its own: item:stock + item:sold - item:refunded stays the same. A node
decides by what it knows: sales unknown to it only push its own further back in the order,
so it takes back none that would have stood; but of sales of several pieces, or beside a
restocking that it has not heard of, it may take back one more than the least. Sales of a
node whose disk was wiped are its own still and refunded by its new life: a refund of the
old life that was on the wire just then may come on top of it.

stock=escrow: the pieces of a stock belong to nodes, and each sells only its own: what it put
in (SET, INCRBY) or was given by others, less what it sold and gave away. A node that is short
still answers OUTOFSTOCK at once, and asks the others for pieces, which come with gossip; nodes
also even out their shares of every …:stock. All of this is parts of the counter that merge, so
nothing is sold twice and nothing refunded, whatever is cut or crashes; DECR and the like on a
…:stock count as sales. It holds for stocks that were put in by INCRBY, or by one SET that every
sale has seen, while the policy was in force. A node whose disk was wiped can't know what it had
sold: its pieces are withdrawn from sale until the stock is set anew.`,
	Claims: []Claim{
		{Check: "available", When: "sessions=none", If: withoutSessions},
		{Check: "converged", When: "all nodes up, no cut and no new write for 2s; gossip up to 100ms", If: basePrompt, Of: Quiet},
		{Check: "read-your-writes", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "monotonic-reads", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "monotonic-writes", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "causal-convergence", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "writes-follow-reads", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "oversold = 0", When: "stock=escrow, of stocks put in by INCRBY or by a SET before the first sale; disks survive", If: inEscrow},
		{
			Check: "lost-writes = 0",
			When:  "of sets and counters (SADD, SREM, INCR, DECR, INCRBY, DECRBY, TAKE, BUY) on keys that no other command writes; disks survive",
			Of:    Merging,
		},
	},
	GivesUp: []GivenUp{
		{"the present truth of what a node says: it may be stale, and is marked so only after ttl", "shop"},
		{"under stock=oversell, a stock that is never oversold: what can't be kept is refunded", "shop"},
		{"under stock=escrow, sales while another node holds the unsold pieces", "escrow"},
		{"under sessions=causal, an answer for sessions that move between nodes", "causal"},
		{"acknowledged SETs that had not seen each other", "ap-converge"},
		{"a true clock for what expires: a deadline comes when the clock of the node that accepted it says so", "expiry"},
	},
	Params: append([]Param{
		{Name: "gossip", Default: "100ms", Check: IsDuration, Try: []string{"50ms", "1s"}, Doc: "how often a node gossips, with one peer"},
		{Name: "ttl", Default: "3s", Check: IsDuration, Try: []string{"500ms"}, Doc: "how long copies of a silent node's writes count as fresh"},
		{Name: "stock", Default: "oversell", Values: []string{"oversell", "escrow"}, Doc: "whether TAKE and BUY sell from what the node knows of the stock, or from its own share"},
	}, sessionParams...),
	Caution: cautionSessions,
	Kinds:   []string{"gossip.digest", "gossip.delta", "escrow.ask", "escrow.grant"},
	Within:  2 * time.Second,
	Source:  "Pritchett, BASE: An Acid Alternative (Queue 2008); Vogels, Eventually Consistent (2008); Demers et al., Epidemic Algorithms (PODC 1987); Terry et al., Bayou (SOSP 1995); van Renesse et al., A Gossip-Style Failure Detection Service (1998); O'Neil, Escrow (TODS 1986); Balegas et al. (SRDS 2015)",
	New: func(p Params) Replica {
		b := &base{core: newCore(model.Merging, baseExpire), interval: p.Duration("gossip"), ttl: p.Duration("ttl")}
		b.shop = true
		b.sessions(p)
		if inEscrow(p) {
			b.escrow = &escrow{}
		}
		return b
	},
}

// basePrompt tells whether all converge within specBASE.Within.
func basePrompt(p Params) bool { return p.Duration("gossip") <= 100*time.Millisecond }

func inEscrow(p Params) bool { return p["stock"] == "escrow" }

// base answers at once and spreads what it has by gossip.
type base struct {
	core
	members
	ring          peerRing
	interval, ttl time.Duration
	oversold      map[string]bool // stocks below zero that were reported
	escrow        *escrow         // nil without
}

var _ Replica = (*base)(nil)

// The timers of base.
const (
	baseGossip uint8 = iota + 1
	baseExpire
)

// Start implements Replica.
func (b *base) Start(env Env) {
	b.ring, b.oversold = newPeerRing(env), map[string]bool{}
	b.members = newMembers(env, int((b.ttl+b.interval-1)/b.interval))
	if env.Boot() == Restarted {
		for _, peer := range b.ring.all {
			b.lapsed = b.lapsed.with(peer)
		}
	}
	b.core.start(env)
	if b.escrow != nil {
		b.startEscrow(env)
	}
	env.Serving()
	for _, key := range env.Store().Keys() {
		b.settle(env, key)
	}
	if len(b.ring.all) > 0 {
		env.After(within(env, b.interval), Tag{Kind: baseGossip})
	}
}

// Request implements Replica.
func (b *base) Request(env Env, req Request) {
	if b.ready(env, &req) {
		b.serve(env, req)
	}
}

func (b *base) serve(env Env, req Request) {
	b.core.request(env, &req)
	if b.escrow != nil {
		b.begForPieces(env)
	}
	if len(b.touched) == 0 {
		return
	}
	for _, key := range req.Command.Keys() {
		b.settle(env, key)
	}
}

// Timer implements Replica.
func (b *base) Timer(env Env, tag Tag) {
	if tag.Kind == baseExpire {
		b.expire(env, func(Env, []touched) {})
		return
	}
	b.beat()
	b.lapse(env)
	peer := b.ring.next(env)
	env.Send(peer, b.digestNow(env))
	if b.escrow != nil {
		b.remind(env)
		b.evenOut(env, peer)
	}
	env.Count("gossip.rounds", 1)
	env.After(around(env, b.interval), Tag{Kind: baseGossip})
}

// Receive implements Replica.
func (b *base) Receive(env Env, from model.NodeID, msg Message) {
	switch m := msg.(type) {
	case gossipDigest:
		if b.causal != nil {
			b.answerCausal(env, from, m)
		} else {
			b.answer(env, from, m)
		}
	case *gossipDelta:
		if b.causal != nil {
			b.takeInCausal(env, from, m)
		} else {
			b.takeIn(env, from, m)
		}
	case escrowAsk:
		b.give(env, from, m)
	case *escrowGrant:
		b.receive(env, from, m)
	}
}
