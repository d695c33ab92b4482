package check

import (
	"cmp"
	"fmt"

	"capsim/model"
)

// answered: the share of all requests sent to a node, in whatever state it was, that
// were answered ok. What the policy can't offer, and what a toggle cut short, is
// left out. It is what users call availability, not CAP's.
var answered = Check{
	Name:  "answered",
	Usage: "NODE CMP PERCENT",
	Doc:   "the share of the requests sent to a node that were answered: answered n1 >= 99%",
	Whole: true,
	Parse: func(words []string) (Test, error) {
		node, err := parseNode(words, 0)
		if err != nil {
			return nil, err
		}
		rel, err := parseRelation(words, 1)
		if err != nil {
			return nil, err
		}
		const want = "a share such as 99% or 99.95%"
		w, err := word(words, 2, want)
		if err != nil {
			return nil, err
		}
		share, ok := parsePercent(w)
		if !ok {
			return nil, &ArgError{Word: 2, Got: w, Want: want}
		}
		return func(h *History) Finding { return h.answered(node, rel, share) }, atMost(words, 3)
	},
}

func (h *History) answered(node model.NodeID, rel relation, share Percent) Finding {
	if f, bad := h.unknownNode(node); bad {
		return f
	}
	var counts [unserved + 1]int64
	for _, o := range h.operations() {
		if o.Node == node {
			counts[h.fate(o)]++
		}
	}
	total := counts[done] + counts[pending] + counts[unserved]
	if total == 0 {
		return Finding{Witness: fmt.Sprintf("No request was sent to %s.", node)}
	}
	holds := func(n int64) bool { return rel.of(cmp.Compare(n*1_000_000, int64(share)*total)) }
	f := Finding{Value: Percent(counts[done] * 1_000_000 / total)}
	f.Witness = fmt.Sprintf("%d of %s to %s answered: %s.", counts[done], plural(total, "request"), node, f.Value)
	least, most := holds(counts[done]), holds(counts[done]+counts[pending])
	switch {
	case counts[pending] == 0 || least == most && rel != "=" && rel != "!=":
		f.Verdict = verdictOf(least)
	default:
		f.Witness += fmt.Sprintf(" %s still within the timeout.", plural(counts[pending], "request"))
	}
	return f
}
