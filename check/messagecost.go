package check

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"capsim/model"
)

// messageCost: how many messages nodes sent each other, lost ones included, for each
// operation that a client invoked. What the policy can't offer is no operation.
var messageCost = Check{
	Name:  "message-cost",
	Usage: "CMP N",
	Doc:   "how many messages were sent for each operation: message-cost < 8",
	About: "How many messages nodes sent each other, lost ones included, for each operation that a " +
		"client invoked. What the policy does not offer is no operation.",
	Whole: true,
	Parse: func(words []string) (Test, error) {
		rel, err := parseRelation(words, 0)
		if err != nil {
			return nil, err
		}
		const want = "a number such as 8 or 2.5, with up to four places"
		w, err := word(words, 1, want)
		if err != nil {
			return nil, err
		}
		n, ok := parseRatio(w)
		if !ok {
			return nil, &ArgError{Word: 1, Got: w, Want: want}
		}
		return func(h *History) Finding {
			sent, ops := h.messageCost()
			if ops == 0 {
				return Finding{Witness: "No client invoked an operation."}
			}
			// Nothing is rounded: sent/ops is compared to n/10000.
			f := Finding{Value: ratio(sent, ops), Verdict: verdictOf(rel.of(cmp.Compare(sent*ratioOne, n*ops)))}
			f.Witness = fmt.Sprintf("%s sent for %s: %v each.", are(sent, "message"), plural(ops, "operation"), ratio(sent, ops))
			return f
		}, nil
	},
}

// messageCost returns how many messages were sent, and for how many operations.
func (h *History) messageCost() (sent, ops int64) {
	for _, o := range h.operations() {
		if !o.System && !(refused(o) && o.Result.Code == model.CodeUnsupported) {
			ops++
		}
	}
	return h.facts().sent, ops
}

// ratioOne is 1 as parseRatio returns it.
const ratioOne = 10_000

// parseRatio reads "8" or "2.5", in ten-thousandths.
func parseRatio(s string) (int64, bool) {
	whole, frac, dot := strings.Cut(s, ".")
	if whole == "" || len(whole) > 9 || len(frac) > 4 || dot && frac == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+frac+strings.Repeat("0", 4-len(frac)), 10, 63)
	return int64(n), err == nil
}

// ratio returns n/of, rounded to four places.
func ratio(n, of int64) float64 { return math.Round(float64(n)*ratioOne/float64(of)) / ratioOne }
