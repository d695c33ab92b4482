package labs

import (
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// Names of rows: see txDisk.
const (
	orderPrefix  = "order:"
	logPrefix    = "log:"
	outboxPrefix = "outbox:"
	deadPrefix   = "dead:"
	pending      = "pending"
)

// order takes a client's ORDER: of one that this node knows it says what became of it, so
// that a client may ask again.
func (r *tx) order(o *txOrder) {
	switch status := r.get(orderPrefix + o.name); {
	case status == "":
	case status == pending:
		r.env.Reply(o.op, model.Refuse(model.CodeInDoubt, o.name+" is not decided"))
		return
	default:
		r.env.Reply(o.op, model.Answered(r.outcome(status)))
		return
	}
	r.env.Fact(policies.Fact{Kind: policies.Begin, Op: o.op, Key: o.name, N: int64(txParts)})
	if r.mails {
		r.accept(o)
		return
	}
	r.put(o.op, orderPrefix+o.name, pending)
	t := &txn{txOrder: o, leads: true, waiting: true, got: make([]bool, r.n)}
	if len(r.own()) > 0 {
		if why := r.hold(t); why != "" {
			r.forget(o, why)
			r.answer(t, why)
			return
		}
	}
	r.txns = append(r.txns, t)
	for _, n := range r.owners() {
		r.send(n, txPrepare, o)
	}
	r.advance(t)
}

// outcome is the reply that an order's status stands for.
func (r *tx) outcome(status string) model.Reply {
	if why, ok := strings.CutPrefix(status, "aborted "); ok {
		if code, _, _ := strings.Cut(why, " "); code == "OUTOFSTOCK" || code == "DECLINED" {
			return model.Error(why)
		}
		return model.Error("ABORTED " + why)
	}
	return model.Reply{Kind: model.StatusReply, Str: strings.ToUpper(status)}
}

// voted counts a vote. One on what is over here finds that it was not committed, or is told
// so again.
func (r *tx) voted(from model.NodeID, m *txMessage) {
	t := r.find(m.order.name)
	switch {
	case t == nil || !t.leads || t.phase >= txPrecommitted:
		if t == nil {
			r.asked(from, m.order)
		}
	case !m.yes:
		r.env.Note("tx.no", "says", from.String()+" votes no on "+t.name+": "+m.why+".")
		r.abort(t, m.why)
	default:
		t.got[from-1] = true
		r.advance(t)
	}
}

// missing lists the owners that have not answered.
func (r *tx) missing(t *txn) []model.NodeID {
	return slices.DeleteFunc(r.owners(), func(n model.NodeID) bool { return t.got[n-1] })
}

// advance goes to the next phase if all have answered.
func (r *tx) advance(t *txn) {
	if len(r.missing(t)) > 0 {
		return
	}
	switch {
	case t.phase == txCommitted:
		r.drop(logPrefix + t.name) // all have done it: nobody will ask
		r.remove(t)
	case r.three && t.phase < txPrecommitted && len(r.owners()) > 0:
		r.turn(t, txPrecommitted)
		t.idle, t.got = 0, make([]bool, r.n)
		for _, n := range r.owners() {
			r.send(n, txPrecommit, t.txOrder)
		}
		r.env.Note("tx.precommit", "says", "All have voted yes on "+t.name+". "+r.self.String()+" lets all know that, and commits once they do.")
	default:
		r.commit(t)
	}
}

// commit decides: that it is in the log is the decision.
func (r *tx) commit(t *txn) {
	word := "All have voted yes. "
	if r.three {
		word = "All that it can reach know that all have voted yes. "
	}
	r.env.Note("tx.commit", "says", word+r.self.String()+" writes commit into its log: "+t.name+" is committed.", "tone", "good")
	r.settle(t, true, "")
	r.txns = append(r.txns, t)
	t.phase, t.leads, t.idle, t.got = txCommitted, true, 0, make([]bool, r.n)
	r.put(t.op, logPrefix+t.name, txCommitted.String()+" "+t.encode())
	for _, n := range r.owners() {
		r.send(n, txCommit, t.txOrder)
	}
	r.advance(t)
}

// abort decides against it. Nothing is written of that: what is not in the log was aborted.
func (r *tx) abort(t *txn, why string) {
	r.env.Note("tx.abort", "says", r.self.String()+" aborts "+t.name+": "+why+".")
	r.settle(t, false, why)
	for _, n := range r.owners() {
		r.send(n, txAbort, t.txOrder)
	}
}

// lead is the coordinator's tick: it asks again who has not answered, and gives up waiting
// for votes and for acknowledged precommits, but never for a commit to be done.
func (r *tx) lead(t *txn) {
	missing := r.missing(t)
	if t.idle > r.patience && t.phase != txCommitted {
		names := make([]string, len(missing))
		for i, n := range missing {
			names[i] = n.String()
		}
		if t.phase < txPrecommitted {
			r.abort(t, "no vote of "+strings.Join(names, " and ")+" in time")
			return
		}
		r.env.Note("tx.unanswered", "says", r.self.String()+" has no word of "+strings.Join(names, " and ")+
			", takes them for crashed, and goes on without them.")
		r.commit(t)
		return
	}
	kind := map[txPhase]string{txPrecommitted: txPrecommit, txCommitted: txCommit}[t.phase]
	if kind == "" {
		kind = txPrepare
	}
	for _, n := range missing {
		r.send(n, kind, t.txOrder)
	}
}

// ready counts who has the precommit on disk.
func (r *tx) ready(from model.NodeID, o *txOrder) {
	t := r.find(o.name)
	switch {
	case t == nil || t.phase != txPrecommitted:
	case t.leads:
		t.got[from-1] = true
		r.advance(t)
	case t.round != nil && t.round.second:
		t.round.heard(from, txPrecommitted)
		r.terminated(t)
	}
}

// done counts who has done the commit.
func (r *tx) done(from model.NodeID, o *txOrder) {
	if t := r.find(o.name); t != nil && t.phase == txCommitted {
		t.got[from-1] = true
		r.advance(t)
	}
}

// answer tells the client what became of its order, if it waits.
func (r *tx) answer(t *txn, why string) {
	if !t.waiting {
		return
	}
	t.waiting = false
	reply := r.outcome(strings.TrimSpace("aborted " + why))
	switch {
	case why == "":
		r.env.Reply(t.op, model.Answered(r.outcome(txCommitted.String())))
	case strings.HasPrefix(reply.Str, "ABORTED"):
		r.env.Reply(t.op, model.Refuse("ABORTED", why))
	default:
		r.env.Reply(t.op, model.Answered(reply))
	}
}
