package policies

import (
	"slices"

	"capsim/model"
)

// caHeld is a transaction that another node coordinates: one that this node has
// prepared, or, in the queue, one that waits for a key.
type caHeld struct {
	txn   *caTxn
	age   int  // ticks since it was prepared, or last repeated
	asked bool // all nodes are asked: the coordinator has not answered
}

// inDoubt returns the transaction that the node has prepared for the key; nil for none.
func (r *ca) inDoubt(key string) *caHeld {
	for _, h := range r.held {
		if h.txn.touches(key) {
			return h
		}
	}
	return nil
}

// prepare takes a coordinator's request to prepare.
func (r *ca) prepare(from model.NodeID, t *caTxn) {
	same := func(h *caHeld) bool { return h.txn.id == t.id }
	switch i := slices.IndexFunc(r.queue, same); {
	case slices.ContainsFunc(r.held, same):
		if r.sole(t) {
			r.env.Send(from, &caVote{r.start.lives, t.id})
		}
		return
	case i >= 0:
		r.queue[i].age = 0
		return
	case r.decided(t):
		return // it comes late
	case t.id.upTo(r.barred[from-1]):
		r.env.Send(from, &caOutcome{r.start.lives, t.id, false})
		return
	}
	r.supersede(t)
	r.seen(t)
	for _, j := range slices.Clone(r.jobs) {
		if j.txn != nil && j.txn.conflicts(t) && t.age.Compare(j.age) < 0 {
			r.env.Count("ca.wounds", 1)
			r.abandon(j) // the older goes first: to wait for each other would be a deadlock
		}
	}
	at, _ := slices.BinarySearchFunc(r.queue, t, func(h *caHeld, t *caTxn) int { return h.txn.age.Compare(t.age) })
	r.queue = slices.Insert(r.queue, at, &caHeld{txn: t})
}

// sole tells whether a transaction is the only one that its keys are in doubt for. A node
// that was wiped may be in doubt of several, of which one at most is decided or may be: the
// others must be out of the world before it votes for one.
func (r *ca) sole(t *caTxn) bool {
	return !slices.ContainsFunc(r.held, func(h *caHeld) bool { return h.txn.id != t.id && h.txn.conflicts(t) })
}

// supersede drops older attempts at the same write: their coordinator gave them up
// before it began this one.
func (r *ca) supersede(t *caTxn) {
	older := func(h *caHeld) bool { return h.txn.op == t.op && h.txn.id != t.id && h.txn.id.upTo(t.id) }
	r.queue = slices.DeleteFunc(r.queue, older)
	if i := slices.IndexFunc(r.held, older); i >= 0 {
		r.drop(r.held[i])
	}
}

// decided tells whether the node's record has the transaction.
func (r *ca) decided(t *caTxn) bool {
	n := t.name()
	return r.store.Record(n.key).Vector().Covers(n.dot)
}

// free tells whether a transaction of the queue can be prepared: its keys are not in
// doubt, not being written by this node, and no older one waits for them.
func (r *ca) free(t *caTxn) bool {
	busy := func(o *caTxn) bool { return o != nil && o.conflicts(t) }
	for _, h := range r.held {
		if busy(h.txn) {
			return false
		}
	}
	for _, j := range r.jobs {
		if busy(j.txn) {
			return false
		}
	}
	for _, h := range r.queue {
		if h.txn == t {
			break
		}
		if busy(h.txn) {
			return false
		}
	}
	return true
}

// fits tells whether a transaction was made on top of what the node has. One that was not
// comes late: its coordinator has given it up, or else nothing could have come between.
func (r *ca) fits(t *caTxn) bool {
	for i := range t.items {
		it := &t.items[i]
		if !slices.Equal(it.rec.Seen, r.store.Record(it.key).Vector().With(it.dot(t.op))) || r.decided(t) {
			return false
		}
	}
	return true
}

// hold prepares a transaction, and says yes.
func (r *ca) hold(t *caTxn) {
	if !r.fits(t) {
		return
	}
	r.held, r.dirty = append(r.held, &caHeld{txn: t}), true
	r.doubt(t, true)
	r.env.Send(t.id.coordinator, &caVote{r.start.lives, t.id})
}

