package tui

import (
	"strings"

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

func (p *clusterPane) title(s *scene) string {
	if s.key == "" {
		return "cluster"
	}
	return "cluster: " + model.Quote(s.key)
}

func (p *clusterPane) keys() []string {
	return []string{"↑ ↓", "another key", "n N", "select a node"}
}

func (p *clusterPane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return request{key: neighbour(s.view.Keys(), s.key, -1)}, true
	case "down", "j":
		return request{key: neighbour(s.view.Keys(), s.key, 1)}, true
	case "n":
		return request{node: int(s.node)%s.nodes + 1}, true
	case "N":
		return request{node: (int(s.node)+s.nodes-2)%s.nodes + 1}, true
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

func (p *clusterPane) draw(c *canvas, s *scene, r rect) {
	ops := 1
	if r.h >= 12 {
		ops = 2
	}
	p.lay(len(s.view.Nodes), rect{r.x, r.y, r.w, r.h - ops - b2i(r.h > 10)})
	p.drawLinks(c, s)
	p.drawMessages(c, s)
	for i := range p.boxes {
		p.drawNode(c, s, model.NodeID(i+1), p.boxes[i])
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

func (p *clusterPane) drawLinks(c *canvas, s *scene) {
	p.pairs(func(a, b model.NodeID, e edge) {
		cut, _ := s.cutBetween(a, b)
		if cut == nil {
			c.line(p.glyphs, e.from, e.to, stTrack, nil)
			return
		}
		c.line(p.glyphs, e.from, e.to, stBad, func(t int) bool { return t < 330 || t > 670 })
	})
	p.pairs(func(a, b model.NodeID, e edge) { p.label(c, s, a, b, e) })
}

// label says what is the matter with a link: the cut, else its delay and loss.
func (p *clusterPane) label(c *canvas, s *scene, a, b model.NodeID, e edge) {
	if cut, both := s.cutBetween(a, b); cut != nil {
		text := "cut " + strings.TrimLeft(lasting(cut.since, s.at), " ")
		if !both {
			from, to := a, b
			if s.cuts[link{a, b}].at(s.n) == nil {
				from, to = b, a
			}
			text = from.String() + p.arrow + to.String() + " " + text
		}
		if held := s.heldBetween(a, b); held > 0 {
			text += ", " + itoa(held) + " held"
		}
		p.beside(c, e, p.cut, text, stBadBold)
		return
	}
	if len(p.boxes) > 5 {
		return
	}
	there, back := s.view.Link(a, b), s.view.Link(b, a)
	text, st := delayText(s.latency), stDim
	for _, l := range []trace.Link{there, back} {
		if l.Latency != "" {
			text, st = delayText(l.Latency), stFault
		}
	}
	if loss := max(there.Loss, back.Loss); loss > 0 {
		text += " loss " + itoa(int(loss*100+.5)) + "%"
		st = stFault
	}
	p.beside(c, e, "", text, st)
}

// beside draws a sign on a link and words on its side away from the middle of the
// picture; on a link that crosses the middle, around the sign.
func (p *clusterPane) beside(c *canvas, e edge, sign, words string, st style) {
	center := p.area.x + p.area.w/2
	mid := along(e.from, e.to, 500)
	x, y, level := mid.x>>1, mid.y>>2, e.from.y == e.to.y
	w := textWidth(words)
	c.inside(p.area, func() {
		switch {
		case abs(x-center) <= 3 && level:
			c.text(x-textWidth(words)/2, y-1, words, st)
			c.text(x, y, sign, st)
		case abs(x-center) <= 3:
			full := strings.TrimLeft(sign+" "+words, " ")
			c.text(x-textWidth(full)/2, y, " "+full+" ", st)
		case x < center:
			if sign == "" {
				x--
			}
			c.text(max(x-w-1, p.area.x), y, words+" "+sign, st)
		default:
			if sign == "" {
				x++
			}
			c.text(min(x, p.area.x+p.area.w-w-2), y, sign+" "+words, st)
		}
	})
}

// delayText shortens a latency to what fits beside a link: "~10ms" of a
// distribution by its first parameter, a fault as it is.
func delayText(latency string) string {
	open := strings.IndexByte(latency, '(')
	if open < 0 {
		return latency
	}
	name, rest := latency[:open], latency[open+1:]
	end := strings.IndexAny(rest, ",)")
	if end < 0 {
		return latency
	}
	more := ""
	if i := strings.IndexByte(rest, ')'); i >= 0 {
		more = rest[i+1:]
	}
	switch name {
	case "const":
		return rest[:end] + more
	case "normal", "lognormal", "exp", "pareto":
		return "~" + rest[:end] + more
	}
	return latency
}

// heldBetween counts the messages that a cut keeps.
func (s *scene) heldBetween(a, b model.NodeID) int {
	n := 0
	for i := range s.flights {
		if f := &s.flights[i]; f.Held && (f.From == a && f.To == b || f.From == b && f.To == a) {
			n++
		}
	}
	return n
}

// drawMessages draws what is on the wire: first what carries no write.
func (p *clusterPane) drawMessages(c *canvas, s *scene) {
	for _, carrying := range []bool{false, true} {
		for i := range s.flights {
			f := &s.flights[i]
			if len(f.Ops) > 0 != carrying {
				continue
			}
			p.drawMessage(c, s, f)
		}
	}
}

func (p *clusterPane) drawMessage(c *canvas, s *scene, f *trace.Flight) {
	e, ok := p.edgeOf(f.From, f.To)
	if !ok {
		return
	}
	way := 400
	if !f.Held {
		way = progress(f.Sent, f.Due, s.at)
	}
	at := along(e.from, e.to, way)
	sign, st := p.empty[heading(e)], stDim
	if len(f.Ops) > 0 {
		n := s.version(f.Ops[len(f.Ops)-1], s.key)
		sign, st = p.carries[heading(e)], versionBold(n)
		c.line(p.glyphs, e.from, at, version(n), nil)
	}
	c.put(at.x>>1, at.y>>2, sign, st)
}

// progress returns how far a message is on its way, in thousandths.
func progress(sent, due, now model.Time) int {
	if due <= sent {
		return 1000
	}
	return int(min(max((now-sent)*1000/(due-sent), 0), 1000))
}

// heading returns the index of the sign for a message: right, left, up, down.
func heading(e edge) int {
	dx, dy := e.to.x-e.from.x, e.to.y-e.from.y
	switch {
	case 2*abs(dx) >= 3*abs(dy) && dx >= 0:
		return 0
	case 2*abs(dx) >= 3*abs(dy):
		return 1
	case dy < 0:
		return 2
	}
	return 3
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
		x := c.text(r.x, r.y, id.String()+" ", stBold)
		x = p.stateWord(c, s, n, x, r.y, true)
		p.drawServed(c, s, rec, ns, rect{x, r.y, r.x + r.w - x, 1})
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
	p.drawServed(c, s, rec, ns, rect{r.x + 2, r.y + 1, r.w - 3, 1})
}

// stateWord writes what state a node is in; up is said quietly, and not at all
// where it is short.
func (p *clusterPane) stateWord(c *canvas, s *scene, n *trace.NodeView, x, y int, short bool) int {
	since := ""
	if sp := s.down[n.ID].at(s.n); sp != nil && !short {
		since = strings.TrimLeft(lasting(sp.since, s.at), " ") + " "
	}
	switch n.State {
	case trace.Down:
		return c.text(x, y, p.downSign()+"down "+since, stBadBold)
	case trace.WipedDown:
		return c.text(x, y, p.downSign()+"wiped "+since, stBadBold)
	case trace.Paused:
		return c.text(x, y, p.paused+" paused "+since, stFaultBold)
	}
	if short {
		return x
	}
	if !n.Serving {
		return c.text(x, y, "not serving ", stFault)
	}
	return c.text(x, y, "up ", stDim)
}

func (p *clusterPane) downSign() string { return p.glyphs.down + " " }

// drawServed draws the badges of what a node serves, and the value.
func (p *clusterPane) drawServed(c *canvas, s *scene, rec *model.Record, ns []int, r rect) {
	c.inside(r, func() {
		x := r.x
		if len(ns) == 0 {
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

// drawOps shows what clients did last, the newest at the bottom.
func (p *clusterPane) drawOps(c *canvas, s *scene, r rect) {
	ops := s.opsAt(s.n)
	for i := range r.h {
		if k := len(ops) - 1 - i; k >= 0 {
			p.drawOp(c, s, ops[k], rect{r.x, r.y + r.h - 1 - i, r.w, 1}, i == 0)
		}
	}
}

func (p *clusterPane) drawOp(c *canvas, s *scene, op *trace.Op, r rect, newest bool) {
	st := stDim
	if newest {
		st = stText
	}
	who := op.Client
	if op.System {
		who = "system"
	}
	x := c.text(r.x, r.y, who+" at "+op.Node.String()+" ", stDim)
	x = c.textIn(x, r.y, (r.x+r.w-x)*2/3, op.Command.String(), st)
	x = c.text(x, r.y, " "+p.arrow+" ", stDim)
	room := r.x + r.w - x
	if op.System {
		return
	}
	if op.Returned == 0 || op.Returned > s.n {
		c.textIn(x, r.y, room, "waiting "+strings.TrimLeft(lasting(op.At, s.at), " "), stFault)
		return
	}
	switch op.Result.Outcome {
	case model.Refused:
		c.textIn(x, r.y, room, p.bad+" refused "+op.Result.Code, stBadBold)
	case model.Unknown:
		c.textIn(x, r.y, room, p.unknown+" no answer", stBadBold)
	default:
		x = c.textIn(x, r.y, room, op.Result.Reply.String(), replyStyle(s, op))
		if line := s.lineOf(op.Returned); line != nil && line.Stale {
			c.textIn(x+1, r.y, r.x+r.w-x-1, p.bad+" stale", stBadBold)
		}
	}
}

// replyStyle gives a reply the colour of the version that it shows.
func replyStyle(s *scene, op *trace.Op) style {
	if line := s.lineOf(op.Returned); line != nil && len(line.Marks) > 0 {
		return versionBold(line.Marks[0].N)
	}
	return stText
}

// lineOf returns the line of the story that tells of an event, nil if there is none.
func (s *scene) lineOf(event int) *export.Line {
	lo, hi := 0, len(s.told)
	for lo < hi {
		if m := (lo + hi) / 2; s.told[m].Event < event {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(s.told) && s.told[lo].Event == event {
		return &s.told[lo]
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
