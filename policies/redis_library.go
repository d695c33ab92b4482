package policies

import (
	"slices"
	"time"

	"capsim/model"
)

// library is what client=sentinel links into a client: it asks a Sentinel for the
// primary, and speaks to that. On a node it serves the clients beside it, and the
// Sentinel is the node's own; on a remote client's host it is the client half.
type library struct {
	local   *redis // nil: on a remote client's host
	env     Env    // of the step under way
	conns   []*libraryConn
	counter uint64
	ticking bool
}

// libraryConn is a client's connection.
type libraryConn struct {
	client  string
	sentry  model.NodeID // whose Sentinel to ask
	state   libraryState
	primary model.NodeID
	conn    uint64
	cookie  uint64
	seq     int
	queue   []libraryCall // queue[0] is on the wire if sent
	sent    bool
	since   model.Time // the last step
	asked   model.Time // the last look at whom Sentinel names
}

// libraryCall is a command that its client waits for.
type libraryCall struct {
	req   Request
	at    model.Time
	tries int
}

type libraryState uint8

const (
	libraryIdle libraryState = iota
	libraryAsking
	libraryConnecting
	libraryOpen
)

const (
	// libraryPatience is how long a command waits for a connection.
	libraryPatience = 500 * time.Millisecond
	// librarySocket is how long a library waits for an answer before it gives the
	// connection up.
	librarySocket = time.Second
	// libraryLook is how often a remote client hears from its Sentinel who the
	// primary is: it stands for the subscription to +switch-master.
	libraryLook = time.Second
	// libraryTries is how often a command that was answered READONLY is tried again.
	libraryTries = 3
)

var _ Replica = (*library)(nil)

func newRedisClient(p Params) Replica {
	if p["client"] != "sentinel" {
		return nil
	}
	return &library{}
}

// Start implements Replica, for a remote client's host.
func (l *library) Start(env Env) { l.start(env) }

func (l *library) start(env Env) {
	l.env, l.counter = env, uint64(env.Incarnation())<<32
}

// Request implements Replica.
func (l *library) Request(env Env, req Request) { l.request(env, req) }

// Receive implements Replica.
func (l *library) Receive(env Env, from model.NodeID, msg Message) {
	switch m := msg.(type) {
	case redisReset:
		l.reset(env, from, m.conn)
	case libraryMessage:
		l.receive(env, from, m)
	}
}

// Timer implements Replica.
func (l *library) Timer(env Env, _ Tag) { l.tick(env) }

func (l *library) request(env Env, req Request) {
	l.env = env
	c := l.conn(req.Client)
	if c.sentry != req.Node && l.local == nil {
		l.close(c, "the client turns to another Sentinel")
		c.sentry = req.Node
	}
	if len(c.queue) > 0 { // its client does not wait for it any more, and makes a new connection
		l.hangUp(c)
		c.queue = c.queue[:0]
	}
	c.queue = append(c.queue, libraryCall{req: req, at: env.Now()})
	l.pump(c)
	l.arm()
}

func (l *library) conn(client string) *libraryConn {
	for _, c := range l.conns {
		if c.client == client {
			return c
		}
	}
	c := &libraryConn{client: client}
	l.conns = append(l.conns, c)
	return c
}

func (l *library) arm() {
	if !l.ticking {
		l.ticking = true
		l.env.After(rto, Tag{Kind: redisLib})
	}
}

// pump does what can be done next for a client.
func (l *library) pump(c *libraryConn) {
	if len(c.queue) == 0 || c.sent {
		return
	}
	switch c.state {
	case libraryIdle:
		c.since = l.env.Now()
		if l.local != nil {
			l.open(c, l.local.sentinel.master)
			return
		}
		c.state = libraryAsking
		l.env.Send(c.sentry, sentinelWhere{})
	case libraryOpen:
		c.since = l.env.Now()
		c.sent = true
		c.seq++
		if l.local != nil && c.primary == l.local.self {
			l.local.serve(l.local.session(c.primary, c.client), c.queue[0].req)
			return
		}
		l.say(c)
	}
}

