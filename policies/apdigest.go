package policies

import (
	"math/bits"
	"slices"
	"strings"

	"capsim/model"
)

// keybook numbers the keys that a replica has met and keeps a hash of each record,
// so that two nodes can tell where they differ without sending records (Demers et
// al. 1987, "checksum"). It is memory: a restart builds it again from the disk.
type keybook struct {
	slots  map[string]int32
	pages  []keyPage
	order  []int32 // slots in the order of their keys; behind while keys are new
	rehash []int32 // slots whose hash is not up to date
	sum    uint64  // of the hashes that are
	made   *digest // of the records as they are; nil if they changed since
}

type keyPage struct {
	key    string
	hash   uint64 // 0: no record
	fresh  bool   // hash is up to date
	change model.Time
}

// digest is what a node has, in short: a hash for every key, and one over all.
type digest struct {
	sum  uint64
	keys []keyHash // ascending by key
}

type keyHash struct {
	key  string
	hash uint64
	slot int32 // the maker's
}

func newKeybook() keybook { return keybook{slots: map[string]int32{}} }

// slot returns the key's number, which it gets now if it is new.
func (b *keybook) slot(key string) int32 {
	if s, ok := b.slots[key]; ok {
		return s
	}
	s := int32(len(b.pages))
	b.slots[key] = s
	b.pages = append(b.pages, keyPage{key: key, fresh: true})
	return s
}

func (b *keybook) key(slot int32) string { return b.pages[slot].key }

// changed says that the key's record is another now.
func (b *keybook) changed(slot int32, now model.Time) {
	p := &b.pages[slot]
	p.change = now
	b.made = nil
	if p.fresh {
		b.sum ^= p.hash
		p.fresh = false
		b.rehash = append(b.rehash, slot)
	}
}

// digest returns the digest of the store's records.
func (b *keybook) digest(s Store) *digest {
	if b.made != nil {
		return b.made
	}
	for _, slot := range b.rehash {
		p := &b.pages[slot]
		p.hash, p.fresh = hashRecord(p.key, s.Record(p.key)), true
		b.sum ^= p.hash
	}
	b.rehash = b.rehash[:0]
	if len(b.order) != len(b.pages) {
		for slot := len(b.order); slot < len(b.pages); slot++ {
			b.order = append(b.order, int32(slot))
		}
		slices.SortFunc(b.order, func(x, y int32) int { return strings.Compare(b.pages[x].key, b.pages[y].key) })
	}
	d := &digest{sum: b.sum, keys: make([]keyHash, 0, len(b.order))}
	for _, slot := range b.order {
		if p := &b.pages[slot]; p.hash != 0 {
			d.keys = append(d.keys, keyHash{p.key, p.hash, slot})
		}
	}
	b.made = d
	return d
}

// differences calls f for every key of which the two have not the same: what each
// has, 0 for nothing. In the order of the keys.
func differences(ours, theirs *digest, f func(key string, ours, theirs uint64)) {
	i, j := 0, 0
	for i < len(ours.keys) || j < len(theirs.keys) {
		switch {
		case j == len(theirs.keys) || i < len(ours.keys) && ours.keys[i].key < theirs.keys[j].key:
			f(ours.keys[i].key, ours.keys[i].hash, 0)
			i++
		case i == len(ours.keys) || ours.keys[i].key > theirs.keys[j].key:
			f(theirs.keys[j].key, 0, theirs.keys[j].hash)
			j++
		default:
			if ours.keys[i].hash != theirs.keys[j].hash {
				f(ours.keys[i].key, ours.keys[i].hash, theirs.keys[j].hash)
			}
			i, j = i+1, j+1
		}
	}
}

// mixer is a 64-bit hash of words: multiply and fold, as in wyhash. It is the same
// on every machine.
type mixer uint64

func (m *mixer) add(x uint64) {
	hi, lo := bits.Mul64(uint64(*m)^x^0x9e3779b97f4a7c15, 0xe7037ed1a0b428db)
	*m = mixer(hi ^ lo + 0x8ebc6af09c88c6e3)
}

func (m *mixer) str(s string) {
	m.add(uint64(len(s)))
	for len(s) >= 8 {
		m.add(uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56)
		s = s[8:]
	}
	x := uint64(0)
	for i := range len(s) {
		x |= uint64(s[i]) << (8 * i)
	}
	m.add(x)
}

func (m *mixer) actor(a model.Actor) { m.add(uint64(a.Node)<<32 | uint64(uint32(a.Life))) }

func (m *mixer) dot(d model.Dot) {
	m.actor(d.Actor)
	m.add(uint64(d.N))
}

func (m *mixer) totals(ts []model.Total) {
	m.add(uint64(len(ts)))
	for i := range ts {
		m.actor(ts[i].Actor)
		m.add(uint64(ts[i].N))
	}
}

// hashRecord condenses what must be the same at all nodes in the end: all but the
// stale mark. A dot stands for its write. Never 0 but for no record.
func hashRecord(key string, r *model.Record) uint64 {
	if r == nil {
		return 0
	}
	var m mixer
	m.str(key)
	for i := range r.Seen {
		m.dot(r.Seen[i])
	}
	m.add(uint64(len(r.Heads)))
	for i := range r.Heads {
		m.dot(r.Heads[i].Dot)
	}
	if r.Base != nil {
		m.add(uint64(r.Base.Stamp.Wall))
		m.add(uint64(r.Base.Stamp.Logical))
		m.actor(r.Base.Stamp.Actor)
		m.totals(r.Base.Absorbed)
	}
	m.totals(r.Totals)
	for i := range r.Elements {
		m.str(r.Elements[i].Member)
		for _, d := range r.Elements[i].Dots {
			m.dot(d)
		}
	}
	for i := range r.Sales {
		m.dot(r.Sales[i].Dot)
		if r.Sales[i].Refunded {
			m.add(1)
		}
	}
	return uint64(m) | 1
}
