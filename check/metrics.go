package check

import (
	"capsim/model"
)

// Metric is a named measure of a run.
type Metric struct {
	Name string
	Doc  string
	// Of returns an int64, a time.Duration, or a float64 that is a ratio, rounded to four
	// places; nil if there was nothing to measure.
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
	{"version-staleness", "how many versions behind the farthest read was", func(h *History) any { return h.versionsBehind().Value }},
	{"answered-majority", "share answered of the requests to healthy nodes on the majority's side of a partition", func(h *History) any {
		s, _ := h.sides()
		return s.share()
	}},
	{"answered-minority", "share answered of the requests to healthy nodes on a minority's side of a partition", func(h *History) any {
		_, s := h.sides()
		return s.share()
	}},
	{"stale-reads-partitioned", "stale reads that began during a partition", func(h *History) any {
		n, _ := h.stalePartitioned()
		return n
	}},
	{"stale-reads-calm", "reads that missed a write though no fault was in force since it began", func(h *History) any { return int64(h.calm().stale) }},
	{"latency-calm-p50", "half of the answers to what began without faults took at most this", func(h *History) any { return h.calm().wait(500_000) }},
	{"latency-calm-p99", "all but one in a hundred of those took at most this", func(h *History) any { return h.calm().wait(990_000) }},
	{"messages-per-op", "messages sent for each operation that a client invoked", func(h *History) any {
		sent, ops := h.messageCost()
		if ops == 0 {
			return nil
		}
		return ratio(sent, ops)
	}},
	{"held-at-once", "for how long resources had more than one holder", func(h *History) any { return h.heldAtOnce() }},
	{"hold-p50", "half of the times for which a resource was held were at most this", func(h *History) any { return median(h.holdTimes()) }},
	{"lock-wait-p50", "half of those who acquired a resource had waited at most this", func(h *History) any { return median(h.lockWaits()) }},
	{"late-writes", "writes to a guarded resource that took effect after another had acquired it", func(h *History) any { return h.lateWritesOf() }},
	{"lock-time-p50", "half of the locks were held for at most this", func(h *History) any { return h.lockTime(500_000).Value }},
	{"lock-time-max", "the longest time for which a lock was held", func(h *History) any { return h.lockTime(1_000_000).Value }},
	{"blocked-max", "the longest time for which a node that was up was in doubt", func(h *History) any { return h.longestDoubt() }},
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
	return max(0, h.view().Agreed().Sub(max(from, h.facts().heal)))
}
