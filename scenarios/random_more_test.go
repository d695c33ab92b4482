package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"capsim/policies"
	"capsim/scenarios"
)

// link draws a link between two nodes, or between a node and the remote client.
func (g *randomRun) link() string {
	n := g.node()
	to := fmt.Sprintf("n%d", 1+n%3)
	switch g.r.IntN(5) {
	case 0:
		return "*-*"
	case 1:
		to = "dora"
	}
	return fmt.Sprintf("n%d%s%s", n, []string{"-", "->"}[g.r.IntN(2)], to)
}

// moreFault draws a fault that only some random scripts hold.
func (g *randomRun) moreFault() string {
	kinds := 8
	if g.h.slow {
		kinds = 10
	}
	host := []string{"n1", "n2", "n3", "dora"}[g.r.IntN(4)]
	switch g.r.IntN(kinds) {
	case 0:
		return fmt.Sprintf("duplicate %s %d%%", g.link(), 1+g.r.IntN(100))
	case 1:
		return fmt.Sprintf("reorder %s %d%%", g.link(), 1+g.r.IntN(100))
	case 2:
		return fmt.Sprintf("flap %s up=%dms down=%dms", g.link(), 10+g.r.IntN(400), 10+g.r.IntN(400))
	case 3:
		return fmt.Sprintf("skew %s %s%dms", host, []string{"+", "-"}[g.r.IntN(2)], g.r.IntN(3000))
	case 4:
		return fmt.Sprintf("drift %s %s%dppm", host, []string{"", "-"}[g.r.IntN(2)], g.r.IntN(100_000))
	case 5:
		return fmt.Sprintf("partition dora n%d | *", g.node())
	case 6:
		return fmt.Sprintf("cut dora-n%d hold", g.node())
	case 7:
		return "heal all"
	case 8:
		return fmt.Sprintf("slow %s +%dms", host, 1+g.r.IntN(20))
	}
	return fmt.Sprintf("bandwidth %s %dKB/s", g.link(), 10+g.r.IntN(200))
}

// mendMore ends what heal all does not.
func (g *randomRun) mendMore() {
	for _, host := range []string{"n1", "n2", "n3", "dora"} {
		for _, fault := range []string{"slow", "skew", "drift"} {
			g.add(quiet, "%s %s off", fault, host)
		}
	}
}

// TestTortureMore judges what each policy claims under duplicates, reordering, flaps
// and clocks that are wrong, with a remote client; and under slow hosts and links,
// what is no claim of answering.
func TestTortureMore(t *testing.T) {
	for _, spec := range policies.Specs {
		t.Run(spec.Name, func(t *testing.T) {
			n := int64(seeds(t, 40))
			for seed := int64(1); seed <= n; seed++ {
				r := rand.New(rand.NewPCG(uint64(seed), 0xfa17))
				c := randomChoice(r, spec)
				h := hazards{
					policies: []string{c.String()}, more: true, slow: r.IntN(3) == 0,
					lossless: r.IntN(3) == 0 && len(claimed(c, policies.Merging)) > 0,
				}
				judge := func(s *scenarios.Session) error { return keepsClaims(s, c, h.lossless) }
				if h.slow {
					judge = func(s *scenarios.Session) error { return keepsItsWord(s, c, h.lossless) }
				}
				src := randomScript(seed, h)
				if err := runAndJudge(src, judge); err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, src)
				}
			}
		})
	}
}

// keepsItsWord judges a run by what the policy claims beside answering: in time, or
// converging in time.
func keepsItsWord(s *scenarios.Session, c policies.Choice, merging bool) error {
	only := *c.Spec
	only.Claims = nil
	for _, claim := range c.Spec.Claims {
		if claim.Check != "available" && claim.Of != policies.Quiet {
			only.Claims = append(only.Claims, claim)
		}
	}
	c.Spec = &only
	return keepsClaims(s, c, merging)
}

// TestRandomScriptsHoldEveryFault: what the random tests judge has been under every
// fault of the list; that of one message by hand has a test of its own.
func TestRandomScriptsHoldEveryFault(t *testing.T) {
	held := map[string]int{}
	for seed := range int64(300) {
		script, err := scenarios.Parse("random.capsim", []byte(randomScript(seed, hazards{policies: []string{"ap"}, wipes: 1, more: true, slow: true})))
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range script.Statements {
			if f, ok := st.Body.(scenarios.Fault); ok && st.At < 7e9 {
				held[f.Verb]++
			}
		}
	}
	for _, v := range scenarios.Verbs() {
		if !v.IsFault() || v.Name == "message" {
			continue
		}
		if held[v.Name] == 0 {
			t.Errorf("no random script holds %s before the quiet", v.Name)
		}
	}
}
