package netsim

import "math"

// earlyEntry is an event that came to the queue out of its turn, with its order
// among those of the same instant.
type earlyEntry struct {
	entry
	order int64
}

func (e *earlyEntry) before(f *earlyEntry) bool {
	return e.at < f.at || e.at == f.at && e.order < f.order
}

// pushFront adds an event of the instant now, no later than any other in the
// queue; it comes before all others of that instant but those pushed so before.
func (q *queue) pushFront(e entry) {
	q.count++
	q.front++
	q.pushEarly(e, math.MinInt64+q.front)
}

// pushEarly and popEarly are the textbook binary heap.
func (q *queue) pushEarly(e entry, order int64) {
	q.early = append(q.early, earlyEntry{e, order})
	h := q.early
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h[i].before(&h[up]) {
			break
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

func (q *queue) popEarly() {
	last := len(q.early) - 1
	q.early[0] = q.early[last]
	q.early = q.early[:last]
	h := q.early
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < last; c++ {
			if h[c].before(&h[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
