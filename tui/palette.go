package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
	"capsim/tui/canvas"
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

func (pal *palette) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	y := area.Y + area.H - 1
	w := area.W
	c.Blank(canvas.R(area.X, y, w, 1), canvas.StText)
	x := c.Text(area.X, y, ":", canvas.StFocus)
	x = pal.editor.draw(c, x, y, w-2)
	var rows int
	if pal.wrong != "" {
		rows = min(canvas.Height(pal.wrong, w-4), 4)
		c.Blank(canvas.R(area.X, y-rows-1, w, rows+1), canvas.StText)
		c.Fill(area.X, y-rows-1, w, p.Horizontal, canvas.StBad)
		p.prose(c, canvas.R(area.X+2, y-rows, w-4, rows), pal.wrong, nil, canvas.StBadBold, false)
		if text := pal.runes(); pal.wrongAt >= 0 && pal.wrongAt <= len(text) {
			at := x + canvas.TextWidth(string(text[:pal.wrongAt]))
			c.Put(at, y-rows-1, 'v', canvas.StBadBold)
			c.Restyle(at, y, max(pal.wordWidth(pal.wrongAt), 1), canvas.StBadFill)
		}
		return
	}
	rows = min(len(pal.offers), maxOffers)
	first := min(max(pal.chosen-rows/2, 0), len(pal.offers)-rows)
	hint := min(canvas.Height(pal.hint, w-4), 3)
	if pal.hint == "" {
		hint = 0
	}
	if rows+hint == 0 {
		return
	}
	top := y - rows - hint - 1
	c.Blank(canvas.R(area.X, top, w, rows+hint+1), canvas.StText)
	c.Fill(area.X, top, w, p.Horizontal, canvas.StFocus)
	x = c.Text(area.X+2, top, " tab: complete   enter: do it   esc: back ", canvas.StDim)
	if len(pal.offers) > rows {
		c.TextIn(x, top, area.X+w-x, " "+itoa(first+1)+" to "+itoa(first+rows)+" of "+itoa(len(pal.offers))+" ", canvas.StDim)
	}
	p.prose(c, canvas.R(area.X+2, top+1, w-4, hint), pal.hint, nil, canvas.StFault, false)
	for i := range rows {
		o := pal.offers[first+i]
		st := canvas.StText
		if first+i == pal.chosen {
			st = canvas.StSelect
		}
		at := c.TextIn(area.X+2, y-rows+i, min(w-4, 40), o.word, st)
		c.TextIn(max(at+2, area.X+30), y-rows+i, w-max(at+4, area.X+32), o.doc, canvas.StDim)
	}
}

// wordWidth returns the columns of the word that begins at i.
func (pal *palette) wordWidth(i int) int {
	w := 0
	for _, r := range pal.runes()[i:] {
		if r == ' ' {
			break
		}
		w += canvas.RuneWidth(r)
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

func (d *prompt) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	r := p.window(c, area, d.title, min(60, area.W-8), 3)
	d.editor.draw(c, r.X, r.Y, r.W)
	c.Text(r.X, r.Y+2, "enter: "+d.does+"   esc: back", canvas.StDim)
}
