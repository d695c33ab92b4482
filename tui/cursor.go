package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/model"
)

// tick moves the cursor on while playing.
func (p *program) tick(now time.Time) tea.Cmd {
	p.ticking = false
	s := p.scene
	if !s.playing {
		return nil
	}
	dt := max(min(now.Sub(p.ticked), 4*frame), 0) // the tick may have been sent before play began again
	p.ticked = now
	switch {
	case s.showing: // there is something else to be seen first
	case !p.inSight(reading):
		s.skipText()
	case s.reads(dt):
		p.moved = true
		p.reveal()
		return p.beat()
	}
	return tea.Batch(p.advance(s.untilText(s.at.Add(s.speed.of(dt)))), p.beat())
}

// advance moves the cursor to an instant, running on if the run has not come so far.
func (p *program) advance(to model.Time) tea.Cmd {
	s := p.scene
	p.moved, p.looking = true, nil
	p.reveal()
	switch {
	case to <= s.now || s.over:
		p.moveTo(min(to, s.now))
		if s.over && s.live() && s.playing {
			s.playing = false
			p.sayEnd()
		}
		return p.pose()
	case p.pending != nil:
		p.moveTo(s.now)
		return p.pose()
	case p.busy:
		p.moveTo(s.now)
		return nil
	}
	to = min(to, s.end)
	p.goal = 0
	if !s.playing {
		p.goal = to
	}
	return p.start(runTo(to, p.clock))
}

// moveTo puts the cursor at an instant, behind all that happened in it.
func (p *program) moveTo(t model.Time) {
	p.scene.cursor = cursor{p.scene.folder.EventAt(t), t}
	p.moved = true
}

func (p *program) instantOf(n int) model.Time {
	if n < 1 {
		return 0
	}
	return p.scene.log.At(n).At
}

// beat has the next tick sent, if none is under way.
func (p *program) beat() tea.Cmd {
	if p.ticking || !p.scene.playing {
		return nil
	}
	p.ticking = true
	return p.next()
}

// play begins or stops playing.
func (p *program) play(on bool) tea.Cmd {
	p.scene.playing = on
	p.ticked = p.clock()
	return p.beat()
}

func (p *program) togglePlay() tea.Cmd {
	s := p.scene
	p.moved = true
	if n, word := p.spacedPane(); word != "" { // whichever pane has the focus
		if req, ok := p.panes[n].key(s, " "); ok {
			return p.request(req)
		}
	}
	if s.guided() && s.study.rest > 0 {
		s.readOn()
		return p.play(true)
	}
	if !s.playing && s.over && s.live() {
		if s.guided() {
			return p.openEndCard()
		}
		p.sayEnd()
		return nil
	}
	return p.play(!s.playing)
}

func (p *program) stepForward() tea.Cmd {
	s := p.scene
	s.playing, p.moved = false, true
	switch {
	case p.comparing() && p.stepTo(1):
	case !p.comparing() && s.n < s.log.Len():
		s.n++
		s.at = p.instantOf(s.n)
	case s.over:
		p.say("the run has ended")
	case p.pending != nil:
		p.looking = nil
		return p.pose()
	case !p.busy:
		return p.start(stepOn())
	}
	return nil
}

func (p *program) stepBack() tea.Cmd {
	s := p.scene
	s.playing, p.moved = false, true
	if p.comparing() {
		if !p.stepTo(-1) {
			return p.toStart()
		}
		return nil
	}
	if s.at > p.instantOf(s.n) && s.n > 0 { // first to the event itself
		s.at = p.instantOf(s.n)
		return nil
	}
	s.n = max(s.n-1, 0)
	s.at = p.instantOf(s.n)
	return nil
}

func (p *program) moveBy(d time.Duration) tea.Cmd {
	s := p.scene
	s.playing = false
	return p.advance(max(s.at.Add(d), 0))
}

func (p *program) toStart() tea.Cmd {
	p.scene.playing = false
	p.moveTo(0)
	p.scene.n = 0
	return nil
}

func (p *program) toEnd() tea.Cmd {
	s := p.scene
	if !s.live() {
		s.playing = false
		p.moveTo(s.now)
		return p.pose()
	}
	s.playing = false
	return p.advance(s.end)
}

func (p *program) faster() tea.Cmd { p.scene.speed = p.scene.speed.faster(); return nil }
func (p *program) slower() tea.Cmd { p.scene.speed = p.scene.speed.slower(); return nil }
