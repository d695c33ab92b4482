package tui

import (
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// drawOps shows what clients did last, the newest at the bottom.
func (p *clusterPane) drawOps(c *canvas.Canvas, s *scene, r canvas.Rect) {
	ops := s.opsAt(s.n)
	for i := range r.H {
		if k := len(ops) - 1 - i; k >= 0 {
			p.drawOp(c, s, ops[k], canvas.R(r.X, r.Y+r.H-1-i, r.W, 1), i == 0)
		}
	}
}

func (p *clusterPane) drawOp(c *canvas.Canvas, s *scene, op *trace.Op, r canvas.Rect, newest bool) {
	st, who := canvas.StDim, canvas.StDim
	if newest {
		st = canvas.StText
	}
	if of := opSubject(op.ID); s.isPicked(of) {
		st, who = canvas.StSelect, canvas.StSelect
		c.Text(r.X-1, r.Y, p.Here, canvas.StFocus)
	}
	p.zone(c, r, opSubject(op.ID))
	name := op.Client
	if op.System {
		name = "system"
	}
	x := c.Text(c.Text(r.X, r.Y, name, who), r.Y, " at ", canvas.StDim)
	x = c.Text(c.Text(x, r.Y, op.Node.String(), canvas.StDim), r.Y, " ", canvas.StDim)
	x = c.TextIn(x, r.Y, (r.X+r.W-x)*2/3, op.Command.String(), st)
	if op.System {
		return
	}
	x = c.Text(x, r.Y, " "+p.Arrow+" ", canvas.StDim)
	room := r.X + r.W - x
	if op.Returned == 0 || op.Returned > s.n {
		since, st := waited(s, op)
		c.TextIn(x, r.Y, room, strings.TrimRight("waiting "+since, " "), st)
		return
	}
	switch op.Result.Outcome {
	case model.Refused:
		c.TextIn(x, r.Y, room, p.Bad+" refused "+op.Result.Code, canvas.StBadBold)
	case model.Unknown:
		c.TextIn(x, r.Y, room, p.Unknown+" no answer", canvas.StBadBold)
	default:
		x = c.TextIn(x, r.Y, room, op.Result.Reply.String(), replyStyle(s, op))
		if line := s.lineOf(op.Returned); line != nil && line.Stale {
			c.TextIn(x+1, r.Y, r.X+r.W-x-1, p.Bad+" stale", canvas.StBadBold)
		}
	}
}

// replyStyle gives a reply the colour of the version that it shows.
func replyStyle(s *scene, op *trace.Op) canvas.Style {
	if line := s.lineOf(op.Returned); line != nil && len(line.Marks) > 0 {
		return canvas.VersionBold(line.Marks[0].N)
	}
	return canvas.StText
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
