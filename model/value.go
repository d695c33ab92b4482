package model

import (
	"slices"
	"strings"
)

// Type is what kind of thing a key holds.
type Type uint8

// The types of values. None is an absent key.
const (
	None Type = iota
	String
	Set
	Hash
)

var typeNames = [...]string{"none", "string", "set", "hash"}

func (t Type) String() string { return typeNames[t] }

// Value is what a key holds, as a client would see it. It is immutable: whoever
// holds one may share it.
type Value struct {
	Type    Type
	Str     string   // of a String
	Members []string // of a Set: sorted, no two equal, never empty; of a Hash: fields and values in turn, by field
	// Deadline is when the value expires, by the wall clock of the node that accepted
	// it; 0 for never, and of no value.
	Deadline Time
}

// Text returns the value of type String that holds s.
func Text(s string) Value { return Value{Type: String, Str: s} }

// SetOf returns the set of the members given, in any order; None if there are none.
func SetOf(members ...string) Value {
	if len(members) == 0 {
		return Value{}
	}
	m := slices.Clone(members)
	slices.Sort(m)
	return Value{Type: Set, Members: slices.Compact(m)}
}

// until returns v with a deadline; 0 for none.
func (v Value) until(deadline Time) Value {
	v.Deadline = deadline
	return v
}

// Equal tells whether v and w hold the same; deadlines aside.
func (v Value) Equal(w Value) bool {
	return v.Type == w.Type && v.Str == w.Str && slices.Equal(v.Members, w.Members)
}

// String prints the value as expectations write it: milk, "two words", [a b],
// nil. Control characters are escaped.
func (v Value) String() string {
	switch v.Type {
	case String:
		return Quote(v.Str)
	case Set, Hash:
		return QuoteList(v.Members)
	}
	return "nil"
}

// QuoteList prints words as "[a b]", each quoted where it must be.
func QuoteList(words []string) string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = Quote(w)
	}
	return "[" + strings.Join(q, " ") + "]"
}
