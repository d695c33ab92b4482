package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/scenarios"
	"capsim/trace"
)

// txRun runs a script of four nodes at 10 ms a message; n4, which owns no part, coordinates
// alice's order of one second.
func txRun(t *testing.T, by string, judge func(s *scenarios.Session) error, lines ...string) {
	t.Helper()
	src := fmt.Sprintf("use nodes 4\nuse policy transactions %s\nuse store memory\nuse latency const(10ms)\nat 0s shop@n1 STOCK lamp 9\nat 1s alice@n4 ORDER o1 lamp 1\n%s\n",
		by, strings.Join(lines, "\n"))
	if err := runAndJudge(src, judge); err != nil {
		t.Errorf("%v\n%s", err, src)
	}
}

// outcomes lists what became of the order, by node: "n1 commit".
func outcomes(s *scenarios.Session) string {
	var out []string
	for _, e := range s.Log().All() {
		if e.Kind == trace.Commit || e.Kind == trace.Abort {
			out = append(out, fmt.Sprintf("%v %v", e.Node, e.Kind))
		}
	}
	return strings.Join(out, ", ")
}

// What is in the log of a coordinator that has decided, and what is not of one that has
// aborted: presumed abort.
func TestTransactionsLog(t *testing.T) {
	txRun(t, "by=2pc credit=5", func(s *scenarios.Session) error {
		logged := map[string]bool{}
		for _, e := range s.Log().All() {
			if e.Kind == trace.Applied && e.Node == 4 && e.Record() != nil && strings.HasPrefix(e.Key, "log:") {
				logged[e.Key] = true
			}
		}
		if !logged["log:o1@n4"] || logged["log:o2@n4"] {
			t.Errorf("n4's log had %v", logged)
		}
		return allYes(s, "atomic", "decided", "reply alice = COMMITTED", "reply bob error OUTOFSTOCK", "reply cat error DECLINED", "reply dan = COMMITTED")
	}, "at 2s bob@n4 ORDER o2 lamp 90", "at 2.6s cat@n4 ORDER o3 lamp 6 brass", "at 3s dan@n4 ORDER o1 lamp 1", "at 4s end")
}

// An order that its node knows is not done again, whatever became of it.
func TestTransactionsOrderOnce(t *testing.T) {
	for _, by := range []string{"by=2pc", "by=3pc", "by=outbox"} {
		txRun(t, by, func(s *scenarios.Session) error {
			return allYes(s, "exactly-once", "value n1 stock:lamp = 8", "lock-time p100 < 1s")
		}, "at 2s bob@n4 ORDER o1 lamp 1", "at 2.1s bob@n4 ORDER o1 lamp 5", "at 3s end")
	}
}

// The precommit of n4 reaches n1 alone. n1 leads, and crashes in the midst of telling what it
// decided: the others must come to the same, which they can for they were told that they may
// commit before n1 did.
func TestTransactionsLeaderCrashesAsItDecides(t *testing.T) {
	first := midway(1020*time.Millisecond, 4, 4, 0b0110)
	var at time.Duration
	txRun(t, "by=3pc", func(s *scenarios.Session) error {
		for _, e := range s.Log().All() {
			if e.Kind == trace.Note && e.Text == "tx.terminated" {
				at = time.Duration(e.At)
			}
		}
		return nil
	}, first, "at 4s end")
	if at == 0 {
		t.Fatal("n1 never decided")
	}
	for back := range 40 {
		crash := at - time.Duration(back)*10*time.Millisecond
		txRun(t, "by=3pc", func(s *scenarios.Session) error {
			if got := outcomes(s); strings.Contains(got, "abort") && strings.Contains(got, "commit") {
				t.Errorf("n1 crashes at %v: %s", crash, got)
			}
			return allYes(s, "atomic", "decided", "balanced")
		}, first, midway(crash, 1, 4, 0b1111), "at 6s restart n1", "at 6s restart n4", "at 9s end")
	}
}

// n3 crashes after its vote, the others commit without it and crash too. Back alone it knows
// nothing, and may decide nothing: it waits for them.
func TestTransactionsWhoWasAwayDecidesNothing(t *testing.T) {
	txRun(t, "by=3pc", func(s *scenarios.Session) error {
		if got := outcomes(s); strings.Contains(got, "abort") || strings.Count(got, "commit") != 4 {
			t.Errorf("outcomes: %s", got)
		}
		return allYes(s, "atomic", "decided", "blocked > 2s")
	}, "at 1.015s crash n3", "at 2.5s crash n1", "at 2.5s crash n2", "at 2.5s crash n4", "at 2.6s restart n3",
		"at 5s restart n1", "at 5s restart n2", "at 5s restart n4", "at 8s end")
}

