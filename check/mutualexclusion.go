package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/model"
)

// mutualExclusion: no two holders believed to hold one resource at once. A holder believes
// so from its Acquire to its Relinquish: until it gives the resource back, or notices
// itself that its right is over. One that is paused notices nothing, and one whose process
// is gone believes nothing.
var mutualExclusion = Check{
	Name:  "mutual-exclusion",
	Usage: "[RESOURCE]",
	Doc:   "no two holders held one resource at once; else who, from when to when",
	About: "No two holders believed to hold one resource at once. A holder believes so from when it " +
		"acquired the resource until it gives it back, or notices itself that its right is over: by " +
		"its own clock, or because it is told. One that is paused notices nothing, so it goes on " +
		"believing; one whose process is gone believes nothing. Instants are ordered by event " +
		"number. It says nothing of what holders do: that is guarded.",
	Source: "Dijkstra, Solution of a Problem in Concurrent Programming Control (1965)",
	Whole:  true, Asked: true,
	Parse: optionalKey(func(h *History, resource string) Finding { return h.mutualExclusion(resource) }),
}

// clash is two holdings of one resource at once.
type clash struct {
	name       string
	old, fresh *holding // fresh began while old lasted
}

func (h *History) mutualExclusion(resource string) Finding {
	var all []clash
	acquired, holders := 0, map[string]bool{}
	for _, r := range h.facts().locks.of(resource) {
		all = append(all, r.clashes()...)
		acquired += len(r.holdings)
		for _, held := range r.holdings {
			holders[held.holder] = true
		}
	}
	switch {
	case acquired == 0:
		return Finding{Verdict: Yes, Witness: "Nothing to judge: nobody acquired " + orAny(resource) + "."}
	case len(all) == 0:
		return Finding{Verdict: Yes, Witness: fmt.Sprintf("One holder at a time: acquired %s by %s.", times(acquired), plural(len(holders), "holder"))}
	}
	slices.SortStableFunc(all, func(a, b clash) int { return a.fresh.from - b.fresh.from })
	f := Finding{Verdict: No, At: all[0].fresh.since}
	var told []string
	for _, c := range all[:min(len(all), maxTold)] {
		told = append(told, h.tellClash(&f, c))
	}
	if more := len(all) - len(told); more > 0 {
		told = append(told, fmt.Sprintf("And %d more.", more))
	}
	f.Witness = strings.Join(told, " ")
	f.tidy()
	return f
}

// clashes lists what overlaps, by the beginning of the later.
func (r *resource) clashes() []clash {
	var all []clash
	var open []*holding // those that may still last
	for _, fresh := range r.holdings {
		open = slices.DeleteFunc(open, func(old *holding) bool { return old.to != 0 && old.to < fresh.from })
		for _, old := range open {
			if old.meets(fresh) {
				all = append(all, clash{r.name, old, fresh})
			}
		}
		open = append(open, fresh)
	}
	return all
}

// tellClash says who held what at once, and adds it to the finding.
func (h *History) tellClash(f *Finding, c clash) string {
	f.Events = append(f.Events, c.old.from, c.fresh.from)
	for _, held := range []*holding{c.old, c.fresh} {
		if h.number(held.op) >= 0 && !slices.Contains(f.Ops, held.op) {
			f.Ops = append(f.Ops, held.op)
		}
	}
	words := fmt.Sprintf("%s and %s both held %s from %s (%s)", clip(c.old.holder), clip(c.fresh.holder), clip(model.Quote(c.name)),
		instant(c.fresh.since), number(c.fresh.from))
	first := c.old // whose holding ended first
	if c.old.to == 0 || c.fresh.to != 0 && c.fresh.to < c.old.to {
		first = c.fresh
	}
	if first.to == 0 {
		words += " on"
	} else {
		words += fmt.Sprintf(" to %s (%s), when %s's ended", instant(first.until), number(first.to), clip(first.holder))
		f.Events = append(f.Events, first.to)
	}
	return words + fmt.Sprintf("; %s's began at %s (%s).", clip(c.old.holder), instant(c.old.since), number(c.old.from))
}

// heldAtOnce returns for how long resources had more than one holder, of all together;
// nil if nobody acquired any.
func (h *History) heldAtOnce() any {
	sum, any := time.Duration(0), false
	for _, r := range h.facts().locks.all {
		any = any || len(r.holdings) > 0
		over := model.Time(0) // until when it is counted
		for _, c := range r.clashes() {
			from, to := max(c.fresh.since, over), h.end
			for _, held := range []*holding{c.old, c.fresh} {
				if held.to != 0 {
					to = min(to, held.until)
				}
			}
			if to > from {
				sum, over = sum+to.Sub(from), to
			}
		}
	}
	if !any {
		return nil
	}
	return sum
}

// instant writes a time of the run for people, as after does.
func instant(t model.Time) string { return after(time.Duration(t)) }

// orAny names a resource, or any.
func orAny(resource string) string {
	if resource == "" {
		return "a resource"
	}
	return clip(model.Quote(resource))
}

// times writes "once", "twice", "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
