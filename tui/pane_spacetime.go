package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// spaceTimePane is a Lamport diagram: a line a host, messages slanting from send to
// receipt, lost ones ending in a cross; above each line what clients asked there, from
// invocation to response, and on it the writes that were applied.
type spaceTimePane struct {
	*common
	span  int        // index into spaceSpans
	apart bool       // the window stands still, and does not follow the cursor
	begin model.Time // where it begins, if so
	stood int        // the event that the last step of the selection went to
	seen  []gathered // what the windows hold that were drawn last
	words wordLine
	spaceTime
}

// spaceSpans are the lengths of time that the pane can show.
var spaceSpans = [...]time.Duration{
	20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second,
	2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute,
}

func newSpaceTimePane(cm *common) pane { return &spaceTimePane{common: cm, span: 5} }

func (p *spaceTimePane) title(s *scene) string {
	switch {
	case p.apart:
		return "space-time: " + export.Span(spaceSpans[p.span]) + ", F follows"
	}
	return "space-time: " + export.Span(spaceSpans[p.span])
}

func (p *spaceTimePane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓ j k", "look closer, see more", "up", "k", "down", "j"),
		on("< >", "earlier, later; the cursor stays", "<", ">"), on("F", "follow the cursor again", "F"),
		on("e E", "select the next event, the last", "e", "E"),
	}
}

func (p *spaceTimePane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		p.zoomTo(s, max(p.span-1, 0))
	case "down", "j":
		p.zoomTo(s, min(p.span+1, len(spaceSpans)-1))
	case "<":
		p.pan(s, -1)
	case ">":
		p.pan(s, 1)
	case "F":
		p.apart = false
	case "e":
		return p.walk(s, 1), true
	case "E":
		return p.walk(s, -1), true
	default:
		return request{}, false
	}
	return request{}, true
}

// window returns the stretch of time that is shown, in the columns given.
func (p *spaceTimePane) window(s *scene, x, w int) timeWindow {
	win := pagedWindow(s.at, spaceSpans[p.span], x, w)
	if p.apart && p.begin <= s.now {
		win.from, win.to = p.begin, p.begin+model.Time(spaceSpans[p.span])
	}
	return win
}

// pan moves the window by a quarter of its span.
func (p *spaceTimePane) pan(s *scene, by int) {
	win := p.window(s, 0, 1)
	step := model.Time(spaceSpans[p.span] / 4)
	p.begin = min(max(win.from+model.Time(by)*step, 0), s.now/step*step)
	p.apart = true
}

// zoomTo shows another span of time. A window that stands still keeps its middle.
func (p *spaceTimePane) zoomTo(s *scene, span int) {
	win := p.window(s, 0, 1)
	p.span = span
	step := model.Time(spaceSpans[span] / 4)
	p.begin = max((win.from+(win.to-win.from)/2)/step-2, 0) * step
}

// picked is what is selected on the screen anyway.
func (p *spaceTimePane) picked(*scene) export.Subject { return export.Subject{} }

// spaceTime is the diagram being drawn: how instants and hosts map to dots.
type spaceTime struct {
	timeWindow
	area  canvas.Rect // of the lines, without names and axis
	rows  []int       // by host: the row of its line
	above bool        // there is a row above each line for what clients ask
	*gathered
	lost []lostAt
	free []int // by host: the column before which words have room
	last []int // by host, or by pair: where something was drawn last
}

func (d *spaceTime) point(t model.Time, n model.NodeID) canvas.Point {
	return canvas.P(d.dot(t), 4*d.rows[n-1]+1)
}

func (d *spaceTime) knows(n model.NodeID) bool { return n >= 1 && int(n) <= len(d.rows) }

// shows tells whether something can be seen that lasts from one instant to another.
func (d *spaceTime) shows(from, to model.Time) bool {
	return to >= d.timeWindow.from && from <= d.timeWindow.to
}

// frame maps instants and hosts to the room there is. With too few rows neighbours share
// one.
func (p *spaceTimePane) frame(s *scene, r canvas.Rect) {
	d, n := &p.spaceTime, len(s.view.Nodes)+len(s.view.Clients)
	rows := r.H - 1
	d.above = 2*n <= rows
	left := 4 + 3*b2i(n > rows) + 4*b2i(n > rows && len(s.view.Clients) > 0)
	for i := range s.view.Clients {
		left = max(left, min(canvas.TextWidth(s.hostName(s.view.Clients[i].ID)), 10)+2)
	}
	d.area = canvas.R(r.X+left, r.Y+1, max(r.W-left-1, 1), rows)
	d.timeWindow = p.window(s, d.area.X, d.area.W)
	d.rows = d.rows[:0]
	for i := range n {
		y := r.Y + 1 + i
		switch {
		case d.above:
			y = r.Y + 2 + i*(rows-2-b2i(s.lab != "" && rows >= 3*n))/max(n-1, 1) // a lab's facts stand below the lines, too
		case n > rows:
			y = r.Y + 1 + i*rows/n
		}
		d.rows = append(d.rows, y)
	}
	d.gathered = p.gather(s, d.timeWindow.from, d.timeWindow.to)
}

