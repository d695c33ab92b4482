package tui

import "capsim/check"

// figureColumn is a column of the line of figures.
type figureColumn struct {
	name, short   string
	width, narrow int
	draw          func(p *comparePane, c *canvas, x, y int, v *judgement, narrow bool)
}

// figureColumns are what is said of each side.
var figureColumns = []figureColumn{
	{"C", "C", 8, 7, func(p *comparePane, c *canvas, x, y int, v *judgement, _ bool) { p.answer(c, x, y, v.c.Verdict) }},
	{"A", "A", 8, 7, func(p *comparePane, c *canvas, x, y int, v *judgement, _ bool) { p.answer(c, x, y, v.a.Verdict) }},
	{"p50", "p50", 9, 8, func(_ *comparePane, c *canvas, x, y int, v *judgement, _ bool) { c.text(x, y, v.p50.text, stText) }},
	{"p99", "p99", 9, 8, func(_ *comparePane, c *canvas, x, y int, v *judgement, _ bool) { c.text(x, y, v.p99.text, stText) }},
	{"lost", "lost", 7, 5, func(_ *comparePane, c *canvas, x, y int, v *judgement, _ bool) { figureAt(c, x, y, v.lost) }},
	{"stale", "stale", 7, 6, func(_ *comparePane, c *canvas, x, y int, v *judgement, _ bool) { figureAt(c, x, y, v.stale) }},
	{"diverged", "div.", 10, 5, func(_ *comparePane, c *canvas, x, y int, v *judgement, _ bool) {
		figureAt(c, x, y, figure{itoa(v.diverged), v.diverged > 0})
	}},
	{"answered", "answered", 13, 10, func(_ *comparePane, c *canvas, x, y int, v *judgement, narrow bool) {
		part, _ := v.a.Value.(check.Part)
		of, st := " of ", stText
		if narrow {
			of = "/"
		}
		if part.N < part.Of {
			st = stBadBold
		}
		c.text(c.text(c.text(x, y, itoa(part.N), st), y, of, st), y, itoa(part.Of), st)
	}},
	{"messages", "msgs", 9, 7, func(_ *comparePane, c *canvas, x, y int, v *judgement, _ bool) { c.text(x, y, v.messages.text, stText) }},
}

// answer draws a verdict.
func (p *comparePane) answer(c *canvas, x, y int, v check.Verdict) {
	sign, word, st := p.verdictSign(v)
	x = c.text(x, y, sign, st)
	c.text(x+c.put(x, y, ' ', st), y, word, st)
}

// figureAt draws a number that should be 0.
func figureAt(c *canvas, x, y int, f figure) {
	st := stGood
	if f.bad {
		st = stBadBold
	}
	c.text(x, y, f.text, st)
}

// figures draws the line of figures of each side.
func (p *comparePane) figures(c *canvas, s *scene, r rect) {
	narrow, total := r.w < 104, 0
	for i := range figureColumns {
		total += figureColumns[i].of(narrow)
	}
	name := r.w - total - 2
	c.text(r.x+1, r.y, "side", stDim)
	for i, side := range s.beside {
		c.textIn(r.x+1, r.y+1+i, name, printable(side.label()), stBold)
	}
	x := r.x + 2 + name
	for i := range figureColumns {
		col := &figureColumns[i]
		head, w := col.name, col.of(narrow)
		if narrow {
			head = col.short
		}
		c.text(x, r.y, head, stDim)
		for j, side := range s.beside {
			if side.verdict == nil {
				c.text(x, r.y+1+j, "-", stDim)
				continue
			}
			c.inside(rect{x, r.y + 1 + j, w - 1, 1}, func() { col.draw(p, c, x, r.y+1+j, side.verdict, narrow) })
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
