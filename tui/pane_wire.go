package tui

import (
	"cmp"
	"slices"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
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

func (p *wirePane) columns(r rect) wireColumns {
	cols := wireColumns{link: r.x + 8, end: r.x + r.w - 1}
	cols.kind = cols.link + 9
	cols.carries = cols.kind + 13
	bar := 10
	switch {
	case r.w < 56: // no room for the kind, nor for the way
		cols.carries, bar = cols.kind, 0
	case r.w < 70:
		cols.carries, bar = cols.kind+11, 6
	}
	cols.bar = cols.end - bar
	cols.lands = cols.bar - 8
	cols.sent = cols.lands
	if r.w >= 76 {
		cols.sent = cols.lands - 9
	}
	return cols
}

func (p *wirePane) draw(c *canvas, s *scene, r rect) {
	p.sort(s)
	if len(p.order) == 0 {
		c.textIn(r.x+1, r.y, r.w-2, p.nothing(s), stDim)
		p.hands(c, s, r)
		return
	}
	cols := p.columns(r)
	c.text(r.x+2, r.y, "no.", stDim)
	c.text(cols.link, r.y, "from to", stDim)
	if cols.kind < cols.carries {
		c.text(cols.kind, r.y, "kind", stDim)
	}
	c.text(cols.carries, r.y, "carries", stDim)
	if cols.sent < cols.lands {
		c.text(cols.sent, r.y, "   sent", stDim)
	}
	c.text(cols.lands, r.y, "   lands", stDim)
	rows := r.h - 1
	if r.h >= 5 {
		rows--
		p.hands(c, s, r)
	}
	chosen := p.row(s)
	if chosen >= 0 {
		p.top = min(max(p.top, chosen-rows+1), chosen)
	}
	p.top = max(min(p.top, len(p.order)-rows), 0)
	for i := range min(rows, len(p.order)-p.top) {
		p.message(c, s, &s.flights[p.order[p.top+i]], rect{r.x, r.y + 1 + i, r.w, 1}, cols, p.top+i == chosen)
	}
	if below := len(p.order) - p.top - rows; below > 0 || p.top > 0 {
		text := itoa(len(p.order)) + " messages"
		if r.h >= 5 {
			c.right(r.x+r.w-1, r.y+r.h-1, " "+text, stDim)
		}
	}
}

// message draws a row of the table.
func (p *wirePane) message(c *canvas, s *scene, f *trace.Flight, r rect, cols wireColumns, chosen bool) {
	st := stText
	if chosen {
		c.text(r.x, r.y, p.here, stFocus)
		st = stBold
	}
	c.textIn(r.x+2, r.y, cols.link-r.x-3, itoa(int(f.Msg)), st)
	c.inside(rect{cols.link, r.y, cols.kind - cols.link - 1, 1}, func() {
		x := c.text(cols.link, r.y, s.hostName(f.From), stText)
		x = c.text(x, r.y, p.arrow, stDim)
		c.text(x, r.y, s.hostName(f.To), stText)
	})
	if cols.kind < cols.carries {
		c.textIn(cols.kind, r.y, cols.carries-cols.kind-1, printable(f.Kind), stDim)
	}
	p.carried(c, s, f, cols.carries, r.y, cols.sent-cols.carries-1)
	if cols.sent < cols.lands {
		c.text(cols.sent, r.y, seconds(f.Sent), stDim)
	}
	if f.Held {
		p.heldBy(c, f, cols, r.y)
	} else {
		p.countdown(c, s, f, cols, r.y)
	}
	if chosen {
		c.restyle(r.x+1, r.y, cols.kind-r.x-2, stCursor)
	}
	p.zone(c, r, messageSubject(f.Msg))
}

// maxCarried bounds how many versions of a message are named.
const maxCarried = 3

// carried draws the versions that a message carries, and the write of the last one; or what
// a remote client asks for.
func (p *wirePane) carried(c *canvas, s *scene, f *trace.Flight, x, y, w int) {
	end := x + w
	if len(f.Ops) == 0 {
		if op := s.requestOf(f); op != nil {
			c.textIn(x, y, w, op.Command.String(), stText)
			return
		}
		c.textIn(x, y, w, "no write", stDim)
		return
	}
	ops := f.Ops
	if n := len(ops) - maxCarried; n > 0 {
		x = c.textIn(x, y, w, itoa(n)+" and", stDim)
		ops = ops[n:]
	}
	c.inside(rect{x, y, max(end-x, 0), 1}, func() {
		for _, op := range ops {
			x = p.badge(c, x, y, s.version(op, s.key))
		}
	})
	if op := s.index.Op(ops[len(ops)-1]); op != nil && end-x > 4 {
		c.textIn(x+1, y, end-x-1, op.Command.String(), version(s.version(op.ID, s.key)))
	}
}

// heldBy says what holds a message.
func (p *wirePane) heldBy(c *canvas, f *trace.Flight, cols wireColumns, y int) {
	c.blank(rect{cols.lands, y, cols.end - cols.lands, 1}, stText)
	text := p.cut + " held: " + printable(f.Cause)
	if byHand(f) {
		text = p.paused + " held by hand"
	}
	c.textIn(cols.lands, y, cols.end-cols.lands, text, stFaultBold)
}

// countdown says in how long a message lands, and draws how far it has come.
func (p *wirePane) countdown(c *canvas, s *scene, f *trace.Flight, cols wireColumns, y int) {
	left := export.Span(max(f.Due-s.at, 0).Sub(0))
	c.right(cols.bar-1, y, left, stBold)
	n := cols.end - cols.bar
	done := rounded(progress(f.Sent, f.Due, s.at)*n, 1000)
	st := stDim
	if len(f.Ops) > 0 {
		st = version(s.version(f.Ops[len(f.Ops)-1], s.key))
	}
	c.fill(cols.bar, y, done, p.doneTrack, st)
	c.fill(cols.bar+done, y, n-done, p.futureTrack, stTrack)
}
