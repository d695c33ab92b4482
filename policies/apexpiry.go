package policies

import "capsim/model"

// Expiry. A value's deadline is kept by the node that accepted it: when its clock gets
// there, it deletes the value with an EXPIRE, a write as any other, and the others
// serve the value until that has reached them. A node takes up the deadlines of its own
// values whenever it gets a record, after a start and from a peer: so one that lost its
// disk keeps them again once it has its records back.

// watch takes note of a record's deadline, if this node has to keep it.
func (c *core) watch(key string, rec *model.Record) {
	if len(c.deadlines.list) == 0 && !expires(rec) {
		return
	}
	c.deadlines.feed(key, c.mine(rec))
	c.deadlines.arm(c.env, c.expiring)
}

func expires(rec *model.Record) bool {
	for i := range rec.Heads {
		if rec.Heads[i].Value.Deadline != 0 {
			return true
		}
	}
	return rec.Base != nil && rec.Base.Value.Deadline != 0
}

// mine returns the record if its deadline is for this node to keep, else nil. Of
// siblings, each has its own: the one that is due first stands alone in what is
// returned.
func (c *core) mine(rec *model.Record) *model.Record {
	if c.mode == model.KeepSiblings && registers(rec) > 1 {
		var first *model.Head
		for i := range rec.Heads {
			h := &rec.Heads[i]
			if at := h.Value.Deadline; at != 0 && c.accepted(h.Dot.Actor) && (first == nil || at < first.Value.Deadline) {
				first = h
			}
		}
		if first == nil {
			return nil
		}
		return &model.Record{Heads: []model.Head{*first}}
	}
	at := rec.Value().Deadline
	if at == 0 || !c.accepted(whoSet(rec, at)) {
		return nil
	}
	return rec
}

// whoSet returns the actor that accepted the deadline: that of the head which has it, or
// of the register under what was merged since.
func whoSet(rec *model.Record, at model.Time) model.Actor {
	for i := len(rec.Heads) - 1; i >= 0; i-- {
		if rec.Heads[i].Value.Deadline == at {
			return rec.Heads[i].Dot.Actor
		}
	}
	if rec.Base != nil {
		return rec.Base.Stamp.Actor
	}
	return model.Actor{}
}

// accepted tells whether what the actor wrote is this node's to end. A log numbers
// writes in no node's name: those are n1's.
func (c *core) accepted(a model.Actor) bool {
	if a.Node < 1 || int(a.Node) > c.env.N() {
		return c.self == 1
	}
	return a.Node == c.self
}

// expire ends the values that are due, and lets spread tell the others.
func (c *core) expire(env Env, spread func(Env, []touched)) {
	c.env = env
	for _, e := range c.deadlines.fired(env) {
		c.begin(env)
		rec := c.record(e.key)
		value, seen := c.expired(rec, e.at)
		cmd := e.command()
		model.Apply(cmd, func(string) model.Value { return value }, &c.effects)
		if len(c.effects.List) == 0 {
			continue
		}
		op := env.SystemWrite(cmd, e.cause)
		c.write(&model.Write{Op: op, Effect: c.effects.List[0]}, &model.Seen{Key: e.key, Vector: seen}, nil)
		spread(env, c.touched)
	}
	c.deadlines.arm(env, c.expiring)
}

// expired returns the value that has the deadline, and what its end supersedes: all
// that the node has, but for siblings that have another or none.
func (c *core) expired(rec *model.Record, at model.Time) (model.Value, model.Vector) {
	if c.mode != model.KeepSiblings || registers(rec) <= 1 {
		return rec.Value(), rec.Vector()
	}
	var value model.Value
	var seen model.Vector
	for i := range rec.Heads { // several, where a sibling was made of another
		if h := &rec.Heads[i]; h.Value.Deadline == at && c.accepted(h.Dot.Actor) {
			value, seen = h.Value, madeOf(rec, i, seen)
		}
	}
	return value, seen
}

// knows returns what the write of a request is to supersede of the key: what the
// session has seen; and for PEXPIRE, which writes the value anew, also what that
// value is made of, or a merged counter would count twice.
func (c *core) knows(req *Request, key string) *model.Seen {
	seen := seenOf(req.Context, key)
	rec := c.record(key)
	if req.Command.Verb != model.PEXPIRE || c.mode != model.KeepSiblings || rec == nil {
		return seen
	}
	all := *seen
	all.Vector = madeOf(rec, newestRegister(rec), all.Vector)
	return &all
}

// madeOf adds to what is seen a register, and if it is the newest one the changes to
// counters and sets that stand on it. A head's dot covers nothing else that stands:
// writes beside each other have different actors.
func madeOf(rec *model.Record, register int, seen model.Vector) model.Vector {
	for i := range rec.Heads {
		h := &rec.Heads[i]
		if merged := h.Kind != model.Put && h.Kind != model.Delete; i == register || merged && register == newestRegister(rec) {
			seen = seen.With(h.Dot)
		}
	}
	return seen
}

// newestRegister returns the place of the head that commands act on; -1 for none.
func newestRegister(rec *model.Record) int {
	last := -1
	for i := range rec.Heads {
		switch rec.Heads[i].Kind {
		case model.Put:
			last = i
		case model.Delete:
			if last < 0 {
				last = i
			}
		}
	}
	return last
}
