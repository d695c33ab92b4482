package netsim

import (
	"time"

	"capsim/model"
)

// more is what few links have. A link without has none of it, so that it costs
// nothing.
type more struct {
	duplicate float64 // share of messages sent twice
	reorder   float64 // share of messages overtaken
	bandwidth bandwidth
	flap      *flap
}

// add returns what the link has of it, to change.
func (p *link) add() *more {
	if p.more == nil {
		p.more = &more{}
	}
	return p.more
}

// trim forgets what has come to nothing.
func (p *link) trim() {
	if p.more != nil && *p.more == (more{}) {
		p.more = nil
	}
}

// sendMore puts a message on a link that has more: it takes its turn and its delay,
// and so does its copy.
func (n *Net) sendMore(p *link, m message) {
	twice := p.more.duplicate
	due := n.dueOf(p, m)
	n.queue.push(newMessage(due, m))
	n.handler.Sent(m.id, m.from, m.to, due)
	if twice > 0 && unit(n.streamOf(p, m.from)) < twice {
		m.id = n.handler.Copied(m.id, m.from, m.to)
		due := n.dueOf(p, m)
		n.queue.push(newMessage(due, m))
		n.handler.Sent(m.id, m.from, m.to, due)
	}
}

// dueOf draws when a message lands that is sent now.
func (n *Net) dueOf(p *link, m message) model.Time {
	if p.more == nil {
		return n.now.Add(n.drawDelay(p, m.from, m.class))
	}
	at := n.now
	if b := p.more.bandwidth; b.bytes > 0 {
		at = n.takeTurn(pairKey(m.from, m.to), b.takes(n.handler.Size(m.id)))
	}
	d := n.drawDelay(p, m.from, m.class)
	if r := p.more.reorder; r > 0 && unit(n.streamOf(p, m.from)) < r {
		d += n.drawDelay(p, m.from, m.class) + n.drawDelay(p, m.from, m.class)
	}
	return at.Add(min(d, maxDraw))
}

// takeTurn lets a message that takes so long wait for those before it on its link,
// and returns when all of it is on the way.
func (n *Net) takeTurn(link uint64, takes time.Duration) model.Time {
	if n.busy == nil {
		n.busy = map[uint64]model.Time{}
	}
	at := max(n.now, n.busy[link]).Add(takes)
	n.busy[link] = at
	return at
}
