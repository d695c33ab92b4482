package sweep

import (
	"context"
	"testing"

	"capsim/check"
	"capsim/scenarios"
)

func TestShrink(t *testing.T) {
	script, err := scenarios.Parse("x.capsim", []byte(`
use policy ap
use store memory
workload w clients=5 at=n1,n2,n3 rate=50/s keys=3 ops=GET:50%,SET:50% from 0s to 5s
at 1s partition n1 | n2 n3
every 500ms from 1s to 3s loss n2-n3 10%
at 4s heal all
at 6s end
`))
	if err != nil {
		t.Fatal(err)
	}
	_, test, _ := check.Parse([]string{"linearizable"})
	got, err := Shrink(context.Background(), script, 7, Check(test))
	if err != nil || got == nil {
		t.Fatal(got, err)
	}
	t.Logf("%d of %d statements after %d runs: %s\n%s", got.Statements, got.Was, got.Runs, got.Finding.Witness, got.Script)
	// Two operations at different nodes are the least that can contradict an order.
	if got.Statements < 2 || got.Statements > 3 {
		t.Errorf("%d statements are left, want 2 or 3", got.Statements)
	}
	// It reads back as a script, violates the check, and nothing in it can be left out.
	again, err := scenarios.Parse("y.capsim", []byte(got.Script.String()))
	if err != nil {
		t.Fatal(err)
	}
	if !violates(t, again, test) {
		t.Error("the script as printed does not violate the check")
	}
	for i := range again.Statements[:len(again.Statements)-1] {
		less := *again
		less.Statements = append(append([]scenarios.Statement{}, again.Statements[:i]...), again.Statements[i+1:]...)
		if violates(t, &less, test) {
			t.Errorf("%v can be left out", again.Statements[i])
		}
	}
}

func TestShrinkOfWhatHolds(t *testing.T) {
	script, err := scenarios.Parse("x.capsim", []byte("use policy cp\nat 0s a@n1 SET x 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, test, _ := check.Parse([]string{"linearizable"})
	if got, err := Shrink(context.Background(), script, 1, Check(test)); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestShrinkAnExpectation keeps the expectation, in its place.
func TestShrinkAnExpectation(t *testing.T) {
	script, err := scenarios.Parse("x.capsim", []byte(`use policy ap
use store memory
workload w clients=3 at=n1,n2,n3 rate=40/s keys=2 ops=GET:60%,SET:40% from 0s to 2s
at 500ms partition n1 | n2 n3
at 1600ms heal
at 1600ms expect not diverged
at 1600ms crash n3
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Shrink(context.Background(), script, 1, Expectation(script, 6, "expect not diverged"))
	if err != nil || got == nil {
		t.Fatal(got, err)
	}
	if got.Statements != 2 || got.Finding.Verdict != check.No {
		t.Errorf("%d statements are left, want a fault and a write:\n%s", got.Statements, got.Script)
	}
	again, err := scenarios.Parse("y.capsim", []byte(got.Script.String()))
	if err != nil {
		t.Fatal(err)
	}
	run, err := runSeed(context.Background(), again, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if e := run.Expectations(); len(e) != 1 || e[0].Finding.Verdict != check.No {
		t.Errorf("the script as printed: %+v", e)
	}
	if got, err := Shrink(context.Background(), script, 1, Expectation(script, 5, "heal")); got != nil || err != nil {
		t.Errorf("no expectation: %v, %v", got, err)
	}
}

func violates(t *testing.T, s *scenarios.Script, test check.Test) bool {
	t.Helper()
	run, err := runSeed(context.Background(), s, s.Settings.Seed, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	return test(run.History()).Verdict == check.No
}
