package policies

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"capsim/model"
)

// expiring is a record of one write, by operation op, of a value with that deadline.
func expiring(op model.OpID, deadline model.Time) *model.Record {
	v := model.Text("x")
	v.Deadline = deadline
	a := model.Actor{Node: 1, Life: 1}
	rec, _ := (*model.Record)(nil).Write(model.Write{
		Op: op, Dot: model.Dot{Actor: a, N: int64(op)}, Stamp: model.Stamp{Wall: model.Time(op), Actor: a},
		Effect: model.Effect{Key: "k", Kind: model.Put, Value: v},
	}, model.Registers)
	return rec
}

func (d *deadlines) valid() error {
	if len(d.list) != len(d.at) {
		return fmt.Errorf("%d in the list, %d by key", len(d.list), len(d.at))
	}
	for i, e := range d.list {
		if i > 0 && compareExpiries(d.list[i-1], e) >= 0 {
			return fmt.Errorf("out of order at %d", i)
		}
		if d.at[e.key] != e.at {
			return fmt.Errorf("%s: %v and %v", e.key, e.at, d.at[e.key])
		}
	}
	for key := range d.begun {
		if d.at[key] == 0 {
			return fmt.Errorf("%s: under way, and not there", key)
		}
	}
	return nil
}

// Beside the ordered list, a table of what each key holds.
func TestDeadlinesAgainstTable(t *testing.T) {
	type row struct {
		at    model.Time
		op    model.OpID
		begun bool
	}
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 7))
		var d deadlines
		table := map[string]row{}
		for op := model.OpID(1); op <= 60; op++ {
			key := fmt.Sprintf("k%d", rng.IntN(6))
			switch rng.IntN(6) {
			case 0:
				d.feed(key, nil)
				delete(table, key)
			case 1:
				d.feed(key, expiring(op, 0))
				delete(table, key)
			case 2:
				now := model.Time(rng.IntN(50))
				var want []string
				for k, r := range table {
					if r.at <= now && !r.begun {
						want = append(want, fmt.Sprintf("%02d %s by %d", r.at, k, r.op))
						r.begun = true
						table[k] = r
					}
				}
				slices.Sort(want)
				var got []string
				for _, e := range d.due(now) {
					got = append(got, fmt.Sprintf("%02d %s by %d", e.at, e.key, e.cause))
				}
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d, operation %d: due at %d are %v, want %v", seed, op, now, got, want)
				}
			case 3:
				if rng.IntN(4) == 0 {
					d.retry()
					for k, r := range table {
						r.begun = false
						table[k] = r
					}
				}
			default:
				at := model.Time(1 + rng.IntN(40))
				d.feed(key, expiring(op, at))
				if table[key].at != at { // else the write before is still what set it
					table[key] = row{at: at, op: op}
				}
			}
			next := model.Never
			for _, r := range table {
				if !r.begun {
					next = min(next, r.at)
				}
			}
			if err := d.valid(); err != nil || d.next() != next {
				t.Fatalf("seed %d, operation %d: next is %v, want %v; %v", seed, op, d.next(), next, err)
			}
		}
	}
}
