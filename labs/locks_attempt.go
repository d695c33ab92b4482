package labs

import (
	"fmt"
	"slices"
	"time"

	"capsim/model"
)

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
