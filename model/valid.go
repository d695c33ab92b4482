package model

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// valid returns which invariant of Record r breaks; nil if none.
func (r *Record) valid() error {
	if r == nil {
		return nil
	}
	if err := r.Seen.valid(); err != nil {
		return fmt.Errorf("seen: %w", err)
	}
	for i, h := range r.Heads {
		if i > 0 && r.Heads[i-1].Stamp.Compare(h.Stamp) >= 0 {
			return errors.New("the heads don't ascend by stamp")
		}
		if err := h.valid(r.Seen); err != nil {
			return fmt.Errorf("the head of operation %d: %w", h.Op, err)
		}
		if hasDot(r.Heads[:i], h.Dot) {
			return errors.New("two heads have one dot")
		}
	}
	if !r.merged() {
		return nil
	}
	return r.validMerged()
}

func (r *Record) validMerged() error {
	absorbed := []Total(nil)
	if r.Base != nil {
		absorbed = r.Base.Absorbed
		if r.Base.Value.Type == Set {
			return errors.New("the base is a set")
		}
		beneath := r.Base.Value // a set's deadline stands beneath its elements, without a value
		if beneath.Type == None {
			beneath.Deadline = 0
		}
		if err := beneath.valid(); err != nil {
			return err
		}
	}
	for _, ts := range [][]Total{r.Totals, absorbed} {
		if !ascends(ts, func(a, b Total) int { return compareActors(a.Actor, b.Actor) }) {
			return errors.New("the totals don't ascend by actor")
		}
		if slices.ContainsFunc(ts, func(t Total) bool { return t.N < 1 }) {
			return errors.New("a total counts no change")
		}
	}
	if !ascends(r.Elements, func(a, b Element) int { return cmp.Compare(a.Member, b.Member) }) {
		return errors.New("the elements don't ascend by member")
	}
	for _, e := range r.Elements {
		if len(e.Dots) == 0 {
			return errors.New("an element has no dot")
		}
		if !ascends(e.Dots, compareDots) {
			return errors.New("an element's dots don't ascend")
		}
		if slices.ContainsFunc(e.Dots, func(d Dot) bool { return d.N < 1 || !r.Seen.Covers(d) }) {
			return errors.New("seen does not cover an element's dot")
		}
	}
	if !ascends(r.Sales, func(a, b Sale) int { return a.Stamp.Compare(b.Stamp) }) {
		return errors.New("the sales don't ascend by stamp")
	}
	if slices.ContainsFunc(r.Sales, func(s Sale) bool { return s.Dot.N < 1 || !r.Seen.Covers(s.Dot) }) {
		return errors.New("seen does not cover a sale's dot")
	}
	return nil
}

func (h *Head) valid(seen Vector) error {
	switch {
	case h.Dot.N < 1:
		return errors.New("its dot's number is not positive")
	case !seen.Covers(h.Dot):
		return errors.New("seen does not cover its dot")
	case h.Kind > RemoveMembers:
		return errors.New("no such kind of effect")
	case h.Kind == Put && h.Value.Type == None:
		return errors.New("it puts no value")
	case h.Kind != Put && h.Value.Type != None:
		return errors.New("it has a value but is no put")
	}
	return h.Value.valid()
}

// valid returns what is wrong with the value; nil if nothing.
func (v *Value) valid() error {
	switch {
	case v.Type != String && v.Str != "", v.Type != Set && v.Type != Hash && v.Members != nil:
		return errors.New("the value has parts of another type")
	case v.Deadline < 0, v.Type == None && v.Deadline != 0:
		return errors.New("the deadline is negative, or of nothing")
	case v.Type == Set && len(v.Members) == 0:
		return errors.New("the set is empty")
	case v.Type == Set && !ascends(v.Members, cmp.Compare[string]):
		return errors.New("the set is not sorted")
	case v.Type == Hash && (len(v.Members) == 0 || len(v.Members)%2 != 0):
		return errors.New("the hash is empty, or a field has no value")
	}
	for i := 2; v.Type == Hash && i < len(v.Members); i += 2 {
		if v.Members[i-2] >= v.Members[i] {
			return errors.New("the hash is not sorted by field")
		}
	}
	return nil
}

// valid returns what is wrong with the vector; nil if nothing.
func (v Vector) valid() error {
	for i, d := range v {
		if d.N < 1 {
			return errors.New("a number is not positive")
		}
		if i > 0 && compareActors(v[i-1].Actor, d.Actor) >= 0 {
			return errors.New("the actors don't ascend")
		}
	}
	return nil
}

func compareDots(a, b Dot) int {
	return cmp.Or(compareActors(a.Actor, b.Actor), cmp.Compare(a.N, b.N))
}

// ascends tells whether no two neighbours are equal or out of order.
func ascends[T any](s []T, compare func(a, b T) int) bool {
	for i := 1; i < len(s); i++ {
		if compare(s[i-1], s[i]) >= 0 {
			return false
		}
	}
	return true
}
