package tui

import (
	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// Of messages that carry nothing so many are drawn at most; with more in a window they
// would hide those that do. Of the others the last so many are.
const (
	maxQuiet = 100
	maxLoud  = 150
)

// leavesOut tells whether there are too many messages to draw them all.
func (d *spaceTime) leavesOut() bool { return len(d.carrying) > maxLoud || d.early > maxQuiet }

// drawMessages draws those of the window: the ones that carry writes over the rest.
func (p *spaceTimePane) drawMessages(c *canvas.Canvas, s *scene) {
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

func (p *spaceTimePane) drawThese(c *canvas.Canvas, s *scene, sends []int32) {
	hosts, fine := len(p.rows), 0
	if len(sends) > p.area.W { // more than one a column: dots can't be told apart
		fine = 1
	}
	p.last = append(p.last[:0], make([]int, hosts*hosts)...)
	for i := len(sends) - 1; i >= 0; i-- {
		e := s.log.At(int(sends[i]))
		if !p.knows(e.Node) || !p.knows(e.Peer) {
			continue
		}
		// what begins and would end in the same place is drawn once
		pair := (int(e.Node)-1)*hosts + int(e.Peer) - 1
		at := p.timeWindow.dot(e.At)>>fine<<16 | p.timeWindow.dot(model.Time(e.N))>>fine&0xffff
		if at != 0 && at == p.last[pair] {
			continue
		}
		p.last[pair] = at
		p.drawMessage(c, s, e)
	}
}

// drawMessage draws one message: from its sending to where it is, by way of where it was
// held if it was.
func (p *spaceTimePane) drawMessage(c *canvas.Canvas, s *scene, e *trace.Event) {
	of, loud := messageSubject(e.Msg), carries(e)
	st := canvas.StTrack
	if loud {
		st = canvas.StDim
		if n := s.carried(e); n > 0 {
			st = canvas.Version(n)
		}
	}
	if s.isPicked(of) {
		st = canvas.StFocus
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
	var b canvas.Point
	switch {
	case ended == 0 || ended > s.n:
		b = canvas.Along(a, p.point(due, e.Peer), progress(begun, due, s.at))
	case s.log.At(ended).Kind == trace.Deliver:
		b = p.point(s.log.At(ended).At, e.Peer)
	default:
		b = canvas.Along(a, p.point(due, e.Peer), p.lostWay(e))
		p.lost = append(p.lost, lostAt{b, loud})
	}
	c.Line(p.Glyphs, a, b, st, nil)
	if st == canvas.StFocus {
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
func (p *spaceTimePane) drawHeld(c *canvas.Canvas, s *scene, e *trace.Event, m *message, a canvas.Point, st canvas.Style) (from canvas.Point, due model.Time, waits bool) {
	at := canvas.Along(p.point(e.At, e.Node), p.point(e.At, e.Peer), p.lostWay(e))
	hold := canvas.P(max(p.timeWindow.dot(s.log.At(int(m.held)).At), a.X), at.Y)
	until := s.startOf(m)
	if waits = until == 0; waits {
		until = s.at
		if n := int(m.ended); n != 0 && n <= s.n {
			until = s.log.At(n).At
			p.lost = append(p.lost, lostAt{canvas.P(p.timeWindow.dot(until), at.Y), carries(e)})
		}
	} else {
		due = max(model.Time(s.log.At(int(m.released)).N), until)
	}
	from = canvas.P(max(p.timeWindow.dot(until), hold.X), at.Y)
	c.Line(p.Glyphs, a, hold, st, nil)
	c.Level(p.FutureTrack, hold, from, st, nil)
	c.Text(hold.X>>1, hold.Y>>2, p.Paused, canvas.StFaultBold)
	of := messageSubject(e.Msg)
	p.zone(c, canvas.R(hold.X>>1, hold.Y>>2, from.X>>1-hold.X>>1+1, 1), of)
	if st == canvas.StFocus {
		p.nameMessage(c, s, e, from)
	}
	return from, due, waits
}

// lostWay is how much of its way a lost or held message is drawn for, in thousandths: up to
// between the sender's line and the next.
func (p *spaceTimePane) lostWay(e *trace.Event) int {
	return 500 / max(canvas.Abs(int(e.Node)-int(e.Peer)), 1)
}

// nameMessage says beside the end of the selected message which it is.
func (p *spaceTimePane) nameMessage(c *canvas.Canvas, s *scene, e *trace.Event, at canvas.Point) {
	text := s.nameMessage(e.Msg)
	x := min(at.X>>1+2, p.area.X+p.area.W-canvas.TextWidth(text))
	y := at.Y >> 2
	if y == p.rows[e.Peer-1] { // off the line
		y -= 2*b2i(e.Peer > e.Node) - 1
	}
	c.Text(x, y, text, canvas.StSelect)
}
