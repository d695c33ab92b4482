package cluster_test

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/labs"
	"capsim/model"
	"capsim/netsim"
	"capsim/trace"
)

// gossipRun is a run of the lab gossip in which one rumour begins at n1.
type gossipRun struct {
	nodes   int
	params  string
	latency string
	seed    int64
	until   time.Duration
}

// inCycles is a run of so many cycles of a second.
func inCycles(nodes int, params string, seed, cycles int) gossipRun {
	return gossipRun{nodes, params, "uniform(5ms, 20ms)", int64(seed), time.Duration(cycles)*time.Second + time.Second/2}
}

// epidemic returns what the run counted.
func epidemic(t testing.TB, r gossipRun) map[string]int64 {
	t.Helper()
	choice, err := labs.Catalog.Choose(append([]string{"gossip"}, strings.Fields(r.params)...))
	if err != nil {
		t.Fatal(err)
	}
	latency, err := netsim.ParseDist(r.latency)
	if err != nil {
		t.Fatal(err)
	}
	opener, err := store.Parse("memory")
	if err != nil {
		t.Fatal(err)
	}
	stores, err := opener.Open(min(r.nodes, cluster.MaxNodes), "epidemic")
	if err != nil {
		t.Fatal(err)
	}
	defer stores.Close()
	log := &trace.Log{}
	c, err := cluster.New(cluster.Options{
		Nodes: r.nodes, Policy: choice, Seed: r.seed, Latency: latency, Timeout: time.Second, Stores: stores, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	command, err := choice.Spec.Verb("RUMOUR").Command([]string{"news"})
	if err != nil {
		t.Fatal(err)
	}
	c.Invoke("alice", 1, command)
	if err := c.RunThrough(model.Time(r.until)); err != nil {
		t.Fatal(err)
	}
	c.Finish()
	counts := map[string]int64{}
	for _, e := range log.All() {
		if e.Kind == trace.Metric {
			counts[e.Text] = e.N
		}
	}
	return counts
}

// TestEpidemicTables holds rumour mongering among 1,000 nodes to tables 1 to 3 of Demers et
// al., Epidemic Algorithms for Replicated Database Maintenance (PODC 1987): residue, traffic and
// t_last within 5 % or half of the last printed digit. The short form takes few runs, and
// allows three standard errors of its own means besides.
func TestEpidemicTables(t *testing.T) {
	for _, tt := range []struct {
		params                 string
		few                    int
		residue, traffic, last float64
		halfS, halfM, halfL    float64
	}{
		{"k=1", 60, .18, 1.7, 16.8, .005, .05, .05},
		{"k=2", 60, .037, 3.3, 16.9, .0005, .05, .05},
		{"k=3", 20, .011, 4.5, 17.4, .0005, .05, .05},
		{"k=4", 20, .0036, 5.6, 17.5, .00005, .05, .05},
		{"k=5", 20, .0012, 6.7, 17.7, .00005, .05, .05},
		{"notice=blind stop=coin k=1", 100, .96, .04, 38, .005, .005, .5},
		{"notice=blind stop=coin k=2", 60, .20, 1.6, 33, .005, .05, .5},
		{"notice=blind stop=coin k=3", 20, .060, 2.8, 32, .0005, .05, .5},
		{"notice=blind stop=coin k=4", 20, .021, 3.9, 32, .0005, .05, .5},
		{"style=pull k=1", 10, .031, 2.7, 17.6, .0005, .05, .05},
		{"style=pull k=2", 10, .00058, 4.5, 15.4, .000005, .05, .05},
	} {
		t.Run(tt.params, func(t *testing.T) {
			t.Parallel()
			n := trials(tt.few)
			var s, m, l mean
			for seed := range n {
				cycles := 40
				if strings.Contains(tt.params, "blind") {
					cycles = 120
				}
				counts := epidemic(t, inCycles(1000, tt.params, seed+1, cycles))
				if over := counts["gossip.lost-interest"] + counts["gossip.unaware"]; over != counts["gossip.sites"] {
					t.Fatalf("seed %d: after %d cycles %d of %d are neither removed nor susceptible", seed+1, cycles, counts["gossip.sites"]-over, counts["gossip.sites"])
				}
				s.add(float64(counts["gossip.unaware"]) / float64(counts["gossip.sites"]))
				m.add(float64(counts["gossip.updates"]) / float64(counts["gossip.sites"]))
				l.add(float64(counts["gossip.last-ns"]) / float64(counts["gossip.period-ns"]))
			}
			t.Logf("%s, %d runs: residue %.6f ±%.6f (%v), traffic %.3f ±%.3f (%v), t_last %.2f ±%.2f (%v)",
				tt.params, n, s.of(), s.err(), tt.residue, m.of(), m.err(), tt.traffic, l.of(), l.err(), tt.last)
			s.hold(t, "residue", tt.residue, tt.halfS)
			m.hold(t, "traffic", tt.traffic, tt.halfM)
			l.hold(t, "t_last", tt.last, tt.halfL)
		})
	}
}

// TestEpidemicOfThree holds anti-entropy among three nodes, one of which knows, to the exact
// means of the cycles until all know: each node calls one of the two others.
func TestEpidemicOfThree(t *testing.T) {
	for style, want := range map[string]float64{"push": 7. / 3, "pull": 2, "push-pull": 3. / 2} {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			n := trials(1000)
			var l mean
			for seed := range n {
				counts := epidemic(t, inCycles(3, "mode=anti-entropy style="+style, seed+1, 25))
				if counts["gossip.unaware"] != 0 {
					t.Fatalf("seed %d: not all know after 25 cycles", seed+1)
				}
				l.add(float64(counts["gossip.last-ns"]) / float64(counts["gossip.period-ns"]))
			}
			t.Logf("%s, %d runs: %.4f ±%.4f (%.4f)", style, n, l.of(), l.err(), want)
			l.within(t, "cycles", want, .01*want)
		})
	}
}

// mean gathers figures.
type mean struct {
	n           int
	sum, square float64
}

func (m *mean) add(x float64) { m.n, m.sum, m.square = m.n+1, m.sum+x, m.square+x*x }

func (m *mean) of() float64 { return m.sum / float64(m.n) }

// err returns the standard error of the mean.
func (m *mean) err() float64 {
	v := m.square/float64(m.n) - m.of()*m.of()
	return math.Sqrt(max(v, 0) / float64(m.n))
}

// hold demands that the mean is the printed figure, within 5 % or half of its last digit.
func (m *mean) hold(t *testing.T, what string, printed, half float64) {
	t.Helper()
	m.within(t, what, printed, max(.05*printed, half))
}

// within demands that the mean is the wanted one but for the tolerance, and for three
// standard errors where the trials are few.
func (m *mean) within(t *testing.T, what string, want, tolerance float64) {
	t.Helper()
	if os.Getenv("CAPSIM_TRIALS") == "" {
		tolerance += 3 * m.err()
	}
	if d := math.Abs(m.of() - want); !(d <= tolerance) {
		t.Errorf("%s is %.6f ±%.6f in %d runs, want %v ±%.6f", what, m.of(), m.err(), m.n, want, tolerance)
	}
}
