package labs

import (
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// What a server does once it has executed an entry: watches fire, replies leave, in this
// order, so that a client is told of a change before it is shown anything that is as new.

func (s *zkServer) executed(env policies.Env, e policies.Entry, reply model.Reply, changes []model.Effect) {
	for _, ch := range changes {
		if ch.Key[0] == '/' {
			s.fire(env, e, ch.Key)
		}
	}
	if s.lead != nil {
		s.lead.executed(s, e, reply)
	}
	s.follow(env, e, reply)
	if c := s.ops[e.Op]; c != nil {
		delete(s.ops, e.Op)
		s.answer(env, c, e, reply)
	}
	s.serveSyncs(env)
}

// fire tells those who watch a node of what the entry did to it.
func (s *zkServer) fire(env policies.Env, e policies.Entry, path string) {
	z, there := znodeOf(path, env.Store().Record(path).Value())
	for _, c := range s.conns {
		c.watches = slices.DeleteFunc(c.watches, func(w zkWatch) bool {
			if w.path != path {
				return false
			}
			what := happened(w, z, there, e.Index())
			if what != "" {
				s.tell(env, c, &zkDown{kind: zkEvent, watch: w, what: what, zxid: e.Index()})
			}
			return what != ""
		})
	}
}

// happened says what became of a watched node since the entry before from; "" if
// nothing that the watch is for.
func happened(w zkWatch, z znode, there bool, from uint64) string {
	switch {
	case w.kind == "exists":
		if there {
			return "created"
		}
	case !there || z.czxid >= from: // one that was there and was made anew was deleted
		return "deleted"
	case w.kind == "data" && z.mzxid >= from:
		return "changed"
	case w.kind == "children" && z.pzxid >= from:
		return "children"
	}
	return ""
}

// follow keeps the connections up with what the log says of their sessions.
func (s *zkServer) follow(env policies.Env, e policies.Entry, reply model.Reply) {
	name, words := e.Command.Name(), e.Command.Words()
	if reply.Kind == model.ErrorReply || len(words) == 0 {
		return
	}
	switch name {
	case "OPEN": // whoever had the session has it no more
		for _, c := range slices.Clone(s.conns) {
			if c.session == reply.Str && c.id != words[2] {
				s.drop(c)
				s.send(env, c.peer, &zkDown{kind: zkMoved, conn: c.id})
			}
		}
	case "EXPIRESESSION":
		says := "The leader has heard nothing of session " + words[0] + " for its timeout: it has expired, and its ephemeral nodes are gone."
		if s.lead != nil {
			env.Note("zk.expired", "session", words[0], "says", says, "tone", "bad")
			env.Count("zk.expired", 1)
		}
		for _, c := range slices.Clone(s.conns) {
			if c.session == words[0] {
				s.drop(c)
				s.send(env, c.peer, &zkDown{kind: zkExpired, conn: c.id, session: c.session})
			}
		}
	}
}

// answer tells a client what became of its command.
func (s *zkServer) answer(env policies.Env, c *zkConn, e policies.Entry, reply model.Reply) {
	if !slices.Contains(s.conns, c) {
		return
	}
	if c.session != "" {
		s.reply(env, c, reply)
		return
	}
	c.opening = false
	if reply.Kind == model.ErrorReply {
		s.drop(c)
		m := &zkDown{kind: zkExpired, conn: c.id}
		code, session, _ := strings.Cut(reply.Str, " ")
		if m.session = session; code == zkSessionMoved {
			m.kind = zkMoved
		}
		s.send(env, c.peer, m)
		return
	}
	c.session, c.at = reply.Str, e.Index()
	again := c.last.watches
	c.last = nil
	s.connected(env, c)
	for _, w := range again {
		s.watchAgain(env, c, w)
	}
}

// watchAgain sets a watch that the client had on another connection; it fires at once if
// it would have meanwhile.
func (s *zkServer) watchAgain(env policies.Env, c *zkConn, w zkWatch) {
	z, there := znodeOf(w.path, env.Store().Record(w.path).Value())
	if what := happened(w, z, there, w.zxid+1); what != "" {
		s.tell(env, c, &zkDown{kind: zkEvent, watch: w, what: what, zxid: s.log.Applied()})
		return
	}
	c.setWatch(w)
}

// refused hears that the log could not take a command: there is no leader.
func (s *zkServer) refused(env policies.Env, op model.OpID, _ string) {
	c := s.ops[op]
	delete(s.ops, op)
	if c != nil && slices.Contains(s.conns, c) {
		s.hangUp(env, c)
	}
}

// restored hears that the records are another server's: no entry tells what happened
// in between, so clients must come again, and their watches with them.
func (s *zkServer) restored(env policies.Env) {
	s.hangUpAll(env, func(*zkConn) bool { return true })
	if s.lead != nil {
		s.lead.reload(s, env)
	}
}

// askSync asks the leader how far its log goes: what it had before SYNC came, this server
// must have executed before the client is answered. As in ZooKeeper, the leader answers
// without asking anybody whether it still leads.
func (s *zkServer) askSync(env policies.Env, c *zkConn) {
	switch leader := s.log.Leader(); leader {
	case 0:
	case s.self:
		c.upTo = s.log.Last()
		s.serveSyncs(env)
	default:
		env.Send(leader, &zkSync{c.sync})
	}
}

func (s *zkServer) synced(env policies.Env, m *zkSynced) {
	for _, c := range s.conns {
		if c.sync == m.n {
			c.upTo = m.index
		}
	}
	s.serveSyncs(env)
}

func (s *zkServer) serveSyncs(env policies.Env) {
	for _, c := range s.conns {
		if c.sync != 0 && c.upTo != 0 && c.upTo <= s.log.Applied() {
			s.reply(env, c, model.OK)
		}
	}
}
