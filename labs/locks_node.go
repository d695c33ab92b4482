package labs

import (
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// locksNode is a node: what keeps the locks, the storage if it is that node, and the
// libraries of the clients beside it.
type locksNode struct {
	locksHost
	keeper locksKeeper
	store  *locksStorage // nil: the resources are elsewhere
}

// locksKeeper is a node's part of what keeps the locks.
type locksKeeper interface {
	// enter is told of each step's environment, before anything else.
	enter(env policies.Env)
	start()
	// call answers a question of a client's library.
	call(from model.NodeID, m *locksCall)
	// receive takes what the keepers send each other, and timer their own timers.
	receive(from model.NodeID, msg policies.Message)
	timer(tag policies.Tag)
	// leave is told of each step's end.
	leave()
	// state says in a few words what the node is; "" for nothing of note.
	state() string
}

// locksHost is what a node and a client's host have in common: the libraries of the clients
// that run there.
type locksHost struct {
	conf    locksConf
	alarms  alarms
	clients []*locksClient                                // in the order in which they came
	mark    string                                        // the last
	zk      func(env policies.Env, name string) *zkClient // ZooKeeper's library of a client; nil without
}

func (h *locksHost) enter(env policies.Env) {
	for _, c := range h.clients {
		c.env = env
	}
}

// client returns the library of a client, made when it first asks.
func (h *locksHost) client(env policies.Env, name string) *locksClient {
	for _, c := range h.clients {
		if c.name == name {
			return c
		}
	}
	var zk *zkClient
	if h.zk != nil {
		zk = h.zk(env, name)
	}
	c := newLocksClient(&h.conf, name, &h.alarms, env.Incarnation(), zk)
	c.env = env
	h.clients = append(h.clients, c)
	return c
}

// reply hands an answer to the library that asked; it may have been one of a process that
// is gone.
func (h *locksHost) reply(env policies.Env, m *locksReply) {
	for _, c := range h.clients {
		if c.name == m.client {
			c.reply(env, m)
		}
	}
}

// leave shows the state of the host, if it changed.
func (h *locksHost) leave(env policies.Env, states ...string) {
	for _, c := range h.clients {
		if s := c.state(); s != "" {
			if len(states) > 0 { // several may be on a node
				s = c.name + " " + s
			}
			states = append(states, s)
		}
	}
	states = slices.DeleteFunc(states, func(s string) bool { return s == "" })
	if mark := strings.Join(states, "; "); mark != h.mark {
		h.mark = mark
		env.Fact(policies.Fact{Kind: policies.Mark, Text: mark})
	}
}

func newLocksNode(p policies.Params) policies.Replica {
	n := &locksNode{locksHost: locksHost{conf: readLocksConf(p)}}
	switch n.conf.by {
	case "zookeeper":
		e := newLocksEnsemble(p)
		n.keeper, n.zk = e, e.client
	case "database":
		n.keeper = newLocksTable(&n.conf, p)
	default:
		n.keeper = newLocksRedis(&n.conf, &n.alarms)
	}
	return n
}

// Start implements policies.Replica.
func (n *locksNode) Start(env policies.Env) {
	if env.Self() == n.conf.storage {
		n.store = &locksStorage{conf: &n.conf}
		n.store.start(env)
	}
	n.enter(env)
	n.keeper.start()
	n.done(env)
}

func (n *locksNode) enter(env policies.Env) {
	n.locksHost.enter(env)
	n.keeper.enter(env)
}

// Request implements policies.Replica.
func (n *locksNode) Request(env policies.Env, req policies.Request) {
	n.enter(env)
	n.client(env, req.Client).request(env, req)
	n.done(env)
}

// Receive implements policies.Replica.
func (n *locksNode) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	n.enter(env)
	switch m := msg.(type) {
	case *locksReply:
		n.reply(env, m)
	case *locksCall:
		switch {
		case m.verb != askToken && m.verb != askWrite:
			n.keeper.call(from, m)
		case n.store != nil:
			n.store.call(env, from, m)
		}
	default:
		n.keeper.receive(from, msg)
	}
	n.done(env)
}

// Timer implements policies.Replica.
func (n *locksNode) Timer(env policies.Env, tag policies.Tag) {
	n.enter(env)
	if tag.Kind == alarmTag {
		n.alarms.fire(tag)
	} else {
		n.keeper.timer(tag)
	}
	n.done(env)
}

func (n *locksNode) done(env policies.Env) {
	n.keeper.leave()
	storage := ""
	if n.store != nil {
		storage = "storage"
	}
	n.leave(env, n.keeper.state(), storage)
}

// locksRemote is the host of a remote client.
type locksRemote struct {
	locksHost
	half *zkHalf // ZooKeeper's library; nil without
}

func newLocksRemote(p policies.Params) policies.Replica {
	r := &locksRemote{locksHost: locksHost{conf: readLocksConf(p)}}
	if r.conf.by == "zookeeper" {
		r.half = newZKHalf(p, nil).(*zkHalf)
		r.zk = func(policies.Env, string) *zkClient { return r.half.client }
	}
	return r
}

// Start implements policies.Replica.
func (r *locksRemote) Start(env policies.Env) {
	if r.half != nil {
		r.half.Start(env)
	}
}

// Request implements policies.Replica.
func (r *locksRemote) Request(env policies.Env, req policies.Request) {
	r.enter(env)
	if r.half != nil {
		r.half.client.name = req.Client
		r.half.client.use(env, req.Node)
	}
	r.client(env, req.Client).request(env, req)
	r.leave(env)
}

// Receive implements policies.Replica.
func (r *locksRemote) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	r.enter(env)
	switch m := msg.(type) {
	case *locksReply:
		r.reply(env, m)
	case *zkDown:
		r.half.Receive(env, from, m)
	}
	r.leave(env)
}

// Timer implements policies.Replica.
func (r *locksRemote) Timer(env policies.Env, tag policies.Tag) {
	r.enter(env)
	if tag.Kind == alarmTag {
		r.alarms.fire(tag)
	} else {
		r.half.Timer(env, tag)
	}
	r.leave(env)
}
