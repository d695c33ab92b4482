package tui

import (
	"slices"
	"strings"

	"capsim/tui/canvas"
)

// layoutSpec is a way to share the screen among panes, for one purpose.
type layoutSpec struct {
	name, doc string
	// grids are drawn up for screens of different room, the roomiest first: the first that
	// fits is used, the last fits any.
	grids []grid
}

// grid is a layout for screens with at least so many columns and rows below the
// timeline.
type grid struct {
	minW, minH int
	box
}

// box is a part of a layout: a place for panes, or parts beside or above each other.
type box struct {
	panes       []paneName // of a place: the first one shows, the others are tabs behind it
	each        bool       // once for each of the runs side by side
	parts       []box
	beside      bool // the parts stand beside each other
	weight      int  // share of the room among its neighbours
	least, most int  // rows or columns; most 0: any
}

// show is a place for panes, named with blanks between.
func show(names string) box {
	b := box{weight: 1}
	for _, name := range strings.Fields(names) {
		b.panes = append(b.panes, paneNamed(name))
	}
	return b
}

// showEach is a place for the panes of each of the runs side by side.
func showEach(names string) box { b := show(names); b.each = true; return b }

func rows(parts ...box) box { return box{weight: 1, parts: parts} }
func cols(parts ...box) box { return box{weight: 1, parts: parts, beside: true} }

// of gives a box its share of the room, in percent, and bounds of it.
func (b box) of(weight, least, most int) box {
	b.weight, b.least, b.most = weight, least, most
	return b
}

// The layouts that the program goes to by itself: for scripts, lessons, and runs side by side.
const (
	exploring = "exploring"
	teaching  = "teaching"
	comparing = "comparing"
)

// layouts are what one key goes through.
var layouts = layoutList()

// labGrids are those of the layout for lessons, on labs.
var labGrids = func() (grids []grid) {
	for _, g := range layouts[layoutNamed(teaching)].grids {
		grids = append(grids, grid{g.minW, g.minH, g.swapped(paneNamed("versions"), paneNamed("space-time"))})
	}
	return grids
}()

// swapped returns the box with each of two panes in the place of the other: who held what and
// became what, and when, says more of a lab than its records do.
func (b box) swapped(x, y paneName) box {
	b.panes, b.parts = slices.Clone(b.panes), slices.Clone(b.parts)
	for i, n := range b.panes {
		switch n {
		case x:
			b.panes[i] = y
		case y:
			b.panes[i] = x
		}
	}
	if len(b.panes) == 1 && b.panes[0] == y { // a line a host
		b.least = 8
		b.most = max(b.most, b.least)
	}
	for i := range b.parts {
		b.parts[i] = b.parts[i].swapped(x, y)
	}
	return b
}

