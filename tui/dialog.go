package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/model"
	"capsim/scenarios"
)

// overlay is something in front of the panes that takes all keys until it closes.
type overlay interface {
	key(p *program, m tea.KeyMsg) tea.Cmd
	draw(p *program, c *canvas, area rect)
}

func (p *program) openOverlay(o overlay) { p.overlays = append(p.overlays, o) }

func (p *program) closeOverlay(o overlay) {
	for i, x := range p.overlays {
		if x == o {
			p.overlays = append(p.overlays[:i], p.overlays[i+1:]...)
			return
		}
	}
}

// window draws an empty box of that size in the middle of an area and returns its
// inside.
func (p *program) window(c *canvas, area rect, title string, w, h int) rect {
	w, h = min(w+4, area.w), min(h+2, area.h)
	r := rect{area.x + (area.w-w)/2, area.y + (area.h-h)/2, w, h}
	c.blank(r, stText)
	p.border(c, r, []string{title}, 0, true)
	return r.inset(2, 1)
}

// item is a line of a menu.
type item struct {
	label string
	line  string // the command; "…" at its end: to be completed in the palette
	off   string // why it can't be chosen; "" if it can
}

// menu lets one of a few commands be chosen.
type menu struct {
	title  string
	items  []item
	chosen int
}

func (p *program) openMenu(title string, items []item) tea.Cmd {
	m := &menu{title: title, items: items}
	for m.chosen < len(items)-1 && items[m.chosen].off != "" {
		m.chosen++
	}
	p.openOverlay(m)
	return nil
}

func (m *menu) key(p *program, k tea.KeyMsg) tea.Cmd {
	s := k.String()
	switch s {
	case "esc", "q":
		p.closeOverlay(m)
	case "up", "k":
		m.chosen = (m.chosen + len(m.items) - 1) % len(m.items)
	case "down", "j":
		m.chosen = (m.chosen + 1) % len(m.items)
	case "enter", " ":
		return m.choose(p)
	default:
		if n := int(s[0] - '0'); len(s) == 1 && n >= 1 && n <= len(m.items) {
			m.chosen = n - 1
			return m.choose(p)
		}
	}
	return nil
}

func (m *menu) choose(p *program) tea.Cmd {
	it := m.items[m.chosen]
	if it.off != "" {
		p.warn(it.off)
		return nil
	}
	p.closeOverlay(m)
	if line, open := strings.CutSuffix(it.line, "…"); open {
		return p.openPaletteWith(line)
	}
	return p.command(it.line, nil)
}

func (m *menu) draw(p *program, c *canvas, area rect) {
	w := textWidth(m.title) + 4
	for _, it := range m.items {
		w = max(w, textWidth(it.label)+textWidth(it.off)+8)
	}
	r := p.window(c, area, m.title, w, len(m.items)+2)
	for i, it := range m.items {
		st := stText
		switch {
		case it.off != "":
			st = stDim
		case i == m.chosen:
			st = stSelect
		}
		if i == m.chosen {
			c.fill(r.x, r.y+i, r.w, ' ', st)
			c.text(r.x, r.y+i, p.here, stFocus)
		}
		if i < 9 {
			p.keyZone(c, rect{r.x, r.y + i, r.w, 1}, itoa(i+1))
			c.text(r.x+2, r.y+i, itoa(i+1), stDim)
		}
		x := c.textIn(r.x+4, r.y+i, r.w-4, it.label, st)
		if it.off != "" {
			c.textIn(x+2, r.y+i, r.x+r.w-x-2, it.off, stDim)
		}
	}
	c.textIn(r.x, r.y+len(m.items)+1, r.w, "enter: choose   esc: back", stDim)
}

// confirm asks y or n.
type confirm struct {
	text string
	yes  func() tea.Cmd
}

func (d *confirm) key(p *program, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "y", "Y":
		p.closeOverlay(d)
		return d.yes()
	case "n", "N", "esc", "q":
		p.closeOverlay(d)
	}
	return nil
}

