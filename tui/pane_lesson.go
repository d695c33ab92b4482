package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
)

// lessonPane shows the text of the lesson that belongs to the cursor's instant, what the
// script does after it, and what became of the last guess.
type lessonPane struct {
	*common
	turned bool // the reader has turned the page
	to     int  // … to this one
	from   int  // … while this was the one to be read
	top    int  // rows scrolled
	topOf  int  // the page that they are of
	below  int  // rows that don't fit, at the last drawing
	room   int  // rows that do
	heldAt int  // of a script that is no lesson: 1 + the statements done when the reader scrolled
	// stepsDone is how many statements were done at the last drawing.
	stepsDone int
	texts     map[textKey][]textRow
	ofTexts   *course
}

// textKey is what a rendered text depends on.
type textKey struct {
	page, w int
	glyphs  *glyphs
}

// cardPage is the card before the first page.
const cardPage = -1

func newLessonPane(cm *common) pane { return &lessonPane{common: cm} }

func (p *lessonPane) title(s *scene) string {
	switch pg := p.page(s); {
	case s.course == nil:
		return "lesson"
	case pg == cardPage:
		return "lesson"
	default:
		return s.course.pages[pg].title
	}
}

func (p *lessonPane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓", "scroll", "up", "k", "down", "j"),
		on("< >", "the text before, after", "<", "pgup", ">", "pgdown"),
	}
}

func (p *lessonPane) picked(*scene) export.Subject { return export.Subject{} }

// page returns the page to show: that of the cursor's instant, unless the reader has
// turned to another since that came.
func (p *lessonPane) page(s *scene) int {
	now := p.due(s)
	if p.turned && p.from == now && s.course != nil && p.to < len(s.course.pages) {
		return p.to
	}
	p.turned = false
	return now
}

// due returns the page that belongs to the cursor's instant.
func (p *lessonPane) due(s *scene) int {
	if s.course == nil || s.onCard() {
		return cardPage
	}
	return s.page()
}

func (p *lessonPane) key(s *scene, k string) (request, bool) {
	if s.course == nil {
		return request{}, false
	}
	switch k {
	case "up", "k":
		p.top, p.heldAt = max(p.top-1, 0), p.stepsDone+1
	case "down", "j":
		p.top, p.heldAt = p.top+min(p.below, 1), p.stepsDone+1
	case "<", "pgup":
		p.turn(s, -1)
	case ">", "pgdown":
		p.turn(s, 1)
	case " ":
		if p.below == 0 || !p.waits(s) {
			return request{}, false
		}
		p.top += min(max(p.room-1, 1), p.below) // what can't be seen yet, before time goes on
	default:
		return request{}, false
	}
	return request{read: true}, true
}

// waits tells whether time stands until the text was read.
func (p *lessonPane) waits(s *scene) bool {
	return s.guided() && (s.study.rest > 0 || s.over && s.live()) && !p.turned
}

// turn goes to another page.
func (p *lessonPane) turn(s *scene, by int) {
	first := 0
	if s.course.lesson != nil {
		first = cardPage
	}
	to := min(max(p.page(s)+by, first), len(s.course.pages)-1)
	p.turned, p.to, p.from = true, to, p.due(s)
}

func (p *lessonPane) draw(c *canvas, s *scene, r rect) {
	if s.course == nil {
		c.textIn(r.x+1, r.y, r.w-2, "Opening…", stDim)
		return
	}
	r = rect{r.x + 1, r.y, r.w - 1, r.h}
	if s.course.lesson == nil {
		p.drawScenario(c, s, r)
		return
	}
	pg := p.page(s)
	if p.topOf != pg {
		p.top, p.topOf = 0, pg
	}
	text := p.text(s, pg, r.w)
	var steps []lessonStep
	if pg >= 0 {
		steps = s.course.pages[pg].steps
	}
	rows := len(text) + b2i(len(text) > 0 && len(steps) > 0) + len(steps)
	r.h -= 1 + p.drawGuess(c, s, r, r.h-1-rows) // a row for what a key does now
	p.room = r.h
	p.top = min(p.top, max(rows-r.h, 0))
	p.below = max(rows-p.top-r.h, 0)
	for y := range min(r.h, rows-p.top) {
		i := p.top + y
		switch {
		case i < len(text):
			c.row(r.x, r.y+y, text[i])
		case i >= rows-len(steps):
			p.drawStep(c, s, rect{r.x, r.y + y, r.w, 1}, steps, i-rows+len(steps))
		}
	}
	p.drawHint(c, s, rect{r.x, r.y + r.h, r.w, 1})
}

// maxTexts bounds how many rendered texts are kept.
const maxTexts = 100

// text returns the rows of a page's text, rendered once for each width.
func (p *lessonPane) text(s *scene, pg, w int) []textRow {
	if p.ofTexts != s.course || len(p.texts) > maxTexts {
		p.texts, p.ofTexts = map[textKey][]textRow{}, s.course
	}
	w = min(w-1, 84)
	k := textKey{pg, w, p.common.glyphs}
	rows, ok := p.texts[k]
	if !ok {
		text := s.course.card
		if pg >= 0 {
			text = s.course.pages[pg].text
		}
		rows = p.markdown(text, w)
		p.texts[k] = rows
	}
	return rows
}

// drawStep draws a statement: done, the next, or to come.
func (p *lessonPane) drawStep(c *canvas, s *scene, r rect, steps []lessonStep, i int) {
	step := &steps[i]
	sign, st, sts := " ", stDim, stText
	switch {
	case s.asking != nil && s.asking.At <= step.at:
		if step.asks && s.asking.At == step.at {
			sign, sts = p.question, stFocus
		}
	case step.until <= s.at && s.n > 0:
		sign, st, sts = p.good, stDim, stGood
	case step.at <= s.at && s.n > 0:
		sign, st, sts = p.here, stText, stFocus
	case i == 0 || steps[i-1].at <= s.at:
		sign, st, sts = p.here, stText, stFocus
	}
	c.text(r.x, r.y, sign, sts)
	c.right(r.x+2+s.course.timeWidth, r.y, step.time, stDim)
	x := r.x + 3 + s.course.timeWidth
	c.textIn(x, r.y, r.x+r.w-x, step.text, st)
}

// drawHint says what a key does now.
func (p *lessonPane) drawHint(c *canvas, s *scene, r rect) {
	text, st := "", stFocus
	switch {
	case !s.guided() || s.asking != nil:
	case p.turned && p.to != p.from:
		text, st = "< >: turn the page", stDim
	case p.waits(s) && p.below > 0:
		text = "space: the rest of the text"
	case s.study.rest > 0 && s.onCard():
		text = "space: begin"
	case s.study.rest > 0:
		text = "space: go on"
	case s.over && s.live():
		text = "space: what you have seen"
	case p.below > 0:
		text, st = "↓ ↑: "+itoa(p.below)+" more", stDim
	}
	if text == "" {
		return
	}
	x := c.textIn(r.x, r.y, r.w, text, st)
	if st == stFocus {
		p.keyZone(c, rect{r.x, r.y, x - r.x, 1}, " ")
	}
	if s.guided() && s.study.rest > 0 && s.playing {
		wait := "(" + itoa(int((s.study.rest+time.Second-1)/time.Second)) + " s)"
		if x+1+len(wait) <= r.x+r.w {
			c.text(x+1, r.y, wait, stDim)
		}
	}
}
