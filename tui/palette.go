package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
)

// palette takes a line of the script language, with completion, history, and the
// error in its place.
type palette struct {
	editor
	offers  []offer
	hint    string // what the line is about
	chosen  int
	wrong   string // what is wrong with the line that was given
	wrongAt int    // its column, from 0; -1 for none
	past    int    // how far back in history the line is; 0: a new one
	draft   string
	sent    bool // the line was given, and nothing has come of it yet
}

func (p *program) openPalette() tea.Cmd { return p.openPaletteWith("") }

func (p *program) openPaletteWith(line string) tea.Cmd {
	pal := &palette{editor: newEditor(line), wrongAt: -1}
	pal.complete(p)
	p.openOverlay(pal)
	return nil
}

func (pal *palette) complete(p *program) {
	pal.offers, pal.hint = offersFor(p, pal.before()), p.hint(pal.before())
	pal.chosen = -1
}

func (pal *palette) key(p *program, m tea.KeyMsg) tea.Cmd {
	switch m.String() {
	case "esc":
		p.closeOverlay(pal)
		return nil
	case "enter":
		line := strings.TrimSpace(pal.Value())
		if line == "" {
			p.closeOverlay(pal)
			return nil
		}
		if pal.sent {
			return nil
		}
		pal.sent = true
		return p.obey(line, pal)
	case "tab":
		pal.take(p, 1)
		return nil
	case "shift+tab":
		pal.take(p, -1)
		return nil
	case "up", "ctrl+p":
		pal.recall(p, 1)
		return nil
	case "down", "ctrl+n":
		pal.recall(p, -1)
		return nil
	}
	if pal.editor.key(m) {
		pal.wrong, pal.wrongAt = "", -1
		pal.complete(p)
	}
	return nil
}

// take puts the next offer into the line.
func (pal *palette) take(p *program, by int) {
	n := len(pal.offers)
	if n == 0 {
		return
	}
	if pal.chosen < 0 && by < 0 {
		pal.chosen = 0
	}
	pal.chosen = (pal.chosen + by + n) % n
	o := pal.offers[pal.chosen]
	pal.set(o.line + strings.TrimPrefix(pal.Value(), pal.before()))
	pal.SetCursor(len([]rune(o.line)))
	if n == 1 {
		pal.complete(p)
	}
}

// recall goes through the lines that were given before.
func (pal *palette) recall(p *program, by int) {
	if pal.past == 0 {
		pal.draft = pal.Value()
	}
	pal.past = min(max(pal.past+by, 0), len(p.history.lines))
	if pal.past == 0 {
		pal.set(pal.draft)
	} else {
		pal.set(p.history.lines[len(p.history.lines)-pal.past])
	}
	pal.complete(p)
}

// fail shows what is wrong with the line, under the word that is.
func (pal *palette) fail(ps scenarios.Problems) {
	pal.sent = false
	if len(ps) > 0 {
		pal.wrong, pal.wrongAt = ps[0].Message(), ps[0].Pos.Col-1
	}
}

func (pal *palette) failText(text string) {
	pal.sent, pal.wrong, pal.wrongAt = false, printable(text), -1
}

// maxOffers is how many completions are shown at once.
const maxOffers = 8

func (pal *palette) draw(p *program, c *canvas, area rect) {
	y := area.y + area.h - 1
	w := area.w
	c.blank(rect{area.x, y, w, 1}, stText)
	x := c.text(area.x, y, ":", stFocus)
	x = pal.editor.draw(c, x, y, w-2)
	var rows int
	if pal.wrong != "" {
		rows = min(height(pal.wrong, w-4), 4)
		c.blank(rect{area.x, y - rows - 1, w, rows + 1}, stText)
		c.fill(area.x, y-rows-1, w, p.horizontal, stBad)
		p.prose(c, rect{area.x + 2, y - rows, w - 4, rows}, pal.wrong, nil, stBadBold, false)
		if text := pal.runes(); pal.wrongAt >= 0 && pal.wrongAt <= len(text) {
			at := x + textWidth(string(text[:pal.wrongAt]))
			c.put(at, y-rows-1, 'v', stBadBold)
			c.restyle(at, y, max(pal.wordWidth(pal.wrongAt), 1), stBadFill)
		}
		return
	}
	rows = min(len(pal.offers), maxOffers)
	first := min(max(pal.chosen-rows/2, 0), len(pal.offers)-rows)
	hint := min(height(pal.hint, w-4), 3)
	if pal.hint == "" {
		hint = 0
	}
	if rows+hint == 0 {
		return
	}
	top := y - rows - hint - 1
	c.blank(rect{area.x, top, w, rows + hint + 1}, stText)
	c.fill(area.x, top, w, p.horizontal, stFocus)
	x = c.text(area.x+2, top, " tab: complete   enter: do it   esc: back ", stDim)
	if len(pal.offers) > rows {
		c.textIn(x, top, area.x+w-x, " "+itoa(first+1)+" to "+itoa(first+rows)+" of "+itoa(len(pal.offers))+" ", stDim)
	}
	p.prose(c, rect{area.x + 2, top + 1, w - 4, hint}, pal.hint, nil, stFault, false)
	for i := range rows {
		o := pal.offers[first+i]
		st := stText
		if first+i == pal.chosen {
			st = stSelect
		}
		at := c.textIn(area.x+2, y-rows+i, min(w-4, 40), o.word, st)
		c.textIn(max(at+2, area.x+30), y-rows+i, w-max(at+4, area.x+32), o.doc, stDim)
	}
}

// wordWidth returns the columns of the word that begins at i.
func (pal *palette) wordWidth(i int) int {
	w := 0
	for _, r := range pal.runes()[i:] {
		if r == ' ' {
			break
		}
		w += runeWidth(r)
	}
	return w
}

// prompt asks for a line of text that is no command.
type prompt struct {
	editor
	title string
	enter func(string) tea.Cmd
	does  string // what enter does
}

func newPrompt(title, text string, enter func(string) tea.Cmd) *prompt {
	return &prompt{newEditor(text), title, enter, "save"}
}

func (d *prompt) key(p *program, m tea.KeyMsg) tea.Cmd {
	switch m.String() {
	case "esc":
		p.closeOverlay(d)
	case "enter":
		p.closeOverlay(d)
		return d.enter(strings.TrimSpace(d.Value()))
	default:
		d.editor.key(m)
	}
	return nil
}

func (d *prompt) draw(p *program, c *canvas, area rect) {
	r := p.window(c, area, d.title, min(60, area.w-8), 3)
	d.editor.draw(c, r.x, r.y, r.w)
	c.text(r.x, r.y+2, "enter: "+d.does+"   esc: back", stDim)
}
