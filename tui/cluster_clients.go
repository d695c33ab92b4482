package tui

import (
	"strings"

	"capsim/model"
	"capsim/trace"
)

// isClient tells whether a host is that of a remote client.
func (s *scene) isClient(id model.NodeID) bool { return int(id) > len(s.view.Nodes) }

// hostName returns what a host is called, fit to be shown.
func (s *scene) hostName(id model.NodeID) string { return printable(s.view.Name(id)) }

// drawClient draws the host of a remote client: its name, its state, and what it
// waits for.
func (p *clusterPane) drawClient(c *canvas, s *scene, n *trace.NodeView, r rect) {
	p.frameHost(c, r, stTrack, s.isPicked(nodeSubject(n.ID)))
	p.zone(c, r, nodeSubject(n.ID))
	head := rect{r.x + 1, r.y, r.w - 1, 1}
	op := s.waitsFor(n.ID)
	if r.h == 3 {
		head = rect{r.x + 2, r.y, r.w - 3, 1}
	}
	if r.h > 1 {
		p.nameHost(c, s, n, head, false)
		head = rect{r.x + r.h - 1, r.y + 1, r.w - 2*(r.h-1) + 1, 1}
	} else {
		x := p.nameHost(c, s, n, head, true)
		head = rect{x, r.y, r.x + r.w - x, 1}
	}
	p.drawDoing(c, s, op, head)
	if r.h == 3 {
		p.condition(c, s, n, r)
	}
}

// drawDoing says what a remote client waits for; that it is a client, if for nothing.
func (p *clusterPane) drawDoing(c *canvas, s *scene, op *trace.Op, r rect) {
	if op == nil {
		word := "remote client"
		if r.w < len(word) {
			word = "client"
		}
		c.textIn(r.x, r.y, r.w, word, stDim)
		return
	}
	p.zone(c, r, opSubject(op.ID))
	since := strings.TrimLeft(lasting(op.At, s.at), " ")
	name := op.Node.String()
	switch long := len("waits for ") + len(name); {
	case long+1+len(since) <= r.w:
		c.text(c.text(r.x, r.y, "waits for ", stFault), r.y, name+" "+since, stFault)
	case long <= r.w:
		c.text(c.text(r.x, r.y, "waits for ", stFault), r.y, name, stFault)
	default:
		c.textIn(r.x, r.y, r.w, "waits "+name, stFault)
	}
}

// waitsFor returns the operation that a remote client waits for, nil if for none.
func (s *scene) waitsFor(host model.NodeID) *trace.Op {
	ops := s.opsAt(s.n)
	for i := len(ops) - 1; i >= max(len(ops)-100, 0); i-- {
		if o := ops[i]; o.Host == host && (o.Returned == 0 || o.Returned > s.n) {
			return o
		}
	}
	return nil
}
