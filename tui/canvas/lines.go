package canvas

// brailleDots are the bits of a braille character by column and row of its eight dots.
var brailleDots = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// Point is a place on the screen in dots: two a column, four a row.
type Point struct{ X, Y int }

// P is the dot at x and y.
func P(x, y int) Point { return Point{x, y} }

// Line draws a straight line from a to b, the dots that keep says (all if nil; it is
// told how far along the line it is, in thousandths).
func (c *Canvas) Line(g *Glyphs, a, b Point, st Style, keep func(int) bool) {
	dx, dy := b.X-a.X, b.Y-a.Y
	if dy == 0 { // a level link is a line like a border
		c.Level(g.Horizontal, a, b, st, keep)
		return
	}
	steps := max(Abs(dx), Abs(dy), 1)
	if !g.Braille {
		steps = max(Abs(dx)/2, Abs(dy)/4, 1)
	}
	slope := asciiSlope(dx, dy)
	first, last := c.seen(a.X, dx, steps)
	at := pen{c: c, st: st}
	x, y := along(a.X, dx, first, steps), along(a.Y, dy, first, steps)
	for i := first; i <= last; i++ {
		if keep == nil || keep(i*1000/steps) {
			if g.Braille {
				at.dot(x.at, y.at)
			} else {
				c.Put(x.at>>1, y.at>>2, slope, st)
			}
		}
		x.step()
		y.step()
	}
	at.lift()
}

// track is a coordinate along a line: from + d·i/steps to the nearest, step by step and
// without a division.
type track struct {
	at, sign     int
	d, rest, per int // d is its size; rest of per are left over
}

// along returns the coordinate at the i-th of so many steps.
func along(from, d, i, steps int) track {
	t := track{sign: 1, d: d, per: steps}
	if d < 0 {
		t.sign, t.d = -1, -d
	}
	whole := t.d*i + steps/2
	t.at, t.rest = from+t.sign*(whole/steps), whole%steps
	return t
}

func (t *track) step() {
	for t.rest += t.d; t.rest >= t.per; t.rest -= t.per {
		t.at += t.sign
	}
}

// seen returns the steps of a line between which it can lie in the clip's columns.
func (c *Canvas) seen(x, dx, steps int) (first, last int) {
	left, right := 2*c.Clip.X-x, 2*(c.Clip.X+c.Clip.W)-x
	switch {
	case dx > 0:
		return max(left*steps/dx-1, 0), min(right*steps/dx+1, steps)
	case dx < 0:
		return max(right*steps/dx-1, 0), min(left*steps/dx+1, steps)
	}
	return 0, steps
}

// Level draws a level line.
func (c *Canvas) Level(r rune, a, b Point, st Style, keep func(int) bool) {
	y, w := a.Y>>2, max(Abs(b.X-a.X), 1)
	from, to := min(a.X, b.X)>>1, max(a.X, b.X)>>1
	for x := max(from, c.Clip.X); x <= min(to, c.Clip.X+c.Clip.W-1); x++ {
		if keep == nil || keep(Abs(2*x+1-a.X)*1000/w) {
			c.Put(x, y, r, st)
		}
	}
}

// pen sets dots beside those that are there, a character at a time.
type pen struct {
	c    *Canvas
	st   Style
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
	r := p.c.At(p.x, p.y)
	if r < 0x2800 || r > 0x28ff {
		r = 0x2800
	}
	p.c.set(p.x, p.y, r|p.bits, p.st)
	p.bits = 0
}

// asciiSlope is the character for a line in that direction; dots are twice as high
// as wide.
func asciiSlope(dx, dy int) rune {
	w, h := Abs(dx), Abs(dy)
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

// Along returns the dot so many thousandths of the way from a to b.
func Along(a, b Point, thousandths int) Point {
	return Point{a.X + Rounded((b.X-a.X)*thousandths, 1000), a.Y + Rounded((b.Y-a.Y)*thousandths, 1000)}
}

// Rounded is a/b to the nearest; b > 0.
func Rounded(a, b int) int {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}

// Abs is a without its sign.
func Abs(a int) int {
	if a < 0 {
		return -a
	}
	return a
}

// Vertical draws a line downwards.
func (c *Canvas) Vertical(x, y, h int, r rune, st Style) {
	for i := range h {
		c.Put(x, y+i, r, st)
	}
}
