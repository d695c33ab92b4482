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
	count := len(q.early) - q.head
	for i := range q.buckets {
		b := q.buckets[i]
		count += len(b)
		if i > 0 && (q.full>>i&1 == 1) != (len(b) > 0) {
			return fmt.Errorf("3: bucket %d has %d entries, full is %b", i, len(b), q.full)
		}
		for k, e := range b {
			if i == 0 && k < q.head {
				continue
			}
			if e.at < q.floor || len(q.early) > 0 && q.early[0].at > e.at {
				return fmt.Errorf("1: %v in bucket %d, floor %v", e.at, i, q.floor)
			}
			if want := bits.Len64(uint64(e.at ^ q.floor)); want != i {
				return fmt.Errorf("2: %v in bucket %d, want %d", e.at, i, want)
			}
		}
	}
	for i := 1; i < len(q.early); i++ {
		if !q.early[(i-1)/2].before(&q.early[i]) {
			return fmt.Errorf("4: early is no heap at %d", i)
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
				for range rapid.IntRange(1, 20).Draw(t, "n") {
					id++
					e := entry{at: now + model.Time(rapid.Int64Range(0, 12).Draw(t, "in"))<<shift, a: id}
					q.push(e)
					slow = append(slow, e)
				}
			},
			"push to the front": func(t *rapid.T) {
				var few []entry
				for range rapid.IntRange(1, 3).Draw(t, "n") {
					id++
					few = append(few, entry{at: now, a: id})
					q.pushFront(few[len(few)-1])
				}
				// Behind what was pushed so at this instant, before all others.
				i := 0
				for i < len(slow) && slow[i].at == now && slow[i].b == 1 {
					i++
				}
				for k := range few {
					few[k].b = 1
				}
				slow = slices.Insert(slow, i, few...)
			},
			"pop": func(t *rapid.T) {
				for range rapid.IntRange(1, 20).Draw(t, "n") {
					want, ok := slow.pop()
					got := q.peek()
					if (got != nil) != ok {
						t.Fatalf("peek %v, want %v %v", got, want, ok)
					}
					if !ok {
						return
					}
					if got.at != want.at || got.a != want.a {
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
				q.filter(func(e *entry) bool { return e.a%of != 0 })
				slow = slices.DeleteFunc(slow, func(e entry) bool { return e.a%of == 0 })
			},
			"": func(t *rapid.T) {
				if err := q.valid(); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}
