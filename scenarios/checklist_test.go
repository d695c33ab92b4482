package scenarios_test

import (
	"strings"
	"testing"

	"capsim/check"
	"capsim/scenarios"
)

func TestListsOfChecks(t *testing.T) {
	for text, want := range map[string]string{
		"linearizable cart,available":            "linearizable|available",
		` available n1 , answered n1 >= 99% `:    "available|answered",
		`linearizable "a,b",converged 'c, d'`:    "linearizable|converged",
		"value n1 cart = [a b],sequential (x,y)": "value|sequential",
		`value n1 cart = "\",",causal`:           "value|causal",
	} {
		asked, err := scenarios.ParseChecks(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var names []string
		for _, a := range asked {
			names = append(names, a.Check.Name)
		}
		if got := strings.Join(names, "|"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"linearisable":            "did you mean linearizable?",
		"available,":              "expected a check",
		`linearizable "a,causal`:  "closing",
		"causal cart":             "nothing more",
		"available n1 n2,causal ": "available n1 n2",
	} {
		if _, err := scenarios.ParseChecks(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	every, err := scenarios.ParseChecks("all")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, a := range every {
		names[a.Check.Name] = true
	}
	for i := range check.Checks {
		if c := &check.Checks[i]; (c.Default || c.Asked || c.Name == "lost-writes") && !names[c.Name] {
			t.Errorf("all leaves %s out", c.Name)
		}
	}
}
