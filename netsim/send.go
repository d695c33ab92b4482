package netsim

import (
	"cmp"
	"slices"

	"capsim/model"
)

// Send puts a message on its link, and tells the Handler at once what became of
// it: Sent, Dropped or Held. Ids must rise from message to message, and the sender
// must not be down. Loss and latency are drawn from the link's own stream; a host's
// message to itself takes no time and is never lost, but goes through the queue.
func (n *Net) Send(id model.MsgID, from, to model.NodeID, kind string) {
	if n.host(from).state == Down {
		panic("netsim: a message sent by " + from.String() + ", which is down")
	}
	n.host(to)
	e := entry{at: n.now, a: uint32(id), b: uint32(from), c: uint32(to), kind: messageEntry}
	if from == to {
		n.queue.push(e)
		n.handler.Sent(id, from, to, e.at)
		return
	}
	p := n.links.at(from, to)
	if len(n.links.kinds) > 0 {
		e.class = n.links.classOf(kind)
	}
	switch c := n.cutOf(p, from, to); c.state {
	case Dropping:
		n.handler.Dropped(id, from, to, c.cause)
		return
	case Holding:
		n.held = append(n.held, heldMessage{id, from, to, e.class})
		n.handler.Held(id, from, to, c.cause)
		return
	}
	if loss := n.links.lossOf(p); loss > 0 && unit(n.streamOf(p, from)) < loss {
		n.handler.Dropped(id, from, to, n.lossCause(loss))
		return
	}
	e.at = n.now.Add(n.drawDelay(p, from, e.class))
	n.queue.push(e)
	n.handler.Sent(id, from, to, e.at)
}

// lossCause words a loss, and keeps the words for the next.
func (n *Net) lossCause(share float64) string {
	if n.lossText == "" || n.lossShare != share {
		n.lossShare, n.lossText = share, "loss "+formatShare(share)
	}
	return n.lossText
}

type heldMessage struct {
	id       model.MsgID
	from, to model.NodeID
	class    uint16
}

// settle makes a change of links take effect, and tells of it: first what the
// links are like now, by from and to; then what becomes of the messages on those
// newly cut, in the order of sending; then the messages that those newly open
// had held, in the order held.
func (n *Net) settle() {
	wire := n.takeCutWire()
	var changed []*link
	n.links.each(func(p *link) {
		p.wasCut = p.cut
		if s := n.stateOf(p); s != p.told {
			p.told = s
			changed = append(changed, p)
		}
	})
	n.wasPart = n.part
	for _, p := range changed {
		n.handler.LinkChanged(p.from, p.to, p.told)
	}
	for _, m := range wire {
		if m.cut.state == Dropping {
			n.handler.Dropped(m.id, m.from, m.to, m.cut.cause)
			continue
		}
		n.held = append(n.held, m.heldMessage)
		n.handler.Held(m.id, m.from, m.to, m.cut.cause)
	}
	n.release()
}

type cutMessage struct {
	heldMessage
	cut cut
}

// takeCutWire takes from the queue the messages on links that were open at the
// last settle and are not now: the bump of a link's epoch.
func (n *Net) takeCutWire() []cutMessage {
	if !n.anyNewlyCut() {
		return nil
	}
	var wire []cutMessage
	n.queue.filter(func(e *entry) bool {
		from, to := model.NodeID(e.b), model.NodeID(e.c)
		if e.kind != messageEntry || from == to {
			return true
		}
		p := n.links.at(from, to)
		c := n.cutOf(p, from, to)
		if c.state == Open || p.wasCut.or(n.wasPart.between(from, to)).state != Open {
			return true
		}
		wire = append(wire, cutMessage{heldMessage{model.MsgID(e.a), from, to, e.class}, c})
		return false
	})
	slices.SortStableFunc(wire, func(a, b cutMessage) int { return cmp.Compare(a.id, b.id) })
	return wire
}

// anyNewlyCut spares a walk through the queue where no cut is new.
func (n *Net) anyNewlyCut() bool {
	found := n.part != n.wasPart
	n.links.each(func(p *link) { found = found || p.cut.state != Open && p.wasCut.state == Open })
	return found
}

// release sends on what is held by links that are open now.
func (n *Net) release() {
	held := n.held
	n.held = nil
	var still []heldMessage
	for _, m := range held {
		p := n.links.at(m.from, m.to)
		if n.cutOf(p, m.from, m.to).state != Open {
			still = append(still, m)
			continue
		}
		due := n.now.Add(n.drawDelay(p, m.from, m.class))
		n.queue.push(entry{
			at: due, a: uint32(m.id), b: uint32(m.from), c: uint32(m.to), kind: messageEntry, class: m.class,
		})
		n.handler.Released(m.id, m.from, m.to, due)
	}
	n.held = append(still, n.held...)
}
