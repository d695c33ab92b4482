package tui

import (
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// lines draws what runs on between events: the nodes' own lines, the spans of
// operations, the messages.
func (t *whyTimeline) lines(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect) {
	w := v.page()
	last := min(r.H, w.steps()-w.top)
	for i := range t.nodes {
		c.Vertical(t.x(r, len(t.clients)+i), r.Y, last, p.Vertical, canvas.StTrack)
	}
	for _, id := range w.made.Ops {
		t.span(p, v, c, r, id)
	}
	t.messages(p, v, c, r)
}

// rowOf returns the row of the first event from step i on that is of that kind and passes,
// relative to the first row shown.
func (t *whyTimeline) rowOf(v *whyView, i int, is func(e *trace.Event) bool) (int, bool) {
	w := v.page()
	for ; i < w.steps(); i++ {
		if is(v.log.At(w.made.Steps[i].Event)) {
			return i - w.top, true
		}
	}
	return w.steps() - w.top, false
}

// span draws an operation in its client's column, from question to answer.
func (t *whyTimeline) span(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect, id model.OpID) {
	op := v.index.Op(id)
	if op == nil || op.System {
		return
	}
	lane := t.laneOf(op)
	from, asked := t.rowOf(v, 0, func(e *trace.Event) bool { return e.Kind == trace.Invoke && e.Op == id })
	if lane < 0 || !asked {
		return
	}
	to, _ := t.rowOf(v, 0, func(e *trace.Event) bool { return e.Kind == trace.Return && e.Op == id })
	st := canvas.StBold
	if n := v.record.version(id, op.Command.Key()); n > 0 {
		st = canvas.VersionBold(n)
	}
	c.Vertical(t.x(r, lane), r.Y+from, to-from, p.Cursor, st)
}

// messages draws each message from where it left to where it came, or was stopped.
func (t *whyTimeline) messages(p *program, v *whyView, c *canvas.Canvas, r canvas.Rect) {
	w := v.page()
	for i := range w.made.Steps {
		e := v.log.At(w.made.Steps[i].Event)
		if e.Kind != trace.Send {
			continue
		}
		from, to := t.lane(e.Node), t.lane(e.Peer)
		if from < 0 || to < 0 {
			continue
		}
		st := canvas.StText
		if len(e.Ops) > 0 {
			key := ""
			if op := v.index.Op(e.Ops[0]); op != nil {
				key = op.Command.Key()
			}
			if n := v.record.version(e.Ops[0], key); n > 0 {
				st = canvas.Version(n)
			}
		}
		row, _ := t.rowOf(v, i+1, func(f *trace.Event) bool {
			return f.Msg == e.Msg && (f.Kind == trace.Deliver || f.Kind == trace.Drop || f.Kind == trace.Hold)
		})
		var end *trace.Event
		if k := row + w.top; k < w.steps() {
			end = v.log.At(w.made.Steps[k].Event)
		}
		t.message(p, c, r, [2]int{i - w.top, row}, [2]int{from, to}, end, st)
	}
}

// message draws one: rows and lanes of where it left and came; end is nil while it is
// under way.
func (t *whyTimeline) message(p *program, c *canvas.Canvas, r canvas.Rect, rows, lanes [2]int, end *trace.Event, st canvas.Style) {
	x0, x1 := t.x(r, lanes[0]), t.x(r, lanes[1])
	y0, y1 := r.Y+rows[0], r.Y+rows[1]
	stopped := end == nil || end.Kind != trace.Deliver
	if stopped {
		x1 = (x0 + x1) / 2
	}
	c.Line(p.Glyphs, canvas.P(2*x0+1, 4*y0+2), canvas.P(2*x1+1, 4*y1+2), st, nil)
	c.Text(x0, y0, p.Dot, st)
	switch {
	case end == nil:
	case end.Kind == trace.Deliver:
		c.Put(x1-sign(x1-x0), y1, p.Carries[b2i(x1 < x0)], st)
		c.Text(x1, y1, p.Dot, st)
	case end.Kind == trace.Drop:
		c.Text(x1, y1, p.Glyphs.Lost, canvas.StBadBold)
	default:
		c.Text(x1, y1, p.Paused, canvas.StFaultBold)
	}
}