func layoutList() []layoutSpec {
	return []layoutSpec{
		{exploring, "everything at a glance", []grid{
			{100, 29, rows(
				cols(show("cluster"), show("verdict inspector")).of(44, 0, 0),
				show("versions").of(20, 6, 14),
				cols(show("space-time operations charts"), show("story")).of(36, 0, 0),
			)},
			{0, 27, rows(
				cols(show("cluster").of(56, 0, 0), show("verdict inspector").of(44, 0, 0)).of(44, 11, 0),
				show("versions").of(20, 6, 6),
				show("story space-time operations charts").of(36, 5, 0),
			)},
			{0, 0, rows(
				cols(show("cluster").of(56, 0, 0), show("verdict inspector").of(44, 0, 0)).of(55, 11, 0),
				show("story versions space-time operations charts").of(45, 0, 0),
			)},
		}},
		{teaching, "the lesson beside the cluster", []grid{
			{170, 40, cols(
				show("lesson").of(36, 0, 80),
				rows(
					cols(show("cluster").of(56, 0, 0), show("verdict").of(44, 0, 0)).of(44, 0, 0),
					show("versions").of(22, 6, 14),
					cols(show("space-time operations"), show("story")).of(34, 0, 0),
				).of(64, 0, 0),
			)},
			{100, 34, cols(
				show("lesson").of(38, 0, 0),
				rows(
					show("cluster").of(38, 11, 0), show("verdict").of(22, 9, 10), show("versions").of(17, 6, 8),
					show("story space-time").of(23, 5, 0),
				).of(62, 0, 0),
			)},
			{0, 26, cols(
				show("lesson").of(40, 0, 0),
				rows(
					show("cluster").of(44, 11, 0), show("verdict").of(28, 8, 9), show("story versions space-time").of(28, 5, 0),
				).of(60, 0, 0),
			)},
			{0, 0, cols(
				show("lesson").of(41, 0, 0),
				rows(show("cluster").of(58, 11, 0), show("verdict versions story").of(42, 7, 0)).of(59, 0, 0),
			)},
		}},
		{comparing, "runs side by side, what differs marked", []grid{
			{160, 45, rows(
				showEach("cluster").of(30, 11, 0),
				showEach("verdict").of(20, 9, 11),
				showEach("versions").of(14, 6, 9),
				show("compare").of(36, 10, 0),
			)},
			{100, 29, rows(
				showEach("cluster").of(38, 11, 0),
				showEach("versions").of(18, 5, 8),
				show("compare").of(44, 10, 0),
			)},
			{0, 0, rows(
				showEach("versions").of(30, 5, 7),
				show("compare").of(70, 10, 0),
			)},
		}},
		{"wire", "the messages under way, to be dropped, held, released or hurried by hand", []grid{
			{100, 29, rows(
				cols(show("cluster versions").of(44, 0, 0), show("wire").of(56, 0, 0)).of(46, 0, 0),
				cols(show("space-time"), show("operations charts")).of(54, 0, 0),
			)},
			{0, 0, rows(
				cols(show("cluster versions"), show("space-time operations charts")).of(58, 11, 0),
				show("wire").of(42, 7, 0),
			)},
		}},
	}
}

// layoutNamed returns the place of a layout in the list. It panics if there is none.
func layoutNamed(name string) int {
	at := slices.IndexFunc(layouts, func(l layoutSpec) bool { return l.name == name })
	if at < 0 {
		panic("tui: no layout is called " + name)
	}
	return at
}

// slot is a place on the screen for panes; of several, one shows and the others are
// tabs behind it.
type slot struct {
	canvas.Rect
	panes []paneName
	side  int // which of the runs side by side
}

// layout places the panes of a layout in the rows top … bottom-1, for so many runs side
// by side; of a lab or not.
func (l *layoutSpec) layout(w, top, bottom, sides int, lab bool) []slot {
	grids := l.grids
	if lab && l.name == teaching {
		grids = labGrids
	}
	for i := range grids {
		if g := &grids[i]; w >= g.minW && bottom-top >= g.minH || i == len(grids)-1 {
			return g.place(nil, canvas.R(0, top, w, bottom-top), 0, sides)
		}
	}
	return nil
}

// place appends the places of a box.
func (b *box) place(slots []slot, r canvas.Rect, side, sides int) []slot {
	if b.each {
		one := *b
		one.each = false
		for i := range sides {
			from, to := r.W*i/sides, r.W*(i+1)/sides
			slots = one.place(slots, canvas.R(r.X+from, r.Y, to-from, r.H), i, sides)
		}
		return slots
	}
	if len(b.parts) == 0 {
		return append(slots, slot{r, b.panes, side})
	}
	room, weights := r.H, 0
	if b.beside {
		room = r.W
	}
	for i := range b.parts {
		weights += b.parts[i].weight
	}
	left := room
	for i := range b.parts {
		part := &b.parts[i]
		n := room * part.weight / weights
		n = max(n, part.least)
		if part.most > 0 {
			n = min(n, part.most)
		}
		if i == len(b.parts)-1 {
			n = left
		}
		n = min(n, left)
		at := canvas.R(r.X, r.Y+room-left, r.W, n)
		if b.beside {
			at = canvas.R(r.X+room-left, r.Y, n, r.H)
		}
		slots = part.place(slots, at, side, sides)
		left -= n
	}
	return slots
}
