package canvas

import "strconv"

// Kit is what things are drawn with: how styles look on the terminal, and the signs.
type Kit struct {
	*Theme
	*Glyphs
}

// Border draws a pane's frame, with the titles of its tabs; the shown one stands out. It
// returns the columns at which the titles end.
func (k Kit) Border(c *Canvas, r Rect, titles []string, shown int, focused bool) (ends []int) {
	st := StBorder
	if focused {
		st = StFocus
	}
	for x := r.X + 1; x < r.X+r.W-1; x++ {
		c.Put(x, r.Y, k.Horizontal, st)
		c.Put(x, r.Y+r.H-1, k.Horizontal, st)
	}
	for y := r.Y + 1; y < r.Y+r.H-1; y++ {
		c.Put(r.X, y, k.Vertical, st)
		c.Put(r.X+r.W-1, y, k.Vertical, st)
	}
	c.Put(r.X, r.Y, k.TopLeft, st)
	c.Put(r.X+r.W-1, r.Y, k.TopRight, st)
	c.Put(r.X, r.Y+r.H-1, k.BottomLeft, st)
	c.Put(r.X+r.W-1, r.Y+r.H-1, k.BottomRight, st)
	return k.tabs(c, r, titles, shown, focused)
}

// tabs draws the titles in a pane's frame. If there is no room for all, the one that shows
// stays, and how many are left out is said behind the last.
func (k Kit) tabs(c *Canvas, r Rect, titles []string, shown int, focused bool) (ends []int) {
	st, first, last := StBorder, 0, len(titles)
	if focused {
		st = StFocus
	}
	room := r.W - 4
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
	x, edge := r.X+2, r.X+r.W-2
	if hidden > 0 {
		edge -= hint
	}
	for i, t := range titles {
		if i < first || i >= last {
			ends = append(ends, x)
			continue
		}
		style := StDim
		if i == shown {
			style = StBold
			if focused {
				style = StFocus
			}
		}
		x += c.Put(x, r.Y, ' ', st)
		x = c.TextIn(x, r.Y, edge-1-x, t, style)
		x += c.Put(x, r.Y, ' ', st) + 1
		ends = append(ends, x)
	}
	if hidden > 0 && x < r.X+r.W-hint {
		x = c.Text(x, r.Y, " +"+strconv.Itoa(hidden)+" ", StDim)
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
		n += TextWidth(t) + 3
	}
	return n - 1
}

// Badge draws a version that is served, and returns the column after it. Badges
// are filled; without colours they stand in brackets.
func (k Kit) Badge(c *Canvas, x, y, n int) int {
	open, end, st := ' ', ' ', badge(n)
	if !k.Badges {
		open, end, st = '[', ']', StBold
	}
	if n <= 0 {
		st = StDim
	}
	x += c.Put(x, y, open, st)
	x += c.Put(x, y, 'v', st)
	if n > 0 {
		x = c.Number(x, y, n, st)
	} else {
		x += c.Put(x, y, '?', st)
	}
	return x + c.Put(x, y, end, st)
}
