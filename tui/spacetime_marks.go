package tui

import "capsim/export"

// cursorLine draws where the cursor stands, or in which direction if it is not in sight.
func (p *spaceTimePane) cursorLine(c *canvas, s *scene) {
	a, x := p.area, p.column(s.at)
	switch {
	case s.at < p.timeWindow.from:
		c.put(c.put(a.x, a.y-1, p.glyphs.carries[1], stBold)+a.x, a.y-1, ' ', stText)
		return
	case s.at > p.timeWindow.to:
		c.put(a.x+a.w-2, a.y-1, ' ', stText)
		c.put(a.x+a.w-1, a.y-1, p.glyphs.carries[0], stBold)
		return
	}
	for y := a.y; y < a.y+a.h; y++ {
		if ch := c.at(x, y); ch == 0 || ch == ' ' {
			c.put(x, y, p.vertical, stText)
		}
	}
}

// drawMarks marks what was done to the cluster: a sign above, and a dashed line where
// nothing else is.
func (p *spaceTimePane) drawMarks(c *canvas, s *scene, top int) {
	before := -1
	for i := p.marksFrom(s); i < len(s.marks); i++ {
		m := &s.marks[i]
		if m.event > s.n || m.at > p.timeWindow.to {
			break
		}
		x := p.column(m.at)
		if m.kind == markBad || x == before {
			continue
		}
		before = x
		sign, st := p.markSign(m.kind)
		for y := p.area.y; y < p.area.y+p.area.h; y++ {
			if ch := c.at(x, y); ch == 0 || ch == ' ' {
				c.put(x, y, p.dashed, stFault)
			}
		}
		y := top
		switch ch := c.at(x, y); {
		case ch == 0 || ch == ' ':
		case p.above:
			y++
		default:
			p.erase(c, x, y)
		}
		c.text(x, y, sign, st)
		p.zone(c, rect{x, top, 1, 2}, export.Subject{Kind: export.EventSubject, Event: m.event})
	}
}

// erase takes away the instant that stands in a column of the axis.
func (p *spaceTimePane) erase(c *canvas, x, y int) {
	for _, by := range [...]int{-1, 1} {
		for at := x + by; c.at(at, y) > ' ' || c.at(at+by, y) > ' '; at += by {
			c.put(at, y, ' ', stText)
		}
	}
}

// lostAt is where a lost message ended.
type lostAt struct {
	at       point
	carrying bool // a write, or a remote client's operation
}

// crosses marks where messages were lost.
func (p *spaceTimePane) crosses(c *canvas) {
	for _, l := range p.lost {
		st := stTrack
		if l.carrying {
			st = stBadBold
		}
		c.text(l.at.x>>1, l.at.y>>2, p.glyphs.lost, st)
	}
}
