package tui

import (
	"capsim/export"
	"capsim/tui/canvas"
)

// whyWidth is the most columns that an explanation takes: longer lines are hard to read.
const whyWidth = 116

func (v *whyView) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	w := v.page()
	title := "why"
	if w.made != nil {
		title = "why: " + printable(w.made.Title)
	}
	height := area.H - 2
	if w.made != nil {
		height = min(v.wanted(p, min(area.W-8, whyWidth)), height)
	}
	r := p.window(c, canvas.R(area.X, area.Y, area.W, area.H-1), title, min(area.W-8, whyWidth), max(height, 3))
	if w.made == nil {
		c.Text(r.X, r.Y, "…", canvas.StDim)
		c.Text(r.X, r.Y+r.H-1, "esc: back", canvas.StDim)
		return
	}
	y := v.sentences(p, c, canvas.R(r.X, r.Y, r.W, v.share(p, r)))
	if rows := r.H - (y - r.Y) - 1; rows > 1 && w.rows() > 0 {
		v.timeline.draw(p, v, c, canvas.R(r.X, y, r.W, rows))
	}
	v.hint(c, canvas.R(r.X, r.Y+r.H-1, r.W, 1))
}

// wanted is how many rows all of the page would take.
func (v *whyView) wanted(p *program, w int) int {
	n := v.textRows(p, w) + 2 // a blank row and the keys
	if page := v.page(); page.rows() > 0 {
		n += page.listed() + 1
	}
	return n
}

// textRows is how many rows the sentences take.
func (v *whyView) textRows(p *program, w int) int {
	n := 0
	for i := range v.page().made.Lines {
		n += canvas.Height(v.page().made.Lines[i].Text, w-2)
	}
	return n
}

// share is how many rows the sentences get: all they need, if that leaves the timeline
// half of the room.
func (v *whyView) share(p *program, r canvas.Rect) int {
	text := v.textRows(p, r.W)
	if v.page().rows() == 0 {
		return min(text, r.H-1)
	}
	rest := v.page().listed() + 2
	return max(min(text, r.H-1-rest), min(text, (r.H-1)*55/100))
}

// sentences draws as many rows of them as there is room for, and returns the row below.
func (v *whyView) sentences(p *program, c *canvas.Canvas, r canvas.Rect) int {
	w := v.page()
	below := r.Y + r.H
	if v.textRows(p, r.W) > r.H { // the last row says how much more there is
		r.H--
	}
	w.above = max(min(w.above, v.textRows(p, r.W)-r.H), 0)
	y := r.Y - w.above
	c.Inside(r, func() {
		for i := range w.made.Lines {
			l := &w.made.Lines[i]
			sign, st := p.toneSign(l.Tone)
			c.Text(r.X, y, sign, st)
			words := canvas.StText
			switch l.Tone {
			case export.Quiet:
				words = canvas.StDim
			case export.Fault:
				words = canvas.StFault
			case export.Bad:
				words = canvas.StBad
			}
			n := canvas.Height(l.Text, r.W-2)
			p.prose(c, canvas.R(r.X+2, y, r.W-2, n), l.Text, l.Marks, words, true)
			y += n
		}
	})
	if more := y - r.Y - r.H; more > 0 {
		c.Text(r.X+2, r.Y+r.H, itoa(more)+plural(more, " row", " rows")+" more: space", canvas.StFocus)
	} else if r.Y+r.H < below {
		c.Text(r.X+2, r.Y+r.H, "pgup: back", canvas.StDim)
	}
	return below
}

func (v *whyView) foot(*program) []footKey {
	return []footKey{{"enter", "why this", "enter"}, {"↑ ↓", "choose", ""}, {"g", "go there", "g"}, {"y", "copy", "y"}, {"?", "help", "?"}, {"esc", "back", "esc"}}
}

func (v *whyView) hint(c *canvas.Canvas, r canvas.Rect) {
	hint := "enter: why this   g: go there   y: copy   esc: back"
	if len(v.pages) > 1 {
		hint += " to " + v.pages[len(v.pages)-2].of.Name(v.index)
	}
	if v.page().rows() > 0 {
		hint = "↑ ↓: choose   " + hint
	}
	c.TextIn(r.X, r.Y, r.W, printable(hint), canvas.StDim)
}
