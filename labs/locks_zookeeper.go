package labs

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// locksEnsemble keeps the locks in ZooKeeper: the coordination lab's servers, as they are.
type locksEnsemble struct {
	*zkNode
	env policies.Env
}

func newLocksEnsemble(p policies.Params) *locksEnsemble {
	n := newZKNode(p, nil).(*zkNode)
	n.server.unmarked = true
	return &locksEnsemble{zkNode: n}
}

// enter implements locksKeeper.
func (e *locksEnsemble) enter(env policies.Env) { e.env = env }

// start implements locksKeeper.
func (e *locksEnsemble) start() {
	if e.env.Boot() == policies.Switched {
		forgetLocks(e.env)
	}
	e.Start(e.env)
}

// call implements locksKeeper: its clients ask by their own library.
func (e *locksEnsemble) call(model.NodeID, *locksCall) {}

// receive implements locksKeeper.
func (e *locksEnsemble) receive(from model.NodeID, msg policies.Message) { e.Receive(e.env, from, msg) }

// timer implements locksKeeper.
func (e *locksEnsemble) timer(tag policies.Tag) { e.Timer(e.env, tag) }

// leave implements locksKeeper.
func (e *locksEnsemble) leave() { e.settle(e.env) }

// state implements locksKeeper.
func (e *locksEnsemble) state() string { return e.server.mark }

// zkLock is ZooKeeper's recipe: whoever wants the lock creates an ephemeral sequential node;
// the lowest number has it, every other watches only the one before its own, so that a
// release wakes one client and no herd. There is no time after which the lock ends by
// itself: it lasts as long as the session, and the library stops believing in that before
// the leader can end it. The number is the fencing token.
//
// The node's name holds a value of its own: after a lost connection the client finds by that
// whether it was created (ZOOKEEPER-1262).
//
// Source: ZooKeeper Recipes, Locks; ZooKeeper: Wait-free coordination, §2.4.
type zkLock struct {
	c      *locksClient
	zk     *zkClient
	litter []zkLitter // nodes that may still have to be deleted
}

// zkLitter is a node that the client does not want any more.
type zkLitter struct{ name, value string }

// locksPath is the node below which each resource has one.
const locksPath = "/locks/"

func newZKLock(c *locksClient, zk *zkClient) *zkLock {
	l := &zkLock{c: c, zk: zk}
	zk.onState = append(zk.onState, l.session)
	return l
}

// prefix begins the name of the node that was created under a value.
func (l *zkLock) prefix(value string) string {
	_, random, _ := strings.Cut(value, ":")
	return random + "-"
}

// isOf tells whether a child was created under the value.
func (l *zkLock) isOf(child, value string) bool { return strings.HasPrefix(child, l.prefix(value)) }

// acquire implements locker: the attempt waits in the queue until it is its turn.
func (l *zkLock) acquire(t *attempt) {
	round := t.round
	l.zk.ensure(l.c.env, t.op, locksPath+t.name, func(env policies.Env, a zkAnswer) {
		switch {
		case t.over || t.round != round:
		case !a.ok():
			l.c.missed(t)
		default:
			l.zk.do(env, 0, t.op, func(_ policies.Env, a zkAnswer) {
				switch {
				case t.over || t.round != round:
					l.drop(zkLitter{t.name, t.value})
				case !a.ok():
					l.abandon(t)
					l.c.missed(t)
				default:
					l.look(t, round)
				}
			}, "CREATE", locksPath+t.name+"/"+l.prefix(t.value), l.c.name, "es")
		}
	})
}

// look finds whose turn it is.
func (l *zkLock) look(t *attempt, round int) {
	l.zk.do(l.c.env, 0, t.op, func(_ policies.Env, a zkAnswer) {
		if t.over || t.round != round {
			return
		}
		names := bySequence(a.reply.List)
		i := slices.IndexFunc(names, func(n string) bool { return l.isOf(n, t.value) })
		switch {
		case !a.ok() || i < 0:
			l.abandon(t)
			l.c.missed(t)
		case i == 0:
			n, _ := sequenceOf(names[0])
			t.token = n + 1
			l.c.granted(t)
		default:
			l.watchBefore(t, round, names[i-1])
		}
	}, "CHILDREN", locksPath+t.name)
}

