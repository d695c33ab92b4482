package scenarios_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// seeds returns how many seeds a torture test runs: few in CI, CAPSIM_SEEDS in the
// long form.
func seeds(t *testing.T, short int) int {
	t.Helper()
	if s := os.Getenv("CAPSIM_SEEDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("CAPSIM_SEEDS: %v", err)
		}
		return n
	}
	return short
}

// torture runs random scripts and judges each; a failure prints the script, to be
// kept under testdata/regressions.
func torture(t *testing.T, short int, h hazards, judge func(s *scenarios.Session) error) {
	t.Helper()
	n := seeds(t, short)
	const batch = 50
	for from := 0; from < n; from += batch {
		t.Run(fmt.Sprintf("from %d", from), func(t *testing.T) {
			t.Parallel()
			for seed := from; seed < min(from+batch, n); seed++ {
				src := randomScript(int64(seed+1), h)
				if err := runAndJudge(src, judge); err != nil {
					t.Errorf("seed %d: %v\n%s", seed+1, err, src)
					return
				}
			}
		})
	}
}

func runAndJudge(src string, judge func(s *scenarios.Session) error) error {
	script, err := scenarios.Parse("random.capsim", []byte(src))
	if err != nil {
		return err
	}
	s, err := scenarios.Open(script, scenarios.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Run(); err != nil {
		return err
	}
	return judge(s)
}

// holds fails if a check says no; a check that can't decide within its budget is no
// failure.
func holds(h *check.History, words ...string) error {
	_, test, err := check.Parse(words)
	if err != nil {
		return err
	}
	if f := test(h); f.Verdict == check.No {
		return fmt.Errorf("%s: no: %s", strings.Join(words, " "), f.Witness)
	}
	return nil
}

func all(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// convergedWithin fails unless no key is diverged d after the faults ended and the
// last write was made.
func convergedWithin(s *scenarios.Session, d time.Duration) error {
	at := quietFrom(s).Add(d)
	if at > s.Now() {
		return nil // clients were busy until the end
	}
	v := s.View(s.EventAt(at))
	for _, k := range v.Keys() {
		if v.Diverged(k) {
			return fmt.Errorf("%s is still diverged at %v, %v after the last fault and write", k, at, d)
		}
	}
	return nil
}

// quietFrom returns when the last fault ended, the last operation was invoked, the last
// write made and the last transaction begun.
func quietFrom(s *scenarios.Session) model.Time {
	at := model.Time(quiet)
	seen := map[model.OpID]bool{}
	for _, e := range s.Log().All() {
		if e.Kind == trace.Invoke || e.Kind == trace.Begin || e.Kind == trace.Wrote && !seen[e.Op] {
			at = max(at, e.At)
			seen[e.Op] = e.Kind == trace.Wrote
		}
	}
	return at
}

func TestTortureCP(t *testing.T) {
	torture(t, 150, hazards{policies: []string{"cp"}}, func(s *scenarios.Session) error {
		h := s.History()
		return all(holds(h, "linearizable"), holds(h, "lost-writes", "=", "0"), convergedWithin(s, 2*time.Second))
	})
}

func TestTortureAP(t *testing.T) {
	torture(t, 150, hazards{policies: []string{"ap"}}, func(s *scenarios.Session) error {
		h := s.History()
		return all(holds(h, "available"), convergedWithin(s, 2*time.Second))
	})
}

func TestTortureSiblings(t *testing.T) {
	torture(t, 150, hazards{policies: []string{"ap conflict=siblings"}}, func(s *scenarios.Session) error {
		h := s.History()
		return all(holds(h, "available"), holds(h, "lost-writes", "=", "0"), convergedWithin(s, 2*time.Second))
	})
}

func TestTortureBASE(t *testing.T) {
	torture(t, 100, hazards{policies: []string{"base"}}, func(s *scenarios.Session) error {
		h := s.History()
		return all(holds(h, "available"), convergedWithin(s, 2*time.Second))
	})
}

func TestTortureBASELosesNoSetOrCounter(t *testing.T) {
	torture(t, 100, hazards{policies: []string{"base"}, lossless: true}, func(s *scenarios.Session) error {
		h := s.History()
		return all(holds(h, "available"), holds(h, "lost-writes", "=", "0"), convergedWithin(s, 2*time.Second))
	})
}

// TestTortureWipes empties disks. Nodes that answer still do and all converge; and
// what is lost is only what the wiped disks alone held, and is said to be.
func TestTortureWipes(t *testing.T) {
	for _, p := range []string{"ap", "ap conflict=siblings", "base"} {
		t.Run(p, func(t *testing.T) {
			torture(t, 60, hazards{policies: []string{p}, wipes: 9}, func(s *scenarios.Session) error {
				return all(holds(s.History(), "available"), convergedWithin(s, 2*time.Second))
			})
		})
	}
	t.Run("siblings lose by wipe alone", func(t *testing.T) {
		torture(t, 60, hazards{policies: []string{"ap conflict=siblings"}, wipes: 9}, lostByWipeAlone)
	})
	t.Run("cp, one disk", func(t *testing.T) {
		torture(t, 60, hazards{policies: []string{"cp"}, wipes: 1}, func(s *scenarios.Session) error {
			h := s.History()
			return all(holds(h, "linearizable"), holds(h, "lost-writes", "=", "0"), convergedWithin(s, 2*time.Second))
		})
	})
	t.Run("ca, one disk", func(t *testing.T) { // what only a wiped coordinator had decided is in doubt for ever
		torture(t, 60, hazards{policies: []string{"ca"}, wipes: 1}, func(s *scenarios.Session) error {
			return all(holds(s.History(), "linearizable"), lostByWipeAlone(s))
		})
	})
	t.Run("cp, several disks", func(t *testing.T) {
		torture(t, 60, hazards{policies: []string{"cp"}, wipes: 9}, lostByWipeAlone)
	})
}

func lostByWipeAlone(s *scenarios.Session) error {
	if err := holds(s.History(), "lost-writes", "=", "0"); err != nil && !strings.Contains(err.Error(), "the disk was wiped") {
		return err
	}
	return nil
}
