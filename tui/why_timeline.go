package tui

import (
	"slices"

	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// whyTimeline draws the events of an explanation: time downwards, one column a client and
// a node, operations as spans in their client's column, messages as lines between the
// columns of nodes.
type whyTimeline struct {
	of      *whyPage
	clients []string
	nodes   []model.NodeID
	words   int // the column at which the words begin, from the left
	column  int // columns between two lines
}

// Columns of the timeline, before those of clients and nodes.
const (
	whyLabelAt   = 9
	whyColumnsAt = 13
)

// lay finds out who has a column.
func (t *whyTimeline) lay(v *whyView, w int) {
	if t.of != v.page() {
		t.of, t.clients, t.nodes = v.page(), nil, nil
		for i := range t.of.made.Steps {
			t.know(v, v.log.At(t.of.made.Steps[i].Event))
		}
		slices.Sort(t.nodes)
	}
	n := len(t.clients) + len(t.nodes)
	room := w - whyColumnsAt - 46
	t.column = min(max(room/max(n, 1), 6), 9)
	t.words = whyColumnsAt + n*t.column + 1
}

// maxWhyColumns bounds how many columns there are; who comes later has none.
const maxWhyColumns = 10

func (t *whyTimeline) know(v *whyView, e *trace.Event) {
	for _, n := range [...]model.NodeID{e.Node, e.Peer} {
		if n > 0 && !slices.Contains(t.nodes, n) && len(t.nodes)+len(t.clients) < maxWhyColumns {
			t.nodes = append(t.nodes, n)
		}
	}
	if e.Kind != trace.Invoke {
		return
	}
	if op := v.index.Op(e.Op); op != nil && op.Host == 0 && !slices.Contains(t.clients, op.Client) && len(t.nodes)+len(t.clients) < maxWhyColumns {
		t.clients = append(t.clients, op.Client)
	}
}

// lane returns the column of a node; -1 if it has none.
func (t *whyTimeline) lane(n model.NodeID) int {
	if i := slices.Index(t.nodes, n); i >= 0 {
		return len(t.clients) + i
	}
	return -1
}

// laneOf returns the column of an operation's client.
func (t *whyTimeline) laneOf(op *trace.Op) int {
	if op.Host != 0 {
		return t.lane(op.Host)
	}
	return slices.Index(t.clients, op.Client)
}

// x returns where a column's line stands.
func (t *whyTimeline) x(r canvas.Rect, lane int) int {
	return r.X + whyColumnsAt + lane*t.column + t.column/2
}

func (t *whyTimeline) draw(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect) {
	t.lay(v, r.W)
	w := v.page()
	c.Fill(r.X, r.Y, r.W, p.Horizontal, canvas.StBorder)
	if w.steps() > 0 {
		for i, name := range t.clients {
			t.heading(c, r, i, printable(name), canvas.StDim)
		}
		for i, n := range t.nodes {
			t.heading(c, r, len(t.clients)+i, v.hostName(n), canvas.StBold)
		}
	}
	r.Y, r.H = r.Y+1, r.H-1
	detail := b2i(r.H > 4)
	list := canvas.R(r.X, r.Y, r.W, r.H-detail)
	total := w.listed()
	line := w.at + b2i(w.at >= w.steps())
	w.top = max(min(max(w.top, line-list.H+1), line), 0)
	if w.at == w.steps() { // its heading with it
		w.top = min(w.top, max(line-1, 0))
	}
	w.top = max(min(w.top, total-list.H), 0)
	c.Inside(list, func() {
		t.lines(p, v, c, list)
		for y := range list.H {
			t.row(p, v, c, canvas.R(list.X, list.Y+y, list.W, 1), w.top+y)
		}
	})
	if more := total - w.top - list.H; more > 0 {
		c.Right(r.X+r.W-1, r.Y-1, " "+itoa(more)+" more below ", canvas.StFocus)
	}
	if detail > 0 && w.at < w.steps() {
		s := &w.made.Steps[w.at]
		p.prose(c, canvas.R(r.X, r.Y+r.H-1, r.W, 1), s.Text, s.Marks, canvas.StText, true)
	}
}

// heading draws who a column is for.
func (t *whyTimeline) heading(c *canvas.Canvas, r canvas.Rect, lane int, name string, st canvas.Style) {
	w := min(canvas.TextWidth(name), t.column-1)
	x := t.x(r, lane) - w/2
	c.TextIn(x, r.Y, w, name, st)
}

// row draws one event, or something that can be asked next.
func (t *whyTimeline) row(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect, i int) {
	w := v.page()
	steps := w.steps()
	switch {
	case i == steps && len(w.made.Next) > 0:
		c.Text(r.X+2, r.Y, "ask why of", canvas.StDim)
	case i > steps && i-steps-1 < len(w.made.Next):
		st := canvas.StText
		if w.at == i-1 {
			st = canvas.StSelect
			c.Text(r.X, r.Y, p.Here, canvas.StFocus)
		}
		c.TextIn(r.X+4, r.Y, r.W-4, printable(w.made.Next[i-steps-1].Name(v.index)), st)
	case i < steps:
		t.event(p, v, c, r, i)
	}
}

func (t *whyTimeline) event(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect, i int) {
	w := v.page()
	s := &w.made.Steps[i]
	if i == 0 || i == w.top || w.made.Steps[i-1].At/1e6 != s.At/1e6 {
		c.Text(r.X+1, r.Y, seconds(s.At), canvas.StDim)
	}
	if label := w.made.Label(s.Op); label != "" {
		e := v.log.At(s.Event)
		if e.Kind == trace.Invoke || e.Kind == trace.Return || e.Kind == trace.SystemWrite {
			c.Text(r.X+whyLabelAt, r.Y, "["+label+"]", canvas.StBadBold)
		}
	}
	t.sign(p, v, c, r, v.log.At(s.Event))
	room := canvas.R(r.X+t.words, r.Y, r.W-t.words, 1)
	if i == w.at {
		c.Text(r.X, r.Y, p.Here, canvas.StFocus)
		c.TextIn(room.X, room.Y, room.W, s.Text, canvas.StSelect)
		return
	}
	p.prose(c, room, s.Text, s.Marks, canvas.StText, false)
}

// sign draws what an event is in its column.
func (t *whyTimeline) sign(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect, e *trace.Event) {
	at := func(lane int, text string, st canvas.Style) {
		if lane >= 0 {
			c.Text(t.x(r, lane)-canvas.TextWidth(text)/2, r.Y, text, st)
		}
	}
	op := v.index.Op(e.Op)
	switch e.Kind {
	case trace.Invoke, trace.Return:
		t.talk(p, v, c, r, e, op)
	case trace.Wrote, trace.SystemWrite:
		st := canvas.StBold
		if n := v.record.version(e.Op, e.Key); n > 0 {
			st = canvas.VersionBold(n)
		}
		at(t.lane(e.Node), p.Diamond, st)
	case trace.Applied:
		t.badge(p, v, c, r, e)
	case trace.Discarded, trace.Doubt:
		at(t.lane(e.Node), p.Bad, canvas.StBadBold)
	case trace.Statement, trace.PolicyStart:
		sign, st := p.Fault, canvas.StFaultBold
		if hasWord(e.Text+" ", "heal") {
			sign, st = p.Heal, canvas.StGoodBold
		}
		c.Text(r.X+whyLabelAt+1, r.Y, sign, st)
	case trace.LinkChange:
		t.linked(p, c, r, e)
	case trace.HostChange, trace.Condition:
		at(t.lane(e.Node), p.Fault, canvas.StFaultBold)
	case trace.Serving, trace.NodeBoot:
		at(t.lane(e.Node), p.Dot, canvas.StGoodBold)
	case trace.Note:
		at(t.lane(e.Node), p.Dot, canvas.StText)
	}
}

// badge draws what a node serves from an event on.
func (t *whyTimeline) badge(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect, e *trace.Event) {
	lane := t.lane(e.Node)
	if lane < 0 {
		return
	}
	h, ok := e.Record().Newest()
	if !ok {
		c.Put(t.x(r, lane), r.Y, '-', canvas.StDim)
		return
	}
	n := v.index.Version(h.Op, e.Key)
	p.Badge(c, t.x(r, lane)-(len(itoa(n))+2)/2, r.Y, n)
}

// talk draws a question or its answer, between a client and a node.
func (t *whyTimeline) talk(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect, e *trace.Event, op *trace.Op) {
	if op == nil {
		return
	}
	from, to := t.laneOf(op), t.lane(e.Node)
	if from < 0 || to < 0 {
		return
	}
	st := canvas.StBold
	if n := v.record.version(op.ID, op.Command.Key()); n > 0 {
		st = canvas.VersionBold(n)
	}
	a, b := t.x(r, from), t.x(r, to)
	for x := min(a, b) + 1; x < max(a, b); x++ {
		c.Put(x, r.Y, p.Horizontal, canvas.StDim)
	}
	if e.Kind == trace.Invoke {
		c.Text(a, r.Y, p.Dot, st)
		c.Put(b-sign(b-a), r.Y, p.Carries[b2i(b < a)], st)
		return
	}
	mark := p.Good
	switch res := e.Result(); {
	case res != nil && res.Outcome == model.Refused:
		mark, st = p.Bad, canvas.StBadBold
	case res != nil && res.Outcome == model.Unknown:
		mark, st = p.Unknown, canvas.StFaultBold
	}
	c.Put(a+sign(b-a), r.Y, p.Carries[b2i(b > a)], st)
	c.Text(a, r.Y, mark, st)
	if l := v.lineOf(op.Returned); l != nil && len(l.Marks) > 0 && !op.Command.Writes() { // what it was told
		n := l.Marks[0].N
		p.Badge(c, b-(len(itoa(n))+2)/2, r.Y, n)
	}
}

// linked draws that a direction of a link changed.
func (t *whyTimeline) linked(p *program, c *canvas.Canvas, r canvas.Rect, e *trace.Event) {
	from, to := t.lane(e.Node), t.lane(e.Peer)
	if from < 0 || to < 0 {
		return
	}
	sign, st := p.Fault, canvas.StFaultBold
	switch l := e.Link(); {
	case l == nil || *l == (trace.Link{}):
		sign, st = p.Heal, canvas.StGoodBold
	case l.Cut != "":
		sign, st = p.Cut, canvas.StBadBold
	}
	c.Text((t.x(r, from)+t.x(r, to))/2, r.Y, sign, st)
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
