package check

import (
	"cmp"
	"fmt"

	"capsim/trace"
)

// sequential: there is one order of all operations, on all keys together, that keeps each
// client's own order and explains all replies (Lamport 1979). It need not follow real
// time, so an old value may be returned; but it does not compose: of each key alone it
// may hold, and of all together not (Attiya and Welch 1994). What has no answer comes
// after what its client had done before, at any time, or never.
//
// To decide it is NP-complete (Gibbons and Korach 1997): what is linearizable has an
// order; else contradictions among the reads are looked for; else a search within a
// budget of steps.
var sequential = Check{
	Name:  "sequential",
	Usage: "[KEY]",
	Doc:   "one order keeps each client's own and explains all operations, on all keys at once",
	About: "There is one order of all operations, on all keys together, that keeps each client's own " +
		"order and explains all replies. It need not follow real time, so an old value may be " +
		"returned. It does not compose: of each key alone it may hold, and of all together not. " +
		"It can't be kept available under partition.",
	Source: "Lamport (1979); Attiya & Welch (1994)",
	Whole:  true, Asked: true,
	Parse: optionalKey(func(h *History, key string) Finding { return h.sequential(key) }),
}

func (h *History) sequential(key string) Finding {
	var keys []string
	if key != "" {
		keys = []string{key}
	}
	calls := h.inOrder(keys)
	if len(calls) == 0 {
		return Finding{Verdict: Yes, Witness: "Nothing to judge: no operation was answered."}
	}
	if h.linearizableFrom(0, key).Verdict == Yes {
		return Finding{Verdict: Yes, Witness: fmt.Sprintf("%s fit one order, even that of real time: they are linearizable.", plural(len(calls), "operation"))}
	}
	p := newPrecedence(calls, h.o.Init)
	if len(calls)*len(p.chains) > maxCells {
		return Finding{Witness: fmt.Sprintf("%s of %d clients and unanswered writes are too many to judge.", plural(len(calls), "operation"), len(p.chains))}
	}
	bad, siblings := p.unexplained(p.resolve(nil))
	switch {
	case bad != nil:
		return *bad
	case siblings != nil:
		return severalAtOnce(siblings)
	}
	const intro = "No order of all operations keeps each client's own: "
	if bad := p.build(); bad != nil {
		return bad.finding(intro)
	}
	if bad := p.saturate(func(*call) bool { return true }, true); bad != nil {
		return bad.finding(intro)
	}
	return p.search(cmp.Or(h.steps, sequenceBudget))
}

// search looks for the order.
func (p *precedence) search(budget int) Finding {
	s := newSequencer(p, budget)
	found := s.extend()
	switch {
	case found:
		return Finding{Verdict: Yes, Witness: fmt.Sprintf("%s fit one order that keeps each client's own, though not that of real time.", plural(len(p.calls), "operation"))}
	case s.left <= 0:
		return Finding{Witness: fmt.Sprintf("The %s were not decided within %d steps of the search.", plural(len(p.calls), "operation"), budget)}
	}
	f := Finding{Verdict: No, Witness: fmt.Sprintf("No order of the %s keeps each client's own and explains all replies: however it begins, it comes to where none of the next fits", plural(len(p.calls), "operation"))}
	var stuck []*trace.Op
	for _, i := range s.stuck {
		stuck = append(stuck, p.calls[i].op)
		f.At = max(f.At, p.calls[i].op.Done)
	}
	words := make([]string, 0, len(stuck))
	for _, o := range stuck[:min(len(stuck), 4)] {
		words = append(words, fmt.Sprintf("%s, which %s", tell(o), returned(o)))
	}
	f.Witness += ": at the furthest " + list(words, "and") + "."
	f.point(stuck...)
	return f
}
