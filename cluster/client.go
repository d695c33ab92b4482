package cluster

import (
	"capsim/model"
	"capsim/trace"
)

// client is a session: one operation at a time, in order, with what it has seen.
type client struct {
	name    string
	host    *node // of its own; nil: it stands beside the node that it asks
	busy    *op
	queue   []queued
	context map[string]*model.Seen
	keys    []model.Seen // room for the context of one request
	past    model.Vector // what the session carries of all keys
}

// queued is an operation that waits for its client.
type queued struct {
	node model.NodeID
	cmd  model.Command
}

// Invoke lets a client send a command to a node; it waits its turn if the client
// still waits for an answer.
func (c *Cluster) Invoke(name string, node model.NodeID, cmd model.Command) {
	c.invoke(c.client(name), node, cmd)
}

// client returns the session of that name; it begins with the first call.
func (c *Cluster) client(name string) *client {
	cl := c.clients[name]
	if cl == nil {
		cl = &client{name: name, context: map[string]*model.Seen{}}
		c.clients[name] = cl
		c.order = append(c.order, cl)
	}
	return cl
}

func (c *Cluster) invoke(cl *client, node model.NodeID, cmd model.Command) {
	if cl.busy != nil || len(cl.queue) > 0 || cl.away() {
		cl.queue = append(cl.queue, queued{node, cmd})
		return
	}
	c.start(cl, queued{node, cmd})
}

func (c *Cluster) startNext(cl *client) {
	if cl.busy != nil || len(cl.queue) == 0 || cl.away() {
		return
	}
	q := cl.queue[0]
	cl.queue[0] = queued{}
	cl.queue = cl.queue[1:]
	c.start(cl, q)
}

func (c *Cluster) start(cl *client, q queued) {
	o := c.ops.add()
	o.node, o.client = q.node, cl
	o.call = trace.Call{Client: cl.name, Command: q.cmd}
	cl.busy = o
	e := trace.Event{Kind: trace.Invoke, Op: o.id, Node: o.node, Body: &o.call}
	switch {
	case c.swarm != nil:
		c.emit(e)
		c.swarm.request(o)
	case cl.host == nil:
		c.emit(e)
		c.node(q.node).request(o)
	default:
		e.Peer = cl.host.id
		c.emit(e)
		if h := cl.host; c.net.Slow(h.id) {
			c.net.Queue(h.id, uint32(o.id))
		} else {
			h.ask(o)
		}
	}
	if o.open() {
		c.net.Alarm(c.net.Now().Add(c.opt.Timeout), uint32(o.id))
	}
}

// seen returns what the session knows of the command's keys. It is good until the
// next request of the client.
func (cl *client) seen(cmd model.Command) model.Context {
	if len(cl.context) == 0 {
		return nil
	}
	cl.keys = cl.keys[:0]
	for _, k := range cmd.Keys() {
		if s := cl.context[k]; s != nil {
			cl.keys = append(cl.keys, *s)
		}
	}
	return cl.keys
}

// learn replaces what the session knows of a key: a result's context holds what the
// request's did.
func (cl *client) learn(s model.Seen) {
	if old := cl.context[s.Key]; old != nil {
		*old = s
		return
	}
	first := s
	cl.context[s.Key] = &first
}
