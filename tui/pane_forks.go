package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"capsim/check"
	"capsim/export"
	"capsim/tui/canvas"
)

// forksPane lists the open runs as a tree: where each was forked, by which command, and
// how it came out.
type forksPane struct {
	*common
	top int // the first row shown
}

func newForksPane(cm *common) pane { return &forksPane{common: cm} }

func (p *forksPane) title(s *scene) string {
	if s.tree == nil || len(s.tree.all) < 2 {
		return "forks"
	}
	return "forks: " + itoa(len(s.tree.all)) + " runs"
}

func (p *forksPane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓ j k", "another run", "up", "k", "down", "j"),
		on("enter", "switch to it", "enter"),
		on("v", "side by side with the current one", "v"),
		on("e", "give it another name", "e"),
		on("D", "close it", "D", "delete"),
	}
}

func (p *forksPane) key(s *scene, k string) (request, bool) {
	if s.tree == nil || s.tree.current == nil {
		return request{}, false
	}
	b := s.tree.selected()
	switch k {
	case "up", "k":
		return request{branch: s.tree.beside(b, -1), does: chooseBranch}, true
	case "down", "j":
		return request{branch: s.tree.beside(b, 1), does: chooseBranch}, true
	case "enter":
		return request{branch: b, does: switchBranch}, true
	case "e":
		return request{branch: b, does: renameBranch}, true
	case "D", "delete":
		return request{branch: b, does: closeBranch}, true
	case "v":
		if b != s.tree.current {
			return request{branch: b, does: compareBranch}, true
		}
	}
	return request{}, false
}

func (p *forksPane) picked(*scene) export.Subject { return export.Subject{} }

// forkColumns are where the columns of the pane begin; 0: there is no room for one.
type forkColumns struct {
	name, at, line, verdict int
	words                   bool // the verdicts stand in words, too
}

func forkColumnsFor(w int) forkColumns {
	c := forkColumns{name: 2, at: min(max(w*30/100, 16), 34)}
	c.line = c.at + 9
	switch {
	case w >= 84:
		c.verdict, c.words = w-29, true
	case w >= 48:
		c.verdict = w - 13
	}
	return c
}

func (p *forksPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	t := s.tree
	if t == nil || t.current == nil {
		c.TextIn(r.X+1, r.Y, r.W-2, "There is no run.", canvas.StDim)
		return
	}
	cols := forkColumnsFor(r.W)
	c.Text(r.X+cols.name, r.Y, "run", canvas.StDim)
	c.Text(r.X+cols.at, r.Y, "forked at", canvas.StDim)
	c.TextIn(r.X+cols.line+2, r.Y, 14, "by", canvas.StDim)
	if cols.verdict > 0 {
		head := "C, A, lost"
		if s.own {
			head = "verdicts"
		}
		if cols.words {
			head = "verdict at its cursor"
		}
		c.TextIn(r.X+cols.verdict, r.Y, r.W-cols.verdict, head, canvas.StDim)
	}
	twigs, chosen := t.twigs(), t.selected()
	rows := r.H - 1
	if len(twigs) == 1 && rows > 2 {
		c.TextIn(r.X+cols.name, r.Y+3, r.W-3, "Go back in time and give a command: that forks the run there.", canvas.StDim)
	}
	at := max(slices.IndexFunc(twigs, func(tw twig) bool { return tw.branch == chosen }), 0)
	p.top = max(min(max(p.top, at-rows+1), at, len(twigs)-rows), 0)
	for i := range min(rows, len(twigs)-p.top) {
		p.row(c, s, &twigs[p.top+i], canvas.R(r.X, r.Y+1+i, r.W, 1), cols, twigs[p.top+i].branch == chosen)
	}
	if more := len(twigs) - p.top - rows; more > 0 {
		c.Right(r.X+r.W-1, r.Y, " "+itoa(more)+" more below ", canvas.StDim)
	}
}

