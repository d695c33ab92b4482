package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// ofNode explains a node's state, or that of a remote client's host.
func (q *inquest) ofNode(of Subject) {
	h := q.view.Host(of.Node)
	if h == nil {
		return
	}
	name := q.view.Name(of.Node)
	q.title(name)
	at := q.lastHost(of.Node, q.N)
	t := new(text).add(name, " has been ", stateWord(h.State))
	tone := Good
	if h.State != trace.Up {
		tone = Bad
	}
	if at == 0 {
		q.say(tone, t.add(" since the start."))
	} else {
		q.show(at)
		t.add(" since ", q.when(at))
		q.blame(t, at)
		q.say(tone, t.add("."))
	}
	if int(of.Node) <= q.Nodes {
		q.service(h)
	}
	q.ofItself(h)
	if c := h.Condition(); c != "" {
		n := q.lastOf(trace.Condition, of.Node)
		q.show(n)
		t := new(text).add("It has run otherwise than it should since ", q.when(n), ": ", printed(c))
		q.blame(t, n)
		q.say(Fault, t.add("."))
	}
	q.reach(of.Node)
	q.noted(of.Node)
	q.openAt(of.Node)
	for _, key := range q.view.Keys() {
		if c := q.view.Cell(of.Node, key); c != nil && len(q.e.Next) < 20 {
			q.next(Subject{Kind: CellSubject, Node: of.Node, Key: key})
		}
	}
}

// blame adds the statement that did something, if the trace shows one.
func (q *inquest) blame(t *text, event int) {
	if n := q.because(event); n != 0 {
		q.show(n)
		t.add(", by ", q.cause(q.Log.At(n).Text))
	}
}

// lastOf returns the last event of a kind at a node; 0 if there is none.
func (q *inquest) lastOf(k trace.Kind, node model.NodeID) int {
	for n := q.N; n > 0; n-- {
		if e := q.Log.At(n); e.Kind == k && e.Node == node {
			return n
		}
	}
	return 0
}

// service says whether a node serves, and how much.
func (q *inquest) service(h *trace.NodeView) {
	if !h.IsUp() {
		return
	}
	if !h.Serving {
		q.say(Fault, new(text).add("It has not taken in its state yet, and serves nothing."))
		return
	}
	n := q.lastOf(trace.Serving, h.ID)
	q.show(n)
	if len(q.view.Keys()) == 0 {
		q.say(Plain, new(text).add("It has served since ", q.when(n), ", in its incarnation ", strconv.Itoa(h.Incarnation), "."))
		return
	}
	held, apart := 0, 0
	for _, key := range q.view.Keys() {
		if q.view.Cell(h.ID, key).Serves() != nil {
			held++
		}
		if q.view.Diverged(key) {
			apart++
		}
	}
	t := new(text).add("It has served since ", q.when(n), ", in its incarnation ", strconv.Itoa(h.Incarnation), ", and has ",
		strconv.Itoa(held), plural(held, " key", " keys"), ". ")
	if apart > 0 {
		q.say(Fault, t.add("Of all keys, ", strconv.Itoa(apart), plural(apart, " is", " are"), " not the same at every node that is up."))
		return
	}
	q.say(Plain, t.add("No key differs between the nodes that are up."))
}

// reach says whom a node can't send to or hear from.
func (q *inquest) reach(node model.NodeID) {
	told := 0
	for id := model.NodeID(1); int(id) <= q.Nodes+len(q.view.Clients); id++ {
		for _, l := range [...]pair{{node, id}, {id, node}} {
			if id == node || q.view.Link(l.from, l.to).Cut == "" {
				continue
			}
			if told++; told <= 2*maxNamed {
				q.cut(l.from, l.to)
				q.next(Subject{Kind: LinkSubject, Node: l.from, Peer: l.to})
			}
		}
	}
	if told == 0 && q.Nodes > 1 {
		q.say(Plain, new(text).add("No link of it is cut."))
	}
}

// cut says since when a direction is cut, and by what.
func (q *inquest) cut(from, to model.NodeID) {
	l := q.view.Link(from, to)
	n := q.cutSince(from, to, q.N)
	q.show(n)
	q.fault(l.Cause, n)
	what := ": what is sent over it is lost."
	if l.Cut == "hold" {
		what = ": what is sent over it waits."
	}
	q.say(Bad, new(text).add(q.Index.Name(from), "->", q.Index.Name(to), " has been cut since ", q.when(n), ", by ", q.cause(l.Cause), what))
}

