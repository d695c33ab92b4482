package tui

import (
	"capsim/export"
	"capsim/trace"
	"capsim/tui/canvas"
)

// grip is something to be done to a message by hand.
type grip struct {
	key, verb, doc string
	off            func(s *scene, f *trace.Flight) string // why it can't be done; "" if it can
}

// grips are those of the script language. The key of each is a letter of its name.
var grips = []grip{
	{"D", "drop", "lose the message", func(*scene, *trace.Flight) string { return "" }},
	{"O", "hold", "keep it where it is", func(s *scene, f *trace.Flight) string {
		if byHand(f) {
			return "it is held already"
		}
		return ""
	}},
	{"E", "release", "let it go on", func(s *scene, f *trace.Flight) string {
		if !f.Held {
			return "nothing holds it"
		}
		return heldByCut(s, f)
	}},
	{"U", "hurry", "let it land now", heldByCut},
}

// why says why the grip can't be used on a message; "" if it can. What waits at a node is out
// of the network's hands.
func (g *grip) why(s *scene, f *trace.Flight) string {
	if where := s.landing(f); where != "" {
		return "it " + where
	}
	return g.off(s, f)
}

// byHand tells whether a message is held by itself, and not by a cut.
func byHand(f *trace.Flight) bool { return f.Held && hasWord(f.Cause, "message") }

func heldByCut(s *scene, f *trace.Flight) string {
	if f.Held && !byHand(f) {
		return "it is held by a cut (" + printable(f.Cause) + "), which h heals"
	}
	return ""
}

// grip does something to the selected message by hand.
func (p *wirePane) grip(s *scene, g *grip) request {
	p.sort(s)
	at := p.row(s)
	switch {
	case len(p.order) == 0:
		return request{refuse: p.nothing(s)}
	case at < 0 && s.picked.Kind == export.MessageSubject:
		return request{refuse: g.key + ": message " + itoa(int(s.picked.Msg)) + " is not under way any more; ↑ ↓ select another"}
	case at < 0:
		return request{refuse: g.key + ": no message is selected; ↑ ↓ select one"}
	}
	f := &s.flights[p.order[at]]
	if why := g.why(s, f); why != "" {
		return request{refuse: g.key + " (" + g.verb + "), message " + itoa(int(f.Msg)) + ": " + why}
	}
	return request{pick: messageSubject(f.Msg), line: "message " + itoa(int(f.Msg)) + " " + g.verb}
}

// hands draws what can be done to the selected message, in the last row.
func (p *wirePane) hands(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if r.H < 5 {
		return
	}
	x, y := r.X+1, r.Y+r.H-1
	var f *trace.Flight
	if at := p.row(s); at >= 0 {
		f = &s.flights[p.order[at]]
	}
	for i := range grips {
		g := &grips[i]
		key, word := canvas.StBold, canvas.StText
		if f == nil || g.why(s, f) != "" {
			key, word = canvas.StDim, canvas.StDim
		}
		from := x
		x = c.Text(x, y, g.key, key)
		x = c.Text(x+1, y, g.verb, word)
		p.keyZone(c, canvas.R(from, y, x-from, 1), g.key)
		x += 2
	}
	if f != nil && r.X+r.W-14-x >= 24 {
		c.Text(x, y, "message "+itoa(int(f.Msg))+" is selected", canvas.StDim)
	}
}
