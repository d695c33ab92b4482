package check

import (
	"fmt"
	"strings"

	"capsim/model"
)

// guarded: the writes to a resource took effect in the order in which their holders had
// acquired it. That is what a fencing token makes sure of, and all that it can: what
// guards a resource learns of a newer holder by that one's first write.
var guarded = Check{
	Name:  "guarded",
	Usage: "[RESOURCE]",
	Doc:   "no write of a stale holder took effect after one of a later holder",
	About: "Did a stale holder's write get through? Writes to a guarded resource must take effect in " +
		"the order in which their holders had acquired it: none after a write that belongs to a " +
		"later acquisition, be it another holder's or the writer's own. Acquisitions are ordered " +
		"by their fencing tokens if all of the resource have one, else by when they were made. A " +
		"write belongs to the acquisition of its writer that has its token; without, to the " +
		"writer's last before it invoked the write; the write of one who never held the resource " +
		"comes before all. It is what fencing tokens (Chubby's sequencers) make sure of. A stale " +
		"write before the new holder's first is as harmless as if it had been made in time, unless " +
		"the new holder has read the resource without showing its token: it is in the order, and " +
		"counted by the metric late-writes.",
	Source: "Burrows, The Chubby lock service (2006), section 2.4; Kleppmann, How to do distributed locking (2016)",
	Whole:  true, Asked: true,
	Parse: optionalKey(func(h *History, resource string) Finding { return h.guarded(resource) }),
}

// stale is a write that took effect after one of a later acquisition.
type staleWrite struct {
	name          string
	write, before write
	of            *holding // that before belongs to; nil for none
}

func (h *History) guarded(resource string) Finding {
	var stale []staleWrite
	writes := 0
	for _, r := range h.facts().locks.of(resource) {
		writes += len(r.writes)
		stale = append(stale, h.staleWrites(r)...)
	}
	switch {
	case writes == 0:
		return Finding{Verdict: Yes, Witness: "Nothing to judge: no write to " + orAny(resource) + " took effect."}
	case len(stale) == 0:
		f := Finding{Verdict: Yes, Witness: fmt.Sprintf("%s took effect in the order in which the holders had acquired what they wrote to.", plural(writes, "write"))}
		if late := h.lateWrites(resource); late > 0 {
			f.Witness += fmt.Sprintf(" %d of them came after another had acquired it, but before that one had written.", late)
		}
		return f
	}
	f := Finding{Verdict: No, At: h.at(stale[0].write.event)}
	told := []string{fmt.Sprintf("%d of %s of stale holders got through.", len(stale), plural(writes, "write"))}
	for _, s := range stale[:min(len(stale), maxTold)] {
		f.At = min(f.At, h.at(s.write.event))
		told = append(told, h.tellStale(&f, s))
	}
	if more := len(stale) - maxTold; more > 0 {
		told = append(told, fmt.Sprintf("And %d more.", more))
	}
	f.Witness = strings.Join(told, " ")
	f.tidy()
	return f
}

// rank is a place in the order of a resource's acquisitions: a token, or an event.
type rank int64

// ranked tells whether all acquisitions have a token to be ordered by.
func (r *resource) ranked() bool {
	for _, held := range r.holdings {
		if held.token == 0 {
			return false
		}
	}
	return true
}

func (held *holding) rank(ranked bool) rank {
	switch {
	case held == nil:
		return 0
	case ranked:
		return rank(held.token)
	}
	return rank(held.from)
}

// owner returns the acquisition that a write belongs to; nil for none.
func (h *History) owner(r *resource, w write) *holding {
	asked := w.event
	if i := h.number(w.op); i >= 0 {
		asked = h.x.Ops()[i].Invoked
	}
	var last *holding
	for _, held := range r.holdings {
		switch {
		case held.from > w.event || held.holder != w.by:
		case w.token != 0 && held.token == w.token:
			return held
		case held.from < asked:
			last = held
		}
	}
	return last
}

// staleWrites lists what took effect after a write of a later acquisition.
func (h *History) staleWrites(r *resource) []staleWrite {
	var stale []staleWrite
	ranked := r.ranked()
	var top write // of the latest acquisition so far
	var of *holding
	highest := rank(-1)
	for _, w := range r.writes {
		own := h.owner(r, w)
		at := own.rank(ranked)
		if ranked && w.token != 0 {
			at = rank(w.token)
		}
		if at < highest {
			stale = append(stale, staleWrite{r.name, w, top, of})
			continue
		}
		highest, top, of = at, w, own
	}
	return stale
}

// lateWrites counts the writes that took effect after somebody else had made a later
// acquisition, whether or not that one had written.
func (h *History) lateWrites(resource string) int64 {
	n := int64(0)
	for _, r := range h.facts().locks.of(resource) {
		ranked := r.ranked()
		for _, w := range r.writes {
			own := h.owner(r, w)
			for _, held := range r.holdings {
				if held.from < w.event && held.holder != w.by && held.rank(ranked) > own.rank(ranked) {
					n++
					break
				}
			}
		}
	}
	return n
}

// lateWritesOf is the metric: nil if nothing was written.
func (h *History) lateWritesOf() any {
	for _, r := range h.facts().locks.all {
		if len(r.writes) > 0 {
			return h.lateWrites("")
		}
	}
	return nil
}

// tellStale says which write got through after which, and adds both to the finding.
func (h *History) tellStale(f *Finding, s staleWrite) string {
	f.Events = append(f.Events, s.write.event, s.before.event)
	for _, w := range []write{s.write, s.before} {
		if h.number(w.op) >= 0 {
			f.Ops = append(f.Ops, w.op)
		}
	}
	later := "a later holder"
	if s.of != nil {
		later = fmt.Sprintf("%s, who acquired it at %s (%s),", clip(s.of.holder), instant(s.of.since), number(s.of.from))
		f.Events = append(f.Events, s.of.from)
	}
	return fmt.Sprintf("%s's write to %s%s took effect at %s (%s), though %s had written to it%s at %s (%s).", clip(s.write.by), clip(model.Quote(s.name)),
		bearing(s.write.token), instant(h.at(s.write.event)), number(s.write.event), later, bearing(s.before.token),
		instant(h.at(s.before.event)), number(s.before.event))
}

// bearing writes the token that a write bore, if any.
func bearing(token int64) string {
	if token == 0 {
		return ""
	}
	return fmt.Sprintf(" (token %d)", token)
}
