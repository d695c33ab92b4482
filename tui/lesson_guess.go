package tui

import "sort"

// drawGuess draws what became of the last guess at the bottom of the pane, and returns how
// many rows it takes. So many rows are free.
func (p *lessonPane) drawGuess(c *canvas, s *scene, r rect, free int) int {
	g := s.study.latest(s.at)
	if g == nil || s.asking != nil {
		return 0
	}
	w := r.w - 1
	question := min(height(g.q.Text, w), 3)
	h := 1 + question + height(g.q.Answers[g.chosen], w-8)
	why := 0
	if g.told {
		h += b2i(g.chosen != g.q.Right) * height(g.q.Answers[g.q.Right], w-8)
		if g.why != "" {
			why = height(g.why, w-2)
		}
		h += why
	}
	most := max(r.h*3/5, 6)
	if pg := s.page(); s.course.pages[pg].from > g.q.At { // the lesson has gone on
		most = max(r.h/3, 5)
	}
	most = max(most, free)
	if h > most { // the question was read before
		h -= question - 1
		question = 1
		why -= max(h-most, 0)
		h = min(h, most)
	}
	if h > r.h-2 {
		return 0
	}
	y := r.y + r.h - h
	p.rule(c, rect{r.x, y, r.w - 1, 1}, p.scoreText(s))
	y++
	y += p.prose(c, rect{r.x, y, w, question}, g.q.Text, nil, stDim, false)
	y += p.drawAnswers(c, g, rect{r.x, y, w, r.y + r.h - y})
	if why > 0 && g.told {
		p.prose(c, rect{r.x + 2, y, w - 2, r.y + r.h - y}, g.why, g.marks, stText, true)
	}
	return h
}

// drawAnswers draws the guess, and beside it the right answer once it may be known.
func (p *lessonPane) drawAnswers(c *canvas, g *taken, r rect) int {
	y := r.y
	answer := func(sign, word, text string, st style) {
		c.text(r.x, y, sign, st)
		c.text(r.x+2, y, word, stDim)
		y += p.prose(c, rect{r.x + 8, y, r.w - 8, r.y + r.h - y}, text, nil, st, false)
	}
	switch {
	case !g.told:
		answer(p.common.question, "guess", g.q.Answers[g.chosen], stBold)
	case g.chosen == g.q.Right:
		answer(p.good, "right", g.q.Answers[g.chosen], stGoodBold)
	default:
		answer(p.bad, "guess", g.q.Answers[g.chosen], stBadBold)
		answer(p.good, "right", g.q.Answers[g.q.Right], stGoodBold)
	}
	return y - r.y
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
func (p *lessonPane) rule(c *canvas, r rect, text string) {
	c.fill(r.x, r.y, r.w, p.horizontal, stBorder)
	c.textIn(r.x+1, r.y, r.w-2, " "+text+" ", stDim)
}

// drawScenario draws a script that is no lesson: what it is, and its statements.
func (p *lessonPane) drawScenario(c *canvas, s *scene, r rect) {
	y := r.y
	c.textIn(r.x, y, r.w-1, printable(s.title), stBold)
	y++
	for _, fact := range [...][2]string{{"policy", s.policy}, {"seed", s.seed}, {"latency", s.latency}} {
		x := c.text(r.x, y, fact[0], stDim)
		c.textIn(x+1, y, r.x+r.w-1-x-1, printable(fact[1]), stText)
		y++
	}
	y++
	steps := s.course.pages[0].steps
	room := r.y + r.h - y
	if len(steps) == 0 {
		c.textIn(r.x, y, r.w-1, "The script does nothing by itself.", stDim)
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
		p.drawStep(c, s, rect{r.x, y + i, r.w - 1, 1}, steps, p.top+i)
	}
}
