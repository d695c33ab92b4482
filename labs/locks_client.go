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

// attempt is a LOCK that is being tried.
type attempt struct {
	op      model.OpID
	name    string
	ttl     time.Duration
	value   string // of the attempt under way
	token   int64
	round   int        // of the attempt under way
	started model.Time // of the attempt under way, by the client's clock
	deadln  uint64     // alarms
	next    uint64
	over    bool
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

// lock begins a LOCK. A second one of the same resource gives up the first, whose client
// waits no more.
func (c *locksClient) lock(op model.OpID, words []string) {
	name, ttl := words[0], c.conf.ttl
	if len(words) > 1 {
		ttl, _ = time.ParseDuration(words[1]) // Valid has read it
	}
	if c.holding(name) != nil {
		c.answer(op, model.Error("ERR "+c.name+" holds "+name+" already"))
		return
	}
	for _, t := range slices.Clone(c.tries) {
		if t.name == name {
			c.giveUp(t)
		}
	}
	t := &attempt{op: op, name: name, ttl: ttl}
	c.tries = append(c.tries, t)
	c.env.Begun(op)
	t.deadln = c.alarms.after(c.env, c.conf.wait, func() {
		c.giveUp(t)
		c.env.Count("locks.given-up", 1)
		c.say("quiet", "%s gives up waiting for %s after %v.", c.name, name, c.conf.wait)
		c.answer(op, model.Reply{})
	})
	c.try(t)
}

// try makes the next attempt, under a value of its own.
func (c *locksClient) try(t *attempt) {
	t.round++
	t.started, t.token = c.conf.clock(c.env), 0
	t.value = fmt.Sprintf("%s:%08x", c.name, c.env.Rand().Uint32())
	c.env.Count("locks.attempts", 1)
	c.by.acquire(t)
}

// missed ends an attempt that was not granted; another follows after a random delay.
func (c *locksClient) missed(t *attempt) {
	if t.over {
		return
	}
	delay := time.Duration(c.env.Rand().Int64N(int64(c.conf.retry)))
	t.next = c.alarms.after(c.env, delay, func() { c.try(t) })
}

// granted ends an attempt whose lock was granted. Where the resource checks tokens, and what
// keeps the lock has none to give, one is fetched from the storage.
func (c *locksClient) granted(t *attempt) {
	if t.over {
		return
	}
	if t.token != 0 || !c.conf.fenced(t.name) {
		c.settle(t)
		return
	}
	round := t.round
	c.call(c.conf.storage, locksCall{verb: askToken, name: t.name, op: t.op}, c.conf.nodeTimeout, func(m *locksReply) {
		switch {
		case t.over || t.round != round:
		case m == nil:
			c.by.abandon(t)
			c.missed(t)
		default:
			t.token = m.n
			c.settle(t)
		}
	})
}

// settle checks that what was granted is still valid, by the client's own clock: time that
// passed since the attempt began counts, whatever it passed with.
func (c *locksClient) settle(t *attempt) {
	now := c.conf.clock(c.env)
	until := t.started.Add(t.ttl - drift(t.ttl))
	switch {
	case c.by.endless():
		until = model.Never
	case !c.conf.validity:
		until = now.Add(t.ttl)
	case until <= now:
		c.env.Count("locks.too-late", 1)
		c.say("plain", "%s was granted %s, but that took %v of the %v for which it lasts: %s does not count it, and gives it back.",
			c.name, t.name, now.Sub(t.started).Round(time.Millisecond), t.ttl, c.name)
		c.by.abandon(t)
		c.missed(t)
		return
	}
	c.hold(t, until)
}

// hold makes the client believe that it holds the lock.
func (c *locksClient) hold(t *attempt, until model.Time) {
	h := &held{name: t.name, value: t.value, token: t.token, until: until}
	c.end(t)
	i, _ := slices.BinarySearchFunc(c.held, h, func(a, b *held) int { return strings.Compare(a.name, b.name) })
	c.held = slices.Insert(c.held, i, h)
	c.env.Fact(policies.Fact{Kind: policies.Acquire, Op: t.op, Key: h.name, Text: c.name, N: h.token})
	c.env.Count("locks.acquired", 1)
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

// giveUp ends a LOCK that was not granted.
func (c *locksClient) giveUp(t *attempt) {
	c.end(t)
	c.by.abandon(t)
}

func (c *locksClient) end(t *attempt) {
	t.over = true
	c.alarms.cancel(t.deadln)
	c.alarms.cancel(t.next)
	c.tries = slices.DeleteFunc(c.tries, func(o *attempt) bool { return o == t })
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
