package policies

import (
	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// actor is who numbers and stamps the writes of a stretch: the log, no node.
func (s *cpState) actor() model.Actor { return model.Actor{Life: int32(s.stretch)} }

// dot numbers a write by its place in the log: the term above the index. So what a
// node has of the log's end that never was committed is older than what was
// committed in its stead, whichever policy comes to compare them.
func (s *cpState) dot(e *pb.Entry) model.Dot {
	return model.Dot{Actor: s.actor(), N: int64(e.GetTerm()<<32 | e.GetIndex())}
}

// apply executes committed entries, in the order of the log.
func (r *cp) apply(entries []*pb.Entry) {
	for _, e := range entries {
		data := e.GetData()
		switch {
		case len(data) == 0:
		case data[0] == installEntry:
			r.applyInstall(data)
		default:
			c, err := decodeCommand(data)
			if err != nil {
				fail("entry ", e.GetIndex(), ": ", err)
			}
			r.execute(e, &c)
		}
		r.state.applied, r.dirty = e.GetIndex(), true
	}
}

// execute does a command, the same on every node: all that it depends on is in the
// log.
func (r *cp) execute(e *pb.Entry, c *cpCommand) {
	r.effects.List, r.effects.Now = r.effects.List[:0], c.wall
	dot := r.state.dot(e)
	entry := Entry{Op: c.op, Command: c.command, Now: c.wall, At: uint64(dot.N)}
	reply := r.perform(entry)
	if len(r.effects.List) > 0 {
		// A clock that lags behind what the log has seen does not order a write
		// before it.
		r.state.stamp = r.state.stamp.Next(c.wall, r.state.actor())
		for _, f := range r.effects.List {
			rec, over := r.store.Record(f.Key).Write(model.Write{Op: c.op, Dot: dot, Stamp: r.state.stamp, Effect: f}, model.Registers)
			r.keep(f.Key, rec)
			r.env.Wrote(c.op, f.Key, over)
			r.env.Applied(f.Key, rec)
		}
	}
	if r.clients.writes[c.op] {
		r.executed(c.op, reply, c.command.Keys())
	}
	r.tellMachine(entry, reply)
}

// settle ends a stretch of cp on this node's disk, before another policy's, or cp's
// own, begins: entries that the node has and did not know to be committed may have
// been, and their clients told so. They are executed, late; whoever waited for one
// that was not committed had no answer. Then the log is gone. Every policy calls it
// when it is switched to; on a disk without a log it does nothing.
func settle(env Env) {
	settleCA(env)
	r := &cp{env: env, store: env.Store(), self: env.Self(), n: env.N()}
	r.log.r = r
	r.read = func(key string) model.Value { return r.store.Record(key).Value() }
	old, base, ok := decodeState(r.store.Meta(stateMeta), r.n)
	if !ok {
		return
	}
	r.state = old
	if r.log.load(base, old.last) && !old.recovery {
		r.settleTail()
	}
	for i := base.index + 1; i <= old.last; i++ {
		r.store.DropMeta(logName(i))
	}
	if r.store.Meta(lostMeta) != nil {
		r.store.DropMeta(lostMeta)
	}
	if !old.recovery { // else cp must remember that the disk was wiped
		r.store.DropMeta(stateMeta)
	}
}

func (r *cp) settleTail() {
	tail := r.log.entries[r.state.applied-r.log.base.index:]
	for i, e := range tail {
		data := e.GetData()
		if len(data) == 0 || data[0] != installEntry || r.state.installed {
			continue
		}
		// Commands follow an installed state only once it is committed; one that
		// may not have been replaces nothing.
		if e.GetIndex() > r.state.commit && entryOps(tail[i:]) == nil {
			return
		}
	}
	r.apply(tail)
}
