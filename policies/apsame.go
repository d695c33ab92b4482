package policies

import (
	"slices"

	"capsim/model"
)

// sameWrites tells whether two records are the same but for the stale mark.
func sameWrites(a, b *model.Record) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && slices.Equal(a.Seen, b.Seen) && sameParts(a, b)
}

// sameServed tells whether nobody who looks at what a node serves could tell the
// two apart.
func sameServed(a, b *model.Record) bool {
	return a != nil && b != nil && a.Stale == b.Stale && sameParts(a, b)
}

// sameParts compares all but Seen and the stale mark. A dot stands for its write.
func sameParts(a, b *model.Record) bool {
	return slices.EqualFunc(a.Heads, b.Heads, func(g, h model.Head) bool { return g.Dot == h.Dot }) &&
		sameBase(a.Base, b.Base) &&
		slices.Equal(a.Totals, b.Totals) &&
		slices.EqualFunc(a.Elements, b.Elements, func(d, e model.Element) bool {
			return d.Member == e.Member && slices.Equal(d.Dots, e.Dots)
		}) &&
		slices.EqualFunc(a.Sales, b.Sales, func(s, t model.Sale) bool { return s.Dot == t.Dot && s.Refunded == t.Refunded })
}

func sameBase(a, b *model.Base) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Stamp == b.Stamp && slices.Equal(a.Absorbed, b.Absorbed)
}

// ownersOf returns the nodes whose writes make up what the record stands for.
func ownersOf(r *model.Record) nodeSet {
	var s nodeSet
	if r == nil {
		return s
	}
	for i := range r.Heads {
		s = s.with(r.Heads[i].Dot.Node)
	}
	var absorbed []model.Total
	if r.Base != nil {
		absorbed = r.Base.Absorbed
		if r.Base.Value.Type != model.None {
			s = s.with(r.Base.Stamp.Node)
		}
	}
	for i := range r.Totals {
		if !slices.Contains(absorbed, r.Totals[i]) {
			s = s.with(r.Totals[i].Node)
		}
	}
	for i := range r.Elements {
		for _, d := range r.Elements[i].Dots {
			s = s.with(d.Node)
		}
	}
	return s
}

// headOps returns the writes that stand in the record, tombstones too: what a
// message that carries it carries.
func headOps(ops []model.OpID, r *model.Record) []model.OpID {
	if r == nil {
		return ops
	}
	for i := range r.Heads {
		ops = append(ops, r.Heads[i].Op)
	}
	return ops
}
