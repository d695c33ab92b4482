package netsim

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"capsim/model"
)

// odd is how a host runs that does not run as it should: slowly, or by a clock that
// is wrong. The other hosts have none.
type odd struct {
	step time.Duration // how much longer each step takes; 0: no time
	busy model.Time    // until when it is at work on what has come

	skew  time.Duration // of the wall clock, beside what drift made
	drift int64         // of both clocks: nanoseconds a second that they gain
	since model.Time    // when drift began
	local model.Time    // what the monotonic clock showed then
}

// whole second, in the unit of drift.
const perSecond = int64(time.Second)

// oddOf returns how the host runs, to change.
func (n *Net) oddOf(id model.NodeID) *odd {
	h := n.host(id)
	if h.odd == nil {
		h.odd = &odd{since: n.now, local: n.now}
		n.noteState(id)
	}
	return h.odd
}

// working tells whether what comes now has to wait for its turn.
func (o *odd) working(now model.Time) bool { return o.step > 0 || o.busy > now }

// enqueue lets an input of a slow host wait: for those before it, and for the time
// that its own step takes.
func (n *Net) enqueue(id model.NodeID, e entry) {
	o := n.hosts[id].odd
	o.busy = max(o.busy, n.now).Add(o.step)
	n.queue.push(e.as(e.kind(), o.busy))
}

// Slow tells whether what a host is given now has to wait for its turn: then Queue is
// the way to give it.
func (n *Net) Slow(host model.NodeID) bool {
	h := n.host(host)
	return h.odd != nil && h.odd.working(n.now)
}

// Queue lets an input wait for its turn at a slow host: then Handler.Input gets it,
// unless the host crashes before. While the host is paused it waits.
func (n *Net) Queue(host model.NodeID, ref uint32) {
	n.oddOf(host)
	n.enqueue(host, newEntry(0, servedInputEntry, ref, 0, uint32(host)))
}

// serve hands a host the input whose step is done.
func (n *Net) serve(e entry) {
	host := model.NodeID(e.c())
	if n.hosts[host].state == Paused {
		n.putAside(host, e)
		return
	}
	switch e.kind() {
	case servedTimerEntry:
		n.ring(host, e)
	case servedMessageEntry:
		m := e.message()
		n.handler.Deliver(m.id, m.from, m.to)
	case servedInputEntry:
		n.handler.Input(host, e.a())
	}
}

// takeQueue takes from the queue what waits at a slow host, in its order.
func (n *Net) takeQueue(id model.NodeID) []entry {
	o := n.hosts[id].odd
	if o == nil || o.busy < n.now {
		return nil
	}
	o.busy = n.now
	var waits []entry
	n.queue.filter(func(e entry) bool {
		if k := e.kind(); k < servedTimerEntry || k > servedInputEntry || model.NodeID(e.c()) != id {
			return true
		}
		waits = append(waits, e)
		return false
	})
	slices.SortStableFunc(waits, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	return waits
}

// mulDiv returns x·a/b, rounded down; all positive, and the result fits.
func mulDiv(x, a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(x), uint64(a))
	q, _ := bits.Div64(hi, lo, uint64(b))
	return int64(q)
}

// real returns how long a host has to wait until its own clock shows that d has
// passed; never less.
func (o *odd) real(d time.Duration) time.Duration {
	if o.drift == 0 || d <= 0 {
		return d
	}
	d = min(d, 1<<61)
	hi, lo := bits.Mul64(uint64(d), uint64(perSecond))
	lo, carry := bits.Add64(lo, uint64(perSecond+o.drift-1), 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(perSecond+o.drift))
	return time.Duration(q)
}

// monotonic returns what the host's clock without the skew shows.
func (o *odd) monotonic(now model.Time) model.Time {
	passed := int64(now.Sub(o.since))
	return o.local + model.Time(mulDiv(passed, perSecond+o.drift, perSecond))
}

// Clock returns the instant that a host's own wall clock shows: never less than 0.
func (n *Net) Clock(host model.NodeID) model.Time {
	o := n.hosts[host].odd
	if o == nil {
		return n.now
	}
	return max(o.monotonic(n.now).Add(o.skew), 0)
}

// Monotonic returns what the host's monotonic clock shows: the wall clock without the skew.
func (n *Net) Monotonic(host model.NodeID) model.Time {
	o := n.hosts[host].odd
	if o == nil {
		return n.now
	}
	return o.monotonic(n.now)
}

// setDrift makes a host's clocks gain so many nanoseconds a second from now on. Its
// pending timers fire when its clock says so.
func (n *Net) setDrift(id model.NodeID, drift int64) {
	o := n.oddOf(id)
	old := *o
	o.local, o.since, o.drift = o.monotonic(n.now), n.now, drift
	var moved []entry
	n.queue.filter(func(e entry) bool {
		if e.kind() != timerEntry || model.NodeID(e.c()) != id || !n.timerLives(e) {
			return true
		}
		left := mulDiv(int64(e.at.Sub(n.now)), perSecond+old.drift, perSecond)
		moved = append(moved, e.as(timerEntry, n.now.Add(o.real(time.Duration(left)))))
		return false
	})
	slices.SortStableFunc(moved, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	for _, e := range moved {
		n.queue.push(e)
	}
}
