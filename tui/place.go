package tui

import "math"

// picture is where the hosts of a cluster stand in a room of the screen, and what can
// be seen of the links between them.
type picture struct {
	area    rect
	nodes   int
	clients int    // of which those that have room are placed
	boxes   []rect // the nodes', then the clients'
	edges   []edge // by pair: see at
}

// maxBox is the widest that a node's box gets.
const maxBox = 28

// draft places so many nodes and remote clients. Nodes stand on a ring, n1 at the top,
// the others counterclockwise; remote clients in a column beside it.
func draft(nodes, clients int, area rect) picture {
	p := picture{area: area, nodes: nodes, clients: clients}
	ring := area
	if clients > 0 {
		w := min(max(area.w*2/7, 10), 22)
		column := rect{area.x + area.w - w, area.y, w, area.h}
		ring.w -= w + min(max((area.w-w)/9, 2), 12)
		p.boxes = append(ringOf(nodes, ring), columnOf(clients, column)...)
	} else {
		p.boxes = ringOf(nodes, ring)
	}
	for a := range p.boxes {
		for b := a + 1; b < len(p.boxes); b++ {
			p.edges = append(p.edges, between(p.boxes[a], p.boxes[b]))
		}
	}
	return p
}

// at returns the place of a pair in edges; a < b, both counted from 0.
func (p *picture) at(a, b int) int { return a*len(p.boxes) - a*(a+1)/2 + b - a - 1 }

// ringOf returns boxes for nodes, as high and wide as they can be without touching: a
// border around one line, else two lines, else one.
func ringOf(n int, area rect) []rect {
	for _, size := range [...]struct{ h, least, gap, rows int }{{3, 12, 6, 1}, {2, 11, 3, 1}, {1, 10, 2, 0}, {1, 8, 2, 0}} {
		if n > 2 && area.h < 2*size.h+2 && size.h > 1 {
			continue // links between would not be seen
		}
		w := min(max((area.w-12)/2, size.least), maxBox)
		for ; w >= size.least; w-- {
			if boxes := ring(n, area, w, size.h); apart(boxes, size.gap, size.rows) {
				return boxes
			}
		}
	}
	return ring(n, area, max(min(area.w/4, 8), 1), 1)
}

// ring places boxes of one size: two level, three in a triangle, four in the corners,
// more on an ellipse.
func ring(n int, area rect, w, h int) []rect {
	boxes := make([]rect, n)
	left, right, bottom := area.x+1, area.x+area.w-w-1, area.y+area.h-h
	middle, level := area.x+(area.w-w)/2, area.y+(area.h-h)/2
	switch n {
	case 1:
		boxes[0] = rect{middle, level, w, h}
	case 2:
		boxes[0], boxes[1] = rect{left, level, w, h}, rect{right, level, w, h}
	case 3:
		boxes[0], boxes[1], boxes[2] = rect{middle, area.y, w, h}, rect{left, bottom, w, h}, rect{right, bottom, w, h}
	case 4:
		boxes[0], boxes[1] = rect{left, area.y, w, h}, rect{left, bottom, w, h}
		boxes[2], boxes[3] = rect{right, bottom, w, h}, rect{right, area.y, w, h}
	default:
		rx, ry := float64(area.w-w)/2, float64(area.h-h)/2
		for i := range boxes {
			a := -math.Pi/2 - 2*math.Pi*float64(i)/float64(n)
			boxes[i] = rect{area.x + int(math.Round(rx+rx*math.Cos(a))), area.y + int(math.Round(ry+ry*math.Sin(a))), w, h}
		}
	}
	return boxes
}

// apart tells whether boxes lie at least so many columns or rows from each other.
func apart(boxes []rect, columns, rows int) bool {
	for i, a := range boxes {
		for _, b := range boxes[:i] {
			if near := (rect{b.x - columns, b.y - rows, b.w + 2*columns, b.h + 2*rows}).within(a); near.w*near.h > 0 {
				return false
			}
		}
	}
	return true
}

// columnOf returns boxes for as many remote clients as there is room for, below each
// other.
func columnOf(n int, area rect) []rect {
	n = min(n, max(area.h, 0))
	h := 3
	for h > 1 && n*(h+1)-1 > area.h {
		h--
	}
	boxes := make([]rect, n)
	for i := range boxes {
		boxes[i] = rect{area.x, area.y + (2*i+1)*area.h/(2*n) - h/2, area.w, h}
		boxes[i].y = min(max(boxes[i].y, area.y), area.y+area.h-h)
	}
	return boxes
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

// turned is the edge seen from the other end.
func (e edge) turned() edge { return edge{e.to, e.from} }
