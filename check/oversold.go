package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// oversold counts the stocks of which more was sold than there was: KEYs that end in
// :stock, or that a TAKE names, and that fell below zero at a node, ever.
var oversold = Check{
	Name:  "oversold",
	Usage: "CMP N",
	Doc:   "of how many stocks more was sold than there was: oversold = 0",
	About: "How many stocks (keys that end in :stock, or that a TAKE names) ever fell below zero at " +
		"a node.",
	Whole: true,
	Parse: countOf(func(h *History) Finding { return h.oversold() }),
}

func (h *History) oversold() Finding {
	taken := map[string]bool{}
	for _, o := range h.operations() {
		if o.Command.Verb == model.TAKE {
			taken[o.Command.Key()] = true
		}
	}
	var f Finding
	var below, told []string
	for n := 1; n <= h.until; n++ {
		e := h.log.At(n)
		if e.Kind != trace.Applied || e.Record() == nil || slices.Contains(below, e.Key) {
			continue
		}
		if !taken[e.Key] && !strings.HasSuffix(e.Key, model.StockSuffix) {
			continue
		}
		left, err := strconv.ParseInt(e.Record().Value().Str, 10, 64)
		if err != nil || left >= 0 {
			continue
		}
		if below = append(below, e.Key); len(told) < maxTold {
			told = append(told, fmt.Sprintf("%s fell to %d at %s (%s).", model.Quote(e.Key), left, e.Node, number(n)))
			f.Events = append(f.Events, n)
		}
		if f.At == 0 {
			f.At = e.At
		}
	}
	f.Value = int64(len(below))
	f.Witness = strings.Join(told, " ")
	switch more := len(below) - len(told); {
	case len(below) == 0:
		f.Witness = "No stock fell below zero at any node."
	case more > 0:
		f.Witness += fmt.Sprintf(" And %d more.", more)
	}
	return f
}