// noted repeats what the story told last of a node's own doings.
func (q *inquest) noted(node model.NodeID) {
	for i, seen := q.lineAt(q.N+1)-1, 0; i >= 0 && seen < 20_000; i-- {
		seen++
		l := &q.Story[i]
		if e := q.Log.At(l.Event); e.Kind == trace.Note && e.Node == node {
			q.show(l.Event)
			q.tell(l)
			return
		}
	}
}

// openAt lists the operations that wait for a node.
func (q *inquest) openAt(node model.NodeID) {
	ops := q.Index.Ops()
	told := 0
	for i, seen := len(ops)-1, 0; i >= 0 && seen < 5_000 && told < 3; i-- {
		op := ops[i]
		seen++
		if op.Node != node || op.System || op.Invoked > q.N || q.has(op.Returned) || !complete(op.Command) {
			continue
		}
		told++
		q.say(Quiet, new(text).add(q.words.whose(op), q.mark(op), " has waited for its answer since ", instant(op.At), "."))
	}
}

// ofLink explains a link, in both directions.
func (q *inquest) ofLink(of Subject) {
	if q.view.Host(of.Node) == nil || q.view.Host(of.Peer) == nil || of.Node == of.Peer {
		return
	}
	a, b := of.Node, of.Peer
	q.title("the link ", q.Index.Name(a), "-", q.Index.Name(b))
	for _, l := range [...]pair{{a, b}, {b, a}} {
		q.direction(l)
	}
	q.traffic(a, b)
	q.next(Subject{Kind: NodeSubject, Node: a})
	q.next(Subject{Kind: NodeSubject, Node: b})
}

// direction says how one direction of a link is.
func (q *inquest) direction(p pair) {
	l := q.view.Link(p.from, p.to)
	if l.Cut != "" {
		q.cut(p.from, p.to)
		l.Cut, l.Cause = "", ""
		if l == (trace.Link{}) {
			return
		}
	}
	t := new(text).add(q.Index.Name(p.from), "->", q.Index.Name(p.to), " ")
	last := q.lastLink(p)
	if l == (trace.Link{}) {
		t.add("lets messages pass")
		if last != 0 {
			q.show(last)
			t.add(", again since ", q.when(last))
			q.blame(t, last)
		}
		q.say(Good, t.add("."))
		return
	}
	q.show(last)
	t.add(linkState(&l))
	if last != 0 {
		t.add("; it changed last at ", q.when(last))
		q.blame(t, last)
	}
	q.say(Fault, t.add("."))
}

// lastLink returns the event that last changed a direction; 0 if it is as at first.
func (q *inquest) lastLink(p pair) int {
	for n := q.N; n > 0; n-- {
		if e := q.Log.At(n); e.Kind == trace.LinkChange && e.Node == p.from && e.Peer == p.to {
			return n
		}
	}
	return 0
}

// traffic says what is on a link, and what was lost on it.
func (q *inquest) traffic(a, b model.NodeID) {
	sent, lost, held, under := 0, 0, 0, 0
	for n := 1; n <= q.N; n++ {
		e := q.Log.At(n)
		if e.Kind != trace.Send && e.Kind != trace.Drop || !(e.Node == a && e.Peer == b || e.Node == b && e.Peer == a) {
			continue
		}
		if e.Kind == trace.Send {
			sent++
		} else {
			lost++
		}
	}
	for _, f := range q.view.Flight() {
		if !(f.From == a && f.To == b || f.From == b && f.To == a) {
			continue
		}
		if under++; f.Held {
			held++
		}
		if under <= maxNamed {
			q.next(Subject{Kind: MessageSubject, Msg: f.Msg})
			if j := q.journey(f.Msg); j != nil {
				q.show(j.events()...)
			}
		}
	}
	t := new(text).add("Of ", strconv.Itoa(sent), plural(sent, " message", " messages"), " sent over it so far, ", strconv.Itoa(lost),
		plural(lost, " was lost", " were lost"))
	if held > 0 {
		t.add(", ", strconv.Itoa(held), plural(held, " is", " are"), " held up")
	}
	if n := under - held; n > 0 {
		t.add(", ", strconv.Itoa(n), plural(n, " is", " are"), " under way")
	}
	q.say(Plain, t.add("."))
}
