package netsim

import (
	"time"

	"capsim/model"
)

// TimerID names a timer; zero names none.
type TimerID uint64

// timers are the slots of pending timers. A slot's generation rises whenever its
// timer fires, is cancelled or is found dead, so that what still points to it in
// the queue is known to be stale.
type timers struct {
	slots []timerSlot
	free  []uint32
	stale int // entries of cancelled timers in the queue, at most
}

type timerSlot struct {
	generation uint32
	ref        uint32
	life       int32 // of its host when it was set
}

// After sets a timer of a host: d from now by the host's own clock (at once if d is negative) it calls
// Handler.Timer with ref, unless it is cancelled or the host crashes before. While
// the host is paused it waits. The host must not be down.
func (n *Net) After(host model.NodeID, d time.Duration, ref uint32) TimerID {
	h := n.host(host)
	if h.state == Down {
		panic("netsim: a timer set on " + host.String() + ", which is down")
	}
	t := &n.timers
	var slot uint32
	if last := len(t.free) - 1; last >= 0 {
		slot, t.free = t.free[last], t.free[:last]
	} else {
		slot = uint32(len(t.slots))
		t.slots = append(t.slots, timerSlot{generation: 1})
	}
	s := &t.slots[slot]
	s.ref, s.life = ref, h.life
	if h.odd != nil {
		d = h.odd.real(d)
	}
	n.queue.push(newEntry(n.now.Add(max(d, 0)), timerEntry, slot, s.generation, uint32(host)))
	return TimerID(s.generation)<<32 | TimerID(slot)
}

// Cancel ends a timer. It does nothing if the timer fired, was cancelled or died
// in a crash, or for the zero TimerID.
func (n *Net) Cancel(id TimerID) {
	t := &n.timers
	slot, generation := uint32(id), uint32(id>>32)
	if int(slot) >= len(t.slots) || t.slots[slot].generation != generation {
		return
	}
	t.release(slot)
	// Its entry stays in the queue; once most entries are such, all go at once,
	// so that a cancel costs a constant on average and memory stays bounded.
	if t.stale++; t.stale > 64 && 2*t.stale > n.queue.count {
		n.queue.filter(func(e entry) bool { return !e.isTimer() || t.current(e) })
		t.stale = 0
	}
}

func (t *timers) release(slot uint32) {
	t.slots[slot].generation++
	t.free = append(t.free, slot)
}

// current tells whether the entry's timer has neither fired nor been cancelled.
func (t *timers) current(e entry) bool { return t.slots[e.a()].generation == e.b() }

// timerLives tells whether the timer is still to fire.
func (n *Net) timerLives(e entry) bool {
	s := &n.timers.slots[e.a()]
	return s.generation == e.b() && s.life == n.hosts[e.c()].life
}

// buryTimer forgets a timer that does not live, before its entry is dropped.
func (n *Net) buryTimer(e entry) {
	if n.timers.current(e) {
		n.timers.release(e.a())
	} else if n.timers.stale > 0 {
		n.timers.stale--
	}
}

func (n *Net) fireTimer(e entry) {
	host := model.NodeID(e.c())
	h := &n.hosts[host]
	if h.state == Paused {
		n.putAside(host, e)
		return
	}
	if h.odd != nil && h.odd.working(n.now) {
		n.enqueue(host, e.as(servedTimerEntry, 0))
		return
	}
	n.ring(host, e)
}

// ring lets a timer fire.
func (n *Net) ring(host model.NodeID, e entry) {
	ref := n.timers.slots[e.a()].ref
	n.timers.release(e.a())
	n.handler.Timer(host, ref)
}
