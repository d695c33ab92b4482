package tui

import tea "github.com/charmbracelet/bubbletea"

// editor is a line of text being typed.
type editor struct {
	text []rune
	pos  int // before text[pos]
}

// maxLine bounds what can be typed or pasted.
const maxLine = 4096

func (e *editor) set(s string) {
	e.text = []rune(s)
	e.pos = len(e.text)
}

func (e *editor) String() string { return string(e.text) }

func (e *editor) insert(rs []rune) {
	if len(e.text)+len(rs) > maxLine {
		return
	}
	out := make([]rune, 0, len(e.text)+len(rs))
	out = append(out, e.text[:e.pos]...)
	for _, r := range rs {
		if r == '\n' || r == '\r' || r == '\t' {
			r = ' '
		}
		out = append(out, r)
	}
	n := len(out)
	e.text = append(out, e.text[e.pos:]...)
	e.pos = n
}

// drop removes what lies between the cursor and to.
func (e *editor) drop(to int) {
	to = min(max(to, 0), len(e.text))
	a, b := min(e.pos, to), max(e.pos, to)
	e.text = append(e.text[:a], e.text[b:]...)
	e.pos = a
}

// word returns where the word before or after the cursor ends.
func (e *editor) word(by int) int {
	i := e.pos
	at := func(i int) rune {
		if by < 0 {
			i--
		}
		return e.text[i]
	}
	in := func(i int) bool { return by < 0 && i > 0 || by > 0 && i < len(e.text) }
	for in(i) && at(i) == ' ' {
		i += by
	}
	for in(i) && at(i) != ' ' {
		i += by
	}
	return i
}

// key edits the line; false for a key that is not the editor's.
func (e *editor) key(m tea.KeyMsg) bool {
	switch m.String() {
	case "left", "ctrl+b":
		e.pos = max(e.pos-1, 0)
	case "right", "ctrl+f":
		e.pos = min(e.pos+1, len(e.text))
	case "home", "ctrl+a":
		e.pos = 0
	case "end", "ctrl+e":
		e.pos = len(e.text)
	case "alt+left", "ctrl+left", "alt+b":
		e.pos = e.word(-1)
	case "alt+right", "ctrl+right", "alt+f":
		e.pos = e.word(1)
	case "backspace", "ctrl+h":
		e.drop(e.pos - 1)
	case "delete", "ctrl+d":
		e.drop(e.pos + 1)
	case "ctrl+w", "alt+backspace":
		e.drop(e.word(-1))
	case "ctrl+u":
		e.drop(0)
	case "ctrl+k":
		e.drop(len(e.text))
	default:
		if m.Type != tea.KeyRunes && m.Type != tea.KeySpace || m.Alt {
			return false
		}
		e.insert(m.Runes)
	}
	return true
}

// draw shows the line in w columns, the cursor always in sight, and returns the
// column at which its first character would stand.
func (e *editor) draw(c *canvas, x, y, w int) int {
	cur := textWidth(string(e.text[:e.pos]))
	shift := max(cur-w+2, 0)
	c.inside(rect{x, y, w, 1}, func() {
		at := x - shift
		for i, r := range e.text {
			st := stInput
			if i == e.pos {
				st = stCursor
			}
			at += c.put(at, y, r, st)
		}
		if e.pos == len(e.text) {
			c.put(at, y, ' ', stCursor)
		}
	})
	return x - shift
}
