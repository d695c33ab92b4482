package tui

import "capsim/export"

// brailleDots are the bits of a braille character by column and row of its eight dots.
var brailleDots = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// point is a place on the screen in dots: two a column, four a row.
type point struct{ x, y int }

// line draws a straight line from a to b, the dots that keep says (all if nil; it is
// told how far along the line it is, in thousandths).
func (c *canvas) line(g *glyphs, a, b point, st style, keep func(int) bool) {
	dx, dy := b.x-a.x, b.y-a.y
	if dy == 0 { // a level link is a line like a border
		c.level(g.horizontal, a, b, st, keep)
		return
	}
	steps := max(abs(dx), abs(dy), 1)
	if !g.braille {
		steps = max(abs(dx)/2, abs(dy)/4, 1)
	}
	slope := asciiSlope(dx, dy)
	first, last := c.seen(a.x, dx, steps)
	at := pen{c: c, st: st}
	for i := first; i <= last; i++ {
		if keep != nil && !keep(i*1000/steps) {
			continue
		}
		x, y := a.x+rounded(dx*i, steps), a.y+rounded(dy*i, steps)
		if g.braille {
			at.dot(x, y)
		} else {
			c.put(x>>1, y>>2, slope, st)
		}
	}
	at.lift()
}

// seen returns the steps of a line between which it can lie in the clip's columns.
func (c *canvas) seen(x, dx, steps int) (first, last int) {
	left, right := 2*c.clip.x-x, 2*(c.clip.x+c.clip.w)-x
	switch {
	case dx > 0:
		return max(left*steps/dx-1, 0), min(right*steps/dx+1, steps)
	case dx < 0:
		return max(right*steps/dx-1, 0), min(left*steps/dx+1, steps)
	}
	return 0, steps
}

// level draws a level line.
func (c *canvas) level(r rune, a, b point, st style, keep func(int) bool) {
	y, w := a.y>>2, max(abs(b.x-a.x), 1)
	from, to := min(a.x, b.x)>>1, max(a.x, b.x)>>1
	for x := max(from, c.clip.x); x <= min(to, c.clip.x+c.clip.w-1); x++ {
		if keep == nil || keep(abs(2*x+1-a.x)*1000/w) {
			c.put(x, y, r, st)
		}
	}
}

// pen sets dots beside those that are there, a character at a time.
type pen struct {
	c    *canvas
	st   style
	x, y int
	bits rune
}

func (p *pen) dot(x, y int) {
	if x>>1 != p.x || y>>2 != p.y {
		p.lift()
		p.x, p.y = x>>1, y>>2
	}
	p.bits |= brailleDots[x&1][y&3]
}

// lift draws the dots of the character at hand.
func (p *pen) lift() {
	if p.bits == 0 {
		return
	}
	r := p.c.at(p.x, p.y)
	if r < 0x2800 || r > 0x28ff {
		r = 0x2800
	}
	p.c.set(p.x, p.y, r|p.bits, p.st)
	p.bits = 0
}

// asciiSlope is the character for a line in that direction; dots are twice as high
// as wide.
func asciiSlope(dx, dy int) rune {
	w, h := abs(dx), abs(dy)
	switch {
	case h*4 < w:
		return '-'
	case w*4 < h:
		return '|'
	case (dx > 0) == (dy > 0):
		return '\\'
	}
	return '/'
}

// along returns the dot so many thousandths of the way from a to b.
func along(a, b point, thousandths int) point {
	return point{a.x + rounded((b.x-a.x)*thousandths, 1000), a.y + rounded((b.y-a.y)*thousandths, 1000)}
}

// rounded is a/b to the nearest; b > 0.
func rounded(a, b int) int {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}

func abs(a int) int {
	if a < 0 {
		return -a
	}
	return a
}

// lineZone makes what a line goes through a place to click.
func (cm *common) lineZone(c *canvas, e edge, of export.Subject) {
	from, to := e.from.y>>2, e.to.y>>2
	if from > to {
		e, from, to = e.turned(), to, from
	}
	for y := from; y <= to; y++ {
		a, b := e.from.x, e.to.x
		if from < to { // the columns of that row
			a = e.from.x + (e.to.x-e.from.x)*(y-from)/(to-from+1)
			b = e.from.x + (e.to.x-e.from.x)*(y-from+1)/(to-from+1)
		}
		left, right := min(a, b)>>1, max(a, b)>>1
		cm.zone(c, rect{left, y, right - left + 1, 1}, of)
	}
}
