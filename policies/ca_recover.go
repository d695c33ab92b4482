package policies

import (
	"cmp"
	"slices"

	"capsim/model"
)

// A wiped node has forgotten what it promised: transactions that it prepared, and those
// that it promised never to prepare. It takes part in nothing until all others have told
// it what they have. A majority is not enough, nor is one node, though each but those in
// doubt has every write: a promise was made to one of them, and counts there. Whoever
// answers knows of the new life from then on, and counts no vote of an older one: what is
// decided later needs the vote of this one, and what was decided before is in the answer of
// its coordinator.

// askRecovery asks those who have not answered.
func (r *ca) askRecovery() {
	if !r.start.wiped {
		return
	}
	if r.answers == nil {
		r.answers = make([]*caWhole, r.n)
	}
	r.peers(func(p model.NodeID) {
		if r.answers[p-1] == nil {
			r.env.Send(p, &caRecover{r.start.lives})
		}
	})
}

// helpRecover answers caRecover. A node that does not know yet what the stretch begins
// with has no answer yet.
func (r *ca) helpRecover(to model.NodeID, m *caRecover) {
	if !r.serving() && !r.start.wiped {
		return
	}
	w := &caWhole{lives: r.start.lives, asker: m.lives[to-1], wiped: r.start.wiped, barred: slices.Clone(r.barred)}
	if !w.wiped {
		w.records = recordsOf(r.env)
	}
	for _, h := range r.held {
		w.prepared = append(w.prepared, h.txn)
	}
	r.env.Send(to, w)
}

// recovered takes an answer, and ends the recovery with the last.
func (r *ca) recovered(from model.NodeID, m *caWhole) {
	if !r.start.wiped || r.answers == nil || m.asker != r.start.life {
		return
	}
	r.answers[from-1] = m
	whole := install{}
	for i, a := range r.answers {
		if a == nil && model.NodeID(i+1) != r.self {
			return
		}
		if a == nil {
			continue
		}
		whole.records = newerRecords(whole.records, a.records)
		for _, id := range a.barred {
			if id.n > 0 {
				r.bar(id)
			}
		}
	}
	r.start.recovered(r.env, &whole)
	r.begins()
	for _, a := range r.answers {
		if a != nil {
			r.inherit(a.prepared)
		}
	}
	r.answers = nil
}

// inherit makes the node be in doubt of what others are: it may have been decided, with
// this node's vote.
func (r *ca) inherit(txns []*caTxn) {
	for _, t := range txns {
		known := slices.ContainsFunc(r.held, func(h *caHeld) bool { return h.txn.id == t.id })
		if known || r.decided(t) || t.id.coordinator != r.self && t.id.upTo(r.barred[t.id.coordinator-1]) {
			continue
		}
		r.seen(t)
		r.held, r.dirty = append(r.held, &caHeld{txn: t}), true
		r.doubt(t, true)
	}
}

// newerRecords returns of each key the newer record: within a stretch a key's writes
// follow each other, and each is on top of the one before.
func newerRecords(a, b []keyRecord) []keyRecord {
	out := slices.Clone(a)
	for _, kr := range b {
		i, found := slices.BinarySearchFunc(out, kr.key, func(x keyRecord, key string) int { return cmp.Compare(x.key, key) })
		if !found {
			out = slices.Insert(out, i, kr)
			continue
		}
		x, _ := out[i].rec.Newest()
		if y, _ := kr.rec.Newest(); y.Stamp.Compare(x.Stamp) > 0 {
			out[i] = kr
		}
	}
	return out
}
