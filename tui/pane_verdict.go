package tui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"capsim/check"
	"capsim/export"
	"capsim/tui/canvas"
)

// verdictPane has three lines, C, A and P, the figures, and the one sentence why.
type verdictPane struct{ *common }

func newVerdictPane(cm *common) pane { return &verdictPane{common: cm} }

func (p *verdictPane) title(s *scene) string {
	if v := s.verdict; v != nil && v.n != s.n && !s.playing {
		return "verdict (judging…)"
	}
	return "verdict"
}

func (p *verdictPane) keys() []key.Binding {
	return []key.Binding{on("↑ ↓ j k", "choose a verdict or a figure; enter: why", "up", "k", "down", "j")}
}

func (p *verdictPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	r = canvas.R(r.X+1, r.Y, r.W-2, r.H)
	v := s.verdict
	if v == nil {
		c.Text(r.X, r.Y, "judging…", canvas.StDim)
		return
	}
	if s.own {
		p.drawOwn(c, s, v, r)
		return
	}
	p.line(c, r, 0, "C", "linearizable", v.c.Verdict, since(v.c))
	p.line(c, r, 1, "A", "available", v.a.Verdict, answered(v.a))
	p.partition(c, s, r, 2, "P", verdictAtColumn)
	for i := range 3 {
		p.choosable(c, s, verdictItem(i), canvas.R(r.X, r.Y+i, r.W, 1), claimAt, verdictAtColumn-claimAt-1)
	}
	if r.H < 7 && r.W < figuresWide && p.chosen(s) <= itemPartition { // the sentence before the figures
		h := p.whyHeight(v.why, r.W)
		if h < r.H-3 {
			p.figures(c, s, v, canvas.R(r.X, r.Y+r.H-1, r.W, 1))
		}
		p.why(c, v.why, canvas.R(r.X, r.Y+3, r.W, r.H-3-b2i(h < r.H-3)))
		return
	}
	y := 3 + b2i(r.H >= 11)
	y += p.figures(c, s, v, canvas.R(r.X, r.Y+y, r.W, r.H-y))
	y += b2i(r.H >= 11)
	more := p.further(c, s, v, canvas.R(r.X, r.Y+y, r.W, r.H-y))
	p.why(c, v.why, canvas.R(r.X, r.Y+y, r.W, r.H-y-more))
}

// answered says how many of the requests that count had an answer.
func answered(f check.Finding) string {
	part, ok := f.Value.(check.Part)
	if !ok || part.Of == 0 {
		return ""
	}
	return strconv.Itoa(part.N) + " of " + strconv.Itoa(part.Of) + " answered"
}

// since says from when on a verdict is no.
func since(f check.Finding) string {
	if f.Verdict != check.No || f.At <= 0 {
		return ""
	}
	return "since " + strings.TrimLeft(seconds(f.At), " ") + " s"
}

// columns of a verdict line.
const (
	claimAt         = 3
	verdictAtColumn = 17
	noteAt          = 27
)

// verdictSign is the sign and the word of a verdict.
func (cm *common) verdictSign(v check.Verdict) (sign, word string, st canvas.Style) {
	switch v {
	case check.Yes:
		return cm.Good, "yes", canvas.StGoodBold
	case check.No:
		return cm.Bad, "no", canvas.StBadBold
	}
	return cm.Unknown, "open", canvas.StBold // nothing is broken, nor done to the cluster
}

func (p *verdictPane) line(c *canvas.Canvas, r canvas.Rect, y int, letter, claim string, v check.Verdict, note string) {
	c.Text(r.X, r.Y+y, letter, canvas.StBold)
	c.Text(r.X+claimAt, r.Y+y, claim, canvas.StText)
	sign, word, st := p.verdictSign(v)
	x := c.Text(r.X+verdictAtColumn, r.Y+y, sign, st)
	c.Text(x+c.Put(x, r.Y+y, ' ', st), r.Y+y, word, st)
	if canvas.TextWidth(note) <= r.W-noteAt {
		c.Text(r.X+noteAt, r.Y+y, note, canvas.StDim)
	}
}

