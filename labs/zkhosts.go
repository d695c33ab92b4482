package labs

import (
	"strings"

	"capsim/model"
	"capsim/policies"
)

// zkVerbs does a client's command by means of the client's library. It answers it, now or
// later, with env.Reply.
type zkVerbs func(env policies.Env, c *zkClient, req policies.Request)

// zkNode is a node of an ensemble: a server, and the libraries of the clients that stand
// beside it.
type zkNode struct {
	server  zkServer
	params  policies.Params
	verbs   zkVerbs
	clients []*zkClient // in the order in which they came
	local   []func(env policies.Env)
}

// newZKNode makes the replica of a lab that stands on an ensemble.
func newZKNode(p policies.Params, verbs zkVerbs) policies.Replica {
	n := &zkNode{params: p, verbs: verbs}
	n.server.execute = executeZK
	return n
}

// Start implements policies.Replica.
func (n *zkNode) Start(env policies.Env) {
	n.server.send = func(env policies.Env, peer zkPeer, m *zkDown) {
		if peer.host != n.server.self {
			env.Send(peer.host, m)
			return
		}
		n.local = append(n.local, func(env policies.Env) { n.client(env, peer.client).receive(env, m) })
	}
	n.server.start(env, n.params)
	n.settle(env)
}

// client returns the library of a client beside this node.
func (n *zkNode) client(env policies.Env, name string) *zkClient {
	for _, c := range n.clients {
		if c.name == name {
			return c
		}
	}
	c := newZKClient(name, n.server.p, env.N())
	c.beside, c.wanted, c.server = true, n.server.self, n.server.self
	c.ticks = n.server.ticks
	c.send = func(_ policies.Env, _ model.NodeID, m *zkUp) {
		n.local = append(n.local, func(env policies.Env) {
			n.server.receive(env, zkPeer{host: n.server.self, client: name}, m)
		})
	}
	n.clients = append(n.clients, c)
	return c
}

// settle hands over what clients and server beside each other have said.
func (n *zkNode) settle(env policies.Env) {
	for len(n.local) > 0 {
		f := n.local[0]
		n.local = n.local[1:]
		f(env)
	}
	n.local = nil
}

// Request implements policies.Replica.
func (n *zkNode) Request(env policies.Env, req policies.Request) {
	c := n.client(env, req.Client)
	c.comeBack(env, req.Past)
	n.verbs(env, c, req)
	n.settle(env)
}

// Receive implements policies.Replica.
func (n *zkNode) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	s := &n.server
	switch m := msg.(type) {
	case *zkUp:
		s.receive(env, zkPeer{host: from}, m)
	case *zkBeat:
		s.beat(env, m, func(t *zkTouch) { env.Send(from, t) })
	case *zkTouch:
		if s.lead != nil && s.log.Leading() && m.term == s.log.Term() && s.lead.term == m.term {
			s.lead.answered(s, env, from, m)
		}
	case *zkSync:
		if s.log.Leading() {
			env.Send(from, &zkSynced{m.n, s.log.Last()})
		}
	case *zkSynced:
		s.synced(env, m)
	default:
		s.log.Receive(env, from, msg)
	}
	n.settle(env)
}

// Timer implements policies.Replica.
func (n *zkNode) Timer(env policies.Env, tag policies.Tag) {
	if tag.Kind < policies.LogTags {
		n.server.log.Timer(env, tag)
	} else {
		n.server.tick(env)
		for _, c := range n.clients {
			c.tick(env)
		}
	}
	n.settle(env)
}

// zkHalf is the host of a remote client.
type zkHalf struct {
	params policies.Params
	verbs  zkVerbs
	client *zkClient
}

// newZKHalf makes the client half of a lab that stands on an ensemble.
func newZKHalf(p policies.Params, verbs zkVerbs) policies.Replica {
	return &zkHalf{params: p, verbs: verbs}
}

// Start implements policies.Replica. What its client is called it learns with the first
// command.
func (h *zkHalf) Start(env policies.Env) {
	h.client = newZKClient("", zkParamsOf(h.params), env.N())
	h.client.send = func(env policies.Env, to model.NodeID, m *zkUp) { env.Send(to, m) }
	env.After(h.client.p.tick, policies.Tag{Kind: tagZKTick})
}

// Request implements policies.Replica.
func (h *zkHalf) Request(env policies.Env, req policies.Request) {
	h.client.name = req.Client
	h.client.use(env, req.Node)
	h.verbs(env, h.client, req)
}

// Receive implements policies.Replica.
func (h *zkHalf) Receive(env policies.Env, _ model.NodeID, msg policies.Message) {
	h.client.receive(env, msg.(*zkDown))
}

// Timer implements policies.Replica.
func (h *zkHalf) Timer(env policies.Env, _ policies.Tag) {
	env.After(h.client.p.tick, policies.Tag{Kind: tagZKTick})
	h.client.tick(env)
}

// carried is what the session of a client beside a node carries from node to node: where
// it was answered last, and the newest state that it was shown.
func (c *zkClient) carried(env policies.Env) model.Vector {
	if !c.beside || c.zxid == 0 {
		return nil
	}
	return model.Vector{{Actor: model.Actor{Node: env.Self()}, N: int64(c.zxid)}}
}

// comeBack takes what the session carries. If its client was at another node meanwhile,
// the connection from before is none any more.
func (c *zkClient) comeBack(env policies.Env, past model.Vector) {
	if len(past) != 1 {
		return
	}
	c.zxid = max(c.zxid, uint64(past[0].N))
	if past[0].Node != env.Self() && c.state != zkIsExpired && c.state != zkIsClosed {
		c.moved(env)
	}
}

// finish answers a client's command with what became of it.
func (c *zkClient) finish(env policies.Env, op model.OpID, a zkAnswer, write bool) {
	switch {
	case a.is(zkSessionExpired):
		env.Reply(op, model.Refuse(zkSessionExpired, "its session has ended, and its ephemeral nodes with it"))
	case a.is(zkSessionMoved):
		env.Reply(op, model.Refuse(zkSessionMoved, "another connection acts for its session"))
	case a.lost != "" && a.sent && write:
		env.Reply(op, model.Result{Outcome: model.Unknown, Why: zkConnectionLoss + ": the connection broke before the answer came"})
	case a.lost != "":
		env.Reply(op, model.Refuse(zkConnectionLoss, "no server that a leader is heard of took it"))
	default:
		res := model.Answered(a.reply)
		res.Past = c.carried(env)
		env.Reply(op, res)
	}
}

// ensure creates a node and those above it, empty, if they are not there.
func (c *zkClient) ensure(env policies.Env, cause model.OpID, path string, done func(policies.Env, zkAnswer)) {
	if path == "/" {
		done(env, zkAnswer{reply: model.OK})
		return
	}
	names := strings.Split(path[1:], "/")
	var make func(env policies.Env, i int)
	make = func(env policies.Env, i int) {
		p := "/" + strings.Join(names[:i+1], "/")
		c.do(env, 0, cause, func(env policies.Env, a zkAnswer) {
			if a.is(zkNodeExists) {
				a = zkAnswer{reply: model.OK}
			}
			if !a.ok() || i == len(names)-1 {
				done(env, a)
				return
			}
			make(env, i+1)
		}, "CREATE", p, "", "")
	}
	make(env, 0)
}
