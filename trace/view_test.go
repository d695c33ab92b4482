package trace

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"testing"

	"capsim/model"
)

// naive is the fold written again, as plainly as can be.
type naive struct {
	nodes   int
	state   map[model.NodeID]NodeState
	serving map[model.NodeID]bool
	boots   map[model.NodeID]int
	marks   map[model.NodeID]string
	cells   map[model.NodeID]map[string]*Cell
	links   map[[2]model.NodeID]Link
	wire    map[model.MsgID]Flight
	policy  string
	stretch int
	keys    []string
}

func naiveView(nodes int, l *Log, n int) *naive {
	v := &naive{
		nodes: nodes, state: map[model.NodeID]NodeState{}, serving: map[model.NodeID]bool{}, boots: map[model.NodeID]int{}, marks: map[model.NodeID]string{},
		cells: map[model.NodeID]map[string]*Cell{}, links: map[[2]model.NodeID]Link{}, wire: map[model.MsgID]Flight{},
	}
	for i := 1; i <= n; i++ {
		v.fold(i, l.At(i))
	}
	return v
}

func (v *naive) fold(n int, e *Event) {
	mention := func(key string) {
		if !slices.Contains(v.keys, key) {
			v.keys = append(v.keys, key)
		}
	}
	switch e.Kind {
	case Invoke, SystemWrite:
		for _, k := range e.Call().Command.Keys() {
			mention(k)
		}
	case Wrote, Discarded:
		mention(e.Key)
	case Applied:
		mention(e.Key)
		if v.cells[e.Node] == nil {
			v.cells[e.Node] = map[string]*Cell{}
		}
		c := v.cells[e.Node][e.Key]
		if c == nil {
			c = &Cell{}
			v.cells[e.Node][e.Key] = c
		}
		c.Key, c.At, c.Event, c.Record = e.Key, e.At, n, e.Record()
		if c.Record != nil {
			c.Last = c.Record
			for _, h := range c.Record.Heads {
				if !slices.Contains(c.Seen, h.Op) {
					c.Seen = append(c.Seen, h.Op)
				}
				if len(c.Seen) > SeenCap {
					c.Seen = c.Seen[1:]
				}
			}
		}
	case Doubt:
		mention(e.Key)
		if e.Node < 1 || int(e.Node) > v.nodes {
			break
		}
		if v.cells[e.Node] == nil {
			v.cells[e.Node] = map[string]*Cell{}
		}
		c := v.cells[e.Node][e.Key]
		if c == nil {
			c = &Cell{}
			v.cells[e.Node][e.Key] = c
		}
		c.Key, c.Doubt = e.Key, e.Op
	case Send:
		v.wire[e.Msg] = Flight{Msg: e.Msg, From: e.Node, To: e.Peer, Kind: e.Text, Ops: e.Ops, Sent: e.At, Due: model.Time(e.N)}
	case Deliver, Drop:
		delete(v.wire, e.Msg)
	case Hold:
		f, ok := v.wire[e.Msg]
		if !ok {
			f = Flight{Msg: e.Msg, From: e.Node, To: e.Peer, Sent: e.At}
		}
		f.Held, f.Cause = true, e.Text
		v.wire[e.Msg] = f
	case Release:
		if f, ok := v.wire[e.Msg]; ok {
			f.Held, f.Cause, f.Due = false, "", model.Time(e.N)
			v.wire[e.Msg] = f
		}
	case PolicyStart:
		v.policy, v.stretch = e.Text, int(e.N)
		for id := range v.cells {
			v.settle(id)
		}
	case NodeBoot:
		v.settle(e.Node)
		v.boots[e.Node], v.serving[e.Node] = int(e.N), false
		delete(v.marks, e.Node)
	case Serving:
		v.serving[e.Node] = true
	case HostChange:
		v.state[e.Node] = map[string]NodeState{"crashed": Down, "wiped": WipedDown, "paused": Paused}[e.Text]
		if e.Text == "wiped" {
			delete(v.cells, e.Node)
		}
		if e.Text == "crashed" || e.Text == "wiped" {
			v.serving[e.Node] = false
			v.settle(e.Node)
			delete(v.marks, e.Node)
		}
	case Mark:
		v.marks[e.Node] = e.Text
	case LinkChange:
		v.links[[2]model.NodeID{e.Node, e.Peer}] = *e.Link()
	}
}

// settle ends a node's doubts.
func (v *naive) settle(id model.NodeID) {
	for _, c := range v.cells[id] {
		c.Doubt = 0
	}
}

