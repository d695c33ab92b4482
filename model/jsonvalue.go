package model

import "math"

// Value reads what AppendValue wrote.
func (r *JSONReader) Value() Value {
	at := r.deadline()
	v := r.bare()
	if at != 0 {
		r.Need("}")
	}
	return v.until(at)
}

// bare reads a value without a deadline.
func (r *JSONReader) bare() Value {
	start := r.at
	switch {
	case r.Has("null"):
		return Value{}
	case start < len(r.in) && r.in[start] == '[':
		v := Value{Type: Set, Members: r.List()}
		if r.err == nil && v.valid() != nil {
			r.failAt(start, "a set, sorted and not empty")
		}
		return v
	case start < len(r.in) && r.in[start] == '{':
		return r.hash()
	}
	return Text(r.Str())
}

// deadline reads where a value that expires begins; 0 if none does. The deadline is a
// number, and what a hash holds are strings.
func (r *JSONReader) deadline() Time {
	start := r.at
	if !r.Has(`{"expires":`) {
		return 0
	}
	if r.Next() == '"' {
		r.at = start
		return 0
	}
	at := Time(r.Int(1, math.MaxInt64))
	r.Need(`,"value":`)
	return at
}

func (r *JSONReader) hash() Value {
	start := r.at
	v := Value{Type: Hash}
	for r.Need("{"); r.err == nil; r.Need(",") {
		f := r.Str()
		r.Need(":")
		v.Members = append(v.Members, f, r.Str())
		if r.Has("}") {
			break
		}
	}
	if r.err == nil && v.valid() != nil {
		r.failAt(start, "a hash, sorted by field and not empty")
	}
	return v
}
