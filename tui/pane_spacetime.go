package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// spaceTimePane is a Lamport diagram: a line a node, messages slanting from send to
// receipt, lost ones ending in a cross.
type spaceTimePane struct {
	*common
	span   int      // index into spaceSpans
	labels []int    // by node: the column up to which its row of words is taken
	lost   []lostAt // where messages of this drawing ended
}

// spaceSpans are the lengths of time that the pane can show.
var spaceSpans = [...]time.Duration{
	50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second,
	2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute,
}

func newSpaceTimePane(cm *common) pane { return &spaceTimePane{common: cm, span: 4} }

func (p *spaceTimePane) title(s *scene) string {
	return "space-time: " + export.Span(spaceSpans[p.span])
}

func (p *spaceTimePane) keys() []key.Binding {
	return []key.Binding{on("↑ ↓ j k", "look closer, see more", "up", "k", "down", "j")}
}

func (p *spaceTimePane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		p.span = max(p.span-1, 0)
	case "down", "j":
		p.span = min(p.span+1, len(spaceSpans)-1)
	default:
		return request{}, false
	}
	return request{}, true
}

// spaceTime is the diagram being drawn: how instants and nodes map to dots.
type spaceTime struct {
	rect
	from, to model.Time
	rows     []int // by node: the row of its line
}

// x returns the dot column of an instant.
func (d *spaceTime) x(t model.Time) int {
	return 2*d.rect.x + int(int64(t-d.from)*int64(2*d.w-1)/int64(d.to-d.from))
}

func (d *spaceTime) point(t model.Time, n model.NodeID) point {
	return point{d.x(t), 4*d.rows[n-1] + 1}
}

func (d *spaceTime) knows(n model.NodeID) bool { return n >= 1 && int(n) <= len(d.rows) }

func (p *spaceTimePane) picked(*scene) export.Subject { return export.Subject{} }

func (p *spaceTimePane) draw(c *canvas, s *scene, r rect) {
	d := p.frame(s, r)
	if d.w < 4 || len(d.rows) == 0 {
		return
	}
	p.axis(c, &d, r)
	first := s.folder.EventAt(max(d.from-model.Time(300*time.Millisecond), 0)) + 1
	c.inside(rect{d.rect.x, r.y, d.w, r.h}, func() {
		p.lost = p.lost[:0]
		p.messages(c, s, &d, first, false)
		p.messages(c, s, &d, first, true)
		p.nodeLines(c, s, &d)
		x := d.x(s.at) >> 1
		for y := r.y + 1; y < r.y+r.h; y++ {
			if ch := c.at(x, y); ch == 0 || ch == ' ' {
				c.put(x, y, p.vertical, stDim)
			}
		}
		for _, l := range p.lost {
			st := stTrack
			if l.carrying {
				st = stBadBold
			}
			c.text(l.at.x>>1, l.at.y>>2, p.glyphs.lost, st)
		}
		p.faults(c, s, &d)
		p.events(c, s, &d, first)
	})
	for i, y := range d.rows {
		name := stBold
		host := s.view.Host(model.NodeID(i + 1))
		if !host.IsUp() {
			name = stBadBold
		}
		c.textIn(r.x+1, y, d.rect.x-r.x-2, s.hostName(host.ID), name)
	}
}

// frame maps instants and nodes to the room there is. The cursor stands at four
// fifths of it, or where it is while the run has not come so far.
func (p *spaceTimePane) frame(s *scene, r rect) spaceTime {
	span := model.Time(spaceSpans[p.span])
	from := max(s.at-span*9/10, 0)
	left := 4
	for i := range s.view.Clients {
		left = max(left, min(textWidth(s.hostName(s.view.Clients[i].ID)), 10)+2)
	}
	d := spaceTime{rect: rect{r.x + left, r.y + 1, r.w - left - 1, r.h - 1}, from: from, to: from + span}
	n := len(s.view.Nodes) + len(s.view.Clients)
	if n > r.h-1 {
		return spaceTime{}
	}
	gap := max((r.h-2)/n, 1)
	for i := range n {
		d.rows = append(d.rows, r.y+1+(gap-1)/2+i*gap)
	}
	return d
}

// axis writes the times above the diagram.
func (p *spaceTimePane) axis(c *canvas, d *spaceTime, r rect) {
	step := model.Time(spaceSpans[p.span]) / 4
	for t := (d.from + step - 1) / step * step; t <= d.to; t += step {
		x := d.x(t) >> 1
		text := export.Span(t.Sub(0) / 1e6 * 1e6)
		if t%model.Time(time.Second) != 0 && t > model.Time(time.Second) {
			text = trimZero(seconds(t)) + " s"
		}
		if x+len(text) < r.x+r.w {
			c.text(x, r.y, text, stDim)
		}
	}
}

// trimZero drops blanks before and zeros behind a number.
func trimZero(s string) string {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	return s
}

