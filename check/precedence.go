package check

import (
	"slices"
	"sort"

	"capsim/model"
)

// precedence is what had to come before what in a history, whichever order explains it:
// a graph of the calls, kept transitively closed by counting, for each call, how many of
// every chain come before it. A client's answered calls are a chain. An unanswered write
// is one by itself: it comes after what its client had done, and may take effect at any
// time from then on, or never.
//
// Invariants:
//  1. The graph has no cycle: join refuses the edge that would make one.
//  2. before[i][c] > place[j] for the chain c of j if and only if j precedes i or is it.
type precedence struct {
	calls  []*call // ascending by begin
	chain  []int   // by call
	place  []int   // by call: in its chain
	chains [][]int // calls, in order
	edges  [][]edge
	before [][]int32

	from   []int // by call: the one whose value a read returned; start, or unclear
	values map[string]*values
	loose  bool // another write of what a read returned may come between
}

// edge leads from a call to one that must come later.
type edge struct {
	to   int
	why  reason
	read int // of overwritten: the read that shows it
}

// reason says why one call must come before another.
type reason uint8

const (
	inSession   reason = iota // of one client, in its order
	readFrom                  // the later returned what the earlier wrote
	overwritten               // a read after the earlier returned what the later wrote
	unseen                    // the earlier, a read, returned what the later replaced, or was replaced before
)

// What a read returned, if not what one call wrote.
const (
	unclear = -1 - iota // several could have written it, or that can't be told
	start               // what was there at first
	nobody              // no write that there is
)

// values are the writes of one key.
type values struct {
	key    string
	known  bool             // every write says what it leaves
	wrote  map[string][]int // by what they leave; deletions under ""
	chains map[int][]int    // by chain: calls that wrote for certain, in order
	order  []int            // the chains that have some, ascending
	init   model.Value      // what is there at first
	taken  map[int]bool     // writes that a read shows
}

// newPrecedence sorts the calls into chains, and finds what each read returned.
func newPrecedence(calls []*call, init model.Value) *precedence {
	p := &precedence{calls: calls, values: map[string]*values{}}
	n := len(calls)
	p.chain, p.place, p.edges, p.from = make([]int, n), make([]int, n), make([][]edge, n), make([]int, n)
	last := map[string]int{}
	chainOf := map[string]int{}
	for i, c := range calls {
		before, after := last[c.op.Client]
		after = after && !c.op.System
		switch {
		case c.end == open || c.op.System:
			p.chain[i] = len(p.chains)
			p.chains = append(p.chains, []int{i})
			if after {
				p.edges[before] = append(p.edges[before], edge{to: i})
			}
		default: // ascending in its chain, as a client does one thing at a time
			k, known := chainOf[c.op.Client]
			if !known {
				k = len(p.chains)
				chainOf[c.op.Client] = k
				p.chains = append(p.chains, nil)
			}
			p.chain[i], p.place[i] = k, len(p.chains[k])
			p.chains[k] = append(p.chains[k], i)
			if after {
				p.edges[before] = append(p.edges[before], edge{to: i})
			}
			last[c.op.Client] = i
		}
	}
	p.sort(init)
	return p
}

// sort finds the writes of each key.
func (p *precedence) sort(init model.Value) {
	for i, c := range p.calls {
		p.from[i] = unclear
		for _, key := range c.cmd.Keys() {
			v := p.values[key]
			if v == nil {
				v = &values{key: key, known: true, wrote: map[string][]int{}, chains: map[int][]int{}, init: init, taken: map[int]bool{}}
				p.values[key] = v
			}
			switch left, ok := puts(c.cmd); {
			case !c.cmd.Writes() || failed(c):
			case !ok || len(c.cmd.Keys()) > 1:
				v.known = false
			default:
				v.wrote[nameOf(left)] = append(v.wrote[nameOf(left)], i)
			}
		}
	}
	if init.Type > model.String {
		for _, v := range p.values { // each by itself: the order does not matter
			v.known = false
		}
	}
}

// nameOf tells values of a register apart.
func nameOf(v model.Value) string {
	if v.Type == model.None {
		return ""
	}
	return "=" + v.Str
}

// nameOfReply is nameOf for what a GET returned; false if no register returns it.
func nameOfReply(r *model.Reply) (string, bool) {
	switch r.Kind {
	case model.NilReply:
		return "", true
	case model.BulkReply:
		return "=" + r.Str, true
	}
	return "", false
}

// sources returns what could have left what a read returned: calls, and whether it may
// have been there at first. ok is false if that can't be told.
func (p *precedence) sources(i int) (ws []int, first, ok bool) {
	c := p.calls[i]
	v := p.values[c.cmd.Args[0]]
	if !v.known || c.reply == nil {
		return nil, false, false
	}
	name, ok := nameOfReply(c.reply)
	if !ok {
		return nil, false, true
	}
	return v.wrote[name], name == nameOf(v.init), true
}

