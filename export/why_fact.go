package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// stepFact puts what a protocol said of itself into words.
func (q *inquest) stepFact(e *trace.Event, node string, t *text) {
	who, key := printed(e.Text), model.Quote(e.Key)
	switch e.Kind {
	case trace.Acquire:
		t.add(who, " believes from here on that it holds ", key, token(e.N))
	case trace.Relinquish:
		t.add(who, " knows that it holds ", key, " no more")
	case trace.Access:
		t.add("a write by ", who, " to ", key, " takes effect at ", node, token(e.N))
	case trace.Effect:
		t.add("the part ", model.Quote(e.Text), " of ", key, effect(e.N), " at ", node)
	case trace.Begin:
		t.add("the transaction ", key, " begins at ", node)
		if e.N > 0 {
			t.add(", of ", strconv.FormatInt(e.N, 10), " parts")
		}
	case trace.Commit:
		t.add(node, " takes ", key, " as committed")
	case trace.Abort:
		t.add(node, " takes ", key, " as aborted")
	case trace.Mark:
		if who == "" {
			who = "nothing"
		}
		t.add(node, " says of itself: ", who)
	case trace.Gauge:
		t.add(who)
		if e.Node != 0 {
			t.add(" of ", node)
		}
		t.add(" is ", strconv.FormatInt(e.N, 10))
	case trace.Levels:
		q.stepLevels(e, t)
	}
}

// maxLevels is how many states a sentence counts.
const maxLevels = 6

// stepLevels counts the nodes by their states.
func (q *inquest) stepLevels(e *trace.Event, t *text) {
	t.add("of ", strconv.Itoa(q.view.Total), " nodes ")
	for i, l := range e.Census() {
		if i == maxLevels {
			t.add(", …")
			return
		}
		if i > 0 {
			t.add(", ")
		}
		state := printed(l.State)
		if state == "" {
			state = "in no state"
		}
		t.add(strconv.Itoa(l.Nodes), " ", state)
	}
}

// ofItself says what a host said of itself last, and what it holds.
func (q *inquest) ofItself(h *trace.NodeView) {
	if h.Mark != "" {
		if n := q.lastOf(trace.Mark, h.ID); n != 0 {
			q.show(n)
			q.say(Plain, new(text).add("It says of itself since ", q.when(n), ": ", printed(h.Mark), "."))
		}
	}
	type claim struct{ resource, holder string }
	ended := map[claim]bool{}
	for n, told := q.N, 0; n > 0 && told < maxNamed; n-- {
		e := q.Log.At(n)
		if e.Node != h.ID {
			continue
		}
		switch of := (claim{e.Key, e.Text}); e.Kind {
		case trace.HostChange:
			if e.Text == "crashed" || e.Text == "wiped" {
				return
			}
		case trace.Relinquish:
			ended[of] = true
		case trace.Acquire:
			if !ended[of] {
				told++
				q.show(n)
				q.say(Plain, new(text).add(printed(e.Text), " holds ", model.Quote(e.Key), " since ", q.when(n), token(e.N), "."))
				q.next(Subject{Kind: EventSubject, Event: n})
			}
			ended[of] = true
		}
	}
}
