package check

import (
	"fmt"
	"slices"

	"capsim/model"
	"capsim/trace"
)

// monotonicReads: a session's read sees the writes that its earlier reads of the key
// saw (Terry et al. 1994: those that decided what the earlier read returned are at
// the node that answers the later one). Where a node answered out of other nodes'
// records, what was returned decides: it must not be older than before. A read that
// neither explains can't be compared to the session's others: that leaves the verdict
// unknown.
var monotonicReads = Check{
	Name: "monotonic-reads",
	Doc:  "a client's reads never go back in time",
	About: "A session's later read sees all writes that its earlier reads of the key saw. It binds " +
		"the session's reads alone, and can always be kept available.",
	Source: "Terry et al. (1994); Bailis et al., Highly Available Transactions (VLDB 2013)",
	Whole:  true, Default: true,
	Parse: none(func(h *History) Finding { return h.monotonicReads() }),
}

// past is what a session's reads of one key have seen so far.
type past struct {
	dots  model.Vector // the writes that decided what reads returned that nodes explain
	heads []headSeen   // the same, one by one
	floor bound        // what all reads returned had been written after this
	value bound        // of those reads that only what they returned explains
	reads int
	dark  unjudged
}

type headSeen struct {
	dot  model.Dot
	read *trace.Op
}

// bound is an event after which something must have been written, by what a read
// returned.
type bound struct {
	event  int
	read   *trace.Op
	writer model.OpID // if it can only be one
}

func (b *bound) raise(to bound) {
	if to.event > b.event {
		*b = to
	}
}

func (h *History) monotonicReads() Finding {
	var f Finding
	n := 0
	seen := map[session]*past{}
	var pasts []*past
	for _, o := range h.operations() {
		if o.System || !isRead(o) || !answeredOK(o) || o.Result.Reply.Kind == model.ErrorReply {
			continue
		}
		at := h.homeOf(o)
		id := session{at.client, at.key.id}
		p := seen[id]
		if p == nil {
			p = &past{}
			seen[id] = p
			pasts = append(pasts, p)
		}
		p.reads++
		s := h.sightOf(o)
		if !s.clear() {
			p.dark.add(o)
			continue
		}
		if p.reads-p.dark.n > 1 {
			n++
			if before := h.goesBack(p, s); before != nil && f.Verdict != No {
				f = wentBack(o, before)
			}
		}
		h.remember(p, s)
	}
	var dark unjudged
	for _, p := range pasts {
		if p.reads > 1 { // a single read goes behind nothing
			dark.join(p.dark)
		}
	}
	switch {
	case f.Verdict == No:
	case n+dark.n == 0:
		f = Finding{Verdict: Yes, Witness: "Nothing to judge: no client read a key twice."}
	case n > 0:
		f = Finding{Verdict: Yes, Witness: fmt.Sprintf("None of %s went behind an earlier read of the same client.", plural(n, "later read"))}
	}
	return dark.in(f)
}

func wentBack(o, before *trace.Op) Finding {
	f := Finding{Verdict: No, At: o.Done, Witness: fmt.Sprintf("%s returned %s, behind %s, which had returned %s %s.",
		tell(o), clip(o.Result.Reply.String()), tell(before), clip(before.Result.Reply.String()), earlier(before, o))}
	f.point(o, before)
	return f
}

// goesBack returns the earlier read that the later one goes behind; nil if none.
func (h *History) goesBack(p *past, s *sight) *trace.Op {
	if !s.byNode {
		if s.newest() < p.floor.event {
			return p.floor.read
		}
		return nil
	}
	if seen := s.record.Vector(); !seen.Descends(p.dots) {
		for _, head := range slices.Backward(p.heads) {
			if !seen.Covers(head.dot) {
				return head.read
			}
		}
	}
	if s.byValue && s.newest() < p.value.event && !h.covers(s.record, p.value.writer, s.read.Command.Key()) {
		return p.value.read
	}
	return nil
}

// remember adds what a read saw.
func (h *History) remember(p *past, s *sight) {
	if !s.byNode {
		b := s.begin()
		p.floor.raise(b)
		p.value.raise(b)
		return
	}
	if s.record == nil {
		return
	}
	for _, head := range s.record.Heads {
		if !p.dots.Covers(head.Dot) {
			p.heads = append(p.heads, headSeen{head.Dot, s.read})
		}
		p.dots = covering(p.dots, head.Dot)
		if o := h.x.Op(head.Op); o != nil {
			p.floor.raise(bound{o.Invoked, s.read, o.ID})
		}
	}
}

// begin returns the event after which what the read returned had been written.
func (s *sight) begin() bound {
	if s.initial || len(s.writers) == 0 {
		return bound{}
	}
	b := bound{s.writers[0].Invoked, s.read, s.writers[0].ID}
	for _, o := range s.writers[1:] {
		b.event, b.writer = min(b.event, o.Invoked), 0
	}
	return b
}

// covering is v.With(d), in place where it can be: v is the caller's alone.
func covering(v model.Vector, d model.Dot) model.Vector {
	for i := range v {
		if v[i].Actor == d.Actor {
			v[i].N = max(v[i].N, d.N)
			return v
		}
	}
	return v.With(d)
}
