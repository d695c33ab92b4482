package tui

import (
	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// storyPane tells what happened and why, up to the cursor.
type storyPane struct {
	*common
	shown []storyLine // of the last drawing, kept to be used again
}

// storyLine is a line of the story, or a text of the script for the audience.
type storyLine struct {
	line *export.Line
	say  *scenarios.Saying
	rows int
}

func newStoryPane(cm *common) pane { return &storyPane{common: cm} }

func (p *storyPane) title(s *scene) string { return s.filtered("story") }

func (p *storyPane) keys() []key.Binding {
	return []key.Binding{on("↑ ↓ j k", "go to the sentence before or after; enter: why", "up", "k", "down", "j")}
}

func (p *storyPane) key(s *scene, k string) (request, bool) {
	lines := s.story.Lines()
	at, by := len(s.told), 1 // the next line
	switch k {
	case "up", "k":
		if at--; at >= 0 && lines[at].Event == s.n && lines[at].At == s.at {
			at--
		}
		by = -1
	case "down", "j":
	default:
		return request{}, false
	}
	for left := maxFiltered; at >= 0 && at < len(lines) && !s.passes(lines[at].Text) && left > 0; left-- {
		at += by
	}
	if at < 0 || at >= len(lines) {
		return request{}, true
	}
	return request{goTo: &cursor{lines[at].Event, lines[at].At}}, true
}

// textAt is the column at which the words of a line begin.
const textAt = 10

// picked is what the line at the cursor tells of.
func (p *storyPane) picked(s *scene) export.Subject {
	if n := len(s.told); n > 0 {
		return lineSubject(&s.told[n-1])
	}
	return export.Subject{}
}

// lineSubject is what a line of the story tells of: an operation, else its event.
func lineSubject(l *export.Line) export.Subject {
	if l.Op != 0 {
		return opSubject(l.Op)
	}
	return export.Subject{Kind: export.EventSubject, Event: l.Event}
}

func (p *storyPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	w := r.W - textAt - 1
	p.collect(s, w, r.H)
	if len(p.shown) == 0 {
		text := "Nothing has happened yet."
		if s.filter != "" {
			text = "No sentence of late passes the filter; / changes it."
		}
		c.TextIn(r.X+1, r.Y, r.W-2, text, canvas.StDim)
		return
	}
	total := 0
	for i := range p.shown {
		total += p.shown[i].rows
	}
	y := r.Y + min(r.H-total, 0) // the oldest shown may begin above
	worst := -1                  // the newest line that tells of something broken or untrue
	for i := range p.shown {
		if l := p.shown[i].line; l != nil && l.Tone == export.Bad {
			worst = i
			break
		}
	}
	c.Inside(r, func() {
		for i := len(p.shown) - 1; i >= 0; i-- {
			l := &p.shown[i]
			p.line(c, l, canvas.R(r.X, y, r.W, l.rows), i == 0, i == worst)
			if l.line != nil {
				p.choosable(c, s, l.line, canvas.R(r.X, y, r.W, l.rows))
			}
			y += l.rows
		}
	})
}

// choosable makes a line one that can be clicked, and shows that it is selected.
func (p *storyPane) choosable(c *canvas.Canvas, s *scene, l *export.Line, r canvas.Rect) {
	of := lineSubject(l)
	p.zone(c, r, of)
	if s.isPicked(of) {
		c.Restyle(r.X, r.Y, textAt-3, canvas.StSelect)
		c.Text(r.X, r.Y, p.Here, canvas.StSelect)
	}
}

// collect fills shown with the newest lines that fit, the newest first.
func (p *storyPane) collect(s *scene, w, h int) {
	p.shown = p.shown[:0]
	l, k := len(s.told)-1, s.said-1
	if s.saying != "" {
		k-- // it stands below the timeline
	}
	for left := maxFiltered; h > 0 && (l >= 0 || k >= 0) && left > 0; left-- {
		next := storyLine{}
		var text string
		if k >= 0 && (l < 0 || s.says[k].At >= s.told[l].At) {
			next.say = &s.says[k]
			text = next.say.Text
			k--
		} else {
			next.line = &s.told[l]
			text = next.line.Text
			l--
		}
		if !s.passes(text) {
			continue
		}
		next.rows = canvas.Height(text, w)
		p.shown = append(p.shown, next)
		h -= next.rows
	}
}

func (p *storyPane) line(c *canvas.Canvas, l *storyLine, r canvas.Rect, newest, worst bool) {
	text := canvas.R(r.X+textAt, r.Y, r.W-textAt-1, r.H)
	if l.say != nil {
		c.Text(r.X, r.Y, seconds(l.say.At), canvas.StDim)
		p.prose(c, text, l.say.Text, nil, canvas.StCaption, true)
		return
	}
	c.Text(r.X, r.Y, seconds(l.line.At), canvas.StDim)
	sign, st := p.toneSign(l.line.Tone)
	c.Text(r.X+8, r.Y, sign, st)
	words := canvas.StText
	switch l.line.Tone {
	case export.Quiet:
		words = canvas.StDim
	case export.Fault:
		words = canvas.StFault
	case export.Good:
		words = canvas.StGood
	case export.Bad:
		if worst {
			words = canvas.StBad
		}
	}
	if newest && l.line.Tone == export.Plain {
		words = canvas.StBold
	}
	p.prose(c, text, l.line.Text, l.line.Marks, words, newest || worst)
}

// toneSign is the sign in front of a line, so that colour is not alone in saying
// how it is to be taken.
func (cm *common) toneSign(t export.Tone) (string, canvas.Style) {
	switch t {
	case export.Fault:
		return cm.Fault, canvas.StFaultBold
	case export.Good:
		return cm.Good, canvas.StGoodBold
	case export.Bad:
		return cm.Bad, canvas.StBadBold
	}
	return " ", canvas.StText
}
