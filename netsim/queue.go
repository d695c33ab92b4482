package netsim

import (
	"math/bits"
	"slices"

	"capsim/model"
)

const (
	digitBits = 6
	digits    = 1 << digitBits
	levels    = (63 + digitBits - 1) / digitBits
)

// queue is a monotone radix heap with digits of six bits: a priority queue whose
// next key is mostly no smaller than the last one taken. Among equals it is first
// in, first out.
//
// Invariants (valid checks them):
//  1. Every entry of early is before floor, or was pushed to the front and is no
//     later than any other. Those of run are from floor on and before limit; those
//     of the buckets are at limit or later.
//  2. An entry of the buckets lies at the level of the highest digit in which it
//     differs from floor, under that digit of its own.
//  3. full has a bit for each bucket with entries, filled one for each level.
//  4. early is a heap by (at, order); its orders differ.
//  5. run is sorted from head on; entries of one instant lie all in run or all in
//     one bucket (those pushed to the front aside), in the order in which they came.
//
// Source: Ahuja, Mehlhorn, Orlin and Tarjan, Faster algorithms for the shortest
// path problem (J. ACM 37, 1990), stable because splitting a bucket keeps order.
// Two things are added. A bucket of one chunk is sorted at once instead of split
// digit by digit. And looking at the head may move floor beyond the caller's
// clock: what is then pushed before floor goes to early, which is mostly empty.
type queue struct {
	floor, limit model.Time
	count        int // all entries
	run          []entry
	head         int // of run
	filled       uint
	full         [levels]uint64
	buckets      [levels][digits]bucket
	pool         pool
	early        []earlyEntry
	order        int64 // of the last pushed to early
	front        int64 // how many were pushed to the front
}

// push adds an event; among those of its instant it is the last.
func (q *queue) push(e entry) {
	q.count++
	switch {
	case e.at >= q.limit && e.at != q.floor:
		q.place(e)
	case e.at < q.floor:
		q.order++
		q.pushEarly(e, q.order)
	default:
		q.insert(e)
	}
}

// place puts an entry later than floor into its bucket.
func (q *queue) place(e entry) {
	level := uint(bits.Len64(uint64(e.at^q.floor))-1) / digitBits % 16
	digit := uint(e.at>>(level*digitBits)) % digits
	q.filled |= 1 << level
	q.full[level] |= 1 << digit
	b := &q.buckets[level][digit]
	if b.n%chunkSize == 0 {
		q.pool.extend(b)
	}
	b.last.entries[b.n%chunkSize] = e
	b.n++
}

// insert puts an entry into run, unless that takes too many steps: then run goes
// back to the buckets, and the entry too.
func (q *queue) insert(e entry) {
	if len(q.run) == cap(q.run) && q.head > len(q.run)/2 {
		q.run = q.run[:copy(q.run, q.run[q.head:])]
		q.head = 0
	}
	q.run = append(q.run, e)
	i := len(q.run) - 1
	stop := max(q.head, i-chunkSize)
	for ; i > stop && q.run[i-1].at > e.at; i-- {
		q.run[i] = q.run[i-1]
	}
	q.run[i] = e
	if i > q.head && q.run[i-1].at > e.at {
		q.unsort()
	}
}

// unsort empties run into the buckets below that which it came from: only what is
// at floor stays. Entries of one instant keep their order.
func (q *queue) unsort() {
	b := q.run[q.head:]
	q.run, q.head, q.limit = q.run[:0], 0, q.floor+1
	q.split(b)
}

// split puts each entry, from floor on, into run or its bucket. The entries may
// stand in run's own array: run grows no faster than they are read.
func (q *queue) split(entries []entry) {
	for k := range entries {
		if e := entries[k]; e.at != q.floor {
			q.place(e)
		} else {
			q.run = append(q.run, e)
		}
	}
}

// peek returns the earliest event, nil if there is none. It stays valid until
// the queue is next changed.
func (q *queue) peek() *entry {
	if len(q.early) > 0 {
		return &q.early[0].entry
	}
	if q.head == len(q.run) && !q.refill() {
		return nil
	}
	return &q.run[q.head]
}

// drop removes the event that peek has just returned.
func (q *queue) drop() {
	q.count--
	if len(q.early) > 0 {
		q.popEarly()
		return
	}
	q.head++
}

// refill fills run from the earliest bucket; false if all are empty.
func (q *queue) refill() bool {
	if q.filled == 0 {
		return false
	}
	level := uint(bits.TrailingZeros(q.filled)) % 16
	digit := uint(bits.TrailingZeros64(q.full[level])) % digits
	if q.full[level] &= q.full[level] - 1; q.full[level] == 0 {
		q.filled &^= 1 << level
	}
	b := q.buckets[level][digit]
	q.buckets[level][digit] = bucket{}
	q.run, q.head = q.run[:0], 0
	if b.n <= chunkSize {
		q.floor = b.first.entries[0].at &^ (1<<(level*digitBits) - 1)
		q.limit = q.floor + 1<<(level*digitBits)
		q.run = appendSorted(q.run, b.first.entries[:b.n])
		q.pool.free(b.first)
		return true
	}
	least, most := b.span()
	q.floor, q.limit = least, least+1
	if least == most { // all of one instant: it is known how many run will have
		q.run = slices.Grow(q.run, int(b.n))
	}
	for b.n > 0 {
		c, entries := b.take()
		q.split(entries)
		q.pool.free(c)
	}
	return true
}

// appendSorted is a stable insertion sort of b to an empty run.
func appendSorted(run, b []entry) []entry {
	run = append(run, b...)
	for k := 1; k < len(run); k++ {
		if run[k-1].at <= run[k].at {
			continue
		}
		e := run[k]
		i := k
		for ; i > 0 && run[i-1].at > e.at; i-- {
			run[i] = run[i-1]
		}
		run[i] = e
	}
	return run
}
