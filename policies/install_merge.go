package policies

import (
	"cmp"
	"slices"

	"capsim/model"
)

// keyRecord is a key and its record, as snapshots and installed states carry them.
type keyRecord struct {
	key string
	rec *model.Record
}

// lostHead is a write that an installed state dropped in favour of another.
type lostHead struct {
	key string
	op  model.OpID
}

// install is the state that a stretch begins with: the merged records of a
// majority, and which of their writes lost.
type install struct {
	records []keyRecord // by key
	lost    []lostHead
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
		rec := mergeAll(byKey[key], visible)
		if len(rec.Heads) == 0 { // what was visible here lost to a deletion that it had been beside
			rec = mergeAll(byKey[key], func(r *model.Record) *model.Record { return r })
		}
		s.records = append(s.records, keyRecord{key, rec})
		s.lost = append(s.lost, lostIn(key, rec, byKey[key])...)
	}
	return s
}

// mergeAll merges one key's records as they are seen.
func mergeAll(records []*model.Record, seen func(*model.Record) *model.Record) *model.Record {
	var rec *model.Record
	for _, other := range records {
		rec, _ = model.Merge(rec, seen(other), model.Merging)
	}
	// Merged with itself, siblings within one record become one as well.
	same := *rec
	rec, _ = model.Merge(rec, &same, model.Merging)
	return rec
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

// adoptRecords makes the node's records be the ones given, and returns the newest stamp
// among them. first: the node held those of the stretch before until now; it says which
// of its writes are left out.
func adoptRecords(env Env, s *install, first bool) model.Stamp {
	store := env.Store()
	var newest model.Stamp
	keep := map[string]bool{}
	for _, kr := range s.records {
		keep[kr.key] = true
	}
	for _, key := range store.Keys() {
		if first {
			discardFrom(env, key, store.Record(key), s)
		}
		if !keep[key] {
			store.DropRecord(key)
			env.Applied(key, &model.Record{})
		}
	}
	for _, kr := range s.records {
		for _, h := range kr.rec.Heads {
			newest = newest.Later(h.Stamp)
		}
		if first || !sameHeads(store.Record(kr.key), kr.rec) {
			store.PutRecord(kr.key, kr.rec)
			env.Applied(kr.key, kr.rec)
		}
	}
	return newest
}

// discardFrom says which of the node's writes to the key are not in the state that it
// adopts though nothing superseded them.
func discardFrom(env Env, key string, old *model.Record, s *install) {
	i, found := slices.BinarySearchFunc(s.records, key, func(kr keyRecord, k string) int { return cmp.Compare(kr.key, k) })
	var rec *model.Record
	if found {
		rec = s.records[i].rec
	}
	for _, h := range old.Heads {
		switch {
		case rec.Holds(h.Op):
		case slices.Contains(s.lost, lostHead{key, h.Op}):
			env.Discarded(key, h.Op, "another write is newer")
		case !rec.Vector().Covers(h.Dot):
			env.Discarded(key, h.Op, "the majority that the stretch began with did not have it")
		}
	}
}

// sameHeads tells whether the records hold the same writes.
func sameHeads(a, b *model.Record) bool {
	return a != nil && slices.EqualFunc(a.Heads, b.Heads, func(x, y model.Head) bool { return x.Dot == y.Dot })
}
