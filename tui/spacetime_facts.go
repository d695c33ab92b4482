package tui

import (
	"sort"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// maxLabels bounds how many labels are looked at of a host: the last ones.
const maxLabels = 200

// drawFacts writes on the lines what hosts said of themselves: the states that they went
// into, and what they decided or did of a transaction. The newest come first; what has no room
// on the line stands below it, if there is a row.
func (p *spaceTimePane) drawFacts(c *canvas.Canvas, s *scene) {
	for i := range p.rows {
		if host := i + 1; host < len(s.states) && len(s.states[host]) > 0 {
			p.factsOf(c, s, host)
		}
	}
}

// maxLanes is how many rows labels may stand in: the line and two below it.
const maxLanes = 3

func (p *spaceTimePane) factsOf(c *canvas.Canvas, s *scene, host int) {
	said, y := s.states[host], p.rows[host-1]
	end := sort.Search(len(said), func(k int) bool {
		return int(said[k]) > s.n || s.log.At(int(said[k])).At > p.timeWindow.to
	})
	var lanes [maxLanes]int // the column before which words have room, by row; and which row
	below := p.gapBelow(host-1) - b2i(len(s.held[host]) > 0)
	crowds := p.gapBelow(host-1) == 0 && len(s.held[host]) > 0 // the line has what is held, too
	n := 1 + min(max(below, 0), maxLanes-1)
	for k := range n {
		lanes[k] = p.area.X + p.area.W
	}
	for k := end - 1; k >= max(end-maxLabels, 0); k-- {
		e := s.log.At(int(said[k]))
		if e.At < p.timeWindow.from {
			p.stateBefore(c, s, said[:k+1], lanes[0], y)
			return
		}
		p.factWords(s, int(said[k]), e)
		x, lane := p.column(e.At), 0
		free := min(lanes[0], p.hostBehind(s, e.Node, x))
		for lane < n-1 && !p.fitsLabel(x, free) {
			lane++
			free = lanes[lane]
		}
		if !p.fitsLabel(x, free) || crowds && e.Kind == trace.Access {
			lane, p.words = 0, p.words[:1]
		}
		at := y
		if lane > 0 {
			at = y + lane + (p.gapBelow(host-1) - max(below, 0))
		}
		p.label(c, s, int(said[k]), x, y, at, free)
		for k := range lane + 1 { // its sign stands on the line
			lanes[k] = min(lanes[k], x)
		}
	}
}

// hostBehind returns the column of the next sign behind one that says what became of a host.
func (p *spaceTimePane) hostBehind(s *scene, host model.NodeID, x int) int {
	for _, n := range p.hosts {
		if e := s.log.At(int(n)); e.Node == host && p.column(e.At) > x {
			return p.column(e.At)
		}
	}
	return p.area.X + p.area.W
}

// fitsLabel tells whether the words have room between a column and the next label.
func (p *spaceTimePane) fitsLabel(x, free int) bool { return x+min(p.words.width(), 12) < free }

// label draws a label, or its sign alone if it has no room: a stamp that is cut off would be
// another.
func (p *spaceTimePane) label(c *canvas.Canvas, s *scene, n, x, line, y, free int) {
	of, sign := export.Subject{Kind: export.EventSubject, Event: n}, p.words[0]
	end := x + 1
	if p.fitsLabel(x, free) {
		end = p.words.draw(c, x, y, min(p.words.width(), free-x))
	}
	c.Text(x, line, sign.text, sign.st)
	if y != line && end > x+1 {
		c.Text(x, y, p.Glyphs.Tick, canvas.StDim)
	}
	if s.isPicked(of) {
		c.Restyle(x, y, end-x, canvas.StCursor)
	}
	p.zone(c, canvas.R(x, y, end-x, 1), of)
}

// factWords puts what a host said into few words, behind a sign.
func (p *spaceTimePane) factWords(s *scene, n int, e *trace.Event) {
	sign, text, st := p.Tick, printable(e.Text), canvas.StBold
	switch e.Kind {
	case trace.Commit:
		sign, text, st = p.Good, "commit", canvas.StGoodBold
	case trace.Abort:
		sign, text = p.Glyphs.Abort, "abort"
	case trace.Effect:
		by := itoa(int(e.N))
		if e.N >= 0 {
			by = "+" + by
		}
		text = by + " " + text
	case trace.Access:
		sign, text = p.Diamond, ""
		if s.late[n] {
			sign, st = p.StaleMark, canvas.StBadFill
		}
		if e.N != 0 {
			text = "#" + itoa(int(e.N))
		}
	default:
		if text == "" {
			text = "-"
		}
	}
	p.words = append(p.words[:0], piece{sign, st}, piece{text, st})
}

// stateBefore says at the border in which state a host was when the window began, if there is
// room before its next label.
func (p *spaceTimePane) stateBefore(c *canvas.Canvas, s *scene, said []int32, free, y int) {
	for k := len(said) - 1; k >= max(len(said)-20, 0); k-- {
		e := s.log.At(int(said[k]))
		if e.Kind != trace.Mark {
			continue
		}
		if sp := s.downOf(e.Node); sp != nil && e.Text != "" && !wentDown(s, e.Node, int(said[k]), p.timeWindow.from) {
			if text := printable(e.Text); p.area.X+canvas.TextWidth(text)+1 < free {
				c.Text(p.area.X, y, text, canvas.StDim)
			}
		}
		return
	}
}

// wentDown tells whether a host crashed after an event and before an instant: what it said of
// itself is gone.
func wentDown(s *scene, host model.NodeID, event int, before model.Time) bool {
	sps := *s.downOf(host)
	for k := len(sps) - 1; k >= 0 && sps[k].from > event; k-- {
		if sps[k].since <= before && s.log.At(sps[k].from).Text != "paused" {
			return true
		}
	}
	return false
}
