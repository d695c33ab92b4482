package tui

import "unicode"

// rect is a part of the screen: columns x … x+w-1 of rows y … y+h-1.
type rect struct{ x, y, w, h int }

// inset is the rect without its border.
func (r rect) inset(dx, dy int) rect {
	return rect{r.x + dx, r.y + dy, max(r.w-2*dx, 0), max(r.h-2*dy, 0)}
}

// within is the part of r that lies in s.
func (r rect) within(s rect) rect {
	x, y := max(r.x, s.x), max(r.y, s.y)
	return rect{x, y, max(min(r.x+r.w, s.x+s.w)-x, 0), max(min(r.y+r.h, s.y+s.h)-y, 0)}
}

// cell is one column of one row.
type cell struct {
	r   rune // 0: blank; covered: the right half of the wide character before it
	st  style
	ext uint16 // 1 + index of the combining marks that follow it; 0: none
}

const covered = -1

// canvas is the screen being drawn: a grid of cells with styles. Whatever is drawn
// is clipped, so a pane can't leave its rect nor a line the screen.
//
// Invariants:
//  1. A wide character is followed by a covered cell of its own row.
//  2. No cell holds a control or format character.
type canvas struct {
	w, h  int
	clip  rect
	cells []cell
	marks []string
	wide  bool // a wide character was drawn
	out   []byte
	ascii bool // signs of the program's texts are drawn in ASCII
}

// reset makes the canvas blank, of the size given.
func (c *canvas) reset(w, h int) {
	c.w, c.h = w, h
	c.clip = rect{0, 0, w, h}
	if cap(c.cells) < w*h {
		c.cells = make([]cell, w*h)
	}
	c.cells = c.cells[:w*h]
	clear(c.cells)
	c.marks, c.wide = c.marks[:0], false
}

// inside draws with the clip narrowed to r.
func (c *canvas) inside(r rect, draw func()) {
	was := c.clip
	c.clip = r.within(was)
	draw()
	c.clip = was
}

// put draws one character and returns its width. What can't be printed is drawn as
// a replacement, so that nothing can paint the screen.
func (c *canvas) put(x, y int, r rune, st style) int {
	if c.ascii && r >= 0x80 {
		r = inASCII(r)
	}
	if narrow(r) {
		c.set(x, y, r, st)
		return 1
	}
	w := runeWidth(r)
	if w == 0 {
		c.combine(x-1, y, r)
		return 0
	}
	if y < c.clip.y || y >= c.clip.y+c.clip.h || x < c.clip.x || x+w > c.clip.x+c.clip.w {
		return w
	}
	i := y*c.w + x
	c.uncover(i, x)
	c.cells[i] = cell{r: safeRune(r), st: st}
	if w == 2 {
		c.wide = true
		c.uncover(i+1, x+1)
		c.cells[i+1] = cell{r: covered, st: st}
	}
	return w
}

// set draws a narrow character.
func (c *canvas) set(x, y int, r rune, st style) {
	if !c.holds(x, y) {
		return
	}
	i := y*c.w + x
	if c.wide {
		c.uncover(i, x)
	}
	c.cells[i] = cell{r: r, st: st}
}

// holds tells whether a cell can be drawn on: it lies in the clip.
func (c *canvas) holds(x, y int) bool {
	return x >= c.clip.x && y >= c.clip.y && x < c.clip.x+c.clip.w && y < c.clip.y+c.clip.h
}

// uncover blanks the other half of a wide character that is about to be half
// overwritten.
func (c *canvas) uncover(i, x int) {
	if c.cells[i].r == covered && x > 0 {
		c.cells[i-1].r, c.cells[i-1].ext = ' ', 0
	}
	if x+1 < c.w && c.cells[i+1].r == covered {
		c.cells[i+1].r = ' '
	}
}

// maxMarks bounds the combining marks on one character.
const maxMarks = 4