func (d *confirm) draw(p *program, c *canvas, area rect) {
	w := min(textWidth(d.text), area.w-8)
	r := p.window(c, area, "sure?", w, height(d.text, w)+2)
	p.prose(c, r, d.text, nil, stText, false)
	c.text(r.x, r.y+r.h-1, "y: yes   n: no", stDim)
}

// notes tells something that is too long for a line.
type notes struct{ title, text, help string }

func newMessage(title, text, help string) overlay { return &notes{title, printable(text), help} }

func (d *notes) key(p *program, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "enter", " ", "q":
		p.closeOverlay(d)
	}
	return nil
}

func (d *notes) draw(p *program, c *canvas, area rect) {
	w := min(70, area.w-8)
	n := height(d.text, w)
	r := p.window(c, area, d.title, w, n+height(d.help, w)+3)
	p.prose(c, rect{r.x, r.y, r.w, n}, d.text, nil, stBadBold, false)
	p.prose(c, rect{r.x, r.y + n + 1, r.w, r.h - n - 2}, d.help, nil, stText, false)
	c.text(r.x, r.y+r.h-1, "esc: back", stDim)
}

// ask takes a guess before the run shows the answer.
type ask struct {
	*scenarios.Question
	chosen int
}

// guess is what the reader guessed, until the run has shown the answer.
type guess struct {
	q      *scenarios.Question
	chosen int
}

func newAsk(q *scenarios.Question) *ask { return &ask{Question: q} }

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
	case n == 0:
		if s == " " || s == "enter" || s == "esc" {
			return a.goOn(p)
		}
	case s == "up" || s == "k":
		a.chosen = (a.chosen + n - 1) % n
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

// goOn takes the guess and lets the run go on.
func (a *ask) goOn(p *program) tea.Cmd {
	p.closeOverlay(a)
	p.pending = nil
	if len(a.Answers) > 0 {
		p.tellGuess()
		p.guess = &guess{a.Question, a.chosen}
		p.say("Your guess: " + a.Answers[a.chosen] + ". Watch.")
	}
	return tea.Batch(p.start(answer()), p.play(true))
}

// reveal says what was right, once the script has said more or the run is over.
func (p *program) reveal() {
	s := p.scene
	if g := p.guess; g != nil && (s.at > g.until(s.says, s.end) || s.over && s.live()) {
		p.tellGuess()
	}
}

func (p *program) tellGuess() {
	g := p.guess
	if g == nil {
		return
	}
	p.guess = nil
	p.notice = notice{text: g.verdict(), bad: g.chosen != g.q.Right}
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
	return "You guessed " + g.q.Answers[g.chosen] + "; it was: " + right + ". The story says why."
}

func (a *ask) draw(p *program, c *canvas, area rect) {
	w := min(max(textWidth(a.Text), 40), area.w-8, 72)
	n := height(a.Text, w)
	title := "What do you think?"
	if len(a.Answers) == 0 {
		title = "pause"
	}
	// At the bottom, so that the picture can be seen while guessing.
	h := n + len(a.Answers) + 3
	area = rect{area.x, area.y + max(area.h-h-3, 0), area.w, min(h+2, area.h)}
	r := p.window(c, area, title, w, h)
	p.prose(c, rect{r.x, r.y, r.w, n}, a.Text, nil, stBold, false)
	for i, text := range a.Answers {
		st := stText
		y := r.y + n + 1 + i
		if i == a.chosen {
			st = stSelect
			c.fill(r.x, y, r.w, ' ', st)
			c.text(r.x, y, p.here, st)
		}
		c.textIn(r.x+2, y, r.w-2, itoa(i+1)+"  "+text, st)
		p.keyZone(c, rect{r.x, y, r.w, 1}, itoa(i+1))
	}
	hint := "↑ ↓: choose   1 to " + itoa(len(a.Answers)) + " or enter: my guess   q: quit"
	if len(a.Answers) == 0 {
		hint = "space: go on"
	}
	c.text(r.x, r.y+r.h-1, hint, stDim)
}