// resolve notes what each read returned, where only one write can have left it; choice
// decides for others. It returns the reads for which there is nothing.
func (p *precedence) resolve(choice map[int]int) (none []int) {
	for i, c := range p.calls {
		if c.cmd.Verb != model.GET {
			continue
		}
		ws, first, ok := p.sources(i)
		p.from[i] = unclear
		chosen, decided := choice[i]
		switch {
		case !ok:
		case decided:
			p.from[i] = chosen
		case len(ws) == 0 && !first:
			p.from[i] = nobody
			none = append(none, i)
		case len(ws) == 0:
			p.from[i] = start
		case len(ws) == 1 && !first:
			p.from[i] = ws[0]
		}
	}
	return none
}

// build closes the graph over the clients' orders and what reads returned. It returns a
// cycle if there is one.
func (p *precedence) build() *contradiction {
	for i := range p.edges { // of an earlier build
		p.edges[i] = slices.DeleteFunc(p.edges[i], func(e edge) bool { return e.why != inSession })
	}
	for _, v := range p.values {
		v.chains, v.order = map[int][]int{}, nil
		v.taken = map[int]bool{}
	}
	for i, w := range p.from {
		if w >= 0 {
			p.values[p.calls[i].cmd.Args[0]].taken[w] = true
		}
	}
	if bad := p.readsFrom(); bad != nil {
		return bad
	}
	for i, c := range p.calls {
		left, ok := puts(c.cmd)
		if !c.cmd.Writes() || !ok || failed(c) {
			continue
		}
		v := p.values[c.cmd.Args[0]]
		if sure := c.end != open && (c.blind || c.reply != nil); !v.known || !sure && !v.taken[i] || nameOf(left) == "" && c.reply == nil {
			continue
		}
		v.chains[p.chain[i]] = append(v.chains[p.chain[i]], i)
	}
	for _, v := range p.values {
		for c := range v.chains {
			v.order = append(v.order, c)
		}
		sort.Ints(v.order)
	}
	return nil
}

// readsFrom closes the graph over the clients' orders and what reads returned.
func (p *precedence) readsFrom() *contradiction {
	for i, w := range p.from {
		if w >= 0 {
			p.edges[w] = append(p.edges[w], edge{to: i, why: readFrom})
		}
	}
	if order := p.order(); order != nil {
		p.count(order)
		return nil
	}
	// There is a cycle. The clients' orders alone have none: add what reads returned one
	// by one until there is.
	for i := range p.edges {
		p.edges[i] = slices.DeleteFunc(p.edges[i], func(e edge) bool { return e.why == readFrom })
	}
	p.count(p.order())
	for i, w := range p.from {
		if w >= 0 {
			if bad := p.join(w, edge{to: i, why: readFrom}); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// order lists the calls so that every edge leads forward; nil if there is a cycle.
func (p *precedence) order() []int {
	coming := make([]int, len(p.calls))
	for i := range p.edges {
		for _, e := range p.edges[i] {
			coming[e.to]++
		}
	}
	order := make([]int, 0, len(p.calls))
	for i := range p.calls {
		if coming[i] == 0 {
			order = append(order, i)
		}
	}
	for k := 0; k < len(order); k++ {
		for _, e := range p.edges[order[k]] {
			if coming[e.to]--; coming[e.to] == 0 {
				order = append(order, e.to)
			}
		}
	}
	if len(order) < len(p.calls) {
		return nil
	}
	return order
}

// count closes the graph, whose calls are given so that every edge leads forward.
func (p *precedence) count(order []int) {
	p.before = make([][]int32, len(p.calls))
	room := make([]int32, len(p.calls)*len(p.chains))
	for i := range p.calls {
		p.before[i], room = room[:len(p.chains):len(p.chains)], room[len(p.chains):]
	}
	for _, i := range order {
		p.before[i][p.chain[i]] = max(p.before[i][p.chain[i]], int32(p.place[i]+1))
		for _, e := range p.edges[i] {
			p.raise(i, e.to)
		}
	}
}

// raise makes all that precedes i precede j; it tells whether that was new.
func (p *precedence) raise(i, j int) bool {
	grew := false
	to := p.before[j]
	for c, n := range p.before[i] {
		if n > to[c] {
			to[c], grew = n, true
		}
	}
	return grew
}

// precedes tells whether call i comes before call j, or is it.
func (p *precedence) precedes(i, j int) bool {
	return p.before[j][p.chain[i]] > int32(p.place[i])
}

// join adds an edge, and what follows from it; it returns the cycle that it would make.
func (p *precedence) join(i int, e edge) *contradiction {
	if p.precedes(e.to, i) {
		return &contradiction{p: p, path: p.path(e.to, i), last: e, from: i}
	}
	if p.precedes(i, e.to) && e.why != readFrom {
		return nil
	}
	p.edges[i] = append(p.edges[i], e)
	if !p.raise(i, e.to) {
		return nil
	}
	todo := []int{e.to}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, next := range p.edges[at] {
			if p.raise(at, next.to) {
				todo = append(todo, next.to)
			}
		}
	}
	return nil
}
