package tui

import (
	"cmp"
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// drawNode draws one node: its state, and what it would serve of the shown key.
func (p *clusterPane) drawNode(c *canvas.Canvas, s *scene, id model.NodeID, r canvas.Rect) {
	n := s.view.Node(id)
	key := s.shownAt(id)
	rec := s.served(id, key)
	ns := s.versionsOf(rec, key)
	st := canvas.StTrack
	switch {
	case !n.IsUp():
		st = canvas.StBad
	case n.State == trace.Paused:
		st = canvas.StFault
	case len(ns) > 0:
		st = canvas.Version(ns[len(ns)-1])
	}
	p.frameHost(c, r, st, s.isPicked(nodeSubject(id)))
	cell := canvas.R(r.X+2, r.Y+1, r.W-3, 1)
	head := canvas.R(r.X+2, r.Y, r.W-3, 1)
	switch r.H {
	case 2:
		head.X, head.W, cell.X, cell.W = r.X+1, r.W-1, r.X+1, r.W-1
	case 1:
		head.X, head.W = r.X+1, r.W-1
	}
	p.zone(c, r, nodeSubject(id))
	x := p.nameHost(c, s, n, head, r.H == 1)
	if r.H == 1 {
		cell = canvas.R(x, r.Y, r.X+r.W-x, 1)
	}
	if key != "" {
		p.zone(c, cell, export.Subject{Kind: export.CellSubject, Node: id, Key: key})
	}
	mark, tone := p.markOf(s, n, cell.W)
	in := p.marksIn(s, n)
	switch {
	case in:
		c.TextIn(cell.X, cell.Y, cell.W, mark, tone)
	case r.H == 1 && mark != "" && n.State == trace.Up && !(s.view.Apart && len(ns) > 0): // one line has no room for both
		if len(ns) > 0 {
			tone = canvas.VersionBold(ns[len(ns)-1])
		}
		c.TextIn(cell.X, cell.Y, cell.W, mark, tone)
	default:
		p.drawServed(c, s, n, key, rec, ns, cell)
	}
	if r.H == 3 {
		if x := p.condition(c, s, n, r); !in {
			p.drawMark(c, s, n, r, x)
		}
	}
}

// frameHost draws what is around a host: a border, or where there is no room for one a
// bar at its left. A selected one has corners that stand out.
func (p *clusterPane) frameHost(c *canvas.Canvas, r canvas.Rect, st canvas.Style, picked bool) {
	c.Blank(r, canvas.StText)
	if r.H < 3 {
		for y := r.Y; y < r.Y+r.H; y++ {
			c.Put(r.X, y, p.Vertical, st)
			if picked {
				c.Text(r.X, y, p.Here, canvas.StFocus)
			}
		}
		return
	}
	if picked {
		st = canvas.StFocus
	}
	p.box(c, r, st)
	if picked {
		c.Text(r.X, r.Y+1, p.Here, canvas.StFocus)
	}
}

// box draws a border.
func (cm *common) box(c *canvas.Canvas, r canvas.Rect, st canvas.Style) {
	for x := r.X + 1; x < r.X+r.W-1; x++ {
		c.Put(x, r.Y, cm.Horizontal, st)
		c.Put(x, r.Y+r.H-1, cm.Horizontal, st)
	}
	for y := r.Y + 1; y < r.Y+r.H-1; y++ {
		c.Put(r.X, y, cm.Vertical, st)
		c.Put(r.X+r.W-1, y, cm.Vertical, st)
	}
	c.Put(r.X, r.Y, cm.TopLeft, st)
	c.Put(r.X+r.W-1, r.Y, cm.TopRight, st)
	c.Put(r.X, r.Y+r.H-1, cm.BottomLeft, st)
	c.Put(r.X+r.W-1, r.Y+r.H-1, cm.BottomRight, st)
}

// nameHost writes who a host is and in which state, as fully as there is room, and
// returns the column after it.
func (p *clusterPane) nameHost(c *canvas.Canvas, s *scene, n *trace.NodeView, r canvas.Rect, short bool) int {
	name, end := s.hostName(n.ID), r.X+r.W
	st := canvas.StBold
	switch {
	case s.isPicked(nodeSubject(n.ID)):
		st = canvas.StSelect
	case s.node == n.ID:
		st = canvas.StFocus
	}
	if !short {
		name = " " + name
	}
	x := c.TextIn(r.X, r.Y, r.W, name, st)
	sign, word, tone := p.stateOf(n)
	if short && r.W < 9 { // a sign in the place of the blank
		if sign == "" && n.Condition() != "" {
			sign, tone = "~", canvas.StFaultBold
		}
		return c.Text(x, r.Y, cmp.Or(sign, " "), tone)
	}
	x += c.Put(x, r.Y, ' ', canvas.StText)
	term := ""
	if n.IsUp() {
		term = s.termOf(n.ID, s.n)
	}
	room := end - x
	switch {
	case short:
		x = c.Text(x, r.Y, sign, tone)
		if x+b2i(sign != "") < end && sign != "" {
			x += c.Put(x, r.Y, ' ', canvas.StText)
		}
		if n.Condition() != "" {
			x = c.Text(x, r.Y, "~ ", canvas.StFaultBold) // there is no room to say how it runs
		}
		return x
	case term != "":
		return p.nameLeader(c, n, canvas.R(x, r.Y, room, 1), term)
	}
	if sign != "" {
		x = c.Text(x, r.Y, sign+" ", tone)
	}
	if n.State == trace.Up && p.boxes[n.ID-1].H < 3 && !p.marksIn(s, n) {
		if mark, st := p.markOf(s, n, end-x); mark != "" {
			word, tone = mark, st
		}
	}
	x = c.TextIn(x, r.Y, end-x, word, tone)
	if sp := s.downOf(n.ID).at(s.n); sp != nil && end-x >= 8 {
		x = c.Text(x, r.Y, " "+strings.TrimLeft(lasting(sp.since, s.at), " "), tone)
	}
	if x < end {
		x += c.Put(x, r.Y, ' ', canvas.StText)
	}
	return x
}

// nameLeader writes that a node believes that it leads.
func (p *clusterPane) nameLeader(c *canvas.Canvas, n *trace.NodeView, r canvas.Rect, term string) int {
	sign, word, tone := p.stateOf(n)
	lead := "leader, term " + printable(term) + " "
	for _, less := range [...]string{"leader ", "leader", "leads", "L"} {
		if canvas.TextWidth(lead) > r.W {
			lead = less
		}
	}
	x := r.X
	switch {
	case sign != "" && canvas.TextWidth(sign)+1+canvas.TextWidth(lead) <= r.W:
		x = c.Text(c.Text(x, r.Y, sign, tone), r.Y, " ", tone)
	case sign == "" && len(word)+1+canvas.TextWidth(lead) <= r.W:
		x = c.Text(c.Text(x, r.Y, word, tone), r.Y, " ", tone)
	}
	return c.TextIn(x, r.Y, r.X+r.W-x, lead, canvas.StGoodBold)
}

// stateOf returns the sign, word and style of a host's state; up is said quietly.
func (p *clusterPane) stateOf(n *trace.NodeView) (sign, word string, st canvas.Style) {
	switch n.State {
	case trace.Down:
		return p.Glyphs.Down, "down", canvas.StBadBold
	case trace.WipedDown:
		return p.Glyphs.Down, "wiped", canvas.StBadBold
	case trace.Paused:
		return p.Glyphs.Paused, "paused", canvas.StFaultBold
	}
	return "", "up", canvas.StDim
}

// downOf returns when a host was down or paused.
func (s *scene) downOf(id model.NodeID) *spans {
	if id < 1 || int(id) >= len(s.down) {
		return nil
	}
	return &s.down[id]
}

// condition says in the lower border how a host runs, if not as it should; else how long
// it is down, if the upper border has no room for it. It returns the column after that.
func (p *clusterPane) condition(c *canvas.Canvas, s *scene, n *trace.NodeView, r canvas.Rect) int {
	how, st := n.Condition(), canvas.StFault
	if how == "" && n.State != trace.Up && r.W < 22 {
		if sp := s.downOf(n.ID).at(s.n); sp != nil {
			_, _, st = p.stateOf(n)
			how = strings.TrimLeft(lasting(sp.since, s.at), " ")
		}
	}
	if how == "" {
		return r.X + 1
	}
	how = " " + printable(how)
	if canvas.TextWidth(how) < r.W-3 {
		how += " "
	}
	return c.TextIn(r.X+1, r.Y+r.H-1, r.W-2, how, st)
}

// silence says why a node that is up serves nothing of the shown key; "" if it would.
func silence(s *scene, n *trace.NodeView) string {
	key := s.shownAt(n.ID)
	c := s.view.Cell(n.ID, key)
	switch {
	case !n.IsUp() || s.n == 0: // nothing has begun
	case !n.Serving:
		return "not serving"
	case c != nil && c.Doubt != 0:
		return s.index.Names([]model.OpID{c.Doubt}, key) + " in doubt"
	}
	return ""
}

// drawServed draws the badges of what a node serves, and the value; or what stands there
// instead. A node that is down serves nothing: what its disk holds is plain text.
func (p *clusterPane) drawServed(c *canvas.Canvas, s *scene, n *trace.NodeView, key string, rec *model.Record, ns []int, r canvas.Rect) {
	instead := silence(s, n)
	c.Inside(r, func() {
		x := r.X
		switch {
		case instead != "":
			c.TextIn(x, r.Y, r.W, instead, canvas.StFault)
			return
		case key == "":
			return
		case len(ns) == 0:
			c.TextIn(x, r.Y, r.W, "nothing", canvas.StDim)
			return
		}
		if s.view.Apart && !s.pinned {
			p.drawOwnRecord(c, n, key, rec, ns, r)
			return
		}
		shown := ns
		if room := max(r.W/5, 1); len(ns) > room {
			shown = ns[len(ns)-room:]
		}
		for _, v := range shown {
			if n.IsUp() {
				x = p.Badge(c, x, r.Y, v)
			} else {
				x = c.Text(c.Text(x+1, r.Y, trace.VersionName(v), canvas.Version(v)), r.Y, " ", canvas.StText)
			}
		}
		x++
		if name := model.Quote(key); !s.view.Apart && r.W > 20 && canvas.TextWidth(name) < 8 {
			x = c.Text(x, r.Y, name+" ", canvas.StDim)
		}
		if rec != nil && rec.Stale {
			x = c.Text(x, r.Y, "old? ", canvas.StFaultBold)
		}
		st := canvas.Version(ns[len(ns)-1])
		if !n.IsUp() {
			st = canvas.StDim
		}
		c.TextIn(x, r.Y, r.X+r.W-x, valueText(rec), st)
	})
}
