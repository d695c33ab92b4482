package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/labs"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// measureOf returns what a check that measures says of a run.
func measureOf(t testing.TB, s *scenarios.Session, words string) check.Finding {
	t.Helper()
	_, test, err := check.Parse(strings.Fields(words))
	if err != nil {
		t.Fatal(err)
	}
	return test(s.History())
}

// isYes fails unless a check says yes.
func isYes(h *check.History, words string) error {
	_, test, err := check.Parse(strings.Fields(words))
	if err != nil {
		return err
	}
	if f := test(h); f.Verdict != check.Yes {
		return fmt.Errorf("%s: %v: %s", words, f.Verdict, f.Witness)
	}
	return nil
}

// allYes fails unless all checks say yes.
func allYes(s *scenarios.Session, checks ...string) error {
	for _, words := range checks {
		if err := isYes(s.History(), words); err != nil {
			return err
		}
	}
	return nil
}

// everWhole fails if at any moment some part of a transaction was to be seen without the
// others: the verdict is asked for after every event that says something of one.
func everWhole(s *scenarios.Session) error {
	for n, e := range s.Log().All() {
		switch e.Kind {
		case trace.Effect, trace.Commit, trace.Abort, trace.Relinquish:
			h := check.NewHistory(s.Log(), s.Index(), nil, check.Options{Until: n})
			if err := holds(h, "atomic"); err != nil {
				return err
			}
		}
	}
	return nil
}

// txScript writes a script of one order before the lines given.
func txScript(by string, nodes int, seed int64, lines ...string) string {
	return fmt.Sprintf("use nodes %d\nuse policy transactions %s\nuse seed %d\nuse store memory\nuse latency uniform(5ms, 20ms)\n", nodes, by, seed) +
		"at 0s shop@n1 STOCK lamp 9\nat 0.1s bob@n2 ORDER o0 lamp 1\n" + strings.Join(lines, "\n") + "\n"
}

