package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// overlay is something in front of the panes that takes all keys until it closes.
type overlay interface {
	key(p *program, m tea.KeyMsg) tea.Cmd
	draw(p *program, c *canvas, area rect)
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

// window draws an empty box of that size in the middle of an area and returns its
// inside.
func (p *program) window(c *canvas, area rect, title string, w, h int) rect {
	w, h = min(w+4, area.w), min(h+2, area.h)
	r := rect{area.x + (area.w-w)/2, area.y + (area.h-h)/2, w, h}
	c.blank(r, stText)
	p.border(c, r, []string{title}, 0, true)
	return r.inset(2, 1)
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

func (m *menu) draw(p *program, c *canvas, area rect) {
	w := textWidth(m.title) + 4
	for _, it := range m.items {
		w = max(w, textWidth(it.label)+textWidth(it.off)+8)
	}
	r := p.window(c, area, m.title, w, len(m.items)+2)
	for i, it := range m.items {
		st := stText
		switch {
		case it.off != "":
			st = stDim
		case i == m.chosen:
			st = stSelect
		}
		if i == m.chosen {
			c.fill(r.x, r.y+i, r.w, ' ', st)
			c.text(r.x, r.y+i, p.here, stFocus)
		}
		if i < 9 {
			p.keyZone(c, rect{r.x, r.y + i, r.w, 1}, itoa(i+1))
			c.text(r.x+2, r.y+i, itoa(i+1), stDim)
		}
		x := c.textIn(r.x+4, r.y+i, r.w-4, it.label, st)
		if it.off != "" {
			c.textIn(x+2, r.y+i, r.x+r.w-x-2, it.off, stDim)
		}
	}
	c.textIn(r.x, r.y+len(m.items)+1, r.w, "enter: choose   esc: back", stDim)
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

func (d *confirm) draw(p *program, c *canvas, area rect) {
	w := min(textWidth(d.text), area.w-8)
	r := p.window(c, area, "sure?", w, height(d.text, w)+2)
	p.prose(c, r, d.text, nil, stText, false)
	c.text(r.x, r.y+r.h-1, "y: yes   n: no", stDim)
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

func (d *notes) draw(p *program, c *canvas, area rect) {
	w := min(70, area.w-8)
	n := height(d.text, w)
	r := p.window(c, area, d.title, w, n+height(d.help, w)+3)
	p.prose(c, rect{r.x, r.y, r.w, n}, d.text, nil, stBadBold, false)
	p.prose(c, rect{r.x, r.y + n + 1, r.w, r.h - n - 2}, d.help, nil, stText, false)
	c.text(r.x, r.y+r.h-1, "esc: back", stDim)
}
