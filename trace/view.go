package trace

import (
	"slices"

	"capsim/model"
)

// NodeState says whether a node's process runs.
type NodeState uint8

// The states of a node. WipedDown: crashed, and its disk emptied.
const (
	Up NodeState = iota
	Down
	Paused
	WipedDown
)

var stateNames = [...]string{"up", "down", "paused", "wiped"}

func (s NodeState) String() string { return stateNames[s] }

// View is the cluster after the first N events of a log. It is not to be changed,
// is cheap to keep, and belongs to the goroutine that owns its Folder.
type View struct {
	N       int        // events folded
	At      model.Time // instant of the last of them
	Policy  string     // as PolicyStart names it; "" before the first
	Stretch int        // from 1; 0 before the first policy
	Apart   bool       // every node keeps records of its own: none is another's copy, and no key is diverged
	Total   int        // how many nodes there are
	Nodes   []NodeView // n1 first; none where there are more than some thousand
	Census  Census     // the last Levels; nil before, and where each node has a Mark
	Clients []NodeView // the hosts of remote clients, which follow the nodes

	epoch    uint64 // what bears it may be changed in place; see cells
	keys     *keyTable
	links    []linkState
	wire     wire
	diverged bitset // by key
	bad      int    // keys that are diverged
	agreed   model.Time
}

// NodeView is one node in a view, or the host of a remote client.
type NodeView struct {
	ID          model.NodeID
	Name        string // of a remote client; "" of a node
	State       NodeState
	Incarnation int
	Serving     bool // its state is installed since it booted last
	// How it runs, if not as it should: "+5ms", "-500ms", "200ppm"; "" else.
	Slow, Skew, Drift string
	Mark              string // the state that it says it is in; "" for none, or of a process that is gone
	cells             cells
}

// IsUp tells whether the node's process is there; a paused one is.
func (n *NodeView) IsUp() bool { return n.State == Up || n.State == Paused }

// linkState is a direction of a link that is not as it was at first.
type linkState struct {
	from, to model.NodeID
	link     Link
}

// Flight is a message on the wire, or held by a cut.
type Flight struct {
	Msg      model.MsgID
	From, To model.NodeID
	Kind     string
	Ops      []model.OpID // the writes it carries
	Sent     model.Time
	Due      model.Time // when it will land; without meaning while held
	Held     bool
	Cause    string // the fault that holds it
}

// Node returns the node's view, nil for a node that is not in the cluster.
func (v *View) Node(id model.NodeID) *NodeView {
	if id < 1 || int(id) > len(v.Nodes) {
		return nil
	}
	return &v.Nodes[id-1]
}

// Host returns the view of a node or of a remote client's host, nil if there is none
// (yet).
func (v *View) Host(id model.NodeID) *NodeView {
	if i := int(id) - v.Total - 1; i >= 0 && i < len(v.Clients) {
		return &v.Clients[i]
	}
	return v.Node(id)
}

// Name returns what a host is called: "n2", or a remote client's name.
func (v *View) Name(id model.NodeID) string {
	if h := v.Host(id); h != nil && h.Name != "" {
		return h.Name
	}
	return id.String()
}

// Cell returns what the node has of the key, nil if nothing was ever applied there
// (or its disk was wiped since).
func (v *View) Cell(node model.NodeID, key string) *Cell {
	n := v.Node(node)
	k, ok := v.keys.find(key)
	if n == nil || !ok {
		return nil
	}
	return n.cells.at(k)
}

// Link returns how the direction of a link is; the zero Link is the default.
func (v *View) Link(from, to model.NodeID) Link {
	for i := range v.links {
		if l := &v.links[i]; l.from == from && l.to == to {
			return l.link
		}
	}
	return Link{}
}

// Flaps tells whether any link opens and closes by turns.
func (v *View) Flaps() bool {
	return slices.ContainsFunc(v.links, func(l linkState) bool { return l.link.Flap != "" })
}

