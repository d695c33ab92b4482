package scenarios_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/model"
	"capsim/policies"
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

// quietFrom returns when the last fault ended, the last operation was invoked and the
// last write made.
func quietFrom(s *scenarios.Session) model.Time {
	at := model.Time(quiet)
	seen := map[model.OpID]bool{}
	for _, e := range s.Log().All() {
		if e.Kind == trace.Invoke || e.Kind == trace.Wrote && !seen[e.Op] {
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

// TestTortureToggles toggles between policies under faults: every claim is judged
// for its stretch, and a write that every node held when the policy was switched
// is never lost.
func TestTortureToggles(t *testing.T) {
	h := hazards{policies: []string{"ap", "cp", "base", "ap conflict=siblings", "cp"}}
	judge := func(s *scenarios.Session) error {
		return all(keepsConverged(s), stretchesHold(s), lastConverges(s))
	}
	for _, seed := range toggleSeeds {
		if err := runAndJudge(randomScript(seed, h), judge); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	torture(t, 150, h, judge)
}

// toggleSeeds once failed. 114: an operation on two keys had lost one of them before
// the toggle. 3399, 8640: a write that had ended unknown while cp was being installed
// took effect later, and the judge did not count with it. 9496: a tombstone is a
// sibling too, and one of two siblings gives way when cp begins. 4566, 6241: so is a
// register beside a counter that stands on another.
var toggleSeeds = []int64{114, 3399, 4566, 6241, 8640, 9496}

func stretchesHold(s *scenarios.Session) error {
	h := s.History()
	for _, st := range h.Stretches() {
		c, err := policies.Choose(strings.Fields(st.Choice))
		if err != nil {
			return err
		}
		for _, claim := range claimed(c, policies.AnyRun) {
			if st.From == 0 {
				continue
			}
			switch claim.Check {
			case "linearizable":
				if f := check.LinearizableFrom(h.Upto(st.To), st.From); f.Verdict == check.No {
					return fmt.Errorf("stretch %d (%s): %s", st.N, st.Choice, f.Witness)
				}
			case "lost-writes = 0":
				if err := keepsItsOwn(s, h.Upto(st.To), st); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// keepsItsOwn fails if a write that was asked for in the stretch is lost at its end.
func keepsItsOwn(s *scenarios.Session, h *check.History, st check.Stretch) error {
	_, test, err := check.Parse([]string{"lost-writes", "=", "0"})
	if err != nil {
		return err
	}
	for _, op := range test(h).Ops {
		if s.Index().Op(op).Invoked >= st.From {
			return fmt.Errorf("stretch %d (%s): operation %d of it is lost: %s", st.N, st.Choice, op, test(h).Witness)
		}
	}
	return nil
}

// lastConverges judges what the last policy claims of the quiet after the faults.
func lastConverges(s *scenarios.Session) error {
	stretches := s.History().Stretches()
	c, err := policies.Choose(strings.Fields(stretches[len(stretches)-1].Choice))
	if err != nil || len(claimed(c, policies.Quiet)) == 0 {
		return err
	}
	if err := convergedWithin(s, c.Spec.Within); err != nil {
		return fmt.Errorf("%v claims that all converge: %w", c, err)
	}
	return nil
}

// keepsConverged fails if a write that was the one value of every node at a toggle
// is lost in the stretch that begins there.
func keepsConverged(s *scenarios.Session) error {
	_, test, err := check.Parse([]string{"lost-writes", "=", "0"})
	if err != nil {
		return err
	}
	h := s.History()
	for _, st := range h.Stretches()[1:] {
		lost := test(h.Upto(st.To))
		if lost.Verdict != check.No {
			continue
		}
		v := s.View(st.Start - 1)
		for _, k := range v.Keys() {
			for _, op := range heldEverywhere(v, k) {
				// An operation on two keys may have lost the other one before.
				if len(s.Index().Op(op).Command.Keys()) == 1 && slices.Contains(lost.Ops, op) {
					return fmt.Errorf("operation %d was held by all nodes when the policy was switched (#%d), and is lost: %s", op, st.Start, lost.Witness)
				}
			}
		}
	}
	return nil
}

// heldEverywhere lists the writes of a key that every node's disk holds and that
// make one value.
func heldEverywhere(v *trace.View, key string) []model.OpID {
	var ops []model.OpID
	for i := range v.Nodes {
		c := v.Cell(v.Nodes[i].ID, key)
		if c == nil || c.Last == nil || len(c.Last.Values()) > 1 || registers(c.Last) > 1 {
			return nil
		}
		mine := c.Last.Ops()
		if i == 0 {
			ops = mine
			continue
		}
		ops = slices.DeleteFunc(ops, func(op model.OpID) bool { return !slices.Contains(mine, op) })
	}
	return ops
}

// registers counts the siblings of a record, tombstones among them.
func registers(rec *model.Record) int {
	n := 0
	for _, h := range rec.Heads {
		if h.Kind == model.Put || h.Kind == model.Delete {
			n++
		}
	}
	return n
}
