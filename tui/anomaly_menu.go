package tui

import (
	"sync/atomic"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
)

// anomalyMenu offers the anomalies. Each is tried on a fork of the run, one after the
// other, while the menu is open.
type anomalyMenu struct {
	rows   []anomalyRow
	chosen int
	of     *record // what they are tried on …
	at     cursor  // … and where
	fork   run     // nil until it is there, or once all is known
	why    string  // why nothing can be tried
	played bool    // the run played when the menu was opened
	closed atomic.Bool
}

// anomalyRow is what is known of an anomaly.
type anomalyRow struct {
	attempt *scenarios.Attempt // nil: not tried yet, or …
	err     error              // … why it can't be tried
	allowed []scenarios.Allowed
	sure    bool // all of allowed was found
	text    string
}

// known tells whether it is decided if the anomaly can be made.
func (r *anomalyRow) known() bool { return r.attempt != nil || r.err != nil }

func (r *anomalyRow) works() bool { return r.attempt != nil && r.attempt.Works }

// openAnomalies opens the menu, and has the anomalies tried where the cursor stands.
func (p *program) openAnomalies() tea.Cmd {
	if p.waits() {
		return nil
	}
	s := p.scene
	played := s.playing
	s.playing = false
	m := &anomalyMenu{rows: make([]anomalyRow, len(scenarios.Anomalies)), of: s.record, at: s.cursor, played: played}
	if was := p.tried; was != nil && was.of == m.of && was.at == m.at {
		copy(m.rows, was.rows) // what was found out stands
	}
	p.tried = m
	p.openOverlay(m)
	if m.done() {
		return nil
	}
	var fork run
	var failed error
	return p.start(job{what: jobAside, work: func(r run) (run, error) {
		if r == nil {
			failed = errNoRun
		} else {
			fork, failed = forkAt(r, m.at)
		}
		return r, nil
	}, then: func(*program) tea.Cmd {
		if failed != nil {
			m.why = failed.Error()
			return nil
		}
		m.fork = fork
		return m.tryNext()
	}})
}

// done tells whether there is nothing left to be tried.
func (m *anomalyMenu) done() bool {
	for i := range m.rows {
		if r := &m.rows[i]; !r.known() || !r.sure && !r.works() && r.err == nil {
			return false
		}
	}
	return true
}

// tryNext tries what is not known yet: first whether each can be made, then, of those
// that can't, under which policy they could. In between the one that is chosen comes first.
func (m *anomalyMenu) tryNext() tea.Cmd {
	if m.closed.Load() || m.done() {
		if m.fork != nil {
			_ = m.fork.Close()
			m.fork = nil
		}
		return nil
	}
	next := -1
	for i := range m.rows {
		if !m.rows[i].known() {
			next = i
			break
		}
	}
	for i := 0; i < len(m.rows) && next < 0; i++ {
		if r := &m.rows[(m.chosen+i)%len(m.rows)]; !r.works() && r.err == nil && !r.sure {
			next = (m.chosen + i) % len(m.rows)
		}
	}
	r, fork, a := m.rows[next], m.fork, &scenarios.Anomalies[next]
	return func() tea.Msg {
		on, ok := fork.(anomalous)
		switch {
		case !ok:
			r.err = errNotAnomalous
		case !r.known():
			r.attempt, r.err = on.Try(a)
		default:
			r.allowed, r.sure = on.Allowing(a, func() bool { return !m.closed.Load() })
		}
		return triedMsg{m, next, r}
	}
}

// triedMsg brings what was found out to its menu.
type triedMsg struct {
	menu *anomalyMenu
	i    int
	row  anomalyRow
}

func (t triedMsg) arrive(*program) tea.Cmd {
	r := &t.row
	switch {
	case r.err != nil:
		r.text = printable(r.err.Error())
	case r.works():
		r.text = scenarios.Anomalies[t.i].Shows
	default:
		r.text = printable(r.attempt.Why(r.allowed))
		if !r.sure {
			r.text += " …"
		}
	}
	t.menu.rows[t.i] = *r
	return t.menu.tryNext()
}

func (m *anomalyMenu) key(p *program, k tea.KeyMsg) tea.Cmd {
	n := len(m.rows)
	switch s := k.String(); s {
	case "esc", "q", "!":
		m.close(p)
		return p.play(m.played)
	case "up", "k":
		m.chosen = (m.chosen + n - 1) % n
	case "down", "j":
		m.chosen = (m.chosen + 1) % n
	case "home", "g":
		m.chosen = 0
	case "end", "G":
		m.chosen = n - 1
	case "enter", " ":
		return m.choose(p)
	case "?":
		return p.openHelp()
	default:
		if i := int(s[0] - '0'); len(s) == 1 && i >= 1 && i <= min(n, 9) {
			if m.chosen != i-1 {
				m.chosen = i - 1
				return nil
			}
			return m.choose(p)
		}
	}
	return nil
}

func (m *anomalyMenu) close(p *program) {
	m.closed.Store(true)
	p.closeOverlay(m)
}

func (m *anomalyMenu) choose(p *program) tea.Cmd {
	r := &m.rows[m.chosen]
	switch {
	case m.why != "":
		p.warn(m.why)
	case !r.known():
		p.say("it is still being tried")
	case !r.works():
		p.warn(r.text)
	default:
		m.close(p)
		return p.makeAnomaly(&scenarios.Anomalies[m.chosen], r.attempt, nil)
	}
	return nil
}

// The rows of the menu's window below the list.
const anomalyDetail = 4

func (m *anomalyMenu) draw(p *program, c *canvas, area rect) {
	n := len(m.rows)
	w := min(area.w-8, 112)
	r := p.window(c, area, "make an anomaly, here and now", w, n+anomalyDetail+3)
	for i := range m.rows {
		m.drawRow(p, c, rect{r.x, r.y + i, r.w, 1}, i)
	}
	y := r.y + n
	c.fill(r.x, y, r.w, p.horizontal, stBorder)
	row := &m.rows[m.chosen]
	text, st := row.text, stText
	switch {
	case m.why != "":
		text, st = m.why, stBadBold
	case !row.known():
		text, st = scenarios.Anomalies[m.chosen].Shows, stText
	}
	p.prose(c, rect{r.x, y + 1, r.w, anomalyDetail}, text, nil, st, false)
	c.textIn(r.x, r.y+r.h-1, r.w, "enter: make it   esc: back", stDim)
}

// drawRow draws one anomaly: whether it can be made, what it is, and what there is to see,
// or why not.
func (m *anomalyMenu) drawRow(p *program, c *canvas, r rect, i int) {
	row, a := &m.rows[i], &scenarios.Anomalies[i]
	sign, st, second := "…", stDim, "being tried"
	switch {
	case m.why != "":
		sign, second = p.bad, m.why
	case row.works():
		sign, st, second = p.good, stText, a.Shows
	case len(row.allowed) > 0:
		sign, second = p.bad, "under "+scenarios.Choices(row.allowed)
	case row.known():
		sign, second = p.bad, row.text
	}
	dim := stDim
	if i == m.chosen {
		st, dim = stSelect, stSelect
		c.fill(r.x, r.y, r.w, ' ', st)
		c.text(r.x, r.y, p.here, st)
	}
	p.keyZone(c, r, itoa(i+1))
	if i < 9 {
		c.text(r.x+2, r.y, itoa(i+1), dim)
	}
	c.text(r.x+4, r.y, sign, st)
	c.textIn(r.x+6, r.y, 37, a.Title, st)
	c.textIn(r.x+44, r.y, r.w-44, second, dim)
}
