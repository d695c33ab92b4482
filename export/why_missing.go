package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// missing says why a node does not have a write: its copy is under way, held, lost, or
// was never sent.
func (q *inquest) missing(tr *trail, node model.NodeID, v *trace.View) {
	s, t := tr.stop(node), new(text).add(node.String(), q.tense(tr.until, " does not have it: ", " did not have it: "))
	has := q.tense(tr.until, "has", "had")
	at := q.atEvent(tr.until)
	tone := Bad
	asked := node == tr.op.Node && tr.op.Host == 0 && s.arrived == nil // it needs no message to know of it
	switch {
	case asked && q.has(tr.op.Returned) && tr.op.Result.Outcome == model.Refused:
		tone = Quiet
		t = new(text).add(node.String(), " refused it.")
	case asked:
		tone = Plain
		t = new(text).add(node.String(), " is the node that was asked, and ", q.tense(tr.until, "does", "did"), " not serve it.")
	case s.arrived != nil:
		q.show(s.arrived.events()...)
		tone = Plain
		t = new(text).add(node.String(), " was told of it by message ", strconv.Itoa(int(s.arrived.msg)), " at ", q.when(s.arrived.ended), ", and ", q.tense(tr.until, "does", "did"), " not serve it.")
		q.next(Subject{Kind: MessageSubject, Msg: s.arrived.msg})
	case s.under != nil && s.under.held != 0:
		q.fault(s.under.cause, s.under.held)
		t.add("message ", strconv.Itoa(int(s.under.msg)), " with it ", has, " been held up since ", q.when(s.under.held), ", by ", q.cause(s.under.cause), ".")
	case s.under != nil && s.under.due == 0:
		t.add("message ", strconv.Itoa(int(s.under.msg)), " with it ", q.tense(tr.until, "is", "was"), " not let onto its link.")
	case s.under != nil && s.under.due < at:
		t.add("message ", strconv.Itoa(int(s.under.msg)), " with it came at ", instant(s.under.due), ", and ",
			q.tense(tr.until, "waits", "waited"), " there for its turn.")
	case s.under != nil:
		tone = Plain
		t.add("message ", strconv.Itoa(int(s.under.msg)), " with it left ", q.Index.Name(s.under.from), " at ", q.when(s.under.sent),
			q.tense(tr.until, " and lands at ", " and was to land at "), instant(s.under.due), ", ", Span(s.under.due.Sub(at)), " later.")
	case s.lost != nil:
		q.fault(s.stopped.cause, s.stopped.ended)
		q.lostCopies(t, s)
	case tr.op.Result != nil && q.has(tr.op.Returned) && tr.op.Result.Outcome == model.Refused:
		tone = Quiet
		t.add("it was refused, and nothing was sent.")
	default:
		tone = Plain
		t.add("no message with it ", q.tense(tr.until, "was sent there so far.", "had been sent there."))
	}
	for _, j := range []*journey{s.stopped, s.under, s.lost} {
		if j != nil && s.arrived == nil && !asked {
			q.show(j.events()...)
			q.next(Subject{Kind: MessageSubject, Msg: j.msg})
		}
	}
	q.say(tone, t)
	q.barrier(tr.op.Node, node, v)
}

// tense chooses between how it is and how it was: after an event before the moment.
func (q *inquest) tense(event int, now, then string) string {
	if event < q.N {
		return then
	}
	return now
}

// lostCopies says what became of the messages that were to bring a write.
func (q *inquest) lostCopies(t *text, s *stop) {
	first, last := s.stopped, s.lost
	t.add("message ", strconv.Itoa(int(first.msg)), " with it was lost at ", q.when(first.ended), ", by ", q.cause(first.cause))
	switch s.drops {
	case 1:
	case 2:
		t.add("; so was one more, at ", q.when(last.ended))
	default:
		t.add("; so were ", strconv.Itoa(s.drops-1), " more, the last at ", q.when(last.ended))
	}
	t.add(".")
}

// fault shows the statement that a fault came from.
func (q *inquest) fault(words string, before int) {
	if n := q.statement(words, before); n != 0 {
		q.show(n)
	}
}

// barrier says what stands between two nodes now: a cut, or that one is not there. What was
// said of another node is not said again.
func (q *inquest) barrier(from, to model.NodeID, v *trace.View) {
	for _, id := range []model.NodeID{to, from} {
		at := q.lastHost(id, v.N)
		if n := v.Node(id); n != nil && n.State != trace.Up && at != 0 {
			q.show(at)
			q.sayOnce(Fault, new(text).add(id.String(), " ", q.tense(v.N, "has", "had"), " been ", stateWord(n.State), " since ", q.when(at), "."))
		}
	}
	if from == to {
		return
	}
	if l := v.Link(from, to); l.Cut != "" {
		at := q.cutSince(from, to, v.N)
		q.show(at)
		q.fault(l.Cause, at)
		q.say(Fault, new(text).add(q.Index.Name(from), "->", q.Index.Name(to), " ", q.tense(v.N, "has", "had"), " been cut since ", q.when(at), ", by ", q.cause(l.Cause), "."))
	}
}

func stateWord(s trace.NodeState) string {
	if s == trace.WipedDown {
		return "down, its disk emptied,"
	}
	return s.String()
}

// lastHost returns the event that last changed a host, up to event n.
func (q *inquest) lastHost(id model.NodeID, n int) int {
	for ; n > 0; n-- {
		if e := q.Log.At(n); e.Kind == trace.HostChange && e.Node == id {
			return n
		}
	}
	return 0
}

// cutSince returns the event that cut a direction which is cut at event n.
func (q *inquest) cutSince(from, to model.NodeID, n int) int {
	since := 0
	for ; n > 0; n-- {
		e := q.Log.At(n)
		if e.Kind != trace.LinkChange || e.Node != from || e.Peer != to {
			continue
		}
		if l := e.Link(); l == nil || l.Cut == "" {
			return since
		}
		since = n
	}
	return since
}

// atEvent returns how far the run was when the last event looked at had happened.
func (q *inquest) atEvent(n int) model.Time {
	switch {
	case n == q.N:
		return q.At
	case n < 1:
		return 0
	}
	return q.Log.At(n).At
}

// lineAt returns the place of the story's first line about event n or a later one.
func (q *inquest) lineAt(n int) int {
	lo, hi := 0, len(q.Story)
	for lo < hi {
		if m := (lo + hi) / 2; q.Story[m].Event < n {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}
