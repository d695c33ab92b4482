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
	c.blank(r, stText)
	name := s.hostName(n.ID)
	if r.h < 3 {
		c.inside(r, func() {
			x := c.text(r.x, r.y, name+" ", stBold)
			x = p.stateWord(c, s, n, x, r.y, true)
			c.text(x, r.y, s.doing(n), stDim)
		})
		return
	}
	p.border(c, r, nil, 0, false)
	x := c.text(r.x+2, r.y, " "+name+" ", stBold)
	c.inside(rect{r.x, r.y, r.w - 1, r.h}, func() { p.stateWord(c, s, n, x, r.y, false) })
	c.inside(rect{r.x + 2, r.y + 1, r.w - 3, 1}, func() { c.text(r.x+2, r.y+1, s.doing(n), stDim) })
	p.condition(c, n, r)
}

// doing says what a remote client waits for; that it is a client, if for nothing.
func (s *scene) doing(n *trace.NodeView) string {
	ops := s.opsAt(s.n)
	for i := len(ops) - 1; i >= max(len(ops)-100, 0); i-- {
		if o := ops[i]; o.Host == n.ID && (o.Returned == 0 || o.Returned > s.n) {
			return "waits for " + o.Node.String() + " " + strings.TrimLeft(lasting(o.At, s.at), " ")
		}
	}
	return "client"
}
