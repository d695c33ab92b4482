package labs

import (
	"slices"

	"capsim/model"
)

// Three-phase commit goes on without its coordinator. A participant that has heard nothing
// for too long asks all others how far they are. Of those who can act the first leads: the
// coordinator, else the one with the lowest number; the others leave it to that one. It
// decides by what it was told: to commit if some member has precommitted, for then all have
// voted yes; to abort if all are uncertain, for then nobody can have committed. Before it
// commits it lets all know that they may, so that whoever leads after it decides the same.
//
// Who does not answer in time is taken for crashed. That holds if nodes crash and nothing
// else happens: under a partition there are two leaders, and the two may decide otherwise.
//
// A member that crashed since it voted leads nobody: the others may have decided without it,
// so it asks them. Only when all members have crashed since, and all are back, nobody can
// have decided unknown to them: then the first leads all the same.
//
// Sources: Skeen, Nonblocking Commit Protocols (SIGMOD 1981); Bernstein, Hadzilacos &
// Goodman (1987), §7.5, with the rules TR1 to TR4; Garcia-Molina, Elections in a Distributed
// Computing System (1982): the bully algorithm.

// txRound is one attempt to terminate a transaction.
type txRound struct {
	idle    int        // ticks since it began
	members []txMember // who answered
	second  bool       // all are told to precommit; who can will commit
}

// txMember is what a member said of itself.
type txMember struct {
	node    model.NodeID
	phase   txPhase
	crashed bool
	leads   bool
}

// heard notes how far a member is.
func (a *txRound) heard(n model.NodeID, phase txPhase) {
	for i := range a.members {
		if a.members[i].node == n {
			a.members[i].phase = phase
		}
	}
}

// terminate is the tick of a participant that has voted yes, under 3pc. It waits for twice as
// long as its coordinator does for votes, so that it takes no coordinator for crashed that is
// still waiting.
func (r *tx) terminate(t *txn) {
	switch a := t.round; {
	case a == nil && t.idle <= r.silence():
	case a == nil:
		r.sayDoubt(t)
		r.query(t)
	default:
		if a.idle++; a.idle > r.patience {
			r.conclude(t)
		}
	}
}

// silence is for how many ticks a participant waits for its coordinator.
func (r *tx) silence() int { return 2*r.patience + 1 }

// query begins a round.
func (r *tx) query(t *txn) {
	t.round = &txRound{}
	r.env.Count("tx.rounds", 1)
	for _, n := range r.members(t.txOrder) {
		r.send(n, txQuery, t.txOrder)
	}
}

// queried says how far this node is. One that has not voted aborts: it never will.
func (r *tx) queried(from model.NodeID, o *txOrder) {
	t := r.find(o.name)
	phase, over := r.over(o)
	switch {
	case over:
	case t != nil:
		phase = t.phase
	case o.by == r.self:
		return // its disk was wiped
	default:
		r.forget(o, "")
		phase = txAborted
	}
	r.env.Send(from, &txMessage{
		kind: txState, order: o, state: phase, crash: t != nil && t.crashed, leads: t != nil && t.leads,
	})
}

// stated takes an answer: an outcome is taken over at once, all else is put by until the round
// ends.
func (r *tx) stated(from model.NodeID, m *txMessage) {
	t := r.find(m.order.name)
	if m.state == txCommitted || m.state == txAborted {
		if over, known := r.over(m.order); t != nil || known && over != m.state {
			r.learn(from, m.order, m.state == txCommitted)
		}
		return
	}
	if t == nil || t.round == nil || t.round.second {
		return
	}
	a := t.round
	a.members = slices.DeleteFunc(a.members, func(x txMember) bool { return x.node == from })
	a.members = append(a.members, txMember{from, m.state, m.crash, m.leads})
}

// conclude ends a round.
func (r *tx) conclude(t *txn) {
	a := t.round
	switch {
	case a.second:
		r.decide(t, true)
	case !r.mayLead(t):
		t.round, t.idle = nil, 0
		if t.crashed {
			t.idle = r.silence() // it has nobody to wait for: it asks again at once
		}
	default:
		r.dictate(t)
	}
}

// mayLead tells whether it is for this node to decide.
func (r *tx) mayLead(t *txn) bool {
	back := 0
	for _, m := range t.round.members {
		switch {
		case !m.crashed && t.crashed, m.leads:
			return false
		case m.crashed == t.crashed && m.node < r.self:
			return false
		case m.crashed:
			back++
		}
	}
	return !t.crashed || back == len(r.members(t.txOrder))
}

// dictate decides by the rules, or prepares to.
func (r *tx) dictate(t *txn) {
	a := t.round
	if !t.crashed { // who has crashed has no say: it may be behind
		a.members = slices.DeleteFunc(a.members, func(m txMember) bool { return m.crashed })
	}
	known := t.phase == txPrecommitted || slices.ContainsFunc(a.members, func(m txMember) bool { return m.phase == txPrecommitted })
	if !known {
		r.decide(t, false)
		return
	}
	if t.phase != txPrecommitted {
		r.turn(t, txPrecommitted)
	}
	a.second, a.idle = true, 0
	for _, m := range a.members {
		if m.phase != txPrecommitted {
			r.send(m.node, txPrecommit, t.txOrder)
		}
	}
	r.terminated(t)
}

// terminated commits once all who can be reached have precommitted.
func (r *tx) terminated(t *txn) {
	if !slices.ContainsFunc(t.round.members, func(m txMember) bool { return m.phase != txPrecommitted }) {
		r.decide(t, true)
	}
}

// decide ends a transaction in the coordinator's place.
func (r *tx) decide(t *txn, commit bool) {
	kind, word, why := txAbort, "aborts", "all that it can reach are uncertain, so nobody can have committed it"
	if commit {
		kind, word, why = txCommit, "commits", "some had word that all voted yes, and now all that it can reach have"
	}
	r.env.Note("tx.terminated", "says", r.self.String()+" takes the place of "+t.by.String()+" and "+word+" "+t.name+": "+why+".", "tone", "good")
	r.env.Count("tx.terminations", 1)
	t.told = false
	reason := ""
	if !commit {
		reason = "terminated without its coordinator"
	}
	r.settle(t, commit, reason)
	for _, n := range r.members(t.txOrder) {
		r.send(n, kind, t.txOrder)
	}
}

// precommit takes word that all have voted yes.
func (r *tx) precommit(from model.NodeID, o *txOrder) {
	t := r.find(o.name)
	if t == nil || t.phase == txCommitted {
		if over, known := r.over(o); known {
			r.env.Send(from, &txMessage{kind: txState, order: o, state: over})
		}
		return
	}
	if t.leads {
		return
	}
	t.idle, t.round = 0, nil
	if t.phase != txPrecommitted {
		r.turn(t, txPrecommitted)
	}
	r.send(from, txReady, o)
}
