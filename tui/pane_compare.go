package tui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// comparePane sets runs side by side against each other: a line of figures each, and a
// table of what clients asked for, with what it came to on each side. What differs is
// marked.
type comparePane struct {
	*common
	top   int   // the first row shown
	shown []int // places of the pairs that pass the filter, kept to be used again
}

func newComparePane(cm *common) pane { return &comparePane{common: cm} }

func (p *comparePane) title(s *scene) string {
	for _, side := range s.beside {
		if v := side.verdict; s.pairs != nil && v != nil && v.n != side.n && !s.playing {
			return s.filtered("side by side (judging…)")
		}
	}
	return s.filtered("side by side")
}

func (p *comparePane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓ j k", "the operation above, below", "up", "k", "down", "j"),
		on("< >", "the last, the next one that differs", "<", ">"),
	}
}

func (p *comparePane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return p.move(s, -1, false), true
	case "down", "j":
		return p.move(s, 1, false), true
	case "<":
		return p.move(s, -1, true), true
	case ">":
		return p.move(s, 1, true), true
	}
	return request{}, false
}

// move selects another row, or, if differing says so, the next one that differs.
func (p *comparePane) move(s *scene, by int, differing bool) request {
	if s.pairs == nil {
		return request{refuse: "nothing is side by side: v begins"}
	}
	rows := s.pairs.until(s.at)
	at := p.chosen(s) + by
	if at < 0 && by < 0 {
		at = len(rows) - 1 // nothing is selected: from the newest
	}
	for ; at >= 0 && at < len(rows); at += by {
		r := &rows[at]
		if s.filter != "" && !p.passes(s, r) || differing && !r.differ(s.beside) {
			continue
		}
		for i := range s.beside {
			side := (s.side + i) % len(s.beside)
			if op := r.ops[side]; op != nil {
				return request{pick: opSubject(op.ID), side: side + 1}
			}
		}
	}
	switch {
	case len(rows) == 0:
		return request{refuse: "no client has asked for anything yet"}
	case differing:
		return request{refuse: "nothing " + aboveBelow(by) + " differs"}
	}
	return request{}
}

func aboveBelow(by int) string {
	if by < 0 {
		return "above"
	}
	return "below"
}

// chosen returns the place of the selected pair, -1 if none is.
func (p *comparePane) chosen(s *scene) int {
	for i, side := range s.beside {
		if side.picked.Kind != export.OpSubject {
			continue
		}
		if at := s.pairs.find(i, side.index.Op(side.picked.Op)); at >= 0 && at < len(s.pairs.until(s.at)) {
			return at
		}
	}
	return -1
}

func (p *comparePane) picked(*scene) export.Subject { return export.Subject{} }

func (p *comparePane) passes(s *scene, r *pair) bool {
	if s.passes(r.client) {
		return true
	}
	op := r.first()
	return op != nil && s.passes(op.Command.String())
}

func (p *comparePane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if s.pairs == nil || len(s.beside) < 2 {
		p.nothing(c, r)
		return
	}
	p.figures(c, s, canvas.R(r.X, r.Y, r.W, len(s.beside)+1))
	gap := b2i(r.H >= 14)
	used := len(s.beside) + 1 + gap
	p.table(c, s, canvas.R(r.X, r.Y+used, r.W, r.H-used))
}

// nothing says how to begin.
func (p *comparePane) nothing(c *canvas.Canvas, r canvas.Rect) {
	p.prose(c, canvas.R(r.X+1, r.Y, r.W-2, r.H),
		"Nothing is side by side now. v runs the same script, the commands given so far and the seed under two or three policies, in lockstep. "+
			"In the pane of forks, which f brings, v puts the chosen run beside the one that is shown.", nil, canvas.StDim, true)
}

// tableColumns are where the columns of the table begin, and how wide that of a side is.
type tableColumns struct{ client, n, command, sides, side int }

func tableColumnsFor(w, sides int) tableColumns {
	c := tableColumns{client: 4, n: 12}
	if w >= 104 {
		c.n = 17
	}
	c.command = c.n + 4
	c.sides = c.command + w*20/100
	c.side = (w - c.sides) / sides
	return c
}

