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
	// state says in a few words what the node is; "" for nothing of note.
	state() string
}

// locksHost is what a node and a client's host have in common: the libraries of the clients
// that run there.
type locksHost struct {
	conf    locksConf
	alarms  alarms
	clients []*locksClient // in the order in which they came
	stale   bool           // the mark may have changed
	mark    string         // the last
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
	c := newLocksClient(&h.conf, name, &h.alarms, env.Incarnation(), func() { h.stale = true })
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
	if n.conf.keepsLeases() {
		n.keeper = newLocksRedis(&n.conf, &n.alarms)
	} else {
		n.keeper = newLocksTable(&n.conf, p)
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
	storage := ""
	if n.store != nil {
		storage = "storage"
	}
	n.leave(env, n.keeper.state(), storage)
}

// locksRemote is the host of a remote client.
type locksRemote struct{ locksHost }

func newLocksRemote(p policies.Params) policies.Replica {
	return &locksRemote{locksHost{conf: readLocksConf(p)}}
}

// Start implements policies.Replica.
func (r *locksRemote) Start(policies.Env) {}

// Request implements policies.Replica.
func (r *locksRemote) Request(env policies.Env, req policies.Request) {
	r.enter(env)
	r.client(env, req.Client).request(env, req)
	r.leave(env)
}

// Receive implements policies.Replica.
func (r *locksRemote) Receive(env policies.Env, _ model.NodeID, msg policies.Message) {
	r.enter(env)
	if m, ok := msg.(*locksReply); ok {
		r.reply(env, m)
	}
	r.leave(env)
}

// Timer implements policies.Replica.
func (r *locksRemote) Timer(env policies.Env, tag policies.Tag) {
	r.enter(env)
	r.alarms.fire(tag)
	r.leave(env)
}
