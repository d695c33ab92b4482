package netsim

import (
	"math"
	"slices"
	"testing"
	"time"
)

// fits are distributions and what share of delays is at most x nanoseconds.
var fits = map[string]func(x float64) float64{
	"uniform(10ms, 30ms)": func(x float64) float64 { return (x - 10e6) / 20e6 },
	"normal(50ms, 5ms)":   func(x float64) float64 { return phi((x - 50e6) / 5e6) },
	"normal(2ms, 2ms)":    func(x float64) float64 { return phi((x - 2e6) / 2e6) }, // a sixth is 0
	"lognormal(10ms, 0.3)": func(x float64) float64 {
		return phi(math.Log(x/10e6) / 0.3)
	},
	"exp(5ms)":          func(x float64) float64 { return 1 - math.Exp(-x/5e6) },
	"pareto(1ms, 1.51)": func(x float64) float64 { return 1 - math.Pow(1e6/x, 1.51) },
	"mix(38% pareto(1.05ms, 1.51), 62% exp(5.464ms))": func(x float64) float64 {
		p := 0.0
		if x > 1.05e6 {
			p = 1 - math.Pow(1.05e6/x, 1.51)
		}
		return 0.38*p + 0.62*(1-math.Exp(-x/5.464e6))
	},
}

func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// distance is that of Kolmogorov and Smirnov between the delays measured and the
// distribution: the greatest difference of shares.
func distance(took []float64, share func(float64) float64) float64 {
	slices.Sort(took)
	most, n := 0.0, float64(len(took))
	for i := 0; i < len(took); {
		j := i + 1
		for j < len(took) && took[j] == took[i] { // what is cut off at 0 is one step
			j++
		}
		want := min(max(share(took[i]), 0), 1)
		most = max(most, math.Abs(float64(j)/n-want))
		if i > 0 { // the least may be what is cut off
			most = max(most, math.Abs(want-float64(i)/n))
		}
		i = j
	}
	return most
}

func delaysOver(t *testing.T, latency string, seed int64, n int, faults ...string) []float64 {
	t.Helper()
	m := newMeter(latency, seed)
	must(t, m.net, faults...)
	for range n {
		m.send()
	}
	for m.net.Step() {
	}
	took := make([]float64, 0, n)
	for _, d := range m.took {
		took = append(took, float64(d))
	}
	return took
}

// TestDelaysFitTheirDistribution measures delays over a link. The distance is above
// 1.95/√n once in a thousand times.
func TestDelaysFitTheirDistribution(t *testing.T) {
	const n = 8_000
	limit := 1.95 / math.Sqrt(n)
	for latency, share := range fits {
		if d := distance(delaysOver(t, latency, 7, n), share); d > limit {
			t.Errorf("%s: distance %.4f, want at most %.4f", latency, d, limit)
		}
		later := func(x float64) float64 { return share(x - 20e6) }
		if d := distance(delaysOver(t, latency, 8, n, "delay n1-n2 +20ms"), later); d > limit {
			t.Errorf("%s +20ms: distance %.4f, want at most %.4f", latency, d, limit)
		}
		longer := func(x float64) float64 { return share(x / 5) }
		if d := distance(delaysOver(t, latency, 9, n, "delay n1->n2 x5"), longer); d > limit {
			t.Errorf("%s x5: distance %.4f, want at most %.4f", latency, d, limit)
		}
		if d := distance(delaysOver(t, "const(1s)", 10, n, "delay n1->n2 "+latency), share); d > limit {
			t.Errorf("delay %s: distance %.4f, want at most %.4f", latency, d, limit)
		}
	}
	// A test that can't fail is none.
	if d := distance(delaysOver(t, "exp(5ms)", 7, n), fits["exp(5ms)"]); d == 0 {
		t.Error("no distance at all")
	}
	off := func(x float64) float64 { return fits["exp(5ms)"](x * 1.05) }
	if d := distance(delaysOver(t, "exp(5ms)", 7, n), off); d <= limit {
		t.Errorf("a mean that is 5 %% off passes with distance %.4f", d)
	}
}

// TestDelaysFitAnEmpiricalDistribution: Pearson's chi-square over the durations given;
// above 29.59 once in a thousand times with 10 degrees of freedom.
func TestDelaysFitAnEmpiricalDistribution(t *testing.T) {
	const n = 22_000
	var given []time.Duration
	for i := range 11 {
		given = append(given, time.Duration(i*i)*time.Millisecond)
	}
	d, err := Empirical(given)
	if err != nil {
		t.Fatal(err)
	}
	m := newMeter("const(1ms)", 3)
	m.net.SetLatency(1, 2, d)
	count := map[time.Duration]int{}
	for range n {
		m.send()
	}
	for m.net.Step() {
	}
	for _, d := range m.took {
		count[d]++
	}
	sum := 0.0
	for _, d := range given {
		diff := float64(count[d]) - n/11
		sum += diff * diff / (n / 11)
	}
	if len(count) != 11 || sum > 29.59 {
		t.Errorf("%d durations, chi-square %.2f, want 11 and at most 29.59", len(count), sum)
	}
}
