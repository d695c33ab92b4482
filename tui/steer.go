package tui

import (
	"errors"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
)

// ran takes in the end of a job.
func (p *program) ran(m ranMsg) tea.Cmd {
	next := p.jobs.done(m)
	p.moved = true
	s := p.scene
	if m.run != nil {
		if m.old != nil || m.what == jobOpen {
			p.replaced(&m)
		}
		p.take(m.snap)
		p.closeGone()
	}
	if p.again && !p.steered() {
		p.again = false
		return tea.Batch(next, p.reset())
	}
	switch {
	case m.what == jobSave:
		p.wroteFile(m)
		return next
	case m.what == jobDisk:
		return tea.Batch(next, p.diskReady(m.disk))
	case m.err != nil:
		return tea.Batch(next, p.failed(m))
	}
	next = tea.Batch(next, p.goOn(m))
	if m.then != nil {
		next = tea.Batch(next, m.then(p))
	}
	next = tea.Batch(next, p.closeRuns(p.tree.trim()))
	if s.over && s.live() && s.playing {
		s.playing = false
		p.sayEnd()
	}
	p.reveal()
	return tea.Batch(next, p.pose())
}

// goOn goes to where a job that was done has brought the run, and says what it did.
func (p *program) goOn(m ranMsg) tea.Cmd {
	s := p.scene
	switch m.what {
	case jobOpen:
		s.cursor, s.speed, s.pinned = cursor{}, normal, false
		p.overlays, p.guess, p.stopped, p.notice = nil, nil, "", notice{}
		p.opened()
		return p.play(true)
	case jobRunTo:
		if s.playing || m.to > 0 {
			p.moveTo(min(max(m.to, s.at), s.now))
		}
		if p.goal == m.to && s.now < m.to && !s.over && p.pending == nil && !p.busy {
			return p.start(runTo(m.to, p.clock)) // the rest of the way
		}
	case jobStep:
		if p.comparing() {
			p.stepTo(1)
			break
		}
		s.n = min(s.n+1, s.log.Len())
		s.at = p.instantOf(s.n)
	case jobCommand:
		p.commanded(m)
	case jobUndo:
		if m.old == nil {
			p.warn("nothing to undo")
			break
		}
		s.cursor = cursor{s.log.Len(), s.now}
		p.say("undone; the run goes on from here without it (f shows it beside this one)")
	case jobSwitch:
		p.switched(m.into)
	case jobCompare:
		p.moveTo(s.now)
		p.showSides()
		p.say("side by side; a command reaches all of them, v goes back")
	}
	return nil
}

// take shows what a job left of the run on the screen.
func (p *program) take(snap snapshot) {
	s := p.scene
	if snap.recording != nil && snap.recording != s.record {
		p.fileName = snap.script.Name
	}
	s.take(snap)
	p.takeSides(snap)
	p.pending, p.liveRun = snap.question, snap.live
	if s.asking != p.pending {
		s.asking = nil
	}
}

// commanded goes to where a command took effect, and says what came of it.
func (p *program) commanded(m ranMsg) {
	s := p.scene
	if m.old == nil {
		b := p.tree.current
		b.lines, b.dirty = append(b.lines, m.line), true
		p.say(m.line)
	} else {
		p.say(m.line + " (forked here: another future; u goes back to the one before)")
	}
	for _, w := range m.snap.warnings {
		p.warn(m.line + ": " + printable(w.Message()))
	}
	if m.from != nil {
		p.closeOverlay(m.from)
		p.history.add(m.line)
	}
	s.cursor = cursor{s.log.Len(), s.now}
}

// failed says why a job could not be done.
func (p *program) failed(m ranMsg) tea.Cmd {
	var problems scenarios.Problems
	s := p.scene
	switch {
	case errors.As(m.err, &problems) && m.from != nil:
		m.from.fail(problems)
	case errors.As(m.err, &problems) && len(problems) > 0:
		p.warn(problems[0].Message())
	case m.what == jobCompare:
		p.warn(m.err.Error())
	case m.from != nil:
		m.from.failText(m.err.Error())
	case errors.Is(m.err, errNoRun), m.err.Error() == p.stopped, m.run != nil && m.snap.stopped == nil: // it can go on
		s.playing = false
		p.warn(printable(m.err.Error()))
	default:
		s.playing = false
		p.moveTo(s.now)
		p.stopped = m.err.Error()
		p.overlays = append(p.overlays, newMessage("The run has stopped", m.err.Error(),
			"What was recorded so far is kept: ← → scrub through it, a command given in the past goes on from there in memory, and R begins again."))
	}
	return nil
}

// pose shows the question that the run waits at, once the cursor is there.
func (p *program) pose() tea.Cmd {
	s := p.scene
	if p.pending == nil || p.pending == p.looking || !s.live() && s.at < p.pending.At {
		return nil
	}
	s.asking = p.pending
	for _, o := range p.overlays {
		if _, asked := o.(*ask); asked {
			return nil
		}
	}
	s.playing = false
	s.cursor = cursor{s.log.Len(), s.now}
	p.moved = true
	p.overlays = append(p.overlays, newAsk(p.pending))
	return nil
}

// waits tells, and says, that the run at hand is about to be another.
func (p *program) waits() bool {
	if !p.steered() {
		return false
	}
	p.warn("the last command is still being done; try again")
	return true
}

// command gives a line of the script language: now, or, if the cursor stands in
// the past, in a fork of the run there.
func (p *program) command(line string, from *palette) tea.Cmd {
	s := p.scene
	if !s.live() && p.waits() { // the cursor is one of the run that is still shown
		if from != nil {
			from.failText(p.notice.text)
		}
		return nil
	}
	return p.start(command(line, from, !s.live(), s.cursor))
}

// undo takes the last command back; a fork's first by going back to where it forked
// from.
func (p *program) undo() tea.Cmd {
	if p.waits() {
		return nil
	}
	b := p.tree.current
	if len(b.lines) > 0 || b.parent == nil {
		return p.start(undoLast())
	}
	return p.switchTo(b.parent)
}

// reset puts the lesson back to its beginning.
func (p *program) reset() tea.Cmd {
	p.scene.playing = false
	p.say("beginning again…")
	if p.steered() {
		p.again = true
		return nil
	}
	before := slices.DeleteFunc(p.tree.runs(), func(r run) bool { return r == p.run })
	p.tree = tree{}
	return p.start(open(p.opener, before))
}
