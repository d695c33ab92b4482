package tui

import (
	caret "github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"capsim/tui/canvas"
)

// editor is a line of text being typed: a text input of bubbles, drawn on the canvas.
type editor struct{ textinput.Model }

// maxLine bounds what can be typed or pasted, in characters.
const maxLine = 4096

func newEditor(text string) editor {
	e := editor{textinput.New()}
	e.CharLimit = maxLine
	e.Cursor.SetMode(caret.CursorStatic)
	// The terminal pastes, as keys. Deleting the last word forward panics in bubbles 1.0.0.
	e.KeyMap.Paste, e.KeyMap.DeleteWordForward = key.Binding{}, key.Binding{}
	e.Focus()
	e.set(text)
	return e
}

func (e *editor) set(s string) {
	e.SetValue(s)
	e.CursorEnd()
}

func (e *editor) runes() []rune { return []rune(e.Value()) }

// before returns the text before the cursor.
func (e *editor) before() string { return string(e.runes()[:e.Position()]) }

// key edits the line, and tells whether it did anything.
func (e *editor) key(m tea.KeyMsg) bool {
	if m.Alt && m.Type == tea.KeyRunes && !key.Matches(m, e.KeyMap.WordForward, e.KeyMap.WordBackward) {
		return false // alt and a letter is no letter
	}
	text, pos := e.Value(), e.Position()
	e.Model, _ = e.Update(m)
	return e.Value() != text || e.Position() != pos
}

// draw shows the line in w columns, the cursor always in sight, and returns the
// column at which its first character would stand.
func (e *editor) draw(c *canvas.Canvas, x, y, w int) int {
	text, pos := e.runes(), e.Position()
	shift := max(canvas.TextWidth(e.before())-w+2, 0)
	c.Inside(canvas.R(x, y, w, 1), func() {
		at := x - shift
		for i, r := range append(text, ' ') {
			switch {
			case i == pos:
				at += c.Put(at, y, r, canvas.StCursor)
			case i < len(text):
				at += c.Put(at, y, r, canvas.StInput)
			}
		}
	})
	return x - shift
}
