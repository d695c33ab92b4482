package check

import (
	"encoding/binary"
	"slices"

	"capsim/model"
)

// sequenceBudget is how many steps the search for a sequential order may take.
const sequenceBudget = 300_000

// sequencer looks for one order of calls that keeps a precedence. A call that is next for
// its client, explains its reply and changes nothing is taken at once: any order that goes
// on from here could take it here. Else each write that may come next is tried, the
// earliest in real time first, unless it would hide what a read still has to return and no
// write is left to bring back.
type sequencer struct {
	p      *precedence
	keys   map[string]int
	values []model.Value // by key
	taken  []int32       // by chain
	todo   int           // answered calls not yet in order
	seen   map[string]bool
	left   int
	stuck  []int // the next calls where the longest order ended
	best   int
	e      model.Effects

	// By key and name of a value: reads that must still return it, and writes that could
	// still leave it.
	reads, writes []map[string]int
}

func newSequencer(p *precedence, budget int) *sequencer {
	s := &sequencer{p: p, keys: map[string]int{}, taken: make([]int32, len(p.chains)), seen: map[string]bool{}, left: budget, best: -1}
	for i, c := range p.calls {
		if c.end != open {
			s.todo++
		}
		for _, key := range c.cmd.Keys() {
			if _, known := s.keys[key]; !known {
				s.keys[key] = len(s.values)
				s.values = append(s.values, p.values[key].init)
				s.reads, s.writes = append(s.reads, map[string]int{}), append(s.writes, map[string]int{})
			}
		}
		s.count(i, 1)
	}
	return s
}

// count adds to what is still to come.
func (s *sequencer) count(i, by int) {
	c := s.p.calls[i]
	k := s.keys[c.cmd.Args[0]]
	if c.cmd.Verb == model.GET && c.reply != nil {
		if name, ok := nameOfReply(c.reply); ok {
			s.reads[k][name] += by
		}
		return
	}
	if left, ok := puts(c.cmd); ok && !failed(c) {
		s.writes[k][nameOf(left)] += by
	}
}

// ready tells whether all that must precede a call is in order.
func (s *sequencer) ready(i int) bool {
	own := s.p.chain[i]
	for c, n := range s.p.before[i] {
		if c != own && n > s.taken[c] {
			return false
		}
	}
	return true
}

// next returns the next call of a chain; -1 if there is none.
func (s *sequencer) next(chain int) int {
	if int(s.taken[chain]) == len(s.p.chains[chain]) {
		return -1
	}
	return s.p.chains[chain][s.taken[chain]]
}

// extend completes the order; false if that can't be done, or the budget is spent.
func (s *sequencer) extend() bool {
	var quiet []int
	for grew := true; grew; {
		grew = false
		for c := range s.p.chains {
			for i := s.next(c); i >= 0 && s.p.calls[i].end != open && s.ready(i) && s.fits(i) && len(s.e.List) == 0; i = s.next(c) {
				s.take(i)
				quiet = append(quiet, i)
				grew = true
			}
		}
	}
	if s.todo == 0 || s.branch() {
		return true
	}
	for _, i := range slices.Backward(quiet) {
		s.untake(i)
	}
	return false
}

// branch tries what may come next.
func (s *sequencer) branch() bool {
	if s.left <= 0 {
		return false
	}
	id := s.id()
	if s.seen[id] {
		return false
	}
	s.seen[id] = true
	var may []int
	for c := range s.p.chains {
		if i := s.next(c); i >= 0 && s.ready(i) {
			may = append(may, i)
		}
	}
	slices.Sort(may)
	if in := len(s.p.calls) - s.todo; in > s.best {
		s.best = in
		s.stuck = slices.DeleteFunc(slices.Clone(may), func(i int) bool { return s.p.calls[i].end == open })
	}
	for _, i := range may {
		if s.left--; s.left <= 0 {
			return false
		}
		if !s.fits(i) || len(s.e.List) == 0 {
			continue
		}
		effects := slices.Clone(s.e.List)
		dated(effects, s.p.calls[i].until)
		if s.hides(i, effects) {
			continue
		}
		was := make([]model.Value, len(effects))
		for k, e := range effects {
			at := s.keys[e.Key]
			was[k] = s.values[at]
			s.values[at] = e.On(s.values[at])
		}
		s.take(i)
		if s.extend() {
			return true
		}
		s.untake(i)
		for k, e := range slices.Backward(effects) {
			s.values[s.keys[e.Key]] = was[k]
		}
	}
	return false
}

// fits executes a call on what the keys hold, and tells whether that explains its reply.
func (s *sequencer) fits(i int) bool {
	c := s.p.calls[i]
	s.left -= 1
	s.e.List = s.e.List[:0]
	r := model.Apply(c.cmd, func(key string) model.Value { return s.values[s.keys[key]] }, &s.e)
	return c.reply == nil || c.cmd.Alike(r, *c.reply)
}

// hides tells whether the write would hide what a read must still return, for ever.
func (s *sequencer) hides(i int, effects []model.Effect) bool {
	for _, e := range effects {
		v := s.p.values[e.Key]
		at := s.keys[e.Key]
		if !v.known || e.Kind != model.Put && e.Kind != model.Delete || s.values[at].Type > model.String {
			continue
		}
		name := nameOf(s.values[at])
		after := e.On(s.values[at])
		if nameOf(after) != name && s.reads[at][name] > 0 && s.writes[at][name] == 0 {
			return true
		}
	}
	return false
}

func (s *sequencer) take(i int) {
	s.taken[s.p.chain[i]]++
	s.count(i, -1)
	if s.p.calls[i].end != open {
		s.todo--
	}
}

func (s *sequencer) untake(i int) {
	s.taken[s.p.chain[i]]--
	s.count(i, 1)
	if s.p.calls[i].end != open {
		s.todo++
	}
}

// id names where the search stands: what is in order, and what the keys hold.
func (s *sequencer) id() string {
	var b []byte
	for _, n := range s.taken {
		b = binary.AppendUvarint(b, uint64(n))
	}
	for _, v := range s.values {
		b = append(b, byte(v.Type))
		b = binary.AppendUvarint(b, uint64(len(v.Str)))
		b = append(b, v.Str...)
		b = binary.AppendVarint(b, int64(v.Deadline))
		for _, m := range v.Members {
			b = binary.AppendUvarint(b, uint64(len(m)))
			b = append(b, m...)
		}
		b = append(b, 0xff)
	}
	return string(b)
}
