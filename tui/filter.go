package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/tui/canvas"
)

// passes tells whether a text holds what the reader filters by, in any case of its letters;
// without a filter every text passes.
func (s *scene) passes(text string) bool {
	return s.filter == "" || strings.Contains(strings.ToLower(text), s.filter)
}

// filtered adds the filter to the title of a pane that heeds it.
func (s *scene) filtered(title string) string {
	if s.filter == "" {
		return title
	}
	return title + " /" + printable(s.filter)
}

// filterInput takes the filter in the last line, and filters while it is typed.
type filterInput struct{ editor }

func (p *program) openFilter() tea.Cmd {
	p.openOverlay(&filterInput{newEditor(p.scene.filter)})
	return nil
}

// setFilter filters the lists of all runs shown.
func (p *program) setFilter(text string) {
	for _, s := range p.sides() {
		s.filter = strings.ToLower(text)
	}
}

func (d *filterInput) key(p *program, m tea.KeyMsg) tea.Cmd {
	switch m.String() {
	case "esc":
		d.set("")
		p.closeOverlay(d)
	case "enter":
		p.closeOverlay(d)
	default:
		d.editor.key(m)
	}
	p.setFilter(strings.TrimSpace(d.Value()))
	return nil
}

func (d *filterInput) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	y := area.Y + area.H - 1
	const hint = "enter: keep   esc: all"
	c.Blank(canvas.R(area.X, y, area.W, 1), canvas.StText)
	c.Right(area.X+area.W-1, y, hint, canvas.StDim)
	x := c.Text(area.X, y, "/", canvas.StFocus)
	d.editor.draw(c, x, y, area.W-x-len(hint)-3)
}
