package check

import (
	"slices"
	"strconv"
	"testing"

	"capsim/model"
)

// TestConservedAgainstTheSum counts by hand what random clients put into two counters, and
// what the nodes serve of them.
func TestConservedAgainstTheSum(t *testing.T) {
	deltas := map[string]int64{"INCR a": 1, "INCRBY a 5": 5, "TAKE a 1": -1, "DECR b": 1} // of a - b
	pool := []string{"INCR a", "INCRBY a 5", "TAKE a 1", "DECR b", "GET a"}
	seen := map[Verdict]int{}
	rounds := histories(t, 400)
	for seed := range rounds {
		y := newToy(t, seed, []model.Mode{model.Registers, model.KeepSiblings}[seed%2])
		y.run(10+seed%40, pool, seed%5 == 0)
		for _, m := range y.wire {
			y.arrive(m)
		}
		y.wire = nil
		h := y.history(Options{})
		put, unsure := int64(0), false
		for _, o := range h.operations() {
			switch {
			case deltas[o.Command.String()] == 0 || refused(o):
			case !answeredOK(o):
				unsure = true
			case y.acks[o.ID]:
				put += deltas[o.Command.String()]
			}
		}
		want := Yes
		var first [2][]model.OpID
		ups, diverged := 0, false
		for i := range y.nodes {
			if y.nodes[i].down {
				continue
			}
			sum := int64(0)
			for k, key := range []string{"a", "b"} {
				rec := y.nodes[i].records[key]
				ops := rec.Ops()
				slices.Sort(ops)
				diverged = diverged || ups > 0 && !slices.Equal(first[k], ops)
				first[k] = ops
				n, _ := strconv.ParseInt(rec.Value().Str, 10, 64)
				sum += []int64{1, -1}[k] * n
			}
			ups++
			if sum != put {
				want = No
			}
		}
		if ups == 0 || diverged || unsure && want == No {
			want = Unknown
		}
		f := judge(t, h, "conserved a - b")
		if f.Verdict != want {
			t.Fatalf("seed %d: %v, by hand %v (%d put in): %s", seed, f.Verdict, want, put, f.Witness)
		}
		seen[want]++
	}
	if t.Logf("%v", seen); seen[Yes] < rounds/50 || seen[No] < rounds/50 || seen[Unknown] < rounds/50 {
		t.Errorf("one-sided: %v", seen)
	}
}
