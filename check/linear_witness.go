package check

import (
	"cmp"
	"fmt"
	"slices"

	"capsim/model"
)

// witness looks for the operations that contradict each other in a group which has no
// order.
type witness struct {
	h    *History
	g    *group
	left int   // work that the searches may still do
	c    *call // the first that no order explains, given what had happened by its end
}

// find returns the finding that names them.
func (w *witness) find() Finding {
	w.shrink()
	f := w.explain()
	f.Verdict, f.At = No, w.c.op.Done
	return f
}

// shrink cuts the group down to the shortest history that is known to have no
// order: the return that it ends with is the culprit's. A longer history can't be
// better than its beginning, so halving finds it.
func (w *witness) shrink() {
	var ends []*call
	for _, c := range w.g.calls {
		// The return of a call with any reply contradicts nothing.
		if c.end != open && c.reply != nil {
			ends = append(ends, c)
		}
	}
	slices.SortFunc(ends, func(a, b *call) int { return a.end - b.end })
	lo, hi := 0, len(ends)-1 // ends[hi] is known to have none
	share := w.left / 16     // of a search
	for lo < hi {
		mid := (lo + hi) / 2
		v, spent := w.g.upTo(ends[mid].end).decide(min(share, w.left))
		w.left -= spent
		if v == No {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	w.c = ends[hi]
	w.g = w.g.upTo(w.c.end)
}

// explain tries the shapes that people know, each a contradiction by itself, then
// says what the culprit could have answered.
func (w *witness) explain() Finding {
	c := w.c
	if c.reply.Kind == model.SiblingsReply {
		return severalAtOnce(c)
	}
	if r := w.register(); r != nil {
		if f, ok := r.shape(); ok {
			return f
		}
	}
	if m := w.members(); m != nil {
		if f, ok := m.shape(); ok {
			return f
		}
	}
	return w.alternatives()
}

// severalAtOnce is the finding about a read of siblings, where one value at a time is meant.
func severalAtOnce(c *call) Finding {
	f := Finding{Verdict: No, At: c.op.Done, Witness: fmt.Sprintf("%s returned %d values at once, %s; a register holds one.",
		tell(c.op), len(c.reply.List), clip(c.reply.String()))}
	f.point(c.op)
	return f
}

// maxAlternatives bounds how many possible replies are named.
const maxAlternatives = 4

// alternatives says what the culprit could have answered.
func (w *witness) alternatives() Finding {
	said := w.c.op.Source != nil && w.c.op.Source.Said != ""
	f := Finding{Witness: fmt.Sprintf("%s %s, which no order of the operations explains", tell(w.c.op), returned(w.c.op))}
	any := *w.c
	any.reply = nil
	g := *w.g
	g.calls = slices.Clone(g.calls)
	g.calls[slices.Index(g.calls, w.c)] = &any
	var could []string
	for !said && len(could) <= maxAlternatives {
		share := min(w.left, linearBudget/16)
		v, s := g.orderOf(share)
		w.left -= share - s.left
		if v != Yes {
			break
		}
		r := s.answer(&any)
		any.not = append(any.not, r)
		could = append(could, clip(r.String()))
	}
	slices.SortFunc(could, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	switch n := len(could); {
	case said:
	case n > maxAlternatives:
		f.Witness += ": there it could have returned " + list(append(could[:maxAlternatives], "others"), "or")
	case n > 0:
		f.Witness += ": there it could have returned " + list(could, "or")
	}
	f.Witness += "."
	if b := w.before(); b != nil {
		f.Witness += fmt.Sprintf(" The last write acknowledged before it began was %s.", tell(b.op))
		f.point(b.op)
	}
	f.point(w.c.op)
	return f
}

// answer returns what the call answers in the order found.
func (s *searcher) answer(c *call) model.Reply {
	for at := s.best; at != nil; at = at.parent {
		if at.last == c {
			return at.reply
		}
	}
	return model.Reply{}
}

// before returns the last write that was answered before the culprit began.
func (w *witness) before() *call {
	var last *call
	for _, c := range w.g.calls {
		if c.cmd.Writes() && c.end < w.c.begin && (last == nil || c.end > last.end) {
			last = c
		}
	}
	return last
}
