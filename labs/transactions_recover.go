package labs

import (
	"strings"

	"capsim/policies"
)

// recoverLog takes up what the log of a node that restarts has.
func (r *tx) recoverLog() {
	for _, name := range r.rows(logPrefix) {
		words := strings.Fields(r.get(logPrefix + name))
		if len(words) == 0 {
			continue
		}
		o := decodeOrder(words[1:], r.n)
		if o == nil || o.name != name {
			r.env.Note("tx.unreadable", "says", r.self.String()+" can't read what its log has of "+name+", and leaves it alone.", "tone", "bad")
			continue
		}
		t := &txn{txOrder: o, crashed: true, got: make([]bool, r.n)}
		switch words[0] {
		case txPrepared.String():
			t.phase = txPrepared
		case txPrecommitted.String():
			t.phase = txPrecommitted
		case txCommitted.String():
			t.phase, t.leads, t.crashed = txCommitted, true, false
		default:
			continue
		}
		r.txns = append(r.txns, t)
		r.takeUp(t)
	}
	if r.mails {
		return
	}
	for _, name := range r.rows(orderPrefix) {
		if r.get(orderPrefix+name) == pending && r.find(name) == nil {
			r.presume(name)
		}
	}
}

// takeUp goes on with what the log has: a decision is told again; of what this node
// coordinated and had not decided nobody can have committed, for nobody was told that all
// voted yes; in doubt of the rest it asks at once.
func (r *tx) takeUp(t *txn) {
	switch {
	case t.phase == txCommitted:
		r.advance(t)
	case t.by == r.self && t.phase == txPrepared:
		r.sayPresumed(t.name)
		r.settle(t, false, "its coordinator crashed before it decided")
	default:
		r.doubt(t, true)
		t.idle = r.silence()
	}
}

// presume aborts what this node coordinated and its log has not.
func (r *tx) presume(name string) {
	key := orderPrefix + name
	h, _ := r.env.Store().Record(key).Newest()
	r.sayPresumed(name)
	r.env.Fact(policies.Fact{Kind: policies.Abort, Op: h.Op, Key: name})
	r.put(h.Op, key, txAborted.String()+" its coordinator crashed before it decided")
}

func (r *tx) sayPresumed(name string) {
	r.env.Note("tx.presumed", "says", "No decision on "+name+" is in the log of "+r.self.String()+", which coordinated it: it is aborted.")
}
