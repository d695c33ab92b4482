package tui

import (
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// anomalous is a run on which anomalies can be tried and made.
type anomalous interface {
	Try(a *scenarios.Anomaly) (*scenarios.Attempt, error)
	Allowing(a *scenarios.Anomaly, goOn func() bool) ([]scenarios.Allowed, bool)
	Give(acts []scenarios.Act) error
	Judge(at *scenarios.Attempt) (told string, happened bool)
}

var errNotAnomalous = errors.New("no anomaly can be made in a run that can't be forked")

// maxSearch is how long a word waits for the policies that would allow an anomaly.
const maxSearch = 2 * time.Second

// tryAnomaly finds out at a run's end how an anomaly can be made there. The error says why
// not, and which policies would.
func tryAnomaly(r run, a *scenarios.Anomaly, clock func() time.Time) (*scenarios.Attempt, error) {
	return tryUntil(r, a, clock().Add(maxSearch), clock)
}

// tryUntil is tryAnomaly that looks for policies up to an instant.
func tryUntil(r run, a *scenarios.Anomaly, by time.Time, clock func() time.Time) (*scenarios.Attempt, error) {
	m, ok := r.(anomalous)
	if !ok {
		return nil, errNotAnomalous
	}
	at, err := m.Try(a)
	if err != nil || at.Works {
		return at, err
	}
	allowing, _ := m.Allowing(a, func() bool { return clock().Before(by) })
	return nil, errors.New(at.Why(allowing))
}

// playAnomaly makes an anomaly at a run's end, plays it to its end, and says what happened.
// The error says why it can't be made.
func playAnomaly(r run, a *scenarios.Anomaly, clock func() time.Time) (*anomalyTold, error) {
	at, err := tryAnomaly(r, a, clock)
	if err != nil {
		return nil, err
	}
	d := &anomalyTold{making: &making{Attempt: at, until: r.Now().Add(at.Lasts)}}
	m := r.(anomalous)
	if err := m.Give(at.Acts); err != nil {
		return nil, err
	}
	if err := passTo(r, d.until); err != nil {
		return nil, err
	}
	d.text, d.happened = m.Judge(at)
	return d, nil
}

// making is an anomaly whose acts were given, until it can be seen.
type making struct {
	*scenarios.Attempt
	of    *record
	until model.Time
}

// makeAnomaly gives the acts of an anomaly where the cursor stands, and plays on. at is what
// was found there by trying; nil: nothing yet.
func (p *program) makeAnomaly(a *scenarios.Anomaly, at *scenarios.Attempt, from *palette) tea.Cmd {
	s := p.scene
	if !s.live() && p.waits() {
		if from != nil {
			from.failText(p.notice.text)
		}
		return nil
	}
	clock := p.clock
	j := given(!s.live(), s.cursor, func(r run) error {
		var err error
		if at == nil {
			at, err = tryAnomaly(r, a, clock)
		}
		if err == nil {
			err = r.(anomalous).Give(at.Acts)
		}
		if err != nil {
			return scenarios.Problems{{Says: err.Error()}}
		}
		return nil
	})
	j.line, j.from = anomalyWord+" "+a.Name, from
	j.then = func(p *program) tea.Cmd { return p.showMaking(at) }
	return p.start(j)
}

// anomalyWord is the word of the palette that makes one.
const anomalyWord = "anomaly"

// maxShow is how long, in wall time, an anomaly may take to be seen.
const maxShow = 12 * time.Second

// showMaking plays what was given, as fast as its length asks for.
func (p *program) showMaking(at *scenarios.Attempt) tea.Cmd {
	s := p.scene
	p.making = &making{at, s.record, s.now.Add(at.Lasts)}
	s.showing = true
	s.speed = normal
	for s.speed.of(maxShow) < at.Lasts && s.speed < s.speed.faster() {
		s.speed = s.speed.faster()
	}
	p.say(at.Anomaly.Title + ": watch")
	return p.play(true)
}

// madeIt has an anomaly judged once the cursor has come to where it can be seen.
func (p *program) madeIt() tea.Cmd {
	s, m := p.scene, p.making
	switch {
	case m == nil:
		return nil
	case m.of != s.record:
		p.making, s.showing = nil, false // another run is shown
		return nil
	case s.at < m.until && !(s.over && s.live()):
		return nil
	}
	p.making = nil
	s.playing, s.showing = false, false
	d := &anomalyTold{making: m}
	return p.start(job{what: jobAside, work: func(r run) (run, error) {
		if a, ok := r.(anomalous); ok {
			d.text, d.happened = a.Judge(m.Attempt)
		}
		return r, nil
	}, then: func(p *program) tea.Cmd {
		if p.scene.record == m.of {
			p.pick(d.subject())
			p.notice = notice{}
			p.openOverlay(d)
		}
		return nil
	}})
}

// anomalyTold says what came of an anomaly.
type anomalyTold struct {
	*making
	text     string
	happened bool
}

// subject is what explains it.
func (d *anomalyTold) subject() export.Subject {
	if d.Check == "" {
		return export.Subject{Kind: export.EventSubject, Event: d.Event}
	}
	return export.Subject{Kind: export.CheckSubject, Check: d.Check}
}

func (d *anomalyTold) key(p *program, m tea.KeyMsg) tea.Cmd {
	switch m.String() {
	case "enter":
		p.closeOverlay(d)
		return p.askWhy(d.subject())
	case " ":
		p.closeOverlay(d)
		return p.play(true)
	case "esc", "q":
		p.closeOverlay(d)
	case "u":
		p.closeOverlay(d)
		return p.undo()
	case "?":
		return p.openHelp()
	}
	return nil
}

func (d *anomalyTold) foot(*program) []footKey {
	return []footKey{{"enter", "why", "enter"}, {"space", "go on", " "}, {"u", "undo it", "u"}, {"?", "help", "?"}, {"esc", "back", "esc"}}
}

func (d *anomalyTold) gone(p *program) bool { return d.of != p.scene.record }

// draw stands at the bottom, so that the picture can be seen.
func (d *anomalyTold) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	w := min(area.W-8, 76)
	sign, st := p.Bad+" It happened. ", canvas.StBadBold
	if !d.happened {
		sign, st = "It did not come about: something else was done meanwhile. ", canvas.StFaultBold
	}
	text := sign + d.text
	rows := canvas.Height(text, w)
	h := rows + 2
	area = canvas.R(area.X, area.Y+max(area.H-h-3, 0), area.W, min(h+2, area.H))
	r := p.window(c, area, d.Anomaly.Title, w, h)
	p.prose(c, canvas.R(r.X, r.Y, r.W, rows), text, nil, st, false)
	y := r.Y + r.H - 1
	x := c.Text(r.X, y, "enter: why", canvas.StBold)
	p.keyZone(c, canvas.R(r.X, y, x-r.X, 1), "enter")
	c.TextIn(x, y, r.X+r.W-x, "   space: go on   esc: back   (u takes it back)", canvas.StDim)
}
