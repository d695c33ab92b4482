package export

import (
	"cmp"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// step puts an event into words.
func (q *inquest) step(n int) Step {
	e, t := q.Log.At(n), new(text)
	s := Step{Event: n, At: e.At, Op: e.Op, Of: Subject{Kind: EventSubject, Event: n}}
	switch e.Kind {
	case trace.Invoke, trace.SystemWrite, trace.Return, trace.Wrote, trace.Discarded, trace.Doubt:
		q.stepOfOp(e, t)
		if e.Op != 0 {
			s.Of = Subject{Kind: OpSubject, Op: e.Op}
		}
	case trace.Applied:
		q.stepApplied(e, t)
		s.Of = Subject{Kind: CellSubject, Node: e.Node, Key: e.Key}
		if h, ok := e.Record().Newest(); ok {
			s.Op = h.Op
		}
	case trace.Send, trace.Deliver, trace.Drop, trace.Hold, trace.Release:
		q.stepOfMessage(n, e, t)
		s.Of = Subject{Kind: MessageSubject, Msg: e.Msg}
	default:
		q.stepOther(e, t)
	}
	s.Text, s.Marks = string(t.b), t.marks
	return s
}

func (q *inquest) stepOfOp(e *trace.Event, t *text) {
	op := q.Index.Op(e.Op)
	node := q.Index.Name(e.Node)
	if e.Kind == trace.Doubt && e.Op == 0 {
		t.add(node, " knows again what to serve of ", model.Quote(e.Key))
		return
	}
	if op == nil {
		t.add(node, ": ", e.Kind.String())
		return
	}
	switch e.Kind {
	case trace.Invoke:
		q.versions(t.add(op.Client, " asks ", node, ": ", shorten(op.Command.String())), op)
	case trace.SystemWrite:
		q.versions(t.add(node, " makes a write of its own: ", shorten(op.Command.String())), op)
	case trace.Return:
		q.stepReturn(e, op, node, t)
	case trace.Wrote:
		q.version(t.add(node, " gives "), op, e.Key).add(" its place in the history of ", model.Quote(e.Key))
		if len(e.Ops) > 0 {
			t.add(", after ")
			q.names(t, e.Ops, e.Key)
		}
	case trace.Discarded:
		q.version(t.add(node, " drops "), op, e.Key).add(" of ", model.Quote(e.Key))
		if e.Text != "" {
			t.add(": ", printed(cmp.Or(discards[e.Text], e.Text)))
		}
	case trace.Doubt:
		q.version(t.add(node, " does not know whether "), op, e.Key).add(" of ", model.Quote(e.Key), " took place")
	}
}

func (q *inquest) stepReturn(e *trace.Event, op *trace.Op, node string, t *text) {
	r := e.Result()
	switch {
	case e.N != 0:
		t.add(node, "'s answer to ", op.Client, " comes too late")
	case r == nil:
		t.add(op.Client, "'s request ends")
	case r.Outcome == model.Refused:
		t.add(node, " refuses ", op.Client, "'s request: ", printed(r.Code))
	case r.Outcome == model.Unknown:
		t.add(op.Client, " is left without an answer of ", node)
	default:
		t.add(node, " answers ", op.Client, ": ", shorten(r.Reply.String()))
	}
}

func (q *inquest) stepApplied(e *trace.Event, t *text) {
	t.add(e.Node.String(), " serves ")
	if ops := e.Record().Ops(); len(ops) == 0 {
		t.add("nothing")
	} else {
		q.names(t, ops, e.Key)
	}
	t.add(" of ", model.Quote(e.Key), " from here on")
}

func (q *inquest) stepOfMessage(n int, e *trace.Event, t *text) {
	from, to := e.Node, e.Peer
	if e.Kind == trace.Deliver {
		from, to = to, from
	}
	t.add("message ", strconv.Itoa(int(e.Msg)))
	way := " from " + q.Index.Name(from) + " to " + q.Index.Name(to)
	switch e.Kind {
	case trace.Send:
		t.add(" (", printed(e.Text), ") leaves ", q.Index.Name(from), " for ", q.Index.Name(to))
		q.cargo(t, e.Ops)
	case trace.Deliver:
		t.add(" from ", q.Index.Name(from), " reaches ", q.Index.Name(to))
	case trace.Drop:
		t.add(way, " is lost: ", q.cause(e.Text))
	case trace.Hold:
		t.add(way, " is held up: ", q.cause(e.Text))
	case trace.Release:
		t.add(way, " goes on, to land at ", instant(model.Time(e.N)))
	}
}

func (q *inquest) stepOther(e *trace.Event, t *text) {
	node := q.Index.Name(e.Node)
	switch e.Kind {
	case trace.Statement:
		t.add("the command ", shorten(printed(e.Text)))
	case trace.PolicyStart:
		t.add("the policy is ", printed(e.Text), " from here on")
	case trace.NodeBoot:
		t.add(node, " starts (", printed(e.Text), ")")
	case trace.Serving:
		t.add(node, " has its state and serves")
	case trace.LinkChange:
		t.add(node, "->", q.Index.Name(e.Peer), " ", linkState(e.Link()))
	case trace.HostChange:
		t.add(node, " is ", printed(e.Text))
	case trace.Condition:
		t.add(node, ": ", printed(e.Text))
	case trace.Metric:
		t.add("the run's figure ", printed(e.Text), ": ", strconv.FormatInt(e.N, 10))
	case trace.Skipped:
		t.add(printed(e.Text), " never sent ", shorten(printed(e.Key)))
	case trace.Acquire, trace.Relinquish, trace.Access, trace.Effect, trace.Begin, trace.Commit, trace.Abort, trace.Mark, trace.Gauge, trace.Levels:
		q.stepFact(e, node, t)
	case trace.Note:
		if says := e.Fields().Get("says"); says != "" {
			t.add(strings.TrimSuffix(printed(says), "."))
			return
		}
		if e.Node != 0 {
			t.add(node, " notes ")
		}
		t.add(printed(e.Text))
		for i, f := 0, e.Fields(); i+1 < len(f); i += 2 {
			t.add(", ", printed(f[i]), " ", printed(f[i+1]))
		}
	default:
		t.add(e.Kind.String())
	}
}

// linkState says how a direction of a link is.
func linkState(l *trace.Link) string {
	if l == nil || *l == (trace.Link{}) {
		return "is as it was at first"
	}
	var words []string
	switch {
	case l.Cut == "hold":
		words = append(words, "is cut and keeps what is sent ("+printed(l.Cause)+")")
	case l.Cut != "":
		words = append(words, "is cut and loses what is sent ("+printed(l.Cause)+")")
	}
	if l.Latency != "" {
		words = append(words, "has a delay of "+printed(l.Latency))
	}
	if l.Loss > 0 {
		words = append(words, "loses "+share(l.Loss))
	}
	if l.Duplicate > 0 {
		words = append(words, "sends twice "+share(l.Duplicate))
	}
	if l.Reorder > 0 {
		words = append(words, "lets be overtaken "+share(l.Reorder))
	}
	if l.Bandwidth != "" {
		words = append(words, "takes "+printed(l.Bandwidth))
	}
	if l.Flap != "" {
		words = append(words, "goes up and down ("+printed(l.Flap)+")")
	}
	return strings.Join(words, ", ")
}

func share(part float64) string { return strconv.FormatFloat(100*part, 'g', 3, 64) + "% of messages" }

// cause writes a fault, a partition by its sides.
func (q *inquest) cause(fault string) string {
	if q.words.nodes == nil {
		q.words.world = newWorld(q.Nodes)
	}
	return q.words.cause(fault)
}

// version names one write of a key: "v3".
func (q *inquest) version(t *text, op *trace.Op, key string) *text {
	n := op.Version(key)
	if n == 0 {
		return t.add(shorten(op.Command.String()))
	}
	return t.mark(trace.VersionName(n), n)
}

// versions names what a write is called, after its command: " (v3)".
func (q *inquest) versions(t *text, op *trace.Op) *text {
	if op.Command.Verb == model.CALL { // it has them only once it has written
		return t
	}
	for i, v := range op.Versions {
		t.add([]string{" (", ", "}[min(i, 1)]).mark(trace.VersionName(v.N), v.N)
		if len(op.Versions) > 1 {
			t.add(" of ", model.Quote(v.Key))
		}
		if i == len(op.Versions)-1 {
			t.add(")")
		}
	}
	return t
}

// names names the writes of a key: "v2 and v3".
func (q *inquest) names(t *text, ops []model.OpID, key string) *text {
	for i, op := range ops {
		switch {
		case i == maxNamed:
			return t.add(" and ", strconv.Itoa(len(ops)-i), " more")
		case i > 0 && i == len(ops)-1:
			t.add(" and ")
		case i > 0:
			t.add(", ")
		}
		if n := q.Index.Version(op, key); n > 0 {
			t.mark(trace.VersionName(n), n)
		} else {
			t.add("a write that the trace does not name")
		}
	}
	return t
}

// maxNamed bounds how many versions a sentence names.
const maxNamed = 6

// cargo names what a message carries: " with v3 of cart".
func (q *inquest) cargo(t *text, ops []model.OpID) *text {
	for i, id := range ops {
		if i == maxNamed {
			return t.add(" and ", strconv.Itoa(len(ops)-i), " more")
		}
		sep := " with "
		if i > 0 {
			sep = ", "
		}
		op := q.Index.Op(id)
		if op == nil || len(op.Versions) == 0 || op.Command.Verb == model.CALL && q.Index.WriterBy(op.Versions[0].Key, op.Versions[0].N, q.N) == nil {
			t.add(sep, "operation ", strconv.Itoa(int(id)))
			continue
		}
		for j, v := range op.Versions {
			if q.Index.WriterBy(v.Key, v.N, q.N) == nil {
				continue
			}
			if j > 0 {
				sep = ", "
			}
			t.add(sep).mark(trace.VersionName(v.N), v.N).add(" of ", model.Quote(v.Key))
		}
	}
	return t
}
