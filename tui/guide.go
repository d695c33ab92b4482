package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
	"capsim/tui/canvas"
)

// item returns the lesson of the library that is on the screen; nil if it is none of it.
func (s *scene) item() *scenarios.Item {
	if s.course == nil || s.course.number == 0 {
		return nil
	}
	return &scenarios.Library()[s.course.number-1]
}

// opened begins with a script that was opened, or opened again.
func (p *program) opened() {
	s := p.scene
	s.openStudy()
	if path := s.course.script.Path; path != p.onPath {
		first := p.onPath == ""
		p.onPath = path
		p.arrangeAs(p.homeLayout())
		p.greet(first)
	}
	p.noteProgress()
}

// greet says where to go on, if the lesson that the program began with was done before.
func (p *program) greet(first bool) {
	item := p.scene.item()
	if item == nil || !first || p.lesson == nil || !p.progress.of(item.Name).Finished {
		return
	}
	if n := p.nextLesson(); n >= 0 {
		p.say("Done before. l: go on with lesson " + itoa(n+1) + ", " + scenarios.Library()[n].Title)
	}
}

// nextLesson returns the index of the lesson to go on with: the next that is not done, -1
// if all are.
func (p *program) nextLesson() int { return p.progress.nextAfter(p.scene.course) }

// nextAfter returns the index of the lesson after a script, which may be nil, that is not
// done; -1 if all are.
func (p *diary) nextAfter(c *course) int {
	all := scenarios.Library()
	at := 0
	if c != nil {
		at = c.number
	}
	for i := range all {
		if n := (at + i) % len(all); !p.of(all[n].Name).Finished {
			return n
		}
	}
	return -1
}

// finish notes that a lesson was seen to its end.
func (p *program) finish() {
	s := p.scene
	if !s.guided() || !s.over || !s.live() {
		return
	}
	s.study.rest = 0
	if !s.study.ended {
		s.study.ended = true
		p.noteProgress()
	}
}

// sayEnd says what can be done at the end of a run.
func (p *program) sayEnd() {
	if p.scene.guided() {
		p.say("the end; space: what you saw, ← scrubs back, R begins again")
		return
	}
	p.say("the run has ended; ← scrubs back, a command there forks, R begins again")
}

// openLesson opens a lesson of the library, and asks first if live commands would be lost.
func (p *program) openLesson(n int) tea.Cmd {
	item := scenarios.Library()[n]
	return p.leaving("Leave it", func() tea.Cmd {
		opener, err := p.lesson(item.Name)
		if err != nil {
			p.openOverlay(newMessage("This lesson can't be opened", err.Error(), "The run on the screen is as it was."))
			return nil
		}
		p.opener, p.overlays = opener, nil
		return p.reset()
	})
}

// tryFreely leaves the lesson's text for the tools.
func (p *program) tryFreely() tea.Cmd {
	p.arrangeAs(exploring)
	p.say("now you: w writes, r reads, p cuts, c a b: policy, ← goes back, t: layouts")
	return nil
}

// endCard stands at the end of a lesson.
type endCard struct{ next int }

func (p *program) openEndCard() tea.Cmd {
	p.openOverlay(&endCard{next: p.nextLesson()})
	return nil
}

func (e *endCard) key(p *program, m tea.KeyMsg) tea.Cmd {
	p.closeOverlay(e)
	switch m.String() {
	case "enter", "n", " ":
		if e.next < 0 || p.lesson == nil {
			return p.openLibrary()
		}
		return p.openLesson(e.next)
	case "f":
		return p.tryFreely()
	case "esc":
		return nil
	}
	return p.key(m)
}

func (e *endCard) foot(p *program) []footKey {
	next := footKey{"space", "all lessons", " "}
	if e.further(p) != "" {
		next.brief = "lesson " + itoa(e.next+1)
	}
	keys := []footKey{next, {"R", "again", "R"}, {"f", "try it yourself", "f"}}
	if p.lesson != nil {
		keys = append(keys, footKey{"l", "all lessons", "l"})
	}
	return append(keys, footKey{"esc", "back to the run", "esc"})
}

// choice is what a key of the end card does.
type choice struct{ key, means string }

func (e *endCard) choices(p *program) []choice {
	out := []choice{{"R", "again"}, {"f", "try it yourself"}}
	if p.lesson != nil {
		out = append(out, choice{"l", "all lessons"})
	}
	return append(out, choice{"esc", "back to the run"})
}

// further names the lesson to go on with; "" if there is none.
func (e *endCard) further(p *program) string {
	if e.next < 0 || p.lesson == nil {
		return ""
	}
	return "lesson " + itoa(e.next+1) + ": " + scenarios.Library()[e.next].Title
}

func (e *endCard) draw(p *program, c *canvas.Canvas, _ canvas.Rect) {
	area := p.askArea()
	w := min(area.W, 76) - 4
	further, score := e.further(p), e.score(p.scene)
	choices := e.choices(p)
	const means = 6 // the column behind "enter"
	foot := rowsOf(choices, w) + b2i(score != "")
	if further != "" {
		foot += canvas.Height(further, w-means)
	}
	taught := p.markdown(e.taught(p.scene), w)
	room := min(len(taught), max(area.H-3-foot, 4))
	r := p.card(c, area, "The end: you have seen", room+1+foot)
	for i, row := range taught[:min(room, max(r.H-1-foot, 0))] {
		if i == room-1 && room < len(taught) {
			row = textRow{{"…", canvas.StDim}}
		}
		row.draw(c, r.X, r.Y+i)
	}
	y := r.Y + r.H - foot
	if score != "" {
		c.TextIn(r.X, y, r.W, score, canvas.StBold)
		y++
	}
	if further != "" {
		c.Text(r.X, y, "enter", canvas.StBold)
		n := p.prose(c, canvas.R(r.X+means, y, r.W-means, r.Y+r.H-y), further, nil, canvas.StText, false)
		p.keyZone(c, canvas.R(r.X, y, r.W, n), "enter")
		y += n
	}
	x := r.X
	for _, ch := range choices {
		if x > r.X && x+canvas.TextWidth(ch.key)+canvas.TextWidth(ch.means)+1 > r.X+r.W {
			x, y = r.X, y+1
		}
		from := x
		x = c.Text(x, y, ch.key, canvas.StBold)
		x = c.Text(x+1, y, ch.means, canvas.StText)
		p.keyZone(c, canvas.R(from, y, x-from, 1), ch.key)
		x += 3
	}
}

// rowsOf returns how many rows choices take, as draw sets them.
func rowsOf(choices []choice, w int) int {
	rows, x := 1, 0
	for _, ch := range choices {
		n := canvas.TextWidth(ch.key) + canvas.TextWidth(ch.means) + 1
		if x > 0 && x+n > w {
			rows, x = rows+1, 0
		}
		x += n + 3
	}
	return rows
}

// taught is what the lesson was about.
func (e *endCard) taught(s *scene) string {
	if len(s.course.lesson.Teaches) == 0 {
		return s.course.lesson.Summary
	}
	return "- " + strings.Join(s.course.lesson.Teaches, "\n- ")
}

// score says how the guesses went.
func (e *endCard) score(s *scene) string { return s.scoreInWords() }

// scoreInWords says how the guesses of a lesson went; "" if it asks nothing.
func (s *scene) scoreInWords() string {
	right, of := s.study.score()
	switch {
	case s.course.questions == 0:
		return ""
	case of == 0:
		return "You made no guess."
	}
	return "You guessed " + itoa(right) + " of " + itoa(of) + " right."
}
