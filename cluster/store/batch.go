package store

import "capsim/model"

// Batch is the writes of one step, in order. The zero Batch is empty and ready.
type Batch struct {
	ops []write
}

type writeKind uint8

const (
	putRecord writeKind = iota
	dropRecord
	putMeta
	dropMeta
	pushList
	dropList
)

type write struct {
	kind writeKind
	name string // the key of a record, the name of a blob or a list
	rec  *model.Record
	blob []byte
	list []string // what is pushed
}

// PutRecord keeps the record as the key's. A nil record is no record: the key is
// dropped.
func (b *Batch) PutRecord(key string, rec *model.Record) {
	if rec == nil {
		b.DropRecord(key)
		return
	}
	b.ops = append(b.ops, write{kind: putRecord, name: key, rec: rec})
}

// DropRecord forgets the key; nothing happens if it has no record.
func (b *Batch) DropRecord(key string) {
	b.ops = append(b.ops, write{kind: dropRecord, name: key})
}

// PutMeta keeps the blob under the name. The store may keep the slice itself: it
// must not be changed afterwards. A nil blob is kept as an empty one.
func (b *Batch) PutMeta(name string, blob []byte) {
	if blob == nil {
		blob = []byte{}
	}
	b.ops = append(b.ops, write{kind: putMeta, name: name, blob: blob})
}

// DropMeta forgets the named blob; nothing happens if there is none.
func (b *Batch) DropMeta(name string) {
	b.ops = append(b.ops, write{kind: dropMeta, name: name})
}

// Push adds items at the end of the named list, and makes it if there is none. No items
// change nothing. The store may keep the slice: it must not be changed afterwards.
func (b *Batch) Push(list string, items ...string) {
	if len(items) > 0 {
		b.ops = append(b.ops, write{kind: pushList, name: list, list: items})
	}
}

// DropList forgets the named list; nothing happens if there is none.
func (b *Batch) DropList(list string) {
	b.ops = append(b.ops, write{kind: dropList, name: list})
}

// Len returns how many writes the batch holds.
func (b *Batch) Len() int { return len(b.ops) }

// Reset empties the batch and keeps its buffer.
func (b *Batch) Reset() {
	clear(b.ops) // what was written must not be kept alive from here
	b.ops = b.ops[:0]
}
