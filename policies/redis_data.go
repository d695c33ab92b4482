package policies

import (
	"fmt"

	"capsim/model"
)

// loadData takes up what the disk has. Under another policy a key may have had
// siblings; Redis has one value a key.
func (r *redis) loadData() {
	s := r.env.Store()
	for _, key := range s.Keys() {
		rec := s.Record(key)
		if h, ok := rec.Newest(); ok {
			r.clock = r.clock.Later(h.Stamp)
		}
		if r.env.Boot() == Switched && r.primary == 0 {
			rec = r.single(key, rec)
		}
		r.env.Applied(key, rec)
	}
}

// single makes one value of a record that another policy left, and says which
// siblings give way.
func (r *redis) single(key string, rec *model.Record) *model.Record {
	if len(rec.Heads) < 2 && !rec.Stale {
		return rec
	}
	one := visible(rec)
	same := *one
	one, _ = model.Merge(one, &same, model.Merging) // of siblings within one record the newest stays
	if one.Stale {
		fresh := *one
		fresh.Stale = false
		one = &fresh
	}
	for i := range rec.Heads {
		if h := &rec.Heads[i]; !one.Holds(h.Op) {
			r.env.Discarded(key, h.Op, "a sibling: Redis has one value a key")
		}
	}
	r.env.Store().PutRecord(key, one)
	return one
}

// rule begins to number writes, as another actor than ever before: what this node
// wrote as a primary earlier may have been thrown away, and its numbers with it.
func (r *redis) rule() {
	r.ids++
	r.turns++
	r.id = fmt.Sprintf("%v.%d.%d", r.self, r.env.Incarnation(), r.ids)
	if r.turns <= maxBranch {
		life := int32(r.env.Incarnation()&(1<<lifeBits-1)) | int32(r.env.Stretch()&(1<<stretchBits-1))<<lifeBits |
			int32(r.turns)<<(lifeBits+stretchBits)
		r.actor, r.issued = model.Actor{Node: r.self, Life: life}, 0
	}
}

// execute does a command at the primary, and hands what it changed to the replicas.
func (r *redis) execute(op model.OpID, cmd model.Command) model.Reply {
	r.effects.List, r.effects.Now = r.effects.List[:0], r.env.Now()
	reply := model.Apply(cmd, r.read, &r.effects)
	if len(r.effects.List) == 0 {
		return reply
	}
	r.env.Begun(op)
	entry := redisEntry{op: op, size: commandSize(cmd)}
	for i := range r.effects.List {
		e := &r.effects.List[i]
		entry.items = append(entry.items, keyRecord{e.Key, r.write(op, e)})
	}
	r.expiry.arm(r.env, Tag{Kind: redisExpire})
	r.feed(entry)
	return reply
}

// write gives an effect its place in the key's history.
func (r *redis) write(op model.OpID, e *model.Effect) *model.Record {
	s := r.env.Store()
	rec := s.Record(e.Key)
	w := model.Write{Op: op, Effect: *e, Dot: model.Dot{Actor: r.actor, N: rec.Vector().Of(r.actor) + 1}}
	if r.turns > maxBranch { // it has no new name any more, but never a number twice
		w.Dot.N = max(w.Dot.N, r.issued+1)
	}
	r.issued = max(r.issued, w.Dot.N)
	r.clock = r.clock.Next(r.env.Now(), r.actor)
	w.Stamp = r.clock
	next, over := rec.Write(w, model.Registers)
	s.PutRecord(e.Key, next)
	r.env.Wrote(op, e.Key, over)
	r.env.Applied(e.Key, next)
	r.expiry.feed(e.Key, next)
	return next
}

// take stores what an entry of the stream left at the primary.
func (r *redis) take(e *redisEntry) {
	for _, kr := range e.items {
		r.adopt(kr)
	}
	r.pass(e)
}

func (r *redis) adopt(kr keyRecord) {
	if h, ok := kr.rec.Newest(); ok {
		r.clock = r.clock.Later(h.Stamp)
	}
	r.env.Store().PutRecord(kr.key, kr.rec)
	r.env.Applied(kr.key, kr.rec)
	r.expiry.feed(kr.key, kr.rec)
}

// snapshot returns all data, as an RDB file has them; deletions too, so that what
// they superseded is known to be.
func (r *redis) snapshot() []keyRecord {
	s := r.env.Store()
	keys := s.Keys()
	records := make([]keyRecord, len(keys))
	for i, key := range keys {
		records[i] = keyRecord{key, s.Record(key)}
	}
	return records
}

// replaceAll makes the data be a copy of the primary's, and says which writes that this
// node has are not in it.
func (r *redis) replaceAll(records []keyRecord, why string) {
	s := r.env.Store()
	theirs := make(map[string]*model.Record, len(records))
	for _, kr := range records {
		theirs[kr.key] = kr.rec
	}
	r.discard(theirs, why)
	for _, key := range s.Keys() {
		if theirs[key] == nil {
			s.DropRecord(key)
			r.env.Applied(key, &model.Record{})
			r.expiry.feed(key, nil)
		}
	}
	for _, kr := range records {
		if !sameServed(s.Record(kr.key), kr.rec) {
			r.adopt(kr)
		} else {
			s.PutRecord(kr.key, kr.rec)
		}
	}
}

// discard tells of the node's writes that the primary's data do not have: those that
// its backlog still has, in their order, and what stands in its records.
func (r *redis) discard(theirs map[string]*model.Record, why string) {
	told := map[model.OpID]bool{}
	tell := func(key string, h *model.Head) {
		if !told[h.Op] && !theirs[key].Vector().Covers(h.Dot) {
			r.env.Discarded(key, h.Op, why)
			r.env.Count("redis.discarded", 1)
		}
	}
	var ops []model.OpID
	for _, e := range r.backlog.held() {
		for _, kr := range e.items {
			if h, ok := kr.rec.Newest(); ok {
				tell(kr.key, &h)
			}
		}
		ops = append(ops, e.op)
	}
	for _, op := range ops {
		told[op] = true
	}
	for _, key := range r.env.Store().Keys() {
		rec := r.env.Store().Record(key)
		for i := range rec.Heads {
			tell(key, &rec.Heads[i])
		}
	}
}

// live returns the value, or nothing if this node's clock has run out on it.
func (r *redis) live(v model.Value) model.Value {
	if v.Deadline != 0 && v.Deadline <= r.env.Now() {
		return model.Value{}
	}
	return v
}

// expire deletes, at the primary, what ran out: a write of the system's own, which
// replicas get as a DEL. A replica deletes nothing by itself.
func (r *redis) expire(due []expiry) {
	if r.primary != 0 {
		r.expiry.retry()
		return
	}
	for i := range due {
		e := &due[i]
		op := r.env.SystemWrite(e.command(), e.cause)
		effect := model.Effect{Key: e.key, Kind: model.Delete}
		r.feed(redisEntry{op: op, size: respSize("DEL", e.key), items: []keyRecord{{e.key, r.write(op, &effect)}}})
		r.env.Count("redis.expired", 1)
	}
	r.expiry.arm(r.env, Tag{Kind: redisExpire})
}