// All crash with their votes given, and come back: then nobody can have decided unknown to
// them, and they end it.
func TestTransactionsTotalFailure(t *testing.T) {
	for _, at := range []string{"1.015s", "1.025s", "1.035s"} {
		var lines []string
		for _, what := range []string{"at " + at + " crash n%d", "at 3s restart n%d"} {
			for n := 1; n <= 4; n++ {
				lines = append(lines, fmt.Sprintf(what, n))
			}
		}
		txRun(t, "by=3pc", func(s *scenarios.Session) error {
			return allYes(s, "atomic", "decided", "balanced", "blocked < 3s")
		}, append(lines, "at 8s end")...)
	}
}

// A participant that has not voted ends what the coordinator can't any more, if it is asked.
func TestTransactionsCooperativeTermination(t *testing.T) {
	for by, want := range map[string]check.Verdict{"by=2pc": check.No, "by=2pc termination=cooperative": check.Yes} {
		txRun(t, by, func(s *scenarios.Session) error {
			if f := measureOf(t, s, "decided"); f.Verdict != want {
				t.Errorf("%s: decided: %v: %s", by, f.Verdict, f.Witness)
			}
			return holds(s.History(), "atomic")
		}, midway(1005*time.Millisecond, 4, 4, 0b0100), "at 5s end") // n3 is never asked
	}
}

// Three-phase commit splits under a partition, and two-phase commit does not.
func TestTransactionsPartition(t *testing.T) {
	for by, want := range map[string]check.Verdict{"by=2pc": check.Yes, "by=3pc": check.No} {
		txRun(t, by, func(s *scenarios.Session) error {
			if f := measureOf(t, s, "atomic"); f.Verdict != want {
				t.Errorf("%s: atomic: %v: %s", by, f.Verdict, f.Witness)
			}
			return nil
		}, "at 1.025s partition n4 n1 | n2 n3", "at 4s heal", "at 8s end")
	}
}

// What the lesson on sagas says of the cost of an order that goes through.
func TestTransactionsCost(t *testing.T) {
	for _, c := range []struct{ by, messages, latency, locked string }{
		{"by=2pc", "12", "20ms", "20ms"},
		{"by=3pc", "18", "40ms", "40ms"},
		{"by=outbox", "6", "0s", "0s"},
	} {
		txRun(t, c.by, func(s *scenarios.Session) error {
			return allYes(s, "atomic", "decided", "messages = "+c.messages, "latency p100 = "+c.latency, "lock-time p50 = "+c.locked, "lock-time p100 = "+c.locked)
		}, "at 4s end")
	}
}

// Consumers that remember nothing double what comes twice; those that remember don't, under
// the same faults.
func TestTransactionsIdempotence(t *testing.T) {
	for by, want := range map[string]check.Verdict{"by=outbox idempotent=off": check.No, "by=outbox": check.Yes} {
		txRun(t, by, func(s *scenarios.Session) error {
			if f := measureOf(t, s, "exactly-once"); f.Verdict != want {
				t.Errorf("%s: exactly-once: %v: %s", by, f.Verdict, f.Witness)
			}
			return allYes(s, "decided", "atomic")
		}, "at 1s cut n1->n4", "at 1.35s heal", "at 4s end")
	}
}

// Hostile names and numbers are refused where they are read.
func TestTransactionsErrors(t *testing.T) {
	for line, says := range map[string]string{
		"ORDER o1 lamp":                      "ORDER id item n [card]",
		"ORDER o1 lamp 0":                    "a number from 1 to 1000000",
		"ORDER o1 lamp -3":                   "a number from 1 to 1000000",
		"ORDER o1 lamp 99999999999999999999": "a number from 1 to 1000000",
		"ORDER 'o 1' lamp 1":                 "a name of letters",
		"ORDER o1 lamp:x 1":                  "a name of letters",
		"ORDER o1 lamp 1 \"\\x00\"":          "a name of letters",
		"STATUS " + strings.Repeat("o", 33):  "at most 32",
		"STOCK lamp many":                    "a number from 1 to 1000000",
		"DEADLETTERS all":                    "DEADLETTERS",
	} {
		_, err := scenarios.Parse("tx.capsim", []byte("use policy transactions\nat 0s alice@n1 "+line+"\n"))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
