package policies

import "capsim/model"

// Sessions. Under siblings a write supersedes what its session has seen, and a
// session has seen its own writes. A vector says "the first n writes of an actor",
// so the write of a session that has not seen all of this node's writes to the key
// can't be numbered after them: the vector would claim those too. Such a write is
// numbered on a branch, an actor of this node of which the session has seen all:
// so what a session has seen is always a plain vector. (Dotted version vectors,
// Preguiça et al. 2010, solve the same by a dot beside the vector.)

// dot numbers a write to the key. all: it supersedes everything there, so that it
// may come after everything.
func (c *core) dot(rec *model.Record, seen model.Vector, all bool) model.Dot {
	here := rec.Vector()
	d := model.Dot{Actor: model.Actor{Node: c.self, Life: c.life}}
	if all {
		d.N = max(here.Of(d.Actor), seen.Of(d.Actor)) + 1
		return d
	}
	for branch := int32(0); ; branch++ {
		d.Life = c.life | branch<<(lifeBits+stretchBits)
		n := here.Of(d.Actor)
		if n <= seen.Of(d.Actor) || branch == maxBranch {
			d.N = max(n, seen.Of(d.Actor)) + 1
			return d
		}
	}
}

// replacesAll tells whether the write would leave no other head.
func (c *core) replacesAll(rec *model.Record, e *model.Effect, seen model.Vector) bool {
	if c.mode != model.KeepSiblings || rec == nil || len(rec.Heads) == 0 {
		return true
	}
	if e.Kind != model.Put && e.Kind != model.Delete {
		return registers(rec) <= 1
	}
	for i := range rec.Heads {
		if !seen.Covers(rec.Heads[i].Dot) {
			return false
		}
	}
	return true
}

// registers counts the heads that are register writes: siblings, if several.
func registers(rec *model.Record) int {
	n := 0
	for i := range rec.Heads {
		if k := rec.Heads[i].Kind; k == model.Put || k == model.Delete {
			n++
		}
	}
	return n
}

// seenOf returns what the context knows of the key.
func seenOf(ctx model.Context, key string) *model.Seen {
	for i := range ctx {
		if ctx[i].Key == key {
			return &ctx[i]
		}
	}
	return &nothingSeen
}

var nothingSeen model.Seen // never changed

// context is what the session has seen after the request, of each of its keys.
func (c *core) context(req *Request) model.Context {
	keys := req.Command.Keys()
	ctx := make(model.Context, 0, len(keys))
	for _, key := range keys {
		old, rec := seenOf(req.Context, key), c.record(key)
		if rec == nil && old.Vector == nil {
			continue
		}
		ctx = append(ctx, model.Seen{Key: key})
		s := &ctx[len(ctx)-1]
		switch t := c.wroteTo(key); {
		case t != nil && !t.all:
			s.Vector, s.Heads = afterBlind(old, rec, t.dot)
		case rec == nil || t == nil && !c.reveals(req.Command.Verb, rec):
			s.Vector, s.Heads = old.Vector, old.Heads
		case rec.Seen.Descends(old.Vector):
			s.Vector, s.Heads = rec.Seen, rec.Heads
		default:
			s.Vector, s.Heads = afterAll(old, rec)
		}
	}
	return ctx
}

func (c *core) wroteTo(key string) *touched {
	for i := range c.touched {
		if c.touched[i].key == key {
			return &c.touched[i]
		}
	}
	return nil
}

// reveals tells whether the reply told of all that stands at the key. Siblings are
// shown by GET alone.
func (c *core) reveals(verb model.Verb, rec *model.Record) bool {
	return c.mode != model.KeepSiblings || verb == model.GET || rec == nil || registers(rec) <= 1
}

// afterAll is what a session has seen that saw, or superseded, all of the record,
// and more elsewhere.
func afterAll(old *model.Seen, rec *model.Record) (model.Vector, []model.Head) {
	heads := standing(old.Heads, rec)
	for _, h := range rec.Heads {
		heads = insertHead(heads, h)
	}
	return rec.Seen.Join(old.Vector), heads
}

// afterBlind is what a session has seen after a write beside others that it has not.
func afterBlind(old *model.Seen, rec *model.Record, d model.Dot) (model.Vector, []model.Head) {
	seen, heads := old.Vector, standing(old.Heads, rec)
	if d.N == seen.Of(d.Actor)+1 { // else there were no branches left
		seen = seen.With(d)
	}
	for _, h := range rec.Heads {
		if h.Dot == d {
			heads = insertHead(heads, h)
		}
	}
	return seen, heads
}

// standing returns the heads that the record does not know to be superseded.
func standing(heads []model.Head, rec *model.Record) []model.Head {
	var out []model.Head
	for _, h := range heads {
		if !rec.Seen.Covers(h.Dot) || hasHead(rec.Heads, h.Dot) {
			out = append(out, h)
		}
	}
	return out
}

func hasHead(heads []model.Head, d model.Dot) bool {
	for i := range heads {
		if heads[i].Dot == d {
			return true
		}
	}
	return false
}

// insertHead keeps the heads in the order of their stamps.
func insertHead(heads []model.Head, h model.Head) []model.Head {
	if hasHead(heads, h.Dot) {
		return heads
	}
	heads = append(heads, h)
	for i := len(heads) - 1; i > 0 && heads[i].Stamp.Compare(heads[i-1].Stamp) < 0; i-- {
		heads[i], heads[i-1] = heads[i-1], heads[i]
	}
	return heads
}