func (v *naive) diverged(key string) bool {
	var sets [][]model.OpID
	for id := model.NodeID(1); int(id) <= v.nodes; id++ {
		if v.state[id] == Up || v.state[id] == Paused {
			set := []model.OpID{}
			if c := v.cells[id][key]; c != nil {
				set = append(set, c.Last.Ops()...)
			}
			slices.Sort(set)
			sets = append(sets, set)
		}
	}
	return slices.ContainsFunc(sets, func(s []model.OpID) bool { return !slices.Equal(s, sets[0]) })
}

// compare returns how the view differs from the naive one; "" if it does not.
func (v *naive) compare(got *View) string {
	if got.Policy != v.policy || got.Stretch != v.stretch || len(got.Nodes) != v.nodes {
		return fmt.Sprintf("policy %q, stretch %d, %d nodes", got.Policy, got.Stretch, len(got.Nodes))
	}
	if !slices.Equal(got.Keys(), v.keys) {
		return fmt.Sprintf("keys %q, want %q", got.Keys(), v.keys)
	}
	converged := true
	for _, key := range append([]string{"never mentioned"}, v.keys...) {
		if got.Diverged(key) != v.diverged(key) {
			return fmt.Sprintf("%s diverged: %v", key, got.Diverged(key))
		}
		converged = converged && !v.diverged(key)
		for id := model.NodeID(0); int(id) <= v.nodes+1; id++ {
			c, want := got.Cell(id, key), v.cells[id][key]
			if id < 1 || int(id) > v.nodes {
				want = nil
			}
			if (c == nil) != (want == nil) {
				return fmt.Sprintf("cell %s at %v: %+v, want %+v", key, id, c, want)
			}
			if c != nil {
				plain := *c
				plain.epoch, plain.Seen = 0, append([]model.OpID(nil), c.Seen...)
				if !reflect.DeepEqual(plain, *want) {
					return fmt.Sprintf("cell %s at %v: %+v, want %+v", key, id, plain, *want)
				}
			}
		}
	}
	if got.Converged() != converged {
		return fmt.Sprintf("converged: %v", got.Converged())
	}
	for i := range got.Nodes {
		n := &got.Nodes[i]
		if n.ID != model.NodeID(i+1) || n.State != v.state[n.ID] || n.Serving != v.serving[n.ID] || n.Incarnation != v.boots[n.ID] || n.Mark != v.marks[n.ID] {
			return fmt.Sprintf("node %+v", n)
		}
		for j := range got.Nodes {
			if l := got.Link(n.ID, model.NodeID(j+1)); l != v.links[[2]model.NodeID{n.ID, model.NodeID(j + 1)}] {
				return fmt.Sprintf("link from %v to n%d: %+v", n.ID, j+1, l)
			}
		}
	}
	flights := make([]Flight, 0)
	for _, f := range v.wire {
		flights = append(flights, f)
	}
	sort.Slice(flights, func(i, j int) bool { return flights[i].Msg < flights[j].Msg })
	if !reflect.DeepEqual(got.Flight(), flights) {
		return fmt.Sprintf("flights %+v, want %+v", got.Flight(), flights)
	}
	return ""
}

// generator makes a log that is like a run's: writes spread, links and nodes fail.
type generator struct {
	r     *rand.Rand
	log   *Log
	nodes int
	keys  int
	at    model.Time
	op    model.OpID
	msg   model.MsgID
	wire  []Event
	last  map[string]*model.Record
	down  bool // whether nodes and links fail
}

func newGenerator(seed uint64, nodes, keys int, faults bool) *generator {
	return &generator{r: rand.New(rand.NewPCG(seed, 1)), log: &Log{}, nodes: nodes, keys: keys, last: map[string]*model.Record{}, down: faults}
}

func (g *generator) add(e Event) {
	e.At = g.at
	g.log.Append(e)
}

func (g *generator) node() model.NodeID { return model.NodeID(1 + g.r.IntN(g.nodes)) }

