package check

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
)

// balanced: over all transactions every part is in effect by the same amount.
var balanced = Check{
	Name:  "balanced",
	Usage: "[PART …]",
	Doc:   "over all transactions each part is in effect by the same amount: balanced stock payment shipment",
	About: "The sum of what is in effect over all transactions, with what was taken back subtracted, is " +
		"the same for each part that any of them has, or for those named: as much was shipped as was " +
		"paid for and taken from stock. Unknown while a part that is missing is locked by its " +
		"transaction, so that nobody can see the difference.",
	Parse: func(words []string) (Test, error) {
		parts := make([]string, len(words))
		for i, w := range words {
			if parts[i] = unquote(w); slices.Contains(parts[:i], parts[i]) {
				return nil, &ArgError{Word: i, Got: w, Want: "each part once"}
			}
		}
		if len(parts) == 1 {
			return nil, missing(1, "another part to compare it to")
		}
		return func(h *History) Finding { return h.balanced(parts) }, nil
	},
}

// maxUnnamed bounds the parts that balanced makes up for want of a name: a log may say that a
// transaction has any number of parts.
const maxUnnamed = 100

func (h *History) balanced(parts []string) Finding {
	all, none := h.named("")
	if none != "" {
		return Finding{Witness: none}
	}
	if len(parts) == 0 {
		if parts = partsOf(all); len(parts) == 0 {
			return Finding{Verdict: Yes, Witness: "No part of a transaction took effect."}
		}
		for _, t := range all { // a part that never took effect has no name
			for int64(len(parts)) < t.size && len(parts) < maxUnnamed {
				parts = append(parts, fmt.Sprintf("part %d", len(parts)+1))
			}
		}
	}
	sums := make([]int64, len(parts))
	var unseen, uneven *transaction
	for _, t := range all {
		if t.state == hidden && unseen == nil {
			unseen = t
		}
		if uneven == nil && !t.even(parts) {
			uneven = t
		}
		for _, p := range t.parts {
			if i := slices.Index(parts, p.name); i >= 0 {
				sums[i] += p.net
			}
		}
	}
	said := make([]string, len(parts))
	for i, p := range parts {
		said[i] = fmt.Sprintf("%s %d", p, sums[i])
	}
	f := Finding{Verdict: Yes, Witness: fmt.Sprintf("In effect over %s: %s.", plural(len(all), "transaction"), strings.Join(said, ", "))}
	if slices.Min(sums) == slices.Max(sums) {
		return f
	}
	f.Verdict = No
	f.Witness += fmt.Sprintf(" The first that is uneven is %s.", model.Quote(uneven.name))
	f.pointAt(uneven)
	if unseen != nil {
		f.Verdict = Unknown
		f.Witness += " " + h.torn(unseen)
	}
	return f
}

// even tells whether the parts are in effect by one amount.
func (t *transaction) even(parts []string) bool {
	nets := make([]int64, len(parts))
	for _, p := range t.parts {
		if i := slices.Index(parts, p.name); i >= 0 {
			nets[i] = p.net
		}
	}
	return slices.Min(nets) == slices.Max(nets)
}

// partsOf names the parts that took effect, in the order in which they first did.
func partsOf(all []*transaction) []string {
	var names []string
	for _, t := range all {
		for _, p := range t.parts {
			if !slices.Contains(names, p.name) {
				names = append(names, p.name)
			}
		}
	}
	return names
}
