package tui

import "github.com/charmbracelet/bubbles/key"

// pane is one part of the screen. It knows the scene and what all share, and no
// other pane.
type pane interface {
	// title stands in the border.
	title(s *scene) string
	// draw fills the inside of the border.
	draw(c *canvas, s *scene, r rect)
	// key takes a key while the pane is focused: a request to the program, or
	// false if it has no meaning here.
	key(s *scene, k string) (request, bool)
	// keys are those that key takes, for help.
	keys() []key.Binding
}

// request is what a pane asks of the program: to move the cursor, select, or open
// something. The zero value asks nothing but to draw again.
type request struct {
	goTo *cursor
	key  string // select this key
	node int    // select this node; 0: none
}

// paneName is a pane's place in the one ordered list of panes.
type paneName int

const (
	clusterAt paneName = iota
	verdictAt
	versionsAt
	spaceTimeAt
	storyAt
)

// newPanes makes the panes, in the order in which tab goes through them.
func newPanes(cm *common) []pane {
	return []pane{
		clusterAt:   &clusterPane{common: cm},
		verdictAt:   &verdictPane{common: cm},
		versionsAt:  &versionsPane{common: cm},
		spaceTimeAt: &spaceTimePane{common: cm, span: 4},
		storyAt:     &storyPane{common: cm},
	}
}

// common is what all parts of the screen share.
type common struct {
	*theme
	*glyphs
	w, h int
}

// slot is a place on the screen for a pane; of several, one shows and the others are
// tabs behind it.
type slot struct {
	rect
	panes []paneName
}

// The least screen that everything fits on.
const (
	minWidth  = 80
	minHeight = 24
)

// layout places the panes in the rows top … bottom-1.
func layout(w, top, bottom int) []slot {
	h := bottom - top
	switch {
	case w >= 100 && h >= 29:
		return fullLayout(w, top, h)
	case h >= 27:
		return tallLayout(w, top, h)
	}
	left := w * 56 / 100
	upper := max(h*55/100, 11)
	return []slot{
		{rect{0, top, left, upper}, []paneName{clusterAt}},
		{rect{left, top, w - left, upper}, []paneName{verdictAt}},
		{rect{0, top + upper, w, h - upper}, []paneName{storyAt, versionsAt, spaceTimeAt}},
	}
}

// fullLayout shows every pane: picture and verdict, versions, diagram and story.
func fullLayout(w, top, h int) []slot {
	left := w / 2
	middle := min(max(h/5, 6), 14)
	upper := (h - middle) * 54 / 100
	return []slot{
		{rect{0, top, left, upper}, []paneName{clusterAt}},
		{rect{left, top, w - left, upper}, []paneName{verdictAt}},
		{rect{0, top + upper, w, middle}, []paneName{versionsAt}},
		{rect{0, top + upper + middle, left, h - upper - middle}, []paneName{spaceTimeAt}},
		{rect{left, top + upper + middle, w - left, h - upper - middle}, []paneName{storyAt}},
	}
}

// tallLayout has the versions always in sight, and the diagram behind the story.
func tallLayout(w, top, h int) []slot {
	left := w * 56 / 100
	upper, middle := max((h-6)*55/100, 11), 6
	return []slot{
		{rect{0, top, left, upper}, []paneName{clusterAt}},
		{rect{left, top, w - left, upper}, []paneName{verdictAt}},
		{rect{0, top + upper, w, middle}, []paneName{versionsAt}},
		{rect{0, top + upper + middle, w, h - upper - middle}, []paneName{storyAt, spaceTimeAt}},
	}
}

// border draws a pane's frame, with the titles of its tabs; the shown one stands out.
func (cm *common) border(c *canvas, r rect, titles []string, shown int, focused bool) {
	st := stBorder
	if focused {
		st = stFocus
	}
	for x := r.x + 1; x < r.x+r.w-1; x++ {
		c.put(x, r.y, cm.horizontal, st)
		c.put(x, r.y+r.h-1, cm.horizontal, st)
	}
	for y := r.y + 1; y < r.y+r.h-1; y++ {
		c.put(r.x, y, cm.vertical, st)
		c.put(r.x+r.w-1, y, cm.vertical, st)
	}
	c.put(r.x, r.y, cm.topLeft, st)
	c.put(r.x+r.w-1, r.y, cm.topRight, st)
	c.put(r.x, r.y+r.h-1, cm.bottomLeft, st)
	c.put(r.x+r.w-1, r.y+r.h-1, cm.bottomRight, st)
	x := r.x + 2
	for i, t := range titles {
		style := stDim
		if i == shown {
			style = stBold
			if focused {
				style = stFocus
			}
		}
		x = c.put(x, r.y, ' ', st) + x
		x = c.textIn(x, r.y, r.x+r.w-4-x, t, style)
		x = c.put(x, r.y, ' ', st) + x + 1
	}
}

// badge draws a version that is served, and returns the column after it. Badges
// are filled; without colours they stand in brackets.
func (cm *common) badge(c *canvas, x, y, n int) int {
	open, end, st := ' ', ' ', badge(n)
	if !cm.badges {
		open, end, st = '[', ']', stBold
	}
	name := "v" + itoa(n)
	if n <= 0 {
		name, st = "v?", stDim
	}
	x += c.put(x, y, open, st)
	x = c.text(x, y, name, st)
	return x + c.put(x, y, end, st)
}
