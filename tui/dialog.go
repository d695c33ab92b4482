package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/tui/canvas"
)

// overlay is something in front of the panes that takes all keys until it closes.
type overlay interface {
	key(p *program, m tea.KeyMsg) tea.Cmd
	draw(p *program, c *canvas.Canvas, area canvas.Rect)
}

func (p *program) openOverlay(o overlay) { p.overlays = append(p.overlays, o) }

func (p *program) closeOverlay(o overlay) {
	for i, x := range p.overlays {
		if x == o {
			p.overlays = append(p.overlays[:i], p.overlays[i+1:]...)
			return
		}
	}
}

// runBound is an overlay that speaks of one run.
type runBound interface {
	// gone tells whether another run has taken its place on the screen.
	gone(p *program) bool
}

// closeGone closes what speaks of a run that is no longer shown: a job that was under way
// when it was opened can bring another.
func (p *program) closeGone() {
	p.overlays = slices.DeleteFunc(p.overlays, func(o overlay) bool {
		b, bound := o.(runBound)
		return bound && b.gone(p)
	})
}

// window draws an empty box of that size in the middle of an area and returns its
// inside.
func (p *program) window(c *canvas.Canvas, area canvas.Rect, title string, w, h int) canvas.Rect {
	w, h = min(w+4, area.W), min(h+2, area.H)
	r := canvas.R(area.X+(area.W-w)/2, area.Y+(area.H-h)/2, w, h)
	c.Blank(r, canvas.StText)
	p.Border(c, r, []string{title}, 0, true)
	return r.Inset(2, 1)
}

// item is a line of a menu.
type item struct {
	label string
	line  string         // the command; "…" at its end: to be completed in the palette
	off   string         // why it can't be chosen; "" if it can
	do    func() tea.Cmd // what else it does than give a command
}

// menu lets one of a few commands be chosen.
type menu struct {
	title  string
	items  []item
	chosen int
}

func (p *program) openMenu(title string, items []item) tea.Cmd {
	m := &menu{title: title, items: items}
	for m.chosen < len(items)-1 && items[m.chosen].off != "" {
		m.chosen++
	}
	p.openOverlay(m)
	return nil
}

func (m *menu) key(p *program, k tea.KeyMsg) tea.Cmd {
	s := k.String()
	switch s {
	case "esc", "q":
		p.closeOverlay(m)
	case "up", "k":
		m.chosen = (m.chosen + len(m.items) - 1) % len(m.items)
	case "down", "j":
		m.chosen = (m.chosen + 1) % len(m.items)
	case "enter", " ":
		return m.choose(p)
	default:
		if n := int(s[0] - '0'); len(s) == 1 && n >= 1 && n <= len(m.items) {
			m.chosen = n - 1
			return m.choose(p)
		}
	}
	return nil
}

func (m *menu) choose(p *program) tea.Cmd {
	it := m.items[m.chosen]
	if it.off != "" {
		p.warn(it.off)
		return nil
	}
	p.closeOverlay(m)
	if it.do != nil {
		return it.do()
	}
	if line, open := strings.CutSuffix(it.line, "…"); open {
		return p.openPaletteWith(line)
	}
	return p.command(it.line, nil)
}

func (m *menu) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	w := canvas.TextWidth(m.title) + 4
	for _, it := range m.items {
		w = max(w, canvas.TextWidth(it.label)+canvas.TextWidth(it.off)+8)
	}
	r := p.window(c, area, m.title, w, len(m.items)+2)
	for i, it := range m.items {
		st := canvas.StText
		switch {
		case it.off != "":
			st = canvas.StDim
		case i == m.chosen:
			st = canvas.StSelect
		}
		if i == m.chosen {
			c.Fill(r.X, r.Y+i, r.W, ' ', st)
			c.Text(r.X, r.Y+i, p.Here, canvas.StFocus)
		}
		if i < 9 {
			p.keyZone(c, canvas.R(r.X, r.Y+i, r.W, 1), itoa(i+1))
			c.Text(r.X+2, r.Y+i, itoa(i+1), canvas.StDim)
		}
		x := c.TextIn(r.X+4, r.Y+i, r.W-4, it.label, st)
		if it.off != "" {
			c.TextIn(x+2, r.Y+i, r.X+r.W-x-2, it.off, canvas.StDim)
		}
	}
	c.TextIn(r.X, r.Y+len(m.items)+1, r.W, "enter: choose   esc: back", canvas.StDim)
}

// confirm asks y or n.
type confirm struct {
	text string
	yes  func() tea.Cmd
}

func (d *confirm) key(p *program, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "y", "Y":
		p.closeOverlay(d)
		return d.yes()
	case "n", "N", "esc", "q":
		p.closeOverlay(d)
	}
	return nil
}

func (d *confirm) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	w := min(canvas.TextWidth(d.text), area.W-8)
	r := p.window(c, area, "sure?", w, canvas.Height(d.text, w)+2)
	p.prose(c, r, d.text, nil, canvas.StText, false)
	c.Text(r.X, r.Y+r.H-1, "y: yes   n: no", canvas.StDim)
}

// notes tells something that is too long for a line.
type notes struct{ title, text, help string }

func newMessage(title, text, help string) overlay { return &notes{title, printable(text), help} }

func (d *notes) key(p *program, k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "enter", " ", "q":
		p.closeOverlay(d)
	}
	return nil
}

func (d *notes) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	w := min(70, area.W-8)
	n := canvas.Height(d.text, w)
	r := p.window(c, area, d.title, w, n+canvas.Height(d.help, w)+3)
	p.prose(c, canvas.R(r.X, r.Y, r.W, n), d.text, nil, canvas.StBadBold, false)
	p.prose(c, canvas.R(r.X, r.Y+n+1, r.W, r.H-n-2), d.help, nil, canvas.StText, false)
	c.Text(r.X, r.Y+r.H-1, "esc: back", canvas.StDim)
}

// askQuit quits, but asks first if live commands would be lost.
func (p *program) askQuit() tea.Cmd {
	return p.leaving("Quit", func() tea.Cmd { return tea.Quit })
}

// leaving does what gives all runs up, but asks first if live commands would be lost.
func (p *program) leaving(word string, do func() tea.Cmd) tea.Cmd {
	lost := p.tree.unsaved()
	if lost == nil {
		return do()
	}
	what := "This session holds"
	if lost != p.tree.current {
		what = "Another run, " + printable(lost.name) + " (f shows it), holds"
	}
	p.openOverlay(&confirm{what + " commands that are not saved (s saves them). " + word + " all the same?", do})
	return nil
}
