package labs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// The recipes of ZooKeeper's documentation, on the client's library: they are the
// clients' own, the servers know nothing of them.

// election is a client's part in an election. Each candidate has an ephemeral sequential
// node; the one with the lowest number leads, every other watches only the one before
// its own, so that the end of a leader wakes one candidate and no herd.
//
// Source: ZooKeeper: Wait-free coordination, §2.4; ZooKeeper Recipes, Leader Election.
type election struct {
	path  string
	node  string // of this candidate; "" until it is known
	leads bool
	turn  int // counts the looks at the candidates: only the newest counts
	cause model.OpID
}

// sequenceOf returns the number at the end of a sequential node's name.
func sequenceOf(name string) (int64, bool) {
	if len(name) < 10 {
		return 0, false
	}
	n, err := strconv.ParseInt(name[len(name)-10:], 10, 64)
	return n, err == nil && n >= 0
}

// bySequence returns the sequential ones of a node's children, in the order of their numbers.
func bySequence(children []string) []string {
	var out []string
	for _, c := range children {
		if _, ok := sequenceOf(c); ok {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		x, _ := sequenceOf(a)
		y, _ := sequenceOf(b)
		return int(x - y)
	})
	return out
}

// election returns the client's part in the path's election; nil if it has none.
func (c *zkClient) election(path string) *election {
	for _, e := range c.elections {
		if e.path == path {
			return e
		}
	}
	return nil
}

// elect makes the client a candidate. done gets the path of its node.
func (c *zkClient) elect(env policies.Env, op model.OpID, path string, done func(policies.Env, zkAnswer)) {
	if e := c.election(path); e != nil && e.node != "" {
		done(env, zkAnswer{reply: model.Bulk(e.node)})
		return
	}
	if c.elections == nil {
		c.elections = []*election{}
		c.onState = append(c.onState, c.electionState)
	}
	c.ensure(env, op, path, func(env policies.Env, a zkAnswer) {
		if !a.ok() {
			done(env, a)
			return
		}
		e := c.election(path)
		if e == nil {
			e = &election{path: path, cause: op}
			c.elections = append(c.elections, e)
		}
		c.volunteer(env, e, done)
	})
}

// volunteer creates the candidate's node, named after its session: after a lost
// connection it finds by that whether it was created.
func (c *zkClient) volunteer(env policies.Env, e *election, done func(policies.Env, zkAnswer)) {
	c.do(env, 0, e.cause, func(env policies.Env, a zkAnswer) {
		if a.ok() {
			e.node = a.reply.Str
		}
		if done != nil {
			done(env, a)
		}
		if a.ok() {
			c.look(env, e)
		}
	}, "CREATE", e.path+"/"+c.session+"-", c.name, "es")
}

// look finds who leads.
func (c *zkClient) look(env policies.Env, e *election) {
	e.turn++
	turn := e.turn
	c.do(env, 0, e.cause, func(env policies.Env, a zkAnswer) {
		if turn != e.turn || !a.ok() {
			return // it looks again once it is connected
		}
		names := bySequence(a.reply.List)
		i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, c.session+"-") })
		switch {
		case i < 0 && e.node == "":
			c.volunteer(env, e, nil)
		case i < 0:
			c.abandon(env, e, "its node is gone")
		case i == 0:
			e.node = e.path + "/" + names[0]
			c.lead(env, e, names[0])
		default:
			e.node = e.path + "/" + names[i]
			c.watchBefore(env, e, names[i-1])
		}
	}, "CHILDREN", e.path)
}

// watchBefore waits for the end of the candidate before this one.
func (c *zkClient) watchBefore(env policies.Env, e *election, before string) {
	turn, path := e.turn, e.path+"/"+before
	env.Note("zk.waits", "client", c.name, "says", fmt.Sprintf("%s is no leader of %s: it watches %s, the candidate before its own.", c.name, e.path, path), "tone", "quiet")
	c.do(env, 0, e.cause, func(env policies.Env, a zkAnswer) {
		switch {
		case turn != e.turn || !a.ok():
		case a.reply.Kind == model.NilReply:
			c.look(env, e)
		default:
			c.watch(zkWatch{path: path, kind: "data", zxid: a.zxid}, func(env policies.Env, _ zkWatch, _ string) {
				if turn == e.turn {
					c.look(env, e)
				}
			})
		}
	}, "STAT", path, "watch")
}

