package sweep

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"capsim/scenarios"
)

const short = `
use store memory
workload w clients=3 at=n1,n2,n3 rate=40/s keys=2 ops=GET:60%,SET:40% from 0s to 2s
at 500ms partition n1 | n2 n3
at 1500ms heal
at 1500ms expect converged
every 100ms from 1600ms to 2s expect converged
at 4s end
`

func sweepOf(t *testing.T, workers int, to int64) (*Result, []Run) {
	t.Helper()
	var runs []Run
	r, err := Sweep(context.Background(), Options{
		Script: script(short), Policies: []string{"cp", "ap"}, From: 1, To: to, Workers: workers,
		Each: func(r Run) error { runs = append(runs, r); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, runs
}

func TestWorkersChangeNothing(t *testing.T) {
	one, runs := sweepOf(t, 1, 20)
	for _, workers := range []int{2, 7} {
		many, again := sweepOf(t, workers, 20)
		if !reflect.DeepEqual(one, many) {
			t.Errorf("%d workers: another result", workers)
		}
		if !reflect.DeepEqual(runs, again) {
			t.Errorf("%d workers: other runs, or in another order", workers)
		}
	}
}

// TestTally adds the runs up by hand.
func TestTally(t *testing.T) {
	r, runs := sweepOf(t, 2, 20)
	if r.Done() != 40 || r.Total() != 40 {
		t.Fatalf("%d of %d runs", r.Done(), r.Total())
	}
	for p := range r.Policies {
		tally := &r.Policies[p]
		for i, name := range r.Checks {
			counts := [3]int{}
			var no []int64
			for _, run := range runs {
				if run.Policy != p {
					continue
				}
				counts[run.Verdicts[i]]++
				if run.Verdicts[i] == 1 && len(no) < Violating {
					no = append(no, run.Seed)
				}
			}
			v := tally.Verdicts[i]
			if v.Name != name || v.Unknown != counts[0] || v.No != counts[1] || v.Yes != counts[2] || !slices.Equal(v.Violating, no) {
				t.Errorf("%s, %s: %+v, want %v and %v", tally.Policy, name, v, counts, no)
			}
		}
		if e := tally.Expectations; len(e) != 2 || e[0].Of() != 20 || e[0].Line != 6 || e[1].Of() != 20 || e[1].Line != 7 || e[1].No == 0 {
			t.Errorf("%s: %+v", tally.Policy, e)
		} else if once := slices.Compact(slices.Clone(e[1].Violating)); len(once) != len(e[1].Violating) {
			t.Errorf("%s: a seed violates a repeated expectation more than once: %v", tally.Policy, e[1].Violating)
		}
		if i := slices.IndexFunc(tally.Figures, func(f Figure) bool { return f.Name == "messages-per-op" }); i < 0 || !tally.Figures[i].Ratio || tally.Figures[i].Max < RatioOne {
			t.Errorf("%s: no ratio among the figures", tally.Policy)
		}
		for i := range tally.Figures {
			f := &tally.Figures[i]
			var sum, most float64
			n := 0
			for _, run := range runs {
				for _, m := range run.Measures {
					if run.Policy == p && m.Name == f.Name {
						v := measured(m)
						sum, most, n = sum+v, max(most, v), n+1
					}
				}
			}
			mean, low, high := f.Mean()
			if f.counter { // no word of it is none of it
				n = 20
			}
			if n != f.Runs || math.Abs(mean-sum/float64(n)) > 1e-6*(1+mean) || float64(f.Max) != most || low > mean || high < mean {
				t.Errorf("%s, %s: mean %v in %v..%v of %d, most %d; want %v of %d, most %v", tally.Policy, f.Name, mean, low, high, f.Runs, f.Max, sum/float64(n), n, most)
			}
			if q := f.Quantile(1); q != f.Max {
				t.Errorf("%s: the last quantile is %d, the most %d", f.Name, q, f.Max)
			}
		}
	}
}

func measured(m scenarios.Measure) float64 {
	switch v := m.Value.(type) {
	case time.Duration:
		return float64(v)
	case float64:
		return math.Round(v * RatioOne)
	}
	return float64(m.Value.(int64))
}

func TestQuantilesToThreeDigits(t *testing.T) {
	var f Figure
	for i := int64(1); i <= 100_000; i++ {
		f.add(i * 7919)
	}
	for _, share := range []float64{.01, .5, .9, .99, .999} {
		want := share * 100_000 * 7919
		if got := float64(f.Quantile(share)); math.Abs(got-want) > want/1000 {
			t.Errorf("quantile %v is %v, want %v", share, got, want)
		}
	}
	if mean, low, high := f.Mean(); math.Abs(mean-50_000.5*7919) > 1 || low >= mean || high <= mean {
		t.Errorf("mean %v in %v..%v", mean, low, high)
	}
}

// TestWilson compares with the values of Newcombe, Two-sided Confidence Intervals for
// the Single Proportion (1998), table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		yes, n    int
		low, high float64
	}{
		{81, 263, .2553, .3662},
		{15, 148, .0624, .1605},
		{0, 20, 0, .1611},
		{1, 29, .0061, .1718},
		{29, 29, .8830, 1},
	} {
		low, high := Wilson(c.yes, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.yes, c.n, low, high, c.low, c.high)
		}
	}
	if low, high := Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("of nothing: %v to %v", low, high)
	}
}

func TestSweepEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	seen := 0
	r, err := Sweep(ctx, Options{
		Script: script(short), Policies: []string{"ap"}, From: 1, To: 1 << 40, Workers: 3,
		Each: func(run Run) error {
			if seen++; int64(seen) != run.Seed {
				t.Errorf("seed %d came as number %d", run.Seed, seen)
			}
			if seen == 25 {
				stop()
			}
			return nil
		},
	})
	if err != nil || r.Done() != uint64(seen) || seen < 25 || seen > 100 {
		t.Errorf("%d runs done, %d seen, %v", r.Done(), seen, err)
	}
}

func TestSweepFails(t *testing.T) {
	sad := errors.New("sad")
	o := Options{Script: script(short), Policies: []string{"ap"}, From: 1, To: 100, Workers: 2}
	o.Each = func(r Run) error {
		if r.Seed == 3 {
			return sad
		}
		return nil
	}
	if _, err := Sweep(context.Background(), o); !errors.Is(err, sad) {
		t.Errorf("Each's error: %v", err)
	}
	o.Each, o.Script = nil, func(string) (*scenarios.Script, error) { return nil, sad }
	if _, err := Sweep(context.Background(), o); !errors.Is(err, sad) {
		t.Errorf("the script's error: %v", err)
	}
	o.Script, o.Checks = script(short), []string{"shiny"}
	if _, err := Sweep(context.Background(), o); err == nil {
		t.Error("no such check, and no error")
	}
	o.Checks, o.From = nil, 200
	if _, err := Sweep(context.Background(), o); err == nil {
		t.Error("no seeds, and no error")
	}
}
