package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/labs"
	"capsim/scenarios"
)

// TestTortureCRDTLosesNoSetOrCounter judges ap conflict=crdt by what it claims of the
// types that merge.
func TestTortureCRDTLosesNoSetOrCounter(t *testing.T) {
	torture(t, 100, hazards{policies: []string{"ap conflict=crdt"}, lossless: true}, func(s *scenarios.Session) error {
		h := s.History()
		return all(holds(h, "available"), holds(h, "lost-writes", "=", "0"), convergedWithin(s, 2*time.Second))
	})
}

func TestTortureCRDT(t *testing.T) {
	torture(t, 100, hazards{policies: []string{"ap conflict=crdt"}}, func(s *scenarios.Session) error {
		return all(holds(s.History(), "available"), convergedWithin(s, 2*time.Second))
	})
}

// TestTortureCausal judges what causal sessions claim; their clients move between nodes
// now and then.
func TestTortureCausal(t *testing.T) {
	for _, p := range []string{
		"ap sessions=causal", "ap conflict=crdt sessions=causal lacking=refuse", "base sessions=causal", "ap conflict=siblings sessions=causal",
	} {
		t.Run(p, func(t *testing.T) {
			torture(t, 60, hazards{policies: []string{p}}, func(s *scenarios.Session) error {
				c, err := labs.Catalog.Choose(strings.Fields(p))
				return all(err, keepsClaims(s, c, false))
			})
		})
	}
}

// TestTortureCausalRegisters judges runs of SET and GET alone, in which every read can be
// explained, with clients that move.
func TestTortureCausalRegisters(t *testing.T) {
	choices := []string{
		"ap sessions=causal", "ap conflict=crdt sessions=causal lacking=refuse", "base sessions=causal", "base sessions=causal stock=escrow lacking=refuse",
	}
	list := []int64{874} // a request that waited was given what its session learnt meanwhile
	for seed := range int64(seeds(t, 120)) {
		list = append(list, seed)
	}
	for _, seed := range list {
		p := choices[seed%int64(len(choices))]
		g := &randomRun{r: rand.New(rand.NewPCG(uint64(seed), 0xcab5a1)), h: hazards{policies: []string{p}}}
		for i := range 60 {
			node, key := 1+i%3, g.r.IntN(3)
			if g.r.IntN(5) == 0 {
				node = g.node()
			}
			if g.r.IntN(3) == 0 {
				g.add(g.instant(), "c%d@n%d SET k%d v%d", i%3, node, key, i)
			} else {
				g.add(g.instant(), "c%d@n%d GET k%d", i%3, node, key)
			}
		}
		g.faults()
		g.mend()
		src := g.script(seed)
		if err := runAndJudge(src, func(s *scenarios.Session) error {
			c, err := labs.Catalog.Choose(strings.Fields(p))
			if err != nil {
				return err
			}
			if _, test, _ := check.Parse([]string{"causal-convergence"}); test(s.History()).Verdict != check.Yes {
				return fmt.Errorf("causal-convergence: %s", test(s.History()).Witness)
			}
			return keepsClaims(s, c, false)
		}); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
	}
}
