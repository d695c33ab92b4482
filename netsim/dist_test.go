package netsim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOwnFunctionsAgreeWithMath(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	off := func(got, want float64) float64 {
		return math.Abs(got-want) / math.Nextafter(math.Abs(want), math.Inf(1))
	}
	const ulp = 1.0 / (1 << 52)
	for range 200_000 {
		x := math.Ldexp(r.Float64()+0.5, r.IntN(200)-100)
		if o := off(logf(x), math.Log(x)); o > 2*ulp {
			t.Fatalf("log(%v) is off by %v", x, o)
		}
		y := r.Float64()*1400 - 700
		if o := off(expf(y), math.Exp(y)); o > 2*ulp {
			t.Fatalf("exp(%v) is off by %v", y, o)
		}
		q := r.Float64()/2 - r.Float64()/2
		if o := off(normalQuantile(q), math.Sqrt2*math.Erfinv(2*q)); o > 16*ulp && q != 0 {
			t.Fatalf("normal quantile at ½+%v is off by %v", q, o)
		}
	}
	// The far tail, where Erfinv has no digits left: z·√2π·e^(z²/2)·tail → 1-1/z²+3/z⁴.
	z := -normalQuantile(-(0.5 - 1.0/(1<<53)))
	ratio := z * math.Sqrt(2*math.Pi) * math.Exp(z*z/2) / (1 << 53)
	if series := 1 - 1/(z*z) + 3/math.Pow(z, 4) - 15/math.Pow(z, 6); math.Abs(ratio-series) > 1e-4 {
		t.Errorf("the least draw's quantile is %v: ratio %v, want %v", -z, ratio, series)
	}
	for _, x := range []float64{-1e9, -700, 0, 700, 1e9, math.Inf(1)} {
		if v := expf(x); !(v > 0) || math.IsInf(v, 0) {
			t.Errorf("exp(%v) is %v", x, v)
		}
	}
}

// quantile is a distribution's inverse, by its textbook formula.
var quantiles = []struct {
	dist string
	at   func(p float64) float64 // ns
}{
	{"const(3ms)", func(float64) float64 { return 3e6 }},
	{"uniform(1ms, 5ms)", func(p float64) float64 { return 1e6 + p*4e6 }},
	{"normal(10ms, 2ms)", func(p float64) float64 { return 10e6 + 2e6*math.Sqrt2*math.Erfinv(2*p-1) }},
	{"normal(1ms, 10ms)", func(p float64) float64 { return max(0, 1e6+10e6*math.Sqrt2*math.Erfinv(2*p-1)) }},
	{"lognormal(10ms, 0.3)", func(p float64) float64 { return 10e6 * math.Exp(0.3*math.Sqrt2*math.Erfinv(2*p-1)) }},
	{"exp(5.464ms)", func(p float64) float64 { return -5.464e6 * math.Log1p(-p) }},
	{"pareto(1.05ms, 1.51)", func(p float64) float64 { return 1.05e6 * math.Pow(1-p, -1/1.51) }},
}

// TestQuantiles counts how many draws lie below each quantile of the formula: that
// is binomial, and must be within 4 standard errors.
func TestQuantiles(t *testing.T) {
	const draws = 200_000
	for _, c := range quantiles {
		d, r := mustDist(c.dist), newStream(1, "test", c.dist)
		got := make([]float64, draws)
		for i := range got {
			got[i] = float64(d.Draw(r))
		}
		slices.Sort(got)
		for _, p := range []float64{0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999} {
			q := c.at(p)
			below, _ := slices.BinarySearch(got, q-1)
			upTo, _ := slices.BinarySearch(got, q+1)
			slack := 4 * math.Sqrt(p*(1-p)*draws)
			if float64(below) > p*draws+slack || float64(upTo) < p*draws-slack {
				t.Errorf("%s: %d to %d of %d are below the %v quantile, %v", c.dist, below, upTo, draws, p, time.Duration(q))
			}
		}
	}
}

func TestMeans(t *testing.T) {
	const draws = 400_000
	for _, c := range []struct {
		dist     string
		mean, sd float64 // ns
	}{
		{"const(3ms)", 3e6, 0},
		{"uniform(1ms, 5ms)", 3e6, 4e6 / math.Sqrt(12)},
		{"normal(10ms, 2ms)", 10e6, 2e6},
		{"lognormal(10ms, 0.3)", 10e6 * math.Exp(0.045), 10e6 * math.Sqrt(math.Exp(0.18)-math.Exp(0.09))},
		{"exp(5ms)", 5e6, 5e6},
		{"pareto(1ms, 10)", 1e6 * 10 / 9, 1e6 * math.Sqrt(10.0/(81*8))},
		{"mix(25% const(1ms), 75% exp(4ms))", 3.25e6, math.Sqrt(0.25*1e12 + 0.75*32e12 - 3.25*3.25*1e12)},
	} {
		d, r := mustDist(c.dist), newStream(2, "test", c.dist)
		sum := 0.0
		for range draws {
			sum += float64(d.Draw(r))
		}
		if got := sum / draws; math.Abs(got-c.mean) > 4*c.sd/math.Sqrt(draws)+0.5 {
			t.Errorf("%s: mean %v, want %v", c.dist, got, c.mean)
		}
	}
}

// goldenDists are what TestGoldenDraws pins.
var goldenDists = []string{
	"const(1.5ms)", "uniform(0s, 20ms)", "exp(10ms)", "pareto(1.05ms, 1.51)", "normal(10ms, 3ms)",
	"lognormal(10ms, 0.3)", "mix(38% pareto(1.05ms, 1.51), 62% exp(5.464ms))",
}

