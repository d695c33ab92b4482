package netsim

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"capsim/model"
)

// valid checks the queue's invariants, by the numbers at its type.
func (q *queue) valid() error {
	count := len(q.early) + len(q.run) - q.head
	for i, e := range q.run[q.head:] {
		if e.at < q.floor || e.at >= max(q.limit, q.floor+1) {
			return fmt.Errorf("1: %v in run from %v to %v", e.at, q.floor, q.limit)
		}
		if i > 0 && e.at < q.run[q.head+i-1].at {
			return fmt.Errorf("5: run is not sorted at %d", i)
		}
	}
	for level := range q.buckets {
		if q.filled>>level&1 == 1 != (q.full[level] != 0) {
			return fmt.Errorf("3: level %d: filled %b, full %b", level, q.filled, q.full[level])
		}
		for digit, b := range q.buckets[level] {
			var entries []entry
			at, differ := b.at, b.differ
			for b.n > 0 {
				_, some := b.take()
				entries = append(entries, some...)
			}
			count += len(entries)
			if q.full[level]>>digit&1 == 1 != (len(entries) > 0) {
				return fmt.Errorf("3: %d.%d has %d entries, full is %b", level, digit, len(entries), q.full[level])
			}
			for _, e := range entries {
				if (e.at^at)&^differ != 0 {
					return fmt.Errorf("6: %v in a bucket of %v, differ is %b", e.at, at, differ)
				}
				if e.at < q.limit {
					return fmt.Errorf("1: %v in a bucket, limit %v", e.at, q.limit)
				}
				highest := (bits.Len64(uint64(e.at^q.floor)) - 1) / digitBits
				if highest != level || int(e.at>>(level*digitBits))%digits != digit {
					return fmt.Errorf("2: %v in bucket %d.%d, floor %v", e.at, level, digit, q.floor)
				}
			}
		}
	}
	for i, e := range q.early {
		if i > 0 && !q.early[(i-1)/2].before(&q.early[i]) {
			return fmt.Errorf("4: early is no heap at %d", i)
		}
		if e.order > 0 && e.at >= q.floor {
			return fmt.Errorf("1: %v in early, floor %v", e.at, q.floor)
		}
	}
	if count != q.count {
		return fmt.Errorf("%d entries, count says %d", count, q.count)
	}
	return nil
}

// slowQueue is the queue as one would explain it: a list in the order of pushing,
// of which the first of the least instant is next.
type slowQueue []entry

func (s *slowQueue) pop() (entry, bool) {
	if len(*s) == 0 {
		return entry{}, false
	}
	least := 0
	for i, e := range *s {
		if e.at < (*s)[least].at {
			least = i
		}
	}
	e := (*s)[least]
	*s = slices.Delete(*s, least, least+1)
	return e, true
}

func TestQueueIsASlowQueueButFast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var slow slowQueue
		var now model.Time
		id := uint32(0)
		shift := rapid.IntRange(0, 50).Draw(t, "shift")
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				for range rapid.IntRange(1, 80).Draw(t, "n") {
					id++
					e := newEntry(now+model.Time(rapid.Int64Range(0, 200).Draw(t, "in"))<<shift, alarmEntry, id, 0, 0)
					q.push(e)
					slow = append(slow, e)
				}
			},
			"push many": func(t *rapid.T) {
				within := rapid.Uint64Range(1, 1<<min(14, 55-shift)).Draw(t, "within")
				r := newStream(rapid.Int64().Draw(t, "seed"), "test", "")
				for range rapid.IntRange(1, 1500).Draw(t, "n") {
					id++
					e := newEntry(now+model.Time(below(r, within))<<shift, alarmEntry, id, 0, 0)
					q.push(e)
					slow = append(slow, e)
				}
			},
			"push to the front": func(t *rapid.T) {
				var few []entry
				for range rapid.IntRange(1, 3).Draw(t, "n") {
					id++
					few = append(few, newEntry(now, alarmEntry, id, 0, 0))
					q.pushFront(few[len(few)-1])
				}
				// Behind what was pushed so at this instant, before all others.
				i := 0
				for i < len(slow) && slow[i].at == now && slow[i].ck == 1 {
					i++
				}
				for k := range few {
					few[k].ck = 1
				}
				slow = slices.Insert(slow, i, few...)
			},
			"pop": func(t *rapid.T) {
				for range rapid.IntRange(1, 800).Draw(t, "n") {
					want, ok := slow.pop()
					got := q.peek()
					if (got != nil) != ok {
						t.Fatalf("peek %v, want %v %v", got, want, ok)
					}
					if !ok {
						return
					}
					if got.at != want.at || got.ab != want.ab {
						t.Fatalf("peek %v, want %v", *got, want)
					}
					q.drop()
					now = want.at
				}
			},
			"peek": func(t *rapid.T) {
				q.peek()
			},
			"move the clock": func(t *rapid.T) {
				if e := q.peek(); e != nil {
					now = model.Time(rapid.Int64Range(int64(now), int64(e.at)).Draw(t, "to"))
				}
			},
			"filter": func(t *rapid.T) {
				of := uint32(rapid.IntRange(2, 5).Draw(t, "of"))
				q.filter(func(e entry) bool { return e.a()%of != 0 })
				slow = slices.DeleteFunc(slow, func(e entry) bool { return e.a()%of == 0 })
			},
			"": func(t *rapid.T) {
				if err := q.valid(); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}
