package tui

import (
	"strings"

	"capsim/trace"
	"capsim/tui/canvas"
)

// markOf returns the state that a host says it is in, and what it holds, in so many columns;
// "" if it says nothing. What others hold, too, is told as broken.
func (cm *common) markOf(s *scene, n *trace.NodeView, w int) (text string, st canvas.Style) {
	text, st = printable(n.Mark), canvas.StBold
	h, count := s.holdsNow(n.ID, s.n)
	if h == nil {
		return text, st
	}
	holds, bare := h.text(), printable(h.resource)
	few := bare
	if count > 1 {
		holds += " and " + itoa(count-1) + " more"
		few += " +" + itoa(count-1)
	}
	switch {
	case s.disputed(h.resource, s.n):
		return fitting(w, cm.Bad+" holds "+holds+", not alone", cm.Bad+" holds "+holds, cm.Bad+" "+holds, cm.Bad+" "+few, cm.Bad+" "+bare), canvas.StBadBold
	case text == "":
		return fitting(w, "holds "+holds, holds, few, bare), st
	case strings.Contains(text, bare):
		return text, st
	}
	return fitting(w, text+", holds "+holds, text+", "+holds), st
}

// fitting returns the first of some texts that fits, else the last.
func fitting(w int, texts ...string) string {
	for _, t := range texts[:len(texts)-1] {
		if canvas.TextWidth(t) <= w {
			return t
		}
	}
	return texts[len(texts)-1]
}

// marksIn tells whether the mark of a host stands inside its box: of a client always, of a
// node if there is nothing else to show there.
func (p *clusterPane) marksIn(s *scene, n *trace.NodeView) bool {
	return s.isClient(n.ID) || s.shownAt(n.ID) == "" && silence(s, n) == ""
}

// drawMark writes the mark of a node in the lower border of its box, behind what else stands
// there.
func (p *clusterPane) drawMark(c *canvas.Canvas, s *scene, n *trace.NodeView, r canvas.Rect, x int) {
	end := r.X + r.W - 1
	if text, st := p.markOf(s, n, end-x-1); text != "" && x < end-2 {
		p.drawBelow(c, r, x, text, st)
	}
}

// drawBelow writes something in the lower border of a box.
func (p *clusterPane) drawBelow(c *canvas.Canvas, r canvas.Rect, x int, text string, st canvas.Style) {
	y, end := r.Y+r.H-1, r.X+r.W-1
	x += c.Put(x, y, ' ', st)
	if x = c.TextIn(x, y, end-x, text, st); x < end {
		c.Put(x, y, ' ', st)
	}
}
