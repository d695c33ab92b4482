package labs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// locksClient is the library of one client that takes locks, and of the program around it:
// it believes to hold what it was granted until it gives it back or its own clock says that
// the lease is over. It runs on the client's host, or beside a node in that one's process.
type locksClient struct {
	conf   *locksConf
	env    policies.Env // of the step under way
	name   string
	node   model.NodeID // that its user names
	by     locker
	alarms *alarms
	held   []*held    // by name
	tries  []*attempt // open LOCKs, oldest first
	calls  map[uint64]*locksPending
	seq    uint64
}

// locker is how a client gets and gives back a lock of one kind.
type locker interface {
	// acquire makes an attempt: it ends with granted or missed.
	acquire(t *attempt)
	// abandon makes an attempt that may be under way have no effect, as far as that can be.
	abandon(t *attempt)
	// release gives a lock back and replies how many were: 1, 0, or nil if nobody answered.
	release(h *held, op model.OpID)
	// endless tells whether what is granted does not end by itself after its ttl.
	endless() bool
	// holder replies who holds the resource as its keeper sees it.
	holder(name string, op model.OpID)
}

// held is a lock that the client believes to hold.
type held struct {
	name  string
	value string // names the grant where the lock is kept
	token int64  // 0: none
	until model.Time
	alarm uint64
}

// locksPending is a call that waits for its answer.
type locksPending struct {
	answered func(m *locksReply) // nil: no answer in time
	alarm    uint64
}

// newLocksClient makes the library of a client; zk is that of ZooKeeper, nil without.
func newLocksClient(conf *locksConf, name string, a *alarms, incarnation int, zk *zkClient) *locksClient {
	c := &locksClient{conf: conf, name: name, alarms: a, calls: map[uint64]*locksPending{}, seq: uint64(incarnation) << 32}
	c.by = newLocker(c, zk)
	return c
}

func newLocker(c *locksClient, zk *zkClient) locker {
	switch c.conf.by {
	case "zookeeper":
		return newZKLock(c, zk)
	case "redlock":
		return &redlock{c}
	case "database":
		return &rowLock{c}
	}
	return &redisLock{c: c, primary: 1}
}

// call asks a server, and gives its answer to f: once, or nil after d (0: never).
func (c *locksClient) call(to model.NodeID, m locksCall, d time.Duration, f func(m *locksReply)) {
	c.seq++
	m.client, m.seq = c.name, c.seq
	p := &locksPending{answered: f}
	if d > 0 {
		seq := m.seq
		p.alarm = c.alarms.after(c.env, d, func() {
			delete(c.calls, seq)
			f(nil)
		})
	}
	c.calls[m.seq] = p
	c.env.Send(to, &m)
}

// reply takes a server's answer; one that comes twice or too late is nobody's.
func (c *locksClient) reply(env policies.Env, m *locksReply) {
	c.env = env
	if p := c.calls[m.seq]; p != nil {
		delete(c.calls, m.seq)
		c.alarms.cancel(p.alarm)
		p.answered(m)
	}
}

// request does a command of the lab's.
func (c *locksClient) request(env policies.Env, req policies.Request) {
	c.env, c.node = env, req.Node
	words := req.Command.Words()
	switch req.Command.Name() {
	case "LOCK":
		c.lock(req.Op, words)
	case "UNLOCK":
		c.unlock(req.Op, words[0])
	case "WRITE":
		c.write(req.Op, words[0], words[1])
	case "HOLDER":
		c.by.holder(words[0], req.Op)
	}
}

func (c *locksClient) answer(op model.OpID, r model.Reply) { c.env.Reply(op, model.Answered(r)) }

func (c *locksClient) holding(name string) *held {
	for _, h := range c.held {
		if h.name == name {
			return h
		}
	}
	return nil
}

// hold makes the client believe that it holds the lock.
func (c *locksClient) hold(t *attempt, until model.Time) {
	h := &held{name: t.name, value: t.value, token: t.token, until: until}
	c.end(t)
	i, _ := slices.BinarySearchFunc(c.held, h, func(a, b *held) int { return strings.Compare(a.name, b.name) })
	c.held = slices.Insert(c.held, i, h)
	reply := model.Bulk(h.value)
	bearing := ""
	if h.token != 0 {
		bearing, reply = fmt.Sprintf(", with the fencing token %d", h.token), model.Int(h.token)
	}
	if until == model.Never {
		c.say("good", "%s holds %s for as long as its session lives%s.", c.name, h.name, bearing)
	} else {
		c.say("good", "%s holds %s until %v by its clock%s.", c.name, h.name, time.Duration(until).Round(time.Millisecond), bearing)
		c.watch(h)
	}
	c.env.Fact(policies.Fact{Kind: policies.Acquire, Op: t.op, Key: h.name, Text: c.name, N: h.token})
	c.env.Count("locks.acquired", 1)
	c.answer(t.op, reply)
}

// watch ends the holding when the client's clock says that it is over. What waits runs on
// the monotonic clock; it reads the other one again if that is what it goes by.
func (c *locksClient) watch(h *held) {
	h.alarm = c.alarms.after(c.env, h.until.Sub(c.conf.clock(c.env)), func() {
		if !c.isOver(h) {
			c.watch(h)
		}
	})
}

// isOver ends the holding if the client's clock says so.
func (c *locksClient) isOver(h *held) bool {
	if c.conf.clock(c.env) < h.until {
		return false
	}
	c.env.Count("locks.expired", 1)
	c.say("plain", "By %s's own clock its right to %s is over: it no longer believes to hold it.", c.name, h.name)
	c.drop(h)
	return true
}

// drop makes the client know that it holds the lock no more.
func (c *locksClient) drop(h *held) {
	c.alarms.cancel(h.alarm)
	c.held = slices.DeleteFunc(c.held, func(o *held) bool { return o == h })
	c.env.Fact(policies.Fact{Kind: policies.Release, Key: h.name, Text: c.name})
}

func (c *locksClient) say(tone, format string, args ...any) {
	c.env.Note("locks.client", "says", fmt.Sprintf(format, args...), "tone", tone)
}

// state says in a few words what the client holds and waits for; "" if nothing.
func (c *locksClient) state() string {
	var words []string
	for _, h := range c.held {
		w := "holds " + h.name
		if h.token != 0 {
			w += fmt.Sprintf(" #%d", h.token)
		}
		words = append(words, w)
	}
	for _, t := range c.tries {
		words = append(words, "wants "+t.name)
	}
	return strings.Join(words, ", ")
}
