package tui

import (
	"cmp"
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

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
	p.frameHost(c, r, st, s.isPicked(nodeSubject(id)))
	cell := rect{r.x + 2, r.y + 1, r.w - 3, 1}
	head := rect{r.x + 2, r.y, r.w - 3, 1}
	switch r.h {
	case 2:
		head.x, head.w, cell.x, cell.w = r.x+1, r.w-1, r.x+1, r.w-1
	case 1:
		head.x, head.w = r.x+1, r.w-1
	}
	p.zone(c, r, nodeSubject(id))
	x := p.nameHost(c, s, n, head, r.h == 1)
	if r.h == 1 {
		cell = rect{x, r.y, r.x + r.w - x, 1}
	}
	if s.key != "" {
		p.zone(c, cell, export.Subject{Kind: export.CellSubject, Node: id, Key: s.key})
	}
	p.drawServed(c, s, n, rec, ns, cell)
	if r.h == 3 {
		p.condition(c, s, n, r)
	}
}

// frameHost draws what is around a host: a border, or where there is no room for one a
// bar at its left. A selected one has corners that stand out.
func (p *clusterPane) frameHost(c *canvas, r rect, st style, picked bool) {
	c.blank(r, stText)
	if r.h < 3 {
		for y := r.y; y < r.y+r.h; y++ {
			c.put(r.x, y, p.vertical, st)
			if picked {
				c.text(r.x, y, p.here, stFocus)
			}
		}
		return
	}
	if picked {
		st = stFocus
	}
	p.box(c, r, st)
	if picked {
		c.text(r.x, r.y+1, p.here, stFocus)
	}
}

// box draws a border.
func (cm *common) box(c *canvas, r rect, st style) {
	for x := r.x + 1; x < r.x+r.w-1; x++ {
		c.put(x, r.y, cm.horizontal, st)
		c.put(x, r.y+r.h-1, cm.horizontal, st)
	}
	for y := r.y + 1; y < r.y+r.h-1; y++ {
		c.put(r.x, y, cm.vertical, st)
		c.put(r.x+r.w-1, y, cm.vertical, st)
	}
	c.put(r.x, r.y, cm.topLeft, st)
	c.put(r.x+r.w-1, r.y, cm.topRight, st)
	c.put(r.x, r.y+r.h-1, cm.bottomLeft, st)
	c.put(r.x+r.w-1, r.y+r.h-1, cm.bottomRight, st)
}

// nameHost writes who a host is and in which state, as fully as there is room, and
// returns the column after it.
func (p *clusterPane) nameHost(c *canvas, s *scene, n *trace.NodeView, r rect, short bool) int {
	name, end := s.hostName(n.ID), r.x+r.w
	st := stBold
	switch {
	case s.isPicked(nodeSubject(n.ID)):
		st = stSelect
	case s.node == n.ID:
		st = stFocus
	}
	if !short {
		name = " " + name
	}
	x := c.textIn(r.x, r.y, r.w, name, st)
	sign, word, tone := p.stateOf(n)
	if short && r.w < 9 { // a sign in the place of the blank
		if sign == "" && n.Condition() != "" {
			sign, tone = "~", stFaultBold
		}
		return c.text(x, r.y, cmp.Or(sign, " "), tone)
	}
	x += c.put(x, r.y, ' ', stText)
	term := ""
	if n.IsUp() {
		term = s.termOf(n.ID, s.n)
	}
	room := end - x
	switch {
	case short:
		x = c.text(x, r.y, sign, tone)
		if x+b2i(sign != "") < end && sign != "" {
			x += c.put(x, r.y, ' ', stText)
		}
		if n.Condition() != "" {
			x = c.text(x, r.y, "~ ", stFaultBold) // there is no room to say how it runs
		}
		return x
	case term != "":
		return p.nameLeader(c, n, rect{x, r.y, room, 1}, term)
	}
	if sign != "" {
		x = c.text(x, r.y, sign+" ", tone)
	}
	x = c.textIn(x, r.y, end-x, word, tone)
	if sp := s.downOf(n.ID).at(s.n); sp != nil && end-x >= 8 {
		x = c.text(x, r.y, " "+strings.TrimLeft(lasting(sp.since, s.at), " "), tone)
	}
	if x < end {
		x += c.put(x, r.y, ' ', stText)
	}
	return x
}

