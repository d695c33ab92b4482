package check

import (
	"fmt"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// availableSides: of the requests that healthy nodes received while a partition was in
// force, all were answered, on each side of it: the A of CAP where it is at stake. The
// majority is the side with more than half of all nodes; every other is a minority. It
// counts as available does; a one-way cut that leaves a way round is no partition.
var availableSides = Check{
	Name:  "available-sides",
	Usage: "[majority|minority]",
	Doc:   "during partitions every request that a healthy node received was answered, on each side",
	About: "available, counted only of requests that came while a partition was in force, on each " +
		"side of it: the majority is the side with more than half of all nodes, every other is a " +
		"minority. majority or minority asks about one of them.",
	Source: "Gilbert & Lynch (2002)",
	Whole:  true, Asked: true,
	Parse: func(words []string) (Test, error) {
		if len(words) == 0 {
			return func(h *History) Finding { return h.availableSides("") }, nil
		}
		if words[0] != "majority" && words[0] != "minority" {
			return nil, &ArgError{Got: words[0], Want: "majority, minority, or nothing for both"}
		}
		return func(h *History) Finding { return h.availableSides(words[0]) }, atMost(words, 1)
	},
}

// side counts what became of the requests on one kind of side.
type side struct {
	counts [unserved + 1]int64
	nodes  []model.NodeID // of the first request's
	first  *trace.Op      // the first that was not answered
	open   *trace.Op      // the first still within its timeout
}

func (s *side) total() int64 { return s.counts[done] + s.counts[pending] + s.counts[unserved] }

// sides counts what became of the requests that nodes received during partitions.
func (h *History) sides() (majority, minority side) {
	for _, o := range h.operations() {
		w := h.weatherAt(o.Invoked)
		if w.sides == nil {
			continue
		}
		fate := h.fate(o)
		if fate == leftOut || !h.facts().wellBetween(o.Node, o.Invoked, h.lastOf(o)) || fate == unserved && h.kept(o) {
			continue
		}
		for _, nodes := range w.sides {
			for _, n := range nodes {
				if n != o.Node {
					continue
				}
				s := &minority
				if 2*len(nodes) > h.o.Nodes {
					s = &majority
				}
				s.add(o, fate, nodes)
			}
		}
	}
	return majority, minority
}

func (s *side) add(o *trace.Op, fate fate, nodes []model.NodeID) {
	s.counts[fate]++
	if s.nodes == nil {
		s.nodes = nodes
	}
	if fate == unserved && s.first == nil {
		s.first = o
	}
	if fate == pending && s.open == nil {
		s.open = o
	}
}

// tell writes how many requests a side answered.
func (s *side) tell(name string) string {
	if s.total() == 0 {
		return fmt.Sprintf("the %s received no request", name)
	}
	return fmt.Sprintf("the %s (%s) answered %d of %s", name, nodeList(s.nodes), s.counts[done], plural(s.total(), "request"))
}

func (h *History) availableSides(only string) Finding {
	majority, minority := h.sides()
	var said []string
	var asked []*side
	if only != "minority" {
		said, asked = append(said, majority.tell("majority side")), append(asked, &majority)
	}
	if only != "majority" {
		said, asked = append(said, minority.tell("minority side")), append(asked, &minority)
	}
	n, of := int64(0), int64(0)
	var bad, open *trace.Op
	for _, s := range asked {
		n, of = n+s.counts[done], of+s.total()
		if s.first != nil && (bad == nil || s.first.Invoked < bad.Invoked) {
			bad = s.first
		}
		if open == nil {
			open = s.open
		}
	}
	if of == 0 {
		return Finding{Witness: "Nothing to judge: no healthy node received a request during a partition."}
	}
	f := Finding{Verdict: Yes, Value: Part{int(n), int(of)}, Witness: "During partitions " + strings.Join(said, ", and ") + "."}
	switch {
	case bad != nil:
		f.Verdict, f.At = No, bad.Done
		f.Witness += fmt.Sprintf(" %s %s.", tell(bad), h.ended(bad))
		f.point(bad)
	case open != nil:
		f.Verdict = Unknown
		f.Witness += fmt.Sprintf(" %s has no answer yet.", tell(open))
		f.point(open)
	}
	return f
}

// share returns what a side answered of all; nil if it received nothing.
func (s *side) share() any {
	if s.total() == 0 {
		return nil
	}
	return ratio(s.counts[done], s.total())
}
