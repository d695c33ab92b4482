package check

import (
	"capsim/model"
)

// Metric is a named measure of a run.
type Metric struct {
	Name string
	Doc  string
	// Of returns an int64, or a time.Duration; nil if there was nothing to measure.
	Of func(h *History) any
}

// Metrics is the one ordered list of the measures of a run.
var Metrics = []Metric{
	{"lost-writes", "acknowledged writes that are gone", func(h *History) any { return h.lost().Value }},
	{"stale-reads", "reads that missed a write acknowledged before they began", func(h *History) any { return h.stale().stale }},
	{"staleness", "how far behind the stalest read was", func(h *History) any { return h.stale().worst }},
	{
		"time-to-converge", "from the last heal or write until no key was diverged any more; none if one still is",
		func(h *History) any { return h.timeToConverge() },
	},
	{"latency-p50", "half of the answers took at most this", func(h *History) any { return h.latency(500_000).Value }},
	{"latency-p99", "all but one in a hundred answers took at most this", func(h *History) any { return h.latency(990_000).Value }},
	{"messages", "messages sent between nodes", func(h *History) any { return h.facts().sent }},
}

// timeToConverge returns the time from the last heal, or the invocation of the last
// write that was not refused if that was later, to the first instant from which no
// key was diverged to the end; 0 if none was by then, nil if one is at the end or
// nothing was ever written.
func (h *History) timeToConverge() any {
	if !h.view().Converged() {
		return nil
	}
	from, written := model.Time(0), false
	for _, o := range h.operations() {
		if o.Command.Writes() && !refused(o) {
			from, written = max(from, o.At), true
		}
	}
	if !written {
		return nil
	}
	return max(0, h.agreement().Sub(max(from, h.facts().heal)))
}
