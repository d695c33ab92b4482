package cluster

import (
	"fmt"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// Switch toggles the policy at all nodes in this instant. Requests in flight end,
// old messages and timers die; crashed nodes find the new policy when they
// restart, paused ones when they go on.
func (c *Cluster) Switch(to policies.Choice) error {
	switch {
	case c.err != nil:
		return c.err
	case c.swarm != nil:
		return fmt.Errorf("a cluster of more than %d nodes can't be toggled", MaxNodes)
	}
	c.ops.each(func(o *op) {
		res := model.Refuse(model.CodeSwitched, "the policy was switched before anything was done")
		if o.begun {
			res = model.Result{Outcome: model.Unknown, Why: "the policy was switched while it was under way"}
		}
		o.close(c, res)
	})
	c.wire.kill(c)
	c.policy = to
	c.stretch++
	c.emitPolicy()
	for _, n := range c.hosts {
		n.switched()
	}
	return c.err
}

// emitPolicy says what rules from here on.
func (c *Cluster) emitPolicy() {
	e := trace.Event{Kind: trace.PolicyStart, Text: c.policy.String(), N: int64(c.stretch)}
	if c.policy.Spec.Apart {
		e.Key = trace.ApartRecords
	}
	c.emit(e)
}

// switched replaces the node's replica, now or when it goes on.
func (n *node) switched() {
	n.waiting = nil
	n.c.timers.cancelAll(n.c, n.id)
	switch n.c.net.HostState(n.id) {
	case netsim.Up:
		n.boot(policies.Switched)
	case netsim.Paused:
		n.replica, n.late = nil, true
	}
}
