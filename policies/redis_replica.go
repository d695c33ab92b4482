package policies

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"capsim/model"
)

// upstream is a replica's connection to its primary.
type upstream struct {
	conn    uint64
	counter uint64 // of this process's attempts
	up      bool
	heard   model.Time   // the last sign of life
	down    model.Time   // since when it is not up
	early   []redisEntry // what came before its turn …
	earlyID string       // … and of which stream, before the primary's answer
	waiting bool         // for what is missing before early
}

// connect begins an attempt at the primary's stream.
func (r *redis) connect() {
	u := &r.up
	u.counter++
	*u = upstream{counter: u.counter, conn: uint64(r.env.Incarnation())<<32 | u.counter, heard: r.env.Now(), down: r.env.Now()}
	r.ask()
}

func (r *redis) ask() {
	r.env.Send(r.primary, &redisPsync{conn: r.up.conn, id: r.id, offset: r.offset})
}

// tendUpstream is the replica's part of Redis's cron.
func (r *redis) tendUpstream() {
	switch u := &r.up; {
	case u.up && r.since(u.heard) > r.conf.timeout:
		r.linkDown("nothing was heard for " + r.conf.timeout.String())
		r.connect()
	case u.up:
		r.report()
	case u.conn == 0:
		r.connect()
	default:
		r.ask()
	}
}

func (r *redis) linkDown(why string) {
	r.env.Note("redis.linkdown", "node", r.self.String(), "primary", r.primary.String(), "why", why)
	r.up.up = false
}

// report is REPLCONF ACK.
func (r *redis) report() {
	r.env.Send(r.primary, redisAck{conn: r.up.conn, id: r.id, offset: r.offset})
}

// answers tells whether a message is of the connection that is there now.
func (r *redis) answers(from model.NodeID, conn uint64) bool {
	if from != r.primary || conn != r.up.conn {
		return false
	}
	r.up.heard = r.env.Now()
	return true
}

// continued goes on from where it is.
func (r *redis) continued(from model.NodeID, m *redisContinue) {
	if !r.answers(from, m.conn) || r.up.up {
		return
	}
	if m.id != r.id {
		r.id2, r.offset2 = r.id, r.offset
		r.id = m.id
		r.disconnectReplicas()
	}
	r.keepEarly(m.id)
	var bytes int64
	for i := range m.entries {
		bytes += m.entries[i].size
	}
	r.up.up = true
	r.env.Note("redis.continued", "node", r.self.String(), "primary", from.String(), "bytes", strconv.FormatInt(bytes, 10))
	r.arrive(m.entries)
	r.report()
}

// copied throws its own data away for the primary's.
func (r *redis) copied(from model.NodeID, m *redisFull) {
	if !r.answers(from, m.conn) || r.up.up {
		return
	}
	before := r.env.Store().Keys()
	if len(before) > 0 {
		r.env.Note("redis.resync", "node", r.self.String(), "primary", from.String(), "keys", strconv.Itoa(len(m.records)))
	}
	r.replaceAll(m.records, "it is not in the data of "+from.String()+", of which "+r.self.String()+" takes a copy")
	r.id, r.offset, r.id2, r.offset2 = m.id, m.offset, "", 0
	r.backlog.clear()
	r.disconnectReplicas()
	r.keepEarly(m.id)
	r.up.up = true
	r.arrive(nil)
	r.report()
}

// keepEarly keeps what came before the answer only if it is of the same stream.
func (r *redis) keepEarly(id string) {
	if r.up.earlyID != id {
		r.up.early = nil
	}
}

// streamed takes commands. Before the primary's answer, what comes is kept.
func (r *redis) streamed(from model.NodeID, m *redisStream) {
	if !r.answers(from, m.conn) || r.up.up && m.id != r.id {
		r.env.Send(from, redisReset{conn: m.conn})
		return
	}
	if !r.up.up && m.id != r.up.earlyID {
		r.up.early, r.up.earlyID = nil, m.id
	}
	r.arrive(m.entries)
}

// arrive puts parts of the stream into order and executes what follows on the node's
// offset.
func (r *redis) arrive(entries []redisEntry) {
	u := &r.up
	for _, e := range entries {
		if u.up && e.at == r.offset {
			r.follow(&e)
			continue
		}
		i, found := slices.BinarySearchFunc(u.early, e.at, func(x redisEntry, at int64) int { return cmp.Compare(x.at, at) })
		if !found && (!u.up || e.at > r.offset) {
			u.early = slices.Insert(u.early, i, e)
		}
	}
	if !u.up {
		return
	}
	n := 0
	for ; n < len(u.early) && u.early[n].at <= r.offset; n++ {
		if u.early[n].at == r.offset {
			r.follow(&u.early[n])
		}
	}
	u.early = u.early[n:]
	if len(u.early) > 0 && !u.waiting {
		u.waiting = true
		r.env.After(rto, Tag{Kind: redisGap, N: u.conn})
	}
}

func (r *redis) follow(e *redisEntry) {
	r.take(e)
	if e.getAck {
		r.report()
	}
}

// missing asks again for what was lost before a part that arrived.
func (r *redis) missing(conn uint64) {
	u := &r.up
	if r.primary == 0 || conn != u.conn || !u.up {
		return
	}
	if u.waiting = len(u.early) > 0; u.waiting {
		r.env.Send(r.primary, redisAck{conn: u.conn, id: r.id, offset: r.offset, again: true})
		r.env.After(rto, Tag{Kind: redisGap, N: conn})
	}
}

// reset says that the other side knows nothing of a connection.
func (r *redis) reset(from model.NodeID, m redisReset) {
	switch {
	case m.client:
		if r.library != nil {
			r.library.reset(r.env, from, m.conn)
		}
	case r.primary == from && m.conn == r.up.conn:
		if r.up.up {
			r.linkDown("the connection is gone: " + from.String() + " was restarted, or gave it up")
		}
		r.up = upstream{counter: r.up.counter, down: r.env.Now()} // the cron connects anew
	case r.primary == 0 && m.conn == r.replicas[from-1].conn:
		r.replicas[from-1] = downstream{conn: m.conn}
		r.countGood()
	}
}

// linkDownFor returns how long the replica has had no connection to its primary.
func (r *redis) linkDownFor() time.Duration {
	if r.primary == 0 || r.up.up {
		return 0
	}
	return r.since(r.up.down)
}
