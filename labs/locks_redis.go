package labs

import (
	"strings"

	"capsim/model"
)

// redisLock is a lock on one Redis: SET key value NX PX ttl takes it, and a script that
// deletes the key if it still has the value gives it back. The library finds the primary by
// asking: a replica says whom it copies.
type redisLock struct {
	c       *locksClient
	primary model.NodeID
}

// acquire implements locker.
func (l *redisLock) acquire(t *attempt) {
	c, round := l.c, t.round
	c.call(l.primary, locksCall{verb: askSet, name: t.name, value: t.value, ttl: t.ttl, op: t.op}, c.conf.nodeTimeout, func(m *locksReply) {
		switch {
		case t.over || t.round != round:
		case m == nil: // it may have been set
			l.abandon(t)
			l.next()
			c.missed(t)
		case m.lead != 0:
			l.primary = m.lead
			c.missed(t)
		case m.ok:
			c.granted(t)
		default:
			c.missed(t)
		}
	})
}

// next makes the library ask another node who the primary is.
func (l *redisLock) next() { l.primary = l.primary%model.NodeID(l.c.env.N()) + 1 }

// abandon implements locker.
func (l *redisLock) abandon(t *attempt) {
	l.c.call(l.primary, locksCall{verb: askDel, name: t.name, value: t.value}, l.c.conf.nodeTimeout, func(*locksReply) {})
}

// release implements locker.
func (l *redisLock) release(h *held, op model.OpID) {
	l.c.call(l.primary, locksCall{verb: askDel, name: h.name, value: h.value}, l.c.conf.nodeTimeout, func(m *locksReply) {
		if m == nil || m.lead != 0 {
			l.c.answer(op, model.Reply{})
			return
		}
		l.c.answer(op, model.Int(m.n))
	})
}

// holder implements locker.
func (l *redisLock) holder(name string, op model.OpID) {
	l.c.call(l.primary, locksCall{verb: askGet, name: name}, l.c.conf.nodeTimeout, func(m *locksReply) {
		switch {
		case m == nil:
			l.next()
			l.c.env.Reply(op, model.Refuse(model.CodeNoQuorum, "the primary did not answer"))
		case m.lead != 0:
			l.primary = m.lead
			l.c.env.Reply(op, model.Refuse(model.CodeNoQuorum, "the node is not the primary"))
		default:
			l.c.answer(op, holderOf(m.value))
		}
	})
}

// holderOf replies whose a lock's value is: nil if there is no lock.
func holderOf(value string) model.Reply {
	if value == "" {
		return model.Reply{}
	}
	name, _, _ := strings.Cut(value, ":")
	return model.Bulk(name)
}

// endless implements locker.
func (l *redisLock) endless() bool { return false }
