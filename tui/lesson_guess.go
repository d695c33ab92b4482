package tui

import (
	"sort"

	"capsim/tui/canvas"
)

// drawGuess draws what became of the last guess at the bottom of the pane, and returns how
// many rows it takes. So many rows are free.
func (p *lessonPane) drawGuess(c *canvas.Canvas, s *scene, r canvas.Rect, free int) int {
	g := s.study.latest(s.at)
	if g == nil || s.asking != nil {
		return 0
	}
	w := r.W - 1
	question := min(canvas.Height(g.q.Text, w), 3)
	h := 1 + question + canvas.Height(g.q.Answers[g.chosen], w-8)
	why := 0
	if g.told {
		h += b2i(g.chosen != g.q.Right) * canvas.Height(g.q.Answers[g.q.Right], w-8)
		if g.why != "" {
			why = canvas.Height(g.why, w-2)
		}
		h += why
	}
	most := max(r.H*3/5, 6)
	if pg := s.page(); s.course.pages[pg].from > g.q.At { // the lesson has gone on
		most = max(r.H/2, 5)
	}
	most = max(most, free)
	if h > most { // the question was read before; the reason was not
		h -= question - 1
		question = 1
		if h > most && why > 0 {
			h, question = h-1, 0
		}
		why -= max(h-most, 0)
		h = min(h, most)
	}
	if h > r.H-2 {
		return 0
	}
	y := r.Y + r.H - h
	p.rule(c, canvas.R(r.X, y, r.W-1, 1), p.scoreText(s))
	y++
	if question > 0 {
		y += p.prose(c, canvas.R(r.X, y, w, question), g.q.Text, nil, canvas.StDim, false)
	}
	y += p.drawAnswers(c, g, canvas.R(r.X, y, w, r.Y+r.H-y))
	if why > 0 && g.told {
		p.prose(c, canvas.R(r.X+2, y, w-2, r.Y+r.H-y), g.why, g.marks, canvas.StText, true)
	}
	return h
}

// drawAnswers draws the guess, and beside it the right answer once it may be known.
func (p *lessonPane) drawAnswers(c *canvas.Canvas, g *taken, r canvas.Rect) int {
	y := r.Y
	answer := func(sign, word, text string, st canvas.Style) {
		c.Text(r.X, y, sign, st)
		c.Text(r.X+2, y, word, canvas.StDim)
		y += p.prose(c, canvas.R(r.X+8, y, r.W-8, r.Y+r.H-y), text, nil, st, false)
	}
	switch {
	case !g.told:
		answer(p.common.Question, "guess", g.q.Answers[g.chosen], canvas.StBold)
	case g.chosen == g.q.Right:
		answer(p.Good, "right", g.q.Answers[g.chosen], canvas.StGoodBold)
	default:
		answer(p.Bad, "guess", g.q.Answers[g.chosen], canvas.StBadBold)
		answer(p.Good, "right", g.q.Answers[g.q.Right], canvas.StGoodBold)
	}
	return y - r.Y
}

// scoreText says how many guesses were right, of those whose answer is known.
func (p *lessonPane) scoreText(s *scene) string {
	right, of := s.study.score()
	if of == 0 {
		return "your guess"
	}
	return itoa(right) + " of " + itoa(of) + " guessed right"
}

// rule draws a line with a word in it.
func (p *lessonPane) rule(c *canvas.Canvas, r canvas.Rect, text string) {
	c.Fill(r.X, r.Y, r.W, p.Horizontal, canvas.StBorder)
	c.TextIn(r.X+1, r.Y, r.W-2, " "+text+" ", canvas.StDim)
}

// drawScenario draws a script that is no lesson: what it is, and its statements.
func (p *lessonPane) drawScenario(c *canvas.Canvas, s *scene, r canvas.Rect) {
	y := r.Y
	c.TextIn(r.X, y, r.W-1, printable(s.title), canvas.StBold)
	y++
	for _, fact := range [...][2]string{{"policy", s.policy}, {"seed", s.seed}, {"latency", s.latency}} {
		x := c.Text(r.X, y, fact[0], canvas.StDim)
		c.TextIn(x+1, y, r.X+r.W-1-x-1, printable(fact[1]), canvas.StText)
		y++
	}
	y++
	steps := s.course.pages[0].steps
	room := r.Y + r.H - y
	if len(steps) == 0 {
		c.TextIn(r.X, y, r.W-1, "The script does nothing by itself.", canvas.StDim)
		return
	}
	p.topOf = 0
	now := sort.Search(len(steps), func(i int) bool { return steps[i].at > s.at })
	if p.heldAt != now+1 { // the next statement stays in sight, unless the reader has scrolled
		p.top, p.heldAt = now-room/2, 0
	}
	p.top, p.stepsDone = min(max(p.top, 0), max(len(steps)-room, 0)), now
	p.room, p.below = room, max(len(steps)-p.top-room, 0)
	for i := range min(room, len(steps)-p.top) {
		p.drawStep(c, s, canvas.R(r.X, y+i, r.W-1, 1), steps, p.top+i)
	}
}
