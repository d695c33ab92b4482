package labs

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"capsim/model"
	"capsim/policies"
)

// What a node keeps on its disk beside the records: its clock's count, and which writes
// wait to be forced to the disk. The latter is for the trace alone: without it nobody
// could say afterwards what the crash took.
const (
	clockMeta   = "basics.clock"
	waitingMeta = "basics.waiting"
)

// flushEvery is how long a write may wait for the disk under fsync=everysec, as Redis's
// appendfsync everysec has it.
const flushEvery = time.Second

// cache is the part of a disk that is in memory still: newest records of keys, in the
// order of their first write.
type cache struct {
	delayed bool // fsync=everysec
	keys    []string
	records map[string]*model.Record
}

// waitingWrite is a line of waitingMeta.
type waitingWrite struct {
	Key string
	Op  model.OpID
}

// record returns what the node would serve of a key.
func (b *basics) record(env policies.Env, key string) *model.Record {
	if rec, ok := b.cache.records[key]; ok {
		return rec
	}
	return env.Store().Record(key)
}

// data executes SET, GET or DEL on this node's own disk.
func (b *basics) data(env policies.Env, req policies.Request) {
	read := func(key string) model.Value { return b.record(env, key).Value() }
	b.effects.List, b.effects.Now = b.effects.List[:0], env.Now()
	reply := model.Apply(req.Command, read, &b.effects)
	for i := range b.effects.List {
		b.write(env, req.Op, &b.effects.List[i])
	}
	env.Reply(req.Op, model.Answered(reply))
}

// write gives an effect its place: on the disk with this step, or in the cache.
func (b *basics) write(env policies.Env, op model.OpID, e *model.Effect) {
	old := b.record(env, e.Key)
	if h, ok := old.Newest(); ok {
		b.newest = b.newest.Later(h.Stamp)
	}
	actor := model.Actor{Node: env.Self(), Life: int32(env.Incarnation())}
	b.newest = b.newest.Next(env.Now(), actor)
	dot := model.Dot{Actor: actor, N: old.Vector().Of(actor) + 1}
	rec, over := old.Write(model.Write{Op: op, Dot: dot, Stamp: b.newest, Effect: *e}, model.Registers)
	env.Wrote(op, e.Key, over)
	env.Applied(e.Key, rec)
	if !b.cache.delayed {
		env.Store().PutRecord(e.Key, rec)
		return
	}
	if len(b.cache.keys) == 0 {
		env.After(flushEvery, policies.Tag{Kind: basicsFlush})
	}
	if _, ok := b.cache.records[e.Key]; !ok {
		b.cache.keys = append(b.cache.keys, e.Key)
	}
	b.cache.records[e.Key] = rec
	b.noteWaiting(env)
	env.Fact(policies.Fact{Kind: policies.Mark, Op: op, Text: fmt.Sprintf("%d not on disk", len(b.cache.keys))})
}

// noteWaiting keeps the names of what is not on the disk.
func (b *basics) noteWaiting(env policies.Env) {
	var list []waitingWrite
	for _, key := range b.cache.keys {
		if h, ok := b.cache.records[key].Newest(); ok {
			list = append(list, waitingWrite{key, h.Op})
		}
	}
	blob, err := json.Marshal(list)
	if err != nil {
		panic("labs: " + err.Error())
	}
	env.Store().PutMeta(waitingMeta, blob)
}

// flush forces to the disk what waits.
func (b *basics) flush(env policies.Env) {
	for _, key := range b.cache.keys {
		env.Store().PutRecord(key, b.cache.records[key])
	}
	env.Store().DropMeta(waitingMeta)
	env.Fact(policies.Fact{Kind: policies.Mark, Text: "all on disk"})
	b.say(env, "basics.flush", "quiet", "%v forces %s to its disk.", env.Self(), counted(len(b.cache.keys), "key"))
	b.cache.keys = nil
	clear(b.cache.records)
}

// readDisk tells what the disk holds after a boot, and what never reached it.
func (b *basics) readDisk(env policies.Env) {
	s := env.Store()
	var list []waitingWrite
	if blob := s.Meta(waitingMeta); blob != nil {
		if err := json.Unmarshal(blob, &list); err != nil {
			list = nil // it is for the trace alone
		}
		s.DropMeta(waitingMeta)
	}
	for _, w := range list {
		env.Discarded(w.Key, w.Op, "it was acknowledged, and not on the disk yet")
		rec := s.Record(w.Key)
		if rec == nil {
			rec = &model.Record{}
		}
		env.Applied(w.Key, rec)
		env.Count("basics.lost-in-cache", 1)
	}
	for _, key := range s.Keys() {
		if !slices.ContainsFunc(list, func(w waitingWrite) bool { return w.Key == key }) {
			env.Applied(key, s.Record(key))
		}
	}
}
