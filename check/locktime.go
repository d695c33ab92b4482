package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/model"
	"capsim/trace"
)

// lockTime: a percentile of how long resources were held, by nearest rank.
var lockTime = Check{
	Name:  "lock-time",
	Usage: "PERCENTILE CMP DURATION",
	Doc:   "how long resources stayed locked: lock-time p50 < 50ms, lock-time p100 < 1s",
	About: "From each time that a holder acquired a resource until it gave it up, a crash in between " +
		"included: a lock that stands on disk outlives the process. One that is still held counts with " +
		"the time so far.",
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
			f := h.lockTime(p)
			if f.Value != nil {
				f.Verdict = verdictOf(rel.of(cmp.Compare(f.Value.(time.Duration), d)))
			}
			return f
		}, nil
	},
}

// parseRank reads a percentile: "p50", "p99.9", "p100".
func parseRank(words []string, i int) (Percent, error) {
	const want = "a percentile: p50, p99, p99.9, p100"
	w, err := word(words, i, want)
	if err != nil {
		return 0, err
	}
	digits, ok := strings.CutPrefix(w, "p")
	p, valid := parsePercent(digits + "%")
	if !ok || !valid || p == 0 {
		return 0, &ArgError{Word: i, Got: w, Want: want}
	}
	return p, nil
}

// tenure is one holding of a resource.
type tenure struct {
	hold
	from, to int // events; to is 0 while it is held
	took     time.Duration
}

// tenures returns how long resources were held, in the order in which they were acquired.
func (h *History) tenures() []tenure {
	var all []tenure
	open := map[hold]int{} // place in all
	for n := 1; n <= h.until; n++ {
		e := h.log.At(n)
		if e.Kind != trace.Acquire && e.Kind != trace.Relinquish {
			continue
		}
		k := hold{e.Key, e.Text}
		i, held := open[k]
		switch {
		case e.Kind == trace.Acquire && !held:
			open[k] = len(all)
			all = append(all, tenure{hold: k, from: n})
		case e.Kind == trace.Relinquish && held:
			all[i].to = n
			delete(open, k)
		}
	}
	for i := range all {
		until := h.end
		if all[i].to != 0 {
			until = h.at(all[i].to)
		}
		all[i].took = until.Sub(h.at(all[i].from))
	}
	return all
}

// lockTime measures a percentile; without a lock the finding has no value.
func (h *History) lockTime(p Percent) Finding {
	all := h.tenures()
	if len(all) == 0 {
		return Finding{Witness: "No resource was locked."}
	}
	slices.SortStableFunc(all, func(a, b tenure) int { return cmp.Compare(a.took, b.took) })
	rank := (int64(p)*int64(len(all)) + 999_999) / 1_000_000
	l := all[rank-1]
	how := "locked"
	if l.to == 0 {
		how = "still locked"
	}
	f := Finding{Value: l.took, Events: []int{l.from, l.to}}
	f.Witness = fmt.Sprintf("The %s of %s is %s: %s was %s by %s (%s).", p.rank(), plural(len(all), "lock"), after(l.took),
		model.Quote(l.resource), how, model.Quote(l.holder), number(l.from))
	f.tidy()
	return f
}
