package netsim

import (
	"fmt"

	"capsim/model"
)

// HostState is what a host is doing.
type HostState uint8

// The states of a host. A paused one keeps everything and does nothing.
const (
	Up HostState = iota
	Down
	Paused
)

func (s HostState) String() string { return [...]string{"up", "down", "paused"}[s] }

// HostChange is what becomes of a host.
type HostChange uint8

// The changes of a host. CrashedWiped says that its disk is to be emptied too.
const (
	Crashed HostChange = iota
	CrashedWiped
	Restarted
	PausedHost
	ResumedHost
)

func (c HostChange) String() string {
	return [...]string{"crashed", "crashed and wiped", "restarted", "paused", "resumed"}[c]
}

type host struct {
	incarnation int32
	life        int32 // rises at every crash: whose timers are whose
	state       HostState
	waiting     *[]entry // what came while it was paused, in that order; nil if nothing
	odd         *odd     // how it runs, if not as it should
}

// hostSet is a set of hosts, a bit each: what is asked of every message is in little memory
// then. nil is none.
type hostSet []uint64

func (b hostSet) has(i int) bool { return b != nil && b[i>>6]&(1<<(i&63)) != 0 }

// noteState takes in that a host's state or oddity may have changed.
func (n *Net) noteState(id model.NodeID) {
	h := &n.hosts[id]
	unusual := h.state != Up || h.odd != nil
	if unusual == n.unusual.has(int(id)) {
		return
	}
	if n.unusual == nil {
		n.unusual = make(hostSet, len(n.hosts)/64+1)
	}
	n.unusual[id>>6] ^= 1 << (id & 63)
}

// host returns a host's record, and panics if there is no such host.
func (n *Net) host(id model.NodeID) *host {
	if id < 1 || int(id) >= len(n.hosts) {
		panic(fmt.Sprintf("netsim: no host %d among %d", id, n.Hosts()))
	}
	return &n.hosts[id]
}

// HostState returns whether the host is up, down or paused.
func (n *Net) HostState(host model.NodeID) HostState { return n.host(host).state }

// Incarnation counts the host's boots: 1 at first, one more at every restart.
func (n *Net) Incarnation(host model.NodeID) int { return int(n.host(host).incarnation) }

// arrive ends a message's way.
func (n *Net) arrive(e entry) {
	m := e.message()
	if !n.unusual.has(int(m.to)) {
		n.handler.Deliver(m.id, m.from, m.to)
		return
	}
	h := &n.hosts[m.to]
	if h.odd != nil && h.state == Up && h.odd.working(n.now) {
		n.enqueue(m.to, e.as(servedMessageEntry, 0))
		return
	}
	switch h.state {
	case Up:
		n.handler.Deliver(m.id, m.from, m.to)
	case Paused:
		n.putAside(m.to, e.arrived())
	case Down:
		n.handler.Dropped(m.id, m.from, m.to, n.isDown(m.to))
	}
}

func (n *Net) isDown(host model.NodeID) string { return n.name(host) + " is down" }

func (n *Net) putAside(id model.NodeID, e entry) {
	h := &n.hosts[id]
	if h.waiting == nil {
		h.waiting = new([]entry)
	}
	*h.waiting = append(*h.waiting, e)
}

// takeAside empties and returns what waits for the host.
func (h *host) takeAside() []entry {
	if h.waiting == nil {
		return nil
	}
	w := *h.waiting
	h.waiting = nil
	return w
}

// crash ends the host's process: its timers die, what waits for it is dropped;
// what it has sent travels on.
func (n *Net) crash(id model.NodeID, wipe bool) error {
	h := n.host(id)
	if h.state == Down {
		return fmt.Errorf("%s is already down; restart %s first", n.name(id), n.name(id))
	}
	h.state = Down
	n.noteState(id)
	h.life++
	change := Crashed
	if wipe {
		change = CrashedWiped
	}
	n.handler.HostChanged(id, change)
	for _, e := range append(h.takeAside(), n.takeQueue(id)...) {
		switch e.kind() {
		case timerEntry, servedTimerEntry:
			n.buryTimer(e)
		case servedInputEntry:
		default:
			m := e.message()
			n.handler.Dropped(m.id, m.from, m.to, n.isDown(id))
		}
	}
	return nil
}

func (n *Net) restart(id model.NodeID) error {
	h := n.host(id)
	switch h.state {
	case Up:
		return fmt.Errorf("%s is already up; crash %s first", n.name(id), n.name(id))
	case Paused:
		return fmt.Errorf("%s is paused, not down; resume %s, or crash it first", n.name(id), n.name(id))
	}
	h.state = Up
	n.noteState(id)
	h.incarnation++
	n.handler.HostChanged(id, Restarted)
	return nil
}

func (n *Net) pause(id model.NodeID) error {
	h := n.host(id)
	switch h.state {
	case Down:
		return fmt.Errorf("%s is down; restart %s first", n.name(id), n.name(id))
	case Paused:
		return fmt.Errorf("%s is already paused; resume %s first", n.name(id), n.name(id))
	}
	h.state = Paused
	n.noteState(id)
	n.handler.HostChanged(id, PausedHost)
	return nil
}

// resume wakes a paused host: what waited for it happens at this instant, in the
// order in which it came, before anything else that is due now.
func (n *Net) resume(id model.NodeID) error {
	h := n.host(id)
	switch h.state {
	case Down:
		return fmt.Errorf("%s is down, not paused; restart %s first", n.name(id), n.name(id))
	case Up:
		return fmt.Errorf("%s is not paused; pause %s first", n.name(id), n.name(id))
	}
	h.state = Up
	n.noteState(id)
	n.handler.HostChanged(id, ResumedHost)
	for _, e := range h.takeAside() {
		e.at = n.now
		n.queue.pushFront(e) // at a slow host they wait for their turn from there
	}
	return nil
}
