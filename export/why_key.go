package export

import (
	"slices"

	"capsim/model"
	"capsim/trace"
)

// ofKey explains a key: who holds what of it, since when they differ, and why.
func (q *inquest) ofKey(of Subject) {
	keys := q.view.Keys()
	if !slices.Contains(keys, of.Key) {
		return
	}
	q.title("the key ", model.Quote(of.Key))
	q.holdings(of.Key)
	newest := q.newest(of.Key)
	if !q.view.Diverged(of.Key) {
		q.say(Good, new(text).add("It is converged: the nodes that are up hold the same writes."))
		q.mark(newest)
	} else {
		q.diverged(of.Key, newest)
	}
	if newest != nil {
		q.next(Subject{Kind: VersionSubject, Op: newest.ID, Key: of.Key})
	}
	for n := model.NodeID(1); int(n) <= q.Nodes; n++ {
		q.next(Subject{Kind: CellSubject, Node: n, Key: of.Key})
	}
}

// holdings says what each node serves of a key.
func (q *inquest) holdings(key string) {
	t := new(text)
	for i := range q.view.Nodes {
		n := &q.view.Nodes[i]
		if i > 0 {
			t.add(", ")
		}
		c := q.view.Cell(n.ID, key)
		switch {
		case !n.IsUp():
			t.add(n.ID.String(), " is down")
		case c != nil && c.Doubt != 0:
			t.add(n.ID.String(), " is in doubt")
		default:
			q.held(t.add(n.ID.String(), " serves "), c.Serves(), key)
		}
	}
	q.say(Plain, t.add("."))
}

// newest returns the last write of a key that took its place; nil if there is none.
func (q *inquest) newest(key string) *trace.Op {
	lo, hi := 0, 1
	for q.Index.WriterBy(key, hi, q.N) != nil {
		lo, hi = hi, 2*hi
	}
	for hi-lo > 1 {
		if m := (lo + hi) / 2; q.Index.WriterBy(key, m, q.N) != nil {
			lo = m
		} else {
			hi = m
		}
	}
	for n := lo; n > 0 && lo-n < 1000; n-- {
		if op := q.Index.WriterBy(key, n, q.N); op != nil && q.has(op.Wrote) {
			return op
		}
	}
	return nil
}

// diverged says since when nodes differ about a key, what began it, and why it lasts.
func (q *inquest) diverged(key string, newest *trace.Op) {
	since := q.divergedSince(key)
	t := new(text).add("It has been diverged")
	if since != 0 {
		q.show(since)
		t.add(" since ", q.when(since), ": ")
		q.append(t, q.step(since))
	}
	q.say(Bad, t.add("."))
	if newest == nil {
		return
	}
	q.mark(newest)
	tr := q.trail(newest, key, q.N)
	t = new(text).add("The last write of it is ")
	q.version(t, newest, key).add(", ", q.words.whose(newest), q.mark(newest), " at ", newest.Node.String(), ":")
	q.say(Plain, t)
	for n := model.NodeID(1); int(n) <= q.Nodes; n++ {
		q.whereabouts(tr, n, false)
	}
}

// divergedSince returns the event since which nodes that are up hold different writes of
// a key.
func (q *inquest) divergedSince(key string) int {
	last := make([][]model.OpID, q.Nodes+1)
	down := make([]bool, q.Nodes+1)
	since := 0
	for n := 1; n <= q.N; n++ {
		e := q.Log.At(n)
		if e.Node < 1 || int(e.Node) > q.Nodes {
			continue
		}
		switch {
		case e.Kind == trace.Applied && e.Key == key:
			if e.Record() != nil {
				ops := e.Record().Ops()
				slices.Sort(ops)
				last[e.Node] = slices.Compact(ops)
			}
		case e.Kind == trace.HostChange:
			switch e.Text {
			case "crashed":
				down[e.Node] = true
			case "wiped":
				down[e.Node], last[e.Node] = true, nil
			case "restarted":
				down[e.Node] = false
			}
		default:
			continue
		}
		switch differs := differ(last, down); {
		case differs && since == 0:
			since = n
		case !differs:
			since = 0
		}
	}
	return since
}

func differ(last [][]model.OpID, down []bool) bool {
	first := -1
	for i := 1; i < len(last); i++ {
		switch {
		case down[i]:
		case first < 0:
			first = i
		case !slices.Equal(last[i], last[first]):
			return true
		}
	}
	return false
}

// ofCell explains what a node holds of a key.
func (q *inquest) ofCell(of Subject) {
	if q.view.Node(of.Node) == nil || !slices.Contains(q.view.Keys(), of.Key) {
		return
	}
	q.title(model.Quote(of.Key), " at ", of.Node.String())
	c := q.view.Cell(of.Node, of.Key)
	t := new(text).add(of.Node.String(), " serves ")
	ops := c.Serves().Ops()
	if n := q.view.Node(of.Node); !n.IsUp() {
		t = new(text).add(of.Node.String(), " is down, and serves nothing; on its disk is ")
		ops = nil
		if c != nil {
			ops = c.Last.Ops()
		}
	}
	if len(ops) == 0 {
		t.add("nothing")
	} else {
		q.names(t, ops, of.Key)
	}
	q.say(Plain, t.add(" of ", model.Quote(of.Key), "."))
	if c != nil {
		q.show(c.Event)
	}
	for i, id := range ops {
		if op := q.op(id); op != nil && i < maxMarked {
			if q.mark(op); len(ops) > 1 {
				q.say(Quiet, q.version(new(text).add("Of "), op, of.Key).add(", ", q.words.whose(op), q.mark(op), ":"))
			}
			q.whereabouts(q.trail(op, of.Key, q.N), of.Node, true)
			q.next(Subject{Kind: VersionSubject, Op: id, Key: of.Key, Node: of.Node})
		}
	}
	if newest := q.newest(of.Key); newest != nil && !slices.Contains(ops, newest.ID) {
		t := new(text).add("The last write of the key is ")
		q.version(t, newest, of.Key).add(", ", q.words.whose(newest), q.mark(newest), ":")
		q.say(Plain, t)
		q.whereabouts(q.trail(newest, of.Key, q.N), of.Node, true)
	}
	q.next(Subject{Kind: KeySubject, Key: of.Key})
	q.next(Subject{Kind: NodeSubject, Node: of.Node})
}
