package netsim

import (
	"math/bits"

	"capsim/model"
)

// chunkSize is how many entries a chunk has: as many are sorted in one go.
const chunkSize = 32

// chunk is a piece of a bucket.
type chunk struct {
	next    *chunk
	entries [chunkSize]entry
}

// bucket is a list of n entries in chunks, all but the last of them full.
type bucket struct {
	first, last *chunk
	n           uint
	at          model.Time // of the first entry
	differ      model.Time // has each bit in which an entry's instant differs from at
}

// take removes the first chunk, and returns it and its entries.
func (b *bucket) take() (*chunk, []entry) {
	c := b.first
	n := min(b.n, chunkSize)
	b.first = c.next
	b.n -= n
	return c, c.entries[:n]
}

// pool keeps chunks that are not in use: as entries move from bucket to bucket,
// nothing is allocated.
type pool struct{ spare *chunk }

// extend puts another chunk at the end of a bucket whose chunks are full.
func (p *pool) extend(b *bucket) {
	c := p.spare
	if c == nil {
		c = new(chunk)
	} else {
		p.spare, c.next = c.next, nil
	}
	if b.n == 0 {
		b.first = c
	} else {
		b.last.next = c
	}
	b.last = c
}

func (p *pool) free(c *chunk) { c.next, p.spare = p.spare, c }

// filter removes the events for which keep is false; the others keep their order.
func (q *queue) filter(keep func(entry) bool) {
	kept := q.run[:0]
	for k := range q.run[q.head:] {
		if e := q.run[q.head+k]; keep(e) {
			kept = append(kept, e)
		}
	}
	q.run, q.head, q.count = kept, 0, len(kept)

	all := q.full
	q.full, q.filled = [levels]uint64{}, 0
	for level, left := range all {
		for ; left != 0; left &= left - 1 {
			digit := bits.TrailingZeros64(left)
			b := q.buckets[level][digit]
			q.buckets[level][digit] = bucket{}
			for b.n > 0 {
				c, entries := b.take()
				for _, e := range entries {
					if keep(e) {
						q.place(e) // where it was: floor is the same
						q.count++
					}
				}
				q.pool.free(c)
			}
		}
	}

	old := q.early
	q.early = q.early[:0]
	for k := range old {
		if e := old[k]; keep(e.entry) { // pushing writes no further than k
			q.pushEarly(e.entry, e.order)
			q.count++
		}
	}
}
