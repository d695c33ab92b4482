package model

import (
	"cmp"
	"slices"
)

// Merge returns what a replica that held a makes of b, which reached it, and the
// heads of either that were dropped though nothing superseded them: last-writer-wins'
// losers. Either may be nil. Merge is commutative, associative and idempotent in
// what it keeps.
func Merge(a, b *Record, mode Mode) (*Record, []Head) {
	switch {
	case a == nil:
		return b, nil
	case b == nil || a == b:
		return a, nil
	case mode == Registers:
		return mergeNewest(a, b)
	}
	return mergeParts(a, b, mode)
}

func mergeParts(a, b *Record, mode Mode) (*Record, []Head) {
	if a.merged() || b.merged() || a.Value().Type == Set || b.Value().Type == Set {
		a, b = absorbing(a, b), absorbing(b, a)
	}
	n := &Record{Seen: a.Seen.Join(b.Seen)}
	n.Heads = mergeHeads(a, b)
	n.Base = newerBase(a.Base, b.Base)
	var lost []Head
	if mode == Merging {
		n.Heads, lost = newestRegister(n.Heads, n.Base)
	}
	n.Totals = mergeTotals(a.Totals, b.Totals)
	n.Elements = mergeElements(a, b)
	n.Sales = mergeSales(a, b)
	return n, lost
}

// mergeNewest keeps the record with the newest head whole. Two with the same newest
// head may differ in the rest if a policy that merges wrote them: then the parts
// are merged, so that both sides end alike and nothing is dropped.
func mergeNewest(a, b *Record) (*Record, []Head) {
	ha, _ := a.Newest()
	hb, _ := b.Newest()
	winner, loser := a, b
	switch c := ha.Stamp.Compare(hb.Stamp); {
	case c < 0:
		winner, loser = b, a
	case c == 0 && (len(a.Heads) > 1 || len(b.Heads) > 1 || a.merged() || b.merged()):
		return mergeParts(a, b, KeepSiblings)
	}
	lost := unseen(loser.Heads, winner.Seen)
	if !winner.Stale && winner.Seen.Descends(loser.Seen) {
		return winner, lost
	}
	n := *winner
	n.Seen, n.Stale = winner.Seen.Join(loser.Seen), false
	return &n, lost
}

// unseen returns the heads that the vector does not cover.
func unseen(heads []Head, seen Vector) []Head {
	n := 0
	for i := range heads {
		if !seen.Covers(heads[i].Dot) {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case len(heads):
		return heads
	}
	out := make([]Head, 0, n)
	for _, h := range heads {
		if !seen.Covers(h.Dot) {
			out = append(out, h)
		}
	}
	return out
}

// mergeHeads keeps a head that both hold, or that the other has not seen.
func mergeHeads(a, b *Record) []Head {
	out := make([]Head, 0, len(a.Heads)+len(b.Heads))
	for _, h := range a.Heads {
		if !b.Seen.Covers(h.Dot) || hasDot(b.Heads, h.Dot) {
			out = append(out, h)
		}
	}
	for _, h := range b.Heads {
		if !a.Seen.Covers(h.Dot) {
			out = append(out, h)
		}
	}
	sortHeads(out)
	return out
}

func hasDot(hs []Head, d Dot) bool {
	return slices.ContainsFunc(hs, func(h Head) bool { return h.Dot == d })
}

// newestRegister drops all register heads but the newest, and that too if the base
// is newer: a change to a counter or set has taken the base's own place.
func newestRegister(hs []Head, base *Base) (kept, lost []Head) {
	newest := -1
	for i, h := range hs {
		if (h.Kind == Put || h.Kind == Delete) && (base == nil || h.Stamp.Compare(base.Stamp) >= 0) {
			newest = i
		}
	}
	for i, h := range hs {
		if i == newest || h.Kind != Put && h.Kind != Delete {
			kept = append(kept, h)
		} else {
			lost = append(lost, h)
		}
	}
	return kept, lost
}

func newerBase(a, b *Base) *Base {
	switch {
	case a == nil:
		return b
	case b == nil || a.Stamp.Compare(b.Stamp) > 0:
		return a
	case a.Stamp.Compare(b.Stamp) < 0:
		return b
	case len(b.Absorbed) == 0:
		return a
	}
	return &Base{Value: a.Value, Stamp: a.Stamp, Absorbed: mergeTotals(a.Absorbed, b.Absorbed)}
}

// absorbing returns r ready to be merged with other. A register that a policy wrote
// which keeps no counters took the place of the changes that it had seen: they are
// in its value, or were dropped with it, and must not be added to it again.
func absorbing(r, other *Record) *Record {
	n := r.normal()
	if r.Base != nil || n.Base == nil || len(r.Totals) > 0 {
		return n
	}
	for _, t := range other.Totals {
		if r.Seen.Covers(Dot{Actor: t.Actor, N: t.N}) {
			n.Base.Absorbed = append(n.Base.Absorbed, t)
		}
	}
	return n
}

func mergeTotals(a, b []Total) []Total {
	out := slices.Clone(a)
	for _, t := range b {
		i, found := slices.BinarySearchFunc(out, t.Actor, func(t Total, a Actor) int { return compareActors(t.Actor, a) })
		if !found {
			out = slices.Insert(out, i, t)
			continue
		}
		if t.N > out[i].N {
			out[i] = t
		}
	}
	return out
}

// mergeElements keeps the dots that both have, or that the other has not seen.
func mergeElements(a, b *Record) []Element {
	var out []Element
	i, j := 0, 0
	for i < len(a.Elements) || j < len(b.Elements) {
		var x, y Element
		switch {
		case j == len(b.Elements) || i < len(a.Elements) && a.Elements[i].Member < b.Elements[j].Member:
			x = a.Elements[i]
			y.Member = x.Member
			i++
		case i == len(a.Elements) || a.Elements[i].Member > b.Elements[j].Member:
			y = b.Elements[j]
			x.Member = y.Member
			j++
		default:
			x, y = a.Elements[i], b.Elements[j]
			i, j = i+1, j+1
		}
		if dots := mergeDots(x.Dots, y.Dots, a.Seen, b.Seen); len(dots) > 0 {
			out = append(out, Element{Member: x.Member, Dots: dots})
		}
	}
	return out
}

func mergeDots(x, y []Dot, seenX, seenY Vector) []Dot {
	var out []Dot
	for _, d := range x {
		if !seenY.Covers(d) || slices.Contains(y, d) {
			out = append(out, d)
		}
	}
	for _, d := range y {
		if !seenX.Covers(d) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Dot) int { return cmp.Or(compareActors(a.Actor, b.Actor), cmp.Compare(a.N, b.N)) })
	return out
}

// mergeSales is the union of the ledgers, without what a register write absorbed; a
// refund is known as soon as either knows it.
func mergeSales(a, b *Record) []Sale {
	var out []Sale
	for _, s := range a.Sales {
		i := slices.IndexFunc(b.Sales, func(t Sale) bool { return t.Dot == s.Dot })
		if i < 0 && b.Seen.Covers(s.Dot) {
			continue
		}
		s.Refunded = s.Refunded || i >= 0 && b.Sales[i].Refunded
		out = append(out, s)
	}
	for _, s := range b.Sales {
		if !a.Seen.Covers(s.Dot) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y Sale) int { return x.Stamp.Compare(y.Stamp) })
	return out
}
