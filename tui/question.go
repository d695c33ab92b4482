package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// ask takes a guess before the run shows the answer.
type ask struct {
	*scenarios.Question
	chosen int
}

// guess is what the reader guessed.
type guess struct {
	q      *scenarios.Question
	chosen int
}

// newAsk asks with no answer chosen: a key that is pressed as the question comes up gives no
// guess.
func newAsk(q *scenarios.Question) *ask { return &ask{Question: q, chosen: -1} }

func (a *ask) key(p *program, k tea.KeyMsg) tea.Cmd {
	s := k.String()
	n := len(a.Answers)
	switch {
	case s == "?":
		return p.openHelp()
	case s == "q":
		return p.askQuit()
	case s == "R":
		p.closeOverlay(a)
		return p.reset()
	case s == "l":
		return p.openLibrary()
	case n == 0:
		if s == " " || s == "enter" || s == "esc" {
			return a.goOn(p)
		}
	case s == " " || s == "enter" && a.chosen < 0:
		p.warn("your guess first")
	case s == "esc":
		p.closeOverlay(a)
		p.looking = a.Question
		p.say("look around; the run waits, and space brings the question back")
	case s == "up" || s == "k":
		a.chosen = (max(a.chosen, 0) + n - 1) % n
	case s == "down" || s == "j":
		a.chosen = (a.chosen + 1) % n
	case s == "enter": // not space, which pauses everywhere else: a guess is not made by chance
		return a.goOn(p)
	case len(s) == 1 && s[0] >= '1' && int(s[0]-'0') <= n:
		a.chosen = int(s[0]-'0') - 1
		return a.goOn(p)
	}
	return nil
}

func (a *ask) foot(*program) []footKey {
	if len(a.Answers) == 0 {
		return []footKey{{"space", "go on", " "}, {"?", "help", "?"}}
	}
	return []footKey{
		{numbered(len(a.Answers)), "guess", ""},
		{"↑ ↓ enter", "choose", ""},
		{"esc", "look around", "esc"},
		{"q", "quit", "q"},
		{"?", "help", "?"},
	}
}

// numbered names the keys of n answers.
func numbered(n int) string {
	if n == 2 {
		return "1 or 2"
	}
	return "1 to " + itoa(n)
}

// goOn takes the guess and lets the run go on.
func (a *ask) goOn(p *program) tea.Cmd {
	p.closeOverlay(a)
	p.pending, p.scene.asking = nil, nil
	if len(a.Answers) > 0 {
		p.tellGuess()
		p.guess = p.scene.study.guessed(a.Question, a.chosen)
		p.say("Your guess: " + a.Answers[a.chosen] + ". Watch.")
	}
	return tea.Batch(p.start(answer()), p.play(true))
}

// reveal says what was right, once the script has said more or the run is over.
func (p *program) reveal() {
	s := p.scene
	g := p.guess
	if g == nil {
		return
	}
	if at := s.answerAt(g); s.at > at || s.at == at && s.study.rest > 0 || s.over && s.live() {
		p.tellGuess()
	}
}

func (p *program) tellGuess() {
	g := p.guess
	if g == nil {
		return
	}
	p.guess = nil
	g.told = true
	g.why, g.marks = p.scene.reason(g)
	p.notice = notice{text: g.verdict(), bad: g.chosen != g.q.Right}
	p.noteProgress()
}

// until returns the instant at which the answer may be told: when the script says
// more, or at the end.
func (g *guess) until(says []scenarios.Saying, end model.Time) model.Time {
	for _, s := range says {
		if s.At > g.q.At {
			return s.At
		}
	}
	return end
}

// verdict says what was right.
func (g *guess) verdict() string {
	right := g.q.Answers[g.q.Right]
	if g.chosen == g.q.Right {
		return "You guessed right: " + right + "."
	}
	return "You guessed " + g.q.Answers[g.chosen] + "; it was: " + right + "."
}

// askArea returns where a question stands: over the lesson if that is in sight, else where
// it hides none that must be seen.
func (p *program) askArea() canvas.Rect {
	var best canvas.Rect
	for _, sl := range p.slots() {
		switch shown := p.tabOf(sl); {
		case shown.is(reading):
			return sl.Rect
		case !shown.is(unhidden) && sl.W*sl.H > best.W*best.H:
			best = sl.Rect
		}
	}
	if best.W == 0 {
		return canvas.R(0, 2, p.w, p.h-3)
	}
	return best
}

// card draws an empty box of so many rows at the bottom of an area, in front of what is
// there, and returns its inside. Where the area is too low it reaches above it.
func (p *program) card(c *canvas.Canvas, area canvas.Rect, title string, h int) canvas.Rect {
	w := min(area.W, 76)
	h = min(h+2, area.Y+area.H-2)
	r := canvas.R(area.X+(area.W-w)/2, area.Y+area.H-h, w, h)
	c.Blank(r, canvas.StText)
	p.Border(c, r, []string{title}, 0, true)
	return r.Inset(2, 1)
}

func (a *ask) draw(p *program, c *canvas.Canvas, _ canvas.Rect) {
	area := p.askArea()
	w := min(area.W, 76) - 4
	title := "What do you think?"
	hint := numbered(len(a.Answers)) + ", or ↑ ↓ and enter"
	if len(a.Answers) == 0 {
		title, hint = "pause", "space: go on"
	}
	n := canvas.Height(a.Text, w)
	h := n + 1 + canvas.Height(hint, w)
	for _, text := range a.Answers {
		h += canvas.Height(text, w-5)
	}
	roomy := b2i(h+3 <= area.H) // for a blank row before the hint
	r := p.card(c, area, title, h+roomy)
	y := r.Y + p.prose(c, canvas.R(r.X, r.Y, r.W, n), a.Text, nil, canvas.StBold, false) + 1
	for i, text := range a.Answers {
		st := canvas.StText
		rows := canvas.Height(text, w-5)
		if i == a.chosen {
			st = canvas.StSelect
			c.Blank(canvas.R(r.X, y, r.W, rows), st)
			c.Text(r.X, y, p.Here, st)
		}
		c.Text(r.X+2, y, itoa(i+1), st)
		p.prose(c, canvas.R(r.X+5, y, r.W-5, rows), text, nil, st, false)
		p.keyZone(c, canvas.R(r.X, y, r.W, rows), itoa(i+1))
		y += rows
	}
	y += roomy
	p.prose(c, canvas.R(r.X, y, r.W, r.Y+r.H-y), hint, nil, canvas.StDim, false)
}
