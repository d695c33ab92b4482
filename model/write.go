package model

import (
	"cmp"
	"slices"
)

// Mode says how a policy writes and merges records.
type Mode uint8

const (
	// Registers: every key is a register and the newest write wins.
	Registers Mode = iota
	// Merging: counters and sets merge; of concurrent registers the newest wins.
	Merging
	// KeepSiblings: counters and sets merge; concurrent registers stay side by side.
	KeepSiblings
)

// Write is one effect about to enter a record.
type Write struct {
	Op     OpID
	Dot    Dot // numbered after all that the record has seen of its actor
	Stamp  Stamp
	Effect Effect
	Seen   Vector // what the session has seen of the key; it may be more than the record has
	Sale   bool   // a promise out of a stock (TAKE, BUY): kept in the ledger
}

// Write returns the record with the write in it, and the writes of the record that
// it supersedes. A register write takes the place of all that its session has seen,
// so the record counts that as seen too. r may be nil.
func (r *Record) Write(w Write, mode Mode) (*Record, []OpID) {
	seen := r.Vector().With(w.Dot)
	if w.Effect.Kind == Put || w.Effect.Kind == Delete {
		seen = seen.Join(w.Seen)
	}
	if mode == Registers {
		return r.overwrite(w, seen)
	}
	n := r.normal()
	n.Seen = seen
	n.Stale = false
	head := Head{Op: w.Op, Dot: w.Dot, Stamp: w.Stamp, Kind: w.Effect.Kind}
	replaced := n.replacedBy(w, mode)
	if mode == KeepSiblings {
		n.surface(w, replaced)
	}
	switch w.Effect.Kind {
	case Put, Delete:
		head.Value = w.Effect.Value
		n.replaceBase(w, replaced)
	case Add:
		n.Totals = addTotal(n.Totals, w.Dot, w.Effect.Delta)
		if w.Sale {
			n.Sales = append(slices.Clone(n.Sales), Sale{Dot: w.Dot, Stamp: w.Stamp, Op: w.Op, N: -w.Effect.Delta})
		}
	case AddMembers:
		n.Elements = addElements(n.Elements, w.Effect.Members, w.Dot)
	case RemoveMembers:
		n.Elements = slices.DeleteFunc(slices.Clone(n.Elements), func(e Element) bool { return slices.Contains(w.Effect.Members, e.Member) })
	}
	var over []OpID
	heads := make([]Head, 0, len(n.Heads)+1)
	for i, h := range n.Heads {
		if replaced[i] {
			over = append(over, h.Op)
		} else {
			heads = append(heads, h)
		}
	}
	n.Heads = append(heads, head)
	sortHeads(n.Heads)
	return n, over
}

// overwrite returns the register after the write, and what stood there. It is the
// most frequent write, so all of it but Seen is one allocation. A counter that
// another policy merged stays beneath, absorbed, so that a policy that merges again
// does not count it twice.
func (r *Record) overwrite(w Write, seen Vector) (*Record, []OpID) {
	v, kind := w.Effect.Value, Put
	if w.Effect.Kind != Put {
		v = w.Effect.On(r.Value())
	}
	if v.Type == None {
		kind = Delete
	}
	n := &struct {
		Record
		head [1]Head
		over [1]OpID
	}{Record: Record{Seen: seen}}
	n.head[0] = Head{Op: w.Op, Dot: w.Dot, Stamp: w.Stamp, Kind: kind, Value: v}
	n.Heads = n.head[:]
	if r != nil && r.Totals != nil && v.Type != Set {
		n.Base, n.Totals = &Base{Value: v, Stamp: w.Stamp, Absorbed: r.Totals}, r.Totals
	}
	if r == nil || len(r.Heads) != 1 {
		return &n.Record, r.headOps()
	}
	n.over[0] = r.Heads[0].Op
	return &n.Record, n.over[:]
}

// replacedBy marks the heads that a write supersedes. Everything, but where
// siblings are kept: there a register write supersedes what its session has seen,
// and a change to a counter or set what it was added to: the changes before, the
// newest register, and sets that were written as registers, whose members are elements.
func (r *Record) replacedBy(w Write, mode Mode) []bool {
	out := make([]bool, len(r.Heads))
	newest := r.lastRegister() // what a change to a counter or set builds on
	register := w.Effect.Kind == Put || w.Effect.Kind == Delete
	for i, h := range r.Heads {
		isRegister := h.Kind == Put || h.Kind == Delete
		out[i] = mode != KeepSiblings || w.Seen.Covers(h.Dot) || !register && (!isRegister || i == newest || h.Value.Type == Set)
	}
	return out
}

