package labs

import (
	"fmt"
	"slices"

	"capsim/model"
	"capsim/policies"
)

// What the library makes of a server's messages, and of its ticks.

// receive takes what a server sent.
func (c *zkClient) receive(env policies.Env, m *zkDown) {
	if m.conn != c.conn || c.state != zkConnecting && c.state != zkIsConnected {
		return
	}
	switch m.kind {
	case zkConnected:
		c.opened(env, m)
	case zkExpired:
		c.expired(env, m.session)
	case zkMoved:
		c.moved(env)
	case zkClosed:
		c.closed(env)
	case zkPong:
		c.lease = max(c.lease, m.stamp)
	case zkReply, zkEvent:
		if m.n == c.got+1 && c.state == zkIsConnected {
			c.got++
			c.take(env, m)
		}
	}
}

// opened begins to use a connection.
func (c *zkClient) opened(env policies.Env, m *zkDown) {
	if c.state != zkConnecting || c.ticks-m.stamp >= c.p.lease() {
		return
	}
	if c.session != m.session {
		env.Note("zk.session", "client", c.name, "session", m.session, "says", fmt.Sprintf("%s has session %s, by way of %v.", c.name, m.session, c.server), "tone", "quiet")
	} else {
		env.Note("zk.reconnected", "client", c.name, "session", m.session, "says", fmt.Sprintf("%s goes on with session %s, by way of %v.", c.name, m.session, c.server), "tone", "good")
	}
	c.session, c.lease, c.pinged = m.session, m.stamp, c.ticks
	c.zxid = max(c.zxid, m.zxid)
	c.failed = 0
	c.enter(env, zkIsConnected)
	c.next(env)
}

// expired learns that the session has ended.
func (c *zkClient) expired(env policies.Env, session string) {
	c.ended = session
	env.Note("zk.told-expired", "client", c.name, "says", fmt.Sprintf("%s is told that its session %s has expired.", c.name, session), "tone", "bad")
	c.watches = nil
	c.enter(env, zkIsExpired)
	c.fail(env, zkSessionExpired, true)
}

// moved hears that another connection has the session: its client asks another node.
func (c *zkClient) moved(env policies.Env) {
	for _, e := range slices.Clone(c.elections) {
		c.abandon(env, e, "another connection has its session")
	}
	c.session, c.watches = zkNewSession, nil
	c.enter(env, zkIsClosed)
	c.fail(env, zkConnectionLoss, true)
}

// closed hears that the server has no such connection, or takes none: the next may.
func (c *zkClient) closed(env policies.Env) {
	c.disconnect(env, "the server has ended it")
	c.another()
}

// another chooses the server to try next.
func (c *zkClient) another() {
	if !c.beside {
		c.server = c.server%model.NodeID(c.servers) + 1
	}
}

// take takes a reply or the word of a watch, in their order.
func (c *zkClient) take(env policies.Env, m *zkDown) {
	if c.taken != nil {
		c.taken(m)
	}
	c.zxid = max(c.zxid, m.zxid)
	if m.kind == zkEvent {
		c.fired(env, m)
		return
	}
	if len(c.calls) == 0 || !c.calls[0].sent || m.cxid != c.cxid {
		return
	}
	call := c.calls[0]
	c.calls = c.calls[1:]
	if call.command.Name() == "CLOSE" && m.reply.Kind != model.ErrorReply {
		c.session, c.watches = zkNewSession, nil
		c.enter(env, zkIsClosed)
	}
	if call.done != nil {
		call.done(env, zkAnswer{reply: m.reply, zxid: m.zxid, sent: true})
	}
	if c.state == zkIsClosed && len(c.calls) > 0 {
		c.connect(env)
		return
	}
	c.next(env)
}

// fired hands out what a watch was told; the watch is gone.
func (c *zkClient) fired(env policies.Env, m *zkDown) {
	var mine []*zkWatcher
	c.watches = slices.DeleteFunc(c.watches, func(w *zkWatcher) bool {
		if w.path != m.watch.path || w.kind != m.watch.kind {
			return false
		}
		mine = append(mine, w)
		return true
	})
	for _, w := range mine {
		w.fire(env, w.zkWatch, m.what)
	}
}

// tick keeps the session alive and repeats what was not answered.
func (c *zkClient) tick(env policies.Env) {
	c.ticks++
	switch c.state {
	case zkConnecting:
		if c.ticks-c.since >= max(2, c.p.ticks/3) {
			c.disconnect(env, "no answer")
			c.another()
			return
		}
		c.sendConnect(env)
	case zkDisconnected:
		switch {
		case c.beside && len(c.calls) == 0 && c.session == zkNewSession:
			c.enter(env, zkIsClosed) // nobody waits for it
		case c.ticks > c.since:
			c.connect(env)
		}
	case zkIsConnected:
		switch {
		case c.ticks-c.lease >= c.p.lease():
			c.disconnect(env, "for two thirds of the session's timeout nothing has confirmed that the leader hears of "+c.name)
			c.another()
		case len(c.calls) > 0 && c.calls[0].sent:
			c.sendCall(env)
			c.pinged = c.ticks
		case c.ticks-c.pinged >= max(1, c.p.ticks/7):
			c.pinged = c.ticks
			c.up(env, &zkUp{kind: zkPing})
		}
	}
}
