package export

import (
	"strconv"

	"capsim/trace"
)

// ofEvent explains an event of the log.
func (q *inquest) ofEvent(of Subject) {
	n := of.Event
	if n < 1 || n > q.N {
		return
	}
	e := q.Log.At(n)
	q.title("event ", strconv.Itoa(n), ": ", e.Kind.String())
	s := q.step(n)
	q.show(n)
	t := new(text).add("At ", instant(e.At), ": ")
	q.append(t, s)
	q.say(Plain, t.add("."))
	for i := q.lineAt(n); i < len(q.Story) && q.Story[i].Event == n; i++ {
		q.tell(&q.Story[i])
	}
	q.before(n, e)
	if op := q.op(e.Op); op != nil && complete(op.Command) {
		q.mark(op)
	}
	q.next(s.Of)
	if e.Msg != 0 {
		q.next(Subject{Kind: MessageSubject, Msg: e.Msg})
	}
	if e.Key != "" && e.Op != 0 {
		q.next(Subject{Kind: VersionSubject, Op: e.Op, Key: e.Key, Node: e.Node})
	}
	if e.Node != 0 {
		q.next(Subject{Kind: NodeSubject, Node: e.Node})
	}
}

// before says what came right before an event at its node, or what made it.
func (q *inquest) before(n int, e *trace.Event) {
	switch e.Kind {
	case trace.Statement, trace.PolicyStart, trace.Invoke, trace.Metric, trace.Skipped:
		return
	case trace.LinkChange, trace.HostChange, trace.Condition:
		if c := q.because(n); c != 0 {
			q.show(c)
			q.say(Plain, new(text).add("It is the work of ", q.cause(q.Log.At(c).Text), "."))
		} else {
			q.say(Quiet, new(text).add("What did it, the trace does not say."))
		}
		return
	case trace.Drop, trace.Hold, trace.Release, trace.Deliver:
		if j := q.journey(e.Msg); j != nil {
			q.show(j.events()...)
			q.say(Plain, q.fateOf(j))
		}
		return
	}
	if in := q.input(n, e.Node); in != 0 {
		q.show(in)
		t := new(text).add("Right before it, in the same instant: ")
		q.append(t, q.step(in))
		q.say(Plain, t.add("."))
	} else if e.Node != 0 && e.Kind != trace.Return {
		q.say(Quiet, new(text).add("What made ", q.Index.Name(e.Node), " do it, the trace does not say: nothing reached it in that instant. A node's own timers are not in the trace."))
	}
}
