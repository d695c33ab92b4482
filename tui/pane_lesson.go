package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/tui/canvas"
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
	glyphs  *canvas.Glyphs
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
	return s.guided() && (s.reading() || s.over && s.live()) && !p.turned
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

func (p *lessonPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if s.course == nil {
		c.TextIn(r.X+1, r.Y, r.W-2, "Opening…", canvas.StDim)
		return
	}
	r = canvas.R(r.X+1, r.Y, r.W-1, r.H)
	if s.course.lesson == nil {
		p.drawScenario(c, s, r)
		return
	}
	pg := p.page(s)
	if p.topOf != pg {
		p.top, p.topOf = 0, pg
	}
	text := p.text(s, pg, r.W)
	var steps []lessonStep
	if pg >= 0 {
		steps = s.course.pages[pg].steps
	}
	rows := len(text) + b2i(len(text) > 0 && len(steps) > 0) + len(steps)
	r.H -= 1 + p.drawGuess(c, s, r, r.H-1-rows) // a row for what a key does now
	p.room = r.H
	p.top = min(p.top, max(rows-r.H, 0))
	p.below = max(rows-p.top-r.H, 0)
	for y := range min(r.H, rows-p.top) {
		i := p.top + y
		switch {
		case i < len(text):
			text[i].draw(c, r.X, r.Y+y)
		case i >= rows-len(steps):
			p.drawStep(c, s, canvas.R(r.X, r.Y+y, r.W, 1), steps, i-rows+len(steps))
		}
	}
	p.drawHint(c, s, canvas.R(r.X, r.Y+r.H, r.W, 1))
}

// maxTexts bounds how many rendered texts are kept.
const maxTexts = 100

// text returns the rows of a page's text, rendered once for each width.
func (p *lessonPane) text(s *scene, pg, w int) []textRow {
	if p.ofTexts != s.course || len(p.texts) > maxTexts {
		p.texts, p.ofTexts = map[textKey][]textRow{}, s.course
	}
	w = min(w-1, 84)
	k := textKey{pg, w, p.common.Glyphs}
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
func (p *lessonPane) drawStep(c *canvas.Canvas, s *scene, r canvas.Rect, steps []lessonStep, i int) {
	step := &steps[i]
	sign, st, sts := " ", canvas.StDim, canvas.StText
	switch {
	case s.asking != nil && s.asking.At <= step.at:
		if step.asks && s.asking.At == step.at {
			sign, sts = p.Question, canvas.StFocus
		}
	case step.until <= s.at && s.n > 0:
		sign, st, sts = p.Good, canvas.StDim, canvas.StGood
	case step.at <= s.at && s.n > 0:
		sign, st, sts = p.Here, canvas.StText, canvas.StFocus
	case i == 0 || steps[i-1].at <= s.at:
		sign, st, sts = p.Here, canvas.StText, canvas.StFocus
	}
	c.Text(r.X, r.Y, sign, sts)
	c.Right(r.X+2+s.course.timeWidth, r.Y, step.time, canvas.StDim)
	x := r.X + 3 + s.course.timeWidth
	c.TextIn(x, r.Y, r.X+r.W-x, step.text, st)
}

// space says what space does while the text is in sight; "" for playing and pausing.
func (p *lessonPane) space(s *scene) string {
	switch {
	case !s.guided() || s.asking != nil:
		return ""
	case p.waits(s) && p.below > 0:
		return "more text"
	case s.reading() && s.onCard():
		return "begin"
	case s.reading():
		return "go on"
	case s.over && s.live():
		return "what you saw"
	}
	return ""
}

// drawHint says what a key does now.
func (p *lessonPane) drawHint(c *canvas.Canvas, s *scene, r canvas.Rect) {
	text, st := "", canvas.StFocus
	switch word := p.space(s); {
	case !s.guided() || s.asking != nil:
	case p.turned && p.to != p.from:
		text, st = "< >: turn the page", canvas.StDim
	case word != "":
		text = "space: " + word
	case p.below > 0:
		text, st = "↓ ↑: "+itoa(p.below)+" more", canvas.StDim
	}
	if text == "" {
		return
	}
	x := c.TextIn(r.X, r.Y, r.W, text, st)
	if st == canvas.StFocus {
		p.keyZone(c, canvas.R(r.X, r.Y, x-r.X, 1), " ")
	}
	if s.reading() && s.playing {
		wait := "(" + itoa(int((s.study.rest+time.Second-1)/time.Second)) + " s)"
		if x+1+len(wait) <= r.X+r.W {
			c.Text(x+1, r.Y, wait, canvas.StDim)
		}
	}
}
