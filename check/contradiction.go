package check

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// saturate adds what the reads demand: a write that comes before a read, but is not what
// it returned, comes before what it did return. Where one order holds for all clients,
// so do the other half: what a read returned is replaced only after it. only tells
// whose reads count, and all whether there is one order. It returns what contradicts
// itself.
//
// Source: the bad patterns of Bouajjani et al., On Verifying Causal Consistency (POPL
// 2017), table 1; for one order, the rules of Gibbons and Korach, Testing Shared
// Memories (1997), §3.
func (p *precedence) saturate(only func(c *call) bool, all bool) *contradiction {
	for grew := true; grew; {
		grew = false
		for i, c := range p.calls {
			if p.from[i] == unclear || p.from[i] == nobody || !only(c) {
				continue
			}
			added, bad := p.demand(i, all)
			if bad != nil {
				return bad
			}
			grew = grew || added
		}
	}
	return nil
}

// demand adds what one read demands.
func (p *precedence) demand(i int, all bool) (grew bool, bad *contradiction) {
	v := p.values[p.calls[i].cmd.Args[0]]
	w := p.from[i]
	add := func(from int, e edge) {
		if bad == nil && !(p.precedes(from, e.to) && from != e.to) {
			grew = true
			bad = p.join(from, e)
		}
	}
	for _, c := range v.order {
		ws := v.chains[c]
		// The last of the chain's writes that come before the read.
		n := sort.Search(len(ws), func(k int) bool { return !p.precedes(ws[k], i) })
		for n > 0 && (ws[n-1] == w || p.loose && p.alike(ws[n-1], i)) {
			n--
		}
		switch {
		case n == 0:
		case w == start:
			return grew, &contradiction{p: p, path: p.path(ws[n-1], i), read: i, first: true}
		default:
			add(ws[n-1], edge{to: w, why: overwritten, read: i})
		}
		if !all || bad != nil {
			continue
		}
		// The first of the chain's writes that come after what the read returned.
		m := 0
		if w != start {
			m = sort.Search(len(ws), func(k int) bool { return ws[k] != w && p.precedes(w, ws[k]) })
		}
		if m < len(ws) {
			add(i, edge{to: ws[m], why: unseen, read: i})
		}
	}
	return grew, bad
}

// alike tells whether a write leaves what a read returned.
func (p *precedence) alike(w, read int) bool {
	left, _ := puts(p.calls[w].cmd)
	name, _ := nameOfReply(p.calls[read].reply)
	return nameOf(left) == name
}

// contradiction is a cycle of what had to come before what: a path, and an edge from its
// end to its start. Or, of a read that returned what was there at first, a path from a
// write to the read.
type contradiction struct {
	p     *precedence
	path  []int
	from  int
	last  edge
	read  int
	first bool
}

// path returns the calls on a shortest way from i to j, both included.
func (p *precedence) path(i, j int) []int {
	back := make([]int, len(p.calls))
	for k := range back {
		back[k] = -1
	}
	back[i] = i
	todo := []int{i}
	for k := 0; k < len(todo) && back[j] < 0; k++ {
		for _, e := range p.edges[todo[k]] {
			if back[e.to] < 0 {
				back[e.to] = todo[k]
				todo = append(todo, e.to)
			}
		}
	}
	if back[j] < 0 {
		return []int{i, j}
	}
	way := []int{j}
	for at := j; at != i; at = back[at] {
		way = append(way, back[at])
	}
	slices.Reverse(way)
	return way
}

// edge returns what leads from one call to another.
func (p *precedence) edge(i, j int) (edge, bool) {
	for _, e := range p.edges[i] {
		if e.to == j {
			return e, true
		}
	}
	return edge{}, false
}

// maxSteps bounds how many steps of a contradiction are told.
const maxSteps = 8

// tell writes the steps in words, and lists the operations.
func (c *contradiction) tell() (steps []string, ops []*trace.Op) {
	op := func(i int) *trace.Op { return c.p.calls[i].op }
	ops = append(ops, op(c.path[0]))
	for k := 1; k < len(c.path); k++ {
		e, ok := c.p.edge(c.path[k-1], c.path[k])
		if !ok {
			continue
		}
		from := c.path[k-1]
		for e.why == inSession && k+1 < len(c.path) { // one step for all that one client did
			next, ok := c.p.edge(c.path[k], c.path[k+1])
			if !ok || next.why != inSession {
				break
			}
			k++
			e.to = c.path[k]
		}
		steps = append(steps, c.p.say(from, e))
		ops = append(ops, op(e.to))
	}
	if c.first {
		steps = append(steps, fmt.Sprintf("%s %s, as if nobody had written", tell(op(c.read)), returned(op(c.read))))
		return steps, ops
	}
	steps = append(steps, c.p.say(c.from, c.last))
	if c.last.why == overwritten {
		ops = append(ops, op(c.last.read))
	}
	return steps, ops
}

// say writes why one call comes before another.
func (p *precedence) say(i int, e edge) string {
	a, b := p.calls[i].op, p.calls[e.to].op
	switch e.why {
	case readFrom:
		return fmt.Sprintf("%s %s, written by %s", tell(b), returned(b), tell(a))
	case overwritten:
		r := p.calls[e.read].op
		return fmt.Sprintf("%s, which came later than %s, %s, so %s came after that", tell(r), tell(a), returned(r), tell(b))
	case unseen:
		return fmt.Sprintf("%s %s, so %s came after it", tell(a), returned(a), tell(b))
	}
	return fmt.Sprintf("%s came before %s", tell(a), tell(b))
}

// finding says what contradicts itself, for whom.
func (c *contradiction) finding(intro string) Finding {
	steps, ops := c.tell()
	f := Finding{Verdict: No}
	if n := len(steps); n > maxSteps {
		steps = append(steps[:maxSteps-1:maxSteps-1], fmt.Sprintf("… %d steps more", n-maxSteps), steps[n-1])
	}
	f.Witness = intro + strings.Join(steps, "; ") + "."
	seen := map[*trace.Op]bool{}
	for _, o := range ops {
		if !seen[o] {
			seen[o] = true
			f.At = max(f.At, o.Done)
			f.point(o)
		}
	}
	return f
}

// unexplained judges the reads of what no write leaves, as resolve returns them: it
// returns the finding if one is of what nobody wrote, else the first that returned
// siblings, each of them written.
func (p *precedence) unexplained(reads []int) (bad *Finding, siblings *call) {
	for _, i := range reads {
		c := p.calls[i]
		wrote := p.values[c.cmd.Args[0]].wrote
		if c.reply.Kind != model.SiblingsReply || slices.ContainsFunc(c.reply.List, func(s string) bool { return len(wrote[nameOf(model.Text(s))]) == 0 }) {
			f := nobodyWrote(c.op)
			return &f, nil
		}
		if siblings == nil {
			siblings = c
		}
	}
	return nil, siblings
}

// notOneValue says why siblings leave a check of registers undecided.
func notOneValue(c *call) Finding {
	f := Finding{Witness: fmt.Sprintf("Nothing contradicts causality in the reads of one value, but %s %s: it is judged for registers alone, which hold one.", tell(c.op), returned(c.op))}
	f.point(c.op)
	return f
}

// nobodyWrote is the finding about a read of what no write leaves.
func nobodyWrote(o *trace.Op) Finding {
	f := Finding{Verdict: No, At: o.Done, Witness: fmt.Sprintf("%s %s, which nobody wrote.", tell(o), returned(o))}
	f.point(o)
	return f
}
