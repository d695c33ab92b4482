// Package canvas is the screen as a grid of cells: what is drawn on it and how it looks on a
// terminal, and what of it has to be sent there. It knows nothing of the program that draws.
package canvas

import "unicode"

// Rect is a part of the screen: columns x … x+w-1 of rows y … y+h-1.
type Rect struct{ X, Y, W, H int }

// R is the rect of w columns and h rows at column x and row y.
func R(x, y, w, h int) Rect { return Rect{x, y, w, h} }

// Inset is the rect without its border.
func (r Rect) Inset(dx, dy int) Rect {
	return Rect{r.X + dx, r.Y + dy, max(r.W-2*dx, 0), max(r.H-2*dy, 0)}
}

// Within is the part of r that lies in s.
func (r Rect) Within(s Rect) Rect {
	x, y := max(r.X, s.X), max(r.Y, s.Y)
	return Rect{x, y, max(min(r.X+r.W, s.X+s.W)-x, 0), max(min(r.Y+r.H, s.Y+s.H)-y, 0)}
}

// Covers tells whether a column of a row lies in it.
func (r Rect) Covers(x, y int) bool { return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H }

// Middle is the dot in the middle of a box.
func (r Rect) Middle() Point { return Point{2*r.X + r.W, 4*r.Y + 2*r.H - 1} }

// Holds tells whether the dot lies in the box.
func (r Rect) Holds(p Point) bool {
	return r.Covers(p.X>>1, p.Y>>2)
}

// Cell is one column of one row.
type Cell struct {
	R   rune // 0: blank; Covered: the right half of the wide character before it
	St  Style
	Ext uint16 // 1 + index of the combining marks that follow it; 0: none
}

// Covered stands in the right half of a wide character.
const Covered = -1

// Canvas is the screen being drawn: a grid of cells with styles. Whatever is drawn
// is clipped, so a pane can't leave its rect nor a line the screen.
//
// Invariants:
//  1. A wide character is followed by a covered cell of its own row.
//  2. No cell holds a control or format character.
type Canvas struct {
	W, H  int
	Clip  Rect     // what lies outside is not drawn
	Cells []Cell   // row by row
	Marks []string // combining marks; see Cell.Ext
	Ascii bool     // signs of the program's texts are drawn in ASCII
	wide  bool     // a wide character was drawn
	out   []byte   // of Render, kept to be used again
}

// Reset makes the canvas blank, of the size given.
func (c *Canvas) Reset(w, h int) {
	c.W, c.H = w, h
	c.Clip = Rect{0, 0, w, h}
	if cap(c.Cells) < w*h {
		c.Cells = make([]Cell, w*h)
	}
	c.Cells = c.Cells[:w*h]
	clear(c.Cells)
	c.Marks, c.wide = c.Marks[:0], false
}

// Inside draws with the clip narrowed to r.
func (c *Canvas) Inside(r Rect, draw func()) {
	was := c.Clip
	c.Clip = r.Within(was)
	draw()
	c.Clip = was
}

// Put draws one character and returns its width. What can't be printed is drawn as
// a replacement, so that nothing can paint the screen.
func (c *Canvas) Put(x, y int, r rune, st Style) int {
	if c.Ascii && r >= 0x80 {
		r = inASCII(r)
	}
	if narrow(r) {
		c.set(x, y, r, st)
		return 1
	}
	w := RuneWidth(r)
	if w == 0 {
		c.combine(x-1, y, r)
		return 0
	}
	if !c.holds(x, y) || !c.holds(x+w-1, y) {
		return w
	}
	i := y*c.W + x
	c.uncover(i, x)
	c.Cells[i] = Cell{R: SafeRune(r), St: st}
	if w == 2 {
		c.wide = true
		c.uncover(i+1, x+1)
		c.Cells[i+1] = Cell{R: Covered, St: st}
	}
	return w
}

// set draws a narrow character.
func (c *Canvas) set(x, y int, r rune, st Style) {
	if !c.holds(x, y) {
		return
	}
	i := y*c.W + x
	if c.wide {
		c.uncover(i, x)
	}
	c.Cells[i] = Cell{R: r, St: st}
}

// holds tells whether a cell can be drawn on: it lies in the clip.
func (c *Canvas) holds(x, y int) bool { return c.Clip.Covers(x, y) }

