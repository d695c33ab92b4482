package model

import (
	"fmt"
	"math"
)

// ParseRecord reads what AppendRecord wrote; nil for null. The error says where the
// text is no record, or which invariant the record breaks. It keeps nothing of b.
func ParseRecord(b []byte) (*Record, error) {
	in := JSONReader{in: b}
	r := in.Record()
	in.End()
	if in.err != nil {
		return nil, fmt.Errorf("not a record: %w", in.err)
	}
	return r, nil
}

// Record reads what AppendRecord wrote.
func (in *JSONReader) Record() *Record {
	start := in.at
	if in.Has("null") {
		return nil
	}
	r := &Record{}
	in.Need(`{"value":`)
	in.content(r)
	in.Need(`,"seen":`)
	r.Seen = in.Vector()
	if in.Has(`,"base":{"value":`) {
		r.Base = in.base()
	}
	if in.Has(`,"totals":`) {
		r.Totals = in.totals()
	}
	if in.Has(`,"elements":{`) {
		r.Elements = in.elements()
	}
	if in.Has(`,"sales":[`) {
		r.Sales = in.sales()
	}
	r.Stale = in.Has(`,"stale":true`)
	in.Need("}")
	if in.err != nil {
		return nil
	}
	if err := r.valid(); err != nil {
		in.failAt(start, "a valid record ("+err.Error()+")")
		return nil
	}
	return r
}

// content reads the lone register, or the values shown and the heads.
func (in *JSONReader) content(r *Record) {
	var v Value
	if in.Has(`{"siblings":[`) {
		for in.Value(); in.err == nil && !in.Has("]}"); in.Value() {
			in.Need(",")
		}
	} else {
		v = in.Value()
	}
	if !in.Has(`,"heads":`) {
		h := Head{Value: v}
		if v.Type == None {
			h.Kind = Delete
		}
		in.Need(",")
		h.Op, h.Dot, h.Stamp = in.write()
		r.Heads = []Head{h}
		return
	}
	r.Heads = in.Heads()
}

// Heads reads what AppendHeads wrote; nil for none.
func (in *JSONReader) Heads() (hs []Head) {
	in.Need("[")
	for !in.Has("]") && in.err == nil {
		if len(hs) > 0 {
			in.Need(",")
		}
		hs = append(hs, in.head())
	}
	return hs
}

func (in *JSONReader) head() (h Head) {
	in.Need(`{"kind":"`)
	for k, name := range effectNames {
		if in.Has(name) && in.Has(`",`) {
			h.Kind = EffectKind(k)
			if h.Kind == Put {
				in.Need(`"value":`)
				h.Value = in.Value()
				in.Need(",")
			}
			h.Op, h.Dot, h.Stamp = in.write()
			in.Need("}")
			return h
		}
	}
	in.Fail("put, delete, add, sadd or srem")
	return h
}

// write reads what appendWrite wrote.
func (in *JSONReader) write() (op OpID, d Dot, s Stamp) {
	in.Need(`"op":`)
	op = OpID(in.Int(0, math.MaxUint32))
	in.Need(`,"dot":"`)
	d = in.dot()
	in.Need(`","stamp":`)
	return op, d, in.stamp()
}

// small reads the rest of a number as an int32, without a sign.
func (in *JSONReader) small() int32 { return int32(in.Int(0, math.MaxInt32)) }

func (in *JSONReader) actor() Actor {
	in.Need("n")
	a := Actor{Node: NodeID(in.small()), Life: 1}
	if in.Has(".") {
		a.Life = in.small()
	}
	return a
}

func (in *JSONReader) dot() Dot {
	a := in.actor()
	in.Need(":")
	return Dot{Actor: a, N: in.Int(0, math.MaxInt64)}
}

func (in *JSONReader) stamp() (s Stamp) {
	in.Need(`"`)
	s.Wall = Time(in.Int(math.MinInt64, math.MaxInt64))
	if in.Has(".") {
		s.Logical = in.small()
	}
	in.Need("@")
	s.Actor = in.actor()
	in.Need(`"`)
	return s
}

// Dots reads what AppendDots wrote, in quotes; nil for none.
func (in *JSONReader) Dots() []Dot {
	in.Need(`"`)
	if in.Has(`"`) {
		return nil
	}
	dots := make([]Dot, 0, 3)
	for in.err == nil {
		dots = append(dots, in.dot())
		if in.Has(`"`) {
			return dots
		}
		in.Need(" ")
	}
	return nil
}

// Vector reads a vector that AppendDots wrote, in quotes.
func (in *JSONReader) Vector() Vector {
	start := in.at
	v := Vector(in.Dots())
	if err := v.valid(); err != nil && in.err == nil {
		in.failAt(start, "a version vector ("+err.Error()+")")
	}
	return v
}

func (in *JSONReader) totals() []Total {
	in.Need(`"`)
	var ts []Total
	for in.err == nil {
		t := Total{Actor: in.actor()}
		in.Need(":")
		t.N = in.Int(1, math.MaxInt64)
		in.Need("+")
		t.Plus = in.Uint()
		in.Need("-")
		t.Minus = in.Uint()
		ts = append(ts, t)
		if in.Has(`"`) {
			return ts
		}
		in.Need(" ")
	}
	return nil
}

func (in *JSONReader) base() *Base {
	b := &Base{Value: in.Value()}
	in.Need(`,"stamp":`)
	b.Stamp = in.stamp()
	if in.Has(`,"absorbed":`) {
		b.Absorbed = in.totals()
	}
	in.Need("}")
	return b
}

func (in *JSONReader) elements() []Element {
	var es []Element
	for in.err == nil {
		e := Element{Member: in.Str()}
		in.Need(":")
		e.Dots = in.Dots()
		es = append(es, e)
		if in.Has("}") {
			return es
		}
		in.Need(",")
	}
	return nil
}

func (in *JSONReader) sales() []Sale {
	var sales []Sale
	for in.err == nil {
		var s Sale
		in.Need(`{"n":`)
		s.N = in.Int(math.MinInt64, math.MaxInt64)
		in.Need(",")
		s.Op, s.Dot, s.Stamp = in.write()
		s.Refunded = in.Has(`,"refunded":true`)
		in.Need("}")
		sales = append(sales, s)
		if in.Has("]") {
			return sales
		}
		in.Need(",")
	}
	return nil
}
