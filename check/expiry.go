package check

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// Expiry in a history. What an operation of the past would have computed can't be asked
// of its node's clock again, and need not be: a deadline is only ever compared with that
// of an EXPIRE, which names one. So each write that sets a deadline has one that stands
// for it: the one that the nodes applied, else the one that an EXPIRE says it set, else
// one of its own that no clock ever shows.

// setsDeadline tells whether the command gives its key a deadline, if it succeeds.
func setsDeadline(c model.Command) bool {
	return c.Verb == model.PEXPIRE || c.Verb == model.SET && model.SetPX(c) > 0
}

// ownDeadline is the deadline of a write that nobody tells of: negative, so it is no
// instant of a run.
func ownDeadline(op model.OpID) model.Time { return -model.Time(op) }

// blames adds the deadline that an EXPIRE says its cause had set.
func blames(known map[opKey]model.Time, c model.Command, cause model.OpID) {
	if c.Verb != model.EXPIRE || cause == 0 {
		return
	}
	at, err := strconv.ParseInt(c.Args[1], 10, 64)
	if k := (opKey{cause, c.Key()}); err == nil && known[k] == 0 {
		known[k] = model.Time(at)
	}
}

// deadlineOf returns the deadline that stands for the one that the operation set.
func (h *History) deadlineOf(o *trace.Op) model.Time {
	if at := h.facts().deadlines[opKey{o.ID, o.Command.Key()}]; at != 0 {
		return at
	}
	return ownDeadline(o.ID)
}

// leaves returns the value that an operation leaves if it succeeds, where its words
// say it, with its deadline; None for a deletion.
func (h *History) leaves(o *trace.Op) (v model.Value, ok bool) {
	if v, ok = puts(o.Command); ok && setsDeadline(o.Command) {
		v.Deadline = h.deadlineOf(o)
	}
	return v, ok
}

// dated makes the deadline that a command set be the one given; 0 if it sets none.
func dated(effects []model.Effect, deadline model.Time) {
	for i := range effects {
		if v := &effects[i].Value; deadline != 0 && v.Deadline != 0 {
			v.Deadline = deadline
		}
	}
}
