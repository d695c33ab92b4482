package policies

import "capsim/model"

// Expiry in cp. The entry of a write has in it what its leader's clock read, so every
// node computes the same deadline. Whoever leads when its own clock reaches the deadline
// proposes an EXPIRE, and the value is gone when the log has that: until then all nodes
// serve it. A leader proposes one EXPIRE for a value; the one after it may propose
// another, and whichever comes second finds nothing.

// expire proposes an EXPIRE for each value that has run out by this leader's clock.
func (r *cp) expire() {
	for _, e := range r.deadlines.fired(r.env) {
		if !r.leading() || !r.state.installed {
			continue // whoever leads next sees to it
		}
		cmd := e.command()
		if !r.propose(r.env.SystemWrite(cmd, e.cause), cmd) {
			r.deadlines.retry()
			return
		}
	}
}

// watch makes sure that a leader's timer for the next deadline runs.
func (r *cp) watch() {
	if r.leading() && r.state.installed {
		r.deadlines.arm(r.env, Tag{Kind: tagExpire})
	}
}

// keep makes the record be what the node has of the key.
func (r *cp) keep(key string, rec *model.Record) {
	r.store.PutRecord(key, rec)
	r.deadlines.feed(key, rec)
}
