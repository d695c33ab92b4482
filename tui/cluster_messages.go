package tui

import (
	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// maxSigns bounds how many messages are drawn: more can't be told apart.
const maxSigns = 200

// drawMessages draws what is on the wire, over what has just arrived: first what
// carries no write.
func (p *clusterPane) drawMessages(c *canvas.Canvas, s *scene) {
	for _, sent := range s.landed {
		if e, ok := p.link(sent.Node, sent.Peer); ok {
			n := s.carried(sent)
			c.Line(p.Glyphs, e.from, e.to, canvas.Version(n), nil)
			p.sign(c, s, e, e.to, p.Carries[heading(e)], canvas.VersionBold(n), sent.Msg)
		}
	}
	p.queues = append(p.queues[:0], make([]int, 2*len(p.edges))...)
	flights := s.flights[max(len(s.flights)-maxSigns, 0):]
	for _, carrying := range [...]bool{false, true} {
		for i := range flights {
			if f := &flights[i]; len(f.Ops) > 0 == carrying {
				p.drawMessage(c, s, f)
			}
		}
	}
}

// carried returns the number of the version that a message carries, or asks to write; 0:
// none.
func (s *scene) carried(sent *trace.Event) int {
	if k := len(sent.Ops); k > 0 {
		return s.version(sent.Ops[k-1], s.key)
	}
	return s.version(sent.Op, s.key)
}

func (p *clusterPane) drawMessage(c *canvas.Canvas, s *scene, f *trace.Flight) {
	e, ok := p.link(f.From, f.To)
	if !ok {
		return
	}
	at := canvas.Along(e.from, e.to, p.progress(s, f))
	n, st := 0, canvas.StText
	if len(f.Ops) > 0 {
		n = s.version(f.Ops[len(f.Ops)-1], s.key)
	} else if sent := int(s.record.message(f.Msg).sent); sent > 0 && s.log.At(sent).Op != 0 {
		n = s.version(s.log.At(sent).Op, s.key)
	}
	sign := p.Empty[heading(e)]
	if n > 0 || len(f.Ops) > 0 {
		sign, st = p.Carries[heading(e)], canvas.VersionBold(n)
		if !f.Held {
			c.Line(p.Glyphs, e.from, at, canvas.Version(n), nil)
		}
	}
	p.sign(c, s, e, at, sign, st, f.Msg)
}

// progress returns how far a message is on its way, in thousandths. Those that are held
// stand in a row before the cut.
func (p *clusterPane) progress(s *scene, f *trace.Flight) int {
	if !f.Held {
		return progress(f.Sent, f.Due, s.at)
	}
	a, b := int(f.From)-1, int(f.To)-1
	queue := 2 * p.at(min(a, b), max(a, b))
	if a > b {
		queue++
	}
	k := p.queues[queue]
	p.queues[queue]++
	return max(330-70*k, 50)
}

// sign draws the sign of a message; of a selected one its number too.
func (p *clusterPane) sign(c *canvas.Canvas, s *scene, e edge, at canvas.Point, sign rune, st canvas.Style, msg model.MsgID) {
	of := export.Subject{Kind: export.MessageSubject, Msg: msg}
	x, y := at.X>>1, at.Y>>2
	if s.isPicked(of) {
		c.Line(p.Glyphs, e.from, e.to, canvas.StFocus, nil)
		st = canvas.StSelect
		p.place(c, edge{at, at}, append(p.buf[:0], s.nameMessage(msg)...), "", canvas.StSelect, of)
	}
	c.Put(x, y, sign, st)
	p.zone(c, canvas.R(x-1, y, 3, 1), of)
}

// nameMessage says which message it is: its number and kind.
func (s *scene) nameMessage(m model.MsgID) string {
	text := "m" + itoa(int(m))
	if sent := int(s.record.message(m).sent); sent > 0 {
		text += " " + printable(s.log.At(sent).Text)
	}
	return text
}

// progress returns how far a message is on its way, in thousandths.
func progress(sent, due, now model.Time) int {
	if due <= sent {
		return 1000
	}
	return int(min(max((now-sent)*1000/(due-sent), 0), 1000))
}

// heading returns the index of the sign for a message: right, left, up, down.
func heading(e edge) int {
	dx, dy := e.to.X-e.from.X, e.to.Y-e.from.Y
	switch {
	case 2*canvas.Abs(dx) >= 3*canvas.Abs(dy) && dx >= 0:
		return 0
	case 2*canvas.Abs(dx) >= 3*canvas.Abs(dy):
		return 1
	case dy < 0:
		return 2
	}
	return 3
}
