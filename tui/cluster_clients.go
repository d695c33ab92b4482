package tui

import (
	"strings"
	"time"

	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// isClient tells whether a host is that of a remote client.
func (s *scene) isClient(id model.NodeID) bool { return int(id) > len(s.view.Nodes) }

// hostName returns what a host is called, fit to be shown.
func (s *scene) hostName(id model.NodeID) string { return printable(s.view.Name(id)) }

// drawClient draws the host of a remote client: its name, its state, and what it
// waits for.
func (p *clusterPane) drawClient(c *canvas.Canvas, s *scene, n *trace.NodeView, r canvas.Rect) {
	p.frameHost(c, r, canvas.StTrack, s.isPicked(nodeSubject(n.ID)))
	p.zone(c, r, nodeSubject(n.ID))
	head := canvas.R(r.X+1, r.Y, r.W-1, 1)
	op := s.waitsFor(n.ID)
	if r.H == 3 {
		head = canvas.R(r.X+2, r.Y, r.W-3, 1)
	}
	if r.H > 1 {
		p.nameHost(c, s, n, head, false)
		head = canvas.R(r.X+r.H-1, r.Y+1, r.W-2*(r.H-1)+1, 1)
	} else {
		x := p.nameHost(c, s, n, head, true)
		head = canvas.R(x, r.Y, r.X+r.W-x, 1)
	}
	below := 0
	if r.H == 3 {
		below = p.condition(c, s, n, r)
	}
	text, st := p.markOf(s, n, head.W)
	if text == "" {
		p.drawDoing(c, s, op, head)
		return
	}
	c.TextIn(head.X, head.Y, head.W, text, st)
	if below > 0 && op != nil {
		p.zone(c, canvas.R(r.X, r.Y+2, r.W, 1), opSubject(op.ID))
		if since, st := waited(s, op); since != "" && below+8 < r.X+r.W {
			p.drawBelow(c, r, below, "waits "+op.Node.String()+" "+since, st)
		}
	}
}

// drawDoing says what a remote client waits for; that it is a client, if for nothing.
func (p *clusterPane) drawDoing(c *canvas.Canvas, s *scene, op *trace.Op, r canvas.Rect) {
	if op == nil {
		word := "remote client"
		if r.W < len(word) {
			word = "client"
		}
		c.TextIn(r.X, r.Y, r.W, word, canvas.StDim)
		return
	}
	p.zone(c, r, opSubject(op.ID))
	since, st := waited(s, op)
	name := op.Node.String()
	switch long := len("waits for ") + len(name); {
	case long+1+len(since) <= r.W:
		x := c.Text(c.Text(r.X, r.Y, "waits for ", st), r.Y, name, st)
		if since != "" {
			c.Text(c.Text(x, r.Y, " ", st), r.Y, since, st)
		}
	case long <= r.W:
		c.Text(c.Text(r.X, r.Y, "waits for ", st), r.Y, name, st)
	default:
		c.TextIn(r.X, r.Y, r.W, "waits "+name, st)
	}
}

// usualWait is how long an answer may take before it is worth a look.
const usualWait = 100 * time.Millisecond

// waited says for how long an operation has waited. While that is usual it says nothing, and
// quietly: it would flicker.
func waited(s *scene, op *trace.Op) (string, canvas.Style) {
	if s.at.Sub(op.At) < usualWait {
		return "", canvas.StDim
	}
	return strings.TrimLeft(lasting(op.At, s.at), " "), canvas.StFault
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
