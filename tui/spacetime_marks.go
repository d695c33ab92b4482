package tui

import (
	"capsim/export"
	"capsim/tui/canvas"
)

// cursorLine draws where the cursor stands, or in which direction if it is not in sight.
func (p *spaceTimePane) cursorLine(c *canvas.Canvas, s *scene) {
	a, x := p.area, p.column(s.at)
	switch {
	case s.at < p.timeWindow.from:
		c.Put(c.Put(a.X, a.Y-1, p.Glyphs.Carries[1], canvas.StBold)+a.X, a.Y-1, ' ', canvas.StText)
		return
	case s.at > p.timeWindow.to:
		c.Put(a.X+a.W-2, a.Y-1, ' ', canvas.StText)
		c.Put(a.X+a.W-1, a.Y-1, p.Glyphs.Carries[0], canvas.StBold)
		return
	}
	for y := a.Y; y < a.Y+a.H; y++ {
		if ch := c.At(x, y); ch == 0 || ch == ' ' {
			c.Put(x, y, p.Vertical, canvas.StText)
		}
	}
}

// drawMarks marks what was done to the cluster: a sign above, and a dashed line where
// nothing else is.
func (p *spaceTimePane) drawMarks(c *canvas.Canvas, s *scene, top int) {
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
		for y := p.area.Y; y < p.area.Y+p.area.H; y++ {
			if ch := c.At(x, y); ch == 0 || ch == ' ' {
				c.Put(x, y, p.Dashed, canvas.StFault)
			}
		}
		y := top
		switch ch := c.At(x, y); {
		case ch == 0 || ch == ' ':
		case p.above:
			y++
		default:
			p.erase(c, x, y)
		}
		c.Text(x, y, sign, st)
		p.zone(c, canvas.R(x, top, 1, 2), export.Subject{Kind: export.EventSubject, Event: m.event})
	}
}

// erase takes away the instant that stands in a column of the axis.
func (p *spaceTimePane) erase(c *canvas.Canvas, x, y int) {
	for _, by := range [...]int{-1, 1} {
		for at := x + by; c.At(at, y) > ' ' || c.At(at+by, y) > ' '; at += by {
			c.Put(at, y, ' ', canvas.StText)
		}
	}
}

// lostAt is where a lost message ended.
type lostAt struct {
	at       canvas.Point
	carrying bool // a write, or a remote client's operation
}

// crosses marks where messages were lost.
func (p *spaceTimePane) crosses(c *canvas.Canvas) {
	for _, l := range p.lost {
		st := canvas.StTrack
		if l.carrying {
			st = canvas.StBadBold
		}
		c.Text(l.at.X>>1, l.at.Y>>2, p.Glyphs.Lost, st)
	}
}
