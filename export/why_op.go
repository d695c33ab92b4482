package export

import (
	"slices"
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// ofOp explains an operation: what was asked, what came of it, and why.
func (q *inquest) ofOp(of Subject) {
	op := q.op(of.Op)
	if op == nil || !complete(op.Command) {
		return
	}
	q.title(q.words.whose(op))
	q.mark(op)
	q.asked(op)
	q.outcome(op)
	if op.Command.Writes() {
		for _, v := range op.Versions {
			q.next(Subject{Kind: VersionSubject, Op: op.ID, Key: v.Key})
		}
		if q.has(op.Wrote) || !q.has(op.Returned) || op.Result.Outcome == model.Unknown {
			q.everywhere(op)
		}
	} else {
		q.readWell(op)
	}
	q.meantime(op)
	q.next(Subject{Kind: NodeSubject, Node: op.Node})
	for _, key := range op.Command.Keys() {
		q.next(Subject{Kind: KeySubject, Key: key})
	}
}

// everywhere says where a write came to: of several keys, of each in turn.
func (q *inquest) everywhere(op *trace.Op) {
	for i, v := range op.Versions {
		if len(op.Versions) > 1 {
			q.say(Quiet, new(text).add("Of ", model.Quote(v.Key), ", as ").mark(trace.VersionName(v.N), v.N).add(":"))
		}
		from := len(q.e.Lines)
		tr := q.trail(op, v.Key, q.N)
		q.placed(tr)
		for n := model.NodeID(1); int(n) <= q.Nodes; n++ {
			q.whereabouts(tr, n, false)
		}
		q.superseded(tr)
		q.lost(tr)
		if i > 0 { // what is the same of all its keys is said once
			q.once(from)
		}
	}
}

// once leaves out of the lines from one on what was said before, and says so.
func (q *inquest) once(from int) {
	before, more := q.e.Lines[:from], slices.Clone(q.e.Lines[from:])
	q.e.Lines = slices.Clip(before)
	same := 0
	for i := range more {
		if slices.ContainsFunc(before, func(l Line) bool { return l.Text == more[i].Text }) {
			same++
			continue
		}
		q.tell(&more[i])
	}
	if same > 0 {
		q.say(Quiet, new(text).add([]string{"The rest", "All"}[b2i(same == len(more))], " is as above."))
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// asked says what was asked, when, and of whom.
func (q *inquest) asked(op *trace.Op) {
	t := new(text)
	switch {
	case op.System:
		t.add("At ", instant(op.At), " ", op.Node.String(), " made a write of its own: ", shorten(op.Command.String()))
	case op.Host != 0:
		t.add("At ", instant(op.At), " ", op.Client, ", on a host of its own, asked ", op.Node.String(), " over the network: ", shorten(op.Command.String()))
	default:
		t.add("At ", instant(op.At), " ", op.Client, " asked ", op.Node.String(), ": ", shorten(op.Command.String()))
	}
	q.say(Plain, q.versions(t, op).add("."))
	if c := q.op(op.Cause); c != nil {
		q.say(Plain, new(text).add("It became necessary by ", q.words.whose(c), q.mark(c), "."))
	}
}

// readWell says whether a read told its client less than another had been promised.
func (q *inquest) readWell(op *trace.Op) {
	if !q.has(op.Returned) || op.Result == nil || op.Result.Outcome != model.OKOutcome || op.Command.Key() == "" {
		return
	}
	key := op.Command.Key()
	w, judged := q.history().Missed(op.ID)
	switch {
	case !judged:
		if op.Result.Reply.Kind != model.ErrorReply {
			q.say(Quiet, new(text).add("Which write it saw, the trace does not say: no node's record and no single write explains the answer."))
		}
		return
	case w == nil:
		q.say(Good, new(text).add("No write that was acknowledged before it began is missing from it: it is not stale."))
		return
	}
	t := new(text).add("It is stale: ", q.words.whose(w), q.mark(w), " (")
	q.version(t, w, key).add(") had been acknowledged at ", instant(w.Done), ", ", Span(op.At.Sub(w.Done)), " before the read began, and the read does not show it.")
	q.say(Bad, t)
	tr := q.trail(w, key, op.Returned)
	q.say(Quiet, new(text).add("When ", op.Node.String(), " answered:"))
	q.whereabouts(tr, op.Node, true)
	q.next(Subject{Kind: VersionSubject, Op: w.ID, Key: key, Node: op.Node})
}

// meantime tells of the messages between the question and the answer.
func (q *inquest) meantime(op *trace.Op) {
	until := q.N
	if q.has(op.Returned) {
		until = op.Returned
	}
	if op.System {
		return
	}
	own, sent := 0, 0
	for n := op.Invoked; n <= until; n++ {
		e := q.Log.At(n)
		if e.Kind != trace.Send {
			continue
		}
		if e.Op == op.ID {
			if own++; own <= maxNamed {
				q.show(n)
				q.next(Subject{Kind: MessageSubject, Msg: e.Msg})
				if j := q.journey(e.Msg); j != nil {
					q.show(j.events()...)
					q.say(Plain, q.fateOf(j))
				}
			}
		} else if e.Node == op.Node {
			sent++
		}
	}
	if own == 0 && sent > 0 && q.Log.At(until).At > op.At && !op.Command.Writes() {
		q.say(Quiet, new(text).add("Until the answer ", op.Node.String(), " sent ", strconv.Itoa(sent),
			plural(sent, " message", " messages"), "; which of them were for this, the trace does not say."))
	}
}

// fateOf says what became of a message, in a sentence.
func (q *inquest) fateOf(j *journey) *text {
	t := new(text).add("Message ", strconv.Itoa(int(j.msg)))
	if j.kind != "" {
		t.add(" (", printed(j.kind), ")")
	}
	t.add(" from ", q.Index.Name(j.from), " to ", q.Index.Name(j.to))
	q.cargo(t, j.ops)
	switch {
	case j.lost:
		t.add(" was lost at ", q.when(j.ended), ": ", q.cause(j.cause))
	case j.ended != 0:
		t.add(" arrived at ", q.when(j.ended))
	case j.held != 0:
		t.add(" has been held up since ", q.when(j.held), ": ", q.cause(j.cause))
	case !q.onItsWay(j):
		t.add(" ", q.standing(j))
	default:
		t.add(" is under way, and lands at ", instant(j.due))
	}
	return t.add(".")
}
