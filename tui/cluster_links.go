package tui

import (
	"cmp"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// crowded tells whether there are too many links for words beside each.
func (p *clusterPane) crowded() bool { return len(p.boxes) > 5 }

func (p *clusterPane) drawLinks(c *canvas, s *scene) {
	p.pairs(func(a, b model.NodeID, e edge) {
		if s.isClient(a) {
			return // clients speak to nodes alone
		}
		cut, _ := s.cutBetween(a, b)
		switch {
		case cut == nil:
			c.line(p.glyphs, e.from, e.to, stTrack, nil)
		case !p.crowded():
			apart := func(t int) bool { return t < 360 || t > 640 }
			c.line(p.glyphs, e.from, e.to, stBadBold, apart)
			c.line(p.glyphs, point{e.from.x + 1, e.from.y}, point{e.to.x + 1, e.to.y}, stBadBold, apart) // thick
		}
	})
}

// drawLabels says what is the matter with the links; of many, in one line.
func (p *clusterPane) drawLabels(c *canvas, s *scene) {
	if !p.crowded() {
		p.pairs(func(a, b model.NodeID, e edge) { p.label(c, s, a, b, e) })
		return
	}
	x, y, right := p.area.x+1, p.area.y+p.area.h, p.area.x+p.area.w-1
	if links, sides := s.cutsNow(); links > 0 {
		text := p.cut + " " + itoa(links) + " " + plural(links, "link", "links") + " cut: " + sides
		x = c.textIn(x, y, right-x, text, stBadBold) + 2
	}
	if troubles := p.troubles(s); len(troubles) > 0 && x < right {
		c.textIn(x, y, right-x, strings.Join(troubles, "  "), stFault)
	}
}

// troubles says what is the matter with hosts and links, cuts between nodes aside.
func (p *clusterPane) troubles(s *scene) []string {
	var out []string
	for i := range s.view.Nodes {
		if how := s.view.Nodes[i].Condition(); how != "" {
			out = append(out, s.hostName(s.view.Nodes[i].ID)+" "+printable(how))
		}
	}
	p.pairs(func(a, b model.NodeID, _ edge) {
		if s.isClient(a) {
			return
		}
		name := s.hostName(a) + "-" + s.hostName(b) + " "
		if cut, _ := s.cutBetween(a, b); cut != nil {
			if s.isClient(b) {
				out = append(out, name+"cut")
			}
			return
		}
		there, back := s.view.Link(a, b), s.view.Link(b, a)
		text := matters(there, back)
		if latency := cmp.Or(back.Latency, there.Latency); latency != "" {
			text = delayText(latency) + text
		}
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, name+text)
		}
	})
	return out
}

// label says what is the matter with a link: the cut, else its delay and loss.
func (p *clusterPane) label(c *canvas, s *scene, a, b model.NodeID, e edge) {
	if s.isClient(a) {
		return
	}
	if cut, both := s.cutBetween(a, b); cut != nil {
		text := "CUT " + strings.TrimLeft(lasting(cut.since, s.at), " ")
		if !both {
			from, to := a, b
			if s.cuts[link{a, b}].at(s.n) == nil {
				from, to = b, a
			}
			text = s.hostName(from) + p.arrow + s.hostName(to) + " " + text
		}
		p.beside(c, e, 0, p.cut, text, stBadBold)
		if held := s.heldBetween(a, b); held > 0 {
			p.beside(c, e, 1, "", itoa(held)+" held", stFaultBold)
		}
		return
	}
	there, back := s.view.Link(a, b), s.view.Link(b, a)
	text, st := delayText(s.latency), stDim
	for _, l := range []trace.Link{there, back} {
		if l.Latency != "" {
			text, st = delayText(l.Latency), stFault
		}
	}
	if more := matters(there, back); more != "" {
		text, st = text+more, stFault
	}
	if st == stDim && s.isClient(b) {
		return // said of the links between nodes; there is little room
	}
	p.beside(c, e, 0, "", text, st)
}

// matters says what a link does to messages beside delaying them, the worse way.
func matters(there, back trace.Link) string {
	text := ""
	for _, m := range [...]struct {
		what  string
		share float64
	}{
		{" loss ", max(there.Loss, back.Loss)},
		{" dup ", max(there.Duplicate, back.Duplicate)},
		{" reorder ", max(there.Reorder, back.Reorder)},
	} {
		if m.share > 0 {
			text += m.what + itoa(int(m.share*100+.5)) + "%"
		}
	}
	for _, l := range [...]trace.Link{there, back} {
		if l.Bandwidth != "" {
			text += " " + printable(l.Bandwidth)
			break
		}
	}
	if there.Flap != "" || back.Flap != "" {
		text += " flaps"
	}
	return text
}

// beside draws a sign on a link, or a row below its middle, and words on its side away from the middle of the
// picture; on a link that crosses the middle, around the sign.
func (p *clusterPane) beside(c *canvas, e edge, below int, sign, words string, st style) {
	center := p.area.x + p.area.w/2
	mid := along(e.from, e.to, 500)
	x, y, level := mid.x>>1, mid.y>>2+below, e.from.y == e.to.y
	w := textWidth(words)
	c.inside(p.area, func() {
		switch {
		case abs(x-center) <= 3 && level:
			c.text(x-w/2, y-1+below, words, st) // over the line, or under it
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
// distribution by its first parameter, "5ms..10ms" of a uniform one, a fault as it is.
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
	case "uniform":
		if to := strings.IndexByte(rest, ')'); to > end {
			return rest[:end] + ".." + strings.TrimSpace(rest[end+1:to]) + more
		}
	case "mix", "empirical": // there is no room for what it is made of
		return name
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

// drawMessages draws what is on the wire, over what has just arrived: first what
// carries no write.
func (p *clusterPane) drawMessages(c *canvas, s *scene) {
	for _, sent := range s.landed {
		if e, ok := p.edgeOf(sent.Node, sent.Peer); ok {
			n := s.version(sent.Ops[len(sent.Ops)-1], s.key)
			c.line(p.glyphs, e.from, e.to, version(n), nil)
			c.put(e.to.x>>1, e.to.y>>2, p.carries[heading(e)], versionBold(n))
		}
	}
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
	way := 250
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
