package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"capsim/check"
	"capsim/export"
)

// forksPane lists the open runs as a tree: where each was forked, by which command, and
// how it came out.
type forksPane struct {
	*common
	top int // the first row shown
}

func newForksPane(cm *common) pane { return &forksPane{common: cm} }

func (p *forksPane) across() {}

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

func (p *forksPane) draw(c *canvas, s *scene, r rect) {
	t := s.tree
	if t == nil || t.current == nil {
		c.textIn(r.x+1, r.y, r.w-2, "There is no run.", stDim)
		return
	}
	cols := forkColumnsFor(r.w)
	c.text(r.x+cols.name, r.y, "run", stDim)
	c.text(r.x+cols.at, r.y, "forked at", stDim)
	c.textIn(r.x+cols.line+2, r.y, 14, "by", stDim)
	if cols.verdict > 0 {
		head := "C, A, lost"
		if cols.words {
			head = "verdict at its cursor"
		}
		c.textIn(r.x+cols.verdict, r.y, r.w-cols.verdict, head, stDim)
	}
	twigs, chosen := t.twigs(), t.selected()
	rows := r.h - 1
	if len(twigs) == 1 && rows > 2 {
		c.textIn(r.x+cols.name, r.y+3, r.w-3, "Go back in time and give a command: that forks the run there.", stDim)
	}
	at := max(slices.IndexFunc(twigs, func(tw twig) bool { return tw.branch == chosen }), 0)
	p.top = max(min(max(p.top, at-rows+1), at, len(twigs)-rows), 0)
	for i := range min(rows, len(twigs)-p.top) {
		p.row(c, s, &twigs[p.top+i], rect{r.x, r.y + 1 + i, r.w, 1}, cols, twigs[p.top+i].branch == chosen)
	}
	if more := len(twigs) - p.top - rows; more > 0 {
		c.right(r.x+r.w-1, r.y, " "+itoa(more)+" more below ", stDim)
	}
}

func (p *forksPane) row(c *canvas, s *scene, tw *twig, r rect, cols forkColumns, chosen bool) {
	st, dim := stText, stDim
	if chosen {
		st, dim = stSelect, stSelect
		c.fill(r.x, r.y, r.w, ' ', st)
		c.text(r.x, r.y, p.here, st)
	}
	p.branchZone(c, r, tw.branch)
	x := p.lines(c, tw, r.x+cols.name, r.y, dim)
	name := st
	if tw.branch == s.tree.current {
		x = c.text(x, r.y, p.dot, stFocus) + 1
		if !chosen {
			name = stBold
		}
	}
	c.textIn(x, r.y, r.x+cols.at-x-1, printable(tw.name), name)
	end := r.x + r.w
	if cols.verdict > 0 {
		end = r.x + cols.verdict - 1
		p.verdict(c, s, tw.branch, r.x+cols.verdict, r.y, cols)
	}
	if tw.parent == nil {
		c.textIn(r.x+cols.at, r.y, end-r.x-cols.at, "the script", dim)
		return
	}
	c.text(r.x+cols.at, r.y, seconds(tw.from.at), dim)
	line := tw.line
	switch {
	case tw.lockstep() && line == "":
		line = "side by side"
	case tw.undone:
		line += " (undone since)"
	}
	c.textIn(r.x+cols.line+2, r.y, end-r.x-cols.line-2, printable(line), st)
}

// lines draws how a run hangs in the tree, and returns the column after that. What hangs
// deep is drawn as deep as there is room.
func (p *forksPane) lines(c *canvas, tw *twig, x, y int, st style) int {
	const deepest = 5
	first := max(tw.depth-deepest, 0) + 1
	for d := first; d < tw.depth; d++ {
		if d < len(tw.open) && tw.open[d] {
			c.put(x, y, p.vertical, st)
		}
		x += 2
	}
	if tw.depth > 0 {
		sign := p.tee
		if tw.last {
			sign = p.elbow
		}
		x += c.put(x, y, sign, st)
		x += c.put(x, y, p.horizontal, st) + 1
	}
	return x
}

// verdict draws how a run came out as far as it was judged: at where the cursor stood.
func (p *forksPane) verdict(c *canvas, s *scene, b *branch, x, y int, cols forkColumns) {
	if b.lockstep() { // each side has its own
		c.text(x, y, "-", stDim)
		return
	}
	v := b.verdict
	if b == s.tree.current {
		v = s.verdict
	}
	if v == nil {
		c.text(x, y, "-", stDim)
		return
	}
	x = p.letter(c, x, y, "C", v.c.Verdict, cols.words)
	x = p.letter(c, x, y, "A", v.a.Verdict, cols.words)
	st := stText
	if v.lost.bad {
		st = stBadBold
	}
	if cols.words {
		x = c.text(x, y, "lost ", stDim)
	}
	c.textIn(x, y, 5, v.lost.text, st)
}

// letter draws a verdict by its sign, and by its word where there is room, and returns
// the column after it.
func (p *forksPane) letter(c *canvas, x, y int, of string, v check.Verdict, words bool) int {
	sign, word, st := p.verdictSign(v)
	at := c.text(x, y, of, stDim)
	if !words {
		c.text(at, y, sign, st)
		return x + 4
	}
	c.text(c.text(at+1, y, sign, st)+1, y, word, st)
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
