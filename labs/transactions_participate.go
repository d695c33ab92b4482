package labs

import (
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// prepare takes a coordinator's request to vote. A vote of yes is a promise that outlives a
// crash: from then on the rows are locked until the outcome is known.
func (r *tx) prepare(from model.NodeID, o *txOrder) {
	vote := &txMessage{kind: txVote, order: o, yes: true}
	t := r.find(o.name)
	switch r.word(o.name) {
	case txCommitted.String():
		r.send(from, txDone, o)
		return
	case txAborted.String():
		vote.yes, vote.why = false, r.self.String()+" has aborted it"
	default:
		if t != nil {
			t.idle = 0
			break
		}
		t = &txn{txOrder: o}
		if why := r.hold(t); why != "" {
			vote.yes, vote.why = false, why
			r.forget(o, why)
			break
		}
		r.txns = append(r.txns, t)
	}
	r.env.Send(from, vote)
}

// hold votes yes on the parts that this node owns: it locks their rows, on disk; or it says
// why not. It waits for no lock: to wait for each other would be a deadlock.
func (r *tx) hold(t *txn) (why string) {
	for _, p := range r.own() {
		if by := r.lockedBy(t.row(p)); by != nil {
			return t.row(p) + " is locked by " + by.name
		}
		if why := r.can(t.txOrder, p, r.credit); why != "" {
			return why
		}
	}
	r.turn(t, txPrepared)
	for _, p := range r.own() {
		r.env.Fact(policies.Fact{Kind: policies.Acquire, Op: t.op, Key: t.row(p), Text: t.name})
	}
	r.doubt(t, true)
	return ""
}

// turn brings a transaction into a phase, in the log too.
func (r *tx) turn(t *txn, to txPhase) {
	t.phase = to
	r.put(t.op, logPrefix+t.name, to.String()+" "+t.encode())
}

// doubt says that this node does not know the outcome, or does now. A coordinator that has
// not crashed is in no doubt.
func (r *tx) doubt(t *txn, begins bool) {
	op := model.OpID(0)
	if begins {
		if t.leads {
			return
		}
		op = t.op
	}
	for _, p := range r.own() {
		r.env.Doubt(t.row(p), op)
	}
}

// settle ends a transaction at this node.
func (r *tx) settle(t *txn, commit bool, why string) {
	kind, over := policies.Abort, txAborted
	if commit {
		kind, over = policies.Commit, txCommitted
	}
	r.remove(t)
	if t.told {
		r.env.Note("tx.settled", "says", r.self.String()+" knows at last that "+t.name+" was "+over.String()+".", "tone", "good")
	}
	r.env.Fact(policies.Fact{Kind: kind, Op: t.op, Key: t.name})
	if t.phase == txPrepared || t.phase == txPrecommitted {
		for _, p := range r.own() {
			if commit {
				r.apply(t.txOrder, p, r.credit, false)
			}
			r.env.Fact(policies.Fact{Kind: policies.Release, Op: t.op, Key: t.row(p), Text: t.name})
		}
		if !t.leads {
			r.doubt(t, false)
		}
		r.drop(logPrefix + t.name)
	}
	r.remembered(t.txOrder, over, why)
	r.answer(t, why)
}

// remembered notes on disk how a transaction ended. Of one that it coordinated and aborted
// the node keeps nothing but the order itself: presumed abort.
func (r *tx) remembered(o *txOrder, over txPhase, why string) {
	if o.by != r.self {
		r.remember(o.name, over.String())
		return
	}
	if over == txCommitted {
		r.remember(o.name, over.String())
	}
	r.put(o.op, orderPrefix+o.name, strings.TrimSpace(over.String()+" "+why))
}

// forget makes sure that this node never votes yes on what it has not voted on.
func (r *tx) forget(o *txOrder, why string) {
	r.env.Fact(policies.Fact{Kind: policies.Abort, Op: o.op, Key: o.name})
	r.remembered(o, txAborted, why)
}

func (r *tx) remove(t *txn) {
	r.txns = slices.DeleteFunc(r.txns, func(o *txn) bool { return o == t })
}

// over tells how a transaction ended here, as far as this node remembers; false if it does
// not.
func (r *tx) over(o *txOrder) (txPhase, bool) {
	if t := r.find(o.name); t != nil && t.phase == txCommitted {
		return txCommitted, true
	}
	switch r.word(o.name) {
	case txCommitted.String():
		return txCommitted, true
	case txAborted.String():
		return txAborted, true
	}
	if o.by == r.self && strings.HasPrefix(r.get(orderPrefix+o.name), txAborted.String()) {
		return txAborted, true
	}
	return 0, false
}

// learn takes word of the outcome.
func (r *tx) learn(from model.NodeID, o *txOrder, commit bool) {
	t := r.find(o.name)
	was, over := r.over(o)
	switch {
	case over && commit != (was == txCommitted):
		r.contradicted(from, o, commit)
	case over:
	case t != nil:
		why := from.String() + " says so"
		if commit {
			why = ""
		}
		r.settle(t, commit, why)
	case !commit:
		r.forget(o, from.String()+" says so")
	default:
		return // it never voted on it: its disk was wiped
	}
	if commit {
		r.send(from, txDone, o)
	}
}

// contradicted tells of two outcomes.
func (r *tx) contradicted(from model.NodeID, o *txOrder, commit bool) {
	if r.word("split/"+o.name) != "" {
		return
	}
	r.remember("split/"+o.name, "told")
	mine, theirs := txCommitted, txAborted
	if commit {
		mine, theirs = txAborted, txCommitted
	}
	r.env.Note("tx.split", "says", o.name+" is split: "+r.self.String()+" has "+mine.String()+" it, and "+from.String()+" says that it was "+theirs.String()+".",
		"tone", "bad")
}

// inDoubt is the tick of a participant that has voted yes, under 2pc: it asks until somebody
// knows. It may do nothing else, for ever.
func (r *tx) inDoubt(t *txn) {
	if t.idle <= r.patience {
		return
	}
	r.sayDoubt(t)
	r.env.Count("tx.asks", 1)
	for _, n := range r.members(t.txOrder) {
		if n == t.by || r.cooperative {
			r.send(n, txAsk, t.txOrder)
		}
	}
}

// sayDoubt tells the story, once, that a node is in doubt.
func (r *tx) sayDoubt(t *txn) {
	if t.told {
		return
	}
	t.told = true
	var rows []string
	for _, p := range r.own() {
		rows = append(rows, t.row(p))
	}
	held := ""
	if len(rows) > 0 {
		held = ", and keeps " + strings.Join(rows, " and ") + " locked"
	}
	if t.by == r.self {
		r.env.Note("tx.doubt", "says", r.self.String()+" had all votes on "+t.name+" and crashed before it committed. The others may have ended it: it asks them"+held+".", "tone", "fault")
		return
	}
	r.env.Note("tx.doubt", "says", r.self.String()+" has heard nothing of "+t.by.String()+". It has voted yes on "+t.name+
		", so it may neither commit nor abort it by itself"+held+".", "tone", "fault")
}

// asked answers who is in doubt, if this node knows. A coordinator finds in its log what was
// committed; what is neither there nor under way was aborted. Another node that has not voted
// promises by its answer that it never will.
func (r *tx) asked(from model.NodeID, o *txOrder) {
	over, known := r.over(o)
	switch {
	case known && over == txCommitted:
		r.send(from, txCommit, o)
	case known:
		r.send(from, txAbort, o)
	case r.find(o.name) != nil:
	case o.by == r.self:
		// Its disk was wiped: it can't tell what it decided.
	default:
		r.forget(o, "")
		r.send(from, txAbort, o)
	}
}
