package labs

import (
	"slices"
	"time"

	"capsim/model"
	"capsim/policies"
)

// zkParams are the parameters of an ensemble and its clients.
type zkParams struct {
	tick   time.Duration
	ticks  int64 // a session's timeout, in ticks
	quorum bool  // SYNC is an entry of the log
}

func zkParamsOf(p policies.Params) zkParams {
	tick := p.Duration("tick")
	return zkParams{tick: tick, ticks: int64((p.Duration("session") + tick - 1) / tick), quorum: p["sync"] == "quorum"}
}

// zkPeer is the other end of a connection: a remote client's host, or a client that
// stands beside the server.
type zkPeer struct {
	host   model.NodeID
	client string // of one beside the server
}

// zkConn is a connection, as its server has it.
type zkConn struct {
	peer    zkPeer
	client  string
	id      string
	session string // "" until it is open
	at      uint64 // the entry that opened it
	opening bool   // its OPEN is under way
	last    *zkUp  // the connect, until the connection is open; then the newest request
	done    bool   // the newest request was answered
	began   bool   // its outcome is the log's to say

	sync    uint64 // number of the SYNC under way; 0: none
	upTo    uint64 // the entry that it waits for; 0: not known
	out     []*zkDown
	sent    uint64
	watches []zkWatch

	heard     int64 // the tick when the client was heard last
	stamp     int64 // of the newest ping
	reported  []zkStamp
	confirmed int64 // the newest stamp that certainly reached a leader
}

// zkStamp says that a touch of the server covered a client's pings up to a stamp.
type zkStamp struct {
	touch uint64
	stamp int64
}

// zkServer is one server of the ensemble: a replica of the log, the connections of its
// clients and, while it leads, the tracker of all sessions.
type zkServer struct {
	p     zkParams
	log   *policies.Log
	self  model.NodeID
	conns []*zkConn // in the order in which they came
	ops   map[model.OpID]*zkConn

	execute func(e policies.Entry, read model.Reader, out *model.Effects) model.Reply
	send    func(env policies.Env, peer zkPeer, m *zkDown)

	ticks    int64
	heard    int64 // the tick when a leader was heard last
	term     uint64
	touches  uint64
	syncs    uint64
	lead     *zkTracker // nil: it does not lead
	mark     string
	unmarked bool // the lab that stands on it shows the mark itself
}

func (s *zkServer) start(env policies.Env, p policies.Params) {
	s.p, s.self = zkParamsOf(p), env.Self()
	s.ops = map[model.OpID]*zkConn{}
	s.touches = uint64(env.Incarnation()) << 32
	s.log = policies.NewLog(p, policies.Machine{
		Execute: s.execute, Executed: s.executed, Refused: s.refused, Restored: s.restored,
	})
	s.log.Start(env)
	env.After(s.p.tick, policies.Tag{Kind: tagZKTick})
}

// tagZKTick is the only timer of the ensemble's own.
const tagZKTick = policies.LogTags

// patience is for how many ticks a server goes on without a leader's beat: a third of a
// session, as a client would with its server.
func (p zkParams) patience() int64 { return max(2, p.ticks/3) }

// lease is for how many ticks a client believes in its session after the newest ping
// that certainly reached a leader.
func (p zkParams) lease() int64 { return max(1, p.ticks*2/3) }

// serving tells whether the server takes connections.
func (s *zkServer) serving() bool {
	return s.log.Serving() && s.log.Leader() != 0 && s.ticks-s.heard <= s.p.patience()
}

// connOf returns the peer's connection; nil if it has none.
func (s *zkServer) connOf(peer zkPeer) *zkConn {
	for _, c := range s.conns {
		if c.peer == peer {
			return c
		}
	}
	return nil
}

// receive takes what a client sent.
func (s *zkServer) receive(env policies.Env, peer zkPeer, m *zkUp) {
	c := s.connOf(peer)
	switch {
	case m.kind == zkConnect:
		s.connect(env, peer, c, m)
	case c == nil || c.id != m.conn:
		s.send(env, peer, &zkDown{kind: zkClosed, conn: m.conn})
	case c.session != "":
		c.stamp, c.heard = max(c.stamp, m.stamp), s.ticks
		s.resend(env, c, m.got)
		if m.kind == zkRequest {
			s.request(env, c, m)
		}
	}
}

// connect begins a connection; one that the client had before ends.
func (s *zkServer) connect(env policies.Env, peer zkPeer, c *zkConn, m *zkUp) {
	if c != nil && c.id == m.conn {
		switch {
		case c.session != "":
			s.connected(env, c)
		case !c.opening:
			s.open(env, c)
		}
		return
	}
	if c != nil {
		s.drop(c)
	}
	// A client is never shown an older state than it has seen: a server that is behind
	// sends it on.
	if !s.serving() || s.log.Applied() < m.zxid {
		s.send(env, peer, &zkDown{kind: zkClosed, conn: m.conn})
		return
	}
	c = &zkConn{peer: peer, client: m.client, id: m.conn, last: m, stamp: m.stamp, confirmed: m.stamp, heard: s.ticks}
	s.conns = append(s.conns, c)
	s.open(env, c)
}

