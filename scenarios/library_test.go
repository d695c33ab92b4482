package scenarios_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"capsim/check"
	"capsim/cluster"
	"capsim/labs"
	"capsim/scenarios"
)

// runLesson runs a script of the library and returns its report.
func runLesson(t *testing.T, item scenarios.Item, with ...string) scenarios.Report {
	t.Helper()
	var over []scenarios.Override
	for _, w := range with {
		over = append(over, scenarios.Override{From: "test", Text: w})
	}
	script, err := scenarios.ParseWith(item.File, item.Source, over...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Open(script, scenarios.Options{Run: "test-" + item.Name})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	return s.Report()
}

// TestLessonsHold runs each lesson on every kind of store, several times: all that
// it expects holds, and every run gives one hash.
func TestLessonsHold(t *testing.T) {
	stores := []string{"memory", "miniredis", "spawn"}
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CAPSIM_REQUIRE_REDIS") != "" {
			t.Fatal("redis-server is missing: apt-get install redis-server")
		}
		stores = stores[:2]
	}
	runs := map[string]int{"memory": 5, "miniredis": 3, "spawn": 1}
	if os.Getenv("CAPSIM_SEEDS") != "" {
		runs = map[string]int{"memory": 10, "miniredis": 10, "spawn": 10}
	}
	for _, item := range scenarios.Library() {
		t.Run(item.Name, func(t *testing.T) {
			hash := ""
			large := nodesOf(t, item) > cluster.MaxNodes
			for _, store := range stores {
				if large && store != "memory" {
					continue // more nodes than there are stores
				}
				for range runs[store] {
					rep := runLesson(t, item, "store "+store)
					for _, e := range rep.Expectations {
						if e.Verdict != "yes" {
							t.Errorf("%s:%d: %s: %s: %s", item.File, e.Line, e.Text, e.Verdict, e.Witness)
						}
					}
					if hash == "" {
						hash = rep.SHA256
					}
					if rep.SHA256 != hash || hash == "" {
						t.Fatalf("%s gives %s, the first run gave %s", store, rep.SHA256, hash)
					}
				}
			}
		})
	}
}

// nodesOf returns how many nodes a lesson has.
func nodesOf(t *testing.T, item scenarios.Item) int {
	t.Helper()
	script, err := scenarios.Parse(item.File, item.Source)
	if err != nil {
		t.Fatal(err)
	}
	return script.Settings.Nodes
}

// TestTheProof runs the theorem's proof under policies on either side of it.
func TestTheProof(t *testing.T) {
	item, err := scenarios.Find("cap-proof")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ policy, linearizable, available string }{
		{"ap", "no", "yes"},
		{"ap conflict=siblings", "no", "yes"},
		{"base", "no", "yes"},
		{"cp", "yes", "no"},
	} {
		rep := runLesson(t, item, "policy "+c.policy, "store memory")
		if got := rep.Verdicts["linearizable"].Verdict; got != c.linearizable {
			t.Errorf("%s: linearizable %s (%s)", c.policy, got, rep.Verdicts["linearizable"].Witness)
		}
		if got := rep.Verdicts["available"].Verdict; got != c.available {
			t.Errorf("%s: available %s (%s)", c.policy, got, rep.Verdicts["available"].Witness)
		}
		if got := rep.Verdicts["converged"].Verdict; got != "yes" {
			t.Errorf("%s: converged %s (%s)", c.policy, got, rep.Verdicts["converged"].Witness)
		}
		if rep.Exit != 0 {
			t.Errorf("%s: exit %d: %+v", c.policy, rep.Exit, rep.Expectations)
		}
	}
}

// TestSpecsNameWhatExists holds every policy's claims and what it gives up against the
// list of checks and the library.
func TestSpecsNameWhatExists(t *testing.T) {
	for _, spec := range labs.Catalog {
		for _, c := range spec.Claims {
			if _, _, err := check.Parse(strings.Fields(c.Check)); err != nil {
				t.Errorf("%s claims %s: %v", spec.Name, c.Check, err)
			}
		}
		for _, g := range spec.GivesUp {
			if g.Scenario == "" {
				t.Errorf("%s gives up %s, and no scenario shows it", spec.Name, g.What)
			} else if _, err := scenarios.Find(g.Scenario); err != nil {
				t.Errorf("%s gives up %s: %v", spec.Name, g.What, err)
			}
		}
	}
}
