package model

import (
	"testing"
)

func TestTransferMovesParts(t *testing.T) {
	a, b, gift := Actor{Node: 1, Life: 1}, Actor{Node: 2, Life: 1}, Actor{Node: 1, Life: 1 | 64<<24}
	only := func(x Actor) func(Actor) bool { return func(y Actor) bool { return x == y } }
	var r *Record
	if r.Part(only(a)) != 0 {
		t.Error("no record has a part")
	}
	r, _ = r.Write(Write{Op: 1, Dot: Dot{a, 1}, Stamp: Stamp{Wall: 1, Actor: a}, Effect: Effect{Key: "k", Kind: Put, Value: Text("10")}}, Merging)
	r, _ = r.Write(Write{Op: 2, Dot: Dot{b, 1}, Stamp: Stamp{Wall: 2, Actor: b}, Effect: Effect{Key: "k", Kind: Add, Delta: 3}}, Merging)
	old := r
	r = r.Transfer(Dot{a, 2}, Dot{gift, 1}, 4)
	wants := func(r *Record, value string, parts ...int64) {
		t.Helper()
		if got := r.Value().Str; got != value {
			t.Errorf("value %s, want %s", got, value)
		}
		for i, x := range []Actor{a, b, gift} {
			if got := r.Part(only(x)); got != parts[i] {
				t.Errorf("part of %v is %d, want %d", x, got, parts[i])
			}
		}
		if err := r.valid(); err != nil {
			t.Error(err)
		}
		back, err := ParseRecord(AppendRecord(nil, r))
		if err != nil || back.Part(only(gift)) != parts[2] {
			t.Errorf("after the round trip: %v, %v", back, err)
		}
	}
	wants(r, "13", 6, 3, 4)
	wants(old, "13", 10, 3, 0)

	// It merges with what it had not seen, in any order and again, and moves once.
	sold, _ := old.Write(Write{Op: 3, Dot: Dot{b, 2}, Stamp: Stamp{Wall: 3, Actor: b}, Effect: Effect{Key: "k", Kind: Add, Delta: -2}}, Merging)
	for _, pair := range [][2]*Record{{r, sold}, {sold, r}} {
		m, _ := Merge(pair[0], pair[1], Merging)
		m, _ = Merge(m, r, Merging)
		wants(m, "11", 6, 1, 4)
	}
	// A register takes the place of all parts.
	set, _ := r.Write(Write{Op: 4, Dot: Dot{b, 2}, Stamp: Stamp{Wall: 4, Actor: b}, Effect: Effect{Key: "k", Kind: Put, Value: Text("7")}}, Merging)
	wants(set, "7", 0, 7, 0)
	m, _ := Merge(r, set, Merging)
	wants(m, "7", 0, 7, 0)
}
