package policies

import (
	"capsim/model"
)

// Refusals of Redis, and that of a library.
const (
	codeReadOnly     = "READONLY"
	codeNoReplicas   = "NOREPLICAS"
	codeMasterDown   = "MASTERDOWN"
	codeNoConnection = "NOCONN" // the library found no connection to the primary
)

// session is a client's connection to this Redis.
type session struct {
	host   model.NodeID // the client's
	client string
	conn   uint64 // of a library's connection; 0: the client speaks to this node directly
	cookie uint64
	seq    int           // of the last command
	last   *model.Result // its answer; nil: it waits
	wrote  int64         // the offset after the connection's last write: what WAIT waits for
}

func (r *redis) session(host model.NodeID, client string) *session {
	for _, s := range r.sessions {
		if s.host == host && s.client == client {
			return s
		}
	}
	s := &session{host: host, client: client}
	r.sessions = append(r.sessions, s)
	return s
}

// direct executes a command of a client that speaks to this node. If its WAIT still
// waits, its patience was over, and this is a new connection.
func (r *redis) direct(req Request) {
	s := r.session(r.self, req.Client)
	if r.waiting(s) {
		r.forget(s)
	}
	r.serve(s, req)
}

// accept opens a connection for a library.
func (r *redis) accept(from model.NodeID, m redisConnect) {
	s := r.session(from, m.client)
	switch {
	case m.conn < s.conn:
		return
	case m.conn > s.conn:
		r.forget(s)
		r.cookies++
		*s = session{host: from, client: m.client, conn: m.conn, cookie: uint64(r.env.Incarnation())<<32 | r.cookies}
	}
	r.env.Send(from, redisConnected{conn: s.conn, cookie: s.cookie})
}

// called takes a command on a connection: each once, in order.
func (r *redis) called(from model.NodeID, m *redisRequest) {
	s := r.session(from, m.req.Client)
	switch {
	case s.conn != m.conn || s.cookie != m.cookie:
		r.env.Send(from, redisReset{conn: m.conn, client: true})
	case m.seq == s.seq+1:
		s.seq, s.last = m.seq, nil
		r.serve(s, m.req)
	case m.seq == s.seq && s.last != nil:
		r.env.Send(from, &redisReply{conn: s.conn, seq: s.seq, res: *s.last})
	}
}

// finish answers the session's command.
func (r *redis) finish(s *session, op model.OpID, res model.Result) {
	if s.conn == 0 {
		if r.library != nil {
			r.library.answered(r.env, s.client, op, res)
			return
		}
		r.env.Reply(op, res)
		return
	}
	s.last = &res
	r.env.Send(s.host, &redisReply{conn: s.conn, seq: s.seq, res: res})
}

// hangUp ends all connections of clients, as Sentinel has it done where it changes a
// role: those who wait learn nothing.
func (r *redis) hangUp() {
	waits, sessions := r.waits, r.sessions
	r.waits, r.sessions = nil, nil
	for _, s := range sessions {
		if s.conn != 0 {
			r.env.Send(s.host, redisReset{conn: s.conn, client: true})
		}
	}
	for _, w := range waits {
		if r.env.Cancel(w.timer); w.session.conn == 0 {
			r.finish(w.session, w.op, model.Result{Outcome: model.Unknown, Why: "the connection was closed: the node's role changed"})
		}
	}
}

// serve executes a client's command, or says why not, as Redis's processCommand.
func (r *redis) serve(s *session, req Request) {
	cmd := req.Command
	if r.primary == 0 {
		r.expire(r.expiry.due(r.env.Now()))
	}
	switch {
	case cmd.Writes() && r.primary == 0 && r.conf.minReplicas > 0 && r.conf.maxLag > 0 && r.good < r.conf.minReplicas:
		r.refuse(s, req.Op, codeNoReplicas, "not enough good replicas to write")
	case cmd.Writes() && r.primary != 0:
		r.refuse(s, req.Op, codeReadOnly, "you can't write against a read only replica")
	case cmd.Spec().Reads && r.primary != 0 && !r.up.up && r.conf.staleRefused:
		r.refuse(s, req.Op, codeMasterDown, "the link with the primary is down and replica-serve-stale-data is 'no'")
	case cmd.Verb == model.WAIT:
		r.wait(s, req)
	case !cmd.Writes():
		r.effects.List, r.effects.Now = r.effects.List[:0], r.env.Now()
		r.answer(s, req, model.Apply(cmd, r.read, &r.effects))
	default:
		before := r.offset
		reply := r.execute(req.Op, cmd)
		if r.offset != before {
			s.wrote = r.offset
		}
		r.answer(s, req, reply)
	}
}

func (r *redis) refuse(s *session, op model.OpID, code, why string) {
	r.env.Count("redis.refused", 1)
	r.finish(s, op, model.Refuse(code, why))
}

// answer replies with what the client has now seen.
func (r *redis) answer(s *session, req Request, reply model.Reply) {
	res := model.Answered(reply)
	for _, key := range req.Command.Keys() {
		old, rec := seenOf(req.Context, key), r.env.Store().Record(key)
		seen := model.Seen{Key: key, Vector: old.Vector, Heads: old.Heads}
		if rec != nil {
			seen.Vector, seen.Heads = afterAll(old, rec)
		}
		res.Context = append(res.Context, seen)
	}
	r.finish(s, req.Op, res)
}
