package tui

import (
	"cmp"
	"slices"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// wirePane has a row a message that is under way, in the order in which they land, those that
// are held behind them; and keys that drop, hold, release or hurry the selected one.
type wirePane struct {
	*common
	top   int   // the first row shown
	order []int // of the flights of the last drawing, kept to be used again
}

func newWirePane(cm *common) pane { return &wirePane{common: cm} }

func (p *wirePane) title(s *scene) string { return s.filtered("wire") }

func (p *wirePane) keys() []key.Binding {
	all := []key.Binding{on("↑ ↓ j k", "the message above, below; playing stops", "up", "k", "down", "j")}
	for _, g := range grips {
		all = append(all, on(g.key, g.verb+" the message: "+g.doc, g.key))
	}
	return all
}

func (p *wirePane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return p.step(s, -1), true
	case "down", "j":
		return p.step(s, 1), true
	}
	for i := range grips {
		if grips[i].key == k {
			return p.grip(s, &grips[i]), true
		}
	}
	return request{}, false
}

// sort puts what is under way in the order of the rows: by when it lands, what is held
// behind all that is not. It stands still while nothing lands and nothing is sent.
func (p *wirePane) sort(s *scene) {
	p.order = p.order[:0]
	for i := range s.flights {
		if f := &s.flights[i]; s.filter == "" || p.passes(s, f) {
			p.order = append(p.order, i)
		}
	}
	slices.SortFunc(p.order, func(i, j int) int {
		a, b := &s.flights[i], &s.flights[j]
		switch {
		case a.Held != b.Held:
			if a.Held {
				return 1
			}
			return -1
		case !a.Held && a.Due != b.Due:
			return cmp.Compare(a.Due, b.Due)
		}
		return cmp.Compare(a.Msg, b.Msg)
	})
}

// passes tells whether the filter speaks of a message: of its kind, its ends, or what it
// carries.
func (p *wirePane) passes(s *scene, f *trace.Flight) bool {
	if s.passes(f.Kind) || s.passes(s.view.Name(f.From)+"->"+s.view.Name(f.To)) || s.passes(itoa(int(f.Msg))) {
		return true
	}
	for _, id := range f.Ops {
		if op := s.index.Op(id); op != nil && s.passes(op.Command.String()) {
			return true
		}
	}
	op := s.requestOf(f)
	return op != nil && s.passes(op.Command.String())
}

// requestOf returns the operation that a message of a remote client asks for, or answers.
func (s *scene) requestOf(f *trace.Flight) *trace.Op {
	sent := int(s.record.message(f.Msg).sent)
	if sent == 0 || len(f.Ops) > 0 {
		return nil
	}
	return s.index.Op(s.log.At(sent).Op)
}

// row returns the place of the selected message, -1 if it is not under way.
func (p *wirePane) row(s *scene) int {
	if s.picked.Kind != export.MessageSubject {
		return -1
	}
	return slices.IndexFunc(p.order, func(i int) bool { return s.flights[i].Msg == s.picked.Msg })
}

func messageSubject(id model.MsgID) export.Subject {
	return export.Subject{Kind: export.MessageSubject, Msg: id}
}

func (p *wirePane) step(s *scene, by int) request {
	p.sort(s)
	n := len(p.order)
	if n == 0 {
		return request{refuse: p.nothing(s)}
	}
	at := p.row(s)
	switch {
	case at < 0 && by < 0:
		at = n - 1
	case at < 0:
		at = 0
	default:
		at = min(max(at+by, 0), n-1)
	}
	return request{pick: messageSubject(s.flights[p.order[at]].Msg)}
}

func (p *wirePane) nothing(s *scene) string {
	if len(s.flights) > 0 {
		return "no message passes the filter; / changes it"
	}
	return "nothing is on the wire; space plays, . steps"
}

func (p *wirePane) picked(s *scene) export.Subject {
	p.sort(s)
	if s.picked.Kind != export.NoSubject || len(p.order) == 0 {
		return export.Subject{}
	}
	return messageSubject(s.flights[p.order[0]].Msg)
}

// wireColumns are where the columns of the table begin.
type wireColumns struct{ link, kind, carries, sent, lands, bar, end int }

func (p *wirePane) columns(r canvas.Rect) wireColumns {
	cols := wireColumns{link: r.X + 8, end: r.X + r.W - 1}
	cols.kind = cols.link + 9
	cols.carries = cols.kind + 13
	bar := 10
	switch {
	case r.W < 56: // no room for the kind, nor for the way
		cols.carries, bar = cols.kind, 0
	case r.W < 70:
		cols.carries, bar = cols.kind+11, 6
	}
	cols.bar = cols.end - bar
	cols.lands = cols.bar - 8
	cols.sent = cols.lands
	if r.W >= 76 {
		cols.sent = cols.lands - 9
	}
	return cols
}

