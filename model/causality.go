package model

import (
	"cmp"
	"slices"
)

// Actor is one life of one node's disk: a node whose disk was wiped comes back as
// another actor, so that it never numbers a write as one it has forgotten. A
// policy may give a node several actors in one life.
type Actor struct {
	Node NodeID
	Life int32 // made of the incarnation in which the disk was last empty
}

func compareActors(a, b Actor) int {
	return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Life, b.Life))
}

// Dot names one write to one key: the n-th that the actor coordinated.
type Dot struct {
	Actor
	N int64 // from 1
}

// Vector is a version vector over the writes to one key: of each actor the first N
// writes. Sorted by actor, no N is zero. Immutable.
//
// Source: Parker et al., Detection of Mutual Inconsistency in Distributed Systems
// (1983); with dots as in Preguiça et al., Dotted Version Vectors (2010).
type Vector []Dot

// Of returns how many of the actor's writes the vector covers.
func (v Vector) Of(a Actor) int64 {
	for _, d := range v {
		if d.Actor == a {
			return d.N
		}
	}
	return 0
}

// Covers tells whether the write d is among those the vector stands for.
func (v Vector) Covers(d Dot) bool { return v.Of(d.Actor) >= d.N }

// With returns the vector that covers d and all that v covers.
func (v Vector) With(d Dot) Vector {
	i, found := slices.BinarySearchFunc(v, d, func(e, t Dot) int { return compareActors(e.Actor, t.Actor) })
	if found && v[i].N >= d.N {
		return v
	}
	if found {
		w := slices.Clone(v)
		w[i].N = d.N
		return w
	}
	w := make(Vector, 0, len(v)+1)
	w = append(append(w, v[:i]...), d)
	return append(w, v[i:]...)
}

// Join returns the vector that covers what either covers.
func (v Vector) Join(w Vector) Vector {
	if v.Descends(w) {
		return v
	}
	if w.Descends(v) {
		return w
	}
	out := make(Vector, 0, len(v)+len(w))
	for i, j := 0, 0; i < len(v) || j < len(w); {
		switch c := compareHeads(v[i:], w[j:]); {
		case c < 0:
			out = append(out, v[i])
			i++
		case c > 0:
			out = append(out, w[j])
			j++
		default:
			out = append(out, Dot{v[i].Actor, max(v[i].N, w[j].N)})
			i, j = i+1, j+1
		}
	}
	return out
}

// compareHeads compares the first actors of two vectors that are not both empty; an
// empty one comes last.
func compareHeads(v, w Vector) int {
	switch {
	case len(w) == 0:
		return -1
	case len(v) == 0:
		return 1
	}
	return compareActors(v[0].Actor, w[0].Actor)
}

// Descends tells whether v covers all that w covers.
func (v Vector) Descends(w Vector) bool {
	for _, d := range w {
		if !v.Covers(d) {
			return false
		}
	}
	return true
}

// Stamp is a hybrid logical clock's reading, totally ordered.
//
// Source: Kulkarni et al., Logical Physical Clocks (OPODIS 2014), with the actor as
// the last tie-break.
type Stamp struct {
	Wall    Time  // the largest wall clock seen
	Logical int32 // orders what happened within one Wall
	Actor
}

// Compare orders stamps: negative if s is older than t.
func (s Stamp) Compare(t Stamp) int {
	return cmp.Or(cmp.Compare(s.Wall, t.Wall), cmp.Compare(s.Logical, t.Logical), compareActors(s.Actor, t.Actor))
}

// Next returns the stamp of an event at the actor whose wall clock reads now and
// that has seen s: later than s, and as close to now as that allows.
func (s Stamp) Next(now Time, a Actor) Stamp {
	if now > s.Wall {
		return Stamp{Wall: now, Actor: a}
	}
	return Stamp{Wall: s.Wall, Logical: s.Logical + 1, Actor: a}
}

// Later returns the later of the two.
func (s Stamp) Later(t Stamp) Stamp {
	if s.Compare(t) < 0 {
		return t
	}
	return s
}

// Seen is what a session has read or written of one key. A policy's result says
// all of it: what the session had seen before is in it.
type Seen struct {
	Key    string
	Vector Vector
	Heads  []Head // the newest of those writes, ascending by stamp: what stood there last
}

// Context is what a session has seen of the keys that a command names; in a
// request before it, in a result after it.
type Context []Seen

// Of returns what the context knows of the key.
func (c Context) Of(key string) Vector {
	for _, s := range c {
		if s.Key == key {
			return s.Vector
		}
	}
	return nil
}