// doubt says that the keys of a transaction are in doubt, or no longer.
func (r *ca) doubt(t *caTxn, begins bool) {
	op := model.OpID(0)
	if begins {
		op = t.op
	}
	for i := range t.items {
		r.env.Doubt(t.items[i].key, op)
	}
}

// drop ends a node's doubt of a transaction.
func (r *ca) drop(h *caHeld) {
	r.held, r.dirty = slices.DeleteFunc(r.held, func(o *caHeld) bool { return o == h }), true
	r.doubt(h.txn, false)
	for _, o := range r.held {
		if o.txn.conflicts(h.txn) {
			r.doubt(o.txn, true)
		}
	}
}

// outcome takes word of what became of a transaction.
func (r *ca) outcome(from model.NodeID, m *caOutcome) {
	if m.id.coordinator == r.self {
		if j := r.attempt(m.id); j != nil && !m.committed {
			r.abandon(j) // a vote of no
		}
		// Else it is one of a life before: as for any other node.
	}
	r.queue = slices.DeleteFunc(r.queue, func(h *caHeld) bool { return h.txn.id == m.id })
	i := slices.IndexFunc(r.held, func(h *caHeld) bool { return h.txn.id == m.id })
	if i < 0 {
		return
	}
	h := r.held[i]
	if m.committed {
		r.install(h.txn)
	} else if from != m.id.coordinator {
		r.bar(m.id) // its coordinator may not know yet that it can't be decided
	}
	r.drop(h)
	if h.asked {
		word := "aborted"
		if m.committed {
			word = "committed"
		}
		for i := range h.txn.items {
			r.env.Note("ca.resolved", "op", opWord(h.txn.op), "key", h.txn.items[i].key, "from", from.String(), "outcome", word)
		}
	}
}

// bar makes sure that the node never prepares the transaction, nor an older one of its
// coordinator's that it has not prepared: those begin anew.
func (r *ca) bar(id caID) {
	if b := &r.barred[id.coordinator-1]; !id.upTo(*b) {
		*b = id
		r.dirty = true
	}
	r.queue = slices.DeleteFunc(r.queue, func(h *caHeld) bool {
		return h.txn.id.coordinator == id.coordinator && h.txn.id.upTo(id)
	})
}

// askOutcomes asks what became of transactions in doubt: their coordinators, and, when
// those had the time to give up, everybody.
func (r *ca) askOutcomes() {
	asks := make([][]caName, r.n)
	for _, h := range r.held {
		if h.age++; h.age < 2 {
			continue
		}
		if h.age > int(r.patience/r.retry)+1 && !h.asked {
			h.asked = true
			for i := range h.txn.items {
				r.env.Note("ca.blocked", "op", opWord(h.txn.op), "key", h.txn.items[i].key, "coordinator", h.txn.id.coordinator.String())
			}
		}
		r.peers(func(p model.NodeID) {
			if p == h.txn.id.coordinator || h.asked {
				asks[p-1] = append(asks[p-1], h.txn.name())
			}
		})
	}
	for i, names := range asks {
		if len(names) > 0 {
			r.env.Count("ca.asks", 1)
			r.env.Send(model.NodeID(i+1), &caAsk{r.start.lives, names})
		}
	}
}

// tell answers who asks for a transaction, if this node knows.
func (r *ca) tell(to model.NodeID, n *caName) {
	answer := func(committed bool) { r.env.Send(to, &caOutcome{r.start.lives, n.id, committed}) }
	mine := n.id.coordinator == r.self
	switch {
	case r.store.Record(n.key).Vector().Covers(n.dot):
		answer(true)
	case slices.ContainsFunc(r.held, func(h *caHeld) bool { return h.txn.id == n.id }):
		// In doubt as well.
	case mine && n.id.incarnation < r.start.life:
		// It was decided or not before the disk was wiped: nobody can tell.
	case mine && r.attempt(n.id) != nil:
		// Not decided yet.
	case mine:
		answer(false) // presumed abort
	default:
		r.bar(n.id)
		answer(false)
	}
}