// uncover blanks the other half of a wide character that is about to be half
// overwritten.
func (c *Canvas) uncover(i, x int) {
	if c.Cells[i].R == Covered && x > 0 {
		c.Cells[i-1].R, c.Cells[i-1].Ext = ' ', 0
	}
	if x+1 < c.W && c.Cells[i+1].R == Covered {
		c.Cells[i+1].R = ' '
	}
}

// maxMarks bounds the combining marks on one character.
const maxMarks = 4

// combine adds a combining mark to the character before it.
func (c *Canvas) combine(x, y int, r rune) {
	if !unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Variation_Selector, r) {
		return
	}
	if !c.holds(x, y) || len(c.Marks) > 1000 {
		return
	}
	i := y*c.W + x
	if c.Cells[i].R == Covered {
		i--
	}
	cl := &c.Cells[i]
	switch {
	case cl.R == 0:
	case cl.Ext == 0:
		c.Marks = append(c.Marks, string(r))
		cl.Ext = uint16(len(c.Marks))
	case len(c.Marks[cl.Ext-1]) < 4*maxMarks:
		c.Marks[cl.Ext-1] += string(r)
	}
}

// Text draws s from x on and returns the column after it.
func (c *Canvas) Text(x, y int, s string, st Style) int {
	for _, r := range s {
		x += c.Put(x, y, r, st)
	}
	return x
}

// Number draws a number without a sign from x on and returns the column after it.
func (c *Canvas) Number(x, y, n int, st Style) int {
	if n >= 10 {
		x = c.Number(x, y, n/10, st)
	}
	return x + c.Put(x, y, rune('0'+n%10), st)
}

// TextIn draws s in at most w columns, shortened with an ellipsis, and returns the
// column after it.
func (c *Canvas) TextIn(x, y, w int, s string, st Style) int {
	if TextWidth(s) <= w {
		return c.Text(x, y, s, st)
	}
	end := x + w - 1
	if w < 1 {
		return x
	}
	for _, r := range s {
		rw := RuneWidth(r)
		if x+rw > end {
			break
		}
		x += c.Put(x, y, r, st)
	}
	return x + c.Put(x, y, '…', st)
}

// Right draws s so that it ends before column x, and returns where it begins.
func (c *Canvas) Right(x, y int, s string, st Style) int {
	x -= TextWidth(s)
	c.Text(x, y, s, st)
	return x
}

// Fill draws r over a run of columns.
func (c *Canvas) Fill(x, y, w int, r rune, st Style) {
	for i := range w {
		c.Put(x+i, y, r, st)
	}
}

// Blank empties a rect.
func (c *Canvas) Blank(r Rect, st Style) {
	for y := range r.H {
		c.Fill(r.X, r.Y+y, r.W, ' ', st)
	}
}

// Restyle changes the style of a run of columns, keeping its characters.
func (c *Canvas) Restyle(x, y, w int, st Style) {
	for i := range w {
		if !c.holds(x+i, y) {
			continue
		}
		cl := &c.Cells[y*c.W+x+i]
		if cl.St = st; cl.R == 0 {
			cl.R = ' '
		}
	}
}

// At returns the character of a cell, 0 outside the clip.
func (c *Canvas) At(x, y int) rune {
	if !c.holds(x, y) {
		return 0
	}
	return c.Cells[y*c.W+x].R
}

// Render writes the rows with the theme's styles, one line each, blanks at their
// ends left out.
func (c *Canvas) Render(t *Theme) string {
	out := c.out[:0]
	for y := range c.H {
		if y > 0 {
			out = append(out, '\n')
		}
		row := c.Cells[y*c.W : (y+1)*c.W]
		end := len(row)
		for end > 0 && (row[end-1].R == 0 || row[end-1].R == ' ') && !t.Visible[row[end-1].St] {
			end--
		}
		now := StText
		for _, cl := range row[:end] {
			if cl.R == Covered {
				continue
			}
			if st := t.alike[cl.St]; st != now {
				out = append(out, t.Seq[st]...)
				now = st
			}
			out = appendRune(out, cl.R)
			if cl.Ext > 0 {
				out = append(out, c.Marks[cl.Ext-1]...)
			}
		}
		if now != StText {
			out = append(out, t.Seq[StText]...)
		}
	}
	c.out = out
	return string(out)
}
