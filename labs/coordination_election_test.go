package labs_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"capsim/scenarios"
	"capsim/trace"
)

// TestOneLeaderAtATime: candidates who are cut off, crash, run by clocks that drift and hear
// everything late never lead at once: each stops before its session can end. Pauses are
// left out: who stands still can't stop.
func TestOneLeaderAtATime(t *testing.T) {
	led, handed := 0, 0
	for seed := range zkSeeds(t) {
		src := electionScript(uint64(seed))
		script, err := scenarios.Parse("election.capsim", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		s, err := scenarios.Open(script, scenarios.Options{Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(); err != nil {
			t.Fatal(err)
		}
		holder := ""
		for _, e := range s.Log().All() {
			if e.Kind == trace.Acquire {
				led++
				if holder != "" && holder != e.Text {
					handed++
				}
				holder = e.Text
			}
		}
		if rep := s.Report(); rep.Exit != 0 {
			t.Fatalf("seed %d: %+v\n%s", seed, rep.Expectations, src)
		}
		s.Close()
	}
	if handed == 0 {
		t.Errorf("nobody ever led after another")
	}
	t.Logf("led %d times, %d of them after another", led, handed)
}

func electionScript(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0xe1))
	var b strings.Builder
	fmt.Fprintf(&b, "use policy coordination session=%s\nuse seed %d\nuse store memory\nuse latency %s\n",
		[]string{"2s", "1s"}[r.IntN(2)], seed, []string{"const(5ms)", "uniform(0ms, 60ms)"}[r.IntN(2)])
	candidates := []string{"alice", "bob", "dora", "c1"}
	for _, c := range candidates[:3] {
		fmt.Fprintf(&b, "client %s remote\n", c)
	}
	for _, c := range candidates[:3] {
		fmt.Fprintf(&b, "at 0s drift %s %dppm\n", c, r.IntN(200_000)-100_000)
	}
	down := map[string]bool{}
	for _, c := range candidates {
		fmt.Fprintf(&b, "at 100ms %s@n%d ELECT /leader\n", c, 1+r.IntN(3))
	}
	for at := 200; at < 12000; at += r.IntN(300) {
		host := []string{"n1", "n2", "n3", "alice", "bob", "dora"}[r.IntN(6)]
		c := candidates[r.IntN(3)]
		n := 1 + r.IntN(3)
		switch r.IntN(12) {
		case 0:
			fmt.Fprintf(&b, "at %dms partition %s | *\n", at, c)
			at += r.IntN(3000) // long enough for another to follow
		case 1:
			fmt.Fprintf(&b, "at %dms partition n%d %s | *\n", at, n, c)
		case 2:
			fmt.Fprintf(&b, "at %dms cut n%d->%s%s\n", at, n, c, []string{"", " hold"}[r.IntN(2)])
		case 3:
			fmt.Fprintf(&b, "at %dms cut n%d->n%d%s\n", at, n, n%3+1, []string{"", " hold"}[r.IntN(2)])
		case 4:
			fmt.Fprintf(&b, "at %dms delay %s +%dms\n", at, []string{"*-*", c + "-n1"}[r.IntN(2)], 1+r.IntN(200))
		case 5:
			if down[host] = !down[host]; down[host] {
				fmt.Fprintf(&b, "at %dms crash %s\n", at, host)
			} else {
				fmt.Fprintf(&b, "at %dms restart %s\n", at, host)
			}
		case 6, 7:
			fmt.Fprintf(&b, "at %dms heal all\n", at)
		default:
			fmt.Fprintf(&b, "at %dms %s@n%d ELECT /leader\n", at, candidates[r.IntN(4)], n)
		}
	}
	b.WriteString("expect at end mutual-exclusion\nat 15s end\n")
	return b.String()
}