func (s *zkServer) open(env policies.Env, c *zkConn) {
	c.opening = true
	cmd := zkCommand("OPEN", c.client, c.last.session, c.id, s.self.String(), c.last.stay)
	op := env.SystemWrite(cmd, c.last.cause)
	s.ops[op] = c
	s.log.Propose(env, op, cmd)
}

func zkCommand(words ...string) model.Command {
	return model.Command{Verb: model.CALL, Args: words}
}

func (s *zkServer) connected(env policies.Env, c *zkConn) {
	s.send(env, c.peer, &zkDown{kind: zkConnected, conn: c.id, session: c.session, stamp: c.confirmed, zxid: c.at})
}

// request takes a client's command; one that was taken before is not taken again.
func (s *zkServer) request(env policies.Env, c *zkConn, m *zkUp) {
	if c.last != nil && m.cxid <= c.last.cxid {
		return
	}
	c.last, c.done, c.began = m, false, false
	name, words := m.command.Name(), m.command.Words()
	switch {
	case name == "SESSION":
		s.reply(env, c, model.Bulk(c.session))
	case zkWrites(name), name == "SYNC" && s.p.quorum:
		c.began = true
		cmd := zkCommand(append([]string{name, c.session, c.id}, words...)...)
		op := m.op
		if op == 0 {
			op = env.SystemWrite(cmd, m.cause)
		}
		s.ops[op] = c
		s.log.Propose(env, op, cmd)
	case name == "SYNC":
		s.syncs++
		c.sync, c.upTo = s.syncs, 0
		s.askSync(env, c)
	default:
		s.readLocal(env, c, name, words)
	}
}

// readLocal answers a read from this server's own records, and sets its watch.
func (s *zkServer) readLocal(env policies.Env, c *zkConn, name string, words []string) {
	store := env.Store()
	read := func(key string) model.Value { return store.Record(key).Value() }
	if len(words) == 0 {
		s.reply(env, c, zkError(zkBadArguments, "%s needs a path", name))
		return
	}
	reply := readZK(name, words[0], read)
	if len(words) > 1 {
		w := zkWatch{path: words[0], kind: "data", zxid: s.log.Applied()}
		_, there := znodeOf(words[0], read(words[0]))
		switch {
		case name == "CHILDREN":
			w.kind = "children"
		case !there:
			w.kind = "exists"
		}
		if there || name == "STAT" {
			c.setWatch(w)
		}
	}
	s.reply(env, c, reply)
}

func (c *zkConn) setWatch(w zkWatch) {
	if !slices.ContainsFunc(c.watches, func(x zkWatch) bool { return x.path == w.path && x.kind == w.kind }) {
		c.watches = append(c.watches, w)
	}
}

// reply answers the newest request.
func (s *zkServer) reply(env policies.Env, c *zkConn, r model.Reply) {
	if c.done || c.last == nil {
		return
	}
	c.done, c.sync = true, 0
	s.tell(env, c, &zkDown{kind: zkReply, cxid: c.last.cxid, reply: r, zxid: s.log.Applied()})
}

// tell sends what the client must get, in order.
func (s *zkServer) tell(env policies.Env, c *zkConn, m *zkDown) {
	c.sent++
	m.conn, m.n = c.id, c.sent
	c.out = append(c.out, m)
	s.send(env, c.peer, m)
}

// resend forgets what the client has taken and repeats the rest.
func (s *zkServer) resend(env policies.Env, c *zkConn, got uint64) {
	c.out = slices.DeleteFunc(c.out, func(m *zkDown) bool { return m.n <= got })
	for _, m := range c.out {
		s.send(env, c.peer, m)
	}
}

// drop forgets a connection.
func (s *zkServer) drop(c *zkConn) {
	s.conns = slices.DeleteFunc(s.conns, func(x *zkConn) bool { return x == c })
}

// hangUp ends a connection from this side. The session is not concerned.
func (s *zkServer) hangUp(env policies.Env, c *zkConn) {
	s.drop(c)
	s.send(env, c.peer, &zkDown{kind: zkClosed, conn: c.id})
}

func (s *zkServer) hangUpAll(env policies.Env, which func(c *zkConn) bool) (any bool) {
	for _, c := range slices.Clone(s.conns) {
		if which(c) {
			s.hangUp(env, c)
			any = true
		}
	}
	return any
}
