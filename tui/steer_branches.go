package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// replaced keeps the run that another took the place of, and begins a branch for that.
func (p *program) replaced(m *ranMsg) {
	t := &p.tree
	if m.what == jobOpen {
		t.begin(m.run)
		return
	}
	p.leave()
	switch m.what {
	case jobCommand:
		b := t.fork(m.run, m.at, m.line)
		b.dirty = true
	case jobUndo:
		t.undo(m.run, cursor{m.snap.log.Len(), m.snap.now})
		t.current.dirty = m.snap.live
	case jobCompare:
		b := t.fork(m.run, p.scene.cursor, "")
		b.name = strings.Join(m.names, " | ")
	case jobSwitch:
		t.current, t.chosen = m.into, nil
		m.snap.recording = m.into.record
		for i := range m.snap.parts {
			m.snap.parts[i].recording = m.into.more[i]
		}
	}
}

// leave keeps what is on the screen in its branch.
func (p *program) leave() {
	s, b := p.scene, p.tree.current
	b.record, b.cursor, b.verdict, b.more = s.record, s.cursor, s.verdict, nil
	for _, other := range p.all[1:] {
		b.more = append(b.more, other.record)
	}
	s.playing = false
}

// switched shows a branch as it was left.
func (p *program) switched(b *branch) {
	s := p.scene
	s.cursor, s.verdict = b.cursor, b.verdict
	s.playing, p.goal, p.guess = false, 0, nil
	p.overlays = slices.DeleteFunc(p.overlays, func(o overlay) bool { _, asks := o.(*ask); return asks })
	p.showSides()
	p.say("this is " + printable(b.name) + ", as it was left")
}

// switchTo shows another branch of the tree.
func (p *program) switchTo(b *branch) tea.Cmd {
	if p.waits() {
		return nil
	}
	if b == p.tree.current {
		p.say(printable(b.name) + " is what is shown")
		return nil
	}
	p.scene.playing = false
	return p.start(switchTo(b))
}

// closeRuns closes runs that left the tree.
func (p *program) closeRuns(runs []run) tea.Cmd {
	if len(runs) == 0 {
		return nil
	}
	return p.start(closing(runs))
}

// closeBranch gives a branch up.
func (p *program) closeBranch(b *branch) tea.Cmd {
	switch {
	case p.waits():
		return nil
	case b == p.tree.current:
		p.warn(printable(b.name) + " is what is shown: switch to another first")
		return nil
	case !p.tree.remove(b):
		p.warn("the first run stays; R begins it again")
		return nil
	}
	p.say(printable(b.name) + " is closed")
	return p.closeRuns([]run{b.run})
}

// showForks brings the list of runs into sight.
func (p *program) showForks() tea.Cmd {
	p.showPane(paneThat(futures))
	return nil
}

// branch does with a run of the tree what a pane asked for.
func (p *program) branch(b *branch, does branchAct) tea.Cmd {
	if !slices.Contains(p.tree.all, b) {
		p.warn(printable(b.name) + " is closed")
		return nil
	}
	p.tree.chosen = b
	switch does {
	case switchBranch:
		return p.switchTo(b)
	case renameBranch:
		d := newPrompt("another name for "+printable(b.name), b.name, func(name string) tea.Cmd {
			b.rename(name)
			return nil
		})
		d.does = "rename"
		p.openOverlay(d)
	case compareBranch:
		return p.compareWith(b)
	case closeBranch:
		if !b.dirty || b == p.tree.current {
			return p.closeBranch(b)
		}
		p.openOverlay(&confirm{printable(b.name) + " holds commands that are not saved. Close it all the same?", func() tea.Cmd { return p.closeBranch(b) }})
	}
	return nil
}
