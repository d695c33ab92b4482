package check

import (
	"fmt"
	"slices"

	"capsim/model"
	"capsim/trace"
)

// readYourWrites: a session's reads see its own earlier writes (Terry et al. 1994: the
// node that answers the read has taken them in). What was not acknowledged does not
// bind. Where a node answered out of other nodes' records, what was returned decides:
// it must not be older than the session's own write. A read that neither explains may
// have missed one: that leaves the verdict unknown.
var readYourWrites = Check{
	Name: "read-your-writes",
	Doc:  "a client's reads see its own earlier writes",
	About: "A session's read sees the session's own earlier acknowledged writes. It binds the " +
		"session's reads alone, and can be kept available for sessions that stay at their node.",
	Source: "Terry et al., Session Guarantees (1994)",
	Whole:  true, Default: true,
	Parse: none(func(h *History) Finding { return h.readYourWrites() }),
}

// session is what one client did with one key, by their numbers.
type session struct{ client, key int32 }

func (h *History) readYourWrites() Finding {
	var f Finding
	n := 0
	var dark unjudged
	mine := map[session]*ownWrites{}
	for _, o := range h.operations() {
		if o.System {
			continue
		}
		if acknowledged(o) {
			for _, key := range o.Command.Keys() {
				if h.wrote(o.ID, key) {
					s := session{h.homeOf(o).client, h.key(key).id}
					mine[s] = h.own(mine[s], o, key)
				}
			}
			continue
		}
		if !isRead(o) || !answeredOK(o) {
			continue
		}
		at := h.homeOf(o)
		own := mine[session{at.client, at.key.id}]
		if own == nil {
			continue
		}
		s := h.sightOf(o)
		if !s.clear() {
			dark.add(o)
			continue
		}
		n++
		if w := h.unseen(s, own); w != nil && f.Verdict != No {
			f = Finding{Verdict: No, At: o.Done, Witness: fmt.Sprintf("%s returned %s and does not see %s, acknowledged to the same client %s.",
				tell(o), clip(o.Result.Reply.String()), tell(w), earlier(w, o))}
			f.point(o, w)
		}
	}
	switch {
	case f.Verdict == No:
	case n+dark.n == 0:
		f = Finding{Verdict: Yes, Witness: "Nothing to judge: no client read a key that it had written."}
	case n > 0:
		f = Finding{Verdict: Yes, Witness: fmt.Sprintf("All of %s after a client's own write saw it.", plural(n, "read"))}
	}
	return dark.in(f)
}

// ownWrites are a session's acknowledged writes of one key, in order.
type ownWrites struct {
	ops  []*trace.Op
	dots model.Vector // that covers them
	bare bool         // not all have a dot
}

// unseen returns the newest of the client's own writes that its read does not see.
func (h *History) unseen(s *sight, own *ownWrites) *trace.Op {
	key := s.read.Command.Key()
	if !s.byNode {
		// What is not older than the newest of them is not older than the others.
		if last := own.ops[len(own.ops)-1]; h.misses(s, last, key) {
			return last
		}
		return nil
	}
	if !own.bare && s.record.Vector().Descends(own.dots) {
		return nil
	}
	for _, w := range slices.Backward(own.ops) {
		if !h.covers(s.record, w.ID, key) {
			return w
		}
	}
	return nil
}

func (h *History) own(w *ownWrites, o *trace.Op, key string) *ownWrites {
	if w == nil {
		w = &ownWrites{}
	}
	w.ops = append(w.ops, o)
	if e := h.effect(o.ID, key); e.dotted {
		w.dots = covering(w.dots, e.dot)
	} else {
		w.bare = true
	}
	return w
}