// surface readies the record for a change to a counter or set whose newest register is
// a deletion: the change was made to the newest sibling that is there, which so
// becomes the base, as if the change had written it again.
func (r *Record) surface(w Write, replaced []bool) {
	if w.Effect.Kind == Put || w.Effect.Kind == Delete || r.Value().Type != None {
		return
	}
	for i := len(r.Heads) - 1; i >= 0; i-- {
		h := r.Heads[i]
		if h.Kind != Put || h.Value.Type == Set { // a set's members are elements
			continue
		}
		replaced[i] = true
		r.Base = &Base{Value: h.Value, Stamp: w.Stamp, Absorbed: r.Totals}
		return
	}
}

// replaceBase makes a register write the base. What the session had seen is
// absorbed; merged changes that it had not seen stay on top of it.
func (r *Record) replaceBase(w Write, replaced []bool) {
	base := &Base{Value: w.Effect.Value, Stamp: w.Stamp, Absorbed: r.Totals}
	unseen := false
	for i, h := range r.Heads {
		unseen = unseen || h.Kind != Put && h.Kind != Delete && !replaced[i]
	}
	if unseen {
		base.Absorbed = r.base().Absorbed
	} else {
		r.Elements, r.Sales = nil, nil
	}
	if base.Value.Type == Set { // its members are elements
		r.Elements = addElements(r.Elements, base.Value.Members, w.Dot)
		base.Value = Value{Deadline: base.Value.Deadline}
	}
	r.Base = base
}

func (r *Record) headOps() []OpID {
	if r == nil || len(r.Heads) == 0 {
		return nil
	}
	ops := make([]OpID, len(r.Heads))
	for i, h := range r.Heads {
		ops[i] = h.Op
	}
	return ops
}

// normal returns a copy ready to be changed: a set that was written as a register
// becomes elements, so that it can merge.
func (r *Record) normal() *Record {
	if r == nil {
		return &Record{}
	}
	n := *r
	if r.Base != nil {
		return &n
	}
	i := r.lastRegister()
	if i < 0 {
		return &n
	}
	h := r.Heads[i]
	n.Base = &Base{Value: h.Value, Stamp: h.Stamp}
	if h.Value.Type == Set {
		n.Base.Value = Value{Deadline: h.Value.Deadline}
		n.Elements = addElements(nil, h.Value.Members, h.Dot)
	}
	return &n
}

// lastRegister returns the place of the newest head that is a register write; -1
// if there is none.
func (r *Record) lastRegister() int {
	for i := len(r.Heads) - 1; i >= 0; i-- {
		if k := r.Heads[i].Kind; k == Put || k == Delete {
			return i
		}
	}
	return -1
}

// sortHeads puts heads in the order of their stamps; there are few.
func sortHeads(hs []Head) {
	slices.SortFunc(hs, func(a, b Head) int { return a.Stamp.Compare(b.Stamp) })
}

func addTotal(ts []Total, d Dot, delta int64) []Total {
	i, found := slices.BinarySearchFunc(ts, d.Actor, func(t Total, a Actor) int { return compareActors(t.Actor, a) })
	out := slices.Clone(ts)
	if !found {
		out = slices.Insert(out, i, Total{Actor: d.Actor})
	}
	out[i].N = d.N
	if delta >= 0 {
		out[i].Plus += uint64(delta)
	} else {
		out[i].Minus -= uint64(delta)
	}
	return out
}

// addElements adds members; the dot takes the place of those that added one before.
func addElements(es []Element, members []string, d Dot) []Element {
	out := slices.Clone(es)
	for _, m := range members {
		i, found := slices.BinarySearchFunc(out, m, func(e Element, m string) int { return cmp.Compare(e.Member, m) })
		if found {
			out[i].Dots = []Dot{d}
		} else {
			out = slices.Insert(out, i, Element{Member: m, Dots: []Dot{d}})
		}
	}
	return out
}

// Refund returns the record with the sale marked as refunded.
func (r *Record) Refund(sale Dot) *Record {
	n := *r
	n.Sales = slices.Clone(r.Sales)
	for i := range n.Sales {
		if n.Sales[i].Dot == sale {
			n.Sales[i].Refunded = true
		}
	}
	return &n
}
