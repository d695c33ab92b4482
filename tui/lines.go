package tui

// brailleDots are the bits of a braille character by column and row of its eight dots.
var brailleDots = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// point is a place on the screen in dots: two a column, four a row.
type point struct{ x, y int }

// line draws a straight line from a to b, the dots that keep says (all if nil; it is
// told how far along the line it is, in thousandths).
func (c *canvas) line(g *glyphs, a, b point, st style, keep func(int) bool) {
	dx, dy := b.x-a.x, b.y-a.y
	steps := max(abs(dx), abs(dy), 1)
	if !g.braille {
		steps = max(abs(dx)/2, abs(dy)/4, 1)
	}
	if dy == 0 { // a level link is a line like a border
		for x := min(a.x, b.x) >> 1; x <= max(a.x, b.x)>>1; x++ {
			if keep == nil || keep(abs(2*x+1-a.x)*1000/max(abs(dx), 1)) {
				c.put(x, a.y>>2, g.horizontal, st)
			}
		}
		return
	}
	r := asciiSlope(dx, dy)
	for i := 0; i <= steps; i++ {
		if keep != nil && !keep(i*1000/steps) {
			continue
		}
		x, y := a.x+rounded(dx*i, steps), a.y+rounded(dy*i, steps)
		if g.braille {
			c.dot(x, y, st)
		} else {
			c.put(x>>1, y>>2, r, st)
		}
	}
}

// dot sets one dot, beside those that are there.
func (c *canvas) dot(x, y int, st style) {
	if x < 0 || y < 0 {
		return
	}
	bit := brailleDots[x&1][y&3]
	r := c.at(x>>1, y>>2)
	if r < 0x2800 || r > 0x28ff {
		r = 0x2800
	}
	c.put(x>>1, y>>2, r|bit, st)
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
