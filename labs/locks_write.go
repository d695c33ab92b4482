package labs

import (
	"fmt"

	"capsim/model"
)

// write is check-then-act: the client checks that it holds the resource, works for a while
// on what it will write, and sends it without another look. If its own clock ends the
// holding meanwhile, it notices; paused, it does not.
func (c *locksClient) write(op model.OpID, name, text string) {
	h := c.holding(name)
	if h == nil || c.isOver(h) {
		c.notHeld(op, name)
		return
	}
	if c.conf.work == 0 {
		c.send(op, h, text)
		return
	}
	c.say("quiet", "%s has checked that it holds %s, and prepares its write.", c.name, name)
	c.alarms.after(c.env, c.conf.work, func() {
		if c.holding(name) != h {
			c.notHeld(op, name)
			return
		}
		c.send(op, h, text)
	})
}

func (c *locksClient) notHeld(op model.OpID, name string) {
	c.answer(op, model.Error(fmt.Sprintf("NOTHELD %s does not hold %s", c.name, name)))
}

// send sends the write, with the token if there is one, and waits for the answer for as long
// as it takes.
func (c *locksClient) send(op model.OpID, h *held, text string) {
	c.env.Begun(op)
	c.call(c.conf.storage, locksCall{verb: askWrite, name: h.name, value: text, token: h.token, op: op}, 0, func(m *locksReply) {
		if m.ok {
			c.answer(op, model.OK)
			return
		}
		c.answer(op, model.Error(fmt.Sprintf("FENCED token %d is older than %d, which %s has seen", h.token, m.n, h.name)))
	})
}

// unlock gives the lock back: the client believes so from the moment it asks.
func (c *locksClient) unlock(op model.OpID, name string) {
	h := c.holding(name)
	if h == nil {
		c.answer(op, model.Int(0))
		return
	}
	c.env.Begun(op)
	c.drop(h)
	c.by.release(h, op)
}
