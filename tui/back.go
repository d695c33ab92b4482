package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
)

// back undoes what was last done to the screen, a step each time, until it is as it was when
// the lesson was opened.
func (p *program) back() tea.Cmd {
	p.moved = true
	switch {
	case p.zoomed:
		p.zoomed = false
	case p.scene.filter != "":
		p.setFilter("")
		p.say("no filter: all is shown")
	case p.comparing():
		return p.leaveCompare()
	case p.selected():
		for _, s := range p.sides() {
			s.node, s.picked, s.pinned = 0, export.Subject{}, false
		}
		p.say("nothing is selected now")
	case p.rearranged():
		p.put = nil
		p.arrangeAs(p.homeLayout())
	case !p.scene.live():
		p.say("this is the past: end goes to where the run is, space plays on")
	case !p.hadNotice: // else that is what went back
		p.say("nothing to go back from: q quits, ? lists all keys")
	}
	return nil
}

// canGoBack tells whether esc has anything to undo.
func (p *program) canGoBack() bool {
	return p.zoomed || p.scene.filter != "" || p.comparing() || p.selected() || p.rearranged()
}

// selected tells whether anything is selected.
func (p *program) selected() bool {
	return p.focused().picked.Kind != export.NoSubject || p.focused().node != 0
}

// rearranged tells whether other panes are shown than when the lesson was opened.
func (p *program) rearranged() bool {
	return layouts[p.layout].name != p.homeLayout() || len(p.put) > 0
}

// homeLayout names the layout that the script opened with.
func (p *program) homeLayout() string {
	if c := p.scene.course; c != nil && c.lesson != nil {
		return teaching
	}
	return exploring
}
