package scenarios_test

import (
	"os"
	"path/filepath"
	"testing"

	"capsim/scenarios"
)

// TestRegressions runs the scripts that once showed a fault, each with a sentence
// on what it showed.
func TestRegressions(t *testing.T) {
	files, err := filepath.Glob("testdata/regressions/*.capsim")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d regressions: %v", len(files), err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			script, err := scenarios.Parse(path, src)
			if err != nil {
				t.Fatal(err)
			}
			s, err := scenarios.Open(script, scenarios.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Run(); err != nil {
				t.Fatal(err)
			}
			if len(s.Expectations()) == 0 {
				t.Error("it expects nothing")
			}
			for _, e := range s.Report().Expectations {
				if e.Verdict != "yes" {
					t.Errorf("line %d: %s: %s: %s", e.Line, e.Text, e.Verdict, e.Witness)
				}
			}
		})
	}
}
