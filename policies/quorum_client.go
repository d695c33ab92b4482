package policies

import "capsim/model"

// quorumClient coordinates on a remote client's own host. It has no disk: it remembers
// what it wrote for as long as it lives, and keeps no hints.
type quorumClient struct {
	coordinator
	lifebook
}

var _ Replica = (*quorumClient)(nil)

// Start implements Replica.
func (c *quorumClient) Start(env Env) {
	c.lifebook.lives = make(lives, env.N())
	c.begin(env, &c.lifebook)
}

// Request implements Replica.
func (c *quorumClient) Request(env Env, req Request) { c.request(env, req) }

// Receive implements Replica.
func (c *quorumClient) Receive(env Env, from model.NodeID, msg Message) {
	if ok, _ := c.trusts(from, msg.(interface{ knows() []int32 }).knows()); ok {
		c.answered(env, from, msg)
	}
}

// Timer implements Replica.
func (c *quorumClient) Timer(env Env, tag Tag) { c.tick(env, quorumID(tag.N)) }
