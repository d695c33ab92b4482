package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/trace"
)

// latency: a percentile of how long clients waited for ok answers, by nearest rank.
var latency = Check{
	Name:  "latency",
	Usage: "PERCENTILE CMP DURATION",
	Doc:   "how long clients waited for their answers: latency p99 < 50ms",
	Whole: true,
	Parse: func(words []string) (Test, error) {
		p, err := parseRank(words, 0)
		if err != nil {
			return nil, err
		}
		rel, d, err := parseSpan(words, 1)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding {
			f := h.latency(p)
			if f.Value != nil {
				f.Verdict = verdictOf(rel.of(cmp.Compare(f.Value.(time.Duration), d)))
			}
			return f
		}, nil
	},
}

// latency measures a percentile; without an answer the finding has no value.
func (h *History) latency(p Percent) Finding {
	var waits []*trace.Op
	for _, o := range h.operations() {
		if !o.System && answeredOK(o) {
			waits = append(waits, o)
		}
	}
	if len(waits) == 0 {
		return Finding{Witness: "No operation was answered."}
	}
	slices.SortStableFunc(waits, func(a, b *trace.Op) int { return cmp.Compare(a.Done.Sub(a.At), b.Done.Sub(b.At)) })
	// Nearest rank: the least that p of all don't exceed.
	rank := (int64(p)*int64(len(waits)) + 999_999) / 1_000_000
	o := waits[rank-1]
	d := o.Done.Sub(o.At)
	f := Finding{Value: d, Witness: fmt.Sprintf("The %s of %s is %s: %s.", p.rank(), plural(len(waits), "answer"), after(d), tell(o))}
	f.point(o)
	return f
}

// rank writes the share as a percentile: p99, p99.9.
func (p Percent) rank() string {
	s := strconv.FormatInt(int64(p)/10_000, 10)
	if rest := int64(p) % 10_000; rest != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(10_000+rest, 10)[1:], "0")
	}
	return "p" + s
}
