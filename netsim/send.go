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
	if n.host(from); n.unusual.has(int(from)) && n.hosts[from].state == Down {
		panic("netsim: a message sent by " + from.String() + ", which is down")
	}
	n.host(to)
	m := message{id: id, from: from, to: to}
	if from == to {
		n.queue.push(newMessage(n.now, m))
		n.handler.Sent(id, from, to, n.now)
		return
	}
	p := n.links.at(from, to)
	if len(n.links.kinds) > 0 {
		m.class = n.links.classOf(kind)
	}
	switch c := n.cutOf(p, from, to); c.state {
	case Dropping:
		n.handler.Dropped(id, from, to, c.cause)
		return
	case Holding:
		n.held = append(n.held, m)
		n.handler.Held(id, from, to, c.cause)
		return
	}
	if loss := n.links.lossOf(p); loss > 0 && unit(n.streamOf(p, from)) < loss {
		n.handler.Dropped(id, from, to, n.lossCause(loss))
		return
	}
	if p.more != nil {
		n.sendMore(p, m)
		return
	}
	due := n.now.Add(n.drawDelay(p, from, m.class))
	n.queue.push(newMessage(due, m))
	n.handler.Sent(id, from, to, due)
}

// lossCause words a loss, and keeps the words for the next.
func (n *Net) lossCause(share float64) string {
	if n.lossText == "" || n.lossShare != share {
		n.lossShare, n.lossText = share, "loss "+formatShare(share)
	}
	return n.lossText
}

// settle makes a change of links take effect, and tells of it: first what the
// links are like now, by from and to; then what becomes of the messages on those
// newly cut, in the order of sending; then the messages that those newly open
// had held, in the order held.
func (n *Net) settle() {
	wire := n.takeCutWire()
	var changed []*link
	n.links.each(func(p *link) {
		if s := n.stateOf(p); s != p.told {
			p.told = s
			changed = append(changed, p)
		}
	})
	for _, p := range changed {
		n.handler.LinkChanged(p.from, p.to, p.told)
	}
	for _, m := range wire {
		if m.cut.state == Dropping {
			n.handler.Dropped(m.id, m.from, m.to, m.cut.cause)
			continue
		}
		n.held = append(n.held, m.message)
		n.handler.Held(m.id, m.from, m.to, m.cut.cause)
	}
	n.release()
}

type cutMessage struct {
	message
	cut cut
}

// takeCutWire takes from the queue the messages on links that are cut now: the
// bump of a link's epoch. What was cut before has none.
func (n *Net) takeCutWire() []cutMessage {
	anyCut := n.part != nil
	n.links.each(func(p *link) { anyCut = anyCut || p.cut.state != Open || p.down.state != Open })
	if !anyCut {
		return nil // spares a walk through the queue
	}
	var wire []cutMessage
	n.queue.filter(func(e entry) bool {
		m := e.message()
		if e.kind() != messageEntry || m.from == m.to {
			return true
		}
		c := n.cutOf(n.links.at(m.from, m.to), m.from, m.to)
		if c.state == Open {
			return true
		}
		wire = append(wire, cutMessage{m, c})
		delete(n.busy, pairKey(m.from, m.to)) // nothing waits for a turn any longer
		return false
	})
	slices.SortStableFunc(wire, func(a, b cutMessage) int { return cmp.Compare(a.id, b.id) })
	return wire
}

// release sends on what is held by links that are open now.
func (n *Net) release() {
	held := n.held
	n.held = nil
	var still []message
	for _, m := range held {
		p := n.links.at(m.from, m.to)
		if n.cutOf(p, m.from, m.to).state != Open {
			still = append(still, m)
			continue
		}
		due := n.dueOf(p, m)
		n.queue.push(newMessage(due, m))
		n.handler.Released(m.id, m.from, m.to, due)
	}
	n.held = append(still, n.held...)
}