// say sends the command under way.
func (l *library) say(c *libraryConn) {
	l.env.Send(c.primary, &redisRequest{conn: c.conn, cookie: c.cookie, seq: c.seq, req: c.queue[0].req})
}

// open connects to the primary that Sentinel named.
func (l *library) open(c *libraryConn, primary model.NodeID) {
	c.primary, c.seq, c.asked, c.since = primary, 0, l.env.Now(), l.env.Now()
	if l.local != nil && primary == l.local.self {
		c.state = libraryOpen
		l.pump(c)
		return
	}
	l.counter++
	c.state, c.conn = libraryConnecting, l.counter
	l.env.Send(primary, redisConnect{conn: c.conn, client: c.client})
}

// close gives a connection up. What was sent on it may have been done, or may yet.
func (l *library) close(c *libraryConn, why string) {
	sent := c.sent
	l.hangUp(c)
	if sent {
		l.end(c, model.Result{Outcome: model.Unknown, Why: why})
	}
}

// hangUp ends the connection.
func (l *library) hangUp(c *libraryConn) {
	if l.local != nil && c.state == libraryOpen && c.primary == l.local.self {
		l.local.forget(l.local.session(c.primary, c.client))
	}
	c.state, c.sent, c.conn = libraryIdle, false, 0
}

// end answers the client's first command.
func (l *library) end(c *libraryConn, res model.Result) {
	call := c.queue[0]
	c.queue = slices.Delete(c.queue, 0, 1)
	c.sent = false
	l.env.Reply(call.req.Op, res)
}

func (l *library) receive(env Env, from model.NodeID, msg libraryMessage) {
	l.env = env
	switch m := msg.(type) {
	case sentinelAddress:
		l.told(from, m)
	case redisConnected:
		for _, c := range l.conns {
			if c.state == libraryConnecting && c.conn == m.conn && c.primary == from {
				c.state, c.cookie = libraryOpen, m.cookie
				l.pump(c)
			}
		}
	case *redisReply:
		for _, c := range l.conns {
			if c.state == libraryOpen && c.conn == m.conn && c.primary == from && c.seq == m.seq && c.sent {
				l.result(c, m.res)
			}
		}
	}
}

// told is Sentinel's answer.
func (l *library) told(from model.NodeID, m sentinelAddress) {
	for _, c := range l.conns {
		if c.sentry != from {
			continue
		}
		switch {
		case c.state == libraryAsking:
			l.open(c, m.primary)
		case c.state != libraryIdle && c.primary != m.primary:
			l.close(c, "Sentinel named another primary")
			l.pump(c)
		}
	}
}

// switched is Sentinel's +switch-master, beside the node's own clients.
func (l *library) switched(env Env, primary model.NodeID) {
	l.env = env
	for _, c := range l.conns {
		if c.state != libraryIdle && c.primary != primary {
			l.close(c, "Sentinel named another primary")
			l.pump(c)
		}
	}
}

// answered is the answer of the Redis beside the library.
func (l *library) answered(env Env, client string, op model.OpID, res model.Result) {
	l.env = env
	if c := l.conn(client); c.sent && c.queue[0].req.Op == op {
		l.result(c, res)
	}
}

// result takes an answer. READONLY says that this is no primary: nothing was done, so
// the command is tried again.
func (l *library) result(c *libraryConn, res model.Result) {
	if res.Outcome == model.Refused && res.Code == codeReadOnly && c.queue[0].tries < libraryTries {
		c.queue[0].tries++
		c.queue[0].at = l.env.Now()
		c.state, c.sent, c.conn = libraryIdle, false, 0
		l.arm()
		return // the next tick asks again
	}
	l.end(c, res)
	if res.Outcome == model.Refused && res.Code == codeReadOnly {
		c.state, c.conn = libraryIdle, 0
	}
	l.pump(c)
}

func (l *library) reset(env Env, from model.NodeID, conn uint64) {
	l.env = env
	for _, c := range l.conns {
		if c.conn == conn && c.primary == from && conn != 0 {
			l.close(c, "the connection is gone: "+from.String()+" closed it, or was restarted")
			l.pump(c)
		}
	}
}
