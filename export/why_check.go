package export

import (
	"cmp"
	"slices"
	"strings"

	"capsim/check"
	"capsim/model"
	"capsim/trace"
)

// ofCheck explains a verdict: what it rests on, and what it means.
func (q *inquest) ofCheck(of Subject) {
	words := strings.Fields(of.Check)
	c, test, err := check.Parse(words)
	if err != nil && c != nil && len(words) == 1 { // a bare name: as the check measures
		test, err = bare(c)
	}
	if err != nil {
		q.title(printed(of.Check))
		q.say(Quiet, new(text).add("There is no such check: ", printed(err.Error()), "."))
		return
	}
	f := test(q.history())
	q.title(strings.Join(words, " "), ": ", f.Verdict.String())
	q.verdict(c, f)
	q.show(f.Events...)
	ops := slices.Clone(f.Ops[:min(len(f.Ops), maxMarked)])
	slices.SortFunc(ops, func(a, b model.OpID) int { return cmp.Compare(q.begun(a), q.begun(b)) })
	for _, id := range ops {
		if op := q.op(id); op != nil && complete(op.Command) {
			q.mark(op)
		}
	}
	q.parties()
	if f.Verdict == check.No {
		q.contradiction()
		q.disturbances(f.Events)
	}
	q.meaning(c)
}

// maxFaults bounds how many faults stand beside the events that a verdict rests on.
const maxFaults = 12

// disturbances shows, beside what a protocol said of itself, what was done to the cluster until
// the last of it: the faults since all was well before the first. Who holds what, or did what,
// does not tell why by itself.
func (q *inquest) disturbances(events []int) {
	if len(events) == 0 || !slices.ContainsFunc(events, q.ofProtocol) {
		return
	}
	first, last := slices.Min(events), slices.Max(events)
	var done []int
	for i := range q.Story[:q.lineAt(last)] {
		l := &q.Story[i]
		e := q.Log.At(l.Event)
		switch {
		case e.Kind == trace.PolicyStart && l.Event < first, e.Kind == trace.Statement && l.Event < first && (e.Text == "heal" || e.Text == "heal all"):
			done = done[:0]
		case e.Kind == trace.Statement && (l.Tone == Fault || l.Tone == Good):
			done = append(done, l.Event)
		}
	}
	q.show(done[max(len(done)-maxFaults, 0):]...)
}

// ofProtocol tells whether an event is what a protocol said of itself.
func (q *inquest) ofProtocol(n int) bool {
	if n < 1 || n > q.N {
		return false
	}
	switch q.Log.At(n).Kind {
	case trace.Acquire, trace.Relinquish, trace.Access, trace.Effect, trace.Commit, trace.Abort:
		return true
	}
	return false
}

// begun returns the event with which an operation began; 0 if it is not known.
func (q *inquest) begun(id model.OpID) int {
	if op := q.op(id); op != nil {
		return op.Invoked
	}
	return 0
}

// bare runs a check that needs arguments with those under which it only measures.
func bare(c *check.Check) (check.Test, error) {
	for _, args := range [...][]string{{"=", "0"}, {">=", "0"}, {"p50", ">=", "0ms"}} {
		if test, err := c.Parse(args); err == nil {
			return test, nil
		}
	}
	return c.Parse(nil)
}

func (q *inquest) verdict(c *check.Check, f check.Finding) {
	if f.Witness != "" {
		tone := Plain
		switch f.Verdict {
		case check.No:
			tone = Bad
		case check.Yes:
			tone = Good
		}
		q.say(tone, new(text).add(f.Witness))
	}
	switch f.Verdict {
	case check.Yes:
		q.say(Good, new(text).add("So it holds for all that has happened up to ", instant(q.At), "."))
	case check.Unknown:
		q.say(Fault, new(text).add("It is open: what has happened up to ", instant(q.At), " neither shows it nor rules it out. Open is not yes."))
	case check.No:
		if f.At > 0 {
			q.say(Bad, new(text).add("It has been so since ", instant(f.At), "."))
		}
	}
}

// parties says who the marked operations are.
func (q *inquest) parties() {
	for _, id := range q.e.Ops {
		op := q.op(id)
		t := new(text).add(q.e.Label(id), ": ", q.words.whose(op))
		q.versions(t, op).add(" at ", op.Node.String(), ", ", instant(op.At))
		switch {
		case op.System:
		case !q.has(op.Returned):
			t.add(", without an answer so far")
		case op.Result.Outcome == model.OKOutcome:
			t.add(" to ", instant(op.Done), ": ", shorten(op.Result.Reply.String()))
		default:
			t.add(" to ", instant(op.Done), ": ", op.Result.Outcome.String())
		}
		q.say(Plain, t.add("."))
	}
}

// contradiction says why the marked operations could come to contradict each other: for
// a read, the way of the write that it missed; for a request without an answer, the
// story's line.
func (q *inquest) contradiction() {
	for _, id := range q.e.Ops {
		op := q.op(id)
		if !q.has(op.Returned) || op.Result == nil {
			continue
		}
		if op.Result.Outcome != model.OKOutcome {
			if l := q.lineOf(op); l != nil {
				q.tell(l)
			}
			continue
		}
		if op.Command.Writes() {
			continue
		}
		if w, _ := q.history().Missed(op.ID); w != nil && q.e.Label(w.ID) != "" {
			q.say(Quiet, new(text).add("When ", op.Node.String(), " answered ", q.e.Label(id), ", of ", q.e.Label(w.ID), ":"))
			q.whereabouts(q.trail(w, op.Command.Key(), op.Returned), op.Node, true)
		}
	}
	for _, n := range slices.Clone(q.e.Events) {
		if e := q.Log.At(n); e.Kind == trace.Discarded {
			q.show(q.arrival(e)...)
			t := new(text).add("At ", instant(e.At), ": ")
			q.append(t, q.step(n))
			q.say(Bad, t.add("."))
			q.kept(n)
		}
	}
}

// arrival returns what happened to the message that brought a write to the node which
// discarded it.
func (q *inquest) arrival(e *trace.Event) []int {
	op := q.op(e.Op)
	if op == nil || op.Node == e.Node {
		return nil
	}
	if j := q.trail(op, e.Key, q.N).stop(e.Node).arrived; j != nil {
		return j.events()
	}
	return nil
}

// kept says what a node kept instead of a write that it discarded.
func (q *inquest) kept(n int) {
	e := q.Log.At(n)
	var rec *model.Record
	if c := q.viewAt(n).Cell(e.Node, e.Key); c != nil {
		rec = c.Last
	}
	for i := n; rec.Holds(e.Op) && i <= q.N; i++ { // it may say so before it serves the other
		if a := q.Log.At(i); a.Kind == trace.Applied && a.Node == e.Node && a.Key == e.Key && a.Record() != nil {
			rec = a.Record()
		}
	}
	for i, id := range rec.Ops() {
		if op := q.op(id); op != nil && id != e.Op && i < maxNamed {
			t := new(text).add(e.Node.String(), " kept ")
			q.version(t, op, e.Key).add(", ", q.words.whose(op), q.mark(op), ", asked of ", op.Node.String(), " at ", instant(op.At), ".")
			q.sayOnce(Plain, t)
		}
	}
}

// meaning says what a check judges.
func (q *inquest) meaning(c *check.Check) {
	about := c.About
	if about == "" {
		about = c.Name + ": " + c.Doc + "."
	}
	q.say(Quiet, new(text).add("What is judged: ", about))
	if c.Source != "" {
		q.say(Quiet, new(text).add("Source: ", strings.TrimSuffix(c.Source, "."), "."))
	}
}
