package tui

import (
	"sort"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// gapBelow is how many rows there are between a host's line and what stands above the next.
func (d *spaceTime) gapBelow(host int) int {
	if !d.above {
		return 0
	}
	if host+1 == len(d.rows) {
		return max(d.area.Y+d.area.H-1-d.rows[host], 0)
	}
	return max(d.rows[host+1]-d.rows[host]-2, 0)
}

// maxHoldings bounds how many stretches are drawn of a host: the last ones.
const maxHoldings = 100

// drawHoldings draws on the lines of holders while they hold a resource, and where there is a
// row below a line, there. Where several hold it at once the bar is broken. words tells whether
// to write what is held instead, where the bars have room left.
func (p *spaceTimePane) drawHoldings(c *canvas.Canvas, s *scene, words bool) {
	for i := range p.rows {
		host := model.NodeID(i + 1)
		if int(host) >= len(s.held) {
			break
		}
		mine := s.held[host]
		end := sort.Search(len(mine), func(k int) bool { return s.holds[mine[k]].since > p.timeWindow.to })
		below := p.gapBelow(i) > 0
		for k := max(end-maxHoldings, 0); k < end; k++ {
			h := &s.holds[mine[k]]
			until := s.at
			if h.to != 0 && h.to <= s.n {
				until = h.until
			}
			switch x0, x1, y := p.within(h.since), p.within(until), p.rows[i]+b2i(below); {
			case h.from > s.n || !p.shows(h.since, until):
			case words:
				p.nameHolding(c, s, h, x0, x1, y)
			default:
				p.drawHolding(c, s, h, until, y, below)
			}
		}
	}
}

// drawHolding draws one stretch. Where the bar lies on the host's line, it leaves in sight that
// the host stands still.
func (p *spaceTimePane) drawHolding(c *canvas.Canvas, s *scene, h *holding, until model.Time, y int, below bool) {
	x0, x1 := p.within(h.since), p.within(until)
	for x := x0; x <= x1; x++ {
		if below || c.At(x, y) != p.CutTrack {
			c.Put(x, y, p.HeldTrack, canvas.StBold)
		}
	}
	if both := s.both[h.resource]; both != nil {
		for k := max(len(*both)-maxHoldings, 0); k < len(*both); k++ {
			p.drawBoth(c, s, &(*both)[k], x0, x1, y)
		}
	}
	if h.since >= p.timeWindow.from {
		c.Put(x0, y, '[', canvas.StBold)
	}
	if until < s.at && until <= p.timeWindow.to && x1 > x0 {
		c.Put(x1, y, ']', canvas.StBold)
	}
	of := export.Subject{Kind: export.EventSubject, Event: h.from}
	if s.isPicked(of) {
		c.Restyle(x0, y, x1-x0+1, canvas.StCursor)
	}
	p.zone(c, canvas.R(x0, y, x1-x0+1, 1), of)
}

// nameHolding writes what is held into the first part of its bar that is long enough, and
// nothing where none is.
func (p *spaceTimePane) nameHolding(c *canvas.Canvas, s *scene, h *holding, x0, x1, y int) {
	for _, text := range [...]string{h.text(), printable(h.resource)} {
		w, room, st := canvas.TextWidth(text)+2, 0, canvas.StBold
		for x := x0; x <= x1; x++ {
			switch c.At(x, y) {
			case p.BothTrack:
				st = canvas.StBadBold
				room++
			case p.HeldTrack:
				room++
			default:
				room, st = 0, canvas.StBold
			}
			if room == w {
				c.Text(c.Text(c.Text(x-w+1, y, " ", st), y, text, st), y, " ", st)
				return
			}
		}
	}
}

// drawBoth breaks the bar while others hold the resource, too.
func (p *spaceTimePane) drawBoth(c *canvas.Canvas, s *scene, sp *span, x0, x1, y int) {
	until := s.at
	if sp.to != 0 && sp.to <= s.n {
		until = sp.until
	}
	if sp.from > s.n || !p.shows(sp.since, until) {
		return
	}
	from, to := max(p.within(sp.since), x0), min(p.within(until), x1)
	for x := from; x <= to; x++ {
		c.Put(x, y, p.BothTrack, canvas.StBadBold)
	}
}
