package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"capsim/model"
)

// mouse gives an event of the mouse to what lies under it.
func (p *program) mouse(m tea.MouseMsg) tea.Cmd {
	if p.tooSmall() {
		return nil
	}
	z := p.find(m.X, m.Y)
	if z != nil && z.side >= len(p.all) {
		return nil // what is drawn there is gone
	}
	switch {
	case m.Action == tea.MouseActionRelease:
		p.dragging = false
		return nil
	case m.Action == tea.MouseActionMotion:
		if p.dragging {
			return p.toColumn(m.X)
		}
		return nil
	case m.Button == tea.MouseButtonWheelUp:
		return p.wheel(z, "up")
	case m.Button == tea.MouseButtonWheelDown:
		return p.wheel(z, "down")
	case m.Button != tea.MouseButtonLeft || z == nil:
		return nil
	}
	p.notice, p.goal = notice{}, 0
	return p.click(*z, m.X)
}

// click does what a zone is for. Zones of an overlay lie above all others.
func (p *program) click(z zone, x int) tea.Cmd {
	if len(p.overlays) > 0 && z.act != zoneKey {
		return nil
	}
	switch z.act {
	case zoneKey:
		if z.pane >= 0 { // the key may be that pane's own
			p.setFocus(z.pane, z.side)
		}
		return p.key(keyPress(z.key))
	case zoneTime:
		p.dragging = true
		return p.toColumn(x)
	}
	if z.pane >= 0 {
		p.setFocus(z.pane, z.side)
	}
	switch {
	case z.act == zonePane:
		return nil
	case z.act == zoneBranch && z.run == p.tree.chosen:
		return p.switchTo(z.run)
	case z.act == zoneBranch:
		return p.branch(z.run, chooseBranch)
	}
	if z.of == p.focused().picked {
		return p.askWhy(z.of)
	}
	return p.request(request{pick: z.of})
}

// wheel turns the pane under the mouse, or time over the timeline.
func (p *program) wheel(z *zone, k string) tea.Cmd {
	switch {
	case len(p.overlays) > 0:
		return p.overlays[len(p.overlays)-1].key(p, keyPress(k))
	case z == nil:
		return nil
	case z.act == zoneTime:
		d := scrub
		if k == "up" {
			d = -scrub
		}
		return p.moveBy(d)
	case z.pane >= 0:
		if req, ok := p.panes[z.pane].key(p.sides()[z.side], k); ok {
			return p.request(req)
		}
	}
	return nil
}

// toColumn goes to the instant that stands at a column of the timeline.
func (p *program) toColumn(x int) tea.Cmd {
	p.scene.playing = false
	return p.advance(p.bar.instant(x))
}

// timeBar is where the timeline stands, and what it stands for.
type timeBar struct {
	x0, w int
	end   model.Time
}

// column returns where an instant stands.
func (b timeBar) column(t model.Time) int {
	return b.x0 + int(int64(min(t, b.end))*int64(b.w-1)/int64(b.end))
}

// instant returns what stands at a column.
func (b timeBar) instant(x int) model.Time {
	if b.w < 2 {
		return 0
	}
	return min(max(model.Time(int64(x-b.x0)*int64(b.end)/int64(b.w-1)), 0), b.end)
}

// toggleMouse gives the mouse back to the terminal, so that text can be selected with it.
// The screen tells the terminal.
func (p *program) toggleMouse() tea.Cmd {
	p.mouseOff = !p.mouseOff
	if p.mouseOff {
		p.say("the mouse is the terminal's: select text with it; m takes it back")
		return nil
	}
	p.say("the mouse selects nodes, links, versions, messages and instants")
	return nil
}

// keyPress is the message of a key by its name.
func keyPress(name string) tea.KeyMsg {
	switch name {
	case "up":
		return tea.KeyMsg{Type: tea.KeyUp}
	case "down":
		return tea.KeyMsg{Type: tea.KeyDown}
	case "left":
		return tea.KeyMsg{Type: tea.KeyLeft}
	case "right":
		return tea.KeyMsg{Type: tea.KeyRight}
	case "enter":
		return tea.KeyMsg{Type: tea.KeyEnter}
	case "esc":
		return tea.KeyMsg{Type: tea.KeyEsc}
	case "tab":
		return tea.KeyMsg{Type: tea.KeyTab}
	case " ":
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}
