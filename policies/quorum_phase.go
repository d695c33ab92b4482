package policies

import (
	"fmt"

	"capsim/model"
)

// proceed does what the votes of a call's phase allow.
func (c *coordinator) proceed(env Env, k *call) {
	switch k.phase {
	case stamping:
		if c.voted(k) >= c.r {
			c.write(env, k)
		}
	case writing:
		c.proceedWriting(env, k)
	case reading:
		c.proceedReading(env, k)
	case backing:
		if c.voted(k) >= c.w {
			c.answer(env, k)
			c.drop(env, k)
		}
	}
}

// write gives the write its stamp and its place, and sends it. It supersedes what its
// coordinator has seen: its own record, the r answers, the session's context.
func (c *coordinator) write(env Env, k *call) {
	own := c.own(env, k.key)
	session := seenOf(k.req.Context, k.key)
	seen := k.seen.Join(session.Vector)
	c.clock = c.clock.Later(stampOf(own)).Later(k.newest)
	for i := range session.Heads {
		c.clock = c.clock.Later(session.Heads[i].Stamp)
	}
	c.clock = c.clock.Next(env.Now(), c.actor)
	effect := model.Effect{Key: k.key, Kind: model.Delete}
	if k.req.Command.Verb == model.SET {
		effect.Kind, effect.Value = model.Put, model.Text(k.req.Command.Args[1])
	}
	dot := model.Dot{Actor: c.actor, N: max(own.Vector().Of(c.actor), seen.Of(c.actor)) + 1}
	k.rec, k.over = own.Write(model.Write{Op: k.req.Op, Dot: dot, Stamp: c.clock, Effect: effect, Seen: seen}, model.Registers)
	for _, h := range k.heads {
		k.over = c.alsoOver(k.over, own, h)
	}
	for i := range session.Heads {
		k.over = c.alsoOver(k.over, own, headName{session.Heads[i].Op, session.Heads[i].Dot})
	}
	if c.made != nil {
		c.made[k.key] = k.rec
	}
	env.Begun(k.req.Op)
	if c.here != nil {
		env.Wrote(k.req.Op, k.key, k.over)
	}
	k.ticks = 0
	c.enter(env, k, writing)
}

// own returns what this coordinator knows of the key by itself.
func (c *coordinator) own(env Env, key string) *model.Record {
	var rec *model.Record
	if c.here != nil {
		rec = env.Store().Record(key)
	}
	if c.made != nil {
		rec, _ = model.Merge(rec, c.made[key], model.Registers)
	}
	return rec
}

// alsoOver adds a write that others told of to those superseded.
func (c *coordinator) alsoOver(over []model.OpID, own *model.Record, h headName) []model.OpID {
	if own.Vector().Covers(h.dot) {
		return over
	}
	for _, op := range over {
		if op == h.op {
			return over
		}
	}
	return append(over, h.op)
}

func (c *coordinator) proceedWriting(env Env, k *call) {
	votes, hints := c.voted(k), 0
	if c.sloppy {
		for p := range c.n {
			if k.hinted.has(model.NodeID(p+1)) && !c.counts(k, p) {
				hints++
			}
		}
	}
	if !k.done && votes+hints >= c.w {
		k.done = true
		env.Reply(k.req.Op, model.Result{Outcome: model.OKOutcome, Reply: model.OK, Context: c.context(k)})
		if hints > 0 && votes < c.w {
			env.Count("quorum.sloppy", 1)
			env.Note("quorum.sloppy", "op", fmt.Sprint(k.req.Op), "copies", fmt.Sprint(votes), "hints", fmt.Sprint(hints), "w", fmt.Sprint(c.w))
		}
	}
	if c.here != nil {
		c.here.unhint(env, k)
	}
	if k.done && (!c.handoff || c.settledFor(k)) {
		c.drop(env, k)
	}
}

// settledFor tells whether every node has the write, or a hint waits for it.
func (c *coordinator) settledFor(k *call) bool {
	for p := range c.n {
		if id := model.NodeID(p + 1); k.targets.has(id) && !k.hinted.has(id) && !c.counts(k, p) {
			return false
		}
	}
	return true
}

