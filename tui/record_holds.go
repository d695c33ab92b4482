package tui

import (
	"sort"

	"capsim/model"
	"capsim/trace"
)

// holding is a stretch during which a holder believed that it held a resource.
type holding struct {
	span
	resource, holder string
	node             model.NodeID // where it believes so
	token            int64
}

// claim is who holds what.
type claim struct {
	node             model.NodeID
	resource, holder string
}

// facts are what a run's protocol said of itself: who held what, and what it did or became
// at each host.
type facts struct {
	counts  []int32   // numbers of Levels events
	holds   []holding // in the order in which they began
	claims  map[claim]int
	holders map[string]int    // of a resource, now
	both    map[string]*spans // while a resource has several holders
	held    [][]int32         // by node: places in holds
	states  [][]int32         // by node: numbers of Mark, Commit, Abort, Effect and Access events
	highest map[string]int64  // by resource: the highest token that an access bore
	late    map[int]bool      // accesses that bore a lower token than one before, or whose writer did not hold what another did
}

func newFacts(nodes int) facts {
	nodes = min(nodes, maxTracked)
	return facts{
		claims: map[claim]int{}, holders: map[string]int{}, both: map[string]*spans{},
		held: make([][]int32, nodes+1+maxRemote), states: make([][]int32, nodes+1+maxRemote),
		highest: map[string]int64{}, late: map[int]bool{},
	}
}

// fold takes in an event.
func (f *facts) fold(n int, e *trace.Event) {
	if e.Kind == trace.Levels {
		f.counts = append(f.counts, int32(n))
	}
	if e.Node < 1 || int(e.Node) >= len(f.states) {
		return
	}
	switch e.Kind {
	case trace.Acquire:
		f.acquired(n, e)
	case trace.Relinquish:
		f.ended(n, e.At, claim{e.Node, e.Key, e.Text})
	case trace.HostChange:
		if e.Text == "crashed" || e.Text == "wiped" { // a process that is gone believes nothing
			f.gone(n, e)
		}
	case trace.Access:
		f.accessed(n, e)
		f.states[e.Node] = append(f.states[e.Node], int32(n))
	case trace.Mark, trace.Commit, trace.Abort, trace.Effect:
		f.states[e.Node] = append(f.states[e.Node], int32(n))
	}
}

func (f *facts) acquired(n int, e *trace.Event) {
	of := claim{e.Node, e.Key, e.Text}
	if i, ok := f.claims[of]; ok {
		if f.holds[i].token == e.N {
			return // it holds it still
		}
		f.ended(n, e.At, of)
	}
	f.claims[of] = len(f.holds)
	f.held[e.Node] = append(f.held[e.Node], int32(len(f.holds)))
	f.holds = append(f.holds, holding{span{from: n, since: e.At}, e.Key, e.Text, e.Node, e.N})
	if f.holders[e.Key]++; f.holders[e.Key] > 1 {
		if f.both[e.Key] == nil {
			f.both[e.Key] = &spans{}
		}
		f.both[e.Key].begin(n, e.At)
	}
}

// ended ends what a holder holds, if it does.
func (f *facts) ended(n int, at model.Time, of claim) {
	i, ok := f.claims[of]
	if !ok {
		return
	}
	delete(f.claims, of)
	f.holds[i].to, f.holds[i].until = n, at
	if f.holders[of.resource]--; f.holders[of.resource] < 2 && f.both[of.resource] != nil {
		f.both[of.resource].end(n, at)
	}
}

// gone ends all that a host holds.
func (f *facts) gone(n int, e *trace.Event) {
	for _, i := range f.held[e.Node] {
		if h := &f.holds[i]; h.to == 0 {
			f.ended(n, e.At, claim{e.Node, h.resource, h.holder})
		}
	}
}

// accessed judges a write to a guarded resource as far as its picture needs it: red if it
// comes from who was overtaken.
func (f *facts) accessed(n int, e *trace.Event) {
	if e.N != 0 && e.N < f.highest[e.Key] || f.holders[e.Key] > 0 && !f.holdsIt(e.Key, e.Text) {
		f.late[n] = true
	}
	f.highest[e.Key] = max(f.highest[e.Key], e.N)
}

// holdsIt tells whether a holder holds a resource now, at whatever host.
func (f *facts) holdsIt(resource, holder string) bool {
	for i := len(f.holds) - 1; i >= max(len(f.holds)-100, 0); i-- {
		if h := &f.holds[i]; h.to == 0 && h.resource == resource && h.holder == holder {
			return true
		}
	}
	return false
}

// lasts tells whether the holding lasts at event n.
func (h *holding) lasts(n int) bool { return h.from <= n && (h.to == 0 || h.to > n) }

// holdsNow returns what a host holds after event n: the resource taken last, and how many
// there are; nil if none.
func (r *record) holdsNow(node model.NodeID, n int) (last *holding, count int) {
	if node < 1 || int(node) >= len(r.held) {
		return nil, 0
	}
	mine := r.held[node]
	end := sort.Search(len(mine), func(i int) bool { return r.holds[mine[i]].from > n })
	for i := end - 1; i >= max(end-50, 0); i-- {
		if h := &r.holds[mine[i]]; h.lasts(n) {
			if last == nil {
				last = h
			}
			count++
		}
	}
	return last, count
}

// disputed tells whether several hold a resource after event n.
func (r *record) disputed(resource string, n int) bool { return r.both[resource].at(n) != nil }

// text names what is held: "printer", with its fencing token if it has one: "printer #33".
func (h *holding) text() string {
	if h.token == 0 {
		return printable(h.resource)
	}
	return printable(h.resource) + " #" + itoa(int(h.token))
}
