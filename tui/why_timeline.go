package tui

import (
	"slices"

	"capsim/model"
	"capsim/trace"
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
func (t *whyTimeline) x(r rect, lane int) int {
	return r.x + whyColumnsAt + lane*t.column + t.column/2
}

func (t *whyTimeline) draw(p *program, v *whyView, c *canvas, r rect) {
	t.lay(v, r.w)
	w := v.page()
	c.fill(r.x, r.y, r.w, p.horizontal, stBorder)
	if w.steps() > 0 {
		for i, name := range t.clients {
			t.heading(c, r, i, printable(name), stDim)
		}
		for i, n := range t.nodes {
			t.heading(c, r, len(t.clients)+i, v.hostName(n), stBold)
		}
	}
	r.y, r.h = r.y+1, r.h-1
	detail := b2i(r.h > 4)
	list := rect{r.x, r.y, r.w, r.h - detail}
	total := w.listed()
	line := w.at + b2i(w.at >= w.steps())
	w.top = max(min(max(w.top, line-list.h+1), line), 0)
	if w.at == w.steps() { // its heading with it
		w.top = min(w.top, max(line-1, 0))
	}
	w.top = max(min(w.top, total-list.h), 0)
	c.inside(list, func() {
		t.lines(p, v, c, list)
		for y := range list.h {
			t.row(p, v, c, rect{list.x, list.y + y, list.w, 1}, w.top+y)
		}
	})
	if more := total - w.top - list.h; more > 0 {
		c.right(r.x+r.w-1, r.y-1, " "+itoa(more)+" more below ", stFocus)
	}
	if detail > 0 && w.at < w.steps() {
		s := &w.made.Steps[w.at]
		p.prose(c, rect{r.x, r.y + r.h - 1, r.w, 1}, s.Text, s.Marks, stText, true)
	}
}

// heading draws who a column is for.
func (t *whyTimeline) heading(c *canvas, r rect, lane int, name string, st style) {
	w := min(textWidth(name), t.column-1)
	x := t.x(r, lane) - w/2
	c.textIn(x, r.y, w, name, st)
}

// row draws one event, or something that can be asked next.
func (t *whyTimeline) row(p *program, v *whyView, c *canvas, r rect, i int) {
	w := v.page()
	steps := w.steps()
	switch {
	case i == steps && len(w.made.Next) > 0:
		c.text(r.x+2, r.y, "ask why of", stDim)
	case i > steps && i-steps-1 < len(w.made.Next):
		st := stText
		if w.at == i-1 {
			st = stSelect
			c.text(r.x, r.y, p.here, stFocus)
		}
		c.textIn(r.x+4, r.y, r.w-4, printable(w.made.Next[i-steps-1].Name(v.index)), st)
	case i < steps:
		t.event(p, v, c, r, i)
	}
}

func (t *whyTimeline) event(p *program, v *whyView, c *canvas, r rect, i int) {
	w := v.page()
	s := &w.made.Steps[i]
	if i == 0 || i == w.top || w.made.Steps[i-1].At/1e6 != s.At/1e6 {
		c.text(r.x+1, r.y, seconds(s.At), stDim)
	}
	if label := w.made.Label(s.Op); label != "" {
		e := v.log.At(s.Event)
		if e.Kind == trace.Invoke || e.Kind == trace.Return || e.Kind == trace.SystemWrite {
			c.text(r.x+whyLabelAt, r.y, "["+label+"]", stBadBold)
		}
	}
	t.sign(p, v, c, r, v.log.At(s.Event))
	room := rect{r.x + t.words, r.y, r.w - t.words, 1}
	if i == w.at {
		c.text(r.x, r.y, p.here, stFocus)
		c.textIn(room.x, room.y, room.w, s.Text, stSelect)
		return
	}
	p.prose(c, room, s.Text, s.Marks, stText, false)
}

// sign draws what an event is in its column.
func (t *whyTimeline) sign(p *program, v *whyView, c *canvas, r rect, e *trace.Event) {
	at := func(lane int, text string, st style) {
		if lane >= 0 {
			c.text(t.x(r, lane)-textWidth(text)/2, r.y, text, st)
		}
	}
	op := v.index.Op(e.Op)
	switch e.Kind {
	case trace.Invoke, trace.Return:
		t.talk(p, v, c, r, e, op)
	case trace.Wrote, trace.SystemWrite:
		st := stBold
		if n := v.record.version(e.Op, e.Key); n > 0 {
			st = versionBold(n)
		}
		at(t.lane(e.Node), string(p.diamond), st)
	case trace.Applied:
		t.badge(p, v, c, r, e)
	case trace.Discarded, trace.Doubt:
		at(t.lane(e.Node), p.bad, stBadBold)
	case trace.Statement, trace.PolicyStart:
		sign, st := p.fault, stFaultBold
		if hasWord(e.Text+" ", "heal") {
			sign, st = p.heal, stGoodBold
		}
		c.text(r.x+whyLabelAt+1, r.y, sign, st)
	case trace.LinkChange:
		t.linked(p, c, r, e)
	case trace.HostChange, trace.Condition:
		at(t.lane(e.Node), p.fault, stFaultBold)
	case trace.Serving, trace.NodeBoot:
		at(t.lane(e.Node), p.dot, stGoodBold)
	case trace.Note:
		at(t.lane(e.Node), p.dot, stText)
	}
}

// badge draws what a node serves from an event on.
func (t *whyTimeline) badge(p *program, v *whyView, c *canvas, r rect, e *trace.Event) {
	lane := t.lane(e.Node)
	if lane < 0 {
		return
	}
	h, ok := e.Record().Newest()
	if !ok {
		c.put(t.x(r, lane), r.y, '-', stDim)
		return
	}
	n := v.index.Version(h.Op, e.Key)
	p.badge(c, t.x(r, lane)-(len(itoa(n))+2)/2, r.y, n)
}

// talk draws a question or its answer, between a client and a node.
func (t *whyTimeline) talk(p *program, v *whyView, c *canvas, r rect, e *trace.Event, op *trace.Op) {
	if op == nil {
		return
	}
	from, to := t.laneOf(op), t.lane(e.Node)
	if from < 0 || to < 0 {
		return
	}
	st := stBold
	if n := v.record.version(op.ID, op.Command.Key()); n > 0 {
		st = versionBold(n)
	}
	a, b := t.x(r, from), t.x(r, to)
	for x := min(a, b) + 1; x < max(a, b); x++ {
		c.put(x, r.y, p.horizontal, stDim)
	}
	if e.Kind == trace.Invoke {
		c.text(a, r.y, p.dot, st)
		c.put(b-sign(b-a), r.y, p.carries[b2i(b < a)], st)
		return
	}
	mark := p.good
	switch res := e.Result(); {
	case res != nil && res.Outcome == model.Refused:
		mark, st = p.bad, stBadBold
	case res != nil && res.Outcome == model.Unknown:
		mark, st = p.unknown, stFaultBold
	}
	c.put(a+sign(b-a), r.y, p.carries[b2i(b > a)], st)
	c.text(a, r.y, mark, st)
	if l := v.lineOf(op.Returned); l != nil && len(l.Marks) > 0 && !op.Command.Writes() { // what it was told
		n := l.Marks[0].N
		p.badge(c, b-(len(itoa(n))+2)/2, r.y, n)
	}
}

// linked draws that a direction of a link changed.
func (t *whyTimeline) linked(p *program, c *canvas, r rect, e *trace.Event) {
	from, to := t.lane(e.Node), t.lane(e.Peer)
	if from < 0 || to < 0 {
		return
	}
	sign, st := p.fault, stFaultBold
	switch l := e.Link(); {
	case l == nil || *l == (trace.Link{}):
		sign, st = p.heal, stGoodBold
	case l.Cut != "":
		sign, st = p.cut, stBadBold
	}
	c.text((t.x(r, from)+t.x(r, to))/2, r.y, sign, st)
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
