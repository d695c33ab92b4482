package tui

import "math"

// place lays out n nodes in an area: the box of each. Three stand in a triangle,
// more on an ellipse, n1 at the top, the others counterclockwise.
func place(n int, area rect) []rect {
	h := 3 // a border around one line
	if n > 5 && area.h < 13 || n == 4 && area.h < 9 || area.h < 8 {
		h = 1
	}
	w := boxWidth(n, area.w, h)
	boxes := make([]rect, n)
	switch n {
	case 1:
		boxes[0] = rect{area.x + (area.w-w)/2, area.y + (area.h-h)/2, w, h}
	case 2:
		y := area.y + (area.h-h)/2
		boxes[0] = rect{area.x + 1, y, w, h}
		boxes[1] = rect{area.x + area.w - w - 1, y, w, h}
	case 3:
		boxes[0] = rect{area.x + (area.w-w)/2, area.y, w, h}
		boxes[1] = rect{area.x + 1, area.y + area.h - h, w, h}
		boxes[2] = rect{area.x + area.w - w - 1, area.y + area.h - h, w, h}
	default:
		rx, ry := float64(area.w-w)/2, float64(area.h-h)/2
		for i := range boxes {
			a := -math.Pi/2 - 2*math.Pi*float64(i)/float64(n)
			boxes[i] = rect{
				area.x + int(math.Round(rx+rx*math.Cos(a))),
				area.y + int(math.Round(ry+ry*math.Sin(a))), w, h,
			}
		}
	}
	return boxes
}

// boxWidth leaves room for links between the boxes.
func boxWidth(n, w, h int) int {
	switch {
	case n == 1:
		return min(w, 40)
	case n <= 3:
		return min(max((w-12)/2, 10), 28)
	case h == 1:
		return min(max((w-8)*2/7, 8), 20)
	}
	return min(max((w-8)/3, 10), 24)
}

// middle is the dot in the middle of a box.
func (r rect) middle() point { return point{2*r.x + r.w, 4*r.y + 2*r.h - 1} }

// holds tells whether the dot lies in the box.
func (r rect) holds(p point) bool {
	x, y := p.x>>1, p.y>>2
	return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h
}

// edge is what can be seen of a link: from the border of one box to that of another.
type edge struct{ from, to point }

// between returns the visible part of the link between two boxes.
func between(a, b rect) edge {
	p, q := a.middle(), b.middle()
	first, last := 0, 1000
	for first < 1000 && a.holds(along(p, q, first)) {
		first += 5
	}
	for last > 0 && b.holds(along(p, q, last)) {
		last -= 5
	}
	if first > last {
		first, last = 500, 500
	}
	return edge{along(p, q, first), along(p, q, last)}
}
