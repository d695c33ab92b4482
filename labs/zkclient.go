package labs

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// zkClient is ZooKeeper's client library for one client: it keeps a session alive, sends
// commands in their order, one at a time, and hands out what its watches are told. It
// runs on the host of a remote client or, for a client beside a node, in the node's
// replica (zkHalf, zkNode). A recipe is written on do, watch and onState.
//
// The library's states are ZooKeeper's. Disconnected: the server is not heard, or can't
// confirm that the leader hears of the client; the session may live, or end any moment,
// so whoever relies on its ephemeral nodes must stop now. Expired: the session has ended.
type zkClient struct {
	name      string
	beside    bool   // it stands beside a node, which is its only server, and needs no link
	ended     string // the last session that it was told has expired
	p         zkParams
	elections []*election // it stands in
	failed    int         // connections in a row that came to nothing
	// onState is called when the state changes; nil for nobody.
	onState []func(env policies.Env, now zkState)

	// taken sees every reply and word of a watch that the client takes; nil for nobody.
	taken func(m *zkDown)

	send    func(env policies.Env, to model.NodeID, m *zkUp)
	wanted  model.NodeID // the server that it was told to use
	server  model.NodeID // the one that it uses or tries
	servers int

	state   zkState
	session string
	conn    string
	conns   int   // made so far
	since   int64 // the tick when the connection was begun
	ticks   int64
	lease   int64 // the stamp of the newest ping that counts
	pinged  int64
	zxid    uint64 // the newest state that it was shown
	got     uint64
	cxid    uint64

	calls   []*zkCall // calls[0] is under way once it is sent
	watches []*zkWatcher
}

// zkState is the state of a client's session, as the client knows it.
type zkState uint8

const (
	zkConnecting zkState = iota
	zkIsConnected
	zkDisconnected
	zkIsExpired
	zkIsClosed
)

// zkCall is a command that has not been answered.
type zkCall struct {
	command model.Command
	op      model.OpID // whose own command it is; 0 for a part of one
	cause   model.OpID // of a part: of which
	sent    bool
	done    func(env policies.Env, a zkAnswer)
}

// zkAnswer is what became of a command. lost: "", else zkConnectionLoss (if it was sent, it
// may have taken effect, or may yet) or zkSessionExpired (it took no effect).
type zkAnswer struct {
	reply model.Reply
	zxid  uint64 // of the state that the reply shows
	lost  string
	sent  bool
}

// ok tells whether the command was executed and is no error.
func (a zkAnswer) ok() bool { return a.lost == "" && a.reply.Kind != model.ErrorReply }

// is tells whether the command ended with ZooKeeper's error of that code.
func (a zkAnswer) is(code string) bool {
	return a.lost == code || a.lost == "" && a.reply.Kind == model.ErrorReply && strings.HasPrefix(a.reply.Str+" ", code+" ")
}

// zkWatcher is a watch that waits, with whom to tell.
type zkWatcher struct {
	zkWatch
	fire func(env policies.Env, w zkWatch, what string)
}

func newZKClient(name string, p zkParams, servers int) *zkClient {
	return &zkClient{name: name, p: p, servers: servers, state: zkIsClosed}
}

// connected tells whether the client may believe in its session.
func (c *zkClient) connected() bool { return c.state == zkIsConnected }

// use names the server that the client is to use.
func (c *zkClient) use(env policies.Env, server model.NodeID) {
	if c.wanted == server {
		return
	}
	c.wanted = server
	if c.server != server {
		moving := c.state == zkIsConnected || c.state == zkConnecting || c.state == zkDisconnected
		c.server = server
		if moving {
			c.disconnect(env, "it is told to use "+server.String())
			c.connect(env)
		}
	}
}

// do sends a command, after those before it; words are its name and arguments. The
// session is opened by the first. done may be nil.
func (c *zkClient) do(env policies.Env, op, cause model.OpID, done func(policies.Env, zkAnswer), words ...string) {
	if c.state == zkIsExpired {
		// A handle whose session expired is dead, as ZooKeeper has it; the next command
		// opens another.
		c.state, c.session = zkIsClosed, zkNewSession
	}
	c.calls = append(c.calls, &zkCall{command: zkCommand(words...), op: op, cause: cause, done: done})
	switch c.state {
	case zkIsClosed:
		c.connect(env)
	case zkIsConnected:
		c.next(env)
	}
}

