package tui

import (
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

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
	st, who := stDim, stDim
	if newest {
		st = stText
	}
	if of := opSubject(op.ID); s.isPicked(of) {
		st, who = stSelect, stSelect
		c.text(r.x-1, r.y, p.here, stFocus)
	}
	p.zone(c, r, opSubject(op.ID))
	name := op.Client
	if op.System {
		name = "system"
	}
	x := c.text(c.text(r.x, r.y, name, who), r.y, " at ", stDim)
	x = c.text(c.text(x, r.y, op.Node.String(), stDim), r.y, " ", stDim)
	x = c.textIn(x, r.y, (r.x+r.w-x)*2/3, op.Command.String(), st)
	if op.System {
		return
	}
	x = c.text(x, r.y, " "+p.arrow+" ", stDim)
	room := r.x + r.w - x
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
