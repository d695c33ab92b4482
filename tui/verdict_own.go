package tui

import (
	"capsim/check"
	"capsim/export"
	"capsim/tui/canvas"
)

// drawOwn draws the verdicts of a lab: a line each of its own checks, the links that are cut,
// the figures, and the sentence why. Where there is room the witnesses of the others follow.
func (p *verdictPane) drawOwn(c *canvas.Canvas, s *scene, v *judgement, r canvas.Rect) {
	column := ownColumn(v.own, r.W)
	chosen := int(p.chosen(s))
	rows := min(len(v.own), max(r.H-3, 1))
	top := min(max(chosen-rows+1, 0), len(v.own)-rows)
	for k := range rows {
		row := canvas.R(r.X, r.Y+k, r.W, 1)
		p.ownLine(c, &v.own[top+k], row, column)
		p.choosable(c, s, verdictItem(top+k), row, 0, min(canvas.TextWidth(v.own[top+k].check), column-1))
	}
	p.partition(c, s, r, rows, "", column)
	p.choosable(c, s, verdictItem(len(v.own)), canvas.R(r.X, r.Y+rows, r.W, 1), 0, min(13, column-1))
	y := rows + 1 + b2i(r.H >= 11)
	reason, told := v.why, -1
	if chosen >= 0 && chosen < len(v.own) && v.own[chosen].Witness != "" {
		reason, told = ownReason(&v.own[chosen]), chosen
	}
	if y+1+p.whyHeight(reason, r.W) <= r.H { // the sentence before the figures
		p.ownFigures(c, v, canvas.R(r.X, r.Y+y, r.W, 1))
		y += 1 + b2i(r.H >= 11)
	}
	p.why(c, reason, canvas.R(r.X, r.Y+y, r.W, r.H-y))
	p.witnesses(c, v, told, reason, canvas.R(r.X, r.Y+y, r.W, r.H-y))
}

// ownColumn is where the verdicts stand: behind the longest name, if that leaves them room.
func ownColumn(own []verdictLine, w int) int {
	column := verdictAtColumn - claimAt
	for i := range own {
		column = max(column, canvas.TextWidth(own[i].check)+1)
	}
	return min(column, max(w-8, 8))
}

func (p *verdictPane) ownLine(c *canvas.Canvas, l *verdictLine, r canvas.Rect, column int) {
	c.TextIn(r.X, r.Y, column-1, l.check, canvas.StText)
	sign, word, st := p.verdictSign(l.Verdict)
	x := c.Text(r.X+column, r.Y, sign, st)
	c.Text(x+c.Put(x, r.Y, ' ', st), r.Y, word, st)
	note := since(l.Finding)
	if part, ok := l.Value.(check.Part); ok && l.Verdict != check.No && part.Of > 0 {
		note = itoa(part.N) + " of " + itoa(part.Of)
	}
	if canvas.TextWidth(note) <= r.W-column-8 {
		c.Text(r.X+column+8, r.Y, note, canvas.StDim)
	}
}

// ownReason is what a check's witness says.
func ownReason(l *verdictLine) why {
	tone := export.Plain
	switch l.Verdict {
	case check.Yes:
		tone = export.Good
	case check.Unknown:
		tone = export.Fault
	}
	return why{text: eventNumbers.ReplaceAllString(l.Witness, ""), tone: tone}
}

// ownFigures draws the numbers that mean something to every protocol.
func (p *verdictPane) ownFigures(c *canvas.Canvas, v *judgement, r canvas.Rect) {
	answered := itoa(v.answered.N) + " of " + itoa(v.answered.Of)
	if r.W < figuresWide {
		p.figure(c, r, 0, 0, "answered", figure{text: answered}, false)
		p.figure(c, r, 19, 0, "p99", v.p99, false)
		return
	}
	p.figure(c, r, 0, 0, "answered", figure{text: answered}, false)
	p.figure(c, r, 20, 0, "p50", v.p50, false)
	p.figure(c, r, 34, 0, "p99", v.p99, false)
	if r.W >= figuresWide+12 {
		p.figure(c, r, 48, 0, "messages", v.messages, false)
	}
}

// witnesses writes below the sentence what speaks for the other verdicts, as far as there
// is room.
func (p *verdictPane) witnesses(c *canvas.Canvas, v *judgement, told int, reason why, r canvas.Rect) {
	y := p.whyHeight(reason, r.W) + 1
	for i := range v.own {
		l := &v.own[i]
		if i == told || l.Witness == "" || l.Witness == reason.text {
			continue
		}
		of := ownReason(l)
		of.text = l.check + ": " + of.text
		h := canvas.Height(of.text, r.W)
		if of.text == l.check+": "+reason.text {
			continue
		}
		if y+h > r.H {
			return
		}
		p.prose(c, canvas.R(r.X, r.Y+y, r.W, h), of.text, nil, canvas.StDim, false)
		y += h
	}
}
