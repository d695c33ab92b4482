package trace

import (
	"cmp"
	"slices"

	"capsim/model"
)

// wire is the set of messages under way, sorted by Msg. One that has left is only
// marked; once most are, the list is compacted, so that a change costs O(1) on
// average beside the search.
type wire struct {
	flights []flight
	gone    int
}

type flight struct {
	msg  model.MsgID
	gone bool
	sent *Event // its Send; its Hold if the log has no Send
	due  model.Time
	held *Event // its Hold, while held
}

func (w *wire) find(id model.MsgID) (int, bool) {
	if n := len(w.flights); n == 0 || w.flights[n-1].msg < id {
		return n, false
	}
	return slices.BinarySearchFunc(w.flights, id, func(f flight, id model.MsgID) int { return cmp.Compare(f.msg, id) })
}

// put takes in a message, or what is new about one.
func (w *wire) put(f flight) {
	i, found := w.find(f.msg)
	switch {
	case !found:
		w.flights = slices.Insert(w.flights, i, f)
		return
	case w.flights[i].gone:
		w.gone--
	}
	w.flights[i] = f
}

// take removes a message; it may be unknown.
func (w *wire) take(id model.MsgID) {
	i, found := w.find(id)
	if !found || w.flights[i].gone {
		return
	}
	w.flights[i].gone = true
	w.gone++
	if w.gone > 16 && w.gone > len(w.flights)/2 {
		w.flights = slices.DeleteFunc(w.flights, func(f flight) bool { return f.gone })
		w.gone = 0
	}
}

func (w *wire) get(id model.MsgID) (flight, bool) {
	i, found := w.find(id)
	if !found || w.flights[i].gone {
		return flight{}, false
	}
	return w.flights[i], true
}

func (w *wire) hold(e *Event) {
	f, ok := w.get(e.Msg)
	if !ok {
		f = flight{msg: e.Msg, sent: e}
	}
	f.held = e
	w.put(f)
}

func (w *wire) release(e *Event) {
	if f, ok := w.get(e.Msg); ok {
		f.held, f.due = nil, model.Time(e.N)
		w.put(f)
	}
}

func (w *wire) len() int { return len(w.flights) - w.gone }

func (w *wire) clone() wire {
	c := wire{flights: make([]flight, 0, w.len())}
	for _, f := range w.flights {
		if !f.gone {
			c.flights = append(c.flights, f)
		}
	}
	return c
}

func (w *wire) list() []Flight {
	out := make([]Flight, 0, w.len())
	for _, f := range w.flights {
		if f.gone {
			continue
		}
		l := Flight{Msg: f.msg, From: f.sent.Node, To: f.sent.Peer, Sent: f.sent.At, Due: f.due}
		if f.sent.Kind == Send {
			l.Kind, l.Ops = f.sent.Text, f.sent.Ops
		}
		if f.held != nil {
			l.Held, l.Cause = true, f.held.Text
		}
		out = append(out, l)
	}
	return out
}
