package policies

import (
	"time"

	"capsim/model"
)

// apCausal is ap with causal sessions. Each delta goes on from the one before, without
// waiting for its acknowledgement; when that fails to come, the next goes on from what
// the peer last said it has.
type apCausal struct {
	core
	ring        peerRing
	peers       []apPeer // by node
	tick, every time.Duration
	round       uint32
	armed       bool
}

var _ Replica = (*apCausal)(nil)

// apPeer is what a node knows of a peer. It is memory.
type apPeer struct {
	known   model.Vector // what it has, as far as it said
	sent    model.Vector // what it has once the deltas under way have arrived
	seq     uint64       // of the log: so far was it sent
	flowing bool         // sent is good
	unacked bool
	at      uint32     // the round in which it was sent something last
	heard   uint32     // the round of its last message
	early   []*apDelta // its deltas that go on from what this node lacks
}

// apDelta carries the records that a peer lacks.
type apDelta struct{ delta }

func (*apDelta) Kind() string           { return "ap.delta" }
func (m *apDelta) Writes() []model.OpID { return m.ops }

// apHave says what its sender has.
type apHave struct {
	have model.Vector
	ask  apAsking
}

func (apHave) Kind() string         { return "ap.have" }
func (apHave) Writes() []model.OpID { return nil }

// apAsking is what is asked for with an apHave.
type apAsking uint8

const (
	apTold   apAsking = iota // nothing: it acknowledges
	apWants                  // send what I lack
	apDiffer                 // send what I lack, and say so if you lack some
	apHello                  // as apDiffer, and forget what you knew of me: my disk was emptied
)

// earlyMost is how many deltas of a peer that came too early a node puts aside.
const earlyMost = 64

func newAPCausal(mode model.Mode, p Params) *apCausal {
	a := &apCausal{core: newCore(mode, apExpire), tick: max(p.Duration("retry")/ticksToWait, 1), every: p.Duration("sync")}
	a.sessions(p)
	return a
}

// Start implements Replica.
func (a *apCausal) Start(env Env) {
	a.core.start(env)
	a.ring, a.peers = newPeerRing(env), make([]apPeer, env.N()+1)
	if len(a.ring.all) > 0 {
		a.greet(env)
		env.After(within(env, a.every), Tag{Kind: apSync})
	}
	env.Serving()
}

// greet tells the peers what this node has, and asks what they have.
func (a *apCausal) greet(env Env) {
	if a.causal.asking != 0 {
		a.ask(env)
		return
	}
	for _, peer := range a.ring.all {
		env.Send(peer, apHave{a.causal.have, apDiffer})
	}
}

// ask begs the peers for what the emptied disk held, until each has told.
func (a *apCausal) ask(env Env) {
	for _, peer := range a.ring.all {
		if a.causal.asking.has(peer) {
			env.Send(peer, apHave{a.causal.have, apHello})
		}
	}
	if a.causal.asking != 0 {
		env.After(a.tick*ticksToWait, Tag{Kind: apAsk})
	}
}

// Request implements Replica.
func (a *apCausal) Request(env Env, req Request) {
	if a.ready(env, &req) {
		a.spread(env, a.core.request(env, &req))
	}
}

// spread tells every peer what was written.
func (a *apCausal) spread(env Env, wrote []touched) {
	if len(wrote) == 0 {
		return
	}
	for _, peer := range a.ring.all {
		a.send(env, peer, a.peers[peer].flowing)
	}
}

// send sends a peer what it lacks: onwards, from where the last delta ended, or from
// what it said that it has.
func (a *apCausal) send(env Env, to model.NodeID, onwards bool) {
	a.env = env
	p := &a.peers[to]
	m := &apDelta{}
	if onwards {
		m.delta = a.delta(p.sent.Join(p.known), p.seq)
	} else {
		m.delta = a.delta(p.known, 0)
	}
	p.sent, p.seq, p.flowing = a.causal.have, a.causal.seq, true
	p.unacked, p.at = true, a.round
	env.Send(to, m)
	a.arm(env)
}

func (a *apCausal) arm(env Env) {
	if !a.armed {
		a.armed = true
		env.After(a.tick, Tag{Kind: apResend})
	}
}