func (p *spaceTimePane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if s.crowd() {
		c.TextIn(r.X+1, r.Y, r.W-2, s.crowdText(), canvas.StDim)
		return
	}
	p.frame(s, r)
	d := &p.spaceTime
	if d.area.W < 4 || len(d.rows) == 0 || r.H < 2 {
		c.TextIn(r.X, r.Y, r.W, "There is no room for it: z shows the pane alone.", canvas.StDim)
		return
	}
	p.timeAxis(c, d.timeWindow, r.Y)
	c.Inside(canvas.R(d.area.X, r.Y, d.area.W, r.H), func() {
		if d.above {
			p.drawMessages(c, s)
			p.nodeLines(c, s)
		} else { // there is nothing between the lines to draw on
			p.nodeLines(c, s)
			p.drawMessages(c, s)
		}
		p.drawMarks(c, s, r.Y)
		p.cursorLine(c, s)
		p.crosses(c)
		p.drawOps(c, s)
		p.drawHoldings(c, s, false)
		p.drawFacts(c, s)
		p.drawHoldings(c, s, true)
		p.drawHosts(c, s)
		p.drawApplied(c, s)
	})
	if d.leavesOut() {
		c.Right(r.X+r.W, r.Y, " not all drawn: k ", canvas.StDim)
	}
	p.names(c, s, r)
}

// names writes the hosts' names before their lines.
func (p *spaceTimePane) names(c *canvas.Canvas, s *scene, r canvas.Rect) {
	x, y := r.X+1, -1
	for i, row := range p.rows {
		if row != y {
			x, y = r.X+1, row
		}
		host := s.view.Host(model.NodeID(i + 1))
		of, st := nodeSubject(host.ID), canvas.StBold
		switch {
		case s.isPicked(of):
			st = canvas.StSelect
			c.Text(x-1, y, p.Here, canvas.StFocus)
		case !host.IsUp():
			st = canvas.StBadBold
		}
		end := c.TextIn(x, y, p.area.X-x-1, s.hostName(host.ID), st)
		p.zone(c, canvas.R(x, y, end-x, 1), of)
		x = end + 1
	}
}

// nodeLines draws a line a host: thick up to the cursor, broken while it is down.
func (p *spaceTimePane) nodeLines(c *canvas.Canvas, s *scene) {
	d, now := &p.spaceTime, p.column(s.at)
	done := min(max(now+1-d.area.X, 0), d.area.W)
	for i, y := range d.rows {
		c.Fill(d.area.X, y, done, p.DoneTrack, canvas.StDim)
		c.Fill(d.area.X+done, y, d.area.W-done, p.FutureTrack, canvas.StTrack)
		down := s.downOf(model.NodeID(i + 1))
		if down == nil {
			continue
		}
		for k := len(*down) - 1; k >= 0; k-- {
			sp := &(*down)[k]
			until := s.at
			if sp.to != 0 && sp.to <= s.n {
				until = sp.until
			}
			if until < d.timeWindow.from {
				break
			}
			if sp.from <= s.n && d.shows(sp.since, until) {
				p.downTime(c, s, sp, until, y)
			}
		}
	}
}

// downTime draws the part of a host's line during which it was down or paused.
func (p *spaceTimePane) downTime(c *canvas.Canvas, s *scene, sp *span, until model.Time, y int) {
	word, st, bold := "down", canvas.StBad, canvas.StBadBold
	e := s.log.At(sp.from)
	switch e.Text {
	case "paused":
		word, st, bold = "paused", canvas.StFault, canvas.StFaultBold
	case "wiped":
		word = "wiped"
	}
	from, to := p.within(sp.since), p.within(until)
	c.Fill(from, y, to-from+1, p.CutTrack, st)
	if at := from + 2; to-at > len(word)+1 {
		c.Text(c.Text(c.Text(at, y, " ", st), y, word, bold), y, " ", st)
	}
	p.zone(c, canvas.R(from, y, to-from+1, 1), export.Subject{Kind: export.EventSubject, Event: sp.from})
}