// write is a write that its node applies and sends to the others.
func (g *generator) write() {
	g.op++
	key, node := fmt.Sprintf("key%d", g.r.IntN(g.keys)), g.node()
	g.add(Event{Kind: Invoke, Op: g.op, Node: node, Body: &Call{Client: "alice", Command: model.Command{Verb: model.SET, Args: []string{key, "x"}}}})
	old := g.last[key]
	dot := model.Dot{Actor: model.Actor{Node: node, Life: 1}}
	dot.N = old.Vector().Of(dot.Actor) + 1
	w := model.Write{Op: g.op, Dot: dot, Stamp: model.Stamp{Wall: g.at, Logical: int32(g.op), Actor: dot.Actor}}
	w.Effect = model.Effect{Key: key, Value: model.Text("x")}
	if g.r.IntN(4) > 0 { // else a sibling
		w.Seen = old.Vector()
	}
	if g.r.IntN(8) == 0 {
		w.Effect = model.Effect{Key: key, Kind: model.Delete}
	}
	rec, over := old.Write(w, model.KeepSiblings)
	g.last[key] = rec
	g.add(Event{Kind: Wrote, Op: g.op, Node: node, Key: key, Ops: over})
	g.add(Event{Kind: Applied, Node: node, Key: key, Body: rec})
	for p := model.NodeID(1); int(p) <= g.nodes; p++ {
		if p != node {
			g.msg++
			e := Event{Kind: Send, Node: node, Peer: p, Msg: g.msg, Text: "ap.write", N: int64(g.at) + 10, Ops: []model.OpID{g.op}, Key: key, Body: rec}
			g.wire = append(g.wire, e)
			g.add(Event{Kind: Send, Node: node, Peer: p, Msg: g.msg, Text: "ap.write", N: e.N, Ops: e.Ops})
		}
	}
	r := model.Answered(model.OK)
	g.add(Event{Kind: Return, Op: g.op, Node: node, Body: &r})
}

// arrive lets a message arrive or be lost.
func (g *generator) arrive() {
	if len(g.wire) == 0 {
		return
	}
	i := g.r.IntN(min(len(g.wire), 20))
	m := g.wire[i]
	g.wire = slices.Delete(g.wire, i, i+1)
	if g.down && g.r.IntN(10) == 0 {
		g.add(Event{Kind: Drop, Node: m.Node, Peer: m.Peer, Msg: m.Msg, Text: "loss"})
		return
	}
	g.add(Event{Kind: Deliver, Node: m.Peer, Peer: m.Node, Msg: m.Msg})
	g.add(Event{Kind: Applied, Node: m.Peer, Key: m.Key, Body: m.Body})
}

func (g *generator) fault() {
	a, b := g.node(), g.node()
	switch g.r.IntN(13) {
	case 11, 12:
		g.add(Event{Kind: Mark, Node: a, Text: []string{"leader", "follower", ""}[g.r.IntN(3)]})
	case 9, 10:
		g.add(Event{Kind: Doubt, Node: a, Key: fmt.Sprintf("key%d", g.r.IntN(g.keys)), Op: model.OpID(g.r.IntN(3))})
	case 0:
		if len(g.wire) > 0 {
			m := g.wire[g.r.IntN(len(g.wire))]
			g.add(Event{Kind: Hold, Node: m.Node, Peer: m.Peer, Msg: m.Msg, Text: "cut"})
		}
	case 1:
		if len(g.wire) > 0 {
			m := g.wire[g.r.IntN(len(g.wire))]
			g.add(Event{Kind: Release, Node: m.Node, Peer: m.Peer, Msg: m.Msg, N: int64(g.at) + 3})
		}
	case 2:
		g.msg++
		g.add(Event{Kind: Hold, Node: a, Peer: b, Msg: g.msg, Text: "unsent"})
	case 3:
		g.add(Event{Kind: LinkChange, Node: a, Peer: b, Body: &Link{Cut: []string{"", "drop"}[g.r.IntN(2)]}})
	case 4, 5:
		g.add(Event{Kind: HostChange, Node: a, Text: []string{"crashed", "wiped", "restarted", "paused", "resumed"}[g.r.IntN(5)]})
	case 6:
		g.add(Event{Kind: NodeBoot, Node: a, N: int64(g.r.IntN(5)), Text: "restart"})
	case 7:
		g.add(Event{Kind: Serving, Node: a})
	case 8:
		g.add(Event{Kind: PolicyStart, Text: "cp", N: int64(g.r.IntN(3))})
		g.add(Event{Kind: Applied, Node: a, Key: "key0"})
		g.add(Event{Kind: Deliver, Node: a, Peer: b, Msg: 1 << 30})
		g.add(Event{Kind: Applied, Node: 99, Key: "elsewhere"})
	}
}

func (g *generator) grow(events int) *Log {
	for g.log.Len() < events {
		g.at += model.Time(g.r.IntN(3))
		switch k := g.r.IntN(10); {
		case k < 3:
			g.write()
		case k < 9 || !g.down:
			g.arrive()
		default:
			g.fault()
		}
	}
	return g.log
}