func (p *comparePane) table(c *canvas.Canvas, s *scene, r canvas.Rect) {
	cols := tableColumnsFor(r.W, len(s.beside))
	c.Text(r.X+cols.client, r.Y, "client", canvas.StDim)
	c.Right(r.X+cols.n+3, r.Y, "n", canvas.StDim)
	c.TextIn(r.X+cols.command, r.Y, cols.sides-cols.command-1, "asks for", canvas.StDim)
	for i, side := range s.beside {
		c.TextIn(r.X+cols.sides+i*cols.side, r.Y, cols.side-1, printable(side.name), canvas.StDim)
	}
	all := s.pairs.until(s.at)
	p.filter(s, all)
	rows, n := r.H-1, len(p.shown)
	if s.filter == "" {
		n = len(all)
	}
	if n == 0 {
		text := "No client has asked for anything yet."
		if len(all) > 0 {
			text = "Nothing of what clients asked for passes the filter; / changes it."
		}
		c.TextIn(r.X+cols.client, r.Y+1, r.W-cols.client, text, canvas.StDim)
		return
	}
	chosen, at := p.chosen(s), n-1
	if chosen >= 0 {
		at = chosen
		if s.filter != "" {
			at = max(slices.Index(p.shown, chosen), 0)
		}
	}
	p.top = max(min(max(p.top, at-rows+1), at, n-rows), 0)
	for i := range min(rows, n-p.top) {
		place := p.top + i
		if s.filter != "" {
			place = p.shown[place]
		}
		p.row(c, s, &all[place], canvas.R(r.X, r.Y+1+i, r.W, 1), cols, place == chosen)
	}
	if below := n - p.top - rows; below > 0 {
		c.Right(r.X+r.W, r.Y, " "+itoa(below)+" more below", canvas.StDim)
	}
}

// filter collects what passes the filter, of the newest.
func (p *comparePane) filter(s *scene, all []pair) {
	p.shown = p.shown[:0]
	if s.filter == "" {
		return
	}
	for i := max(len(all)-maxFiltered, 0); i < len(all); i++ {
		if p.passes(s, &all[i]) {
			p.shown = append(p.shown, i)
		}
	}
}

func (p *comparePane) row(c *canvas.Canvas, s *scene, pr *pair, r canvas.Rect, cols tableColumns, chosen bool) {
	differs, name := pr.differ(s.beside), canvas.StText
	if chosen {
		c.Text(r.X, r.Y, p.Here, canvas.StFocus)
		name = canvas.StSelect
		c.Fill(r.X+cols.client, r.Y, cols.sides-cols.client-1, ' ', name)
	}
	if differs {
		c.Text(r.X+1, r.Y, p.Glyphs.Differs, canvas.StFocus)
	}
	c.TextIn(r.X+cols.client, r.Y, cols.n-cols.client-1, printable(pr.client), name)
	c.Right(r.X+cols.n+3, r.Y, itoa(pr.n), name)
	c.Inside(canvas.R(r.X+cols.command, r.Y, cols.sides-cols.command-1, 1), func() {
		c.TextIn(r.X+cols.command, r.Y, cols.sides-cols.command-1, pr.asks(), name)
	})
	for i, side := range s.beside {
		at := canvas.R(r.X+cols.sides+i*cols.side, r.Y, cols.side-1, 1)
		p.cell(c, side, pr, at, !differs)
		if op := pr.ops[i]; op != nil {
			p.zones.side = i
			p.zone(c, at, opSubject(op.ID))
			if i == 0 {
				p.zone(c, canvas.R(r.X, r.Y, cols.sides, 1), opSubject(op.ID))
			}
		}
	}
	p.zones.side = 0
}

// cell draws what an operation came to on one side, and how long it took.
func (p *comparePane) cell(c *canvas.Canvas, s *scene, pr *pair, r canvas.Rect, quiet bool) {
	op := pr.ops[s.side]
	if op == nil {
		c.TextIn(r.X, r.Y, r.W, "not asked", canvas.StDim)
		return
	}
	text, st, sign := "waiting", canvas.StBold, ""
	switch s.outcomeOf(op) {
	case model.Open:
	case model.Refused:
		sign, text, st = p.Bad, "refused", canvas.StBadBold
	case model.Unknown:
		sign, text, st = p.Unknown, "no answer", canvas.StFaultBold
	default:
		text, st = pr.said(s.side), replyStyle(s, op)
		if s.isStale(op.Returned) {
			sign, st = p.StaleMark, canvas.StBadFill
		}
	}
	if quiet && st == canvas.StText {
		st = canvas.StDim
	}
	x, w := r.X, r.W-8
	if sign != "" {
		x = c.Text(x, r.Y, sign, st) + 1
		w -= x - r.X
	}
	c.TextIn(x, r.Y, w, text, st)
	if s.outcomeOf(op) != model.Open {
		c.Right(r.X+r.W, r.Y, pr.took(s.side), canvas.StDim)
	}
}
