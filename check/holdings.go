package check

import (
	"slices"
	"time"

	"capsim/model"
	"capsim/trace"
)

// locks are the resources that somebody held or wrote to as a holder, in the order in
// which the log first names them.
type locks struct {
	all []*resource
	by  map[string]*resource
}

// resource is what happened to one of them.
type resource struct {
	name     string
	holdings []*holding // ascending by from
	writes   []write    // ascending by event
}

// holding is the time for which somebody believed to hold a resource: from Acquire to
// Relinquish, or to the end of its process, which believes nothing any more. What holds a
// resource is a name, wherever it is: one that acquires again goes on with another holding.
type holding struct {
	holder   string
	node     model.NodeID
	op       model.OpID
	token    int64 // 0: none
	from, to int   // events; to is 0 while it lasts
	since    model.Time
	until    model.Time // of to
}

// write is one to a guarded resource that took effect.
type write struct {
	by    string
	node  model.NodeID
	op    model.OpID
	token int64 // that it bore; 0 for none
	event int
}

func (l *locks) resource(name string) *resource {
	r := l.by[name]
	if r == nil {
		if l.by == nil {
			l.by = map[string]*resource{}
		}
		r = &resource{name: name}
		l.by[name], l.all = r, append(l.all, r)
	}
	return r
}

// of returns the resource of that name, all of them for "".
func (l *locks) of(name string) []*resource {
	if name == "" {
		return l.all
	}
	if r := l.by[name]; r != nil {
		return []*resource{r}
	}
	return nil
}

// take takes in the n-th event.
func (l *locks) take(n int, e *trace.Event) {
	switch e.Kind {
	case trace.Acquire:
		r := l.resource(e.Key)
		r.end(n, e.At, func(h *holding) bool { return h.holder == e.Text })
		r.holdings = append(r.holdings, &holding{holder: e.Text, node: e.Node, op: e.Op, token: e.N, from: n, since: e.At})
	case trace.Relinquish:
		l.resource(e.Key).end(n, e.At, func(h *holding) bool { return h.holder == e.Text })
	case trace.Access:
		r := l.resource(e.Key)
		r.writes = append(r.writes, write{by: e.Text, node: e.Node, op: e.Op, token: e.N, event: n})
	case trace.HostChange:
		if e.Text == "crashed" || e.Text == "wiped" {
			l.end(n, e.At, func(h *holding) bool { return h.node == e.Node })
		}
	case trace.PolicyStart:
		l.end(n, e.At, func(*holding) bool { return true })
	}
}

func (l *locks) end(n int, at model.Time, which func(*holding) bool) {
	for _, r := range l.all {
		r.end(n, at, which)
	}
}

// end ends what lasts of the holdings.
func (r *resource) end(n int, at model.Time, which func(*holding) bool) {
	for _, h := range slices.Backward(r.holdings) {
		if h.to == 0 && which(h) {
			h.to, h.until = n, at
		}
	}
}

// meets tells whether the holding was there when a later one began, of somebody else.
func (h *holding) meets(later *holding) bool {
	return h.from < later.from && (h.to == 0 || h.to > later.from) && h.holder != later.holder
}

// lasted returns how long the holding has lasted by the end of the history.
func (h *holding) lasted(end model.Time) time.Duration {
	if h.to != 0 {
		end = h.until
	}
	return end.Sub(h.since)
}

// holdTimes returns how long every resource was held each time, sorted, what still lasts
// left out.
func (h *History) holdTimes() []time.Duration {
	var ds []time.Duration
	for _, r := range h.facts().locks.all {
		for _, held := range r.holdings {
			if held.to != 0 {
				ds = append(ds, held.lasted(h.end))
			}
		}
	}
	slices.Sort(ds)
	return ds
}

// lockWaits returns how long holders waited each time from their request to the resource,
// sorted.
func (h *History) lockWaits() []time.Duration {
	var ds []time.Duration
	for _, r := range h.facts().locks.all {
		for _, held := range r.holdings {
			if i := h.number(held.op); i >= 0 {
				ds = append(ds, held.since.Sub(h.x.Ops()[i].At))
			}
		}
	}
	slices.Sort(ds)
	return ds
}

// median returns half of the durations by nearest rank, nil of none; they are sorted.
func median(ds []time.Duration) any {
	if len(ds) == 0 {
		return nil
	}
	return percentile(ds, 500_000)
}
