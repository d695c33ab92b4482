package export

import (
	"cmp"
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// ofVersion explains a write of a key: whose it is, what came of it, and how it came to a
// node or why it did not.
func (q *inquest) ofVersion(of Subject) {
	op := q.op(of.Op)
	if op == nil || op.Version(of.Key) == 0 {
		return
	}
	name := trace.VersionName(op.Version(of.Key)) + " of " + model.Quote(of.Key)
	if of.Node == 0 {
		q.title(name)
	} else {
		q.title(name, " at ", of.Node.String())
	}
	q.mark(op)
	tr := q.trail(op, of.Key, q.N)
	q.writer(op, of.Key)
	q.outcome(op)
	q.placed(tr)
	if of.Node != 0 {
		q.whereabouts(tr, of.Node, true)
	} else {
		for n := model.NodeID(1); int(n) <= q.Nodes; n++ {
			q.whereabouts(tr, n, false)
		}
	}
	q.superseded(tr)
	q.lost(tr)
	q.next(Subject{Kind: KeySubject, Key: of.Key})
	for n := model.NodeID(1); int(n) <= q.Nodes; n++ {
		q.next(Subject{Kind: VersionSubject, Op: op.ID, Key: of.Key, Node: n})
	}
}

// writer says whose a write is.
func (q *inquest) writer(op *trace.Op, key string) {
	t := new(text)
	q.version(t, op, key).add(" is ")
	if op.System {
		t.add("a write that ", op.Node.String(), " made itself at ", instant(op.At), ": ", shorten(op.Command.String()))
		if c := q.op(op.Cause); c != nil {
			t.add(", because of ", q.words.whose(c), q.mark(c))
		}
	} else {
		t.add(q.words.whose(op), q.mark(op), ", asked of ", op.Node.String(), " at ", instant(op.At))
	}
	q.say(Plain, t.add("."))
}

// outcome says what the client of an operation was told.
func (q *inquest) outcome(op *trace.Op) {
	if op.System {
		return
	}
	if !q.has(op.Returned) {
		q.say(Quiet, new(text).add(op.Client, " has no answer so far, ", Span(q.At.Sub(op.At)), " after asking."))
		return
	}
	if l := q.lineOf(op); l != nil {
		q.tell(l)
		return
	}
	t, r := new(text).add("At ", instant(op.Done), " "), op.Result
	switch r.Outcome {
	case model.Refused:
		q.say(Bad, t.add(op.Node.String(), " refused it (", printed(r.Code), "): nothing was done, nor will be."))
	case model.Unknown:
		q.say(Bad, t.add(op.Client, " gave up without an answer: it may have happened, or may yet."))
	default:
		q.say(Plain, t.add(op.Node.String(), " answered ", shorten(r.Reply.String()), "."))
	}
	if r.Why != "" && r.Outcome != model.OKOutcome {
		q.say(Plain, new(text).add("The reason given: ", clipped(printed(r.Why)), "."))
	}
}

// lineOf returns the story's line about the answer to an operation; nil if there is none.
func (q *inquest) lineOf(op *trace.Op) *Line {
	for i := q.lineAt(op.Returned); i < len(q.Story) && q.Story[i].Event == op.Returned; i++ {
		if q.Story[i].Op == op.ID {
			return &q.Story[i]
		}
	}
	return nil
}

// placed says where a write stands in its key's history.
func (q *inquest) placed(tr *trail) {
	t := new(text)
	if tr.wrote == 0 {
		t.add("It has changed nothing so far: no node has given it a place in the history of ", model.Quote(tr.key), ".")
		q.say(Quiet, t)
		return
	}
	q.show(tr.wrote)
	e := q.Log.At(tr.wrote)
	t.add(e.Node.String(), " gave it its place in the history of ", model.Quote(tr.key), " at ", instant(e.At))
	if len(e.Ops) > 0 {
		q.names(t.add(", after "), e.Ops, tr.key)
	}
	q.say(Plain, t.add("."))
}

// superseded says what took the place of a write.
func (q *inquest) superseded(tr *trail) {
	if tr.after == 0 {
		return
	}
	e := q.Log.At(tr.after)
	by := q.op(e.Op)
	if by == nil {
		return
	}
	q.show(tr.after)
	t := new(text).add("At ", instant(e.At), " ", e.Node.String(), " put ")
	q.version(t, by, tr.key).add(" in its place: ", q.words.whose(by), q.mark(by), ".")
	q.say(Plain, t)
}

// lost says that an acknowledged write is gone, if it is.
func (q *inquest) lost(tr *trail) {
	why, at, event, gone := q.history().Gone(tr.op.ID, tr.key)
	if !gone {
		return
	}
	q.show(event)
	q.say(Bad, new(text).add("It is lost: it was acknowledged, and since ", instant(at),
		" no node, disk or message holds it or a write made in its place: ", printed(why), "."))
}

// whereabouts says how a write came to a node, or why it has not. whole: at length.
func (q *inquest) whereabouts(tr *trail, node model.NodeID, whole bool) {
	s, v := tr.stop(node), q.viewAt(tr.until)
	c, t := v.Cell(node, tr.key), new(text).add(node.String(), " ")
	now := c.Serves()
	switch {
	case c != nil && c.Doubt == tr.op.ID:
		q.say(Fault, t.add(q.tense(tr.until, "does", "did"), " not know whether it took place, and ", q.tense(tr.until, "serves", "served"), " nothing of ", model.Quote(tr.key), "."))
	case now.Holds(tr.op.ID):
		q.serves(tr, node, t, v)
	case s.dropped != 0:
		q.show(s.dropped)
		e := q.Log.At(s.dropped)
		q.say(Bad, t.add("dropped it at ", instant(e.At), ": ", printed(cmp.Or(discards[e.Text], e.Text, "the trace does not say why")), "."))
		q.kept(s.dropped)
	case s.wiped != 0 && !s.had:
		q.show(s.wiped)
		q.say(Bad, t.add("had it, and lost it with its disk at ", q.when(s.wiped), "."))
		return
	case s.had && s.left != 0:
		q.show(s.applied, s.left)
		t.add("served it from ", q.when(s.applied), " to ", q.when(s.left), ", and then ")
		q.held(t, q.Log.At(s.left).Record(), tr.key)
		q.say(Plain, t.add("."))
	case s.had:
		q.say(Fault, t.add(q.tense(tr.until, "has it, and serves", "had it, and served"), " nothing of ", model.Quote(tr.key), "."))
	case tr.dot != (model.Dot{}) && c != nil && c.Last.Vector().Covers(tr.dot):
		q.held(t.add("never served it: "), c.Record, tr.key)
		q.say(Plain, t.add(", made in knowledge of it."))
	default:
		q.missing(tr, node, v)
		return
	}
	if whole {
		q.came(tr, node)
	}
}

// viewAt returns the cluster at an event up to the moment.
func (q *inquest) viewAt(n int) *trace.View {
	if n == q.N {
		return q.view
	}
	return q.Folder.View(n)
}

// held writes what a record serves.
func (q *inquest) held(t *text, r *model.Record, key string) *text {
	if ops := r.Ops(); len(ops) > 0 {
		return q.names(t, ops, key)
	}
	return t.add("nothing")
}

// serves says since when a node serves a write.
func (q *inquest) serves(tr *trail, node model.NodeID, t *text, v *trace.View) {
	s := tr.stop(node)
	q.show(s.applied)
	tone := Good
	n := v.Node(node)
	switch {
	case s.applied == 0:
		t.add(q.tense(tr.until, "serves it", "served it"))
	case n != nil && !n.IsUp():
		t.add(q.tense(tr.until, "has had it on its disk since ", "had had it on its disk since "), q.when(s.applied), q.tense(tr.until, ", but is down", ", but was down"))
		tone = Fault
	default:
		t.add(q.tense(tr.until, "has", "had"), " served it since ", q.when(s.applied))
	}
	q.say(tone, t.add("."))
}

// came says by which messages a write came to a node.
func (q *inquest) came(tr *trail, node model.NodeID) {
	s := tr.stop(node)
	if node == tr.op.Node && s.arrived == nil {
		if s.applied != 0 {
			q.say(Quiet, new(text).add(node.String(), " is the node that was asked: it had it from the client itself."))
		}
		return
	}
	hops := tr.route(node)
	if len(hops) == 0 {
		if s.applied != 0 {
			q.say(Quiet, new(text).add("The trace does not say how it came there: no message to ", node.String(), " names it."))
		}
		return
	}
	for _, j := range hops {
		q.say(Plain, q.way(j))
		q.show(j.events()...)
		q.next(Subject{Kind: MessageSubject, Msg: j.msg})
	}
	last := hops[len(hops)-1]
	if s.applied == 0 || s.applied < last.ended {
		return
	}
	applied, ended := q.Log.At(s.applied), q.Log.At(last.ended)
	if applied.At == ended.At {
		return
	}
	t := new(text).add(node.String(), " held it back for ", Span(applied.At.Sub(ended.At)))
	if in := q.input(s.applied, node); in != 0 {
		q.show(in)
		t.add(", until ")
		q.stimulus(t, in)
	}
	q.say(Plain, t.add("."))
}

// stimulus names an input of a node.
func (q *inquest) stimulus(t *text, n int) *text {
	e := q.Log.At(n)
	switch e.Kind {
	case trace.Deliver:
		return t.add("message ", strconv.Itoa(int(e.Msg)), " from ", q.Index.Name(e.Peer), " came")
	case trace.Invoke:
		if op := q.Index.Op(e.Op); op != nil {
			return t.add(q.words.whose(op), " came")
		}
	case trace.NodeBoot:
		return t.add("it started")
	}
	return t.add("it was ", printed(e.Text))
}

// way tells the journey of a message with a write.
func (q *inquest) way(j *journey) *text {
	t := new(text).add("Message ", strconv.Itoa(int(j.msg)))
	if j.kind != "" {
		t.add(" (", printed(j.kind), ")")
	}
	t.add(" carried it from ", q.Index.Name(j.from), " to ", q.Index.Name(j.to))
	if j.sent != 0 {
		t.add(": sent at ", q.when(j.sent))
	}
	return t.add(", there at ", q.when(j.ended), ".")
}
