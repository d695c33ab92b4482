package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
	"capsim/tui/canvas"
)

// library lets a lesson be chosen.
type library struct {
	editor    // what the lessons are filtered by
	filtering bool
	shown     []int // indexes of the lessons that match
	chosen    int   // index into shown
	top       int   // the first row that is drawn: of lessons and the names of their levels
}

func (p *program) openLibrary() tea.Cmd {
	if why := noLibrary(p); why != "" {
		p.warn(why)
		return nil
	}
	l := &library{editor: newEditor("")}
	l.match()
	if s := p.scene; s.course != nil && s.course.number > 0 {
		l.chosen = s.course.number - 1
	}
	if n := p.nextLesson(); n >= 0 {
		l.chosen = n
	}
	p.openOverlay(l)
	return nil
}

// match finds the lessons that the filter is about.
func (l *library) match() {
	l.shown = l.shown[:0]
	words := strings.Fields(strings.ToLower(l.Value()))
	for i, item := range scenarios.Library() {
		about := strings.ToLower(itoa(i+1) + " " + item.Name + " " + item.Title + " " + item.Summary + " " + item.Level + " " + strings.Join(item.Teaches, " "))
		all := true
		for _, w := range words {
			all = all && strings.Contains(about, w)
		}
		if all {
			l.shown = append(l.shown, i)
		}
	}
	l.chosen, l.top = 0, 0
}

func (l *library) key(p *program, m tea.KeyMsg) tea.Cmd {
	k := m.String()
	switch k {
	case "up":
		l.move(-1)
		return nil
	case "down":
		l.move(1)
		return nil
	case "pgup":
		l.move(-10)
		return nil
	case "pgdown":
		l.move(10)
		return nil
	case "enter":
		if len(l.shown) == 0 {
			return nil
		}
		n := l.shown[l.chosen]
		p.closeOverlay(l)
		return p.openLesson(n)
	case "esc":
		if l.Value() != "" || l.filtering {
			l.filtering = false
			l.set("")
			l.match()
			return nil
		}
		p.closeOverlay(l)
		return nil
	}
	if l.filtering {
		if l.editor.key(m) {
			l.match()
		}
		return nil
	}
	switch k {
	case "k":
		l.move(-1)
	case "j":
		l.move(1)
	case "home", "g":
		l.move(-len(l.shown))
	case "end", "G":
		l.move(len(l.shown))
	case "/":
		l.filtering = true
	case "q", "l":
		p.closeOverlay(l)
	}
	return nil
}

func (l *library) move(by int) {
	l.chosen = max(min(l.chosen+by, len(l.shown)-1), 0)
}

// Columns of a line of the library.
const (
	lessonNameAt = 6
	minutesWidth = 8
	scoreWidth   = 6
)

func (l *library) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	w := min(area.W-6, 96)
	const about = 5 // rows for what the chosen one is about, and the hint
	h := min(len(scenarios.Library())+len(scenarios.Levels)+about+1, area.H-2)
	r := p.window(c, area, "lessons", w, h)
	rows := r.H - about - 1
	c.Text(r.X, r.Y, "/", canvas.StBold)
	if l.filtering || l.Value() != "" {
		l.editor.draw(c, r.X+2, r.Y, r.W-2)
	} else {
		c.Text(r.X+2, r.Y, "filter", canvas.StDim)
	}
	l.drawRows(p, c, canvas.R(r.X, r.Y+1, r.W, rows))
	y := r.Y + 1 + rows
	c.Fill(r.X, y, r.W, p.Horizontal, canvas.StBorder)
	if len(l.shown) == 0 {
		c.Text(r.X, y+1, "No lesson is about that.", canvas.StDim)
	} else {
		item := &scenarios.Library()[l.shown[l.chosen]]
		n := p.prose(c, canvas.R(r.X, y+1, r.W, 2), item.Summary, nil, canvas.StText, false)
		c.TextIn(r.X, y+1+n, r.W, item.Level, canvas.StDim)
	}
	hint := "enter: open   / : filter   esc: back"
	if l.filtering {
		hint = "enter: open   ↑ ↓: choose   esc: all lessons"
	}
	c.Text(r.X, r.Y+r.H-1, hint, canvas.StDim)
}

// levelRow is a row that names the level of the lessons under it.
const levelRow = -1

// rows lists the indexes into shown of the lessons, level by level; levelRow is above the
// first of each.
func (l *library) rows() []int {
	var out []int
	level := ""
	for i, n := range l.shown {
		if of := scenarios.Library()[n].Level; of != level {
			level = of
			out = append(out, levelRow)
		}
		out = append(out, i)
	}
	return out
}

// drawRows draws the rows around the chosen lesson; its level's name, too, if it stands above it.
func (l *library) drawRows(p *program, c *canvas.Canvas, r canvas.Rect) {
	rows := l.rows()
	at := slices.Index(rows, l.chosen)
	first := at
	if at > 0 && rows[at-1] == levelRow {
		first--
	}
	l.top = max(min(l.top, first), at-r.H+1, 0)
	for i := range min(r.H, len(rows)-l.top) {
		row := canvas.R(r.X, r.Y+i, r.W, 1)
		if n := rows[l.top+i]; n != levelRow {
			l.line(p, c, row, n)
		} else { // a lesson follows each
			l.levelLine(c, row, scenarios.Library()[l.shown[rows[l.top+i+1]]].Level)
		}
	}
}

// levelLine draws a level's name and the minutes of its lessons, of those that match or not.
func (l *library) levelLine(c *canvas.Canvas, r canvas.Rect, name string) {
	c.TextIn(r.X, r.Y, r.W, name, canvas.StBold)
	for _, level := range scenarios.Course() {
		if level.Name == name {
			c.Right(r.X+r.W, r.Y, itoa(level.Minutes)+" min", canvas.StBold)
		}
	}
}

// line draws a lesson: its number, title, minutes, and how far the reader has come.
func (l *library) line(p *program, c *canvas.Canvas, r canvas.Rect, i int) {
	n := l.shown[i]
	item := &scenarios.Library()[n]
	st, quiet := canvas.StText, canvas.StDim
	if i == l.chosen {
		st, quiet = canvas.StSelect, canvas.StSelect
		c.Fill(r.X, r.Y, r.W, ' ', st)
		c.Text(r.X, r.Y, p.Here, st)
	}
	note := p.progress.of(item.Name)
	c.Right(r.X+lessonNameAt-1, r.Y, itoa(n+1), quiet)
	x := r.X + r.W - minutesWidth - scoreWidth - 3
	c.TextIn(r.X+lessonNameAt, r.Y, x-r.X-lessonNameAt, item.Title, st)
	if note.Finished {
		c.Text(x+1, r.Y, p.Good, pickStyle(i == l.chosen, canvas.StSelect, canvas.StGood))
	}
	if note.Guessed > 0 {
		c.Text(x+3, r.Y, itoa(note.Right)+"/"+itoa(note.Guessed), quiet)
	}
	c.Right(r.X+r.W, r.Y, itoa(item.Minutes)+" min", quiet)
}

func pickStyle(first bool, a, b canvas.Style) canvas.Style {
	if first {
		return a
	}
	return b
}
