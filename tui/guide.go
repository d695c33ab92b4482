package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
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
		if s.course.lesson != nil {
			p.arrangeAs("teaching", "lesson")
		} else {
			p.arrangeAs("exploring", "cluster")
		}
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
		p.say("You have done this lesson. l: go on with lesson " + itoa(n+1) + ", " + scenarios.Library()[n].Title)
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

// arrangeAs shows a layout with the focus on one of its panes.
func (p *program) arrangeAs(layout, pane string) {
	for i := range layouts {
		if layouts[i].name == layout {
			p.layout, p.zoomed = i, false
		}
	}
	p.setFocus(paneNamed(pane), 0)
}

// finish notes that a lesson was seen to its end.
func (p *program) finish() {
	s := p.scene
	if s.guided() && s.over && s.live() && !s.study.ended {
		s.study.ended = true
		p.noteProgress()
	}
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
	p.arrangeAs("exploring", "cluster")
	p.say("now you: w writes, r reads, p partitions, c a b change the policy, ← → go back in time, t brings the lesson back")
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
	case "enter", "n":
		if e.next < 0 || p.lesson == nil {
			return p.openLibrary()
		}
		return p.openLesson(e.next)
	case "f":
		return p.tryFreely()
	case "esc", " ":
		return nil
	}
	return p.key(m)
}

// endLine is a line of the end card: a key and what it does.
type endLine struct{ key, means string }

func (e *endCard) lines(p *program) []endLine {
	all := scenarios.Library()
	out := []endLine{{"R", "this lesson again"}, {"f", "try it yourself"}}
	if p.lesson != nil {
		if e.next >= 0 {
			out = append([]endLine{{"enter", "lesson " + itoa(e.next+1) + ": " + all[e.next].Title}}, out...)
		}
		out = append(out, endLine{"l", "all lessons"})
	}
	return append(out, endLine{"esc", "back to the run"})
}

func (e *endCard) draw(p *program, c *canvas, _ rect) {
	s := p.scene
	area := p.askArea()
	w := min(area.w, 76) - 4
	lines := e.lines(p)
	const means = 7
	keys := 0
	for _, l := range lines {
		keys += height(l.means, w-means)
	}
	score := e.score(s)
	taught := p.markdown(e.taught(s), w)
	h := 1 + b2i(score != "") + 1 + keys
	room := min(len(taught), max(area.h-2-h, 4))
	r := p.card(c, area, "The end of the lesson", h+room)
	y := r.y
	for i := range min(room, r.h-h) {
		row := taught[i]
		if i == room-1 && i < len(taught)-1 {
			row = textRow{{"…", stDim}}
		}
		c.row(r.x, y, row)
		y++
	}
	y++
	if score != "" {
		c.textIn(r.x, y, r.w, score, stBold)
		y++
	}
	y++
	for _, l := range lines {
		c.text(r.x, y, l.key, stBold)
		n := p.prose(c, rect{r.x + means, y, r.w - means, r.y + r.h - y}, l.means, nil, stText, false)
		p.keyZone(c, rect{r.x, y, r.w, n}, l.key)
		y += n
	}
}

// taught is what the lesson was about.
func (e *endCard) taught(s *scene) string {
	text := "**You have seen**\n"
	for _, t := range s.course.lesson.Teaches {
		text += "\n- " + t
	}
	return text
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
