package policies

import (
	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// cpLife is above every incarnation. The log of stretch s numbers its writes as life
// cpLife+s of their leaders: a write is numbered where it is executed, on nodes that
// its leader may never hear of, so its number must not be one that the leader's own
// life could give to another write, under a policy that comes later.
const cpLife = 1_000_000

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
			r.execute(c)
		}
		r.state.applied, r.dirty = e.GetIndex(), true
	}
}

// execute does a command, the same on every node: all that it depends on is in the
// log.
func (r *cp) execute(c cpCommand) {
	r.effects.List = r.effects.List[:0]
	reply := model.Apply(c.command, r.read, &r.effects)
	if len(r.effects.List) > 0 {
		actor := model.Actor{Node: c.leader, Life: cpLife + int32(r.state.stretch)}
		// A clock that lags behind what the log has seen does not order a write
		// before it.
		r.state.stamp = r.state.stamp.Next(c.wall, actor)
		for _, e := range r.effects.List {
			old := r.store.Record(e.Key)
			dot := model.Dot{Actor: actor, N: old.Vector().Of(actor) + 1}
			rec, over := old.Write(model.Write{Op: c.op, Dot: dot, Stamp: r.state.stamp, Effect: e}, model.Registers)
			r.store.PutRecord(e.Key, rec)
			r.env.Wrote(c.op, e.Key, over)
			r.env.Applied(e.Key, rec)
		}
	}
	if r.clients.writes[c.op] {
		r.executed(c.op, reply, c.command.Keys())
	}
}
