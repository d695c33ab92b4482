package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

func openText(t *testing.T, src string, o scenarios.Options) *scenarios.Session {
	t.Helper()
	script, err := scenarios.Parse("test.capsim", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Open(script, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func do(t *testing.T, s *scenarios.Session, at time.Duration, line string) {
	t.Helper()
	if err := s.RunTo(model.Time(at)); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(line); err != nil {
		t.Fatal(err)
	}
}

func finish(t *testing.T, s *scenarios.Session) string {
	t.Helper()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	return trace.Hash(s.Log())
}

const steered = `use store memory
use seed 9
every 300ms from 0s to 3s alice@n1 INCR hits
workload w clients=3 at=n1,n2,n3 rate=40/s keys=3 ops=GET:50%,SET:50% from 500ms to 2500ms
at 1s partition n1 | n2 n3
expect within 9s not diverged
at 2s heal
`

func TestASavedSessionGivesTheSameTrace(t *testing.T) {
	s := openText(t, steered, scenarios.Options{})
	do(t, s, 700*time.Millisecond, "bob@n2 SET cart eggs")
	do(t, s, 1200*time.Millisecond, "policy cp")
	do(t, s, 1200*time.Millisecond, "crash n2")
	do(t, s, 2200*time.Millisecond, "restart n2")
	hash := finish(t, s)
	saved := s.Save()
	again := finish(t, openText(t, saved, scenarios.Options{}))
	if again != hash {
		t.Errorf("the saved script gives another trace:\n%s", saved)
	}
}

func TestAForkHasTheSameHistory(t *testing.T) {
	s := openText(t, steered, scenarios.Options{})
	do(t, s, 1500*time.Millisecond, "bob@n2 SET cart eggs")
	whole := finish(t, s)
	at := s.EventAt(model.Time(1200 * time.Millisecond))
	f, err := s.Fork(at)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for n := 1; n <= at; n++ {
		a, b := trace.AppendEvent(nil, n, s.Log().At(n)), trace.AppendEvent(nil, n, f.Log().At(n))
		if string(a) != string(b) {
			t.Fatalf("event %d of the fork is %s, was %s", n, b, a)
		}
	}
	if f.Log().Len() != at {
		t.Errorf("the fork has %d events at its beginning, want %d", f.Log().Len(), at)
	}
	if finish(t, f) == whole {
		t.Error("the live command after the fork is in it")
	}
}

func TestUndo(t *testing.T) {
	plain := finish(t, openText(t, steered, scenarios.Options{}))
	s := openText(t, steered, scenarios.Options{})
	do(t, s, 1500*time.Millisecond, "bob@n2 SET cart eggs")
	u, err := s.Undo()
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if u.Live() || finish(t, u) != plain {
		t.Error("undoing the one live command does not give the script's own run")
	}
	if again, err := u.Undo(); again != nil || err != nil {
		t.Errorf("undoing nothing gave %v, %v", again, err)
	}
}

func TestAnImpossibleLiveCommandChangesNothing(t *testing.T) {
	s := openText(t, steered, scenarios.Options{})
	do(t, s, 500*time.Millisecond, "crash n1")
	n, saved := s.Log().Len(), s.Save()
	for _, line := range []string{"crash n1", "resume n2", "prtition n1 | n2", "bob@n9 GET x", "at 3s heal"} {
		if err := s.Do(line); err == nil {
			t.Errorf("%s was done", line)
		}
	}
	if s.Log().Len() != n || s.Save() != saved || s.Err() != nil {
		t.Error("a command that was refused left something behind")
	}
}

func TestAnInteractiveRunWaitsForTheAnswer(t *testing.T) {
	s := openText(t, "use store memory\nat 1s ask \"Well?\" yes | *no\nat 2s alice@n1 SET a b\n", scenarios.Options{Interactive: true})
	if err := s.RunTo(model.Time(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	q := s.Question()
	if q == nil || q.Text != "Well?" || q.Right != 1 || s.Now() != model.Time(time.Second) {
		t.Fatalf("at %v the question is %+v", s.Now(), q)
	}
	s.Answer()
	if err := s.RunTo(model.Time(5 * time.Second)); err != nil || s.Question() != nil {
		t.Fatalf("%v, %+v", err, s.Question())
	}
	if s.Now() != model.Time(5*time.Second) {
		t.Errorf("it went on to %v", s.Now())
	}
}

func TestStatementsOfOneInstant(t *testing.T) {
	s := openText(t, `use store memory
at 1s alice@n1 SET a 1
at 1s partition n1 | n2 n3
at 1s alice@n1 SET a 2
at 1s expect reply alice = OK
at 1s heal
at 1s alice@n1 GET a
at 1s expect reply alice = 2
`, scenarios.Options{})
	finish(t, s)
	var got []string
	for _, e := range s.Log().All() {
		switch {
		case e.Kind == trace.Statement:
			got = append(got, e.Text)
		case e.Kind == trace.Send && e.At == model.Time(time.Second), e.Kind == trace.Drop:
			got = append(got, e.Kind.String())
		}
	}
	// The copies of the first write are on the wire when the cut comes, and fall to it.
	want := "alice@n1 SET a 1|send|send|partition n1 | n2 n3|drop|drop|alice@n1 SET a 2|send|drop|send|drop|heal|alice@n1 GET a|"
	if !strings.HasPrefix(strings.Join(got, "|"), want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if s.Exit() != scenarios.ExitOK {
		t.Errorf("expectations: %+v", s.Expectations())
	}
}

// An instant that only statements make is an instant too.
func TestWithinSeesWhatStatementsMake(t *testing.T) {
	s := openText(t, `use store memory
use nodes 1
at 50ms expect within 1s value n1 k = a
at 100ms x@n1 SET k a
at 200ms x@n1 SET k b
at 300ms expect within 100ms value n1 k = c
at 400ms x@n1 SET k c
at 500ms expect within 1s value n1 k = d
at 500ms x@n1 SET k d
at 500ms x@n1 SET k e
at 600ms expect within 1s value n1 k = f
every 100ms from 700ms to 1s x@n1 SET k f
at 2s end
`, scenarios.Options{})
	finish(t, s)
	var got []string
	for _, e := range s.Expectations() {
		got = append(got, e.Finding.Verdict.String())
	}
	// d stood for no whole instant.
	if want := "yes yes no yes"; strings.Join(got, " ") != want {
		t.Errorf("verdicts %v, want %s", got, want)
	}
}

func TestWithinWaitsForAnInstant(t *testing.T) {
	s := openText(t, `use store memory
use latency const(10ms)
at 1s alice@n1 SET a 1
expect diverged a
expect within 10ms converged a
expect within 9ms converged a
at 2s end
`, scenarios.Options{})
	finish(t, s)
	var got []string
	for _, e := range s.Expectations() {
		got = append(got, e.Finding.Verdict.String())
	}
	if want := "yes yes no"; strings.Join(got, " ") != want {
		t.Errorf("verdicts %v, want %s", got, want)
	}
}

func TestALiveWorkloadNeedsANameOfItsOwn(t *testing.T) {
	s := openText(t, "use store memory\nat 4s end\n", scenarios.Options{})
	do(t, s, time.Second, "workload w clients=2 at=n1 rate=20/s keys=2 ops=SET:100% from 1s to 2s")
	if err := s.Do("workload w clients=2 at=n1 rate=20/s keys=2 ops=SET:100% from 1s to 2s"); err == nil {
		t.Error("two workloads have one name")
	}
	hash := finish(t, s)
	if again := finish(t, openText(t, s.Save(), scenarios.Options{})); again != hash {
		t.Error("the saved script gives another trace")
	}
}
