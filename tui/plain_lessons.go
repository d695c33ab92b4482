package tui

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muesli/termenv"

	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// wideRow is so wide that a paragraph is one line: whoever reads it wraps it.
const wideRow = 4000

// tellMarkdown prints a text, a paragraph or a list's point a line, without its marks.
func (p *plain) tellMarkdown(text string) {
	cm := common{Kit: canvas.Kit{Theme: canvas.NewTheme(termenv.Ascii, true), Glyphs: &canvas.AsciiGlyphs}}
	var lines []string
	inPoint := false
	for _, row := range cm.markdown(text, wideRow) {
		line := ""
		for _, s := range row {
			line += s.text
		}
		line = strings.TrimSpace(line)
		begins := pointIndent(row) > 0 && len(row) > 0 && strings.TrimSpace(row[0].text) != ""
		switch {
		case line == "":
			inPoint = false
			continue
		case inPoint && !begins: // where the source breaks a line, a point may be broken
			lines[len(lines)-1] += " " + line
			continue
		}
		inPoint = begins
		lines = append(lines, line)
	}
	for _, line := range lines {
		p.println(line)
	}
}

// tellCard prints what a lesson begins with.
func (p *plain) tellCard() {
	if p.guided() {
		p.tellMarkdown(p.course.card)
	}
}

// newPage returns from when on the next part of the lesson is to be read, if it is now. A
// question that waits comes before the text that follows it.
func (p *plain) newPage() (model.Time, bool) {
	if !p.guided() || p.study.given >= len(p.course.pages) {
		return 0, false
	}
	from := p.course.pages[p.study.given].from
	return from, from <= p.at && (p.asking == nil || from < p.asking.At)
}

// tellPage prints a part of the lesson.
func (p *plain) tellPage(i int) {
	pg := &p.course.pages[i]
	if strings.TrimSpace(pg.text) == "" {
		return
	}
	p.println("LESSON, part " + itoa(i+1) + " of " + itoa(len(p.course.pages)) + ":")
	p.tellMarkdown(pg.text)
}

// tellLesson prints the part of the lesson that belongs to the cursor.
func (p *plain) tellLesson(rest string) error {
	if err := alone("lesson", rest); err != nil {
		return err
	}
	if !p.guided() {
		p.println("This script is no lesson. lessons lists those there are.")
		return nil
	}
	p.tellPage(p.page())
	return nil
}

// tellGuess says what was right, and why.
func (p *plain) tellGuess() {
	g := p.guess
	if g == nil {
		return
	}
	p.guess = nil
	p.compose()
	g.told = true
	g.why, g.marks = p.reason(g)
	p.println(printable(g.verdict()))
	if g.why != "" {
		p.println("Why: " + printable(g.why))
	}
	p.progress.noteOf(p.scene)
}

// tellEnd says at the end of a lesson what it was about, and where to go on.
func (p *plain) tellEnd() {
	if !p.guided() || p.study.ended {
		return
	}
	p.study.ended = true
	p.progress.noteOf(p.scene)
	p.println("The end of the lesson. You have seen:")
	for _, t := range p.course.lesson.Teaches {
		p.tellMarkdown("- " + t)
	}
	if score := p.scoreInWords(); score != "" {
		p.println(score)
	}
	if n := p.progress.nextAfter(p.course); n >= 0 && p.lesson != nil {
		item := &scenarios.Library()[n]
		p.println("open " + item.Name + " goes on with lesson " + itoa(n+1) + ", " + item.Title + "; reset plays this one again; lessons lists all.")
	}
}

// listLessons prints the library.
func (p *plain) listLessons(rest string) error {
	if err := alone("lessons", rest); err != nil {
		return err
	}
	level := ""
	for i, item := range scenarios.Library() {
		if item.Level != level {
			level = item.Level
			p.println("Level " + level + ":")
		}
		line := itoa(i+1) + ": " + item.Name + ", " + item.Title + ", " + itoa(item.Minutes) + " minutes"
		note := p.progress.of(item.Name)
		if note.Finished {
			line += "; done"
		}
		if note.Guessed > 0 {
			line += "; guessed " + itoa(note.Right) + " of " + itoa(note.Guessed) + " right"
		}
		if p.item() != nil && p.item().Name == item.Name {
			line += "; this one is open"
		}
		p.println(line + ".")
	}
	return nil
}

// openLesson opens a lesson of the library, and asks first if live commands would be lost.
func (p *plain) openLesson(name string) error {
	if p.lesson == nil {
		return errors.New("open: there is no library here")
	}
	if name == "" {
		return errors.New("open: expected a lesson's name or number, as: open cap-proof; lessons lists them")
	}
	open, err := p.lesson(name)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if p.mayLeave("Leave it") {
		p.open = open
		p.beginAgain()
	}
	return nil
}

// keepProgress writes what was done with the lessons, if that is more than before.
func (p *plain) keepProgress() {
	if !p.progress.changed {
		return
	}
	if m, ok := p.progress.keep()().(keptMsg); ok {
		if wrong := p.progress.kept(m); wrong != "" {
			p.println("warning: " + printable(wrong))
		}
	}
}
