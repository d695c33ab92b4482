package check

import (
	"fmt"

	"capsim/model"
)

// exactlyOnce: no part of a transaction is ever in effect twice, or taken back twice.
var exactlyOnce = Check{
	Name:  "exactly-once",
	Usage: "[TRANSACTION]",
	Doc:   "no part of a transaction took effect twice, or was taken back more than it was done",
	About: "Each part of each transaction, or of the one named, was at every moment either in effect by " +
		"the amount of its first effect, or not at all: no message that came twice doubled it, and no " +
		"compensation took back more than was there. That a part takes effect at least once is not " +
		"judged here but by atomic.",
	Source: "Helland, Life beyond Distributed Transactions (2007); Helland, Idempotence Is Not a Medical Condition (2012)",
	Whole:  true,
	Parse:  optionalTransaction((*History).exactlyOnce),
}

func (h *History) exactlyOnce(name string) Finding {
	all, none := h.named(name)
	if none != "" {
		return Finding{Witness: none}
	}
	var bad *partEffect
	var of *transaction
	effects := 0
	for _, t := range all {
		for _, p := range t.parts {
			effects++
			if p.wrong != 0 && (bad == nil || p.wrong < bad.wrong) {
				bad, of = p, t
			}
		}
	}
	switch {
	case bad != nil:
		return Finding{
			Verdict: No, At: h.at(bad.wrong), Events: []int{bad.event, bad.wrong},
			Witness: fmt.Sprintf("%s of %s took effect by %d (%s), and stood at %d since %v (%s).", model.Quote(bad.name), model.Quote(of.name),
				bad.once, number(bad.event), bad.was, h.at(bad.wrong), number(bad.wrong)),
		}
	case effects == 0:
		return Finding{Verdict: Yes, Witness: "No part of a transaction took effect."}
	}
	return Finding{Verdict: Yes, Witness: fmt.Sprintf("Each of %s was in effect once, or taken back.", plural(effects, "part"))}
}
