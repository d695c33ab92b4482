package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// ofMessage explains a message: what it carries, what made it, and what became of it.
func (q *inquest) ofMessage(of Subject) {
	j := q.journey(of.Msg)
	if j == nil {
		return
	}
	from, to := q.Index.Name(j.from), q.Index.Name(j.to)
	q.title("message ", strconv.Itoa(int(of.Msg)), " from ", from, " to ", to)
	q.show(j.events()...)
	if j.sent == 0 {
		q.say(Quiet, new(text).add("The trace does not hold its sending."))
	} else {
		q.sending(j)
	}
	q.landing(j)
	if j.ended != 0 && !j.lost {
		q.effect(j)
	}
	for i, id := range j.ops {
		if op := q.op(id); op != nil && i < maxMarked {
			q.mark(op)
			for _, v := range op.Versions {
				if q.Index.WriterBy(v.Key, v.N, q.N) == nil {
					continue
				}
				q.next(Subject{Kind: VersionSubject, Op: id, Key: v.Key, Node: j.to})
			}
		}
	}
	q.next(Subject{Kind: LinkSubject, Node: j.from, Peer: j.to})
}

// sending says what a message carries and what made its sender send it.
func (q *inquest) sending(j *journey) {
	e := q.Log.At(j.sent)
	t := new(text).add(q.Index.Name(j.from), " sent it at ", instant(e.At), ": ", printed(j.kind))
	if len(j.ops) > 0 {
		q.cargo(t, j.ops)
	} else {
		t.add(", which carries no write")
	}
	q.say(Plain, t.add("."))
	if e.Key != "" {
		q.say(Fault, new(text).add("The network made it: it is a copy of message ", printed(e.Key), "."))
		if id, err := strconv.ParseUint(e.Key, 10, 32); err == nil {
			q.next(Subject{Kind: MessageSubject, Msg: model.MsgID(id)})
		}
		return
	}
	if op := q.op(e.Op); op != nil {
		q.say(Plain, new(text).add("It belongs to ", q.words.whose(op), q.mark(op), "."))
	}
	in := q.input(j.sent, j.from)
	if in == 0 {
		q.say(Quiet, new(text).add("What made ", q.Index.Name(j.from), " send it, the trace does not say: nothing reached ",
			q.Index.Name(j.from), " in that instant. A node's own timers are not in the trace."))
		return
	}
	q.show(in)
	q.say(Plain, q.stimulus(new(text).add("It left in the same instant in which "), in).add("."))
	if c := q.Log.At(in); c.Msg != 0 {
		q.next(Subject{Kind: MessageSubject, Msg: c.Msg})
	} else if c.Op != 0 {
		q.next(Subject{Kind: OpSubject, Op: c.Op})
	}
}

// landing says when a message landed or will, or what stopped it.
func (q *inquest) landing(j *journey) {
	t := new(text)
	switch {
	case j.lost:
		q.fault(j.cause, j.ended)
		q.say(Bad, t.add("It was lost at ", q.when(j.ended), ", by ", q.cause(j.cause), "."))
	case j.ended != 0:
		t.add("It reached ", q.Index.Name(j.to), " at ", q.when(j.ended))
		if j.sent != 0 {
			t.add(", ", after(q.Log.At(j.ended).At.Sub(q.Log.At(j.sent).At)))
		}
		q.say(Good, t.add("."))
	case j.held != 0:
		q.fault(j.cause, j.held)
		q.say(Bad, t.add("It has been held up since ", q.when(j.held), ", by ", q.cause(j.cause), ": it goes on when that ends."))
	case !q.onItsWay(j):
		q.say(Fault, t.add("It ", q.standing(j), "."))
	default:
		q.say(Plain, t.add("It is under way, and lands at ", instant(j.due), ", in ", Span(j.due.Sub(q.At)), ", if nothing stops it."))
	}
	if h := q.view.Host(j.to); j.ended == 0 && (j.held != 0 || q.onItsWay(j)) && h != nil && h.State != trace.Up {
		q.say(Fault, new(text).add(q.Index.Name(j.to), " is ", stateWord(h.State), "."))
	}
}

// onItsWay tells whether a message that nothing holds is to land at an instant still to come.
func (q *inquest) onItsWay(j *journey) bool {
	if j.sent != 0 && j.due < q.Log.At(j.sent).At {
		return false // it was given no instant: it was not let onto its link
	}
	h := q.view.Host(j.to)
	return j.due > q.At || j.due == q.At && (h == nil || h.State != trace.Paused)
}

// standing says where a message is that is not held and not on its way either.
func (q *inquest) standing(j *journey) string {
	if j.due == 0 {
		return "was not let onto its link: what stopped it, the events right after this say"
	}
	name, h := q.Index.Name(j.to), q.view.Host(j.to)
	text := "came to " + name + " at " + instant(j.due) + ", and waits there for its turn"
	switch {
	case h != nil && h.State == trace.Paused:
		text += ": " + name + " is paused"
	case h != nil && h.Slow != "":
		text += ": " + name + " is slow"
	}
	return text
}

// effect says what its receiver did in the instant in which a message came.
func (q *inquest) effect(j *journey) {
	at, done := q.Log.At(j.ended).At, 0
	for n := j.ended + 1; n <= q.N && q.Log.At(n).At == at && done < maxNamed; n++ {
		e := q.Log.At(n)
		if e.Kind == trace.Deliver || e.Kind == trace.Invoke {
			break // what follows is of another input
		}
		if e.Node != j.to {
			continue
		}
		switch e.Kind {
		case trace.Applied, trace.Discarded, trace.Wrote, trace.Send, trace.Return:
			done++
			q.show(n)
			t := new(text).add("Right after it came: ")
			q.append(t, q.step(n))
			q.say(Plain, t.add("."))
		}
	}
	if done == 0 {
		q.say(Quiet, new(text).add("The trace shows nothing that ", q.Index.Name(j.to), " did right after it came."))
	}
}

// append adds a step's words to a sentence.
func (q *inquest) append(t *text, s Step) {
	for _, m := range s.Marks {
		t.marks = append(t.marks, Mark{m.From + len(t.b), m.To + len(t.b), m.N})
	}
	t.add(s.Text)
}
