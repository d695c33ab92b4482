package cluster

import (
	"slices"

	"capsim/cluster/store"
	"capsim/model"
	"capsim/policies"
)

// disk is a node's store as its replica sees it during a step: what was written in
// the step is visible at once, and committed as one batch at its end. A store that
// fails is remembered; the step goes on blind and the run ends after it.
type disk struct {
	node  store.Node
	batch store.Batch
	dirty []dirtyRecord // records written in this step, the newest last
	metas []dirtyMeta
	lists []dirtyList
	index map[string]int // into dirty, once it is long
	err   error
}

type dirtyRecord struct {
	key string
	rec *model.Record // nil: dropped
}

type dirtyMeta struct {
	name string
	blob []byte
}

// dirtyList is what the step did to a list.
type dirtyList struct {
	name    string
	dropped bool     // before what was pushed
	pushed  []string // after what is stored, unless it was dropped
}

var _ policies.Store = (*disk)(nil)

// indexFrom is how many written records are searched one by one; an installed
// state may be thousands.
const indexFrom = 16

func (d *disk) Record(key string) *model.Record {
	if i := d.find(key); i >= 0 {
		return d.dirty[i].rec
	}
	rec, err := d.node.Record(key)
	d.failed(err)
	return rec
}

func (d *disk) find(key string) int {
	if d.index != nil {
		if i, ok := d.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range d.dirty {
		if d.dirty[i].key == key {
			return i
		}
	}
	return -1
}

func (d *disk) PutRecord(key string, rec *model.Record) {
	d.batch.PutRecord(key, rec)
	d.write(key, rec)
}

func (d *disk) DropRecord(key string) {
	d.batch.DropRecord(key)
	d.write(key, nil)
}

func (d *disk) write(key string, rec *model.Record) {
	if i := d.find(key); i >= 0 {
		d.dirty[i].rec = rec
		return
	}
	d.dirty = append(d.dirty, dirtyRecord{key, rec})
	switch n := len(d.dirty); {
	case d.index != nil:
		d.index[key] = n - 1
	case n == indexFrom:
		d.index = make(map[string]int, 4*indexFrom)
		for i, r := range d.dirty {
			d.index[r.key] = i
		}
	}
}

func (d *disk) Keys() []string {
	keys, err := d.node.Keys()
	d.failed(err)
	if len(d.dirty) == 0 {
		return keys
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return d.find(k) >= 0 })
	for _, r := range d.dirty {
		if r.rec != nil {
			keys = append(keys, r.key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (d *disk) Meta(name string) []byte {
	for i := len(d.metas) - 1; i >= 0; i-- {
		if d.metas[i].name == name {
			return d.metas[i].blob
		}
	}
	blob, err := d.node.Meta(name)
	d.failed(err)
	return blob
}

func (d *disk) PutMeta(name string, blob []byte) {
	if blob == nil {
		blob = []byte{}
	}
	d.batch.PutMeta(name, blob)
	d.metas = append(d.metas, dirtyMeta{name, blob})
}

func (d *disk) DropMeta(name string) {
	d.batch.DropMeta(name)
	d.metas = append(d.metas, dirtyMeta{name, nil})
}

// list returns what the step did to the list; nil for nothing.
func (d *disk) list(name string) *dirtyList {
	for i := range d.lists {
		if d.lists[i].name == name {
			return &d.lists[i]
		}
	}
	return nil
}

func (d *disk) Items(list string) []string {
	w := d.list(list)
	if w != nil && w.dropped {
		return slices.Clip(w.pushed)
	}
	items, err := d.node.Items(list)
	d.failed(err)
	if w != nil {
		items = slices.Concat(items, w.pushed)
	}
	return items
}

func (d *disk) Len(list string) int {
	w := d.list(list)
	if w != nil && w.dropped {
		return len(w.pushed)
	}
	n, err := d.node.Len(list)
	d.failed(err)
	if w != nil {
		n += len(w.pushed)
	}
	return n
}

func (d *disk) Push(list string, items ...string) {
	if len(items) == 0 {
		return
	}
	items = slices.Clone(items)
	d.batch.Push(list, items...)
	if w := d.list(list); w != nil {
		w.pushed = append(w.pushed, items...)
		return
	}
	d.lists = append(d.lists, dirtyList{name: list, pushed: slices.Clip(items)})
}

func (d *disk) DropList(list string) {
	d.batch.DropList(list)
	if w := d.list(list); w != nil {
		w.dropped, w.pushed = true, nil
		return
	}
	d.lists = append(d.lists, dirtyList{name: list, dropped: true})
}

func (d *disk) failed(err error) {
	if d.err == nil {
		d.err = err
	}
}

// commit makes the step's writes durable; an error is the first that the store
// gave, now or while it was read.
func (d *disk) commit() error {
	if d.batch.Len() == 0 {
		return d.err
	}
	if d.err == nil {
		d.failed(d.node.Commit(&d.batch))
	}
	d.batch.Reset()
	clear(d.dirty)
	clear(d.metas)
	clear(d.lists)
	d.dirty, d.metas, d.lists, d.index = d.dirty[:0], d.metas[:0], d.lists[:0], nil
	return d.err
}

func (d *disk) wipe() error {
	d.failed(d.node.Wipe())
	return d.err
}
