package check

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"slices"

	"github.com/anishathalye/porcupine"
)

// MaxPicture is how many operations a picture may show.
const MaxPicture = 3000

// Picture writes porcupine's interactive picture of the history as a page of HTML: each
// client's operations in time, and for each group of keys the order found, or the
// longest partial ones if there is none. Its search is bounded as that of the
// linearizable check is. The error says that there is nothing to show, or too much, or
// is w's.
func Picture(h *History, w io.Writer) error {
	gs := h.groups(0)
	n := 0
	for _, g := range gs {
		n += len(g.calls)
	}
	switch {
	case n == 0:
		return fmt.Errorf("there is no operation to show")
	case n > MaxPicture:
		return fmt.Errorf("%d operations are too many for a picture, which shows at most %d", n, MaxPicture)
	}
	p := picture{parts: map[*call]*part{}}
	for _, g := range gs {
		p.add(g, linearBudget/len(gs))
	}
	m := p.model()
	_, info := porcupine.CheckOperationsVerbose(m, p.history(h.until+1), 0)
	for _, s := range p.parts {
		s.left = math.MaxInt // drawing takes the steps found once more
	}
	return porcupine.Visualize(m, info, w)
}

// picture is a history as porcupine takes it, to be drawn.
type picture struct {
	calls []*call
	parts map[*call]*part // what the call belongs to
}

// part is a group of keys with a search of its own: so what the search of one spends
// does not depend on when another runs.
type part struct {
	searcher
	classes int
}

func (p *picture) add(g *group, budget int) {
	s := &part{searcher{g: g, left: budget}, g.classify()}
	for _, c := range g.calls {
		p.calls = append(p.calls, c)
		p.parts[c] = s
		if c.end != open {
			s.closed++
		}
	}
}

// history returns the operations, those without an end up to the last instant. Each
// client has a line, and another one after an operation that takes the rest of it.
func (p *picture) history(last int) []porcupine.Operation {
	slices.SortStableFunc(p.calls, func(a, b *call) int { return cmp.Compare(a.begin, b.begin) })
	ops := make([]porcupine.Operation, len(p.calls))
	lines := map[string]int{}
	n := 0
	for i, c := range p.calls {
		line, ok := lines[c.op.Client]
		if !ok {
			line = n
			n++
		}
		lines[c.op.Client] = line
		end := c.end
		if end == open {
			end = last
			delete(lines, c.op.Client)
		}
		ops[i] = porcupine.Operation{ClientId: line, Input: c, Call: int64(c.begin), Return: int64(end), Metadata: c}
	}
	return ops
}

// model is the search of orderOf, for all groups at once.
func (p *picture) model() porcupine.Model {
	return porcupine.Model{
		Partition: p.partition,
		Init:      func() any { return (*state)(nil) },
		Step: func(at, in, _ any) (bool, any) {
			c, from := in.(*call), at.(*state)
			s := p.parts[c]
			if from == nil {
				from = &state{may: s.g.init, used: make([]uint16, s.classes)}
			}
			n := s.step(from, c)
			return n != nil, n
		},
		Equal:                     func(a, b any) bool { return a.(*state).same(b.(*state)) },
		Hash:                      func(a any) uint64 { return a.(*state).hash },
		DescribeOperation:         func(in, _ any) string { return describeCall(in.(*call)) },
		DescribeOperationMetadata: func(of any) string { return describeOp(of.(*call)) },
		DescribeState:             func(at any) string { return describeState(at.(*state)) },
	}
}

// partition sorts operations by their groups.
func (p *picture) partition(all []porcupine.Operation) [][]porcupine.Operation {
	var parts [][]porcupine.Operation
	at := map[*part]int{}
	for _, o := range all {
		s := p.parts[o.Input.(*call)]
		i, ok := at[s]
		if !ok {
			i = len(parts)
			at[s] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], o)
	}
	return parts
}

// describeCall writes what stands in the call's box.
func describeCall(c *call) string {
	words := clip(c.cmd.String())
	if c.reply == nil {
		return words
	}
	return words + " → " + clip(c.reply.String())
}

// describeOp writes what the page shows beside the states of an operation. It takes it for
// HTML.
func describeOp(c *call) string {
	words := tell(c.op)
	if c.reply != nil {
		words += " " + returned(c.op)
	}
	return html.EscapeString(words)
}

// describeState writes what the keys may hold. The page takes it for HTML, and a value
// may be anything.
func describeState(s *state) string {
	words := ""
	for i, vs := range s.may {
		if i > 0 {
			words += " or "
		}
		for k, v := range vs {
			if k > 0 {
				words += ", "
			}
			words += clip(v.String())
		}
	}
	return html.EscapeString(words)
}