// next sends the first command that waits.
func (c *zkClient) next(env policies.Env) {
	if len(c.calls) == 0 || c.calls[0].sent || c.state != zkIsConnected {
		return
	}
	c.calls[0].sent = true
	c.cxid++
	if op := c.calls[0].op; op != 0 && zkWrites(c.calls[0].command.Name()) {
		env.Begun(op)
	}
	c.sendCall(env)
}

func (c *zkClient) sendCall(env policies.Env) {
	call := c.calls[0]
	c.up(env, &zkUp{kind: zkRequest, cxid: c.cxid, op: call.op, cause: call.cause, command: call.command})
}

// up sends a message on the connection.
func (c *zkClient) up(env policies.Env, m *zkUp) {
	m.client, m.conn, m.got, m.stamp = c.name, c.conn, c.got, c.ticks
	c.send(env, c.server, m)
}

// connect tries the server.
func (c *zkClient) connect(env policies.Env) {
	c.conns++
	c.conn = fmt.Sprintf("%s:%v.%d.%d", c.name, env.Self(), env.Incarnation(), c.conns)
	c.state, c.since, c.got, c.cxid = zkConnecting, c.ticks, 0, 0
	if c.server == 0 {
		c.server = c.wanted
	}
	c.sendConnect(env)
}

func (c *zkClient) sendConnect(env policies.Env) {
	m := &zkUp{kind: zkConnect, session: c.session, zxid: c.zxid}
	if c.beside && m.session == zkNewSession {
		m.session = zkAnySession + c.ended
	}
	if c.beside && len(c.calls) == 0 {
		m.stay = onlyStay // its client may have gone to another node
	}
	if len(c.calls) > 0 {
		m.cause = max(c.calls[0].op, c.calls[0].cause)
	}
	for _, w := range c.watches {
		if !slices.ContainsFunc(m.watches, func(x zkWatch) bool { return x.path == w.path && x.kind == w.kind }) {
			m.watches = append(m.watches, w.zkWatch)
		}
	}
	c.up(env, m)
}

// watch keeps who is to be told of a watch that a command has set.
func (c *zkClient) watch(w zkWatch, fire func(env policies.Env, w zkWatch, what string)) {
	c.watches = append(c.watches, &zkWatcher{w, fire})
}

// enter changes the state.
func (c *zkClient) enter(env policies.Env, now zkState) {
	if c.state == now {
		return
	}
	c.state = now
	c.show(env)
	for _, f := range c.onState {
		f(env, now)
	}
}

// show marks what a remote client is.
func (c *zkClient) show(env policies.Env) {
	if c.beside {
		return
	}
	mark := [...]string{"connecting", "on " + c.server.String(), "disconnected", "expired", ""}[c.state]
	for _, e := range c.elections {
		if e.leads {
			mark = "leads " + e.path
		}
	}
	env.Fact(policies.Fact{Kind: policies.Mark, Text: mark})
}

// disconnect gives the connection up: what was under way may have taken effect or not.
func (c *zkClient) disconnect(env policies.Env, why string) {
	was := c.state
	if was == zkIsConnected {
		env.Note("zk.disconnected", "client", c.name, "says", fmt.Sprintf("%s loses its connection to %v: %s. Its session may live on; %s can't know.", c.name, c.server, why, c.name), "tone", "fault")
	}
	c.enter(env, zkDisconnected)
	c.since = c.ticks
	c.failed++
	c.fail(env, zkConnectionLoss, c.failed >= c.servers)
}

// fail ends the command under way, or all: those that wait may be for another server.
func (c *zkClient) fail(env policies.Env, code string, all bool) {
	n := len(c.calls)
	if !all {
		n = min(n, 1)
		if n == 1 && !c.calls[0].sent {
			n = 0
		}
	}
	calls := c.calls[:n:n]
	c.calls = slices.Clone(c.calls[n:])
	for _, call := range calls {
		if call.done != nil {
			call.done(env, zkAnswer{lost: code, sent: call.sent})
		}
	}
}
