package policies

import (
	"time"

	"capsim/model"
)

// downstream is the connection to a replica: a primary's, or a replica's to one of its
// own, to which it passes on the stream that it gets.
type downstream struct {
	conn   uint64 // of the replica's newest attempt
	open   bool
	online bool       // it has the data: it counts
	base   int64      // where what it was sent begins
	offset int64      // what it said that it has
	heard  model.Time // when it said so last
	sent   []sentEntry
}

// sentEntry is a part of the stream that the replica did not say it has.
type sentEntry struct {
	redisEntry
	at model.Time // when it was sent last
}

// rto is how long what was sent stays unacknowledged before it counts as lost, as TCP's
// least retransmission timeout in Linux. Here it does not grow.
const rto = 200 * time.Millisecond

// feed appends to the stream of a primary.
func (r *redis) feed(e redisEntry) {
	e.at = r.offset
	r.pass(&e)
}

// pass moves the node to the end of the next part of the stream, and hands that to its
// replicas.
func (r *redis) pass(e *redisEntry) {
	r.offset = e.end()
	r.backlog.add(*e)
	for i := range r.replicas {
		if d := &r.replicas[i]; d.open {
			d.sent = append(d.sent, sentEntry{*e, r.env.Now()})
			r.env.Send(model.NodeID(i+1), &redisStream{d.conn, r.id, []redisEntry{*e}})
		}
	}
}

// psync answers a replica that asks for the stream.
func (r *redis) psync(from model.NodeID, m *redisPsync) {
	d := &r.replicas[from-1]
	if r.primary != 0 && !r.up.up || m.conn < d.conn || m.conn == d.conn && d.online {
		return // what a replica is asked for comes again, if it is still wanted
	}
	*d = downstream{conn: m.conn, open: true, base: m.offset, offset: m.offset, heard: r.env.Now()}
	if r.known(m) {
		if entries, ok := r.backlog.after(m.offset, r.offset); ok {
			for _, e := range entries {
				d.sent = append(d.sent, sentEntry{e, r.env.Now()})
			}
			r.env.Send(from, &redisContinue{m.conn, r.id, entries})
			r.env.Count("redis.partial", 1)
			return
		}
	}
	d.base, d.offset = r.offset, 0
	r.env.Send(from, &redisFull{m.conn, r.id, r.offset, r.snapshot()})
	r.env.Count("redis.full", 1)
}

// known tells whether the replica's data are a beginning of this stream.
func (r *redis) known(m *redisPsync) bool {
	return m.id != "" && (m.id == r.id && m.offset <= r.offset || m.id == r.id2 && m.offset <= r.offset2)
}

// acked takes what a replica says that it has.
func (r *redis) acked(from model.NodeID, m redisAck) {
	d := &r.replicas[from-1]
	if d.open && d.conn == m.conn && m.id == r.id && m.offset < d.base {
		*d = downstream{conn: d.conn} // it follows an answer of which the rest was not kept
	}
	if !d.open || d.conn != m.conn || m.id != r.id {
		r.env.Send(from, redisReset{conn: m.conn})
		return
	}
	for len(d.sent) > 0 && d.sent[0].end() <= m.offset {
		d.sent = d.sent[1:]
	}
	r.resend(from, d)
	if m.again {
		return
	}
	d.offset, d.heard = max(d.offset, m.offset), r.env.Now()
	if !d.online {
		d.online = true
		r.countGood()
	}
	r.satisfy()
}

// resend sends again what must have been lost.
func (r *redis) resend(to model.NodeID, d *downstream) {
	if len(d.sent) == 0 || r.since(d.sent[0].at) < rto {
		return
	}
	var again []redisEntry
	for i := range d.sent {
		if e := &d.sent[i]; r.since(e.at) >= rto {
			e.at = r.env.Now()
			again = append(again, e.redisEntry)
		}
	}
	r.env.Count("redis.resent", int64(len(again)))
	for len(again) > 0 {
		n := min(len(again), batch)
		r.env.Send(to, &redisStream{d.conn, r.id, again[:n:n]})
		again = again[n:]
	}
}

// tendReplicas is what Redis's cron does for replicas. The stream's PINGs are the
// primary's.
func (r *redis) tendReplicas() {
	some := false
	for i := range r.replicas {
		d := &r.replicas[i]
		if d.open && d.online && r.since(d.heard) > r.conf.timeout {
			*d = downstream{conn: d.conn}
			r.env.Note("redis.dropped", "node", r.self.String(), "replica", model.NodeID(i+1).String(), "for", r.conf.timeout.String())
		}
		some = some || d.open
	}
	if some && r.primary == 0 && r.since(r.pinged) >= r.conf.ping {
		r.pinged = r.env.Now()
		r.feed(redisEntry{size: pingSize})
	}
	r.countGood()
}

// countGood counts the replicas that were heard lately, in whole seconds as Redis.
func (r *redis) countGood() {
	r.good = 0
	for i := range r.replicas {
		if d := &r.replicas[i]; d.online && r.since(d.heard)/time.Second <= r.conf.maxLag/time.Second {
			r.good++
		}
	}
}

// disconnectReplicas ends the connections: the stream is another's from here on.
func (r *redis) disconnectReplicas() {
	for i := range r.replicas {
		r.replicas[i] = downstream{conn: r.replicas[i].conn}
	}
	r.good = 0
}

// promote is SLAVEOF NO ONE. The stream goes on under a new id; who was at this
// offset of the old one, or before it, may follow.
func (r *redis) promote() {
	r.env.Count("redis.promoted", 1)
	r.id2, r.offset2 = r.id, r.offset
	r.primary, r.up = 0, upstream{counter: r.up.counter}
	r.rule()
	r.disconnectReplicas()
	r.saveRole()
	r.hangUp()
	r.expiry.retry()
	r.expiry.arm(r.env, Tag{Kind: redisExpire})
}

// replicate is SLAVEOF: the node throws nothing away until the new primary has told
// whether it can go on from here.
func (r *redis) replicate(primary model.NodeID) {
	if r.primary == 0 {
		r.env.Note("redis.demoted", "node", r.self.String(), "to", primary.String())
		r.env.Count("redis.demoted", 1)
	}
	r.disconnectReplicas()
	r.expiry.stop(r.env)
	r.primary = primary
	r.saveRole()
	r.hangUp()
	r.connect()
}

// replicaOf is the command SLAVEOF; 0 is NO ONE.
func (r *redis) replicaOf(primary model.NodeID) {
	switch {
	case primary == r.primary, primary == r.self:
	case primary == 0:
		r.promote()
	default:
		r.replicate(primary)
	}
}
