package tui

import (
	"unicode/utf8"

	"capsim/export"
	"capsim/model"
)

// label is words beside a link. What labels say changes with every frame, so they have
// room of their own.
type label struct {
	rect
	buf [48]byte
	n   int
	st  style
	of  export.Subject
}

// placeLabels finds room for what is to be said of the links. It looks at the lines that
// are drawn already, and at nothing that moves, so that labels stand still.
func (p *clusterPane) placeLabels(c *canvas, s *scene) {
	p.labels, p.unplaced = p.labels[:0], p.unplaced[:0]
	for a := range p.nodes {
		for b := a + 1; b < len(p.boxes); b++ {
			p.placeLabel(c, s, model.NodeID(a+1), model.NodeID(b+1), p.at(a, b))
		}
	}
}

func (p *clusterPane) placeLabel(c *canvas, s *scene, a, b model.NodeID, i int) {
	e, cut, of := p.edges[i], p.cuts[i], linkSubject(a, b)
	picked := s.isPicked(of)
	if p.crowded() && !picked {
		return
	}
	text, st, sign, loud := p.buf[:0], stDim, "", true
	if cut.span != nil {
		if p.broken > maxCuts && !picked {
			if !p.crowded() {
				m := along(e.from, e.to, 500)
				c.text(m.x>>1, m.y>>2, p.cut, stBadBold)
			}
			return // said once, of all
		}
		text, st, sign = p.appendCut(text, s, a, b, cut), stBadBold, p.cut
	} else {
		var changed bool
		text, changed = p.appendLink(text, s, a, b, s.latency)
		switch {
		case changed:
			st = stFault
		case !picked && (p.nodes > 3 || s.isClient(b)):
			return // said once, of all
		}
		loud = changed || picked
	}
	if picked {
		st = stSelect
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
func (p *clusterPane) place(c *canvas, e edge, text []byte, sign string, st style, of export.Subject) bool {
	l := label{st: st, of: of}
	mark := 0
	if sign != "" {
		mark = textWidth(sign) + 1
		l.n = copy(l.buf[:], sign)
		l.n += copy(l.buf[l.n:], " ")
	}
	if len(text) > len(l.buf)-l.n {
		return false
	}
	first := l.n
	l.n += copy(l.buf[l.n:], text)
	var ok bool
	if l.rect, ok = p.spot(c, e, mark+utf8.RuneCount(text)); !ok {
		return false
	}
	m := along(e.from, e.to, 500)
	if x, y := m.x>>1, m.y>>2; mark > 0 && !l.covers(x, y) {
		c.text(x, y, sign, st)
		l.n = copy(l.buf[:], l.buf[first:l.n])
		l.w -= mark
		switch { // a blank stays between
		case l.y != y:
			l.x += mark / 2
		case l.x < x:
			l.x = min(l.x+mark, x-1-l.w)
		default:
			l.x = max(l.x, x+2)
		}
	}
	p.labels = append(p.labels, l)
	return true
}

// covers tells whether a column of a row lies in it.
func (r rect) covers(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// spot looks for the place of words beside a line where they cover least, near its middle
// and on its outer side if there is a choice.
func (p *clusterPane) spot(c *canvas, e edge, w int) (rect, bool) {
	var best rect
	least, center := -1, p.area.x+p.area.w/2
	level := abs(e.from.y-e.to.y) <= 4
	for i, t := range [...]int{500, 420, 580, 340, 660, 250, 750} {
		m := along(e.from, e.to, t)
		x, y := m.x>>1, m.y>>2
		on := rect{x - w/2, y, w, 1}
		spots := [...]rect{{x - w - 1, y, w, 1}, {x + 2, y, w, 1}, on, on, on}
		switch {
		case level: // over it or under it, past the boxes if there is no room between them
			spots[0].x, spots[1].x, spots[3].x, spots[4].x = on.x, on.x, on.x, on.x
			spots[0].y, spots[1].y, spots[3].y, spots[4].y = y-1, y+1, y-2, y+2
		case x >= center:
			spots[0], spots[1] = spots[1], spots[0]
		}
		for j, r := range spots {
			r.x = min(max(r.x, p.area.x+1), p.area.x+p.area.w-1-w)
			if r.x <= p.area.x || r.y < p.area.y || r.y >= p.area.y+p.area.h || p.taken(r) {
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
func (p *clusterPane) taken(r rect) bool {
	for _, b := range p.boxes {
		if o := b.within(r); o.w*o.h > 0 {
			return true
		}
	}
	r.x, r.w = r.x-1, r.w+2
	for i := range p.labels {
		if o := p.labels[i].rect.within(r); o.w*o.h > 0 {
			return true
		}
	}
	return false
}

// inked counts the cells that are drawn on.
func inked(c *canvas, r rect) int {
	n := 0
	for x := r.x; x < r.x+r.w; x++ {
		if ch := c.at(x, r.y); ch != 0 && ch != ' ' {
			n++
		}
	}
	return n
}

func (p *clusterPane) drawLabels(c *canvas, s *scene) {
	for i := range p.labels {
		l := &p.labels[i]
		st := l.st
		if s.isPicked(l.of) {
			st = stSelect
			c.text(l.x-1, l.y, p.here, stFocus)
		}
		c.text(l.x, l.y, string(l.buf[:l.n]), st)
		p.zone(c, l.rect, l.of)
	}
}
