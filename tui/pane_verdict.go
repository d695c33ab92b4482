package tui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"capsim/check"
	"capsim/export"
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

func (p *verdictPane) draw(c *canvas, s *scene, r rect) {
	r = rect{r.x + 1, r.y, r.w - 2, r.h}
	v := s.verdict
	if v == nil {
		c.text(r.x, r.y, "judging…", stDim)
		return
	}
	p.line(c, r, 0, "C", "linearizable", v.c.Verdict, since(v.c))
	p.line(c, r, 1, "A", "available", v.a.Verdict, answered(v.a))
	p.partition(c, s, r)
	for i := range 3 {
		p.choosable(c, s, verdictItem(i), rect{r.x, r.y + i, r.w, 1}, claimAt, verdictAtColumn-claimAt-1)
	}
	y := 3 + b2i(r.h >= 11)
	y += p.figures(c, s, v, rect{r.x, r.y + y, r.w, r.h - y})
	y += b2i(r.h >= 11)
	more := p.further(c, s, v, rect{r.x, r.y + y, r.w, r.h - y})
	p.why(c, v.why, rect{r.x, r.y + y, r.w, r.h - y - more})
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
func (cm *common) verdictSign(v check.Verdict) (sign, word string, st style) {
	switch v {
	case check.Yes:
		return cm.good, "yes", stGoodBold
	case check.No:
		return cm.bad, "no", stBadBold
	}
	return cm.unknown, "open", stFaultBold
}

func (p *verdictPane) line(c *canvas, r rect, y int, letter, claim string, v check.Verdict, note string) {
	c.text(r.x, r.y+y, letter, stBold)
	c.text(r.x+claimAt, r.y+y, claim, stText)
	sign, word, st := p.verdictSign(v)
	x := c.text(r.x+verdictAtColumn, r.y+y, sign, st)
	c.text(x+c.put(x, r.y+y, ' ', st), r.y+y, word, st)
	if textWidth(note) <= r.w-noteAt {
		c.text(r.x+noteAt, r.y+y, note, stDim)
	}
}

func (p *verdictPane) partition(c *canvas, s *scene, r rect) {
	links, sides := s.cutsNow()
	c.text(r.x, r.y+2, "P", stBold)
	c.text(r.x+claimAt, r.y+2, "partition now", stText)
	if links == 0 {
		c.text(r.x+verdictAtColumn, r.y+2, p.good+" none", stGoodBold)
		return
	}
	count := p.cut + " " + itoa(links) + " " + plural(links, "link", "links")
	x := r.x + verdictAtColumn
	switch {
	case textWidth(sides) <= r.w-noteAt-1:
		c.text(x, r.y+2, count, stBadBold)
		c.text(r.x+noteAt+1, r.y+2, sides, stText)
	case textWidth(sides) <= r.w-verdictAtColumn-2:
		c.text(x, r.y+2, p.cut+" "+sides, stBadBold)
	default:
		c.text(x, r.y+2, count, stBadBold)
	}
}

// figures draws the numbers, in fixed columns, and returns the rows they take.
func (p *verdictPane) figures(c *canvas, s *scene, v *judgement, r rect) int {
	keys := figure{itoa(v.diverged), v.diverged > 0}
	if r.w < 51 {
		p.figure(c, r, 0, 0, "diverged", keys, true)
		p.figure(c, r, 12, 0, "stale", v.stale, true)
		p.figure(c, r, 22, 0, "lost", v.lost, true)
		p.chooseFigures(c, s, r, 12, 10)
		if r.h < 8 {
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
func (p *verdictPane) figure(c *canvas, r rect, x, y int, name string, f figure, judged bool) {
	st := stText
	switch {
	case f.bad:
		st = stBadBold
	case judged:
		st = stGood
	}
	x = c.text(r.x+x, r.y+y, name+" ", stDim)
	c.text(x, r.y+y, f.text, st)
}

func (p *verdictPane) why(c *canvas, w why, r rect) {
	st := stText
	switch w.tone {
	case export.Good:
		st = stGood
	case export.Fault:
		st = stFault
	}
	c.text(r.x, r.y, "why", stBold)
	if r.w >= 46 {
		p.prose(c, rect{r.x + 5, r.y, r.w - 5, r.h}, w.text, w.marks, st, true)
		return
	}
	// Where it is narrow the sentence flows around the word.
	const lead = "    "
	marks := make([]export.Mark, len(w.marks))
	for i, m := range w.marks {
		marks[i] = export.Mark{From: m.From + len(lead), To: m.To + len(lead), N: m.N}
	}
	p.prose(c, r, lead+w.text, marks, st, true)
	c.text(r.x, r.y, "why", stBold)
}
