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
//  6. Those of a bucket differ from its at in bits of its differ only.
//
// Source: Ahuja, Mehlhorn, Orlin and Tarjan, Faster algorithms for the shortest
// path problem (J. ACM 37, 1990), stable because splitting a bucket keeps order.
// Two things are added. A bucket of few entries is sorted at once instead of split
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
		if b.n == 0 {
			b.at = e.at
		}
		q.pool.extend(b)
	}
	b.differ |= b.at ^ e.at
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
	switch {
	case b.n <= chunkSize:
		q.floor = b.at &^ (1<<(level*digitBits) - 1)
		q.limit = q.floor + 1<<(level*digitBits)
		q.run = append(q.run, b.first.entries[:b.n]...)
		insertionSort(q.run)
		q.pool.free(b.first)
	case b.differ == 0:
		q.floor, q.limit = b.at, b.at+1
		q.run = slices.Grow(q.run, int(b.n))
		for b.n > 0 {
			c, entries := b.take()
			q.run = append(q.run, entries...)
			q.pool.free(c)
		}
	default:
		q.divide(b)
	}
	return true
}

// divide moves a bucket on, by the highest digit in which its entries differ: if they are not too
// many they are sorted into run, else split.
func (q *queue) divide(b bucket) {
	level := uint(bits.Len64(uint64(b.differ))-1) / digitBits % 16
	q.floor = b.at &^ (1<<((level+1)*digitBits) - 1)
	if b.n <= mostSorted && q.sort(b, level) {
		q.limit = q.floor + 1<<((level+1)*digitBits)
		return
	}
	q.limit = q.floor + 1
	for b.n > 0 {
		c, entries := b.take()
		q.split(entries)
		q.pool.free(c)
	}
	if len(q.run) == 0 {
		q.refill()
	}
}

// mostSorted is how many entries are sorted at once, if they are spread over the digits.
const mostSorted = 32 * chunkSize

// sort moves a bucket whose entries are alike in the digits above level to run, sorted: by that
// digit first, and then by insertion. It returns false, and does nothing, if too many have the
// same digit.
func (q *queue) sort(b bucket, level uint) bool {
	var place [digits]uint
	for rest := b; rest.n > 0; {
		_, entries := rest.take()
		for k := range entries {
			place[uint(entries[k].at>>(level*digitBits))%digits]++
		}
	}
	before := uint(0)
	for digit, n := range place {
		if n > chunkSize {
			return false
		}
		place[digit] = before
		before += n
	}
	q.run = slices.Grow(q.run, int(b.n))[:b.n]
	for b.n > 0 {
		c, entries := b.take()
		for k := range entries {
			p := &place[uint(entries[k].at>>(level*digitBits))%digits]
			q.run[*p] = entries[k]
			*p++
		}
		q.pool.free(c)
	}
	insertionSort(q.run)
	return true
}

// insertionSort is stable.
func insertionSort(run []entry) {
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
}
