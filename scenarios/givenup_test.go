package scenarios_test

import (
	"testing"

	"capsim/labs"
	"capsim/scenarios"
)

// TestGivenUpIsShown runs, for all that a policy gives up, the lesson that shows it,
// under that policy: all that it expects holds, and something is expected while that
// very policy rules.
func TestGivenUpIsShown(t *testing.T) {
	for _, spec := range labs.Catalog {
		for _, g := range spec.GivesUp {
			t.Run(spec.Name+" "+g.Scenario, func(t *testing.T) {
				item, err := scenarios.Find(g.Scenario)
				if err != nil {
					t.Fatal(err)
				}
				script, err := scenarios.ParseWith(item.File, item.Source)
				if err != nil {
					t.Fatal(err)
				}
				if len(rules(script, spec.Name)) == 0 { // it is another policy's lesson
					over := scenarios.Override{From: "test", Text: "policy " + spec.Name}
					if script, err = scenarios.ParseWith(item.File, item.Source, over); err != nil {
						t.Fatal(err)
					}
				}
				s, err := scenarios.Open(script, scenarios.Options{Memory: true})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if err := s.Run(); err != nil {
					t.Fatal(err)
				}
				expected, ruled := 0, rules(script, spec.Name)
				for _, e := range s.Expectations() {
					switch {
					case e.Skipped:
					case e.Finding.Verdict.String() != "yes":
						t.Errorf("%s:%d: %s: %v: %s", item.File, e.Pos.Line, e.Text, e.Finding.Verdict, e.Finding.Witness)
					case ruled[e.Pos.Line]:
						expected++
					}
				}
				if expected == 0 {
					t.Errorf("%s gives up %s, and %s expects nothing while it rules", spec.Name, g.What, g.Scenario)
				}
			})
		}
	}
}

// rules returns the lines of the script's expectations before which the policy was chosen
// last.
func rules(script *scenarios.Script, policy string) map[int]bool {
	lines, now := map[int]bool{}, script.Settings.Policy.Spec.Name
	for _, st := range script.Statements {
		switch body := st.Body.(type) {
		case scenarios.SwitchPolicy:
			now = body.Choice.Spec.Name
		case scenarios.Expect:
			if now == policy {
				lines[st.Pos.Line] = true
			}
		}
	}
	return lines
}
