package check

import (
	"capsim/model"
)

// Stretch is the time for which one policy ruled.
type Stretch struct {
	N      int    // from 1
	Choice string // the policy, as `use policy` names it
	Start  int    // number of its PolicyStart
	// From is the number of its first Serving: what the policy claims holds from there
	// on, as its state is installed. 0 if it never served.
	From  int
	To    int // number of its last event
	Since model.Time
}

// Stretches lists the policies that ruled, in order.
func (h *History) Stretches() []Stretch {
	var out []Stretch
	d := h.facts()
	for i, start := range d.switches {
		e := h.log.At(start)
		s := Stretch{N: i + 1, Choice: e.Text, Start: start, To: h.until, Since: e.At}
		if i+1 < len(d.switches) {
			s.To = d.switches[i+1] - 1
		}
		for _, n := range d.serving {
			if n > s.Start && n <= s.To {
				s.From = n
				break
			}
		}
		out = append(out, s)
	}
	return out
}

// Upto returns the history as it was after an event: of one stretch, with From to
// judge it from.
func (h *History) Upto(event int) *History {
	o := h.o
	o.Until, o.End = min(event, h.until), 0
	if o.Until <= 0 {
		o.Until = 1
	}
	return NewHistory(h.log, h.x, h.f, o)
}
