package policies

import (
	"cmp"
	"slices"

	"capsim/model"
)

// collection is how a leader makes the state that a stretch begins with, out of the
// records that a majority has from the stretch before. Nobody changes those until
// it is installed.
type collection struct {
	records  [][]keyRecord // of n1, n2, …
	have     []bool
	count    int
	ticks    int // heartbeats since it began
	proposed bool
}

// switched begins a stretch on the records of another policy. Until the log says
// otherwise the node serves nothing.
func (r *cp) switched() {
	if old, _, ok := decodeState(r.store.Meta(stateMeta), r.n); ok && old.recovery {
		r.wiped() // the toggle came before it knew again what the stretch before had left
		return
	}
	settle(r.env)
	r.begin()
	for _, key := range r.store.Keys() {
		r.env.Applied(key, nil)
	}
	r.build()
	r.armCampaign()
}

func (r *cp) startCollecting() {
	for _, e := range r.log.entries {
		if len(e.GetData()) > 0 && e.GetData()[0] == installEntry {
			return // a leader before has done it; to commit it is enough
		}
	}
	r.collect = &collection{records: make([][]keyRecord, r.n), have: make([]bool, r.n)}
	r.collected(r.self, &recordsMessage{records: r.capture().records})
	r.peers(func(p model.NodeID) { r.send(p, &collectMessage{r.state.lives}) })
}

// keepCollecting asks again those who did not answer, and does without them once a
// majority has and the others had the time that an election would have taken.
func (r *cp) keepCollecting() {
	c := r.collect
	if c.proposed {
		return
	}
	if c.ticks++; c.ticks%3 == 0 {
		r.peers(func(p model.NodeID) {
			if !c.have[p-1] {
				r.send(p, &collectMessage{r.state.lives})
			}
		})
	}
	r.mayInstall()
}

// sendRecords answers collectMessage.
func (r *cp) sendRecords(to model.NodeID) {
	if !r.state.installed {
		r.send(to, &recordsMessage{r.state.lives, r.capture().records})
	}
}

func (r *cp) collected(from model.NodeID, m *recordsMessage) {
	c := r.collect
	if c == nil || c.have[from-1] {
		return
	}
	c.records[from-1], c.have[from-1] = m.records, true
	c.count++
	r.mayInstall()
}

func (r *cp) mayInstall() {
	c := r.collect
	late := c.ticks >= r.deaf()
	if c.proposed || c.count <= r.n/2 || c.count < r.n && !late {
		return
	}
	c.proposed = true
	state := mergeRecords(c.records)
	_ = r.raft().Propose(state.encode())
}

// mergeRecords merges what nodes hold: counters and sets grow together, of
// concurrent registers the newest wins.
func mergeRecords(nodes [][]keyRecord) install {
	byKey := map[string][]*model.Record{}
	var keys []string
	for _, records := range nodes {
		for _, kr := range records {
			if byKey[kr.key] == nil {
				keys = append(keys, kr.key)
			}
			byKey[kr.key] = append(byKey[kr.key], kr.rec)
		}
	}
	slices.Sort(keys)
	var s install
	for _, key := range keys {
		var rec *model.Record
		for _, other := range byKey[key] {
			rec, _ = model.Merge(rec, visible(other), model.Merging)
		}
		// Merged with itself, siblings within one record become one as well.
		same := *rec
		rec, _ = model.Merge(rec, &same, model.Merging)
		s.records = append(s.records, keyRecord{key, rec})
		s.lost = append(s.lost, lostIn(key, rec, byKey[key])...)
	}
	return s
}

// visible returns a record of siblings with what its node's clients saw of them: a
// value beside a deletion, neither of which had seen the other, is that value. The
// newest of the two would be nothing.
func visible(rec *model.Record) *model.Record {
	put := -1
	for i, h := range rec.Heads {
		if h.Kind != model.Put && h.Kind != model.Delete {
			return rec
		}
		if h.Kind == model.Put {
			put = i
		}
	}
	if put < 0 || put == len(rec.Heads)-1 {
		return rec
	}
	h := rec.Heads[put]
	one := &model.Record{Heads: []model.Head{h}, Seen: rec.Seen}
	if rec.Totals != nil {
		if h.Value.Type == model.Set {
			return rec
		}
		one.Totals = rec.Totals
		one.Base = &model.Base{Value: h.Value, Stamp: h.Stamp, Absorbed: rec.Totals}
	}
	return one
}

// lostIn lists the writes that were current on some node, superseded on none, and
// are not in the merged record.
func lostIn(key string, merged *model.Record, records []*model.Record) []lostHead {
	var lost []lostHead
	for _, r := range records {
		for _, h := range r.Heads {
			if merged.Holds(h.Op) || slices.Contains(lost, lostHead{key, h.Op}) {
				continue
			}
			if !slices.ContainsFunc(records, func(o *model.Record) bool { return o.Seen.Covers(h.Dot) && !o.Holds(h.Op) }) {
				lost = append(lost, lostHead{key, h.Op})
			}
		}
	}
	return lost
}

// applyInstall executes an install entry. Two leaders may each have made one: the
// first in the log counts.
func (r *cp) applyInstall(data []byte) {
	if r.state.installed {
		return
	}
	s, err := decodeInstall(data)
	if err != nil {
		fail("the installed state: ", err)
	}
	r.collect = nil
	r.adopt(&s)
}

// adopt makes the records be the ones given, says which of the node's own writes
// they leave out, and serves from here on.
func (r *cp) adopt(s *install) {
	first := !r.state.installed
	keep := map[string]bool{}
	for _, kr := range s.records {
		keep[kr.key] = true
	}
	for _, key := range r.store.Keys() {
		if first {
			r.discard(key, r.store.Record(key), s)
		}
		if !keep[key] {
			r.store.DropRecord(key)
			r.env.Applied(key, &model.Record{})
		}
	}
	for _, kr := range s.records {
		for _, h := range kr.rec.Heads {
			r.state.stamp = r.state.stamp.Later(h.Stamp)
		}
		if first || !sameHeads(r.store.Record(kr.key), kr.rec) {
			r.store.PutRecord(kr.key, kr.rec)
			r.env.Applied(kr.key, kr.rec)
		}
	}
	if first {
		r.state.installed, r.dirty = true, true
		r.lost = s.lost
		if len(s.lost) > 0 {
			r.store.PutMeta(lostMeta, appendLost(nil, s.lost))
		}
		if r.state.stretch == r.env.Stretch() {
			r.env.Note("raft.installed", "node", r.self.String())
			r.env.Serving()
		}
	}
}

// discard says which of the node's writes to the key are not in the state that it
// adopts though nothing superseded them.
func (r *cp) discard(key string, old *model.Record, s *install) {
	i, found := slices.BinarySearchFunc(s.records, key, func(kr keyRecord, k string) int { return cmp.Compare(kr.key, k) })
	var rec *model.Record
	if found {
		rec = s.records[i].rec
	}
	for _, h := range old.Heads {
		switch {
		case rec.Holds(h.Op):
		case slices.Contains(s.lost, lostHead{key, h.Op}):
			r.env.Discarded(key, h.Op, "another write is newer")
		case !rec.Vector().Covers(h.Dot):
			r.env.Discarded(key, h.Op, "the majority that the stretch began with did not have it")
		}
	}
}

// sameHeads tells whether the records hold the same writes.
func sameHeads(a, b *model.Record) bool {
	return a != nil && slices.EqualFunc(a.Heads, b.Heads, func(x, y model.Head) bool { return x.Dot == y.Dot })
}
