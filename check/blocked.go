package check

import (
	"cmp"
	"fmt"
	"time"

	"capsim/model"
	"capsim/trace"
)

// blocked: for how long nodes that were up were in doubt of one write.
var blocked = Check{
	Name:  "blocked",
	Usage: "CMP DURATION",
	Doc:   "the longest time for which a node that was up was in doubt: blocked < 1s",
	About: "The longest time for which a node that was up did not know whether what it had prepared took " +
		"place, and served nothing of that key. The time for which it was crashed does not count, for " +
		"then it serves nothing anyway; a doubt that a restart finds on the disk begins anew.",
	Source: "Skeen, Nonblocking Commit Protocols (SIGMOD 1981)",
	Whole:  true,
	Each:   true,
	Parse: func(words []string) (Test, error) {
		rel, d, err := parseSpan(words, 0)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding {
			worst, some := h.longest()
			f := Finding{Value: worst.took, Verdict: verdictOf(rel.of(cmp.Compare(worst.took, d))), Witness: "No node was in doubt."}
			if some {
				f.Events = []int{worst.from, worst.to}
				f.Witness = fmt.Sprintf("%s was in doubt of %s for %s (from %s).", worst.node, model.Quote(worst.key), after(worst.took), number(worst.from))
				if worst.to == 0 {
					f.Witness = fmt.Sprintf("%s is in doubt of %s and has been for %s (since %s).", worst.node, model.Quote(worst.key), after(worst.took), number(worst.from))
				}
				f.tidy()
			}
			return f
		}, nil
	},
}

// doubt is a time for which a node was in doubt of a key.
type doubt struct {
	node     model.NodeID
	key      string
	op       model.OpID
	from, to int // events; to is 0 while it lasts
	took     time.Duration
}

// longest returns the longest doubt; of several the first.
func (h *History) longest() (worst doubt, some bool) {
	type place struct {
		node model.NodeID
		key  string
	}
	open := map[place]doubt{}
	over := func(d doubt, n int, at model.Time) {
		if d.to, d.took = n, at.Sub(h.at(d.from)); !some || d.took > worst.took || d.took == worst.took && d.from < worst.from {
			worst, some = d, true
		}
	}
	for n := 1; n <= h.until; n++ {
		e := h.log.At(n)
		switch p := (place{e.Node, e.Key}); {
		case e.Kind == trace.HostChange && (e.Text == "crashed" || e.Text == "wiped"):
			for q, d := range open { // of one node: over takes the longest in any order
				if q.node == e.Node {
					over(d, n, e.At)
					delete(open, q)
				}
			}
		case e.Kind != trace.Doubt:
		case open[p].from != 0 && open[p].op != e.Op:
			over(open[p], n, e.At)
			delete(open, p)
			fallthrough
		default:
			if e.Op != 0 && open[p].from == 0 {
				open[p] = doubt{node: e.Node, key: e.Key, op: e.Op, from: n}
			}
		}
	}
	for _, d := range open {
		over(d, 0, h.end)
	}
	return worst, some
}

// longestDoubt is the longest doubt as a metric; nil if there was none.
func (h *History) longestDoubt() any {
	if worst, some := h.longest(); some {
		return worst.took
	}
	return nil
}