// lead begins to lead. Its fencing token is one more than its sequence number.
func (c *zkClient) lead(env policies.Env, e *election, name string) {
	if e.leads || !c.connected() {
		return
	}
	e.leads = true
	c.show(env)
	n, _ := sequenceOf(name)
	env.Note("zk.leads", "client", c.name, "path", e.path, "says", fmt.Sprintf("%s leads %s: of the candidates its node %s has the lowest number.", c.name, e.path, name), "tone", "good")
	env.Fact(policies.Fact{Kind: policies.Acquire, Op: e.cause, Key: e.path, Text: c.name, N: n + 1})
	env.Count("zk.elected", 1)
}

// cease ends a leadership, for as long as the client can't know that its node is there.
func (c *zkClient) cease(env policies.Env, e *election, why string) {
	e.turn++
	if !e.leads {
		return
	}
	e.leads = false
	c.show(env)
	env.Note("zk.ceases", "client", c.name, "path", e.path, "says", fmt.Sprintf("%s stops leading %s: %s.", c.name, e.path, why), "tone", "bad")
	env.Fact(policies.Fact{Kind: policies.Release, Op: e.cause, Key: e.path, Text: c.name})
}

// abandon ends a candidacy.
func (c *zkClient) abandon(env policies.Env, e *election, why string) {
	c.cease(env, e, why)
	c.elections = slices.DeleteFunc(c.elections, func(x *election) bool { return x == e })
}

// electionState follows the state of the session.
func (c *zkClient) electionState(env policies.Env, now zkState) {
	for _, e := range slices.Clone(c.elections) {
		switch now {
		case zkIsConnected:
			c.look(env, e)
		case zkDisconnected:
			c.cease(env, e, "it has lost its connection, and can't know whether its session lives")
		case zkIsExpired:
			c.abandon(env, e, "its session has expired")
		case zkIsClosed:
			c.abandon(env, e, "it has closed its session")
		}
	}
}

// resign stops leading, first of all, and withdraws the candidate's node.
func (c *zkClient) resign(env policies.Env, op model.OpID, path string, done func(policies.Env, zkAnswer)) {
	e := c.election(path)
	if e == nil || e.node == "" {
		done(env, zkAnswer{reply: zkError(zkNoNode, "no candidate of %s", path)})
		return
	}
	node := e.node
	c.abandon(env, e, "it resigns")
	c.do(env, op, 0, done, "DELETE", node, "")
}

// barrier lets nobody pass before n have come: each creates a node of its own, the one
// that finds n creates "ready", which all the others watch.
//
// Source: ZooKeeper: Wait-free coordination, §2.4, Double Barrier.
func (c *zkClient) barrier(env policies.Env, op model.OpID, path string, n int, done func(policies.Env, zkAnswer)) {
	ready := path + "/ready"
	pass := func(env policies.Env) {
		env.Note("zk.passes", "client", c.name, "says", fmt.Sprintf("%s passes the barrier %s: %d have come.", c.name, path, n), "tone", "good")
		done(env, zkAnswer{reply: model.OK})
	}
	unless := func(next func(env policies.Env, a zkAnswer)) func(policies.Env, zkAnswer) {
		return func(env policies.Env, a zkAnswer) {
			if a.ok() || a.is(zkNodeExists) {
				next(env, a)
				return
			}
			done(env, a)
		}
	}
	count := unless(func(env policies.Env, a zkAnswer) {
		if len(a.reply.List) < n {
			return // the watch on ready will tell
		}
		c.do(env, 0, op, unless(func(env policies.Env, _ zkAnswer) { pass(env) }), "CREATE", ready, "", "")
	})
	enter := unless(func(env policies.Env, _ zkAnswer) { c.do(env, 0, op, count, "CHILDREN", path) })
	c.ensure(env, op, path, unless(func(env policies.Env, _ zkAnswer) {
		c.do(env, 0, op, unless(func(env policies.Env, a zkAnswer) {
			if a.reply.Kind != model.NilReply {
				pass(env)
				return
			}
			c.watch(zkWatch{path: ready, kind: "exists", zxid: a.zxid}, func(env policies.Env, _ zkWatch, _ string) { pass(env) })
			c.do(env, 0, op, enter, "CREATE", path+"/"+c.name, "", "e")
		}), "STAT", ready, "watch")
	}))
}
