package tui

import (
	"capsim/check"
	"capsim/tui/canvas"
)

// figureColumn is a column of the line of figures.
type figureColumn struct {
	name, short   string
	width, narrow int
	draw          func(p *comparePane, c *canvas.Canvas, x, y int, v *judgement, narrow bool)
}

// figureColumnsOf are what is said of each side of a run: of a lab its own verdicts and what
// means something to every protocol.
func figureColumnsOf(s *scene) []figureColumn {
	if !s.own {
		return figureColumns
	}
	var cols []figureColumn
	for i := range min(len(s.judged), maxOwnColumns) {
		name := s.judged[i].Text
		w := min(max(canvas.TextWidth(name)+1, 8), 18)
		cols = append(cols, figureColumn{name, name, w, min(w, 11), func(p *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) {
			if i < len(v.own) {
				p.answer(c, x, y, v.own[i].Verdict)
			}
		}})
	}
	for i := range figureColumns {
		if !figureColumns[i].ofData() {
			cols = append(cols, figureColumns[i])
		}
	}
	return cols
}

// ofData tells whether a column says something of data alone.
func (f *figureColumn) ofData() bool {
	switch f.name {
	case "C", "A", "lost", "stale", "diverged":
		return true
	}
	return false
}

// maxOwnColumns is how many of a lab's checks have a column.
const maxOwnColumns = 3

// figureColumns are what is said of each side under a policy.
var figureColumns = []figureColumn{
	{"C", "C", 8, 7, func(p *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) { p.answer(c, x, y, v.c.Verdict) }},
	{"A", "A", 8, 7, func(p *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) { p.answer(c, x, y, v.a.Verdict) }},
	{"p50", "p50", 9, 8, func(_ *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) {
		c.Text(x, y, v.p50.text, canvas.StText)
	}},
	{"p99", "p99", 9, 8, func(_ *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) {
		c.Text(x, y, v.p99.text, canvas.StText)
	}},
	{"lost", "lost", 7, 5, func(_ *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) { figureAt(c, x, y, v.lost) }},
	{"stale", "stale", 7, 6, func(_ *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) { figureAt(c, x, y, v.stale) }},
	{"diverged", "div.", 10, 5, func(_ *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) {
		figureAt(c, x, y, figure{text: itoa(v.diverged), bad: v.diverged > 0})
	}},
	{"answered", "answered", 13, 10, func(_ *comparePane, c *canvas.Canvas, x, y int, v *judgement, narrow bool) {
		part := v.answered
		of, st := " of ", canvas.StText
		if narrow {
			of = "/"
		}
		if part.N < part.Of {
			st = canvas.StBadBold
		}
		c.Text(c.Text(c.Text(x, y, itoa(part.N), st), y, of, st), y, itoa(part.Of), st)
	}},
	{"messages", "msgs", 9, 7, func(_ *comparePane, c *canvas.Canvas, x, y int, v *judgement, _ bool) {
		c.Text(x, y, v.messages.text, canvas.StText)
	}},
}

// answer draws a verdict.
func (p *comparePane) answer(c *canvas.Canvas, x, y int, v check.Verdict) {
	sign, word, st := p.verdictSign(v)
	x = c.Text(x, y, sign, st)
	c.Text(x+c.Put(x, y, ' ', st), y, word, st)
}

// figureAt draws a number that should be 0.
func figureAt(c *canvas.Canvas, x, y int, f figure) {
	st := canvas.StGood
	if f.bad {
		st = canvas.StBadBold
	}
	c.Text(x, y, f.text, st)
}

// figures draws the line of figures of each side.
func (p *comparePane) figures(c *canvas.Canvas, s *scene, r canvas.Rect) {
	narrow, total, columns := r.W < 104, 0, figureColumnsOf(s)
	for i := range columns {
		total += columns[i].of(narrow)
	}
	name := r.W - total - 2
	c.Text(r.X+1, r.Y, "side", canvas.StDim)
	for i, side := range s.beside {
		c.TextIn(r.X+1, r.Y+1+i, name, printable(side.label()), canvas.StBold)
	}
	x := r.X + 2 + name
	for i := range columns {
		col := &columns[i]
		head, w := col.name, col.of(narrow)
		if narrow {
			head = col.short
		}
		c.TextIn(x, r.Y, w-1, head, canvas.StDim)
		for j, side := range s.beside {
			if side.verdict == nil {
				c.Text(x, r.Y+1+j, "-", canvas.StDim)
				continue
			}
			c.Inside(canvas.R(x, r.Y+1+j, w-1, 1), func() { col.draw(p, c, x, r.Y+1+j, side.verdict, narrow) })
		}
		x += w
	}
}

func (f *figureColumn) of(narrow bool) int {
	if narrow {
		return f.narrow
	}
	return f.width
}
