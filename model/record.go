package model

import (
	"slices"
	"strconv"
)

// Head is a write that a record holds and that no other write in it supersedes.
type Head struct {
	Op    OpID
	Dot   Dot
	Stamp Stamp
	Kind  EffectKind
	Value Value // of Put; what a merged change made is in the record itself
}

// Record is what a replica keeps of one key. Every policy stores the same, so that
// any policy can start on another's records. A record is immutable: Write and
// Merge return new ones, so it may be shared and sent.
//
// A policy that treats every key as a register uses Heads and Seen alone. Where
// counters and sets merge, Base is the newest register write that went in, Totals
// a PN-counter on top of it, and Elements an observed-remove set.
//
// Invariants:
//  1. Heads ascend by Stamp, and no two have one Dot.
//  2. Seen covers the Dot of every head, element and sale.
//  3. Totals and Base.Absorbed ascend by Actor; Elements by Member, each with at
//     least one dot; Sales by Stamp.
type Record struct {
	Heads    []Head
	Seen     Vector // every write of this key that went in, superseded and discarded ones included
	Base     *Base
	Totals   []Total
	Elements []Element
	Sales    []Sale
	Stale    bool // soft state that was not refreshed in time
}

// Base is the register beneath a merged counter or set.
type Base struct {
	Value    Value
	Stamp    Stamp
	Absorbed []Total // what the counter had reached when the register was written
}

// Total is one actor's part of a PN-counter: all that it ever added and subtracted,
// each up to 2^63-1 and no further.
//
// Source: Shapiro et al., A Comprehensive Study of CRDTs (2011), §3.1.3.
type Total struct {
	Actor
	N           int64  // of the dot of the last change: of two parts, that with the larger is the later
	Plus, Minus uint64 // modulo 2^64, so that no sum of acknowledged changes is out of reach
}

// Element is a member of an observed-remove set with the dots that added it.
//
// Source: Bieniusa et al., An Optimized Conflict-free Replicated Set (2012).
type Element struct {
	Member string
	Dots   []Dot
}

// Sale is a promise made from a stock; the node that made it refunds it if, once
// the others' sales are known, it can't be kept.
type Sale struct {
	Dot      Dot
	Stamp    Stamp
	Op       OpID
	N        int64
	Refunded bool
}

// Newest returns the newest head; false if there is none.
func (r *Record) Newest() (Head, bool) {
	if r == nil || len(r.Heads) == 0 {
		return Head{}, false
	}
	return r.Heads[len(r.Heads)-1], true
}

// Vector returns Seen, nil for no record.
func (r *Record) Vector() Vector {
	if r == nil {
		return nil
	}
	return r.Seen
}

// Ops returns the writes that the record holds, in the order of their stamps;
// tombstones are absence and left out.
func (r *Record) Ops() []OpID {
	if r == nil {
		return nil
	}
	ops := make([]OpID, 0, len(r.Heads))
	for _, h := range r.Heads {
		if h.Kind != Delete {
			ops = append(ops, h.Op)
		}
	}
	return ops
}

// Holds tells whether the write is one of the record's heads.
func (r *Record) Holds(op OpID) bool {
	return r != nil && slices.ContainsFunc(r.Heads, func(h Head) bool { return h.Op == op })
}

// merged tells whether the record has more than registers in it.
func (r *Record) merged() bool {
	return r != nil && (r.Base != nil || len(r.Totals) > 0 || len(r.Elements) > 0 || len(r.Sales) > 0)
}

// base returns the register beneath.
func (r *Record) base() Base {
	switch {
	case r == nil:
		return Base{}
	case r.Base != nil:
		return *r.Base
	}
	if i := r.lastRegister(); i >= 0 {
		return Base{Value: r.Heads[i].Value, Stamp: r.Heads[i].Stamp}
	}
	return Base{}
}

// Value returns the one value that the record stands for: the newest register, or
// what was merged on top of it.
func (r *Record) Value() Value {
	if !r.merged() {
		h, _ := r.Newest()
		return h.Value
	}
	b := r.base()
	if b.Value.Type == Set {
		return b.Value
	}
	n, isNumber := number(b.Value)
	if !isNumber {
		return b.Value
	}
	sum, counted := int64(0), false
	for _, t := range r.Totals {
		was := totalOf(b.Absorbed, t.Actor)
		sum += int64(t.Plus - was.Plus - (t.Minus - was.Minus))
		counted = counted || t != was
	}
	switch {
	case len(r.Elements) > 0 && b.Value.Type == None && (!counted || r.newestIsSet()):
		return r.set()
	case counted:
		return Text(strconv.FormatInt(n+sum, 10)).until(b.Value.Deadline)
	case b.Value.Type == None:
		return Value{}
	}
	return b.Value
}

// set returns the elements as a value.
func (r *Record) set() Value {
	if len(r.Elements) == 0 {
		return Value{}
	}
	members := make([]string, len(r.Elements))
	for i, e := range r.Elements {
		members[i] = e.Member
	}
	return Value{Type: Set, Members: members, Deadline: r.base().Value.Deadline}
}

// newestIsSet decides between a set and a counter that were made of one key on two
// sides: the newest write's kind.
func (r *Record) newestIsSet() bool {
	h, _ := r.Newest()
	return h.Kind == AddMembers || h.Kind == RemoveMembers
}

// Values returns the values that a client gets: one, or the siblings of a register
// in the order of their stamps. Absent is no value.
func (r *Record) Values() []Value {
	if r == nil {
		return nil
	}
	var vs []Value
	base, standing := r.base(), false
	for _, h := range r.Heads {
		if h.Kind != Put && h.Kind != Delete {
			continue
		}
		v := h.Value
		switch {
		case h.Stamp == base.Stamp: // what was merged stands on top of it
			v, standing = r.Value(), true
		case v.Type == Set && r.Base != nil: // its members are elements
			if v = r.set(); r.Value().Type == Set {
				continue
			}
		}
		if v.Type != None {
			vs = append(vs, v)
		}
	}
	if standing {
		return vs
	}
	if v := r.Value(); v.Type != None {
		vs = append(vs, v)
	}
	return vs
}

func totalOf(ts []Total, a Actor) Total {
	for _, t := range ts {
		if t.Actor == a {
			return t
		}
	}
	return Total{Actor: a}
}
