package check

import (
	"fmt"
	"slices"

	"capsim/model"
)

// causal: causal memory (Ahamad et al., Causal memory, 1995; CM in Bouajjani et al., POPL
// 2017): for each client there is an order of all writes and that client's reads which
// explains its reads and respects causality: every client's own order, and that a write
// comes before the reads that returned it. Two clients may see writes that did not know of
// each other in different orders.
//
// It is judged for registers (SET, GET), by the patterns that violate it, where it is
// known which write each read returned; where several may be meant, each choice is tried
// if there are few. A reply of siblings is of several writes, and no register's: beside
// one it is unknown, unless the other reads contradict causality.
var causal = Check{
	Name: "causal",
	Doc:  "each client sees all writes in an order that respects causes (causal memory)",
	About: "Causal memory (CM): for each client there is an order of all writes and of that client's " +
		"reads which explains its reads and respects causes: every client's own order, and that a " +
		"write comes before the reads that returned it. Two clients may see writes that did not " +
		"know of each other in different orders, and for ever. One order for all is what " +
		"causal-convergence asks for; neither of the two implies the other. It can be kept " +
		"available for clients that stay at their node. Judged for GET and plain SET; beside " +
		"anything else, and where one reply is several values, it is unknown unless the rest " +
		"contradicts it.",
	Source: "Ahamad et al., Causal Memory (1995); Bouajjani et al., On Verifying Causal Consistency (POPL 2017)",
	Whole:  true, Asked: true,
	Parse: none(func(h *History) Finding { return h.causal() }),
}

// maxChoices bounds how many ways to explain ambiguous reads are tried.
const maxChoices = 4096

// maxCells bounds the memory of a precedence graph, in counters of 4 bytes.
const maxCells = 1 << 25

// inOrder returns the calls of the operations on some keys (of all, for none), ascending
// by their beginning. Writes that nobody answered and nobody saw are among them.
func (h *History) inOrder(keys []string) []*call {
	var calls []*call
	for _, g := range h.groups(0) {
		if keys == nil || slices.ContainsFunc(g.keys, func(k string) bool { return slices.Contains(keys, k) }) {
			calls = append(calls, g.calls...)
		}
	}
	slices.SortFunc(calls, func(a, b *call) int { return a.begin - b.begin })
	return calls
}

// precedence sorts out what causality orders, for the checks that go by it; a finding
// if there is nothing to judge, or too much.
func (h *History) precedence() (*precedence, *Finding) {
	calls := h.inOrder(nil)
	if len(calls) == 0 {
		return nil, &Finding{Verdict: Yes, Witness: "Nothing to judge: no operation was answered."}
	}
	p := newPrecedence(calls, h.o.Init)
	if len(calls)*len(p.chains) > maxCells {
		return nil, &Finding{Witness: fmt.Sprintf("%s of %d clients and unanswered writes are too many to judge.", plural(len(calls), "operation"), len(p.chains))}
	}
	return p, nil
}

func (h *History) causal() Finding {
	p, early := h.precedence()
	if early != nil {
		return *early
	}
	bad, siblings := p.unexplained(p.resolve(nil))
	if bad == nil {
		bad = p.causal()
	}
	if bad != nil {
		return *bad
	}
	if siblings != nil {
		return notOneValue(siblings)
	}
	if odd := p.odd(); odd != nil {
		return Finding{Witness: fmt.Sprintf("Nothing contradicts causality in the reads that can be explained, but causality is judged for GET and plain SET alone: not for %s.", tell(odd.op))}
	}
	return p.choose()
}

// odd returns the first call that is neither a GET nor a plain SET; nil if there is none.
func (p *precedence) odd() *call {
	for _, c := range p.calls {
		if c.blind && (c.reply == nil || c.reply.Equal(model.OK)) || c.cmd.Verb == model.GET && p.values[c.cmd.Args[0]].known {
			continue
		}
		return c
	}
	return nil
}

// causal looks for what contradicts causality, given what each read returned.
func (p *precedence) causal() *Finding {
	if bad := p.build(); bad != nil {
		f := bad.finding("No order respects causality: ")
		return &f
	}
	base := p.keep()
	for k, chain := range p.chains {
		client := p.calls[chain[0]].op
		if p.calls[chain[0]].end == open || client.System {
			continue
		}
		if k > 0 {
			p.restore(base)
		}
		bad := p.saturate(func(c *call) bool { return c.op.Client == client.Client && !c.op.System }, false)
		if bad != nil {
			f := bad.finding("For " + client.Client + " no order respects causality: ")
			return &f
		}
	}
	p.restore(base)
	return nil
}

// kept is a graph as it stood.
type kept struct {
	before []int32
	edges  []int
}

func (p *precedence) keep() kept {
	k := kept{make([]int32, 0, len(p.calls)*len(p.chains)), make([]int, len(p.edges))}
	for i := range p.calls {
		k.before = append(k.before, p.before[i]...)
		k.edges[i] = len(p.edges[i])
	}
	return k
}

func (p *precedence) restore(k kept) {
	for i := range p.calls {
		copy(p.before[i], k.before[i*len(p.chains):])
		p.edges[i] = p.edges[i][:k.edges[i]]
	}
}

// choose tries every way to explain the reads that several writes could explain.
func (p *precedence) choose() Finding {
	var reads []int
	var ways [][]int
	total := 1
	for i, c := range p.calls {
		if c.cmd.Verb != model.GET || p.from[i] != unclear {
			continue
		}
		ws, first, _ := p.sources(i)
		if first {
			ws = append([]int{start}, ws...)
		}
		reads, ways = append(reads, i), append(ways, ws)
		if total *= len(ws); total > maxChoices || total*len(p.calls)*len(p.chains) > maxCells {
			return Finding{Witness: fmt.Sprintf("It can't be told: several writes may have written what reads returned, first what %s did.", tell(p.calls[reads[0]].op))}
		}
	}
	yes := Finding{Verdict: Yes, Witness: fmt.Sprintf("For each client, all writes and its own reads fit an order that respects causality: %s.", plural(len(p.calls), "operation"))}
	if total == 1 {
		return yes
	}
	var bad *Finding
	loosely := false
	for n := range total {
		choice := map[int]int{}
		for k, i := range reads {
			choice[i] = ways[k][n%len(ways[k])]
			n /= len(ways[k])
		}
		p.resolve(choice)
		p.loose = false
		if bad = p.causal(); bad == nil {
			return yes
		}
		p.loose = true
		loosely = loosely || p.causal() == nil
	}
	if loosely {
		return Finding{Witness: fmt.Sprintf("It can't be told: several writes have written what reads returned, first what %s did.", tell(p.calls[reads[0]].op))}
	}
	bad.Witness = fmt.Sprintf("Of the %d ways to explain what reads returned, none respects causality. By the last one: %s", total, bad.Witness)
	return *bad
}
