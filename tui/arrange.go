package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/tui/canvas"
)

// arrangement is how the reader has arranged the screen: which layout, which pane is
// focused, and what stands in its places.
type arrangement struct {
	layout int // index into layouts
	before int // the one before runs were shown side by side
	focus  paneName
	side   int // of the focused pane
	zoomed bool
	recent []paneName          // the panes that were focused, the last at the end
	put    map[string]paneName // by layout and the first pane of a place: another that was put there
}

// slots returns the places of the layout as it is arranged now: below the timeline and what
// the script says, above the line at the bottom.
func (p *program) slots() []slot {
	if p.zoomed {
		top := p.panesTop()
		return []slot{{canvas.R(0, top, p.w, p.h-1-top), []paneName{p.focus}, p.arrangement.side}}
	}
	return p.places()
}

// panesTop is the first row of the panes.
func (p *program) panesTop() int { return 2 + p.captionRows(p.scene) }

// places are those of the layout, whether a pane is zoomed or not.
func (p *program) places() []slot {
	l := &layouts[p.layout]
	slots := l.layout(p.w, p.panesTop(), p.h-1, len(p.sides()), p.scene.lab != "" && !p.scene.crowd())
	for i := range slots {
		sl := &slots[i]
		if other, ok := p.put[l.name+" "+sl.panes[0].String()]; ok && !slices.Contains(sl.panes, other) {
			sl.panes = append(slices.Clone(sl.panes), other)
		}
	}
	return slots
}

// tabOf returns which pane of a place shows: the focused one, else the one that was
// last.
func (p *program) tabOf(sl slot) paneName {
	if slices.Contains(sl.panes, p.focus) {
		return p.focus
	}
	for i := len(p.recent) - 1; i >= 0; i-- {
		if slices.Contains(sl.panes, p.recent[i]) {
			return p.recent[i]
		}
	}
	return sl.panes[0]
}

// holds tells whether the focused pane is one of a place.
func (p *program) holds(sl slot) bool {
	return slices.Contains(sl.panes, p.focus) && (sl.side == p.arrangement.side || p.focus.is(across))
}

// inSight tells whether a pane with a trait shows.
func (p *program) inSight(t trait) bool {
	return slices.ContainsFunc(p.slots(), func(sl slot) bool { return p.tabOf(sl).is(t) })
}

// putInto has a pane stand in a place of the layout, and focuses it.
func (p *program) putInto(sl slot, n paneName) {
	if p.put == nil {
		p.put = map[string]paneName{}
	}
	p.put[layouts[p.layout].name+" "+sl.panes[0].String()] = n
	p.setFocus(n, sl.side)
}

// setFocus puts the focus on a pane.
func (p *program) setFocus(n paneName, side int) {
	p.recent = append(p.recent, p.focus)
	if len(p.recent) > 16 {
		p.recent = p.recent[1:]
	}
	p.focus, p.arrangement.side = n, side
}

// reachable lists the panes of the layout in its order, tabs behind others included.
func (p *program) reachable() []slot {
	var out []slot
	for _, sl := range p.places() {
		for _, n := range sl.panes {
			out = append(out, slot{panes: []paneName{n}, side: sl.side})
		}
	}
	return out
}

// nextPane and previousPane go through the panes.
func (p *program) nextPane() tea.Cmd     { return p.turn(1) }
func (p *program) previousPane() tea.Cmd { return p.turn(-1) }

func (p *program) turn(by int) tea.Cmd {
	all := p.reachable()
	at := slices.IndexFunc(all, p.holds)
	next := all[(max(at, 0)+by+len(all))%len(all)]
	p.setFocus(next.panes[0], next.side)
	return nil
}

// swap puts the next pane of all into the place of the focused one.
func (p *program) swap(by int) tea.Cmd {
	n := len(paneList)
	next := paneName((int(p.focus) + by + n) % n)
	if p.zoomed {
		p.setFocus(next, p.arrangement.side)
		return nil
	}
	places := p.places()
	if i := slices.IndexFunc(places, p.holds); i >= 0 {
		p.putInto(places[i], next)
	}
	return nil
}

func (p *program) zoom() tea.Cmd { p.zoomed = !p.zoomed; return nil }

// nextLayout goes on to the next layout.
func (p *program) nextLayout() tea.Cmd {
	p.setLayout((p.layout + 1) % len(layouts))
	return nil
}

func (p *program) setLayout(i int) {
	p.layout, p.zoomed, p.arrangement.side = i, false, 0
	if all := p.reachable(); !slices.ContainsFunc(all, func(sl slot) bool { return sl.panes[0] == p.focus }) {
		p.setFocus(all[0].panes[0], 0)
	}
	p.say("layout " + layouts[i].name + ": " + layouts[i].doc)
}

// arrangeAs shows a layout with the focus on its first pane.
func (p *program) arrangeAs(layout string) {
	p.layout, p.zoomed = layoutNamed(layout), false
	p.setFocus(p.reachable()[0].panes[0], 0)
}

// showPane brings a pane into sight, wherever the layout has room for it, and focuses it.
func (p *program) showPane(n paneName) {
	for _, sl := range p.reachable() {
		if sl.panes[0] == n {
			p.zoomed = p.zoomed && p.focus == n
			p.setFocus(n, sl.side)
			return
		}
	}
	if p.zoomed {
		p.setFocus(n, 0)
		return
	}
	places := p.places()
	p.putInto(places[len(places)-1], n)
}