// TestGoldenDraws pins the draws: they are the same on every architecture, and no
// change of the program moves them unseen. The sum is over 100,000 draws, xored
// and multiplied, so that one different bit shows.
func TestGoldenDraws(t *testing.T) {
	for i, s := range goldenDists {
		d, r := mustDist(s), newStream(42, "stream", "golden")
		line := s
		hash := uint64(14695981039346656037)
		for k := range 100_000 {
			v := d.Draw(r)
			if k < 4 {
				line += fmt.Sprintf(" %d", v)
			}
			hash = (hash ^ uint64(v)) * 1099511628211
		}
		line += fmt.Sprintf(" %x", hash)
		if i >= len(goldenDraws) || line != goldenDraws[i] {
			t.Errorf("got %q", line)
		}
	}
}

func TestDrawsAllocateNothing(t *testing.T) {
	for _, s := range goldenDists {
		d, r := mustDist(s), newStream(1, "test", "")
		if a := testing.AllocsPerRun(100, func() { d.Draw(r) }); a > 0 {
			t.Errorf("%s: %v allocations a draw", s, a)
		}
	}
}

func TestParseDistIsCanonical(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{" const( 1500us ) ", "const(1.5ms)"},
		{"const(0)", "const(0s)"},
		{"uniform(1ms,2ms)", "uniform(1ms, 2ms)"},
		{"normal(10ms,0.5ms)", "normal(10ms, 500µs)"},
		{"lognormal(10ms, 0.30)", "lognormal(10ms, 0.3)"},
		{"exp(1h)", "exp(1h0m0s)"},
		{"pareto(235us, 1e1)", "pareto(235µs, 10)"},
		{"mix(91.220% pareto(0.235ms,10),8.78% exp(602us))", "mix(91.22% pareto(235µs, 10), 8.78% exp(602µs))"},
		{"mix(100% const(1ns))", "mix(100% const(1ns))"},
	} {
		d, err := ParseDist(c.text)
		if err != nil || d.String() != c.want {
			t.Errorf("%q: %v %v, want %s", c.text, d, err, c.want)
		}
	}
}

func TestParseDistErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "want one of const(d), uniform(a, b)"},
		{"gauss(1ms, 2ms)", "no distribution"},
		{"const", "want const(d)"},
		{"const(1ms", "want const(d)"},
		{"const(1ms) x", "want const(d)"},
		{"const()", `d is ""`},
		{"const(1ms, 2ms)", "2 parameters given, want 1"},
		{"const(-1ms)", "0s to 1h"},
		{"const(2h)", "0s to 1h"},
		{"const(10)", "0s to 1h"},
		{"const(inf)", "0s to 1h"},
		{"uniform(2ms, 1ms)", "smaller first"},
		{"normal(1ms, -1ms)", "sd is"},
		{"lognormal(10ms, -0.3)", "sigma is"},
		{"lognormal(10ms, NaN)", "sigma is"},
		{"lognormal(10ms, 11)", "from 0 to 10"},
		{"lognormal(10ms, 0x1p-2)", "sigma is"},
		{"pareto(0s, 2)", "min is 0"},
		{"pareto(1ms, 0)", "alpha is"},
		{"mix()", "share"},
		{"mix(50% exp(1ms))", "add up to 50%, want 100%"},
		{"mix(50% exp(1ms), 50.000000001% exp(1ms))", "100.000000001%"},
		{"mix(0% exp(1ms), 100% exp(1ms))", "above 0%"},
		{"mix(101% exp(1ms))", "share"},
		{"mix(100 exp(1ms))", "share"},
		{"mix(100% mix(100% exp(1ms)))", "within a mix"},
		{"mix(50% exp(1ms), 50% foo(1ms))", "part 2"},
		{strings.Repeat("(", 5000), "at most 1000"},
	} {
		if d, err := ParseDist(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %v, %v, want %q", c.text, d, err, c.want)
		}
	}
}

func TestEmpirical(t *testing.T) {
	given := []time.Duration{1, 1, 1, 9}
	d, err := Empirical(given)
	if err != nil {
		t.Fatal(err)
	}
	given[0] = 100 // it keeps its own
	r, nines := newStream(1, "test", ""), 0
	for range 10_000 {
		switch v := d.Draw(r); v {
		case 9:
			nines++
		case 1:
		default:
			t.Fatalf("drew %v", v)
		}
	}
	if nines < 2327 || nines > 2673 { // 4 standard errors
		t.Errorf("%d of 10000 are 9, want a quarter", nines)
	}
	for _, bad := range [][]time.Duration{nil, {-1}, {2 * time.Hour}} {
		if _, err := Empirical(bad); err == nil {
			t.Errorf("%v is no error", bad)
		}
	}
}

func FuzzParseDist(f *testing.F) {
	for _, s := range append(goldenDists, DistForms()...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDist(s)
		if err != nil {
			return
		}
		again, err := ParseDist(d.String())
		if err != nil || again.String() != d.String() {
			t.Fatalf("%q is %v, which reads as %v, %v", s, d, again, err)
		}
		r, q := newStream(1, "test", ""), newStream(1, "test", "")
		for range 50 {
			v := d.Draw(r)
			if v < 0 || v > maxDraw || v != again.Draw(q) {
				t.Fatalf("%v drew %v", d, v)
			}
		}
	})
}
