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
	return cm.tabs(c, r, titles, shown, focused)
}

// tabs draws the titles in a pane's frame. If there is no room for all, the one that shows
// stays, and how many are left out is said behind the last.
func (cm *common) tabs(c *canvas, r rect, titles []string, shown int, focused bool) (ends []int) {
	st, first, last := stBorder, 0, len(titles)
	if focused {
		st = stFocus
	}
	room := r.w - 4
	const hint = 5 // "+12 ", and a blank
	if tabsWidth(titles) > room {
		for last > shown+1 && tabsWidth(titles[:last]) > room-hint {
			last--
		}
		for first < shown && tabsWidth(titles[first:last]) > room-hint {
			first++
		}
	}
	hidden := len(titles) - (last - first)
	x, edge := r.x+2, r.x+r.w-2
	if hidden > 0 {
		edge -= hint
	}
	for i, t := range titles {
		if i < first || i >= last {
			ends = append(ends, x)
			continue
		}
		style := stDim
		if i == shown {
			style = stBold
			if focused {
				style = stFocus
			}
		}
		x += c.put(x, r.y, ' ', st)
		x = c.textIn(x, r.y, edge-1-x, t, style)
		x += c.put(x, r.y, ' ', st) + 1
		ends = append(ends, x)
	}
	if hidden > 0 && x < r.x+r.w-hint {
		x = c.text(x, r.y, " +"+itoa(hidden)+" ", stDim)
		if last < len(titles) { // a click on it shows the next one
			for i := last; i < len(ends); i++ {
				ends[i] = x
			}
		}
	}
	return ends
}

// tabsWidth is how many columns titles take, with what stands between them.
func tabsWidth(titles []string) int {
	n := 0
	for _, t := range titles {
		n += textWidth(t) + 3
	}
	return n - 1
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
