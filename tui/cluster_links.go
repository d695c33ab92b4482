package tui

import (
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// brokenLink is a link that is cut, in one direction or both.
type brokenLink struct {
	*span // nil if it is not
	both  bool
}

// findCuts looks at every link once a drawing.
func (p *clusterPane) findCuts(s *scene) {
	p.cuts = append(p.cuts[:0], make([]brokenLink, len(p.edges))...)
	if p.broken = 0; s.anyCut.at(s.n) == nil {
		return
	}
	for a := range p.nodes {
		for b := a + 1; b < len(p.boxes); b++ {
			k := &p.cuts[p.at(a, b)]
			k.span, k.both = s.cutBetween(model.NodeID(a+1), model.NodeID(b+1))
			p.broken += b2i(k.span != nil)
		}
	}
}

// drawLinks draws a line a link: quiet, or red where it is cut. Of a cut link the middle
// is left out, so that it can be seen from afar which hosts can't speak.
func (p *clusterPane) drawLinks(c *canvas.Canvas, s *scene) {
	p.findCuts(s)
	for _, cut := range [...]bool{false, true} { // cut ones over the others
		for a := range p.nodes {
			for b := a + 1; b < len(p.boxes); b++ {
				if i := p.at(a, b); (p.cuts[i].span != nil) == cut {
					p.drawLink(c, s, model.NodeID(a+1), model.NodeID(b+1), i)
				}
			}
		}
	}
}

// A line may leave out its middle, or all but its ends.
func parted(t int) bool { return t < 360 || t > 640 }
func stubs(t int) bool  { return t < 220 || t > 780 }

func (p *clusterPane) drawLink(c *canvas.Canvas, s *scene, a, b model.NodeID, i int) {
	e, cut, of := p.edges[i], p.cuts[i], linkSubject(a, b)
	picked := s.isPicked(of)
	switch {
	case cut.span == nil && picked:
		c.Line(p.Glyphs, e.from, e.to, canvas.StFocus, nil)
	case cut.span == nil:
		if !p.meshed() || len(p.boxes) > 5 && s.isClient(b) {
			return
		}
		c.Line(p.Glyphs, e.from, e.to, canvas.StTrack, nil)
	case p.crowded():
		c.Line(p.Glyphs, e.from, e.to, canvas.StBadBold, stubs)
	case cut.both:
		p.thick(c, e, parted)
	default: // one way still goes
		p.thick(c, e, nil)
	}
	if picked || !p.crowded() {
		p.lineZone(c, e, of)
	}
}

// thick draws a red line that is seen from the last row.
func (p *clusterPane) thick(c *canvas.Canvas, e edge, keep func(int) bool) {
	if e.from.Y == e.to.Y {
		c.Level(p.CutTrack, e.from, e.to, canvas.StBadBold, keep)
		return
	}
	down := b2i(p.Braille) // of characters a line is high enough
	for dy := range 1 + down {
		for dx := range 2 {
			from, to := canvas.P(e.from.X+dx, e.from.Y+dy), canvas.P(e.to.X+dx, e.to.Y+dy)
			c.Line(p.Glyphs, from, to, canvas.StBadBold, keep)
		}
	}
}

// appendCut says that a link is cut, in which direction if in one alone, for how long, and
// how many messages it holds. What counts is of fixed width.
func (p *clusterPane) appendCut(buf []byte, s *scene, a, b model.NodeID, cut brokenLink) []byte {
	if !cut.both {
		if s.cuts[link{a, b}].at(s.n) == nil {
			a, b = b, a
		}
		buf = append(buf, s.hostName(a)...)
		buf = append(buf, p.Arrow...)
		buf = append(buf, s.hostName(b)...)
		buf = append(buf, ' ')
	}
	buf = append(buf, "CUT "...)
	since := strings.TrimLeft(lasting(cut.since, s.at), " ")
	buf = append(buf, since...)
	if held := s.heldBetween(a, b); held > 0 {
		buf = append(buf, ", "...)
		buf = append(buf, itoa(held)...)
		buf = append(buf, " held"...)
	}
	return buf
}

// appendLink says how a link is that is not cut: its delay, which is the usual one if it
// was not changed, and what is the matter with it.
func (p *clusterPane) appendLink(buf []byte, s *scene, a, b model.NodeID, usual string) (text []byte, changed bool) {
	there, back := s.view.Link(a, b), s.view.Link(b, a)
	latency := usual
	for _, l := range [...]*trace.Link{&there, &back} {
		if l.Latency != "" {
			latency, changed = l.Latency, true
		}
	}
	buf = append(buf, p.delay(latency)...)
	if more := matters(there, back); more != "" {
		if len(buf) == 0 {
			more = more[1:]
		}
		return append(buf, more...), true
	}
	return buf, changed
}

// delay returns what is said of a latency beside a link.
func (p *clusterPane) delay(latency string) string {
	text, ok := p.delays[latency]
	if !ok {
		if p.delays == nil || len(p.delays) > 100 {
			p.delays = map[string]string{}
		}
		text = delayText(latency)
		p.delays[latency] = text
	}
	return text
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

// lineZone makes what a line goes through a place to click.
func (cm *common) lineZone(c *canvas.Canvas, e edge, of export.Subject) {
	from, to := e.from.Y>>2, e.to.Y>>2
	if from > to {
		e, from, to = e.turned(), to, from
	}
	for y := from; y <= to; y++ {
		a, b := e.from.X, e.to.X
		if from < to { // the columns of that row
			a = e.from.X + (e.to.X-e.from.X)*(y-from)/(to-from+1)
			b = e.from.X + (e.to.X-e.from.X)*(y-from+1)/(to-from+1)
		}
		left, right := min(a, b)>>1, max(a, b)>>1
		cm.zone(c, canvas.R(left, y, right-left+1, 1), of)
	}
}
