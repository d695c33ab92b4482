package check

import (
	"fmt"
	"slices"
	"time"

	"capsim/model"
	"capsim/trace"
)

// judge looks at a node once a step of it is over.
func (s *servers) judge() {
	if len(s.fresh) == 0 {
		return
	}
	if s.shrank { // what was found before may be gone: look at all that is there
		last := s.fresh[len(s.fresh)-1]
		for i := range s.h.facts().effects.all {
			if w := &s.h.facts().effects.all[i]; w.dotted && s.holds(last.node, int32(i)) {
				s.arrived(arrival{int32(i), last.node, last.event})
			}
		}
	}
	for _, a := range s.fresh {
		if a.effect != 0 {
			s.arrived(a)
		}
	}
	s.fresh, s.shrank = s.fresh[:0], false
}

// arrived judges that a write is at a node, by what is there now.
func (s *servers) arrived(a arrival) {
	i := s.h.number(s.h.facts().effects.all[a.effect].op)
	if i < 0 {
		return
	}
	w, d := s.h.asOf(s.h.x.Ops()[i]), &s.past[i]
	if w.System || w.Invoked > s.h.until {
		return
	}
	if d.acked != nil {
		s.writes.judged++
		if s.writes.broken == nil && !s.holdsOp(a.node, d.acked) {
			s.writes.broken = &breach{arrival: a, later: w, earlier: d.acked}
		}
	}
	s.followed(a, w, d)
	s.ordered(a, w)
}

// followed looks for what the session had read before it wrote w.
func (s *servers) followed(a arrival, w *trace.Op, d *deeds) {
	read := false
	for {
		for _, g := range d.saw {
			read = true
			if s.follow.broken == nil && !s.holds(a.node, g.write) && !slices.ContainsFunc(g.any, func(e int32) bool { return s.holds(a.node, e) }) {
				s.follow.broken = &breach{arrival: a, later: w, earlier: s.op(g.write), read: g.read}
			}
		}
		if d.before == nil || s.holdsOp(a.node, d.before) {
			break
		}
		d = &s.past[s.h.number(d.before.ID)]
	}
	if read {
		s.follow.judged++
	}
}

// ordered looks whether what had to come before the write is ordered after it: by its
// stamp, unless the write superseded it. Changes of counters and sets commute: no order
// of theirs shows.
func (s *servers) ordered(a arrival, w *trace.Op) {
	x := &s.h.facts().effects
	if !x.all[a.effect].replaces {
		return
	}
	after := func(e int32) *trace.Op {
		if e == 0 || e == a.effect || !s.newer(e, a.effect) || !s.holds(a.node, e) {
			return nil
		}
		if late := &x.all[a.effect]; s.h.closure(late.key, late.over)[x.all[e].op] {
			return nil
		}
		return s.op(e)
	}
	n := s.newest[a.effect]
	if s.writes.broken == nil {
		if e := after(n.own); e != nil {
			s.writes.broken = &breach{arrival: a, later: w, earlier: e, there: true}
		}
	}
	if s.follow.broken == nil {
		if e := after(n.seen); e != nil {
			s.follow.broken = &breach{arrival: a, later: w, earlier: e, read: n.read, there: true}
		}
	}
}

// op returns the operation whose effect it is; one that the log does not have, as far as
// it is known.
func (s *servers) op(effect int32) *trace.Op {
	id := s.h.facts().effects.all[effect].op
	if o := s.h.x.Op(id); o != nil && sound(o.Command) {
		return s.h.asOf(o)
	}
	return &trace.Op{ID: id, System: true, Command: model.Command{Verb: model.PING}}
}

// replaces tells whether the head takes the place of what was there.
func replaces(h *model.Head) bool { return h.Kind == model.Put || h.Kind == model.Delete }

// finding says what came of one of the guarantees.
func (s *servers) finding(g *guarantee, nothing, held string) Finding {
	if g.broken == nil && g.judged == 0 && s.h.facts().applied == 0 && slices.ContainsFunc(s.h.operations(), answersWrite) {
		return Finding{Witness: "It can't be told: no node says what it holds."}
	}
	switch b := g.broken; {
	case b != nil:
		return b.finding(s.h)
	case g.judged == 0:
		return g.dark.in(Finding{Verdict: Yes, Witness: nothing})
	}
	return g.dark.in(Finding{Verdict: Yes, Witness: fmt.Sprintf(held, plural(g.judged, "arrival"))})
}

// answersWrite tells whether a write that has an effect for certain was answered.
func answersWrite(o *trace.Op) bool { return isBlind(o.Command) && answeredOK(o) }

func (b *breach) finding(h *History) Finding {
	f := Finding{Verdict: No, At: h.at(b.event), Events: []int{b.event}}
	f.point(b.later, b.earlier)
	what := "without"
	if b.there {
		what = "with a lower stamp than"
	}
	f.Witness = fmt.Sprintf("At %s %s had %s %s %s, ", after(time.Duration(h.at(b.event))), b.node, tell(b.later), what, tell(b.earlier))
	if b.read == nil {
		f.Witness += fmt.Sprintf("acknowledged to the same client before (%s).", number(b.event))
		return f
	}
	f.point(b.read)
	f.Witness += fmt.Sprintf("which the same client had seen before by %s (%s).", tell(b.read), number(b.event))
	return f
}
