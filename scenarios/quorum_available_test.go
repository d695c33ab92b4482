package scenarios_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"capsim/model"
	"capsim/scenarios"
)

// TestPublishedQuorumAvailability crashes each node with probability 1-p, independently,
// and asks one that is up: the share of requests that are answered is that of q of N nodes
// being up, Σ_{i≥q} C(N,i) p^i (1-p)^{N-i}, within three standard errors of it.
func TestPublishedQuorumAvailability(t *testing.T) {
	for _, c := range []struct {
		nodes     int
		policy    string
		q         int
		p         float64
		published float64 // 0: the formula alone
	}{
		{3, "quorum handoff=off", 2, .99, .999702},
		{5, "quorum handoff=off", 3, .9, .99144},
		{3, "quorum handoff=off", 2, .7, 0},
		{5, "quorum r=4 w=4 handoff=off", 4, .8, 0},
		{3, "quorum r=3 w=3 handoff=off", 3, .9, 0},
	} {
		t.Run(fmt.Sprintf("%d of %d at %v", c.q, c.nodes, c.p), func(t *testing.T) {
			trials := seeds(t, 1500)
			answered := answeredOf(t, c.nodes, c.policy, c.p, trials)
			want := 0.0
			for i := c.q; i <= c.nodes; i++ {
				want += choose(c.nodes, i) * math.Pow(c.p, float64(i)) * math.Pow(1-c.p, float64(c.nodes-i))
			}
			if c.published > 0 && math.Abs(want-c.published) > 5e-7 {
				t.Errorf("the formula gives %.6f, published %v", want, c.published)
			}
			got, se := float64(answered)/float64(trials), math.Sqrt(want*(1-want)/float64(trials))
			t.Logf("%.6f answered, formula %.6f ± %.6f", got, want, se)
			if math.Abs(got-want) > 3*se {
				t.Errorf("%d of %d requests answered, %.6f; want %.6f ± 3 × %.6f", answered, trials, got, want, se)
			}
		})
	}
}

func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}

// answeredOf runs so many requests, each in a state of the nodes of its own, reads and
// writes in turn, and counts those that were answered.
func answeredOf(t *testing.T, nodes int, policy string, p float64, trials int) int {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(nodes), uint64(p*100)))
	var b strings.Builder
	fmt.Fprintf(&b, "use nodes %d\nuse policy %s\nuse store memory\nuse latency uniform(5ms, 15ms)\n", nodes, policy)
	for i := range trials {
		up := 0
		fmt.Fprintf(&b, "at %ds say trial\n", 2*i+1)
		var down []int
		for n := 1; n <= nodes; n++ {
			if r.Float64() < p {
				up = n
			} else {
				down = append(down, n)
				fmt.Fprintf(&b, "+0s crash n%d\n", n)
			}
		}
		if up > 0 {
			fmt.Fprintf(&b, "+0s c%d@n%d %s\n", i, up, []string{"GET k", "SET k v"}[i%2])
		}
		for k, n := range down {
			fmt.Fprintf(&b, "+%dms restart n%d\n", []int{1500, 0}[min(k, 1)], n)
		}
	}
	script, err := scenarios.Parse("available.capsim", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Open(script, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	answered := 0
	for _, o := range s.Index().Ops() {
		if o.Result != nil && o.Result.Outcome == model.OKOutcome {
			answered++
		}
	}
	return answered
}
