package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// clusterPane is a picture of the network: nodes where they stand, links between
// them, and messages moving along.
type clusterPane struct {
	*common
	boxes []rect
	edges []edge // by pair, as pairs numbers them
	area  rect
}

func newClusterPane(cm *common) pane { return &clusterPane{common: cm} }

func (p *clusterPane) title(s *scene) string {
	if s.key == "" {
		return "cluster"
	}
	return "cluster: " + model.Quote(s.key)
}

func (p *clusterPane) keys() []key.Binding {
	return []key.Binding{on("↑ ↓", "another key", "up", "k", "down", "j"), on("n N", "select a node", "n", "N")}
}

func (p *clusterPane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return request{pick: keySubject(neighbour(s.view.Keys(), s.key, -1))}, true
	case "down", "j":
		return request{pick: keySubject(neighbour(s.view.Keys(), s.key, 1))}, true
	case "n":
		return request{pick: nodeSubject(s.node%model.NodeID(s.nodes) + 1)}, true
	case "N":
		return request{pick: nodeSubject(model.NodeID((int(s.node)+s.nodes-2)%s.nodes + 1))}, true
	}
	return request{}, false
}

// neighbour returns the word before or after one of a list.
func neighbour(words []string, of string, by int) string {
	if len(words) == 0 {
		return of
	}
	for i, w := range words {
		if w == of {
			return words[min(max(i+by, 0), len(words)-1)]
		}
	}
	return words[0]
}

func (p *clusterPane) picked(*scene) export.Subject { return export.Subject{} }

func (p *clusterPane) draw(c *canvas, s *scene, r rect) {
	ops := 1
	if r.h >= 12 {
		ops = 2
	}
	p.lay(len(s.view.Nodes)+len(s.view.Clients), rect{r.x, r.y, r.w, r.h - ops - b2i(r.h > 10)})
	p.drawLinks(c, s)
	p.drawMessages(c, s)
	p.drawLabels(c, s)
	for i := range s.view.Nodes {
		p.drawNode(c, s, model.NodeID(i+1), p.boxes[i])
	}
	for i := range s.view.Clients {
		p.drawClient(c, s, &s.view.Clients[i], p.boxes[len(s.view.Nodes)+i])
	}
	p.drawOps(c, s, rect{r.x + 1, r.y + r.h - ops, r.w - 2, ops})
}

// lay places nodes and links, if the room has changed.
func (p *clusterPane) lay(n int, area rect) {
	if p.area == area && len(p.boxes) == n {
		return
	}
	p.area, p.boxes, p.edges = area, place(n, area), p.edges[:0]
	for a := range n {
		for b := a + 1; b < n; b++ {
			p.edges = append(p.edges, between(p.boxes[a], p.boxes[b]))
		}
	}
}

// pairs calls f with every pair of nodes and what can be seen of their link.
func (p *clusterPane) pairs(f func(a, b model.NodeID, e edge)) {
	i := 0
	for a := range p.boxes {
		for b := a + 1; b < len(p.boxes); b++ {
			f(model.NodeID(a+1), model.NodeID(b+1), p.edges[i])
			i++
		}
	}
}

// edgeOf returns what can be seen of a link, from one node to the other.
func (p *clusterPane) edgeOf(from, to model.NodeID) (edge, bool) {
	a, b, n := int(from)-1, int(to)-1, len(p.boxes)
	if a < 0 || b < 0 || a >= n || b >= n || a == b {
		return edge{}, false
	}
	turned := a > b
	if turned {
		a, b = b, a
	}
	e := p.edges[a*n-a*(a+1)/2+b-a-1]
	if turned {
		e.from, e.to = e.to, e.from
	}
	return e, true
}

