package tui

import (
	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// verdictItem is something of the verdict pane that can be chosen: the three lines, the
// figures, and after them the other checks. Of a lab: its own checks, then the links that are
// cut.
type verdictItem int

const (
	itemConsistent verdictItem = iota
	itemAvailable
	itemPartition
	itemDiverged
	itemStale
	itemLost
	verdictItems // and as many more as there are other checks
)

// subject is what an item stands for; none if there is nothing to ask.
func (i verdictItem) subject(s *scene) export.Subject {
	words := ""
	if s.own {
		if int(i) < len(s.judged) {
			return checkSubject(s.judged[i].Text)
		}
		return s.firstCut()
	}
	switch i {
	case itemConsistent:
		words = "linearizable"
	case itemAvailable:
		words = "available"
	case itemPartition:
		return s.firstCut()
	case itemDiverged:
		words = "converged"
	case itemStale:
		words = "stale-reads = 0"
	case itemLost:
		words = "lost-writes = 0"
	default:
		if k := int(i - verdictItems); s.verdict != nil && k < len(s.verdict.more) {
			words = s.verdict.more[k].check
		}
	}
	if words == "" {
		return export.Subject{}
	}
	return checkSubject(words)
}

func checkSubject(words string) export.Subject {
	return export.Subject{Kind: export.CheckSubject, Check: words}
}

// items is how many items there are.
func (p *verdictPane) items(s *scene) verdictItem {
	if s.own {
		return verdictItem(len(s.judged) + 1)
	}
	return verdictItems + verdictItem(len(s.verdict.more))
}

// firstCut is the first link between nodes that is cut; none if no link is.
func (s *scene) firstCut() export.Subject {
	if s.crowd() {
		return export.Subject{}
	}
	for a := range s.view.Nodes {
		for b := a + 1; b < len(s.view.Nodes); b++ {
			if cut, _ := s.cutBetween(model.NodeID(a+1), model.NodeID(b+1)); cut != nil {
				return export.Subject{Kind: export.LinkSubject, Node: model.NodeID(a + 1), Peer: model.NodeID(b + 1)}
			}
		}
	}
	return export.Subject{}
}

// chosen returns the item that is selected; -1 if none is.
func (p *verdictPane) chosen(s *scene) verdictItem {
	if s.verdict == nil || s.picked.Kind == export.NoSubject {
		return -1
	}
	for i := range p.items(s) {
		if i.subject(s) == s.picked {
			return i
		}
	}
	return -1
}

func (p *verdictPane) picked(s *scene) export.Subject {
	if i := p.chosen(s); i >= 0 {
		return i.subject(s)
	}
	return itemConsistent.subject(s)
}

func (p *verdictPane) key(s *scene, k string) (request, bool) {
	by := verdictItem(1)
	switch k {
	case "up", "k":
		by = -1
	case "down", "j":
	default:
		return request{}, false
	}
	if s.verdict == nil {
		return request{}, true
	}
	i := p.chosen(s)
	if i < 0 && by < 0 {
		i = 1
	}
	for i += by; i >= 0 && i < p.items(s); i += by {
		if of := i.subject(s); of.Kind != export.NoSubject {
			return request{pick: of}, true
		}
	}
	return request{}, true
}

// choosable makes an item one that can be clicked, and shows that it is selected.
func (p *verdictPane) choosable(c *canvas.Canvas, s *scene, i verdictItem, r canvas.Rect, from, w int) {
	of := i.subject(s)
	if of.Kind == export.NoSubject {
		return
	}
	p.zone(c, r, of)
	if s.isPicked(of) {
		c.Text(r.X-1, r.Y, p.Here, canvas.StFocus)
		c.Restyle(r.X+from, r.Y, w, canvas.StSelect)
	}
}

// chooseFigures does so with the figures that stand in a row.
func (p *verdictPane) chooseFigures(c *canvas.Canvas, s *scene, r canvas.Rect, column, last int) {
	for i := range 3 {
		x, w := r.X+i*column, column
		if i == 2 {
			x, w = r.X+column+last, r.W-column-last
		}
		p.choosable(c, s, itemDiverged+verdictItem(i), canvas.R(x, r.Y, w, 1), 0, min(w, 8)-b2i(i > 0))
	}
}

// further draws the other checks, as many as there is room for below the sentence, and
// returns the rows that they take: the chosen one is among them.
func (p *verdictPane) further(c *canvas.Canvas, s *scene, v *judgement, r canvas.Rect) int {
	const sentence = 5 // rows that it keeps
	rows := min(r.H-sentence, len(v.more))
	chosen := int(p.chosen(s) - verdictItems)
	if chosen >= 0 && rows < 1 && r.H > 2 {
		rows = 1
	}
	if rows < 1 {
		return 0
	}
	top := min(max(chosen-rows+1, 0), len(v.more)-rows)
	for k := range rows {
		l := &v.more[top+k]
		row := canvas.R(r.X, r.Y+r.H-rows+k, r.W, 1)
		p.moreLine(c, l, row)
		p.choosable(c, s, verdictItems+verdictItem(top+k), row, 0, canvas.TextWidth(l.check))
	}
	return rows
}

// moreColumn is where the verdicts of the other checks stand.
const moreColumn = 24

func (p *verdictPane) moreLine(c *canvas.Canvas, l *verdictLine, r canvas.Rect) {
	c.Text(r.X, r.Y, l.check, canvas.StDim)
	sign, st := p.Unknown+" open", canvas.StBold
	switch l.Verdict {
	case check.Yes:
		sign, st = p.Good+" yes", canvas.StGood
	case check.No:
		sign, st = p.Bad+" no", canvas.StBadBold
	}
	c.Text(r.X+moreColumn, r.Y, sign, st)
	note := since(l.Finding)
	if canvas.TextWidth(note) <= r.W-moreColumn-9 {
		c.Text(r.X+moreColumn+9, r.Y, note, canvas.StDim)
	}
}