func (c *coordinator) proceedReading(env Env, k *call) {
	if k.done { // a late answer
		c.repair(env, k)
		return
	}
	if c.voted(k) < c.r {
		return
	}
	if c.read != "write-back" {
		c.answer(env, k)
		k.done = true
		if c.read == "repair" {
			c.repair(env, k)
		} else {
			c.drop(env, k)
		}
		return
	}
	// Whoever answered with the newest has it on disk already.
	newest, holders := stampOf(k.rec), 0
	for p := range c.n {
		if c.counts(k, p) && k.stamps[p] == newest {
			holders++
		} else {
			k.votes[p] = 0
		}
	}
	if k.rec == nil || holders >= c.w {
		c.answer(env, k)
		c.drop(env, k)
		return
	}
	k.targets = nodeSet(1<<(c.n+1) - 2)
	env.Count("quorum.write-backs", 1)
	c.enter(env, k, backing)
}

// repair sends what a read found to those of its answers that lack it (read repair).
func (c *coordinator) repair(env Env, k *call) {
	newest, all := stampOf(k.rec), true
	for p := range c.n {
		to := model.NodeID(p + 1)
		if !c.counts(k, p) {
			all = all && !k.targets.has(to)
			continue
		}
		if k.stamps[p] == newest {
			continue
		}
		k.stamps[p] = newest
		env.Count("quorum.repairs", 1)
		if to == c.self && c.here != nil {
			c.here.keep(env, k.key, k.rec)
			continue
		}
		env.Send(to, &quorumWrite{lives: c.book.lives, kind: "quorum.repair", key: k.key, rec: k.rec})
	}
	if all {
		c.drop(env, k)
	}
}

// answer replies to a read.
func (c *coordinator) answer(env Env, k *call) {
	c.clock = c.clock.Later(stampOf(k.rec))
	var none model.Effects
	reply := model.Apply(k.req.Command, func(string) model.Value { return k.rec.Value() }, &none)
	env.Reply(k.req.Op, model.Result{Outcome: model.OKOutcome, Reply: reply, Context: c.context(k)})
}

// context is what the session has seen of the key after the call.
func (c *coordinator) context(k *call) model.Context {
	old := seenOf(k.req.Context, k.key)
	s := model.Seen{Key: k.key, Vector: old.Vector, Heads: old.Heads}
	if k.rec != nil {
		if s.Vector, s.Heads = k.rec.Seen, k.rec.Heads; !k.rec.Seen.Descends(old.Vector) {
			s.Vector, s.Heads = afterAll(old, k.rec)
		}
	}
	return model.Context{s}
}

// tick asks again those who have not answered, and ends what has waited too long.
func (c *coordinator) tick(env Env, id quorumID) {
	k := c.calls[id]
	if k == nil {
		return
	}
	k.ticks++
	late := k.ticks >= c.patience
	switch {
	case k.phase == reading && k.done, k.phase == writing && k.ticks >= c.giveUp:
		c.drop(env, k)
		return
	case k.phase != writing && late:
		env.Reply(k.req.Op, model.Refuse(model.CodeNoQuorum, c.whyLate(k)))
		c.drop(env, k)
		return
	}
	c.send(env, k)
	if k.phase == writing && c.handoff && k.ticks >= hintAfter {
		c.here.hint(env, k)
	}
	k.timer = env.After(c.retry, Tag{Kind: tagCall, N: uint64(k.id)})
	c.proceed(env, k)
}

// whyLate says what a request waited for in vain, in a clause.
func (c *coordinator) whyLate(k *call) string {
	switch k.phase {
	case stamping:
		return fmt.Sprintf("%d of the %d nodes that must tell their newest stamp did", c.voted(k), c.r)
	case backing:
		return fmt.Sprintf("what it found is on %d of the %d nodes that must have it before it is returned", c.voted(k), c.w)
	}
	return fmt.Sprintf("%d of the %d nodes that must answer did", c.voted(k), c.r)
}
