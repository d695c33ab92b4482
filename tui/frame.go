package tui

// common is what all parts of the screen share.
type common struct {
	*theme
	*glyphs
	zones
	w, h int
}

// The least screen that everything fits on.
const (
	minWidth  = 80
	minHeight = 24
)

// border draws a pane's frame, with the titles of its tabs; the shown one stands out. It
// returns the columns at which the titles end.
func (cm *common) border(c *canvas, r rect, titles []string, shown int, focused bool) (ends []int) {
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
		ends = append(ends, x)
	}
	return ends
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