// nodeLines draws a line a node: thick up to the cursor, broken while it is down.
func (p *spaceTimePane) nodeLines(c *canvas, s *scene, d *spaceTime) {
	now := d.x(s.at) >> 1
	for i, y := range d.rows {
		id := model.NodeID(i + 1)
		for x := d.rect.x; x < d.rect.x+d.w; x++ {
			if x <= now {
				c.put(x, y, p.doneTrack, stDim)
			} else {
				c.put(x, y, p.futureTrack, stTrack)
			}
		}
		for k := len(s.down[id]) - 1; k >= 0; k-- {
			sp := s.down[id][k]
			until := s.at
			if sp.to != 0 && sp.to <= s.n {
				until = sp.until
			}
			if sp.from > s.n || until < d.from {
				continue
			}
			for x := max(d.x(max(sp.since, d.from))>>1, d.rect.x); x <= d.x(until)>>1; x++ {
				c.put(x, y, p.cutTrack, stBad)
			}
		}
	}
}

// maxDrawn bounds how many events of a window are looked at.
const maxDrawn = 4000

// messages draws those of the window that carry writes, or those that don't.
func (p *spaceTimePane) messages(c *canvas, s *scene, d *spaceTime, first int, carrying bool) {
	drawn := 0
	for n := s.n; n >= first && n > s.n-maxDrawn && drawn < 400; n-- {
		e := s.log.At(n)
		if e.Kind != trace.Send || len(e.Ops) > 0 != carrying || !d.knows(e.Node) || !d.knows(e.Peer) || e.Node == e.Peer {
			continue
		}
		drawn++
		if !carrying && drawn > 120 {
			return
		}
		p.message(c, s, d, e)
	}
}

func (p *spaceTimePane) message(c *canvas, s *scene, d *spaceTime, e *trace.Event) {
	st := stTrack
	if len(e.Ops) > 0 {
		st = version(s.version(e.Ops[len(e.Ops)-1], s.key))
	}
	a := d.point(e.At, e.Node)
	due := max(model.Time(e.N), e.At)
	end := int(s.record.message(e.Msg).ended)
	if end != 0 && end <= s.n {
		fin := s.log.At(end)
		if fin.Kind == trace.Deliver {
			c.line(p.glyphs, a, d.point(fin.At, e.Peer), st, nil)
			return
		}
		b := along(a, d.point(due, e.Peer), lostWay(d, e))
		c.line(p.glyphs, a, b, st, nil)
		p.lost = append(p.lost, lostAt{b, len(e.Ops) > 0})
		return
	}
	b := d.point(due, e.Peer)
	c.line(p.glyphs, a, along(a, b, progress(e.At, due, s.at)), st, nil)
}

// lostAt is where a lost message ended.
type lostAt struct {
	at       point
	carrying bool // a write
}

// lostWay is how much of its way a lost message is drawn for, in thousandths: up to
// between the sender's line and the next.
func lostWay(d *spaceTime, e *trace.Event) int {
	return 500 / max(abs(int(e.Node)-int(e.Peer)), 1)
}

// faults marks what was done to the cluster, above the lines.
func (p *spaceTimePane) faults(c *canvas, s *scene, d *spaceTime) {
	for i := range s.marks {
		m := &s.marks[i]
		if m.event > s.n || m.at < d.from || m.kind == markBad || d.rows[0] < d.rect.y+1 {
			continue
		}
		sign, st := p.markSign(m.kind)
		c.text(d.x(m.at)>>1, d.rect.y, sign, st)
	}
}

// events draws what happened on the lines: writes taking their place, and what
// clients were told.
func (p *spaceTimePane) events(c *canvas, s *scene, d *spaceTime, first int) {
	p.labels = append(p.labels[:0], make([]int, len(d.rows))...)
	for n := max(first, s.n-maxDrawn); n <= s.n; n++ {
		e := s.log.At(n)
		if e.At < d.from || !d.knows(e.Node) {
			continue
		}
		x, y := d.x(e.At)>>1, d.rows[e.Node-1]
		switch e.Kind {
		case trace.Applied:
			if h, ok := e.Record().Newest(); ok {
				c.text(x, y, p.dot, versionBold(s.version(h.Op, e.Key)))
			}
		case trace.Return:
			p.told(c, s, d, n, x, y)
		case trace.HostChange:
			if e.Text == "crashed" || e.Text == "wiped" {
				c.text(x, y, p.glyphs.lost, stBadBold)
			}
		}
	}
}

// told draws the end of an operation, with words under the line if there is room.
func (p *spaceTimePane) told(c *canvas, s *scene, d *spaceTime, n, x, y int) {
	e := s.log.At(n)
	op := s.index.Op(e.Op)
	if op == nil || op.Returned != n {
		return
	}
	words, st := op.Client+" reads", stDim
	line := s.lineOf(n)
	switch {
	case op.Result.Outcome == model.Refused:
		words, st = op.Client+" refused", stBad
	case op.Result.Outcome == model.Unknown:
		words, st = op.Client+" no answer", stBad
	case op.Command.Writes():
		words = op.Client + " writes"
	default:
		mark := stBold
		if line != nil && len(line.Marks) > 0 {
			mark = versionBold(line.Marks[0].N)
		}
		c.put(x, y, p.diamond, mark)
		if line != nil && line.Stale {
			words, st = op.Client+" reads "+p.bad+" stale", stBad
		}
	}
	i := e.Node - 1
	if len(d.rows) > 1 && d.rows[1]-d.rows[0] < 2 || x < p.labels[i] {
		return
	}
	w := textWidth(words)
	if left := d.rect.x + d.w - w; x > left && left >= p.labels[i] {
		x = left
	}
	c.text(x, y+1, words, st)
	p.labels[i] = x + w + 1
}