// nameLeader writes that a node believes that it leads.
func (p *clusterPane) nameLeader(c *canvas, n *trace.NodeView, r rect, term string) int {
	sign, word, tone := p.stateOf(n)
	lead := "leader, term " + printable(term) + " "
	for _, less := range [...]string{"leader ", "leader", "leads", "L"} {
		if textWidth(lead) > r.w {
			lead = less
		}
	}
	x := r.x
	switch {
	case sign != "" && textWidth(sign)+1+textWidth(lead) <= r.w:
		x = c.text(c.text(x, r.y, sign, tone), r.y, " ", tone)
	case sign == "" && len(word)+1+textWidth(lead) <= r.w:
		x = c.text(c.text(x, r.y, word, tone), r.y, " ", tone)
	}
	return c.textIn(x, r.y, r.x+r.w-x, lead, stGoodBold)
}

// stateOf returns the sign, word and style of a host's state; up is said quietly.
func (p *clusterPane) stateOf(n *trace.NodeView) (sign, word string, st style) {
	switch n.State {
	case trace.Down:
		return p.glyphs.down, "down", stBadBold
	case trace.WipedDown:
		return p.glyphs.down, "wiped", stBadBold
	case trace.Paused:
		return p.glyphs.paused, "paused", stFaultBold
	}
	return "", "up", stDim
}

// downOf returns when a host was down or paused.
func (s *scene) downOf(id model.NodeID) *spans {
	if id < 1 || int(id) >= len(s.down) {
		return nil
	}
	return &s.down[id]
}

// condition says in the lower border how a host runs, if not as it should; else how long
// it is down, if the upper border has no room for it.
func (p *clusterPane) condition(c *canvas, s *scene, n *trace.NodeView, r rect) {
	how, st := n.Condition(), stFault
	if how == "" && n.State != trace.Up && r.w < 22 {
		if sp := s.downOf(n.ID).at(s.n); sp != nil {
			_, _, st = p.stateOf(n)
			how = strings.TrimLeft(lasting(sp.since, s.at), " ")
		}
	}
	if how == "" {
		return
	}
	how = " " + printable(how)
	if textWidth(how) < r.w-3 {
		how += " "
	}
	c.textIn(r.x+1, r.y+r.h-1, r.w-2, how, st)
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
// instead. A node that is down serves nothing: what its disk holds is plain text.
func (p *clusterPane) drawServed(c *canvas, s *scene, n *trace.NodeView, rec *model.Record, ns []int, r rect) {
	instead := silence(s, n)
	c.inside(r, func() {
		x := r.x
		switch {
		case instead != "":
			c.textIn(x, r.y, r.w, instead, stFault)
			return
		case s.key == "":
			return
		case len(ns) == 0:
			c.textIn(x, r.y, r.w, "nothing", stDim)
			return
		}
		shown := ns
		if room := max(r.w/5, 1); len(ns) > room {
			shown = ns[len(ns)-room:]
		}
		for _, v := range shown {
			if n.IsUp() {
				x = p.badge(c, x, r.y, v)
			} else {
				x = c.text(c.text(x+1, r.y, trace.VersionName(v), version(v)), r.y, " ", stText)
			}
		}
		x++
		if r.w > 20 && textWidth(s.key) < 8 {
			x = c.text(x, r.y, model.Quote(s.key)+" ", stDim)
		}
		if rec != nil && rec.Stale {
			x = c.text(x, r.y, "old? ", stFaultBold)
		}
		st := version(ns[len(ns)-1])
		if !n.IsUp() {
			st = stDim
		}
		c.textIn(x, r.y, r.x+r.w-x, valueText(rec), st)
	})
}
