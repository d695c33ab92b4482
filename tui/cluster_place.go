package tui

import (
	"math"

	"capsim/tui/canvas"
)

// picture is where the hosts of a cluster stand in a room of the screen, and what can
// be seen of the links between them.
type picture struct {
	area    canvas.Rect
	nodes   int
	clients int           // of which those that have room are placed
	boxes   []canvas.Rect // the nodes', then the clients'
	edges   []edge        // by pair: see at
}

// maxBox is the widest that a node's box gets.
const maxBox = 28

// draft places so many nodes and remote clients. Nodes stand on a ring, n1 at the top,
// the others counterclockwise; remote clients in a column beside it.
func draft(nodes, clients int, area canvas.Rect) picture {
	p := picture{area: area, nodes: nodes, clients: clients}
	ring := area
	if clients > 0 {
		w := min(max(area.W*2/7, 10), 22)
		column := canvas.R(area.X+area.W-w, area.Y, w, area.H)
		ring.W -= w + min(max((area.W-w)/9, 2), 12)
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
func ringOf(n int, area canvas.Rect) []canvas.Rect {
	for _, size := range [...]struct{ h, least, gap, rows int }{{3, 12, 6, 1}, {2, 11, 3, 1}, {1, 10, 2, 0}, {1, 8, 2, 0}} {
		if n > 2 && area.H < 2*size.h+2 && size.h > 1 {
			continue // links between would not be seen
		}
		w := min(max((area.W-12)/2, size.least), maxBox)
		for ; w >= size.least; w-- {
			if boxes := ring(n, area, w, size.h); apart(boxes, size.gap, size.rows) {
				return boxes
			}
		}
	}
	return ring(n, area, max(min(area.W/4, 8), 1), 1)
}

// ring places boxes of one size: two level, three in a triangle, four in the corners,
// more on an ellipse.
func ring(n int, area canvas.Rect, w, h int) []canvas.Rect {
	boxes := make([]canvas.Rect, n)
	left, right, bottom := area.X+1, area.X+area.W-w-1, area.Y+area.H-h
	middle, level := area.X+(area.W-w)/2, area.Y+(area.H-h)/2
	switch n {
	case 1:
		boxes[0] = canvas.R(middle, level, w, h)
	case 2:
		boxes[0], boxes[1] = canvas.R(left, level, w, h), canvas.R(right, level, w, h)
	case 3:
		boxes[0], boxes[1], boxes[2] = canvas.R(middle, area.Y, w, h), canvas.R(left, bottom, w, h), canvas.R(right, bottom, w, h)
	case 4:
		boxes[0], boxes[1] = canvas.R(left, area.Y, w, h), canvas.R(left, bottom, w, h)
		boxes[2], boxes[3] = canvas.R(right, bottom, w, h), canvas.R(right, area.Y, w, h)
	default:
		rx, ry := float64(area.W-w)/2, float64(area.H-h)/2
		for i := range boxes {
			a := -math.Pi/2 - 2*math.Pi*float64(i)/float64(n)
			boxes[i] = canvas.R(area.X+int(math.Round(rx+rx*math.Cos(a))), area.Y+int(math.Round(ry+ry*math.Sin(a))), w, h)
		}
	}
	return boxes
}

// apart tells whether boxes lie at least so many columns or rows from each other.
func apart(boxes []canvas.Rect, columns, rows int) bool {
	for i, a := range boxes {
		for _, b := range boxes[:i] {
			if near := canvas.R(b.X-columns, b.Y-rows, b.W+2*columns, b.H+2*rows).Within(a); near.W*near.H > 0 {
				return false
			}
		}
	}
	return true
}

// columnOf returns boxes for as many remote clients as there is room for, below each
// other.
func columnOf(n int, area canvas.Rect) []canvas.Rect {
	n = min(n, max(area.H, 0))
	h := 3
	for h > 1 && n*(h+1)-1 > area.H {
		h--
	}
	boxes := make([]canvas.Rect, n)
	for i := range boxes {
		boxes[i] = canvas.R(area.X, area.Y+(2*i+1)*area.H/(2*n)-h/2, area.W, h)
		boxes[i].Y = min(max(boxes[i].Y, area.Y), area.Y+area.H-h)
	}
	return boxes
}

// edge is what can be seen of a link: from the border of one box to that of another.
type edge struct{ from, to canvas.Point }

// between returns the visible part of the link between two boxes.
func between(a, b canvas.Rect) edge {
	p, q := a.Middle(), b.Middle()
	first, last := 0, 1000
	for first < 1000 && a.Holds(canvas.Along(p, q, first)) {
		first += 5
	}
	for last > 0 && b.Holds(canvas.Along(p, q, last)) {
		last -= 5
	}
	if first > last {
		first, last = 500, 500
	}
	return edge{canvas.Along(p, q, first), canvas.Along(p, q, last)}
}

// turned is the edge seen from the other end.
func (e edge) turned() edge { return edge{e.to, e.from} }