func (p *forksPane) row(c *canvas.Canvas, s *scene, tw *twig, r canvas.Rect, cols forkColumns, chosen bool) {
	st, dim := canvas.StText, canvas.StDim
	if chosen {
		st, dim = canvas.StSelect, canvas.StSelect
		c.Fill(r.X, r.Y, r.W, ' ', st)
		c.Text(r.X, r.Y, p.Here, st)
	}
	p.branchZone(c, r, tw.branch)
	x := p.lines(c, tw, r.X+cols.name, r.Y, dim)
	name := st
	if tw.branch == s.tree.current {
		x = c.Text(x, r.Y, p.Dot, canvas.StFocus) + 1
		if !chosen {
			name = canvas.StBold
		}
	}
	c.TextIn(x, r.Y, r.X+cols.at-x-1, printable(tw.name), name)
	end := r.X + r.W
	if cols.verdict > 0 {
		end = r.X + cols.verdict - 1
		p.verdict(c, s, tw.branch, r.X+cols.verdict, r.Y, cols)
	}
	if tw.parent == nil {
		c.TextIn(r.X+cols.at, r.Y, end-r.X-cols.at, "the script", dim)
		return
	}
	c.Text(r.X+cols.at, r.Y, seconds(tw.from.at), dim)
	line := tw.line
	switch {
	case tw.lockstep() && line == "":
		line = "side by side"
	case tw.undone:
		line += " (undone since)"
	}
	c.TextIn(r.X+cols.line+2, r.Y, end-r.X-cols.line-2, printable(line), st)
}

// lines draws how a run hangs in the tree, and returns the column after that. What hangs
// deep is drawn as deep as there is room.
func (p *forksPane) lines(c *canvas.Canvas, tw *twig, x, y int, st canvas.Style) int {
	const deepest = 5
	first := max(tw.depth-deepest, 0) + 1
	for d := first; d < tw.depth; d++ {
		if d < len(tw.open) && tw.open[d] {
			c.Put(x, y, p.Vertical, st)
		}
		x += 2
	}
	if tw.depth > 0 {
		sign := p.Tee
		if tw.last {
			sign = p.Elbow
		}
		x += c.Put(x, y, sign, st)
		x += c.Put(x, y, p.Horizontal, st) + 1
	}
	return x
}

// verdict draws how a run came out as far as it was judged: at where the cursor stood.
func (p *forksPane) verdict(c *canvas.Canvas, s *scene, b *branch, x, y int, cols forkColumns) {
	if b.lockstep() { // each side has its own
		c.Text(x, y, "-", canvas.StDim)
		return
	}
	v := b.verdict
	if b == s.tree.current {
		v = s.verdict
	}
	if v == nil {
		c.Text(x, y, "-", canvas.StDim)
		return
	}
	if s.own {
		p.ownVerdicts(c, v, x, y, cols)
		return
	}
	x = p.letter(c, x, y, "C", v.c.Verdict, cols.words)
	x = p.letter(c, x, y, "A", v.a.Verdict, cols.words)
	st := canvas.StText
	if v.lost.bad {
		st = canvas.StBadBold
	}
	if cols.words {
		x = c.Text(x, y, "lost ", canvas.StDim)
	}
	c.TextIn(x, y, 5, v.lost.text, st)
}

// ownVerdicts draws those of a lab's checks, in their order: by their signs, and the worst by
// its name where there is room.
func (p *forksPane) ownVerdicts(c *canvas.Canvas, v *judgement, x, y int, cols forkColumns) {
	for i := range min(len(v.own), 6) {
		sign, _, st := p.verdictSign(v.own[i].Verdict)
		x = c.Text(x, y, sign, st) + 1
	}
	if worst := v.worstOwn(); cols.words && worst != "" {
		c.TextIn(x, y, 28-2*len(v.own), worst, canvas.StBadBold)
	}
}

// letter draws a verdict by its sign, and by its word where there is room, and returns
// the column after it.
func (p *forksPane) letter(c *canvas.Canvas, x, y int, of string, v check.Verdict, words bool) int {
	sign, word, st := p.verdictSign(v)
	at := c.Text(x, y, of, canvas.StDim)
	if !words {
		c.Text(at, y, sign, st)
		return x + 4
	}
	c.Text(c.Text(at+1, y, sign, st)+1, y, word, st)
	return x + 10
}

// selected returns the run that is chosen in the list.
func (t *tree) selected() *branch {
	if t.chosen != nil {
		return t.chosen
	}
	return t.current
}

// beside returns what stands so many rows below a branch in the list.
func (t *tree) beside(b *branch, by int) *branch {
	twigs := t.twigs()
	at := slices.IndexFunc(twigs, func(tw twig) bool { return tw.branch == b })
	return twigs[min(max(at+by, 0), len(twigs)-1)].branch
}

// rename gives a branch another name, of at most maxName characters.
func (b *branch) rename(name string) {
	if name = strings.TrimSpace(name); name == "" {
		return
	}
	if rs := []rune(name); len(rs) > maxName {
		name = string(rs[:maxName])
	}
	b.name = name
}

const maxName = 40