// Timer implements Replica.
func (a *apCausal) Timer(env Env, tag Tag) {
	switch tag.Kind {
	case apResend:
		a.resend(env)
	case apSync:
		a.compare(env, a.ring.next(env))
		env.After(around(env, a.every), Tag{Kind: apSync})
	case apAsk:
		a.ask(env)
	case apExpire:
		a.expire(env, a.spread)
	}
}

// resend sends again what was not acknowledged in time. To a peer that has been silent
// for long it sends no more than a sign of life, if much is to be sent.
func (a *apCausal) resend(env Env) {
	a.round++
	a.armed = false
	for _, peer := range a.ring.all {
		p := &a.peers[peer]
		switch {
		case !p.unacked:
			continue
		case a.round-p.at <= ticksToWait:
		case a.round-p.heard > silentAfter && len(a.causal.pages) > batch:
			p.at = a.round
			env.Send(peer, apHave{a.causal.have, apDiffer})
		default:
			a.send(env, peer, false)
			env.Count("ap.resent", 1)
		}
		a.arm(env)
	}
}

// compare sends a peer what it may lack, or else asks for what this node lacks.
func (a *apCausal) compare(env Env, peer model.NodeID) {
	env.Count("ap.digests", 1)
	if p := &a.peers[peer]; !p.unacked && p.known != nil && !p.known.Descends(a.causal.have) {
		a.send(env, peer, false)
		return
	}
	env.Send(peer, apHave{a.causal.have, apDiffer})
}

// Receive implements Replica.
func (a *apCausal) Receive(env Env, from model.NodeID, msg Message) {
	a.env = env
	p := &a.peers[from]
	p.heard = a.round
	switch m := msg.(type) {
	case apHave:
		a.hear(env, from, m)
	case *apDelta:
		p.known = p.known.Join(m.gives)
		if !a.causal.have.Descends(m.needs) {
			if len(p.early) < earlyMost {
				p.early = append(p.early, m)
			}
			env.Send(from, apHave{a.causal.have, apTold}) // if it was thought to have more, it lost its disk
			return
		}
		a.takeIn(env, from, m)
		a.takeEarly(env)
		a.serveWaiting(env)
	}
}

// takeIn merges a delta and says what this node has now.
func (a *apCausal) takeIn(env Env, from model.NodeID, m *apDelta) {
	a.take(env, from, &m.delta)
	env.Send(from, apHave{a.causal.have, apTold})
}

// takeEarly takes in the deltas that had come too early and no longer are.
func (a *apCausal) takeEarly(env Env) {
	for again := true; again; {
		again = false
		for _, peer := range a.ring.all {
			p := &a.peers[peer]
			kept := p.early[:0]
			for _, m := range p.early {
				switch {
				case a.causal.have.Descends(m.gives):
				case a.causal.have.Descends(m.needs):
					a.takeIn(env, peer, m)
					again = true
				default:
					kept = append(kept, m)
				}
			}
			clear(p.early[len(kept):])
			p.early = kept
		}
	}
}

func (a *apCausal) serveWaiting(env Env) {
	for req, ok := a.admitted(); ok; req, ok = a.admitted() {
		a.spread(env, a.core.request(env, &req))
	}
}

// hear learns what a peer has, and answers.
func (a *apCausal) hear(env Env, from model.NodeID, m apHave) {
	p := &a.peers[from]
	p.known = m.have // one that was overtaken says too little, which does no harm
	if m.ask == apHello {
		p.flowing, p.unacked = false, false
	}
	if p.unacked && p.known.Descends(p.sent) {
		p.unacked = false
	}
	more := !a.causal.have.Descends(m.have)
	if !more {
		a.told(from)
	}
	if m.ask == apTold {
		return
	}
	inFlight := p.unacked && a.round-p.at <= ticksToWait && a.armed
	if !p.known.Descends(a.causal.have) && !inFlight {
		a.send(env, from, false)
	} else if m.ask == apHello {
		env.Send(from, apHave{a.causal.have, apTold})
	}
	if more && m.ask >= apDiffer {
		env.Send(from, apHave{a.causal.have, apWants})
	}
}