func (p *wirePane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	p.sort(s)
	if len(p.order) == 0 {
		c.TextIn(r.X+1, r.Y, r.W-2, p.nothing(s), canvas.StDim)
		p.hands(c, s, r)
		return
	}
	cols := p.columns(r)
	c.Text(r.X+2, r.Y, "no.", canvas.StDim)
	c.Text(cols.link, r.Y, "from to", canvas.StDim)
	if cols.kind < cols.carries {
		c.Text(cols.kind, r.Y, "kind", canvas.StDim)
	}
	c.Text(cols.carries, r.Y, "carries", canvas.StDim)
	if cols.sent < cols.lands {
		c.Text(cols.sent, r.Y, "   sent", canvas.StDim)
	}
	c.Text(cols.lands, r.Y, "   lands", canvas.StDim)
	rows := r.H - 1
	if r.H >= 5 {
		rows--
		p.hands(c, s, r)
	}
	chosen := p.row(s)
	if chosen >= 0 {
		p.top = min(max(p.top, chosen-rows+1), chosen)
	}
	p.top = max(min(p.top, len(p.order)-rows), 0)
	for i := range min(rows, len(p.order)-p.top) {
		p.message(c, s, &s.flights[p.order[p.top+i]], canvas.R(r.X, r.Y+1+i, r.W, 1), cols, p.top+i == chosen)
	}
	if below := len(p.order) - p.top - rows; below > 0 || p.top > 0 {
		text := itoa(len(p.order)) + " messages"
		if r.H >= 5 {
			c.Right(r.X+r.W-1, r.Y+r.H-1, " "+text, canvas.StDim)
		}
	}
}

// message draws a row of the table.
func (p *wirePane) message(c *canvas.Canvas, s *scene, f *trace.Flight, r canvas.Rect, cols wireColumns, chosen bool) {
	st := canvas.StText
	if chosen {
		c.Text(r.X, r.Y, p.Here, canvas.StFocus)
		st = canvas.StBold
	}
	c.TextIn(r.X+2, r.Y, cols.link-r.X-3, itoa(int(f.Msg)), st)
	c.Inside(canvas.R(cols.link, r.Y, cols.kind-cols.link-1, 1), func() {
		x := c.Text(cols.link, r.Y, s.hostName(f.From), canvas.StText)
		x = c.Text(x, r.Y, p.Arrow, canvas.StDim)
		c.Text(x, r.Y, s.hostName(f.To), canvas.StText)
	})
	if cols.kind < cols.carries {
		c.TextIn(cols.kind, r.Y, cols.carries-cols.kind-1, printable(f.Kind), canvas.StDim)
	}
	p.carried(c, s, f, cols.carries, r.Y, cols.sent-cols.carries-1)
	if cols.sent < cols.lands {
		c.Text(cols.sent, r.Y, seconds(f.Sent), canvas.StDim)
	}
	switch where := s.landing(f); {
	case f.Held:
		p.heldBy(c, f, cols, r.Y)
	case where != "":
		c.Blank(canvas.R(cols.lands, r.Y, cols.end-cols.lands, 1), canvas.StText)
		c.TextIn(cols.lands, r.Y, cols.end-cols.lands, p.Paused+" "+where, canvas.StFaultBold)
	default:
		p.countdown(c, s, f, cols, r.Y)
	}
	if chosen {
		c.Restyle(r.X+1, r.Y, cols.kind-r.X-2, canvas.StCursor)
	}
	p.zone(c, r, messageSubject(f.Msg))
}

// maxCarried bounds how many versions of a message are named.
const maxCarried = 3

// carried draws the versions that a message carries, and the write of the last one; or what
// a remote client asks for.
func (p *wirePane) carried(c *canvas.Canvas, s *scene, f *trace.Flight, x, y, w int) {
	end := x + w
	if len(f.Ops) == 0 {
		if op := s.requestOf(f); op != nil {
			c.TextIn(x, y, w, op.Command.String(), canvas.StText)
			return
		}
		c.TextIn(x, y, w, "no write", canvas.StDim)
		return
	}
	ops := f.Ops
	if n := len(ops) - maxCarried; n > 0 {
		x = c.TextIn(x, y, w, itoa(n)+" and", canvas.StDim)
		ops = ops[n:]
	}
	c.Inside(canvas.R(x, y, max(end-x, 0), 1), func() {
		for _, op := range ops {
			x = p.Badge(c, x, y, s.version(op, s.key))
		}
	})
	if op := s.index.Op(ops[len(ops)-1]); op != nil && end-x > 4 {
		c.TextIn(x+1, y, end-x-1, op.Command.String(), canvas.Version(s.version(op.ID, s.key)))
	}
}

// heldBy says what holds a message.
func (p *wirePane) heldBy(c *canvas.Canvas, f *trace.Flight, cols wireColumns, y int) {
	c.Blank(canvas.R(cols.lands, y, cols.end-cols.lands, 1), canvas.StText)
	text := p.Cut + " held: " + printable(f.Cause)
	if byHand(f) {
		text = p.Paused + " held by hand"
	}
	c.TextIn(cols.lands, y, cols.end-cols.lands, text, canvas.StFaultBold)
}

// countdown says in how long a message lands, and draws how far it has come.
func (p *wirePane) countdown(c *canvas.Canvas, s *scene, f *trace.Flight, cols wireColumns, y int) {
	c.Right(cols.bar-1, y, s.landsIn(f), canvas.StBold)
	n := cols.end - cols.bar
	done := canvas.Rounded(progress(f.Sent, f.Due, s.at)*n, 1000)
	st := canvas.StDim
	if len(f.Ops) > 0 {
		st = canvas.Version(s.version(f.Ops[len(f.Ops)-1], s.key))
	}
	c.Fill(cols.bar, y, done, p.DoneTrack, st)
	c.Fill(cols.bar+done, y, n-done, p.FutureTrack, canvas.StTrack)
}
