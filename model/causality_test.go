package model

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func vectors() *rapid.Generator[Vector] {
	return rapid.Custom(func(t *rapid.T) Vector {
		var v Vector
		for range rapid.IntRange(0, 6).Draw(t, "dots") {
			v = v.With(dots().Draw(t, "dot"))
		}
		return v
	})
}

func dots() *rapid.Generator[Dot] {
	return rapid.Custom(func(t *rapid.T) Dot {
		return Dot{Actor{NodeID(rapid.IntRange(1, 3).Draw(t, "node")), int32(rapid.IntRange(1, 2).Draw(t, "life"))}, int64(rapid.IntRange(1, 4).Draw(t, "n"))}
	})
}

// covered lists what a vector stands for, dot by dot.
func covered(v Vector) map[Dot]bool {
	out := map[Dot]bool{}
	for _, d := range v {
		for n := int64(1); n <= d.N; n++ {
			out[Dot{d.Actor, n}] = true
		}
	}
	return out
}

func subset(a, b map[Dot]bool) bool {
	for d := range a {
		if !b[d] {
			return false
		}
	}
	return true
}

// TestVectorsAreSets: a vector is a short way to write a set of dots.
func TestVectorsAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w, d := vectors().Draw(t, "v"), vectors().Draw(t, "w"), dots().Draw(t, "d")
		before := slices.Clone(v)
		join, with := v.Join(w), v.With(d)
		both := covered(v)
		for x := range covered(w) {
			both[x] = true
		}
		if !subset(covered(join), both) || !subset(both, covered(join)) {
			t.Fatalf("%v joined with %v is %v", v, w, join)
		}
		if v.Descends(w) != subset(covered(w), covered(v)) || v.Covers(d) != covered(v)[d] {
			t.Fatalf("%v descends from %v: %v; covers %v: %v", v, w, v.Descends(w), d, v.Covers(d))
		}
		if !slices.Equal(with, v.Join(Vector{d})) || v.Of(d.Actor) > with.Of(d.Actor) {
			t.Fatalf("%v with %v is %v", v, d, with)
		}
		for _, x := range []Vector{v, w, join, with} {
			if err := x.valid(); err != nil {
				t.Fatalf("%v: %v", x, err)
			}
		}
		if !slices.Equal(v, before) {
			t.Fatalf("%v has become %v", before, v)
		}
	})
}

func TestStamps(t *testing.T) {
	old := Stamp{}
	for i, c := range []struct {
		now  Time
		at   Actor
		want Stamp
	}{
		{5, a1, Stamp{5, 0, a1}},
		{5, a2, Stamp{5, 1, a2}},
		{3, a1, Stamp{5, 2, a1}}, // this clock is behind
		{6, a3, Stamp{6, 0, a3}},
	} {
		next := old.Next(c.now, c.at)
		if next != c.want || old.Compare(next) >= 0 || next.Compare(old) <= 0 || next.Compare(next) != 0 {
			t.Errorf("%d: after %v comes %v, want %v", i, old, next, c.want)
		}
		if old.Later(next) != next || next.Later(old) != next {
			t.Errorf("%d: the later of %v and %v", i, old, next)
		}
		old = next
	}
	if (Stamp{5, 1, a1}).Compare(Stamp{5, 1, a2}) >= 0 {
		t.Error("the actor does not break the tie")
	}
}

func TestTime(t *testing.T) {
	if got := Never.Add(time.Second); got != Never {
		t.Errorf("Never and a second is %d", got)
	}
	if got := Time(5).Add(-3 * time.Nanosecond); got != 2 {
		t.Errorf("5-3 is %d", got)
	}
	if Time(2_410_000_000).String() != "2.41s" || Time(7).Sub(9) != -2 {
		t.Error("wrong")
	}
}

func TestNodeNames(t *testing.T) {
	for _, n := range []NodeID{1, 9, 10, 1_000_000, 1<<31 - 1} {
		if got, ok := ParseNode(n.String()); !ok || got != n {
			t.Errorf("%v came back as %v", n, got)
		}
	}
	for _, s := range []string{"", "n", "n0", "n01", "n-1", "n+1", "n2147483648", "m1", "n1 "} {
		if n, ok := ParseNode(s); ok {
			t.Errorf("%q is read as %v", s, n)
		}
	}
	if NodeID(0).String() != "-" {
		t.Error("no node")
	}
}

func TestContext(t *testing.T) {
	c := Context{{Key: "a", Vector: Vector{{a1, 1}}}, {Key: "b"}}
	if c.Of("a").Of(a1) != 1 || c.Of("b") != nil || c.Of("c") != nil {
		t.Error("wrong")
	}
}
