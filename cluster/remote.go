package cluster

import (
	"slices"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// A remote client is a host of its own, with links to the nodes. Its session is the
// user's, and outlives its process: a crash ends what it waits for, not what it has
// seen. If the policy has a client half, that runs on the host and gets the requests.
// Else the engine sends each to the node that it names, as one message, and the reply
// back as another; a node takes a request once, as a connection would see to it,
// however often the network brings it.

type clientRequest struct{ req policies.Request }

func (m *clientRequest) Kind() string { return trace.RequestKind }

func (m *clientRequest) Writes() []model.OpID {
	if m.req.Command.Writes() {
		return []model.OpID{m.req.Op}
	}
	return nil
}

type clientReply struct {
	op  model.OpID
	res model.Result
}

func (m *clientReply) Kind() string         { return trace.ReplyKind }
func (m *clientReply) Writes() []model.OpID { return nil }

// opOf returns the operation that a message of the engine's own is of; 0 of others.
func opOf(msg policies.Message) model.OpID {
	switch m := msg.(type) {
	case *clientRequest:
		return m.req.Op
	case *clientReply:
		return m.op
	}
	return 0
}

// remoteOp is how far a remote client's operation has come.
type remoteOp struct {
	reached  bool // a node took the request
	answered bool // a node sent its reply
	heard    bool // the reply reached the client
}

// newRemote makes the host of a remote client.
func newRemote(c *Cluster, name string) *node {
	n := &node{c: c, id: model.NodeID(len(c.hosts) + 1), client: c.client(name), rand: c.net.Stream("client " + name)}
	n.env.n, n.client.host = n, n
	return n
}

// half makes the policy's client half; nil if it has none.
func (n *node) half() policies.Replica {
	spec := n.c.policy.Spec
	if spec.NewClient == nil {
		return nil
	}
	return spec.NewClient(n.c.policy.Params)
}

// away tells whether the client can begin nothing: its host is down or paused.
func (cl *client) away() bool {
	return cl.host != nil && cl.host.c.net.HostState(cl.host.id) != netsim.Up
}

// ask begins an operation on the client's host, which is up.
func (n *node) ask(o *op) {
	cmd := o.call.Command
	req := policies.Request{
		Op: o.id, Command: cmd, Client: n.client.name, Node: o.node,
		Past: n.client.past, Context: slices.Clone(n.client.seen(cmd)),
	}
	if n.replica == nil || cmd.Verb == model.PING {
		n.c.wire.send(n.c, n.id, o.node, &clientRequest{req})
		return
	}
	n.serve(o, req)
}

// isRemote takes in what the engine itself sends between remote clients and nodes,
// and what nobody is there for; false if it is the replica's.
func (n *node) isRemote(from model.NodeID, msg policies.Message) bool {
	nodes := model.NodeID(len(n.c.nodes))
	if n.id <= nodes && from <= nodes {
		return false
	}
	switch m := msg.(type) {
	case *clientRequest:
		o := n.c.ops.get(m.req.Op)
		if !o.remote.reached {
			o.remote.reached = true
			n.serve(o, m.req)
		}
		return true
	case *clientReply:
		o := n.c.ops.get(m.op)
		if !o.remote.heard {
			o.remote.heard = true
			o.close(n.c, m.res)
		}
		return true
	}
	return n.replica == nil
}

// sendReply answers a remote client, once. The operation may have taken effect from
// here on, whatever becomes of the message.
func (n *node) sendReply(o *op, res model.Result) {
	if o.remote.answered {
		return
	}
	o.remote.answered = true
	if res.Outcome != model.Refused {
		o.begun = true
	}
	n.c.wire.send(n.c, n.id, o.client.host.id, &clientReply{o.id, res})
}

// giveUp ends what the client waits for: its process is gone.
func (n *node) giveUp() {
	if o := n.client.busy; o != nil {
		o.close(n.c, model.Result{Outcome: model.Unknown, Why: "the client's process crashed before the answer came"})
	}
}

// wake lets a client whose host is up again go on with what waits.
func (n *node) wake() {
	if n.client != nil && n.client.busy == nil && len(n.client.queue) > 0 {
		n.c.ready = append(n.c.ready, n.client)
	}
}
