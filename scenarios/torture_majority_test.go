package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/policies"
	"capsim/scenarios"
)

// TestTortureMajorityAnswers judges what policies claim of a majority's side, with
// parameters that are drawn: a minority is cut off, wholly, after random faults, and
// from Within on every node of the majority answers. Where one message in five is
// lost, now and then so many are lost in a row that the client's second is over first.
func TestTortureMajorityAnswers(t *testing.T) {
	judged := 0
	for _, spec := range policies.Specs {
		if !speaksOf(spec, policies.MajoritySide) {
			continue
		}
		judged++
		t.Run(spec.Name, func(t *testing.T) {
			for _, c := range []struct{ loss, perThousand int }{{0, 0}, {5, 0}, {20, 10}} {
				majorityAnswers(t, spec, c.loss, c.perThousand)
			}
		})
	}
	if judged == 0 {
		t.Error("no policy claims anything of a majority's side")
	}
}

func speaksOf(spec *policies.Spec, of policies.Scope) bool {
	for _, claim := range spec.Claims {
		if claim.Of == of {
			return true
		}
	}
	return false
}

// majorityAnswers runs random scripts under so much loss, in which at most so many
// requests in a thousand stay without an answer.
func majorityAnswers(t *testing.T, spec *policies.Spec, loss, perThousand int) {
	t.Helper()
	asked, open := 0, 0
	for seed := 1; seed <= seeds(t, 50); seed++ {
		c := claimingChoice(t, int64(seed), spec, policies.MajoritySide)
		for _, claim := range claimed(c, policies.MajoritySide) {
			if claim.Check != "available" {
				t.Fatalf("no test knows when %s holds", claim.Check)
			}
		}
		src := majorityScript(int64(seed), c, loss)
		err := runAndJudge(src, func(s *scenarios.Session) error {
			for _, o := range s.Index().Ops() {
				if o.Command.Key() != "y" { // x may wait on the other side
					continue
				}
				asked++
				if o.Result != nil && o.Result.Outcome == model.OKOutcome {
					continue
				}
				if open++; perThousand == 0 {
					return fmt.Errorf("%s's %v at %v, %v: %v", o.Client, o.Command, o.Node, o.At, o.Result)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
	}
	t.Logf("loss %d%%: %d of %d requests had no answer", loss, open, asked)
	if asked == 0 || open*1000 > asked*perThousand {
		t.Errorf("loss %d%%: %d of %d requests had no answer, want at most %d in 1000", loss, open, asked, perThousand)
	}
}

// claimingChoice draws parameters under which the policy claims something of the scope.
func claimingChoice(t *testing.T, seed int64, spec *policies.Spec, of policies.Scope) policies.Choice {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(seed), 0x3a1d))
	for range 10_000 {
		c := randomChoice(r, spec)
		if len(claimed(c, of)) > 0 {
			return c
		}
	}
	t.Fatalf("no parameters make %s claim what its Spec says it does", spec.Name)
	return policies.Choice{}
}

// majorityScript writes a script with random faults up to 2.9 s, a whole cut of a
// minority at 3 s, of one node of three or two of five, and from Within later on a
// steady load on the others for 3 s.
func majorityScript(seed int64, c policies.Choice, loss int) string {
	g := &randomRun{r: rand.New(rand.NewPCG(uint64(seed), 0xcafe)), h: hazards{policies: []string{c.String()}}}
	nodes := []int{3, 3, 5}[g.r.IntN(3)]
	var b strings.Builder
	fmt.Fprintf(&b, "use nodes %d\nuse policy %s\nuse seed %d\nuse store memory\nuse latency %s\nuse loss %d%%\n", nodes, c, seed, g.latency(), loss)
	fmt.Fprintf(&b, "every 150ms from 0s to 2.9s a@n%d SET x w{i}\n", g.node())
	at := 500 * time.Millisecond
	for range g.r.IntN(4) {
		fmt.Fprintf(&b, "at %v %s\n", at, g.fault())
		at += time.Duration(g.r.IntN(600)) * time.Millisecond
	}
	b.WriteString("at 2.9s heal all\n")
	for n := 1; n <= 3; n++ {
		switch {
		case g.down[n]:
			fmt.Fprintf(&b, "restart n%d\n", n)
		case g.stuck[n]:
			fmt.Fprintf(&b, "resume n%d\n", n)
		}
	}
	order := g.r.Perm(nodes)
	out, in := order[:(nodes-1)/2], order[(nodes-1)/2:]
	b.WriteString("at 3s partition")
	for _, n := range out {
		fmt.Fprintf(&b, " n%d", n+1)
	}
	b.WriteString(" | *\n")
	const cut = 3 * time.Second
	from := cut + c.Spec.Within
	for _, n := range in {
		fmt.Fprintf(&b, "every 710ms from %v to %v m%d@n%d SET y n%d-{i}\n", from, from+3*time.Second, n, n+1, n)
		fmt.Fprintf(&b, "every 690ms from %v to %v r%d@n%d GET y\n", from, from+3*time.Second, n, n+1)
	}
	fmt.Fprintf(&b, "at %v end\n", from+15*time.Second)
	return b.String()
}
