package check

import (
	"math"
	"slices"

	"capsim/model"

	"github.com/anishathalye/porcupine"
)

// state is where a search for an order stands: what the keys may hold, and how it
// got there. Immutable.
type state struct {
	parent *state
	last   *call
	reply  model.Reply     // what last answered
	may    [][]model.Value // what the keys may hold, in the order of the group's; nearly always one
	hash   uint64
	depth  int32 // calls in order so far
	closed int32 // of which answered ones
	fresh  bool  // last was an open blind write: in vain unless something looks at it
	used   []uint16
}

// searcher looks for an order of a group's calls.
type searcher struct {
	g      *group
	closed int32  // answered calls
	left   int    // work that may still be done
	best   *state // the longest order so far
	e      model.Effects
}

// stepWork is what a step of the search costs that executes a command; one that is
// refused at sight costs 1.
const stepWork = 16

// memberWork is what each member costs of a set or hash that a step changes: it is
// copied and sorted.
const memberWork = 8

// orderOf looks for an order of the group's calls, by porcupine's search (Wing and Gong
// 1993; Lowe 2017). It counts its steps instead of the time, and refuses every step
// once the work allowed is done: so it ends the same on every machine.
func (g *group) orderOf(budget int) (Verdict, *searcher) {
	s := &searcher{g: g, left: budget}
	classes := g.classify()
	history := make([]porcupine.Operation, len(g.calls))
	for i, c := range g.calls {
		end := int64(c.end)
		if c.end == open {
			end = math.MaxInt64
		} else {
			s.closed++
		}
		history[i] = porcupine.Operation{Input: c, Call: int64(c.begin), Return: end}
	}
	m := porcupine.Model{
		Init: func() any { return &state{may: g.init, used: make([]uint16, classes)} },
		Step: func(at, in, _ any) (bool, any) {
			n := s.step(at.(*state), in.(*call))
			return n != nil, n
		},
		Equal: func(a, b any) bool { return a.(*state).same(b.(*state)) },
		Hash:  func(a any) uint64 { return a.(*state).hash },
	}
	switch {
	case porcupine.CheckOperations(m, history):
		return Yes, s
	case s.left <= 0:
		return Unknown, s
	}
	return No, s
}

// classify numbers open calls that are alike: which of them took effect can't be
// told, so they are only ever taken in the order of their beginning.
func (g *group) classify() int {
	size := map[string]int{}
	class := map[string]int{}
	for _, c := range g.calls {
		c.class = 0
		if c.end != open {
			continue
		}
		name := c.cmd.String()
		if class[name] == 0 {
			class[name] = len(class) + 1
		}
		c.class, c.rank = class[name], size[name]
		size[name]++
	}
	return len(class)
}

// step returns the state after the call, nil if the call can't come next.
func (s *searcher) step(at *state, c *call) *state {
	if s.left <= 0 {
		return nil
	}
	s.left--
	if c.class != 0 && int(at.used[c.class-1]) != c.rank {
		return nil
	}
	// An open write that the next one hides unseen might as well come at the end.
	if at.fresh && c.blind && at.closed < s.closed {
		return nil
	}
	// At most steps porcupine copies a bit for each call.
	s.left -= stepWork + stepWork*(len(s.g.calls)+len(at.used))/1024
	n := &state{parent: at, last: c, depth: at.depth + 1, closed: at.closed, used: at.used}
	if !s.apply(at, c, n) {
		return nil
	}
	if c.class != 0 {
		n.used = slices.Clone(at.used)
		n.used[c.class-1]++
		n.fresh = c.blind && len(s.g.keys) == 1
	} else {
		n.closed++
	}
	if s.best == nil || n.depth > s.best.depth {
		s.best = n
	}
	return n
}

// apply executes the call on all that the keys may hold; false if none of it explains
// the reply.
func (s *searcher) apply(at *state, c *call, n *state) bool {
	// An open EXPIRE that finds its value gone might as well come at the end.
	idle := c.end == open && c.cmd.Verb == model.EXPIRE && at.closed < s.closed
	for _, vs := range at.may {
		s.e.List = s.e.List[:0]
		r := model.Apply(c.cmd, func(key string) model.Value { return vs[s.g.at[key]] }, &s.e)
		dated(s.e.List, c.until)
		switch {
		case c.reply != nil && !c.cmd.Alike(r, *c.reply),
			idle && len(s.e.List) == 0,
			slices.ContainsFunc(c.not, r.Equal),
			c.reply == nil && c.end != open && len(n.may) > 0 && !r.Equal(n.reply):
			continue
		}
		if len(n.may) == 0 {
			n.reply = r
		}
		if len(s.e.List) > 0 {
			vs = slices.Clone(vs)
			for _, e := range s.e.List {
				k := s.g.at[e.Key]
				vs[k] = e.On(vs[k])
				s.left -= len(vs[k].Members) * memberWork
			}
		}
		if !slices.ContainsFunc(n.may, func(m []model.Value) bool { return sameValues(m, vs) }) {
			n.may = append(n.may, vs)
			n.hash ^= hashValues(vs)
		}
	}
	return len(n.may) > 0
}

// same tells whether nothing that may follow can tell the states apart; the calls
// in order so far are the same.
func (s *state) same(t *state) bool {
	return s.fresh == t.fresh && slices.EqualFunc(s.may, t.may, sameValues)
}

func sameValues(a, b []model.Value) bool {
	return slices.EqualFunc(a, b, func(v, w model.Value) bool { return v.Equal(w) && v.Deadline == w.Deadline })
}

// hashValues is FNV-1a over the values.
func hashValues(vs []model.Value) uint64 {
	h := uint64(14695981039346656037)
	add := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	for _, v := range vs {
		h = (h ^ uint64(v.Type)) * 1099511628211
		h = (h ^ uint64(v.Deadline)) * 1099511628211
		add(v.Str)
		for _, m := range v.Members {
			add(m)
		}
	}
	return h
}