// TestViewAgainstNaive asks for views back and forth, of logs that grow, and checks
// that those given out before stay as they were.
func TestViewAgainstNaive(t *testing.T) {
	for seed := range uint64(60) {
		g := newGenerator(seed, 1+int(seed%4), 1+int(seed*7%90), true)
		g.grow(200)
		f := NewFolder(g.nodes, g.log.Snapshot())
		type kept struct {
			v    *View
			want *naive
		}
		var views []kept
		check := func(n int) {
			want := naiveView(g.nodes, g.log, n)
			if diff := want.compare(f.Fold(n)); diff != "" {
				t.Fatalf("seed %d, folded to %d: %s", seed, n, diff)
			}
			v := f.View(n)
			if diff := want.compare(v); diff != "" || v.N != n || n > 0 && v.At != g.log.At(n).At {
				t.Fatalf("seed %d, view of %d: %s", seed, n, diff)
			}
			views = append(views, kept{v, want})
		}
		for round := range 12 {
			check(f.Len())
			n := g.r.IntN(f.Len() + 1)
			check(n)
			check(min(n+1, f.Len()))
			check(g.r.IntN(f.Len() + 1))
			g.grow(g.log.Len() + 1 + g.r.IntN(300)*(round%3))
			f.Extend(g.log.Snapshot())
		}
		for _, k := range views {
			if diff := k.want.compare(k.v); diff != "" {
				t.Fatalf("seed %d: the view of %d has changed: %s", seed, k.v.N, diff)
			}
		}
	}
}

// TestViewAcrossCheckpoints does the same where there are many checkpoints.
func TestViewAcrossCheckpoints(t *testing.T) {
	g := newGenerator(5, 3, 40, true)
	g.grow(5*markEvery + 100)
	f := NewFolder(3, g.log)
	f.Fold(f.Len())
	if len(f.marks) < 5 {
		t.Fatalf("%d checkpoints", len(f.marks))
	}
	for _, n := range []int{3 * markEvery, 3*markEvery - 1, 3*markEvery + 1, 0, 7, f.Len() - 1, f.Len(), 2 * markEvery} {
		if diff := naiveView(3, g.log, n).compare(f.View(n)); diff != "" {
			t.Errorf("view of %d: %s", n, diff)
		}
	}
	if f.View(-1).N != 0 || f.View(1<<40).N != f.Len() {
		t.Error("an n out of range is not brought into it")
	}
}

func TestEventAt(t *testing.T) {
	l := &Log{}
	for _, at := range []model.Time{0, 0, 5, 5, 5, 9} {
		l.Append(Event{At: at, Kind: Serving})
	}
	f := NewFolder(1, l)
	for at, want := range map[model.Time]int{-1: 0, 0: 2, 4: 2, 5: 5, 8: 5, 9: 6, model.Never: 6} {
		if got := f.EventAt(at); got != want {
			t.Errorf("at %v: event %d, want %d", at, got, want)
		}
	}
	if NewFolder(1, &Log{}).EventAt(7) != 0 {
		t.Error("an empty log has an event")
	}
}

func TestSiblingsInAnotherOrderAreTheSame(t *testing.T) {
	a := &model.Record{Heads: []model.Head{{Op: 1}, {Op: 2}, {Op: 9, Kind: model.Delete}}}
	b := &model.Record{Heads: []model.Head{{Op: 8, Kind: model.Delete}, {Op: 2}, {Op: 1}}}
	if !sameWrites(a, b) || sameWrites(a, nil) || !sameWrites(nil, &model.Record{Heads: b.Heads[:1]}) {
		t.Error("wrong")
	}
}

// What a view has seen stays as it is, whatever the folder does with the views that share its
// lists.
func TestSeenIsKept(t *testing.T) {
	l := newGenerator(1, 3, 3, false).grow(20_000)
	seen := func(v *View) (out [][]model.OpID) {
		for i := range v.Nodes {
			for _, key := range v.Keys() {
				if c := v.Cell(v.Nodes[i].ID, key); c != nil {
					out = append(out, slices.Clone(c.Seen))
				}
			}
		}
		return out
	}
	f := NewFolder(3, l)
	kept := map[int]*View{}
	for _, n := range []int{100, 6000, 6001, 3000, 5900, 50, 9000, 4097, 4098, 12_000, 5000, 8193, 20_000, 12_001} {
		kept[n] = f.View(n)
		for range 300 { // goes on from there, and back
			n++
			f.Fold(n)
		}
	}
	for n, v := range kept {
		if got, want := seen(v), seen(NewFolder(3, l).View(n)); !reflect.DeepEqual(got, want) {
			t.Errorf("after event %d: %v, afresh %v", n, got, want)
		}
	}
}

func TestFlaps(t *testing.T) {
	l := &Log{}
	l.Append(Event{Kind: LinkChange, Node: 1, Peer: 2, Body: &Link{Flap: "up=1ms down=1ms"}})
	l.Append(Event{Kind: LinkChange, Node: 1, Peer: 2, Body: &Link{Loss: 1}})
	f := NewFolder(2, l)
	for n, want := range []bool{false, true, false} {
		if got := f.View(n).Flaps(); got != want {
			t.Errorf("after %d events: %v", n, got)
		}
	}
}
