// Package netsim simulates a network of hosts in virtual time: a clock, a queue
// of events, seeded streams of random numbers, links with latency and loss, and
// the faults that break all of them. It knows neither what messages say nor what
// hosts do with them: a Handler is told what happens, in one deterministic order.
//
// Same options, same calls: same callbacks, at the same instants, on every
// machine. Nothing here reads the wall clock, starts a goroutine or ranges over a
// map.
package netsim

import (
	"fmt"

	"capsim/model"
)

// Options describe a network before its first event.
type Options struct {
	Hosts   int      // n1 to nHosts, at least 1
	Names   []string // of the last of the hosts, those that have a name of their own
	Seed    int64    // the root of every stream
	Latency Dist     // of every link, one way; nil is DefaultLatency
	Loss    float64  // share of messages that links lose, 0 to 1
}

// DefaultLatency is the latency of links where nothing else is said.
var DefaultLatency = mustDist("lognormal(10ms, 0.3)")

func mustDist(s string) Dist {
	d, err := ParseDist(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Handler is told what happens. Its methods may call the Net's, Step and
// AdvanceTo excepted.
type Handler interface {
	// Deliver hands a message to a host that is up.
	Deliver(id model.MsgID, from, to model.NodeID)
	// Timer fires a timer of a host that is up, in the incarnation that set it.
	Timer(host model.NodeID, ref uint32)
	// Alarm fires an alarm.
	Alarm(ref uint32)

	// Sent says that a message is on the wire and lands at due.
	Sent(id model.MsgID, from, to model.NodeID, due model.Time)
	// Dropped says that a message is gone, and why: "cut n1->n2", "partition n1 |
	// n2 n3", "loss 30%", "n2 is down".
	Dropped(id model.MsgID, from, to model.NodeID, cause string)
	// Held says that a message stays on a link until it heals.
	Held(id model.MsgID, from, to model.NodeID, cause string)
	// Released says that a held message is on the wire again and lands at due.
	Released(id model.MsgID, from, to model.NodeID, due model.Time)

	// LinkChanged says what one direction of a link is like from now on. Where hosts
	// are more than MaxPairs, it tells of links that differ by themselves, and by from
	// = to = 0 of all others; a partition, there, is told of none.
	LinkChanged(from, to model.NodeID, s LinkState)
	// Size returns how many bytes a message takes on the wire. It is asked only where
	// bandwidth counts.
	Size(id model.MsgID) int
	// Copied makes a copy of a message, which a link sends twice, and returns its id: the
	// next that rises.
	Copied(id model.MsgID, from, to model.NodeID) model.MsgID
	// Input hands a host that is up what Queue was given.
	Input(host model.NodeID, ref uint32)
	// Conditioned says in words how a host runs from now on: "slow +5ms", "skew -500ms",
	// "drift 200ppm", or "off" in place of the figure.
	Conditioned(host model.NodeID, how string)

	// HostChanged says what became of a host, before its timers and messages move.
	HostChanged(host model.NodeID, c HostChange)
}

// MaxPairs is how many hosts a network may have that keeps every pair of them
// apart: a stream of random numbers a link, a LinkChanged for each link that a
// partition cuts. Beyond it, nothing costs memory per pair: a link exists where it
// differs from the rest, and all draws come from one stream: the network's.
const MaxPairs = 32

// Net is a simulated network. It is not for concurrent use.
type Net struct {
	handler Handler
	seed    int64
	now     model.Time
	queue   queue
	timers  timers
	hosts   []host  // by NodeID; the first is none
	unusual hostSet // the hosts that are not up, or odd
	names   []string
	links   links
	part    *partition
	held    []message // in the order held
	kept    []message // held one by one, until they are released so
	flaps   []*flap
	busy    map[uint64]model.Time // by pairKey: until when a link with a bandwidth is at work

	lossShare float64 // of lossText
	lossText  string  // the last loss in words
}

// New returns a network at instant 0, all hosts up, all links open. It panics on
// options out of range.
func New(o Options, h Handler) *Net {
	if o.Hosts < 1 || o.Hosts > 1<<30 || len(o.Names) > o.Hosts || !(o.Loss >= 0 && o.Loss <= 1) {
		panic(fmt.Sprintf("netsim: options out of range: %+v", o))
	}
	if o.Latency == nil {
		o.Latency = DefaultLatency
	}
	n := &Net{handler: h, seed: o.Seed, hosts: make([]host, o.Hosts+1), names: o.Names}
	for i := range n.hosts {
		n.hosts[i].incarnation = 1
	}
	n.links.init(o)
	return n
}

// Hosts returns how many hosts there are.
func (n *Net) Hosts() int { return len(n.hosts) - 1 }

// name returns what a host is called: "n2", or the name of its own.
func (n *Net) name(id model.NodeID) string {
	if i := int(id) - 1 - (n.Hosts() - len(n.names)); i >= 0 && i < len(n.names) {
		return n.names[i]
	}
	return id.String()
}

// Now returns the clock's instant.
func (n *Net) Now() model.Time { return n.now }

// Next returns the instant of the earliest pending event, model.Never if there
// is none. A timer that was cancelled, or died in a crash, is not pending.
func (n *Net) Next() model.Time {
	if e := n.earliest(); e != nil {
		return e.at
	}
	return model.Never
}

// earliest returns the earliest event that is still to happen, nil if none is.
func (n *Net) earliest() *entry {
	for {
		e := n.queue.peek()
		if e == nil || !e.isTimer() || n.timerLives(*e) {
			return e
		}
		n.buryTimer(*e)
		n.queue.drop()
	}
}

// Step moves the clock to the earliest pending event and lets it happen, which
// calls the Handler; it returns false, and does nothing, if there is none. What
// reaches a paused host is put aside without a call.
func (n *Net) Step() bool {
	p := n.earliest()
	if p == nil {
		return false
	}
	e := *p
	n.queue.drop()
	n.now = e.at
	switch e.kind() {
	case alarmEntry:
		n.handler.Alarm(e.a())
	case timerEntry:
		n.fireTimer(e)
	case messageEntry, arrivedEntry:
		n.arrive(e)
	case servedTimerEntry, servedMessageEntry, servedInputEntry:
		n.serve(e)
	case flapEntry:
		n.turn(int(e.a()))
	}
	return true
}

// AdvanceTo moves the clock to t. It panics if t is past, or if an event is
// pending before t.
func (n *Net) AdvanceTo(t model.Time) {
	if t < n.now || t > n.Next() {
		panic(fmt.Sprintf("netsim: AdvanceTo(%v) at %v with an event pending at %v", t, n.now, n.Next()))
	}
	n.now = t
}

// Alarm calls Handler.Alarm at the instant given, whatever hosts and links are
// like then; now, if the instant is past.
func (n *Net) Alarm(at model.Time, ref uint32) {
	n.queue.push(newEntry(max(at, n.now), alarmEntry, ref, 0, 0))
}
