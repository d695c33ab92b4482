package cluster

import (
	"math"
	"math/rand/v2"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// swarm is a cluster of more than MaxNodes: one Crowd plays all nodes, there are no stores,
// and the trace says how many nodes are in which state instead of what each does. Every
// message goes through the network all the same, and faults, clients and time are those
// of any cluster.
//
// Invariants:
//  1. A message under way is a Constant, whose number is its id, or has a slot, whose number is
//     its id less firstSlot; a free slot holds nil.
//  2. sent = delivered + dropped + the messages under way.
type swarm struct {
	c       *Cluster
	crowd   policies.Crowd
	env     swarmEnv
	rand    *rand.Rand
	usual   [firstSlot]policies.Message
	slots   []policies.Message
	free    []uint32
	census  census
	waiting map[model.NodeID][]*op // requests that reached a paused node
	notes   map[string]int         // by kind, how many were kept

	rounds                   int64
	sent, delivered, dropped int64
}

// firstSlot is the first id of messages that are not Constant.
const firstSlot = math.MaxUint8 + 1

// Alarms of a swarm that are no operation's timeout.
const (
	censusAlarm = 0
	tickAlarm   = math.MaxUint32
)

func newSwarm(c *Cluster) *swarm {
	s := &swarm{c: c, waiting: map[model.NodeID][]*op{}, notes: map[string]int{}}
	o := &c.opt
	c.net = netsim.New(netsim.Options{Hosts: o.Nodes, Seed: o.Seed, Latency: o.Latency, Loss: o.Loss}, swarmHandler{s})
	if o.Setup != nil {
		o.Setup(c.net)
	}
	s.rand = c.net.Stream("swarm")
	s.env.s = s
	s.census.init(o.Nodes)
	s.crowd = c.policy.Spec.Many(c.policy.Params)
	c.swarm = s
	c.emit(trace.Event{Kind: trace.PolicyStart, Text: c.policy.String(), N: 1})
	for id := model.NodeID(1); int(id) <= o.Nodes; id++ {
		s.start(id, policies.FirstBoot)
	}
	s.record()
	s.planTick()
	return s
}

// as returns the environment of a node.
func (s *swarm) as(id model.NodeID) *swarmEnv {
	s.env.self = id
	return &s.env
}

func (s *swarm) start(id model.NodeID, why policies.Boot) {
	s.env.boot = why
	s.crowd.Start(s.as(id))
}

func (s *swarm) planTick() {
	if p := s.crowd.Period(); p > 0 {
		s.c.net.Alarm(s.c.net.Now().Add(p), tickAlarm)
	}
}

func (s *swarm) tick() {
	s.rounds++
	s.planTick()
	for id := model.NodeID(1); int(id) <= s.c.opt.Nodes; id++ {
		if s.c.net.HostState(id) == netsim.Up {
			s.crowd.Tick(s.as(id), s.rounds)
		}
	}
}

// send puts a message on its way.
func (s *swarm) send(from, to model.NodeID, msg policies.Message) {
	s.sent++
	s.c.net.Send(s.number(msg), from, to, msg.Kind())
}

// number returns the id of a message, which has a slot from now on unless it is Constant.
func (s *swarm) number(msg policies.Message) model.MsgID {
	if c, ok := msg.(policies.Constant); ok {
		if i := c.Constant(); i > 0 {
			s.usual[i] = msg
			return model.MsgID(i)
		}
	}
	if k := len(s.free); k > 0 {
		i := s.free[k-1]
		s.free = s.free[:k-1]
		s.slots[i] = msg
		return model.MsgID(i + firstSlot)
	}
	s.slots = append(s.slots, msg)
	return model.MsgID(len(s.slots) - 1 + firstSlot)
}

// message returns a message under way.
func (s *swarm) message(id model.MsgID) policies.Message {
	if id < firstSlot {
		return s.usual[id]
	}
	return s.slots[id-firstSlot]
}

// take returns a message that is under way no longer.
func (s *swarm) take(id model.MsgID) policies.Message {
	if id < firstSlot {
		return s.usual[id]
	}
	i := uint32(id - firstSlot)
	msg := s.slots[i]
	s.slots[i] = nil
	s.free = append(s.free, i)
	return msg
}

// request hands a client's command to the crowd, or answers for a node that has no process.
func (s *swarm) request(o *op) {
	if !o.open() {
		return
	}
	switch s.c.net.HostState(o.node) {
	case netsim.Down:
		o.close(s.c, model.Refuse(model.CodeDown, "the node's process is gone"))
	case netsim.Paused:
		s.waiting[o.node] = append(s.waiting[o.node], o)
	default:
		if s.c.net.Slow(o.node) {
			s.c.net.Queue(o.node, uint32(o.id))
			return
		}
		s.serve(o)
	}
}

func (s *swarm) serve(o *op) {
	cmd := o.call.Command
	switch {
	case !s.c.policy.Supports(cmd):
		o.close(s.c, model.Refuse(model.CodeUnsupported, s.c.policy.Spec.Name+" can't offer "+cmd.Name()))
	case cmd.Verb == model.PING:
		o.close(s.c, model.Answered(model.Reply{Kind: model.StatusReply, Str: "PONG"}))
	default:
		s.crowd.Request(s.as(o.node), policies.Request{Op: o.id, Command: cmd, Client: o.call.Client, Node: o.node, Past: o.client.past})
	}
}

// changed takes in what became of a node.
func (s *swarm) changed(id model.NodeID, change netsim.HostChange) {
	switch change {
	case netsim.Crashed, netsim.CrashedWiped:
		delete(s.waiting, id)
		s.c.timers.cancelAll(s.c, id)
		s.c.ops.closeAt(s.c, id, "the node crashed before it answered")
		s.census.crash(id, change == netsim.CrashedWiped)
		s.planCensus()
	case netsim.Restarted:
		why := policies.Restarted
		if s.census.takeWiped(id) {
			why = policies.WipedBoot
		}
		s.mark(id, "")
		s.start(id, why)
	case netsim.ResumedHost:
		waiting := s.waiting[id]
		delete(s.waiting, id)
		for _, o := range waiting {
			s.request(o)
		}
	}
}

func (s *swarm) mark(id model.NodeID, state string) {
	if s.census.mark(id, state) {
		s.planCensus()
	}
}

// planCensus lets what changed be recorded at the next multiple of LevelsEvery, once.
func (s *swarm) planCensus() {
	if s.census.planned {
		return
	}
	s.census.planned = true
	const every = model.Time(trace.LevelsEvery)
	now := s.c.net.Now()
	at := (now + every - 1) / every * every
	if at == s.census.told {
		at += every
	}
	s.c.net.Alarm(at, censusAlarm)
}

// record tells how many nodes are in which state, and how many messages there were.
func (s *swarm) record() {
	now := s.c.net.Now()
	s.census.planned, s.census.told = false, now
	s.c.emit(trace.Event{Kind: trace.Levels, Body: s.census.take()})
	s.c.emit(trace.Event{Kind: trace.Gauge, Text: trace.SentMetric, N: s.sent})
}

// finish records what the run came to.
func (s *swarm) finish() {
	if s.census.planned {
		s.record()
	}
	s.c.counts[trace.SentMetric] = s.sent
	s.c.counts[trace.DeliveredMetric] = s.delivered
	s.c.counts[trace.DroppedMetric] = s.dropped
}

// swarmHandler is how the network speaks to a swarm.
type swarmHandler struct{ s *swarm }

var _ netsim.Handler = swarmHandler{}

func (h swarmHandler) Deliver(id model.MsgID, from, to model.NodeID) {
	h.s.delivered++
	h.s.crowd.Receive(h.s.as(to), from, h.s.take(id))
}

func (h swarmHandler) Timer(_ model.NodeID, ref uint32) {
	id, tag := h.s.c.timers.take(ref)
	h.s.crowd.Timer(h.s.as(id), tag)
}

func (h swarmHandler) Alarm(ref uint32) {
	switch ref {
	case censusAlarm:
		if h.s.census.planned {
			h.s.record()
		}
	case tickAlarm:
		h.s.tick()
	default:
		handler{h.s.c}.Alarm(ref)
	}
}

func (h swarmHandler) Dropped(id model.MsgID, _, _ model.NodeID, _ string) {
	h.s.dropped++
	h.s.take(id)
}

func (h swarmHandler) Copied(id model.MsgID, _, _ model.NodeID) model.MsgID {
	h.s.sent++
	return h.s.number(h.s.message(id))
}

func (h swarmHandler) Size(id model.MsgID) int { return sizeOf(h.s.message(id)) }

func (h swarmHandler) Input(_ model.NodeID, ref uint32) {
	if o := h.s.c.ops.get(model.OpID(ref)); o.open() {
		h.s.serve(o)
	}
}

func (h swarmHandler) HostChanged(id model.NodeID, change netsim.HostChange) {
	h.s.c.emit(trace.Event{Kind: trace.HostChange, Node: id, Text: hostWord(change)})
	h.s.changed(id, change)
}

func (h swarmHandler) LinkChanged(from, to model.NodeID, l netsim.LinkState) {
	handler{h.s.c}.LinkChanged(from, to, l)
}

func (h swarmHandler) Conditioned(id model.NodeID, how string) { handler{h.s.c}.Conditioned(id, how) }

func (h swarmHandler) Sent(model.MsgID, model.NodeID, model.NodeID, model.Time)     {}
func (h swarmHandler) Held(model.MsgID, model.NodeID, model.NodeID, string)         {}
func (h swarmHandler) Released(model.MsgID, model.NodeID, model.NodeID, model.Time) {}
