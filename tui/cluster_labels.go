package tui

import (
	"unicode/utf8"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// label is words beside a link. What labels say changes with every frame, so they have
// room of their own.
type label struct {
	canvas.Rect
	buf [48]byte
	n   int
	st  canvas.Style
	of  export.Subject
}

// placeLabels finds room for what is to be said of the links. It looks at the lines that
// are drawn already, and at nothing that moves, so that labels stand still.
func (p *clusterPane) placeLabels(c *canvas.Canvas, s *scene) {
	p.labels, p.signs, p.unplaced = p.labels[:0], p.signs[:0], p.unplaced[:0]
	for a := range p.nodes {
		for b := a + 1; b < len(p.boxes); b++ {
			p.placeLabel(c, s, model.NodeID(a+1), model.NodeID(b+1), p.at(a, b))
		}
	}
}

func (p *clusterPane) placeLabel(c *canvas.Canvas, s *scene, a, b model.NodeID, i int) {
	e, cut, of := p.edges[i], p.cuts[i], linkSubject(a, b)
	picked := s.isPicked(of)
	if p.crowded() && !picked {
		return
	}
	text, st, sign, loud := p.buf[:0], canvas.StDim, "", true
	if cut.span != nil {
		if p.broken > maxCuts && !picked {
			if !p.crowded() {
				m := canvas.Along(e.from, e.to, 500)
				on := label{Rect: canvas.R(m.X>>1, m.Y>>2, 1, 1), st: canvas.StBadBold}
				on.n = copy(on.buf[:], p.Cut)
				p.signs = append(p.signs, on)
			}
			return // said once, of all
		}
		text, st, sign = p.appendCut(text, s, a, b, cut), canvas.StBadBold, p.Cut
	} else {
		var changed bool
		text, changed = p.appendLink(text, s, a, b, s.latency)
		switch {
		case changed:
			st = canvas.StFault
		case !picked && (p.nodes > 3 || s.isClient(b)):
			return // said once, of all
		}
		loud = changed || picked
	}
	if picked {
		st = canvas.StSelect
		if len(text) == 0 {
			text = append(append(append(text, s.hostName(a)...), '-'), s.hostName(b)...)
		}
	}
	if !p.place(c, e, text, sign, st, of) && loud {
		p.unplaced = append(p.unplaced, of)
	}
}

// maxCuts is how many cut links each have their words.
const maxCuts = 4

// place finds room for words beside a line, and tells whether there is any. The sign goes
// on the middle of the line, or before the words if they cover it.
func (p *clusterPane) place(c *canvas.Canvas, e edge, text []byte, sign string, st canvas.Style, of export.Subject) bool {
	l := label{st: st, of: of}
	mark := 0
	if sign != "" {
		mark = canvas.TextWidth(sign) + 1
		l.n = copy(l.buf[:], sign)
		l.n += copy(l.buf[l.n:], " ")
	}
	if len(text) > len(l.buf)-l.n {
		return false
	}
	first := l.n
	l.n += copy(l.buf[l.n:], text)
	var ok bool
	if l.Rect, ok = p.spot(c, e, mark+utf8.RuneCount(text)); !ok {
		return false
	}
	m := canvas.Along(e.from, e.to, 500)
	if x, y := m.X>>1, m.Y>>2; mark > 0 && !l.Covers(x, y) {
		p.part(c, x-1, y)
		p.part(c, x+1, y)
		on := label{Rect: canvas.R(x, y, 1, 1), st: st, of: of}
		on.n = copy(on.buf[:], sign)
		p.signs = append(p.signs, on)
		l.n = copy(l.buf[:], l.buf[first:l.n])
		l.W -= mark
		switch { // a blank stays between
		case l.Y != y:
			l.X += mark / 2
		case l.X < x:
			l.X = min(l.X+mark, x-1-l.W)
		default:
			l.X = max(l.X, x+2)
		}
	}
	p.part(c, l.X-1, l.Y)
	p.part(c, l.X+l.W, l.Y)
	p.labels = append(p.labels, l)
	return true
}

// part takes a line away where it would touch words or a sign.
func (p *clusterPane) part(c *canvas.Canvas, x, y int) {
	if p.area.Covers(x, y) {
		c.Put(x, y, ' ', canvas.StText)
	}
}

// spot looks for the place of words beside a line where they cover least, near its middle
// and on its outer side if there is a choice.
func (p *clusterPane) spot(c *canvas.Canvas, e edge, w int) (canvas.Rect, bool) {
	var best canvas.Rect
	least, center := -1, p.area.X+p.area.W/2
	level := canvas.Abs(e.from.Y-e.to.Y) <= 4
	for i, t := range [...]int{500, 420, 580, 340, 660, 250, 750} {
		m := canvas.Along(e.from, e.to, t)
		x, y := m.X>>1, m.Y>>2
		on := canvas.R(x-w/2, y, w, 1)
		spots := [...]canvas.Rect{canvas.R(x-w-1, y, w, 1), canvas.R(x+2, y, w, 1), on, on, on}
		switch {
		case level: // over it or under it, past the boxes if there is no room between them
			spots[0].X, spots[1].X, spots[3].X, spots[4].X = on.X, on.X, on.X, on.X
			spots[0].Y, spots[1].Y, spots[3].Y, spots[4].Y = y-1, y+1, y-2, y+2
		case x >= center:
			spots[0], spots[1] = spots[1], spots[0]
		}
		for j, r := range spots {
			r.X = min(max(r.X, p.area.X+1), p.area.X+p.area.W-1-w)
			if r.X <= p.area.X || r.Y < p.area.Y || r.Y >= p.area.Y+p.area.H || p.taken(r) {
				continue
			}
			if cost := 2*inked(c, r) + 4*i + 6*j; least < 0 || cost < least {
				best, least = r, cost
			}
		}
		if least >= 0 && least <= 4*i+4 {
			break // nothing further away is better
		}
	}
	return best, least >= 0
}

// taken tells whether a host or a label stands there, or right beside it.
func (p *clusterPane) taken(r canvas.Rect) bool {
	for _, b := range p.boxes {
		if o := b.Within(r); o.W*o.H > 0 {
			return true
		}
	}
	r.X, r.W = r.X-1, r.W+2
	for i := range p.labels {
		if o := p.labels[i].Rect.Within(r); o.W*o.H > 0 {
			return true
		}
	}
	return false
}

// inked counts the cells that are drawn on.
func inked(c *canvas.Canvas, r canvas.Rect) int {
	n := 0
	for x := r.X; x < r.X+r.W; x++ {
		if ch := c.At(x, r.Y); ch != 0 && ch != ' ' {
			n++
		}
	}
	return n
}

// drawLabels draws the words and signs of links, over what moves along them.
func (p *clusterPane) drawLabels(c *canvas.Canvas, s *scene) {
	for i := range p.signs {
		l := &p.signs[i]
		c.Text(l.X, l.Y, string(l.buf[:l.n]), l.st)
	}
	for i := range p.labels {
		l := &p.labels[i]
		st := l.st
		if s.isPicked(l.of) {
			st = canvas.StSelect
			c.Text(l.X-1, l.Y, p.Here, canvas.StFocus)
		}
		c.Text(l.X, l.Y, string(l.buf[:l.n]), st)
		p.zone(c, l.Rect, l.of)
	}
}
