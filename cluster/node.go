package cluster

import (
	"math/rand/v2"

	"capsim/cluster/store"
	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// node is a replica on its host, with its store; or the host of a remote client,
// which has no store, and a replica only if the policy has a client half.
type node struct {
	c       *Cluster
	id      model.NodeID
	client  *client // whose host it is; nil: a node
	disk    disk
	rand    *rand.Rand
	replica policies.Replica // nil while the process is gone, and of a client without a half
	env     env
	bootAs  policies.Boot
	stretch int   // in which the replica was made
	late    bool  // Start is due at the resume: the policy was switched while the node was paused
	wiped   bool  // the crash emptied the disk
	waiting []*op // requests that reached a paused node
}

func newNode(c *Cluster, id model.NodeID, s store.Node) *node {
	n := &node{c: c, id: id, rand: c.net.Stream("node " + id.String())}
	n.disk.node = s
	n.env.n = n
	return n
}

// boot starts a fresh replica.
func (n *node) boot(why policies.Boot) {
	n.bootAs, n.stretch, n.late = why, n.c.stretch, false
	e := trace.Event{Kind: trace.NodeBoot, Node: n.id, N: int64(n.c.net.Incarnation(n.id)), Text: why.String()}
	if n.client == nil {
		n.replica = n.c.policy.Spec.New(n.c.policy.Params)
	} else {
		n.replica, e.Key = n.half(), n.client.name
	}
	n.c.emit(e)
	if n.replica != nil {
		n.step(func(r policies.Replica) { r.Start(&n.env) })
	}
}

// step gives the replica one input, commits what it wrote, and only then lets its
// messages and replies leave.
func (n *node) step(input func(policies.Replica)) {
	input(n.replica)
	n.finishStep()
}

func (n *node) finishStep() {
	if err := n.disk.commit(); err != nil {
		n.c.fail(err)
		n.env.reset()
		return
	}
	n.env.flush()
}

// crash ends the process; what its clients wait for is unknown from now on.
func (n *node) crash(wipe bool) {
	n.replica, n.late, n.wiped = nil, false, wipe
	n.waiting = nil
	n.c.timers.cancelAll(n.c, n.id)
	if n.client != nil {
		n.giveUp()
		return
	}
	n.c.ops.closeAt(n.c, n.id, "the node crashed before it answered")
	if wipe {
		n.c.fail(n.disk.wipe())
	}
}

// restart brings the process back with the disk as it is.
func (n *node) restart() {
	switch {
	case n.wiped && n.client == nil:
		n.boot(policies.WipedBoot)
	case n.stretch != n.c.stretch:
		n.boot(policies.Switched)
	default:
		n.boot(policies.Restarted)
	}
	n.wake()
}

// resume lets a paused node go on: first a policy that came in the meantime, then
// the requests that wait. Messages and timers follow by themselves.
func (n *node) resume() {
	if n.late {
		n.boot(policies.Switched)
	}
	waiting := n.waiting
	n.waiting = nil
	for _, o := range waiting {
		n.request(o)
	}
	n.wake()
}

// request hands a client's command to the replica, or answers for a node that has
// none.
func (n *node) request(o *op) {
	if !o.open() {
		return
	}
	switch n.c.net.HostState(n.id) {
	case netsim.Down:
		o.close(n.c, model.Refuse(model.CodeDown, "the node's process is gone"))
		return
	case netsim.Paused:
		n.waiting = append(n.waiting, o)
		return
	}
	if n.c.net.Slow(n.id) {
		n.c.net.Queue(n.id, uint32(o.id))
		return
	}
	n.serve(o, n.requestOf(o))
}

// requestOf returns what the replica is told of the operation.
func (n *node) requestOf(o *op) policies.Request {
	cmd := o.call.Command
	return policies.Request{Op: o.id, Command: cmd, Client: o.call.Client, Node: n.id, Past: o.client.past, Context: o.client.seen(cmd)}
}

// serve hands a request to the replica, unless the engine itself answers it.
func (n *node) serve(o *op, req policies.Request) {
	cmd := req.Command
	if !n.c.policy.Supports(cmd) {
		n.answer(o, model.Refuse(model.CodeUnsupported, n.c.policy.Spec.Name+" can't offer "+cmd.Name()))
		return
	}
	if cmd.Verb == model.PING {
		n.answer(o, model.Answered(model.Reply{Kind: model.StatusReply, Str: "PONG"}))
		return
	}
	n.replica.Request(&n.env, req)
	n.finishStep()
}

// answer brings a reply to the client: at once, or over the network.
func (n *node) answer(o *op, res model.Result) {
	if o.client != nil && o.client.host != nil && n.client == nil {
		n.sendReply(o, res)
		return
	}
	o.close(n.c, res)
}
