package export

import (
	"slices"
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// holder is one that believes that it holds a resource.
type holder struct {
	node model.NodeID
	name string
}

// locks is who holds what, and the highest token that a write to it bore.
type locks struct {
	holders map[string][]holder
	highest map[string]int64
}

func newLocks() locks { return locks{map[string][]holder{}, map[string]int64{}} }

// gone ends what a host holds whose process is gone: it believes nothing.
func (l *locks) gone(host model.NodeID) {
	for of, hs := range l.holders { // each is changed by itself: the order does not matter
		l.holders[of] = slices.DeleteFunc(hs, func(h holder) bool { return h.node == host })
	}
}

// tellFact tells what a protocol says of itself in terms that all protocols share, unless a
// note just before it, of the same instant, tells it in its own words. That somebody else
// holds the same, or that a later token was seen, no note tells: its writer does not know.
func (s *Narrator) tellFact(e *trace.Event) {
	others := s.lockFact(e)
	late := e.Kind == trace.Access && e.N > 0 && e.N < s.locks.highest[e.Key]
	if len(others) == 0 && !late && s.toldBetter(e) {
		return
	}
	t, tone := new(text), Quiet
	switch e.Kind {
	case trace.Acquire:
		t.add(s.holderAt(e), " holds ", model.Quote(e.Key), " from here on", token(e.N))
		if len(others) > 0 {
			tone = Bad
			t.add(", and ", printed(others[0].name), " believes to hold it, too")
		}
	case trace.Relinquish:
		t.add(s.holderAt(e), " holds ", model.Quote(e.Key), " no more")
	case trace.Access:
		t.add("A write by ", printed(e.Text), " to ", model.Quote(e.Key), " takes effect", token(e.N))
		if late {
			tone = Bad
			t.add(", after one with the token ", strconv.FormatInt(s.locks.highest[e.Key], 10))
		}
	case trace.Effect:
		t.add("At ", printed(s.x.Name(e.Node)), " the part ", model.Quote(e.Text), " of ", model.Quote(e.Key), effect(e.N))
	case trace.Commit:
		t.add(printed(s.x.Name(e.Node)), " takes ", model.Quote(e.Key), " as committed")
	case trace.Abort:
		t.add(printed(s.x.Name(e.Node)), " takes ", model.Quote(e.Key), " as aborted")
	}
	if t.add("."); tone == Bad {
		s.say(tone, t)
	} else {
		s.sayOrdinary(tone, t)
	}
}

// lockFact takes in who holds what, and returns who else holds what is acquired.
func (s *Narrator) lockFact(e *trace.Event) (others []holder) {
	me := holder{e.Node, e.Text}
	switch e.Kind {
	case trace.Acquire:
		for _, h := range s.locks.holders[e.Key] {
			if h != me {
				others = append(others, h)
			}
		}
		s.locks.holders[e.Key] = append(slices.Clip(others), me)
	case trace.Relinquish:
		s.locks.holders[e.Key] = slices.DeleteFunc(s.locks.holders[e.Key], func(h holder) bool { return h == me })
	}
	return others
}

// tellAccess is tellFact for writes, which count after they are told.
func (s *Narrator) tellAccess(e *trace.Event) {
	s.tellFact(e)
	s.locks.highest[e.Key] = max(s.locks.highest[e.Key], e.N)
}

// tellHost ends what a host holds that is gone. The statement that did it is told.
func (s *Narrator) tellHost(e *trace.Event) {
	if e.Text == "crashed" || e.Text == "wiped" {
		s.locks.gone(e.Node)
	}
}

// holderAt names a holder, with the host where it believes so if that has another name.
func (s *Narrator) holderAt(e *trace.Event) string {
	host := printed(s.x.Name(e.Node))
	if name := printed(e.Text); name != host {
		return name + " at " + host
	}
	return host
}

func token(n int64) string {
	if n == 0 {
		return ""
	}
	return ", with the fencing token " + strconv.FormatInt(n, 10)
}

func effect(n int64) string {
	if n < 0 {
		return " is taken back (" + strconv.FormatInt(n, 10) + ")"
	}
	return " takes effect (+" + strconv.FormatInt(n, 10) + ")"
}

// nearby bounds how far before a fact a note of the same instant is looked for, in events.
const nearby = 50

// toldBetter tells whether a note with its own sentence stands before a fact: of the same host
// and instant. One that comes after it can't be known yet.
func (s *Narrator) toldBetter(e *trace.Event) bool {
	for n := s.told - 1; n > 0 && s.told-n <= nearby; n-- {
		o := s.log.At(n)
		if o.At != e.At {
			return false
		}
		if o.Kind == trace.Note && o.Node == e.Node && o.Fields().Get("says") != "" {
			return true
		}
	}
	return false
}
