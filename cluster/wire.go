package cluster

import (
	"strconv"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// wire keeps what the messages under way carry; the network moves only their
// numbers.
type wire struct {
	first    model.MsgID // number of parcels[0]
	parcels  []parcel
	finished int // leading parcels that are done with
}

// parcel is one message under way.
type parcel struct {
	msg  policies.Message // nil: delivered, lost, or dead because the policy was switched
	from model.NodeID
	to   model.NodeID
	sent bool        // its Send is in the log
	of   model.MsgID // which the network made this a copy of; 0: none
}

func (w *wire) send(c *Cluster, from, to model.NodeID, msg policies.Message) {
	id := w.first + model.MsgID(len(w.parcels))
	w.parcels = append(w.parcels, parcel{msg: msg, from: from, to: to})
	c.net.Send(id, from, to, msg.Kind())
}

func (w *wire) parcel(id model.MsgID) *parcel {
	if id < w.first {
		return nil
	}
	return &w.parcels[id-w.first]
}

// done forgets a message; the front of the queue is cut off now and then.
func (w *wire) done(id model.MsgID) {
	w.parcels[id-w.first].msg = nil
	for w.finished < len(w.parcels) && w.parcels[w.finished].msg == nil {
		w.finished++
	}
	if w.finished >= 64 && 2*w.finished >= len(w.parcels) {
		n := copy(w.parcels, w.parcels[w.finished:])
		clear(w.parcels[n:])
		w.parcels = w.parcels[:n]
		w.first += model.MsgID(w.finished)
		w.finished = 0
	}
}

// kill drops every message under way: the policy that they belong to is gone.
func (w *wire) kill(c *Cluster) {
	for i := range w.parcels {
		p := &w.parcels[i]
		if p.msg == nil {
			continue
		}
		p.msg = nil
		c.emit(trace.Event{Kind: trace.Drop, Msg: w.first + model.MsgID(i), Node: p.from, Peer: p.to, Text: "the policy was switched"})
	}
}

// live returns the parcel, and logs its sending if that has not been done. nil: it
// died with its policy.
func (c *Cluster) live(id model.MsgID, due model.Time) *parcel {
	p := c.wire.parcel(id)
	if p == nil || p.msg == nil {
		return nil
	}
	if !p.sent {
		p.sent = true
		e := trace.Event{
			Kind: trace.Send, Msg: id, Node: p.from, Peer: p.to, N: int64(due),
			Text: p.msg.Kind(), Ops: p.msg.Writes(),
		}
		if nodes := model.NodeID(len(c.nodes)); p.from > nodes || p.to > nodes {
			e.Op = opOf(p.msg)
		}
		if p.of != 0 {
			e.Key = strconv.FormatUint(uint64(p.of), 10)
		}
		c.emit(e)
	}
	return p
}

// handler is how the network speaks to the cluster.
type handler struct{ c *Cluster }

var _ netsim.Handler = handler{}

func (h handler) Deliver(id model.MsgID, from, to model.NodeID) {
	p := h.c.wire.parcel(id)
	if p == nil || p.msg == nil {
		return
	}
	msg := p.msg
	h.c.wire.done(id)
	h.c.emit(trace.Event{Kind: trace.Deliver, Msg: id, Node: to, Peer: from})
	n := h.c.node(to)
	if n.isRemote(from, msg) {
		return
	}
	n.replica.Receive(&n.env, from, msg)
	n.finishStep()
}

func (h handler) Timer(_ model.NodeID, ref uint32) {
	id, tag := h.c.timers.take(ref)
	n := h.c.node(id)
	n.replica.Timer(&n.env, tag)
	n.finishStep()
}

func (h handler) Alarm(ref uint32) {
	if o := h.c.ops.get(model.OpID(ref)); o.open() {
		o.close(h.c, model.Result{Outcome: model.Unknown, Why: "no answer within " + h.c.opt.Timeout.String()})
	}
}

func (h handler) Sent(id model.MsgID, _, _ model.NodeID, due model.Time) { h.c.live(id, due) }

func (h handler) Dropped(id model.MsgID, from, to model.NodeID, cause string) {
	if h.c.live(id, 0) == nil {
		return
	}
	h.c.wire.done(id)
	h.c.emit(trace.Event{Kind: trace.Drop, Msg: id, Node: from, Peer: to, Text: cause})
}

func (h handler) Held(id model.MsgID, from, to model.NodeID, cause string) {
	if h.c.live(id, 0) != nil {
		h.c.emit(trace.Event{Kind: trace.Hold, Msg: id, Node: from, Peer: to, Text: cause})
	}
}

func (h handler) Released(id model.MsgID, from, to model.NodeID, due model.Time) {
	if h.c.live(id, due) != nil {
		h.c.emit(trace.Event{Kind: trace.Release, Msg: id, Node: from, Peer: to, N: int64(due)})
	}
}

func (h handler) LinkChanged(from, to model.NodeID, s netsim.LinkState) {
	h.c.emit(trace.Event{Kind: trace.LinkChange, Node: from, Peer: to, Body: &trace.Link{
		Cut: cutWord(s.Cut), Cause: s.Cause, Latency: s.Latency, Loss: s.Loss,
		Duplicate: s.Duplicate, Reorder: s.Reorder, Bandwidth: s.Bandwidth, Flap: s.Flap,
	}})
}

func cutWord(s netsim.CutState) string {
	switch s {
	case netsim.Dropping:
		return "drop"
	case netsim.Holding:
		return "hold"
	}
	return ""
}

func (h handler) Size(id model.MsgID) int {
	if p := h.c.wire.parcel(id); p != nil && p.msg != nil {
		return sizeOf(p.msg)
	}
	return frameSize
}

func (h handler) Copied(id model.MsgID, from, to model.NodeID) model.MsgID {
	w := &h.c.wire
	p := parcel{from: from, to: to, of: id}
	if original := w.parcel(id); original != nil {
		p.msg = original.msg
	}
	w.parcels = append(w.parcels, p)
	return w.first + model.MsgID(len(w.parcels)-1)
}

func (h handler) Input(id model.NodeID, ref uint32) {
	n, o := h.c.node(id), h.c.ops.get(model.OpID(ref))
	switch {
	case !o.open():
	case n.client != nil:
		n.ask(o)
	default:
		n.serve(o, n.requestOf(o))
	}
}

func (h handler) Conditioned(id model.NodeID, how string) {
	h.c.emit(trace.Event{Kind: trace.Condition, Node: id, Text: how})
}

// hostWord says a change as trace.HostChange has it.
func hostWord(c netsim.HostChange) string {
	if c == netsim.CrashedWiped {
		return "wiped"
	}
	return c.String()
}

func (h handler) HostChanged(id model.NodeID, change netsim.HostChange) {
	h.c.emit(trace.Event{Kind: trace.HostChange, Node: id, Text: hostWord(change)})
	n := h.c.node(id)
	switch change {
	case netsim.Crashed, netsim.CrashedWiped:
		n.crash(change == netsim.CrashedWiped)
	case netsim.Restarted:
		n.restart()
	case netsim.ResumedHost:
		n.resume()
	}
}
