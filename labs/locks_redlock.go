package labs

import (
	"capsim/model"
)

// redlock is the algorithm of the Redis documentation, over nodes that know nothing of each
// other: the lock is set on all of them at once, and is granted if a majority says so
// before it would run out. Whoever gets none takes back what it set, on all nodes, also
// where it believes that it set nothing.
type redlock struct{ c *locksClient }

func (l *redlock) majority() int { return l.c.env.N()/2 + 1 }

// all asks every node, and gives f the answers once all are there or the time is over: nil for
// those that are not. done is asked after each whether those so far will do.
func (l *redlock) all(m locksCall, done func(answers []*locksReply) bool, f func(answers []*locksReply)) {
	n := l.c.env.N()
	answers := make([]*locksReply, n)
	left, over := n, false
	for i := range n {
		l.c.call(model.NodeID(i+1), m, l.c.conf.nodeTimeout, func(m *locksReply) {
			left--
			answers[i] = m
			if !over && (left == 0 || done(answers)) {
				over = true
				f(answers)
			}
		})
	}
}

// acquire implements locker.
func (l *redlock) acquire(t *attempt) {
	round := t.round
	enough := func(answers []*locksReply) bool { return granted(answers) >= l.majority() }
	l.all(locksCall{verb: askSet, name: t.name, value: t.value, ttl: t.ttl, op: t.op}, enough, func(answers []*locksReply) {
		switch {
		case t.over || t.round != round:
		case enough(answers):
			l.c.granted(t)
		default:
			l.abandon(t)
			l.c.missed(t)
		}
	})
}

// granted counts the nodes that did what they were asked.
func granted(answers []*locksReply) int {
	n := 0
	for _, a := range answers {
		if a != nil && a.ok {
			n++
		}
	}
	return n
}

// never waits for all answers.
func never([]*locksReply) bool { return false }

// abandon implements locker.
func (l *redlock) abandon(t *attempt) {
	l.all(locksCall{verb: askDel, name: t.name, value: t.value}, never, func([]*locksReply) {})
}

// release implements locker: it was given back if a majority still had it.
func (l *redlock) release(h *held, op model.OpID) {
	l.all(locksCall{verb: askDel, name: h.name, value: h.value}, func(answers []*locksReply) bool { return granted(answers) >= l.majority() }, func(answers []*locksReply) {
		deleted, heard := 0, 0
		for _, a := range answers {
			if a != nil {
				heard++
				deleted += int(a.n)
			}
		}
		switch {
		case deleted >= l.majority():
			l.c.answer(op, model.Int(1))
		case heard >= l.majority():
			l.c.answer(op, model.Int(0))
		default:
			l.c.answer(op, model.Reply{})
		}
	})
}

// holder implements locker: whoever a majority of the nodes names.
func (l *redlock) holder(name string, op model.OpID) {
	l.all(locksCall{verb: askGet, name: name}, never, func(answers []*locksReply) {
		heard, most := 0, ""
		for _, a := range answers {
			if a == nil {
				continue
			}
			heard++
			same := 0
			for _, b := range answers {
				if b != nil && b.value == a.value {
					same++
				}
			}
			if same >= l.majority() {
				most = a.value
			}
		}
		if heard < l.majority() {
			l.c.env.Reply(op, model.Refuse(model.CodeNoQuorum, "no majority of the nodes answered"))
			return
		}
		l.c.answer(op, holderOf(most))
	})
}

// endless implements locker.
func (l *redlock) endless() bool { return false }
