package model

import (
	"fmt"
	"math"
	"testing"
)

// story writes at two nodes and merges, in words: "n1 put x", "n2 add 1", "n1 hears n2".
type story struct {
	t     *testing.T
	mode  Mode
	recs  map[NodeID]*Record
	clock Time
	op    OpID
}

func (s *story) write(n NodeID, seen bool, e Effect) []OpID {
	s.clock++
	s.op++
	a := Actor{Node: n, Life: 1}
	w := Write{Op: s.op, Dot: Dot{a, s.recs[n].Vector().Of(a) + 1}, Stamp: Stamp{Wall: s.clock, Actor: a}, Effect: e}
	if seen {
		w.Seen = s.recs[n].Vector()
	}
	r, over := s.recs[n].Write(w, s.mode)
	s.set(n, r)
	return over
}

func (s *story) set(n NodeID, r *Record) {
	if err := r.valid(); err != nil {
		s.t.Fatalf("%s: %v", AppendRecord(nil, r), err)
	}
	s.recs[n] = r
}

func (s *story) hears(n, from NodeID) []Head {
	r, lost := Merge(s.recs[n], s.recs[from], s.mode)
	s.set(n, r)
	return lost
}

func (s *story) want(n NodeID, value string, values string) {
	s.t.Helper()
	r := s.recs[n]
	if got := fmt.Sprint(r.Value()); got != value {
		s.t.Errorf("%s: value %s, want %s", AppendRecord(nil, r), got, value)
	}
	if got := fmt.Sprint(r.Values()); got != values {
		s.t.Errorf("%s: values %s, want %s", AppendRecord(nil, r), got, values)
	}
}

func newStory(t *testing.T, mode Mode) *story {
	return &story{t: t, mode: mode, recs: map[NodeID]*Record{}}
}

func put(v string) Effect     { return Effect{Value: Text(v)} }
func add(n int64) Effect      { return Effect{Kind: Add, Delta: n} }
func sadd(m ...string) Effect { return Effect{Kind: AddMembers, Members: m} }
func srem(m ...string) Effect { return Effect{Kind: RemoveMembers, Members: m} }
func del() Effect             { return Effect{Kind: Delete} }
func (s *story) over(got []OpID, want ...OpID) {
	s.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("supersedes %v, want %v", got, want)
	}
}

func TestLastWriterWins(t *testing.T) {
	s := newStory(t, Registers)
	s.write(1, false, put("milk"))
	s.write(2, false, put("eggs"))
	if lost := s.hears(1, 2); len(lost) != 1 || lost[0].Op != 1 {
		t.Errorf("lost %+v", lost)
	}
	if lost := s.hears(1, 2); len(lost) != 0 {
		t.Errorf("lost twice: %+v", lost)
	}
	s.want(1, "eggs", "[eggs]")
}

func TestSiblings(t *testing.T) {
	s := newStory(t, KeepSiblings)
	s.write(1, false, put("milk"))
	s.write(2, false, put("eggs"))
	if lost := s.hears(1, 2); lost != nil {
		t.Errorf("lost %+v", lost)
	}
	s.want(1, "eggs", "[milk eggs]")
	s.over(s.write(2, false, put("blind")))
	s.want(2, "blind", "[eggs blind]")
	s.over(s.write(1, true, put("both")), 1, 2)
	s.want(1, "both", "[both]")
	s.hears(1, 2)
	s.want(1, "both", "[blind both]")
}

func TestDeletionDoesNotHideWhatItHadNotSeen(t *testing.T) {
	s := newStory(t, KeepSiblings)
	s.write(1, false, put("5"))
	s.write(2, false, put("7"))
	s.write(2, true, del())
	s.hears(1, 2)
	s.want(1, "nil", "[5]")
	s.over(s.write(1, false, add(1)), 1, 3) // what INCR on the 5 that GET shows does
	s.want(1, "6", "[6]")
	s.hears(2, 1)
	s.want(2, "6", "[6]")
}

func TestCounterOnRegister(t *testing.T) {
	for _, mode := range []Mode{Merging, KeepSiblings} {
		s := newStory(t, mode)
		s.write(1, true, put("10"))
		s.hears(2, 1)
		s.write(1, true, add(1))
		s.write(2, true, add(-3))
		s.hears(1, 2)
		s.want(1, "8", "[8]")
		s.over(s.write(1, true, put("20")), 2, 3)
		s.write(2, true, add(5)) // has not seen the 20
		s.hears(1, 2)
		s.want(1, "25", "[25]")
	}
}

func TestSetsOfARegisterPolicyMerge(t *testing.T) {
	s := newStory(t, Registers)
	s.write(1, true, sadd("a", "b"))
	s.write(2, true, sadd("c"))
	s.mode = KeepSiblings // the policy is toggled
	s.write(2, true, del())
	s.hears(1, 2)
	s.want(1, "[a b]", "[[a b]]")
	s.over(s.write(1, false, srem("a", "b")), 1, 3)
	s.want(1, "nil", "[]")
}

// A counter that a register policy flattened on one side is not added to its own
// value again when the other side still has its parts.
func TestCounterThatARegisterPolicyFlattened(t *testing.T) {
	s := newStory(t, Merging)
	s.write(1, true, put("10"))
	s.hears(2, 1)
	s.write(1, true, add(3))
	s.hears(2, 1)
	s.mode = Registers // the policy is toggled
	s.write(1, true, add(4))
	s.want(1, "17", "[17]")
	s.mode = Merging // and toggled back, before n2 heard of it
	s.write(2, false, add(100))
	s.hears(2, 1)
	s.want(2, "117", "[117]")
	s.hears(1, 2)
	s.want(1, "117", "[117]")
	s.write(1, true, add(1))
	s.hears(2, 1)
	s.want(2, "118", "[118]")
}

func TestSetBesideText(t *testing.T) {
	s := newStory(t, Registers)
	s.write(1, true, sadd("a", "b"))
	s.write(2, true, put("text"))
	s.mode = KeepSiblings
	s.hears(1, 2)
	s.want(1, "text", "[[a b] text]")
	s.hears(2, 1)
	s.want(2, "text", "[[a b] text]")
}

func TestCounterAtItsLimits(t *testing.T) {
	s := newStory(t, Merging)
	for range 3 { // the totals go round 2^64, the value does not
		s.write(1, true, add(math.MaxInt64))
		s.want(1, "9223372036854775807", "[9223372036854775807]")
		s.write(1, true, add(-math.MaxInt64))
		s.want(1, "0", "[0]")
	}
}

func TestLedger(t *testing.T) {
	s := newStory(t, Merging)
	s.write(1, true, put("3"))
	s.hears(2, 1)
	for n := NodeID(1); n <= 2; n++ {
		s.clock++
		s.op++
		a := Actor{Node: n, Life: 1}
		r, _ := s.recs[n].Write(Write{Op: s.op, Dot: Dot{a, 2}, Stamp: Stamp{Wall: s.clock, Actor: a}, Effect: add(-2), Sale: true}, Merging)
		s.set(n, r)
	}
	s.set(2, s.recs[2].Refund(s.recs[2].Sales[0].Dot))
	s.hears(1, 2)
	s.want(1, "-1", "[-1]")
	if l := s.recs[1].Sales; len(l) != 2 || l[0].Refunded || !l[1].Refunded || l[0].N != 2 {
		t.Errorf("ledger %+v", l)
	}
	s.write(1, true, put("9"))
	s.hears(2, 1)
	if l := s.recs[2].Sales; len(l) != 0 {
		t.Errorf("ledger after a new stock: %+v", l)
	}
}
