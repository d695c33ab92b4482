package trace

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"capsim/model"
)

// markEvery is the least number of events between two checkpoints of a Folder.
const markEvery = 4096

// Folder folds a log into views: of any event, quickly, by checkpoints, and of the
// next one more quickly still.
//
// Invariants:
//  1. head has folded the events of log up to the latest that was asked for: who looks at
//     all of them in order folds each once.
//  2. marks ascend by N, the first is the empty view, and no two are much further
//     apart than markEvery events or a view is large.
type Folder struct {
	log    *Log
	length int // of log, at the last Extend
	keys   keyTable
	head   *View
	cur    *View // what View and Fold stepped to
	kept   *View // the last view given out
	marks  []*View
	epoch  uint64
}

// maxViews is how many nodes at most have a view of their own.
const maxViews = 1 << 10

// NewFolder folds the log of a cluster of n1 … nN.
func NewFolder(nodes int, l *Log) *Folder {
	f := &Folder{epoch: 1}
	f.head = &View{epoch: f.epoch, keys: &f.keys, Total: nodes}
	if nodes <= maxViews {
		f.head.Nodes = make([]NodeView, nodes)
	}
	for i := range f.head.Nodes {
		f.head.Nodes[i].ID = model.NodeID(i + 1)
	}
	f.marks = []*View{f.clone(f.head)}
	f.Extend(l)
	return f
}

// Extend takes in the events that came after those already there. The log is the
// one given before, or a longer snapshot of the same run.
func (f *Folder) Extend(l *Log) { f.log, f.length = l, l.Len() }

// reach folds the events up to the n-th.
func (f *Folder) reach(n int) {
	l, last := f.log, f.marks[len(f.marks)-1].N
	for f.head.N < n {
		n := f.head.N + 1
		e := l.At(n)
		f.keys.mention(n, e)
		f.head.fold(n, e)
		// Far enough apart that checkpoints cost no more memory than the log.
		if n-last >= markEvery && n-last >= f.head.size()/8 {
			f.marks = append(f.marks, f.clone(f.head))
			last = n
		}
	}
}

// Len returns the number of events taken in.
func (f *Folder) Len() int { return f.length }

// View returns the cluster after the first n events; n is brought into 0 … Len. The
// view stays as it is whatever the folder does next.
func (f *Folder) View(n int) *View {
	n = min(max(n, 0), f.length)
	if f.kept == nil || f.kept.N != n {
		f.kept = f.clone(f.Fold(n))
	}
	return f.kept
}

// Fold is View for those who look at many instants and keep none: the view is valid
// until the folder's next call.
func (f *Folder) Fold(n int) *View {
	n = min(max(n, 0), f.length)
	if n >= f.head.N {
		f.reach(n)
		return f.head
	}
	i := sort.Search(len(f.marks), func(i int) bool { return f.marks[i].N > n }) - 1
	if f.cur == nil || f.cur.N > n || f.cur.N < f.marks[i].N {
		f.epoch++
		f.cur = f.marks[i].clone(0)
		f.cur.epoch = f.epoch
	}
	for f.cur.N < n {
		f.cur.fold(f.cur.N+1, f.log.At(f.cur.N+1))
	}
	return f.cur
}

// EventAt returns the number of the last event at or before t; 0 if there is none.
func (f *Folder) EventAt(t model.Time) int {
	return sort.Search(f.length, func(i int) bool { return f.log.At(i+1).At > t })
}

// clone keeps a view that is being folded.
func (f *Folder) clone(v *View) *View {
	f.epoch++
	return v.clone(f.epoch)
}

// size estimates how much a checkpoint of the view takes, in pointers.
func (v *View) size() int {
	n := 5*v.wire.len() + 8*len(v.Nodes)
	for i := range v.Nodes {
		n += v.Nodes[i].cells.len()
	}
	return n
}

