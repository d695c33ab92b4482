package tui

import (
	"capsim/export"
)

// whyWidth is the most columns that an explanation takes: longer lines are hard to read.
const whyWidth = 116

func (v *whyView) draw(p *program, c *canvas, area rect) {
	w := v.page()
	title := "why"
	if w.made != nil {
		title = "why: " + printable(w.made.Title)
	}
	height := area.h - 2
	if w.made != nil {
		height = min(v.wanted(p, min(area.w-8, whyWidth)), height)
	}
	r := p.window(c, rect{area.x, area.y, area.w, area.h - 1}, title, min(area.w-8, whyWidth), max(height, 3))
	if w.made == nil {
		c.text(r.x, r.y, "…", stDim)
		c.text(r.x, r.y+r.h-1, "esc: back", stDim)
		return
	}
	y := v.sentences(p, c, rect{r.x, r.y, r.w, v.share(p, r)})
	if rows := r.h - (y - r.y) - 1; rows > 1 && w.rows() > 0 {
		v.timeline.draw(p, v, c, rect{r.x, y, r.w, rows})
	}
	v.hint(c, rect{r.x, r.y + r.h - 1, r.w, 1})
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
		n += height(v.page().made.Lines[i].Text, w-2)
	}
	return n
}

// share is how many rows the sentences get: all they need, if that leaves the timeline
// half of the room.
func (v *whyView) share(p *program, r rect) int {
	text := v.textRows(p, r.w)
	if v.page().rows() == 0 {
		return min(text, r.h-1)
	}
	rest := v.page().listed() + 2
	return max(min(text, r.h-1-rest), min(text, (r.h-1)*55/100))
}

// sentences draws as many rows of them as there is room for, and returns the row below.
func (v *whyView) sentences(p *program, c *canvas, r rect) int {
	w := v.page()
	below := r.y + r.h
	if v.textRows(p, r.w) > r.h { // the last row says how much more there is
		r.h--
	}
	w.above = max(min(w.above, v.textRows(p, r.w)-r.h), 0)
	y := r.y - w.above
	c.inside(r, func() {
		for i := range w.made.Lines {
			l := &w.made.Lines[i]
			sign, st := p.toneSign(l.Tone)
			c.text(r.x, y, sign, st)
			words := stText
			switch l.Tone {
			case export.Quiet:
				words = stDim
			case export.Fault:
				words = stFault
			case export.Bad:
				words = stBad
			}
			n := height(l.Text, r.w-2)
			p.prose(c, rect{r.x + 2, y, r.w - 2, n}, l.Text, l.Marks, words, true)
			y += n
		}
	})
	if more := y - r.y - r.h; more > 0 {
		c.text(r.x+2, r.y+r.h, itoa(more)+plural(more, " row", " rows")+" more: space", stFocus)
	} else if r.y+r.h < below {
		c.text(r.x+2, r.y+r.h, "pgup: back", stDim)
	}
	return below
}

func (v *whyView) hint(c *canvas, r rect) {
	hint := "enter: why this   g: go there   y: copy   esc: back"
	if len(v.pages) > 1 {
		hint += " to " + v.pages[len(v.pages)-2].of.Name(v.index)
	}
	if v.page().rows() > 0 {
		hint = "↑ ↓: choose   " + hint
	}
	c.textIn(r.x, r.y, r.w, printable(hint), stDim)
}