// Flight returns the messages on the wire and those held, by Msg. The list is the
// caller's, the Ops in it are not.
func (v *View) Flight() []Flight { return v.wire.list() }

// Keys returns the keys that events up to N mention, in the order in which they do:
// the first of Index.Keys. The caller must not change the list.
func (v *View) Keys() []string {
	k := v.keys.known(v.N)
	return v.keys.names[:k:k]
}

// Diverged tells whether nodes that are up hold different sets of writes to the key.
// A paused node is up; a tombstone is absence; a node that serves nothing counts
// with what it last applied.
func (v *View) Diverged(key string) bool {
	k, ok := v.keys.find(key)
	return ok && v.diverged.has(k)
}

// Converged tells whether no key is diverged.
func (v *View) Converged() bool { return v.bad == 0 }

// Agreed returns since when no key is diverged; 0 if none ever was. Without meaning while
// one is.
func (v *View) Agreed() model.Time { return v.agreed }

// judge sets whether the k-th key is diverged.
func (v *View) judge(k int) {
	now := !v.Apart && v.differs(k)
	if now == v.diverged.has(k) {
		return
	}
	v.diverged.set(k, now)
	if now {
		v.bad++
		return
	}
	if v.bad--; v.bad == 0 {
		v.agreed = v.At
	}
}

func (v *View) differs(k int) bool {
	var first *model.Record
	seen := false
	for i := range v.Nodes {
		n := &v.Nodes[i]
		if !n.IsUp() {
			continue
		}
		var r *model.Record
		if c := n.cells.at(k); c != nil {
			r = c.Last
		}
		if seen && !sameWrites(first, r) {
			return true
		}
		first, seen = r, true
	}
	return false
}

// judgeAll is for when a node comes or goes.
func (v *View) judgeAll() {
	keys := 0
	for i := range v.Nodes {
		keys = max(keys, v.Nodes[i].cells.len())
	}
	for k := range max(keys, v.diverged.len()) {
		v.judge(k)
	}
}

// sameWrites tells whether two records hold the same writes.
func sameWrites(a, b *model.Record) bool {
	if a == b {
		return true
	}
	x, y := heads(a), heads(b)
	i, j := 0, 0
	for { // records list heads in one order, so this nearly always decides
		i, j = skipTombstones(x, i), skipTombstones(y, j)
		if i == len(x) || j == len(y) {
			return i == len(x) && j == len(y)
		}
		if x[i].Op != y[j].Op {
			break
		}
		i, j = i+1, j+1
	}
	p, q := a.Ops(), b.Ops()
	slices.Sort(p)
	slices.Sort(q)
	return slices.Equal(slices.Compact(p), slices.Compact(q))
}

func heads(r *model.Record) []model.Head {
	if r == nil {
		return nil
	}
	return r.Heads
}

func skipTombstones(hs []model.Head, i int) int {
	for i < len(hs) && hs[i].Kind == model.Delete {
		i++
	}
	return i
}

// clone returns the view as it is now; v itself goes on under a new epoch.
func (v *View) clone(epoch uint64) *View {
	c := *v
	c.epoch = 0 // nothing bears it
	c.Nodes = slices.Clone(v.Nodes)
	c.Clients = slices.Clone(v.Clients)
	for i := range c.Nodes {
		c.Nodes[i].cells = slices.Clone(v.Nodes[i].cells)
	}
	c.wire = v.wire.clone()
	c.diverged = slices.Clone(v.diverged)
	v.epoch = epoch
	return &c
}

// bitset is a set of small numbers.
type bitset []uint64

func (b bitset) len() int { return 64 * len(b) }

func (b bitset) has(i int) bool { return i>>6 < len(b) && b[i>>6]&(1<<(i&63)) != 0 }

func (b *bitset) set(i int, on bool) {
	for i>>6 >= len(*b) {
		*b = append(*b, 0)
	}
	if on {
		(*b)[i>>6] |= 1 << (i & 63)
	} else {
		(*b)[i>>6] &^= 1 << (i & 63)
	}
}
