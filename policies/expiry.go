package policies

import (
	"cmp"
	"slices"
	"time"

	"capsim/model"
)

// expiry is a value that will run out, or has.
type expiry struct {
	key   string
	at    model.Time  // the deadline
	cause model.OpID  // the write that set it, as far as the node was told of it; else the newest one that kept it
	by    model.Actor // who numbered that write
}

// command returns the system's command that ends the value.
func (e *expiry) command() model.Command { return model.ExpireCommand(e.key, e.at) }

// deadlines are the values of a node that expire. A replica feeds it with each record
// that it writes, and with all of them after a start; it keeps a timer with arm, and
// makes an EXPIRE for each that due returns. Every answer is in the order of the
// deadlines, then of the keys.
//
// Invariants: list ascends by deadline, then key, and has each key once; at has the
// same keys, with their deadlines; begun has none but keys of list.
type deadlines struct {
	list  []expiry
	at    map[string]model.Time
	begun map[string]bool // their EXPIRE is under way
	timer TimerID         // 0: not running
	rings model.Time      // when it does, by the clock as it was when the timer was set
}

// feed takes what the key holds from now on; nil for nothing.
func (d *deadlines) feed(key string, rec *model.Record) {
	v := rec.Value()
	old, known := d.at[key]
	if v.Deadline == 0 && !known || known && old == v.Deadline {
		return
	}
	if known {
		i, _ := slices.BinarySearchFunc(d.list, expiry{key: key, at: old}, compareExpiries)
		d.list = slices.Delete(d.list, i, i+1)
		delete(d.at, key)
		delete(d.begun, key)
	}
	if v.Deadline == 0 {
		return
	}
	e := expiry{key: key, at: v.Deadline}
	e.cause, e.by = setter(rec, v.Deadline)
	i, _ := slices.BinarySearchFunc(d.list, e, compareExpiries)
	d.list = slices.Insert(d.list, i, e)
	if d.at == nil {
		d.at = map[string]model.Time{}
	}
	d.at[key] = v.Deadline
}

// setter returns the newest write of the record that has the deadline in it; the newest
// of all if none has: it changed a counter or set, and kept the deadline.
func setter(rec *model.Record, deadline model.Time) (model.OpID, model.Actor) {
	newest, _ := rec.Newest()
	for _, h := range slices.Backward(rec.Heads) {
		if h.Value.Deadline == deadline {
			return h.Op, h.Dot.Actor
		}
	}
	return newest.Op, newest.Dot.Actor
}

func compareExpiries(a, b expiry) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.key, b.key))
}

// reload forgets everything and takes what the store has.
func (d *deadlines) reload(s Store) {
	d.list, d.at, d.begun = nil, nil, nil
	for _, key := range s.Keys() {
		d.feed(key, s.Record(key))
	}
}

// next returns the earliest deadline whose EXPIRE is not under way; Never if there is none.
func (d *deadlines) next() model.Time {
	for i := range d.list {
		if !d.begun[d.list[i].key] {
			return d.list[i].at
		}
	}
	return model.Never
}

// due returns the values whose deadline a clock that reads now has reached, and counts
// their EXPIREs as under way: it returns none of them again until the key gets another
// deadline, or retry.
func (d *deadlines) due(now model.Time) []expiry {
	var out []expiry
	for _, e := range d.list {
		if e.at > now {
			break
		}
		if d.begun[e.key] {
			continue
		}
		if d.begun == nil {
			d.begun = map[string]bool{}
		}
		d.begun[e.key] = true
		out = append(out, e)
	}
	return out
}

// retry counts no EXPIRE as under way any more.
func (d *deadlines) retry() { d.begun = nil }

// expiryCheck is the longest that a timer for a deadline runs: a wall clock that is set
// ahead is noticed by then. Redis looks for expired keys as often (hz 10).
const expiryCheck = 100 * time.Millisecond

// arm sets the timer for the next deadline, unless one runs that is soon enough. The tag
// must be for it alone.
func (d *deadlines) arm(env Env, tag Tag) {
	if len(d.list) == 0 {
		return
	}
	next := d.next()
	if next == model.Never || d.timer != 0 && d.rings <= next {
		return
	}
	d.stop(env)
	now := env.Now()
	wait := min(max(next.Sub(now), 0), expiryCheck)
	d.timer, d.rings = env.After(wait, tag), now.Add(wait)
}

// stop cancels the timer.
func (d *deadlines) stop(env Env) {
	if d.timer != 0 {
		env.Cancel(d.timer)
		d.timer = 0
	}
}

// fired says that the timer rang, and returns what is due. Arm it again afterwards.
func (d *deadlines) fired(env Env) []expiry {
	d.timer = 0
	return d.due(env.Now())
}
