package policies

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"capsim/model"
)

// watchCA checks after every step that no node serves what another denies, and the
// invariants of type ca.
func watchCA(w *world) {
	w.after = func() {
		for _, h := range w.nodes {
			if r, ok := h.replica.(*ca); ok && h.up {
				if err := r.valid(h.wiped); err != nil {
					w.t.Fatalf("seed %d at %v: %v: %v", w.seed, w.now, h.id, err)
				}
			}
		}
		if err := w.agree(); err != nil {
			w.t.Fatalf("seed %d at %v: %v", w.seed, w.now, err)
		}
	}
}

// agree returns which two nodes would serve different writes of a key; nil if none. A
// node that serves nothing of it, because it is in doubt or not installed, denies
// nothing.
func (w *world) agree() error {
	type word struct {
		node model.NodeID
		ops  []model.OpID
	}
	said := map[string]word{}
	keys := map[string]bool{}
	for _, h := range w.nodes {
		for _, k := range h.disk.Keys() {
			keys[k] = true
		}
	}
	for _, h := range w.nodes {
		r, ok := h.replica.(*ca)
		if !h.up || !ok || !r.serving() || r.start.stretch != w.stretch {
			continue
		}
		for k := range keys {
			if r.inDoubt(k) != nil {
				continue
			}
			mine := word{h.id, nil}
			if rec := h.disk.Record(k); rec != nil {
				for _, head := range rec.Heads {
					mine.ops = append(mine.ops, head.Op)
				}
			}
			if other, ok := said[k]; ok && !slices.Equal(other.ops, mine.ops) {
				return fmt.Errorf("%v serves %v of %s, and %v serves %v", other.node, other.ops, k, h.id, mine.ops)
			}
			said[k] = mine
		}
	}
	return nil
}

// valid returns which invariant of type ca breaks; nil if none.
func (r *ca) valid(wiped bool) error {
	for i, h := range r.held {
		for _, o := range r.held[:i] {
			if o.txn.conflicts(h.txn) && !wiped {
				return fmt.Errorf("operations %d and %d are both prepared for a key", o.txn.op, h.txn.op)
			}
		}
		for _, j := range r.jobs {
			if j.txn != nil && j.txn.conflicts(h.txn) {
				return fmt.Errorf("operation %d is prepared, and %d is coordinated for its key", h.txn.op, j.op)
			}
		}
	}
	for i := range r.jobs {
		if i > 0 && r.jobs[i-1].age.Compare(r.jobs[i].age) >= 0 {
			return fmt.Errorf("operation %d is older than the one before", r.jobs[i].op)
		}
	}
	for i := range r.queue {
		if i > 0 && r.queue[i-1].txn.age.Compare(r.queue[i].txn.age) > 0 {
			return fmt.Errorf("in the queue operation %d is older than the one before", r.queue[i].txn.op)
		}
	}
	return nil
}

func TestCATorture(t *testing.T) {
	plans := []plan{
		{nodes: 3, policy: "ca"},
		{nodes: 3, policy: "ca"},
		{nodes: 2, policy: "ca"},
		{nodes: 5, policy: "ca"},
		{nodes: 3, policy: "ca", toggles: true},
		{nodes: 3, policy: "ca patience=250ms retry=50ms"},
		{nodes: 3, policy: "ca", wipes: true},
		{nodes: 4, policy: "ca", wipes: true, toggles: true},
	}
	ok, stuck := 0, 0
	for seed := range uint64(seeds(160)) {
		p := plans[seed%uint64(len(plans))]
		p.length = 8 * time.Second
		w := p.run(t, seed)
		for _, h := range w.nodes {
			stuck += len(h.replica.(*ca).held)
		}
		caHolds(t, w, p)
		for _, o := range w.ops {
			if o.res.Outcome == model.OKOutcome {
				ok++
			}
		}
	}
	t.Logf("%d operations answered; %d keys in doubt for ever on a node, by wipes", ok, stuck)
	if ok < 60*seeds(160) {
		t.Fatalf("only %d operations were answered: the torture tests nothing", ok)
	}
}

// caHolds checks what ca claims of a run. Where a coordinator was wiped a key may be in
// doubt for ever: then it is on every node.
func caHolds(t testing.TB, w *world, p plan) {
	t.Helper()
	blocked := map[string]int{}
	for _, h := range w.nodes {
		for _, held := range h.replica.(*ca).held {
			for _, it := range held.txn.items {
				blocked[it.key]++
			}
		}
	}
	for k, n := range blocked {
		if !p.wipes {
			t.Fatalf("seed %d: all is repaired, and %s is in doubt\n%s", w.seed, k, w.history())
		}
		if n != len(w.nodes) {
			t.Fatalf("seed %d: %s is in doubt on %d nodes: the others know\n%s", w.seed, k, n, w.history())
		}
	}
	if len(blocked) == 0 {
		cpHolds(t, w, p)
		return
	}
	for _, o := range w.ops {
		if o.res.Outcome == model.Refused && len(o.wrote) > 0 {
			t.Fatalf("seed %d: operation %d was refused and executed", w.seed, o.id)
		}
	}
	if !p.toggles {
		w.mustBeLinearizable(0)
	}
}
