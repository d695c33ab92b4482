package staleness

import (
	"cmp"
	"context"
	"math"
	"os"
	"strconv"
	"testing"
	"time"
)

// trialsOf is how many trials a test makes: CAPSIM_TRIALS for the long form.
func trialsOf(short int) int {
	if n, err := strconv.Atoi(os.Getenv("CAPSIM_TRIALS")); err == nil && n > 0 {
		return n
	}
	return short
}

func run(t testing.TB, profile string, r, w, trials int, at ...time.Duration) Result {
	t.Helper()
	l, err := FindProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), Options{
		Nodes: 3, R: r, W: w, Latencies: l, At: at, Probabilities: []float64{0.999}, Trials: trials, Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func BenchmarkTrials(b *testing.B) {
	b.ReportAllocs()
	run(b, "lnkd-disk", 1, 1, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "trials/s")
}

func near(t *testing.T, what string, got, want, low, high float64) {
	t.Helper()
	if math.IsNaN(got) || got < want+low || got > want+high {
		t.Errorf("%s: %v, want %v %+v %+v", what, got, want, low, high)
	}
}

// published is a row of table 4 of PBS (99.9 % latencies of 1 M reads and writes) and what
// §5 says of t-visibility, with the exact quantiles by 2 million trials where the printed
// ones are biased.
type published struct {
	profile     string
	r, w        int
	read, write float64 // 99.9 %, ms
	fresh       map[time.Duration]float64
	trials      int     // of the short form
	printed     float64 // t for 99.9 %, ms; 0: none is needed
	low, high   float64 // the exact quantile lies between these
}

var rows = []published{
	{profile: "lnkd-ssd", r: 1, w: 1, read: .66, write: .66, fresh: map[time.Duration]float64{0: .974}, printed: 1.85, low: 1.97, high: 1.99, trials: 400_000},
	{profile: "lnkd-ssd", r: 2, w: 2, read: 1.62, write: 1.64},
	{profile: "lnkd-ssd", r: 3, w: 1, read: 4.14, write: .65},
	{
		profile: "lnkd-disk", r: 1, w: 1, read: .66, write: 10.99, printed: 45.5, low: 51, high: 51.8, trials: 300_000,
		fresh: map[time.Duration]float64{0: .439, 10 * time.Millisecond: .925},
	},
	{profile: "lnkd-disk", r: 2, w: 2, read: 1.64, write: 20.96},
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// TestPublishedPBS holds the simulation to the published numbers: probabilities within
// .005, latencies within 3 %, the quantile of t within 3 % of the exact one; and, in the
// long form, the printed one, which is the first point of a sweep that crosses and so biased
// low, to within -12 % and +2 % of the simulated.
func TestPublishedPBS(t *testing.T) {
	for _, row := range rows {
		t.Run(row.profile+" R="+strconv.Itoa(row.r)+" W="+strconv.Itoa(row.w), func(t *testing.T) {
			t.Parallel()
			res := run(t, row.profile, row.r, row.w, trialsOf(cmp.Or(row.trials, 120_000)), 0, 10*time.Millisecond)
			read, write := ms(Quantile(res.Read, .999)), ms(Quantile(res.Write, .999))
			t.Logf("read %.3f ms, write %.3f ms, fresh %v, t for 99.9 %% %v", read, write, res.Fresh, res.Times[0].T)
			near(t, "read latency", read, row.read, -.03*row.read, .03*row.read)
			near(t, "write latency", write, row.write, -.03*row.write, .03*row.write)
			for _, f := range res.Fresh {
				if want, ok := row.fresh[f.T]; ok {
					near(t, "fresh at "+f.T.String(), f.Share, want, -.005, .005)
				}
			}
			at := ms(res.Times[0].T)
			if row.printed == 0 {
				near(t, "t of a strict quorum", at, 0, 0, 0)
				return
			}
			near(t, "t for 99.9 %", at, row.low, -.03*row.low, .03*row.high+row.high-row.low)
			if res.Trials >= 1_000_000 { // fewer scatter more than that
				near(t, "t for 99.9 %, printed", row.printed, at, -.12*at, .02*at)
			}
		})
	}
}

// formula is the closed form of k-staleness: §3.1, equation 2.
func formula(n, r, w, k int) float64 {
	choose := func(n, k int) float64 {
		c := 1.0
		for i := range k {
			c = c * float64(n-i) / float64(i+1)
		}
		return c
	}
	p := choose(n-w, r) / choose(n, r)
	return 1 - math.Pow(p, float64(k))
}

// TestKStaleness holds quorums that don't expand to the closed form, within three
// standard errors.
func TestKStaleness(t *testing.T) {
	l, err := ParseLatencies("const(1ms)", "const(1ms)", "const(1ms)", "const(1ms)", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ n, r, w int }{{3, 1, 1}, {3, 1, 2}, {3, 2, 2}, {5, 2, 1}} {
		trials := trialsOf(8_000)
		res, err := Run(context.Background(), Options{Nodes: c.n, R: c.r, W: c.w, Latencies: l, Versions: 3, Trials: trials, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range res.Within {
			want := formula(c.n, c.r, c.w, w.K)
			se := math.Sqrt(want * (1 - want) / float64(res.VersionRuns))
			near(t, "N="+strconv.Itoa(c.n)+" within "+strconv.Itoa(w.K), w.Share, want, -3*se-1e-12, 3*se+1e-12)
			t.Logf("N=%d R=%d W=%d k=%d: %.4f, formula %.4f ± %.4f", c.n, c.r, c.w, w.K, w.Share, want, se)
		}
	}
	if got := formula(3, 1, 1, 3); math.Abs(got-.7037) > 5e-5 {
		t.Errorf("the formula gives %v for k=3, published .7037", got)
	}
}

// TestOffsetsAgree makes the reads really begin later, and compares how many are fresh with
// what the trials at the commit say of that moment.
func TestOffsetsAgree(t *testing.T) {
	const trials = 10_000
	at := []time.Duration{0, time.Millisecond, 10 * time.Millisecond}
	res := run(t, "lnkd-disk", 1, 1, trials, at...)
	l, err := FindProfile("lnkd-disk")
	if err != nil {
		t.Fatal(err)
	}
	for i, offset := range at {
		c, err := choice(1, 1, "yes")
		if err != nil {
			t.Fatal(err)
		}
		w, fresh := newWorld(c, 3, 1, 77, l), 0
		for n := range trials {
			tr, err := w.trial(4, 4, n, offset)
			if err != nil {
				t.Fatal(err)
			}
			if tr.fresh {
				fresh++
			}
		}
		p := res.Fresh[i].Share
		se := math.Sqrt(2 * p * (1 - p) / trials)
		near(t, "fresh at "+offset.String(), float64(fresh)/trials, p, -3*se, 3*se)
	}
}

// TestWARS runs the model itself beside the protocol: a naive Monte Carlo of the paper's
// definition, for several R and W.
func TestWARS(t *testing.T) {
	l, err := FindProfile("ymmr")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ r, w int }{{1, 1}, {2, 1}, {1, 2}} {
		const trials = 10_000
		res := run(t, "ymmr", c.r, c.w, trials, 0, 5*time.Millisecond)
		naive := wars(l, 3, c.r, c.w, trials, res.Fresh[0].T, res.Fresh[1].T)
		for i, f := range res.Fresh {
			se := math.Sqrt(2 * naive[i] * (1 - naive[i]) / trials)
			near(t, "fresh at "+f.T.String(), f.Share, naive[i], -3.5*se, 3.5*se)
		}
	}
}

// TestDeterministic runs the same twice.
func TestDeterministic(t *testing.T) {
	a, b := run(t, "wan", 1, 1, 2000), run(t, "wan", 1, 1, 2000)
	for i := range a.Needed {
		if a.Needed[i] != b.Needed[i] || a.Read[i] != b.Read[i] {
			t.Fatal("two runs differ")
		}
	}
}

// TestWide holds the WAN profile to what the paper says of it: a third of the reads are
// fresh at the commit, those that begin where the write did; and R=1 answers locally.
func TestWide(t *testing.T) {
	res := run(t, "wan", 1, 1, trialsOf(80_000), 0)
	near(t, "fresh at 0", res.Fresh[0].Share, .33, -.02, .02)
	near(t, "read latency", ms(Quantile(res.Read, .999)), 3.4, -.2, .2)
	near(t, "write latency", ms(Quantile(res.Write, .999)), 55.12, -3, 3)
	near(t, "t for 99.9 %", ms(res.Times[0].T), 113, -12, 12)
}

// TestOptions refuses what can't be.
func TestOptions(t *testing.T) {
	l, _ := FindProfile("lnkd-ssd")
	good := Options{Nodes: 3, R: 1, W: 1, Latencies: l, Trials: 1}
	for name, change := range map[string]func(*Options){
		"nodes": func(o *Options) { o.Nodes = 0 }, "r": func(o *Options) { o.R = 4 }, "w": func(o *Options) { o.W = 0 },
		"trials": func(o *Options) { o.Trials = 0 }, "at": func(o *Options) { o.At = []time.Duration{-1} },
		"probability": func(o *Options) { o.Probabilities = []float64{1.5} }, "versions": func(o *Options) { o.Versions = -1 },
	} {
		bad := good
		change(&bad)
		if _, err := Run(context.Background(), bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Run(context.Background(), good); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, good); err == nil {
		t.Error("a cancelled run has no error")
	}
	if _, err := FindProfile("disk"); err == nil {
		t.Error("a profile that is none")
	}
}
