package sweep

import (
	"math"
	"slices"
	"time"

	"capsim/check"
	"capsim/scenarios"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Result is what a sweep came to.
type Result struct {
	From, To int64 // the seeds asked for
	Checks   []string
	Policies []Tally // in the order of Options.Policies
}

// Total returns how many runs were asked for.
func (r *Result) Total() uint64 { return (uint64(r.To-r.From) + 1) * uint64(len(r.Policies)) }

// Done returns how many runs are in the result.
func (r *Result) Done() uint64 {
	n := uint64(0)
	for i := range r.Policies {
		n += uint64(r.Policies[i].Runs)
	}
	return n
}

// Tally is what the runs under one policy came to.
type Tally struct {
	Policy       string
	Runs         int
	Verdicts     []Rate   // in the order of Result.Checks
	Expectations []Rate   // of the script, in its order; those meant for other policies left out
	Figures      []Figure // in the order in which they first came up
	Ops          scenarios.OpCounts
	Messages     scenarios.MessageCounts
}

// Violating is how many seeds that violate a check are kept.
const Violating = 10

// Rate is how often a check held.
type Rate struct {
	Name             string
	Line             int // of an expectation
	Yes, No, Unknown int
	Violating        []int64 // the first seeds for which it did not hold, Violating at most
}

// Of returns how many runs were judged.
func (r *Rate) Of() int { return r.Yes + r.No + r.Unknown }

// Share returns the share of runs for which it held, 0 to 1; NaN of none. Unknown is
// no yes.
func (r *Rate) Share() float64 { return float64(r.Yes) / float64(r.Of()) }

// Interval returns Wilson's interval for the share of runs for which it holds, at
// 95 %; 0 to 1 if there were none.
//
// Source: Wilson, Probable Inference, the Law of Succession, and Statistical
// Inference (1927).
func (r *Rate) Interval() (low, high float64) { return Wilson(r.Yes, r.Of()) }

// z95 is the standard normal distribution's 97.5 % point.
const z95 = 1.959963984540054

// Wilson returns the 95 % score interval for a share of which yes in n were seen.
func Wilson(yes, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(yes)/float64(n), float64(n)
	centre := p + z95*z95/(2*m)
	half := z95 * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	scale := 1 + z95*z95/m
	low, high = (centre-half)/scale, (centre+half)/scale
	if yes == 0 {
		low = 0
	}
	if yes == n {
		high = 1
	}
	return max(0, low), min(1, high)
}

func (r *Rate) add(v check.Verdict, seed int64) {
	switch v {
	case check.Yes:
		r.Yes++
	case check.No:
		r.No++
		if len(r.Violating) < Violating {
			r.Violating = append(r.Violating, seed)
		}
	default:
		r.Unknown++
	}
}

// Figure is how a measure of the runs was distributed.
type Figure struct {
	Name     string
	Duration bool // in nanoseconds
	Ratio    bool // in parts of RatioOne
	Runs     int  // that had it
	Max      int64
	counter  bool    // runs that said nothing of it had none
	mean, m2 float64 // Welford's
	hist     *hdrhistogram.Histogram
}

// RatioOne is 1 as a figure that is a ratio has it: measures are rounded to four places.
const RatioOne = 10_000

// digits is how many of a quantile's are exact.
const digits = 3

func (f *Figure) add(v int64) {
	v = max(v, 0)
	if f.hist == nil {
		f.hist = hdrhistogram.New(1, 1<<53, digits)
	}
	f.Runs++
	f.Max = max(f.Max, v)
	d := float64(v) - f.mean
	f.mean += d / float64(f.Runs)
	f.m2 += d * (float64(v) - f.mean)
	_ = f.hist.RecordValue(min(v, 1<<53)) // within its range
}

// Mean returns the mean and its 95 % interval, by the normal approximation; without
// width for a single run.
func (f *Figure) Mean() (mean, low, high float64) {
	half := 0.0
	if f.Runs > 1 {
		half = z95 * math.Sqrt(f.m2/float64(f.Runs-1)/float64(f.Runs))
	}
	return f.mean, max(0, f.mean-half), f.mean + half
}

// Quantile returns the value that a share of the runs, 0 to 1, did not exceed: to
// three digits.
func (f *Figure) Quantile(share float64) int64 {
	return min(f.hist.ValueAtQuantile(share*100), f.Max)
}

func newResult(o Options, names []string) *Result {
	r := &Result{From: o.From, To: o.To, Checks: names, Policies: make([]Tally, len(o.Policies))}
	for i, p := range o.Policies {
		r.Policies[i].Policy = p
		for _, name := range names {
			r.Policies[i].Verdicts = append(r.Policies[i].Verdicts, Rate{Name: name})
		}
	}
	return r
}

// add takes in a run.
func (r *Result) add(run Run) {
	t := &r.Policies[run.Policy]
	t.Runs++
	for i, v := range run.Verdicts {
		t.Verdicts[i].add(v, run.Seed)
	}
	for i, e := range run.Expectations {
		same := func(o scenarios.Expectation) bool { return !o.Skipped && o.Pos.Line == e.Pos.Line && o.Text == e.Text }
		if !e.Skipped && !slices.ContainsFunc(run.Expectations[:i], same) {
			v := check.Yes
			for _, o := range run.Expectations[i:] {
				if same(o) {
					v = worse(v, o.Finding.Verdict)
				}
			}
			t.expectation(e).add(v, run.Seed)
		}
	}
	for _, m := range run.Measures {
		switch v := m.Value.(type) {
		case int64:
			f := t.figure(m.Name)
			f.counter = m.Counter
			for m.Counter && f.Runs < t.Runs-1 { // the runs before it first came up
				f.add(0)
			}
			f.add(v)
		case time.Duration:
			f := t.figure(m.Name)
			f.Duration = true
			f.add(int64(v))
		case float64:
			f := t.figure(m.Name)
			f.Ratio = true
			f.add(int64(math.Round(v * RatioOne)))
		}
	}
	for i := range t.Figures {
		if f := &t.Figures[i]; f.counter && f.Runs < t.Runs {
			f.add(0)
		}
	}
	t.Ops.Invoked += run.Ops.Invoked
	t.Ops.OK += run.Ops.OK
	t.Ops.Refused += run.Ops.Refused
	t.Ops.Unknown += run.Ops.Unknown
	t.Messages.Sent += run.Messages.Sent
	t.Messages.Delivered += run.Messages.Delivered
	t.Messages.Dropped += run.Messages.Dropped
}

// worse returns the verdict on two things that both have to hold.
func worse(a, b check.Verdict) check.Verdict {
	switch {
	case a == check.No || b == check.No:
		return check.No
	case a == check.Unknown || b == check.Unknown:
		return check.Unknown
	}
	return check.Yes
}

// expectation returns the tally of an `expect` statement. A repeated one counts as one
// that holds each time.
func (t *Tally) expectation(e scenarios.Expectation) *Rate {
	i := slices.IndexFunc(t.Expectations, func(r Rate) bool { return r.Line == e.Pos.Line && r.Name == e.Text })
	if i < 0 {
		i = len(t.Expectations)
		t.Expectations = append(t.Expectations, Rate{Name: e.Text, Line: e.Pos.Line})
	}
	return &t.Expectations[i]
}

func (t *Tally) figure(name string) *Figure {
	i := slices.IndexFunc(t.Figures, func(f Figure) bool { return f.Name == name })
	if i < 0 {
		i = len(t.Figures)
		t.Figures = append(t.Figures, Figure{Name: name})
	}
	return &t.Figures[i]
}
