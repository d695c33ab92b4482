package tui

import (
	"errors"
	"sync/atomic"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
	"capsim/tui/canvas"
)

// anomalyMenu offers the anomalies. Each is tried on a fork of the run, one after the
// other, while the menu is open.
type anomalyMenu struct {
	rows   []anomalyRow
	chosen int
	of     *record // what they are tried on …
	at     cursor  // … and where
	fork   run     // nil until it is there, or once all is known
	why    string  // why nothing can be tried …
	mend   string  // … and the command after which it can; "": none
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
	if m.why != "" {
		return true
	}
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
	if w := (*scenarios.InTheWay)(nil); errors.As(r.err, &w) {
		t.menu.why, t.menu.mend = printable(r.err.Error()), w.Mend
		return t.menu.tryNext()
	}
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
	case "h":
		return m.heal(p)
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

func (m *anomalyMenu) foot(*program) []footKey {
	keys := []footKey{{"↑ ↓", "choose", ""}, {"?", "help", "?"}, {"esc", "back", "esc"}}
	switch {
	case m.mend != "":
		keys = append([]footKey{{"h", m.mend, "h"}}, keys...)
	case m.why == "" && m.rows[m.chosen].works():
		keys = append([]footKey{{"enter", "make it", "enter"}}, keys...)
	}
	return keys
}

// heal takes what is in the way out of it, and opens the menu again.
func (m *anomalyMenu) heal(p *program) tea.Cmd {
	if m.mend == "" {
		return nil
	}
	s := p.scene
	if !s.live() && p.waits() {
		return nil
	}
	m.close(p)
	j := command(m.mend, nil, !s.live(), s.cursor)
	j.then = func(p *program) tea.Cmd {
		cmd := p.openAnomalies()
		p.tried.played = m.played
		return cmd
	}
	return p.start(j)
}

func (m *anomalyMenu) close(p *program) {
	m.closed.Store(true)
	p.closeOverlay(m)
}

func (m *anomalyMenu) gone(p *program) bool {
	gone := m.of != p.scene.record
	if gone {
		m.closed.Store(true)
	}
	return gone
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

func (m *anomalyMenu) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	n := len(m.rows)
	w := min(area.W-8, 112)
	r := p.window(c, area, "make an anomaly, here and now", w, n+anomalyDetail+3)
	for i := range m.rows {
		m.drawRow(p, c, canvas.R(r.X, r.Y+i, r.W, 1), i)
	}
	y := r.Y + n
	c.Fill(r.X, y, r.W, p.Horizontal, canvas.StBorder)
	row := &m.rows[m.chosen]
	text, st := row.text, canvas.StText
	switch {
	case m.why != "":
		text, st = "Nothing can be made here: "+m.why, canvas.StBadBold
	case !row.known():
		text, st = scenarios.Anomalies[m.chosen].Shows, canvas.StText
	}
	p.prose(c, canvas.R(r.X, y+1, r.W, anomalyDetail), text, nil, st, false)
	hint := "esc: back"
	switch {
	case m.mend != "":
		hint = "h: " + m.mend + ", and try again   " + hint
	case m.why == "" && row.works():
		hint = "enter: make it   " + hint
	}
	c.TextIn(r.X, r.Y+r.H-1, r.W, hint, canvas.StDim)
}

// drawRow draws one anomaly: whether it can be made, what it is, and what there is to see,
// or why not.
func (m *anomalyMenu) drawRow(p *program, c *canvas.Canvas, r canvas.Rect, i int) {
	row, a := &m.rows[i], &scenarios.Anomalies[i]
	sign, st, second := "…", canvas.StDim, "being tried"
	switch {
	case m.why != "":
		sign, second = p.Bad, a.Shows // why is said once, below
	case row.works():
		sign, st, second = p.Good, canvas.StText, a.Shows
	case len(row.allowed) > 0:
		sign, second = p.Bad, "under "+scenarios.Choices(row.allowed)
	case row.known():
		sign, second = p.Bad, row.text
	}
	dim := canvas.StDim
	if i == m.chosen {
		st, dim = canvas.StSelect, canvas.StSelect
		c.Fill(r.X, r.Y, r.W, ' ', st)
		c.Text(r.X, r.Y, p.Here, st)
	}
	p.keyZone(c, r, itoa(i+1))
	if i < 9 {
		c.Text(r.X+2, r.Y, itoa(i+1), dim)
	}
	c.Text(r.X+4, r.Y, sign, st)
	c.TextIn(r.X+6, r.Y, 37, a.Title, st)
	c.TextIn(r.X+44, r.Y, r.W-44, second, dim)
}