// fold takes in event n.
func (v *View) fold(n int, e *Event) {
	v.N, v.At = n, e.At
	switch e.Kind {
	case Applied:
		v.applied(n, e)
	case Doubt:
		v.doubt(e)
	case Send:
		v.wire.put(flight{msg: e.Msg, sent: e, due: model.Time(e.N)})
	case Deliver, Drop:
		v.wire.take(e.Msg)
	case Hold:
		v.wire.hold(e)
	case Release:
		v.wire.release(e)
	case PolicyStart:
		v.Policy, v.Stretch, v.Apart = e.Text, int(e.N), e.Key == ApartRecords
		for i := range v.Nodes {
			v.Nodes[i].cells.settle(v.epoch)
		}
	case NodeBoot, Serving, HostChange:
		if e.Kind == NodeBoot && e.Key != "" {
			v.addClient(e)
		}
		if node := v.Host(e.Node); node != nil {
			v.host(node, e)
		}
	case Condition:
		if node := v.Host(e.Node); node != nil {
			node.condition(e.Text)
		}
	case Mark:
		if node := v.Host(e.Node); node != nil {
			node.Mark = e.Text
		}
	case LinkChange:
		v.setLink(e)
	case Levels:
		v.Census = e.Census()
	}
}

func (v *View) applied(n int, e *Event) {
	node := v.Node(e.Node)
	k, ok := v.keys.find(e.Key)
	if node == nil || !ok {
		return
	}
	c := node.cells.own(k, v.epoch)
	c.Key, c.At, c.Event, c.Record = e.Key, e.At, n, e.Record()
	if c.Record != nil {
		c.Last = c.Record
		c.saw(c.Record)
	}
	v.judge(k)
}

// maxClients bounds the remote clients of a view; a run has fewer.
const maxClients = 32

// addClient takes in a remote client when its host boots first.
func (v *View) addClient(e *Event) {
	if n := len(v.Clients); n < maxClients && int(e.Node) == v.Total+n+1 {
		v.Clients = append(v.Clients, NodeView{ID: e.Node, Name: e.Key})
	}
}

func (v *View) doubt(e *Event) {
	node := v.Node(e.Node)
	if k, ok := v.keys.find(e.Key); ok && node != nil {
		c := node.cells.own(k, v.epoch)
		c.Key, c.Doubt = e.Key, e.Op
	}
}

func (v *View) host(node *NodeView, e *Event) {
	up := node.IsUp()
	switch {
	case e.Kind == NodeBoot:
		node.Incarnation, node.Serving, node.Mark = int(e.N), false, ""
		node.cells.settle(v.epoch)
	case e.Kind == Serving:
		node.Serving = true
	case e.Text == "crashed":
		node.State, node.Serving, node.Mark = Down, false, ""
		node.cells.settle(v.epoch)
	case e.Text == "wiped":
		node.State, node.Serving, node.Mark, node.cells = WipedDown, false, "", nil
	case e.Text == "restarted", e.Text == "resumed":
		node.State = Up
	case e.Text == "paused":
		node.State = Paused
	}
	if up != node.IsUp() {
		v.judgeAll()
	}
}

// condition takes in how the host runs now.
func (n *NodeView) condition(how string) {
	what, figure, _ := strings.Cut(how, " ")
	if figure == "off" {
		figure = ""
	}
	switch what {
	case "slow":
		n.Slow = figure
	case "skew":
		n.Skew = figure
	case "drift":
		n.Drift = figure
	}
}

// Condition says how the host runs, if not as it should: "slow +5ms, skew -500ms"; ""
// if it does.
func (n *NodeView) Condition() string {
	var words []string
	for _, c := range [...]struct{ what, figure string }{{"slow", n.Slow}, {"skew", n.Skew}, {"drift", n.Drift}} {
		if c.figure != "" {
			words = append(words, c.what+" "+c.figure)
		}
	}
	return strings.Join(words, ", ")
}

func (v *View) setLink(e *Event) {
	l := e.Link()
	if l == nil {
		return
	}
	// A new list each time: links change seldom, and views share it.
	links := slices.DeleteFunc(slices.Clone(v.links), func(s linkState) bool { return s.from == e.Node && s.to == e.Peer })
	if *l != (Link{}) {
		links = append(links, linkState{from: e.Node, to: e.Peer, link: *l})
	}
	slices.SortFunc(links, func(a, b linkState) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	v.links = links
}
