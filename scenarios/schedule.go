package scenarios

import (
	"slices"

	"capsim/cluster"
	"capsim/model"
)

// schedule merges what a script makes happen: statements in their order, and
// beside them repeats and workloads. Of what is due at one instant, what stands
// first in the script runs first.
type schedule struct {
	steps []step
	next  int // steps before it have run
	loops []loop
}

// step is one statement of the run: of the script, or given live.
type step struct {
	Statement
	live    bool
	given   int  // of a live one: the number of the command that it is of
	planned bool // it was given before its instant
}

// loop is a repeat or a workload at work.
type loop struct {
	order int // index of its step when it was begun
	next  model.Time
	count int // of a repeat: how often it has run
	of    Statement
	load  *cluster.Workload // nil for a repeat
}

// due returns the instant of what comes next; model.Never if nothing does.
func (s *schedule) due() model.Time {
	t := model.Never
	if s.next < len(s.steps) {
		t = s.steps[s.next].At
	}
	for i := range s.loops {
		t = min(t, s.loops[i].next)
	}
	return t
}

// pick returns the loop that comes before the next step; nil if the step is first.
func (s *schedule) pick() *loop {
	at, order := model.Never, len(s.steps)
	if s.next < len(s.steps) {
		at, order = s.steps[s.next].At, s.next
	}
	var first *loop
	for i := range s.loops {
		l := &s.loops[i]
		if l.next < at || l.next == at && l.order < order {
			first, at, order = l, l.next, l.order
		}
	}
	return first
}

// add puts a live statement behind all that has run.
func (s *schedule) add(st Statement, number int) {
	s.steps = append(s.steps, step{})
	copy(s.steps[s.next+1:], s.steps[s.next:])
	s.steps[s.next] = step{Statement: st, live: true, given: number}
	for i := range s.loops {
		if s.loops[i].order >= s.next {
			s.loops[i].order++
		}
	}
}

// plan puts a live statement behind all that happens up to its instant.
func (s *schedule) plan(st Statement, number int) {
	at := s.next
	for at < len(s.steps) && s.steps[at].At <= st.At {
		at++
	}
	s.steps = slices.Insert(s.steps, at, step{st, true, number, true})
	for i := range s.loops {
		if s.loops[i].order >= at {
			s.loops[i].order++
		}
	}
}

// planned returns the instant of the last statement that was planned and has not
// happened; false if there is none.
func (s *schedule) planned() (model.Time, bool) {
	for i := len(s.steps) - 1; i >= s.next; i-- {
		if s.steps[i].planned {
			return s.steps[i].At, true
		}
	}
	return 0, false
}

// dropLast takes back the statement that ran last.
func (s *schedule) dropLast() {
	s.next--
	s.steps = append(s.steps[:s.next], s.steps[s.next+1:]...)
	for i := range s.loops {
		if s.loops[i].order > s.next {
			s.loops[i].order--
		}
	}
}

// latest returns the latest instant that the statements name, and whether they say
// where the run ends.
func (s *schedule) latest() (t model.Time, ends bool) {
	for _, st := range s.steps {
		t = max(t, st.At)
		if st.Every != nil {
			t = max(t, st.Every.To)
		}
		switch b := st.Body.(type) {
		case Workload:
			t = max(t, b.To)
		case Expect:
			if b.Within != nil {
				t = max(t, st.At.Add(*b.Within))
			}
		case End:
			return st.At, true
		}
	}
	return t, false
}
