package check

import (
	"fmt"
	"sort"

	"capsim/model"
)

// causalConvergence: causal consistency with convergence (causal+ of Lloyd et al., COPS,
// SOSP 2011; CCv in Bouajjani et al., POPL 2017): there is one order of all writes, the
// same for all clients, which respects causality, and a read returns the last in it of
// those writes of its key that come before the read by causality. It is what a store has
// that keeps one of two concurrent writes, the same one everywhere. Causal memory (the
// check causal) has no such order, but forbids that a client who saw the other write
// arrive later sees it lose: neither of the two implies the other.
//
// It is judged as causal is, without trying ways to explain what several writes may have
// left.
var causalConvergence = Check{
	Name: "causal-convergence",
	Doc:  "all clients see writes in one order that respects causes, once they see them (causal+)",
	About: "Causal consistency with convergence (CCv, causal+): there is one order of all writes, " +
		"the same for all clients, which respects causes, and a read returns the last in it of " +
		"those writes of its key that come before the read by causality. It is what a store can " +
		"have that keeps one of two concurrent writes, the same everywhere. Causal memory " +
		"(causal) has no such order, but forbids that a client who sees another's write arrive " +
		"later sees it lose. Judged as causal is.",
	Source: "Lloyd et al., COPS (SOSP 2011); Bouajjani et al. (POPL 2017)",
	Whole:  true, Asked: true,
	Each:  true,
	Parse: none(func(h *History) Finding { return h.causalConvergence() }),
}

func (h *History) causalConvergence() Finding {
	p, early := h.precedence()
	if early != nil {
		return *early
	}
	strange, siblings := p.unexplained(p.resolve(nil))
	if strange != nil {
		return *strange
	}
	if bad := p.converge(); bad != nil {
		return bad.finding("No one order of the writes respects causality: ")
	}
	odd := p.odd()
	for i, c := range p.calls {
		if odd == nil && c.cmd.Verb == model.GET && p.from[i] == unclear {
			odd = c
		}
	}
	switch {
	case odd != nil:
		return Finding{Witness: fmt.Sprintf("Nothing contradicts causality in the reads that can be explained, but it can't be told for all: not for %s.", tell(odd.op))}
	case siblings != nil:
		return notOneValue(siblings)
	}
	return Finding{Verdict: Yes, Witness: fmt.Sprintf("One order of all writes respects causality and explains what every read returned: %s.", plural(len(p.calls), "operation"))}
}

// converge looks for what forbids one order of the writes: what a read returned comes
// after every other write of its key that comes before the read by causality.
func (p *precedence) converge() *contradiction {
	if bad := p.build(); bad != nil {
		return bad
	}
	type shown struct {
		from int
		edge edge
	}
	var list []shown // all of it by causality alone, before any is added
	for i, w := range p.from {
		if w == unclear || w == nobody {
			continue
		}
		v := p.values[p.calls[i].cmd.Args[0]]
		for _, c := range v.order {
			ws := v.chains[c]
			n := sort.Search(len(ws), func(k int) bool { return !p.precedes(ws[k], i) })
			switch {
			case n == 0 || ws[n-1] == w:
			case w == start:
				return &contradiction{p: p, path: p.path(ws[n-1], i), read: i, first: true}
			default:
				list = append(list, shown{ws[n-1], edge{to: w, why: overwritten, read: i}})
			}
		}
	}
	for _, s := range list {
		if bad := p.join(s.from, s.edge); bad != nil {
			return bad
		}
	}
	return nil
}