// drawNode draws one node: its state, and what it would serve of the shown key.
func (p *clusterPane) drawNode(c *canvas, s *scene, id model.NodeID, r rect) {
	n := s.view.Node(id)
	rec := s.served(id, s.key)
	ns := s.versionsOf(rec, s.key)
	st := stTrack
	switch {
	case !n.IsUp():
		st = stBad
	case n.State == trace.Paused:
		st = stFault
	case len(ns) > 0:
		st = version(ns[len(ns)-1])
	}
	c.blank(r, stText)
	if r.h < 3 {
		c.inside(r, func() {
			x := c.text(r.x, r.y, id.String()+" ", stBold)
			x = p.stateWord(c, s, n, x, r.y, true)
			p.drawServed(c, s, rec, ns, silence(s, n), rect{x, r.y, r.x + r.w - x, 1})
		})
		return
	}
	p.border(c, r, nil, 0, false)
	for x := r.x; x < r.x+r.w; x++ {
		for y := r.y; y < r.y+r.h; y++ {
			if y != r.y+1 || x == r.x || x == r.x+r.w-1 {
				c.restyle(x, y, 1, st)
			}
		}
	}
	name := stBold
	if s.node == id {
		name = stFocus
	}
	x := c.text(r.x+2, r.y, " "+id.String()+" ", name)
	c.inside(rect{r.x, r.y, r.w - 1, r.h}, func() { x = p.stateWord(c, s, n, x, r.y, false) })
	if term := s.termOf(id, s.n); term != "" && n.IsUp() {
		word := " leader, term " + printable(term) + " "
		if textWidth(word) > r.x+r.w-x-2 {
			word = " leader "
		}
		c.right(r.x+r.w-2, r.y, word, stGoodBold)
	}
	p.drawServed(c, s, rec, ns, silence(s, n), rect{r.x + 2, r.y + 1, r.w - 3, 1})
	p.condition(c, n, r)
}

// stateWord writes what state a node is in; up is said quietly, and where
// there is little room by a sign alone.
func (p *clusterPane) stateWord(c *canvas, s *scene, n *trace.NodeView, x, y int, short bool) int {
	sign, word, st := "", "up ", stDim
	switch n.State {
	case trace.Down:
		sign, word, st = p.glyphs.down+" ", "down ", stBadBold
	case trace.WipedDown:
		sign, word, st = p.glyphs.down+" ", "wiped ", stBadBold
	case trace.Paused:
		sign, word, st = p.paused+" ", "paused ", stFaultBold
	}
	if short {
		x = c.text(x, y, sign, st)
		if n.Condition() != "" {
			x = c.text(x, y, "~ ", stFaultBold) // there is no room to say how it runs
		}
		return x
	}
	if sp := s.down[n.ID].at(s.n); sp != nil {
		word += strings.TrimLeft(lasting(sp.since, s.at), " ") + " "
	}
	return c.text(x, y, sign+word, st)
}

// condition says in the lower border how a host runs, if not as it should.
func (p *clusterPane) condition(c *canvas, n *trace.NodeView, r rect) {
	if how := n.Condition(); how != "" {
		how = " " + printable(how)
		if textWidth(how) < r.w-3 {
			how += " "
		}
		c.textIn(r.x+2, r.y+r.h-1, r.w-3, how, stFault)
	}
}

// silence says why a node that is up serves nothing of the shown key; "" if it would.
func silence(s *scene, n *trace.NodeView) string {
	c := s.view.Cell(n.ID, s.key)
	switch {
	case !n.IsUp():
	case !n.Serving:
		return "not serving"
	case c != nil && c.Doubt != 0:
		return s.index.Names([]model.OpID{c.Doubt}, s.key) + " in doubt"
	}
	return ""
}

// drawServed draws the badges of what a node serves, and the value; or what stands there
// instead.
func (p *clusterPane) drawServed(c *canvas, s *scene, rec *model.Record, ns []int, instead string, r rect) {
	c.inside(r, func() {
		x := r.x
		switch {
		case instead != "":
			c.textIn(x, r.y, r.w, instead, stFault)
			return
		case len(ns) == 0:
			c.textIn(x, r.y, r.w, "nothing", stDim)
			return
		}
		shown := ns
		if room := max(r.w/5, 1); len(ns) > room {
			shown = ns[len(ns)-room:]
		}
		for _, n := range shown {
			x = p.badge(c, x, r.y, n)
		}
		x++
		if r.w > 20 && textWidth(s.key) < 8 {
			x = c.text(x, r.y, model.Quote(s.key)+" ", stDim)
		}
		text := valueText(rec)
		if rec != nil && rec.Stale {
			text = "old? " + text
		}
		c.textIn(x, r.y, r.x+r.w-x, text, version(ns[len(ns)-1]))
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
