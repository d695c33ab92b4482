package canvas

// Shot is a whole screen as it was drawn, with what it takes to send it.
type Shot struct {
	Canvas
	Theme *Theme
	Mouse bool // the program takes the mouse
}

// Terminal is what a terminal shows and how it stands, as far as that is known from
// what was sent to it. It works out the bytes that make it show something else.
//
// Invariants:
//  1. Once the bytes of an update were sent, the terminal shows what was drawn, if it
//     agrees about the width of characters. If it doesn't, the row is out of place up
//     to the next cell that was moved to, and no further.
//  2. Nothing but the program's own sequences and printable characters is sent.
type Terminal struct {
	shown Shot
	x, y  int   // the cursor; x < 0: unknown
	st    Style // selected
	out   []byte
}

// Forget has the next update paint everything.
func (t *Terminal) Forget() { t.shown.W, t.shown.H = 0, 0 }

// The sequences around a change: terminals that know them show it all at once, and others
// pass over them.
const (
	beginUpdate = "\x1b[?2026h"
	endUpdate   = "\x1b[?2026l"
	mouseOn     = "\x1b[?1002h\x1b[?1006h" // clicks and drags, in decimal
	mouseOff    = "\x1b[?1002l\x1b[?1006l"
)

// Update returns the bytes that turn what is shown into the shot, none if it is shown
// already. What is returned is good until the next call, and the shot's cells are the
// terminal's from then on: the shot gets those of the one before.
func (t *Terminal) Update(to *Shot) []byte {
	t.out = append(t.out[:0], beginUpdate...)
	whole := t.shown.W != to.W || t.shown.H != to.H || t.shown.Theme != to.Theme
	if whole || t.shown.Mouse != to.Mouse {
		t.mouse(to.Mouse)
	}
	if whole {
		t.shown.Reset(to.W, to.H)
		t.shown.Theme = to.Theme
		t.x, t.y, t.st = 0, 0, StText
		t.out = append(t.out, "\x1b[0m\x1b[2J\x1b[H"...)
	}
	for y := range to.H {
		t.row(to, y)
	}
	t.shown, *to = *to, t.shown
	if len(t.out) == len(beginUpdate) {
		return nil
	}
	t.out = append(t.out, endUpdate...)
	return t.out
}

func (t *Terminal) mouse(on bool) {
	if on {
		t.out = append(t.out, mouseOn...)
	} else {
		t.out = append(t.out, mouseOff...)
	}
}

// row writes what differs in a row.
func (t *Terminal) row(to *Shot, y int) {
	was, row := t.shown.Cells[y*to.W:(y+1)*to.W], to.Cells[y*to.W:(y+1)*to.W]
	end := -1 // where nothing but blanks follows; worked out when needed
	for x := 0; x < len(row); x++ {
		if was[x] == row[x] && row[x].Ext == 0 || t.same(to, was[x], row[x]) {
			continue
		}
		if end < 0 {
			end = to.endOf(row)
		}
		if x >= end {
			t.move(x, y)
			t.use(to.Theme, StText)
			t.out = append(t.out, "\x1b[K"...)
			return
		}
		if row[x].R == Covered {
			continue // drawn with the character that covers it
		}
		t.bridge(to, row, x, y)
		t.write(to, row[x])
	}
}

// endOf returns where the row has nothing more to show.
func (p *Shot) endOf(row []Cell) int {
	end := len(row)
	for end > 0 && (row[end-1].R == 0 || row[end-1].R == ' ') && !p.Theme.Visible[row[end-1].St] {
		end--
	}
	return end
}

// same tells whether two cells look the same.
func (t *Terminal) same(to *Shot, a, b Cell) bool {
	if a.R == Covered || b.R == Covered {
		return a.R == b.R
	}
	if a.R == 0 {
		a.R = ' '
	}
	if b.R == 0 {
		b.R = ' '
	}
	switch {
	case a.R != b.R, (a.Ext == 0) != (b.Ext == 0):
		return false
	case a.Ext != 0 && t.shown.Marks[a.Ext-1] != to.Marks[b.Ext-1]:
		return false
	case a.R == ' ' && a.Ext == 0 && !to.Theme.Visible[a.St] && !to.Theme.Visible[b.St]:
		return true
	}
	return to.Theme.alike[a.St] == to.Theme.alike[b.St]
}

// shortGap is up to how many cells it is shorter to write again than to pass over.
const shortGap = 4

// bridge brings the cursor to a cell: by writing again what lies between, if that is
// shorter and of the selected style, else by moving it.
func (t *Terminal) bridge(to *Shot, row []Cell, x, y int) {
	if t.x < 0 || t.y != y || x <= t.x || x-t.x > shortGap {
		t.move(x, y)
		return
	}
	for _, c := range row[t.x:x] {
		if c.R < 0 || c.R >= 0x80 || c.Ext != 0 || !t.fits(to.Theme, c) {
			t.move(x, y)
			return
		}
	}
	for t.x < x {
		t.write(to, row[t.x])
	}
}

// stepsBack is up to how many columns it is shorter to go back one by one.
const stepsBack = 3

// move places the cursor.
func (t *Terminal) move(x, y int) {
	switch {
	case t.x == x && t.y == y:
		return
	case t.x >= 0 && t.y == y && x > t.x:
		t.out = append(t.out, "\x1b["...)
		if x-t.x > 1 {
			t.out = appendInt(t.out, x-t.x)
		}
		t.out = append(t.out, 'C')
	case t.x >= x && t.x-x <= stepsBack && y == t.y+1: // as of an upright line
		t.out = append(t.out, "\x1b[B"...)
		for range t.x - x {
			t.out = append(t.out, '\b')
		}
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
func (t *Terminal) use(th *Theme, st Style) {
	if st = th.alike[st]; st != t.st {
		t.out = th.change(t.out, t.st, st)
		t.st = st
	}
}

// fits tells whether a cell looks right in the style that is selected. A blank does in any
// style that shows nothing of itself.
func (t *Terminal) fits(th *Theme, c Cell) bool {
	blank := (c.R == 0 || c.R == ' ') && c.Ext == 0 && !th.Visible[c.St] && !th.Visible[t.st]
	return blank || th.alike[c.St] == t.st
}

// write draws the cell at the cursor.
func (t *Terminal) write(p *Shot, c Cell) {
	if !t.fits(p.Theme, c) {
		t.use(p.Theme, c.St)
	}
	t.out = appendRune(t.out, c.R)
	t.x++
	if c.Ext > 0 {
		t.out = append(t.out, p.Marks[c.Ext-1]...)
	}
	// After the last column, and after what terminals may hold different opinions of, the
	// cursor stands where the terminal says.
	if t.x >= p.W || c.Ext > 0 || c.R >= 0x300 && !(c.R >= 0x2010 && c.R < 0x2900) {
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