// instants returns the distinct instants of a run's events from one on, up to another.
func instants(t *testing.T, src string, from, to time.Duration) []time.Duration {
	t.Helper()
	var out []time.Duration
	err := runAndJudge(src, func(s *scenarios.Session) error {
		for _, e := range s.Log().All() {
			if at := time.Duration(e.At); at >= from && at <= to && (len(out) == 0 || out[len(out)-1] != at) {
				out = append(out, at)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// txJudge judges a run at whose end all nodes are up.
// Each crash costs those who are up, at most, the silence that they wait out and two rounds.
func txJudge(by string, crashes int) func(s *scenarios.Session) error {
	return func(s *scenarios.Session) error {
		if err := allYes(s, "atomic", "decided", "exactly-once", "balanced", "mutual-exclusion"); err != nil {
			return err
		}
		switch by {
		case "by=2pc", "by=2pc termination=cooperative":
			return everWhole(s)
		case "by=3pc":
			return all(everWhole(s), isYes(s.History(), fmt.Sprintf("blocked < %ds", 2*crashes)))
		}
		return nil
	}
}

var txWays = []string{"by=2pc", "by=2pc termination=cooperative", "by=3pc", "by=outbox"}

// midway writes the crash of a node in the midst of sending: of what it has on the wire, that
// to the nodes of the mask is lost. The model's steps are atomic, so this alone is what Skeen's
// sites do when they fail between two sends.
func midway(at time.Duration, node, nodes, mask int) string {
	var b strings.Builder
	for n := 1; n <= nodes; n++ {
		if n != node && mask>>(n-1)&1 == 1 {
			fmt.Fprintf(&b, "at %v cut n%d->n%d\n", at, node, n)
		}
	}
	fmt.Fprintf(&b, "at %v crash n%d\n", at, node)
	for n := 1; n <= nodes; n++ {
		if n != node && mask>>(n-1)&1 == 1 {
			fmt.Fprintf(&b, "at %v heal n%d-n%d\n", at, node, n)
		}
	}
	return strings.TrimSpace(b.String())
}

// TestTransactionsCrashAtEveryInstant crashes each node after each instant of an order, with
// each choice of what it has on the wire lost, and restarts it later: while the others still
// work on it, or long after. Short, it takes a part of them.
func TestTransactionsCrashAtEveryInstant(t *testing.T) {
	part := 5
	if os.Getenv("CAPSIM_SEEDS") != "" {
		part = 1
	}
	for _, by := range txWays {
		for _, nodes := range []int{3, 4} {
			t.Run(fmt.Sprintf("%s nodes=%d", by, nodes), func(t *testing.T) {
				t.Parallel()
				order := fmt.Sprintf("at 1s alice@n%d ORDER o1 lamp 1", nodes) // of 3 the coordinator has a part
				runs, drawn := 0, 0
				for _, at := range instants(t, txScript(by, nodes, 7, order, "at 5s end"), time.Second, 1500*time.Millisecond) {
					for n := 1; n <= nodes; n++ {
						for mask := range 1 << nodes {
							for _, back := range []time.Duration{30 * time.Millisecond, 300 * time.Millisecond, 4 * time.Second} {
								if drawn++; mask>>(n-1)&1 == 1 || drawn%part != 0 {
									continue
								}
								src := txScript(by, nodes, 7, order, midway(at, n, nodes, mask), fmt.Sprintf("at %v restart n%d", at+back, n), "at 10s end")
								if err := runAndJudge(src, txJudge(by, 1)); err != nil {
									t.Fatalf("%v\n%s", err, src)
								}
								runs++
							}
						}
					}
				}
				if t.Logf("%d runs", runs); runs < 10 {
					t.Errorf("only %d runs", runs)
				}
			})
		}
	}
}

// someMask draws whose messages are lost: nobody's, everybody's, or anybody's.
func someMask(r *rand.Rand, nodes int) int {
	return []int{0, 1<<nodes - 1, r.IntN(1 << nodes)}[r.IntN(3)]
}

// TestTransactionsTwoCrashes crashes two nodes, each after any instant of an order, those that
// the first crash leads to included. Short, it draws some of them.
func TestTransactionsTwoCrashes(t *testing.T) {
	part := 40
	if os.Getenv("CAPSIM_SEEDS") != "" {
		part = 1
	}
	for _, by := range txWays {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 0x2c))
			const nodes, order = 4, "at 1s alice@n4 ORDER o1 lamp 1"
			runs := 0
			for _, first := range instants(t, txScript(by, nodes, 8, order, "at 5s end"), time.Second, 1200*time.Millisecond) {
				for a := 1; a <= nodes; a++ {
					crash := midway(first, a, nodes, someMask(r, nodes))
					for _, second := range instants(t, txScript(by, nodes, 8, order, crash, "at 5s end"), first, 3*time.Second) {
						b := 1 + (a+r.IntN(nodes-1))%nodes
						if r.IntN(part) > 0 || a == b {
							continue
						}
						back := "at 6s restart n%d"
						src := txScript(by, nodes, 8, order, crash, midway(second, b, nodes, someMask(r, nodes)), fmt.Sprintf(back, a), fmt.Sprintf(back, b), "at 13s end")
						if err := runAndJudge(src, txJudge(by, 2)); err != nil {
							t.Fatalf("%v\n%s", err, src)
						}
						runs++
					}
				}
			}
			t.Logf("%d runs", runs)
		})
	}
}

// crashScript draws crashes and restarts at random, of all nodes but one that has a part,
// under latencies of at most 100 ms.
func crashScript(seed int64, by string) string {
	r := rand.New(rand.NewPCG(uint64(seed), 0xc4a5))
	nodes := 3 + r.IntN(3)
	whole := 1 + r.IntN(3)
	var b strings.Builder
	latency := []string{"lognormal(10ms, 0.3)", "const(1ms)", "uniform(0ms, 100ms)", "const(50ms)"}[r.IntN(4)]
	fmt.Fprintf(&b, "use nodes %d\nuse policy transactions %s\nuse seed %d\nuse store memory\nuse latency %s\nat 0s shop@n1 STOCK lamp 1000\nat 0s shop STOCK chair 3\nat 0.5s shop ORDER o99 lamp 1\n", nodes, by, seed, latency)
	at, down := time.Second, map[int]bool{}
	for i := range 20 {
		at += time.Duration(r.Int64N(int64(400 * time.Millisecond)))
		switch n := 1 + r.IntN(nodes); {
		case r.IntN(2) == 0 && n != whole:
			if down[n] = !down[n]; down[n] {
				b.WriteString(midway(at, n, nodes, someMask(r, nodes)) + "\n")
			} else {
				fmt.Fprintf(&b, "at %v restart n%d\n", at, n)
			}
		default:
			fmt.Fprintf(&b, "at %v c%d@n%d ORDER o%d %s 1\n", at, n, n, i, []string{"lamp", "lamp", "chair"}[r.IntN(3)])
		}
	}
	for n := 1; n <= nodes; n++ {
		if down[n] {
			fmt.Fprintf(&b, "at %v restart n%d\n", at+5*time.Second, n)
		}
	}
	fmt.Fprintf(&b, "at %v end\n", at+12*time.Second)
	return b.String()
}

// TestTransactionsThreePhaseNeverBlocks crashes and restarts nodes at random, one with a part
// left alone: nobody that is up stays in doubt for long, and all decide the same.
func TestTransactionsThreePhaseNeverBlocks(t *testing.T) {
	worst, committed, ended := time.Duration(0), 0, 0
	for seed := int64(1); seed <= int64(seeds(t, 150)); seed++ {
		src := crashScript(seed, "by=3pc")
		err := runAndJudge(src, func(s *scenarios.Session) error {
			f := measureOf(t, s, "blocked < 4s")
			worst = max(worst, f.Value.(time.Duration))
			for _, e := range s.Log().All() {
				if e.Kind == trace.Commit {
					committed++
				}
				if e.Kind == trace.Metric && e.Text == "tx.terminations" {
					ended += int(e.N)
				}
			}
			return all(everWhole(s), allYes(s, "blocked < 4s", "atomic", "decided", "exactly-once", "balanced", "mutual-exclusion"))
		})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
	}
	t.Logf("in doubt for %v at most; %d commits, %d ended without their coordinator", worst, committed, ended)
	if committed == 0 || ended == 0 {
		t.Error("nothing was tried")
	}
}

// TestTransactionsOutboxTorture holds messages and compensations against all faults but wiped
// disks, with few tries and little credit, so that much is refused and becomes a dead letter.
func TestTransactionsOutboxTorture(t *testing.T) {
	dead, refused, again := 0, 0, 0
	for seed := int64(1); seed <= int64(seeds(t, 150)); seed++ {
		c, err := labs.Catalog.Choose(strings.Fields(fmt.Sprintf("transactions by=outbox tries=%d credit=%d retry=%dms", seed%4, 3+seed%3*20, 50+seed%2*50)))
		if err != nil {
			t.Fatal(err)
		}
		src, held := labScript(seed, c)
		if held["wipe"] {
			continue
		}
		if err := runAndJudge(src, func(s *scenarios.Session) error {
			var began model.Time
			for _, e := range s.Log().All() {
				switch {
				case e.Kind == trace.Begin:
					began = e.At
				case e.Kind == trace.Metric && e.Text == "tx.dead":
					dead += int(e.N)
				case e.Kind == trace.Metric && e.Text == "tx.duplicates":
					again += int(e.N)
				case e.Kind == trace.Abort:
					refused++
				}
			}
			for _, words := range []string{"exactly-once", "atomic", "decided", "balanced"} {
				if words != "exactly-once" && s.Now().Sub(began) < c.Spec.Within {
					break // a client was busy for so long that its order came at the end
				}
				if err := holds(s.History(), strings.Fields(words)...); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
	}
	t.Logf("%d orders compensated, %d dead letters, %d duplicates made harmless", refused, dead, again)
	if dead == 0 || refused == 0 || again == 0 {
		t.Error("nothing was tried")
	}
}

// TestTransactionsWhatEachGivesUp: under the same crashes two-phase commit blocks, and under
// random cuts three-phase commit splits and two-phase commit does not.
func TestTransactionsWhatEachGivesUp(t *testing.T) {
	blocked, split := 0, 0
	n := int64(seeds(t, 60))
	for seed := int64(1); seed <= n; seed++ {
		if err := runAndJudge(crashScript(seed, "by=2pc"), func(s *scenarios.Session) error {
			if measureOf(t, s, "blocked > 2s").Verdict == check.Yes {
				blocked++
			}
			return all(everWhole(s), allYes(s, "atomic", "decided", "exactly-once", "balanced"))
		}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		r := rand.New(rand.NewPCG(uint64(seed), 0x5911))
		cut := fmt.Sprintf("at %v partition n%d n4 | *", time.Second+time.Duration(r.Int64N(int64(80*time.Millisecond))), 1+r.IntN(3))
		for _, by := range []string{"by=2pc", "by=3pc"} {
			src := txScript(by, 4, seed, "at 1s alice@n4 ORDER o1 lamp 1", cut, "at 5s heal", "at 9s end")
			if err := runAndJudge(src, func(s *scenarios.Session) error {
				if by == "by=3pc" && measureOf(t, s, "atomic").Verdict == check.No {
					split++
				}
				if by == "by=2pc" {
					return all(everWhole(s), allYes(s, "atomic", "decided", "balanced"))
				}
				return isYes(s.History(), "decided")
			}); err != nil {
				t.Fatalf("%v\n%s", err, src)
			}
		}
	}
	t.Logf("of %d runs, two-phase commit blocks in %d, three-phase commit splits in %d", n, blocked, split)
	if blocked == 0 || split == 0 {
		t.Error("what is given up is not to be seen")
	}
}
