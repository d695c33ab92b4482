package tui

import (
	"sort"

	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// kept takes in that a node keeps a record of a key now.
func (r *record) kept(n int, e *trace.Event) {
	if !r.alone || e.Node < 1 || int(e.Node) >= len(r.latest) {
		return
	}
	own := r.latest[e.Node]
	if k := len(own); k == 0 || own[k-1].key != e.Key {
		r.latest[e.Node] = append(own, followed{n, e.Key})
	}
}

// shownAt returns the key that the picture shows of a node: of nodes that keep records of
// their own what each kept last and has still, unless a key was picked.
func (s *scene) shownAt(node model.NodeID) string {
	if !s.view.Apart || s.pinned || node < 1 || int(node) >= len(s.latest) {
		return s.key
	}
	own := s.latest[node]
	end := sort.Search(len(own), func(i int) bool { return own[i].event > s.n })
	for i := end - 1; i >= max(end-maxGone, 0); i-- {
		if len(s.served(node, own[i].key).Ops()) > 0 {
			return own[i].key
		}
	}
	return ""
}

// maxGone bounds how many keys are passed over that a node keeps no more.
const maxGone = 20

// drawOwnRecord draws a record that is no copy of another's: of which key it is, and its value.
// Where there is little room the badge goes first, then the name, from its beginning.
func (p *clusterPane) drawOwnRecord(c *canvas.Canvas, n *trace.NodeView, key string, rec *model.Record, ns []int, r canvas.Rect) {
	v := ns[len(ns)-1]
	name, value, x, st := model.Quote(key), valueText(rec), r.X, canvas.Version(v)
	if values := rec.Values(); len(values) == 1 && values[0].Type == model.String {
		value = printable(string(values[0].Str))
	}
	switch {
	case !n.IsUp():
		st = canvas.StDim
	case r.W >= len("[v1] ")+canvas.TextWidth(name)+1+min(canvas.TextWidth(value), 8):
		x = p.Badge(c, x, r.Y, v) + 1
	}
	if room := r.X + r.W - x; room >= 9 {
		name = endOf(name, max(room-1-canvas.TextWidth(value), room/2))
		x = c.Text(x, r.Y, name+" ", canvas.StDim)
	}
	c.TextIn(x, r.Y, r.X+r.W-x, value, st)
}