// combine adds a combining mark to the character before it.
func (c *canvas) combine(x, y int, r rune) {
	if !unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Variation_Selector, r) {
		return
	}
	if x < c.clip.x || x >= c.clip.x+c.clip.w || y < c.clip.y || y >= c.clip.y+c.clip.h || len(c.marks) > 1000 {
		return
	}
	i := y*c.w + x
	if c.cells[i].r == covered {
		i--
	}
	cl := &c.cells[i]
	switch {
	case cl.r == 0:
	case cl.ext == 0:
		c.marks = append(c.marks, string(r))
		cl.ext = uint16(len(c.marks))
	case len(c.marks[cl.ext-1]) < 4*maxMarks:
		c.marks[cl.ext-1] += string(r)
	}
}

// text draws s from x on and returns the column after it.
func (c *canvas) text(x, y int, s string, st style) int {
	for _, r := range s {
		x += c.put(x, y, r, st)
	}
	return x
}

// textIn draws s in at most w columns, shortened with an ellipsis, and returns the
// column after it.
func (c *canvas) textIn(x, y, w int, s string, st style) int {
	if textWidth(s) <= w {
		return c.text(x, y, s, st)
	}
	end := x + w - 1
	if w < 1 {
		return x
	}
	for _, r := range s {
		rw := runeWidth(r)
		if x+rw > end {
			break
		}
		x += c.put(x, y, r, st)
	}
	return x + c.put(x, y, '…', st)
}

// right draws s so that it ends before column x, and returns where it begins.
func (c *canvas) right(x, y int, s string, st style) int {
	x -= textWidth(s)
	c.text(x, y, s, st)
	return x
}

// fill draws r over a run of columns.
func (c *canvas) fill(x, y, w int, r rune, st style) {
	for i := range w {
		c.put(x+i, y, r, st)
	}
}

// blank empties a rect.
func (c *canvas) blank(r rect, st style) {
	for y := range r.h {
		c.fill(r.x, r.y+y, r.w, ' ', st)
	}
}

// restyle changes the style of a run of columns, keeping its characters.
func (c *canvas) restyle(x, y, w int, st style) {
	for i := range w {
		if !c.holds(x+i, y) {
			continue
		}
		cl := &c.cells[y*c.w+x+i]
		if cl.st = st; cl.r == 0 {
			cl.r = ' '
		}
	}
}

// at returns the character of a cell, 0 outside the clip.
func (c *canvas) at(x, y int) rune {
	if !c.holds(x, y) {
		return 0
	}
	return c.cells[y*c.w+x].r
}

// render writes the rows with the theme's styles, one line each, blanks at their
// ends left out.
func (c *canvas) render(t *theme) string {
	out := c.out[:0]
	for y := range c.h {
		if y > 0 {
			out = append(out, '\n')
		}
		row := c.cells[y*c.w : (y+1)*c.w]
		end := len(row)
		for end > 0 && (row[end-1].r == 0 || row[end-1].r == ' ') && !t.visible[row[end-1].st] {
			end--
		}
		now := stText
		for _, cl := range row[:end] {
			if cl.r == covered {
				continue
			}
			if st := t.alike[cl.st]; st != now {
				out = append(out, t.seq[st]...)
				now = st
			}
			out = appendRune(out, cl.r)
			if cl.ext > 0 {
				out = append(out, c.marks[cl.ext-1]...)
			}
		}
		if now != stText {
			out = append(out, t.seq[stText]...)
		}
	}
	c.out = out
	return string(out)
}

func appendRune(out []byte, r rune) []byte {
	switch {
	case r == 0:
		return append(out, ' ')
	case r < 0x80:
		return append(out, byte(r))
	case r < 0x800:
		return append(out, 0xC0|byte(r>>6), 0x80|byte(r)&0x3F)
	case r < 0x10000:
		return append(out, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return append(out, 0xF0|byte(r>>18), 0x80|byte(r>>12)&0x3F, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
}

// inASCII returns what stands for a sign of the program's texts on a terminal that draws
// only ASCII. Other characters are values', and stay.
func inASCII(r rune) rune {
	switch r {
	case '…':
		return '~'
	case '×':
		return 'x'
	case '←':
		return '<'
	case '→':
		return '>'
	case '↑':
		return '^'
	case '↓':
		return 'v'
	case '–', '—', '─':
		return '-'
	case '·', '•':
		return '.'
	}
	return r
}
