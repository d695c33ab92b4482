package tui

import (
	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// Of messages that carry nothing so many are drawn at most; with more in a window they
// would hide those that do. Of the others the last so many are.
const (
	maxQuiet = 100
	maxLoud  = 400
)

// drawMessages draws those of the window: the ones that carry writes over the rest.
func (p *spaceTimePane) drawMessages(c *canvas, s *scene) {
	p.lost = p.lost[:0]
	if p.early <= maxQuiet && p.above {
		p.drawThese(c, s, p.others[max(len(p.others)-2*maxQuiet, 0):])
	}
	p.drawThese(c, s, p.carrying[max(len(p.carrying)-maxLoud, 0):])
	if s.picked.Kind == export.MessageSubject {
		if sent := int(s.record.message(s.picked.Msg).sent); sent > 0 && sent <= s.n {
			p.drawMessage(c, s, s.log.At(sent))
		}
	}
}

func (p *spaceTimePane) drawThese(c *canvas, s *scene, sends []int32) {
	hosts := len(p.rows)
	p.last = append(p.last[:0], make([]int, hosts*hosts)...)
	for i := len(sends) - 1; i >= 0; i-- {
		e := s.log.At(int(sends[i]))
		if !p.knows(e.Node) || !p.knows(e.Peer) {
			continue
		}
		// what begins and would end in the same columns is drawn once
		pair := (int(e.Node)-1)*hosts + int(e.Peer) - 1
		at := p.timeWindow.dot(e.At)<<16 | p.timeWindow.dot(model.Time(e.N))&0xffff
		if at != 0 && at == p.last[pair] {
			continue
		}
		p.last[pair] = at
		p.drawMessage(c, s, e)
	}
}

// drawMessage draws one message: from its sending to where it is, by way of where it was
// held if it was.
func (p *spaceTimePane) drawMessage(c *canvas, s *scene, e *trace.Event) {
	of, loud := messageSubject(e.Msg), carries(e)
	st := stTrack
	if loud {
		st = stDim
		if n := s.carried(e); n > 0 {
			st = version(n)
		}
	}
	if s.isPicked(of) {
		st = stFocus
	}
	a := p.point(e.At, e.Node)
	m := s.record.message(e.Msg)
	ended, due := int(m.ended), max(model.Time(e.N), e.At)
	if held := int(m.held); held != 0 && held <= s.n {
		var waits bool
		if a, due, waits = p.drawHeld(c, s, e, m, a, st); waits {
			return
		}
	}
	begun := max(e.At, s.startOf(m))
	var b point
	switch {
	case ended == 0 || ended > s.n:
		b = along(a, p.point(due, e.Peer), progress(begun, due, s.at))
	case s.log.At(ended).Kind == trace.Deliver:
		b = p.point(s.log.At(ended).At, e.Peer)
	default:
		b = along(a, p.point(due, e.Peer), p.lostWay(e))
		p.lost = append(p.lost, lostAt{b, loud})
	}
	c.line(p.glyphs, a, b, st, nil)
	if st == stFocus {
		p.nameMessage(c, s, e, b)
	}
	if loud || p.early <= maxQuiet/2 {
		p.lineZone(c, edge{a, b}, of)
	}
}

// startOf returns when a message that was held went on, 0 if it was not held.
func (s *scene) startOf(m *message) model.Time {
	if n := int(m.released); n != 0 && n <= s.n && m.released > m.held {
		return s.log.At(n).At
	}
	return 0
}

// drawHeld draws how a message was held, or is: a part of its way, and then along until it
// went on. It returns from where and until when it went on.
func (p *spaceTimePane) drawHeld(c *canvas, s *scene, e *trace.Event, m *message, a point, st style) (from point, due model.Time, waits bool) {
	at := along(p.point(e.At, e.Node), p.point(e.At, e.Peer), p.lostWay(e))
	hold := point{max(p.timeWindow.dot(s.log.At(int(m.held)).At), a.x), at.y}
	until := s.startOf(m)
	if waits = until == 0; waits {
		until = s.at
		if n := int(m.ended); n != 0 && n <= s.n {
			until = s.log.At(n).At
			p.lost = append(p.lost, lostAt{point{p.timeWindow.dot(until), at.y}, carries(e)})
		}
	} else {
		due = max(model.Time(s.log.At(int(m.released)).N), until)
	}
	from = point{max(p.timeWindow.dot(until), hold.x), at.y}
	c.line(p.glyphs, a, hold, st, nil)
	c.level(p.futureTrack, hold, from, st, nil)
	c.text(hold.x>>1, hold.y>>2, p.paused, stFaultBold)
	of := messageSubject(e.Msg)
	p.zone(c, rect{hold.x >> 1, hold.y >> 2, from.x>>1 - hold.x>>1 + 1, 1}, of)
	if st == stFocus {
		p.nameMessage(c, s, e, from)
	}
	return from, due, waits
}

// lostWay is how much of its way a lost or held message is drawn for, in thousandths: up to
// between the sender's line and the next.
func (p *spaceTimePane) lostWay(e *trace.Event) int {
	return 500 / max(abs(int(e.Node)-int(e.Peer)), 1)
}

// nameMessage says beside the end of the selected message which it is.
func (p *spaceTimePane) nameMessage(c *canvas, s *scene, e *trace.Event, at point) {
	text := s.nameMessage(e.Msg)
	x := min(at.x>>1+2, p.area.x+p.area.w-textWidth(text))
	y := at.y >> 2
	if y == p.rows[e.Peer-1] { // off the line
		y -= 2*b2i(e.Peer > e.Node) - 1
	}
	c.text(x, y, text, stSelect)
}
