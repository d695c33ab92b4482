package tui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
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

func (p *comparePane) across() {}

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

func (p *comparePane) draw(c *canvas, s *scene, r rect) {
	if s.pairs == nil || len(s.beside) < 2 {
		p.nothing(c, r)
		return
	}
	p.figures(c, s, rect{r.x, r.y, r.w, len(s.beside) + 1})
	gap := b2i(r.h >= 14)
	used := len(s.beside) + 1 + gap
	p.table(c, s, rect{r.x, r.y + used, r.w, r.h - used})
}

// nothing says how to begin.
func (p *comparePane) nothing(c *canvas, r rect) {
	p.prose(c, rect{r.x + 1, r.y, r.w - 2, r.h},
		"Nothing is side by side now. v runs the same script, the commands given so far and the seed under two or three policies, in lockstep. "+
			"In the pane of forks, which f brings, v puts the chosen run beside the one that is shown.", nil, stDim, true)
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

func (p *comparePane) table(c *canvas, s *scene, r rect) {
	cols := tableColumnsFor(r.w, len(s.beside))
	c.text(r.x+cols.client, r.y, "client", stDim)
	c.right(r.x+cols.n+3, r.y, "n", stDim)
	c.textIn(r.x+cols.command, r.y, cols.sides-cols.command-1, "asks for", stDim)
	for i, side := range s.beside {
		c.textIn(r.x+cols.sides+i*cols.side, r.y, cols.side-1, printable(side.name), stDim)
	}
	all := s.pairs.until(s.at)
	p.filter(s, all)
	rows, n := r.h-1, len(p.shown)
	if s.filter == "" {
		n = len(all)
	}
	if n == 0 {
		text := "No client has asked for anything yet."
		if len(all) > 0 {
			text = "Nothing of what clients asked for passes the filter; / changes it."
		}
		c.textIn(r.x+cols.client, r.y+1, r.w-cols.client, text, stDim)
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
		p.row(c, s, &all[place], rect{r.x, r.y + 1 + i, r.w, 1}, cols, place == chosen)
	}
	if below := n - p.top - rows; below > 0 {
		c.right(r.x+r.w, r.y, " "+itoa(below)+" more below", stDim)
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

func (p *comparePane) row(c *canvas, s *scene, pr *pair, r rect, cols tableColumns, chosen bool) {
	differs, name := pr.differ(s.beside), stText
	if chosen {
		c.text(r.x, r.y, p.here, stFocus)
		name = stSelect
		c.fill(r.x+cols.client, r.y, cols.sides-cols.client-1, ' ', name)
	}
	if differs {
		c.text(r.x+1, r.y, p.glyphs.differs, stFocus)
	}
	c.textIn(r.x+cols.client, r.y, cols.n-cols.client-1, printable(pr.client), name)
	c.right(r.x+cols.n+3, r.y, itoa(pr.n), name)
	c.inside(rect{r.x + cols.command, r.y, cols.sides - cols.command - 1, 1}, func() {
		c.textIn(r.x+cols.command, r.y, cols.sides-cols.command-1, pr.asks(), name)
	})
	for i, side := range s.beside {
		at := rect{r.x + cols.sides + i*cols.side, r.y, cols.side - 1, 1}
		p.cell(c, side, pr, at, !differs)
		if op := pr.ops[i]; op != nil {
			p.zones.side = i
			p.zone(c, at, opSubject(op.ID))
			if i == 0 {
				p.zone(c, rect{r.x, r.y, cols.sides, 1}, opSubject(op.ID))
			}
		}
	}
	p.zones.side = 0
}

// cell draws what an operation came to on one side, and how long it took.
func (p *comparePane) cell(c *canvas, s *scene, pr *pair, r rect, quiet bool) {
	op := pr.ops[s.side]
	if op == nil {
		c.textIn(r.x, r.y, r.w, "not asked", stDim)
		return
	}
	text, st, sign := "waiting", stBold, ""
	switch s.outcomeOf(op) {
	case model.Open:
	case model.Refused:
		sign, text, st = p.bad, "refused", stBadBold
	case model.Unknown:
		sign, text, st = p.unknown, "no answer", stFaultBold
	default:
		text, st = pr.said(s.side), replyStyle(s, op)
		if s.isStale(op.Returned) {
			sign, st = p.staleMark, stBadFill
		}
	}
	if quiet && st == stText {
		st = stDim
	}
	x, w := r.x, r.w-8
	if sign != "" {
		x = c.text(x, r.y, sign, st) + 1
		w -= x - r.x
	}
	c.textIn(x, r.y, w, text, st)
	if s.outcomeOf(op) != model.Open {
		c.right(r.x+r.w, r.y, pr.took(s.side), stDim)
	}
}