// partition says which links are cut, behind a letter if there is one.
func (p *verdictPane) partition(c *canvas.Canvas, s *scene, r canvas.Rect, y int, letter string, column int) {
	links, sides := s.cutsNow()
	x, note := r.X, column+noteAt-verdictAtColumn+1
	if letter != "" {
		c.Text(x, r.Y+y, letter, canvas.StBold)
		x += claimAt
	}
	c.Text(x, r.Y+y, "partition now", canvas.StText)
	if text := s.parted(); text != "" {
		c.TextIn(r.X+column, r.Y+y, r.W-column, p.Cut+" "+strings.TrimPrefix(text, "partition "), canvas.StBadBold)
		return
	}
	if links == 0 {
		c.Text(r.X+column, r.Y+y, p.Good+" none", canvas.StGoodBold)
		return
	}
	count := p.Cut + " " + itoa(links) + " " + plural(links, "link", "links")
	x = r.X + column
	switch {
	case canvas.TextWidth(sides) <= r.W-note:
		c.Text(x, r.Y+y, count, canvas.StBadBold)
		c.Text(r.X+note, r.Y+y, sides, canvas.StText)
	case canvas.TextWidth(sides) <= r.W-column-2:
		c.Text(x, r.Y+y, p.Cut+" "+sides, canvas.StBadBold)
	default:
		c.Text(x, r.Y+y, count, canvas.StBadBold)
	}
}

// figuresWide is the width from which on the figures have their long names.
const figuresWide = 51

// figures draws the numbers, in fixed columns, and returns the rows they take.
func (p *verdictPane) figures(c *canvas.Canvas, s *scene, v *judgement, r canvas.Rect) int {
	keys := figure{text: itoa(v.diverged), bad: v.diverged > 0}
	if r.W < figuresWide {
		p.figure(c, r, 0, 0, "diverged", keys, true)
		p.figure(c, r, 12, 0, "stale", v.stale, true)
		p.figure(c, r, 22, 0, "lost", v.lost, true)
		p.chooseFigures(c, s, r, 12, 10)
		if r.H < 8 {
			return 1
		}
		p.figure(c, r, 0, 1, "p50", v.p50, false)
		p.figure(c, r, 12, 1, "p99", v.p99, false)
		return 2
	}
	keys.text += plural(v.diverged, " key", " keys")
	p.figure(c, r, 0, 0, "diverged", keys, true)
	p.figure(c, r, 18, 0, "stale reads", v.stale, true)
	p.figure(c, r, 36, 0, "lost writes", v.lost, true)
	p.chooseFigures(c, s, r, 18, 18)
	p.figure(c, r, 0, 1, "p50", v.p50, false)
	p.figure(c, r, 18, 1, "p99", v.p99, false)
	p.figure(c, r, 36, 1, "messages", v.messages, false)
	return 2
}

// figure draws a number behind its name; one that should be 0 is green or red.
func (p *verdictPane) figure(c *canvas.Canvas, r canvas.Rect, x, y int, name string, f figure, judged bool) {
	st := canvas.StText
	switch {
	case f.bad:
		st = canvas.StBadBold
	case judged:
		st = canvas.StGood
	}
	x = c.Text(r.X+x, r.Y+y, name+" ", canvas.StDim)
	c.Text(x, r.Y+y, f.text, st)
}

// whyBeside is the width from which on the sentence stands in a column of its own.
const whyBeside = 46

// lead is the room for the word before a sentence that flows around it.
const lead = "    "

// whyHeight returns how many rows the sentence takes, as why sets it.
func (p *verdictPane) whyHeight(w why, width int) int {
	if width >= whyBeside {
		return canvas.Height(w.text, width-5)
	}
	return canvas.Height(lead+w.text, width)
}

func (p *verdictPane) why(c *canvas.Canvas, w why, r canvas.Rect) {
	st := canvas.StText
	switch w.tone {
	case export.Good:
		st = canvas.StGood
	case export.Fault:
		st = canvas.StFault
	}
	c.Text(r.X, r.Y, "why", canvas.StBold)
	if r.W >= whyBeside {
		p.prose(c, canvas.R(r.X+5, r.Y, r.W-5, r.H), w.text, w.marks, st, true)
		return
	}
	// Where it is narrow the sentence flows around the word.
	marks := make([]export.Mark, len(w.marks))
	for i, m := range w.marks {
		marks[i] = export.Mark{From: m.From + len(lead), To: m.To + len(lead), N: m.N}
	}
	p.prose(c, r, lead+w.text, marks, st, true)
	c.Text(r.X, r.Y, "why", canvas.StBold)
}
