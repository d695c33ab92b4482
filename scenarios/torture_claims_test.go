package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"capsim/labs"
	"capsim/policies"
	"capsim/scenarios"
)

// randomChoice draws a policy's parameters: half of them the default, the rest what
// Values or Try has. It fits one of the numbers of nodes; 3 if none is given.
func randomChoice(r *rand.Rand, s *policies.Spec, nodes ...int) policies.Choice {
	if len(nodes) == 0 {
		nodes = []int{3}
	}
	for {
		words := []string{s.Name}
		for _, p := range s.Params {
			values := p.Values
			if values == nil {
				values = p.Try
			}
			if len(values) > 0 && r.IntN(2) == 0 {
				words = append(words, p.Name+"="+values[r.IntN(len(values))])
			}
		}
		if c, err := labs.Catalog.Choose(words); err == nil && slices.ContainsFunc(nodes, func(n int) bool { return c.Fits(n) == nil }) {
			return c
		}
	}
}

// claimed lists the claims of a scope that the choice makes.
func claimed(c policies.Choice, of policies.Scope) []policies.Claim {
	var list []policies.Claim
	for _, claim := range c.Spec.Claims {
		if claim.Of == of && (claim.If == nil || claim.If(c.Params)) {
			list = append(list, claim)
		}
	}
	return list
}

// TestTortureClaims draws parameters for every policy, and judges all that the Spec
// then claims of a random run whose disks survive.
func TestTortureClaims(t *testing.T) {
	for _, spec := range policies.Specs {
		t.Run(spec.Name, func(t *testing.T) {
			n := int64(seeds(t, 60))
			for seed := int64(1); seed <= n; seed++ {
				r := rand.New(rand.NewPCG(uint64(seed), 0xc1a1))
				c := randomChoice(r, spec)
				h := hazards{policies: []string{c.String()}, lossless: r.IntN(3) == 0 && len(claimed(c, policies.Merging)) > 0}
				src := randomScript(seed, h)
				if err := runAndJudge(src, func(s *scenarios.Session) error { return keepsClaims(s, c, h.lossless) }); err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, src)
				}
			}
		})
	}
}

// TestQuietIsJudged: random scripts go on for so long that what policies claim of the
// quiet is judged, in nearly all runs.
func TestQuietIsJudged(t *testing.T) {
	for _, spec := range policies.Specs {
		if !speaksOf(spec, policies.Quiet) {
			continue
		}
		long := 0
		const n = 10
		for seed := range int64(n) {
			c := claimingChoice(t, seed, spec, policies.Quiet)
			err := runAndJudge(randomScript(seed, hazards{policies: []string{c.String()}}), func(s *scenarios.Session) error {
				if quietFrom(s).Add(spec.Within) <= s.Now() {
					long++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if long < n-1 {
			t.Errorf("%s: only %d of %d runs lasted %v after the last fault and write", spec.Name, long, n, spec.Within)
		}
	}
}

// keepsClaims judges a run whose disks survive by what the policy claims.
func keepsClaims(s *scenarios.Session, c policies.Choice, merging bool) error {
	h := s.History()
	claims := claimed(c, policies.AnyRun)
	if merging {
		claims = append(claims, claimed(c, policies.Merging)...)
	}
	for _, claim := range claims {
		if err := holds(h, strings.Fields(claim.Check)...); err != nil {
			return fmt.Errorf("%v claims it: %w", c, err)
		}
	}
	for _, claim := range claimed(c, policies.Quiet) {
		if claim.Check != "converged" {
			return fmt.Errorf("no test knows when %s holds", claim.Check)
		}
		if err := convergedWithin(s, c.Spec.Within); err != nil {
			return fmt.Errorf("%v claims that all converge: %w", c, err)
		}
	}
	return nil
}

// TestTortureEveryToggle toggles from every policy to every other, under faults, with
// parameters that are drawn: what the new one claims holds from its installed state on.
func TestTortureEveryToggle(t *testing.T) {
	n := seeds(t, 4)
	for i, from := range policies.Specs {
		for j, to := range policies.Specs {
			t.Run(from.Name+" to "+to.Name, func(t *testing.T) {
				t.Parallel()
				for k := range n {
					seed := int64(1 + k + 1_000_000*(i*len(policies.Specs)+j))
					r := rand.New(rand.NewPCG(uint64(seed), 0x7099))
					h := hazards{policies: []string{randomChoice(r, from).String(), randomChoice(r, to).String()}}
					// A remote client that coordinates blind writes has seen nothing that they supersede.
					h.more = r.IntN(2) == 0 && !strings.Contains(h.policies[0]+h.policies[1], "write=blind")
					h.slow = h.more && r.IntN(3) == 0
					src := randomScript(seed, h)
					if err := runAndJudge(src, func(s *scenarios.Session) error {
						if !h.slow {
							return all(keepsConverged(s), stretchesHold(s), lastConverges(s))
						}
						return all(keepsConverged(s), stretchesHold(s))
					}); err != nil {
						t.Fatalf("seed %d: %v\n%s", seed, err, src)
					}
				}
			})
		}
	}
}
