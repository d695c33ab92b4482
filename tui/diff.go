package tui

// shot is a whole screen as it was drawn, with what it takes to send it.
type shot struct {
	canvas
	theme *theme
	mouse bool // the program takes the mouse
}

// terminal is what a terminal shows and how it stands, as far as that is known from
// what was sent to it. It works out the bytes that make it show something else.
//
// Invariants:
//  1. Once the bytes of an update were sent, the terminal shows what was drawn, if it
//     agrees about the width of characters. If it doesn't, the row is out of place up
//     to the next cell that was moved to, and no further.
//  2. Nothing but the program's own sequences and printable characters is sent.
type terminal struct {
	shown shot
	x, y  int   // the cursor; x < 0: unknown
	st    style // selected
	out   []byte
}

// forget has the next update paint everything.
func (t *terminal) forget() { t.shown.w, t.shown.h = 0, 0 }

// The sequences around a change: terminals that know them show it all at once, and others
// pass over them.
const (
	beginUpdate = "\x1b[?2026h"
	endUpdate   = "\x1b[?2026l"
	mouseOn     = "\x1b[?1002h\x1b[?1006h" // clicks and drags, in decimal
	mouseOff    = "\x1b[?1002l\x1b[?1006l"
)

// update returns the bytes that turn what is shown into the shot, none if it is shown
// already. What is returned is good until the next call, and the shot's cells are the
// terminal's from then on: the shot gets those of the one before.
func (t *terminal) update(to *shot) []byte {
	t.out = append(t.out[:0], beginUpdate...)
	whole := t.shown.w != to.w || t.shown.h != to.h || t.shown.theme != to.theme
	if whole || t.shown.mouse != to.mouse {
		t.mouse(to.mouse)
	}
	if whole {
		t.shown.reset(to.w, to.h)
		t.shown.theme = to.theme
		t.x, t.y, t.st = 0, 0, stText
		t.out = append(t.out, "\x1b[0m\x1b[2J\x1b[H"...)
	}
	for y := range to.h {
		t.row(to, y)
	}
	t.shown, *to = *to, t.shown
	if len(t.out) == len(beginUpdate) {
		return nil
	}
	t.out = append(t.out, endUpdate...)
	return t.out
}

func (t *terminal) mouse(on bool) {
	if on {
		t.out = append(t.out, mouseOn...)
	} else {
		t.out = append(t.out, mouseOff...)
	}
}

// row writes what differs in a row.
func (t *terminal) row(to *shot, y int) {
	was, row := t.shown.cells[y*to.w:(y+1)*to.w], to.cells[y*to.w:(y+1)*to.w]
	end := -1 // where nothing but blanks follows; worked out when needed
	for x := 0; x < len(row); x++ {
		if was[x] == row[x] && row[x].ext == 0 || t.same(to, was[x], row[x]) {
			continue
		}
		if end < 0 {
			end = to.endOf(row)
		}
		if x >= end {
			t.move(x, y)
			t.use(to.theme, stText)
			t.out = append(t.out, "\x1b[K"...)
			return
		}
		if row[x].r == covered {
			continue // drawn with the character that covers it
		}
		t.bridge(to, row, x, y)
		t.write(to, row[x])
	}
}

// endOf returns where the row has nothing more to show.
func (p *shot) endOf(row []cell) int {
	end := len(row)
	for end > 0 && (row[end-1].r == 0 || row[end-1].r == ' ') && !p.theme.visible[row[end-1].st] {
		end--
	}
	return end
}

// same tells whether two cells look the same.
func (t *terminal) same(to *shot, a, b cell) bool {
	if a.r == covered || b.r == covered {
		return a.r == b.r
	}
	if a.r == 0 {
		a.r = ' '
	}
	if b.r == 0 {
		b.r = ' '
	}
	switch {
	case a.r != b.r, (a.ext == 0) != (b.ext == 0):
		return false
	case a.ext != 0 && t.shown.marks[a.ext-1] != to.marks[b.ext-1]:
		return false
	case a.r == ' ' && a.ext == 0 && !to.theme.visible[a.st] && !to.theme.visible[b.st]:
		return true
	}
	return to.theme.alike[a.st] == to.theme.alike[b.st]
}

// shortGap is up to how many cells it is shorter to write again than to pass over.
const shortGap = 4

// bridge brings the cursor to a cell: by writing again what lies between, if that is
// shorter and of the selected style, else by moving it.
func (t *terminal) bridge(to *shot, row []cell, x, y int) {
	if t.x < 0 || t.y != y || x <= t.x || x-t.x > shortGap {
		t.move(x, y)
		return
	}
	for _, c := range row[t.x:x] {
		if c.r < 0 || c.r >= 0x80 || c.ext != 0 || !t.fits(to.theme, c) {
			t.move(x, y)
			return
		}
	}
	for t.x < x {
		t.write(to, row[t.x])
	}
}

// move places the cursor.
func (t *terminal) move(x, y int) {
	switch {
	case t.x == x && t.y == y:
		return
	case t.x >= 0 && t.y == y && x > t.x:
		t.out = append(t.out, "\x1b["...)
		if x-t.x > 1 {
			t.out = appendInt(t.out, x-t.x)
		}
		t.out = append(t.out, 'C')
	default:
		t.out = append(t.out, "\x1b["...)
		t.out = appendInt(t.out, y+1)
		if x > 0 {
			t.out = append(t.out, ';')
			t.out = appendInt(t.out, x+1)
		}
		t.out = append(t.out, 'H')
	}
	t.x, t.y = x, y
}

// use selects a style.
func (t *terminal) use(th *theme, st style) {
	if st = th.alike[st]; st != t.st {
		t.out = th.change(t.out, t.st, st)
		t.st = st
	}
}

// fits tells whether a cell looks right in the style that is selected. A blank does in any
// style that shows nothing of itself.
func (t *terminal) fits(th *theme, c cell) bool {
	blank := (c.r == 0 || c.r == ' ') && c.ext == 0 && !th.visible[c.st] && !th.visible[t.st]
	return blank || th.alike[c.st] == t.st
}

// write draws the cell at the cursor.
func (t *terminal) write(p *shot, c cell) {
	if !t.fits(p.theme, c) {
		t.use(p.theme, c.st)
	}
	t.out = appendRune(t.out, c.r)
	t.x++
	if c.ext > 0 {
		t.out = append(t.out, p.marks[c.ext-1]...)
	}
	// After the last column, and after what terminals may hold different opinions of, the
	// cursor stands where the terminal says.
	if t.x >= p.w || c.ext > 0 || c.r >= 0x300 && !(c.r >= 0x2010 && c.r < 0x2900) {
		t.x = -1
	}
}

// appendInt writes a number without a sign.
func appendInt(out []byte, n int) []byte {
	if n >= 10 {
		out = appendInt(out, n/10)
	}
	return append(out, byte('0'+n%10))
}