// watchBefore waits for the end of the node before the client's own.
func (l *zkLock) watchBefore(t *attempt, round int, before string) {
	path := locksPath + t.name + "/" + before
	l.zk.do(l.c.env, 0, t.op, func(_ policies.Env, a zkAnswer) {
		switch {
		case t.over || t.round != round:
		case !a.ok():
			l.abandon(t)
			l.c.missed(t)
		case a.reply.Kind == model.NilReply:
			l.look(t, round)
		default:
			l.c.say("quiet", "%s waits for %s: it watches %s, the node before its own.", l.c.name, t.name, before)
			l.zk.watch(zkWatch{path: path, kind: "data", zxid: a.zxid}, func(policies.Env, zkWatch, string) {
				if !t.over && t.round == round {
					l.look(t, round)
				}
			})
		}
	}, "STAT", path, "watch")
}

// abandon implements locker.
func (l *zkLock) abandon(t *attempt) { l.drop(zkLitter{t.name, t.value}) }

// drop deletes a node that may be there, as soon as that can be.
func (l *zkLock) drop(n zkLitter) {
	if !slices.Contains(l.litter, n) {
		l.litter = append(l.litter, n)
		l.clean(n)
	}
}

// clean looks for a node, and deletes it. What fails is tried again with the next connection;
// with the session's end nothing is left to do.
func (l *zkLock) clean(n zkLitter) {
	if !l.zk.connected() {
		return
	}
	done := func() { l.litter = slices.DeleteFunc(l.litter, func(o zkLitter) bool { return o == n }) }
	l.zk.do(l.c.env, 0, 0, func(env policies.Env, a zkAnswer) {
		i := slices.IndexFunc(a.reply.List, func(child string) bool { return l.isOf(child, n.value) })
		switch {
		case !a.ok():
		case i < 0:
			done()
		default:
			l.zk.do(env, 0, 0, func(_ policies.Env, a zkAnswer) {
				if a.ok() || a.is(zkNoNode) {
					done()
				}
			}, "DELETE", locksPath+n.name+"/"+a.reply.List[i], "")
		}
	}, "CHILDREN", locksPath+n.name)
}

// release implements locker.
func (l *zkLock) release(h *held, op model.OpID) {
	path := fmt.Sprintf("%s%s/%s%010d", locksPath, h.name, l.prefix(h.value), h.token-1)
	l.zk.do(l.c.env, op, 0, func(_ policies.Env, a zkAnswer) {
		switch {
		case a.ok():
			l.c.answer(op, model.Int(1))
		case a.is(zkNoNode) || a.is(zkSessionExpired):
			l.c.answer(op, model.Int(0))
		default:
			l.drop(zkLitter{h.name, h.value})
			l.c.answer(op, model.Reply{})
		}
	}, "DELETE", path, "")
}

// holder implements locker: whose node is the lowest, as the client's server knows it.
func (l *zkLock) holder(name string, op model.OpID) {
	refuse := func(a zkAnswer) { l.zk.finish(l.c.env, op, a, false) }
	l.zk.do(l.c.env, 0, op, func(env policies.Env, a zkAnswer) {
		names := bySequence(a.reply.List)
		switch {
		case a.is(zkNoNode), a.ok() && len(names) == 0:
			l.c.answer(op, model.Reply{})
		case !a.ok():
			refuse(a)
		default:
			l.zk.do(env, 0, op, func(_ policies.Env, a zkAnswer) {
				switch {
				case a.is(zkNoNode):
					l.c.answer(op, model.Reply{})
				case !a.ok():
					refuse(a)
				default:
					l.c.answer(op, a.reply)
				}
			}, "GETDATA", locksPath+name+"/"+names[0])
		}
	}, "CHILDREN", locksPath+name)
}

// session follows the state of the client's session.
func (l *zkLock) session(_ policies.Env, now zkState) {
	why := ""
	switch now {
	case zkIsConnected:
		for _, n := range slices.Clone(l.litter) {
			l.clean(n)
		}
		return
	case zkDisconnected:
		why = "has lost its connection and can't know whether its session lives"
	case zkIsExpired, zkIsClosed:
		why = "has no session any more"
		l.litter = nil
	default:
		return
	}
	for _, h := range slices.Clone(l.c.held) {
		l.c.env.Count("locks.expired", 1)
		l.c.say("bad", "%s %s: it no longer believes to hold %s.", l.c.name, why, h.name)
		l.c.drop(h)
		if now == zkDisconnected {
			l.litter = append(l.litter, zkLitter{h.name, h.value})
		}
	}
}

// endless implements locker: it ends with the session.
func (l *zkLock) endless() bool { return true }
