package netsim

import (
	"math/bits"

	"capsim/model"
)

// entry is one pending event. What a, b and c mean depends on the kind: see
// entryKind. It is a plain value of 24 bytes, without pointers.
type entry struct {
	at      model.Time
	a, b, c uint32
	kind    entryKind
	class   uint16 // of a message: 1 + its place among the kinds that have latencies of their own; 0 none
}

// queue is a monotone radix heap: a priority queue whose next key is mostly no
// smaller than the last one taken. Among equals it is first in, first out.
//
// Invariants (valid checks them):
//  1. floor is no later than any entry of the buckets, and no entry of early is
//     later than one of the buckets.
//  2. An entry that is not at floor lies in the bucket numbered by the highest
//     bit in which it differs from floor (1 for bit 0); bucket 0 holds those at
//     floor, in the order in which they came, taken up to head.
//  3. Bit i of full says whether bucket i has entries, for i ≥ 1.
//  4. early is a heap by (at, order); its orders differ.
//  5. Two entries with the same instant in the same bucket stand in the order in
//     which they were pushed.
//
// Source: Ahuja, Mehlhorn, Orlin and Tarjan, Faster algorithms for the shortest
// path problem (J. ACM 37, 1990); stable, since splitting a bucket keeps order.
// Looking at the head may move floor beyond the caller's clock; what is then pushed
// before floor goes to early, which is nearly always empty.
type queue struct {
	floor   model.Time
	head    int // in bucket 0
	full    uint64
	count   int // all entries
	early   []earlyEntry
	order   int64 // of the next pushed to early
	front   int64 // of the next pushed to its front
	buckets [64][]entry
}

// push adds an event; among those of its instant it is the last.
func (q *queue) push(e entry) {
	q.count++
	if e.at < q.floor {
		q.order++
		q.pushEarly(e, q.order)
		return
	}
	i := uint(bits.Len64(uint64(e.at^q.floor))) & 63
	q.full |= 1 << i
	q.buckets[i] = append(q.buckets[i], e)
}

// peek returns the earliest event, nil if there is none. It stays valid until
// the queue is next changed.
func (q *queue) peek() *entry {
	if len(q.early) > 0 {
		return &q.early[0].entry
	}
	if len(q.buckets[0]) == 0 && !q.refill() {
		return nil
	}
	return &q.buckets[0][q.head]
}

// drop removes the event that peek has just returned.
func (q *queue) drop() {
	q.count--
	if len(q.early) > 0 {
		q.popEarly()
		return
	}
	if q.head++; q.head == len(q.buckets[0]) {
		q.buckets[0], q.head = q.buckets[0][:0], 0
	}
}

// refill moves floor to the earliest instant in the buckets and splits the bucket
// it was found in, so that bucket 0 has entries again; false if all are empty.
func (q *queue) refill() bool {
	q.full &^= 1
	if q.full == 0 {
		return false
	}
	i := bits.TrailingZeros64(q.full) & 63
	q.full &= q.full - 1
	b := q.buckets[i]
	q.buckets[i] = b[:0]
	floor := b[0].at
	for k := range b {
		floor = min(floor, b[k].at)
	}
	q.floor = floor
	for k := range b {
		j := uint(bits.Len64(uint64(b[k].at^floor))) & 63 // smaller than i
		q.full |= 1 << j
		q.buckets[j] = append(q.buckets[j], b[k])
	}
	return true
}

// filter removes the events for which keep is false; the others keep their order.
func (q *queue) filter(keep func(*entry) bool) {
	q.buckets[0] = append(q.buckets[0][:0], q.buckets[0][q.head:]...)
	q.head, q.full, q.count = 0, 0, 0
	for i := range q.buckets {
		b := q.buckets[i]
		kept := b[:0]
		for k := range b {
			if keep(&b[k]) {
				kept = append(kept, b[k])
			}
		}
		q.buckets[i] = kept
		q.count += len(kept)
		if len(kept) > 0 {
			q.full |= 1 << i
		}
	}
	old := q.early
	q.early = q.early[:0]
	for k := range old {
		if e := old[k]; keep(&e.entry) { // pushing writes no further than k
			q.pushEarly(e.entry, e.order)
			q.count++
		}
	}
}
