package scenarios_test

import (
	"slices"
	"strings"
	"testing"

	"capsim/check"
	"capsim/labs"
	"capsim/model"
	"capsim/policies"
	"capsim/scenarios"
	"capsim/trace"
)

// bell is a lab of one command: a node that is rung remembers how often.
type bell struct{ rung int64 }

func (b *bell) Start(env policies.Env) { env.Serving() }

func (b *bell) Request(env policies.Env, req policies.Request) {
	b.rung++
	env.Fact(policies.Fact{Kind: policies.Mark, Text: req.Command.Words()[0]})
	env.Note("bell.rung", "says", `n1's bell says "`+req.Command.Words()[0]+`".`)
	env.Reply(req.Op, model.Answered(model.Int(b.rung)))
}

func (b *bell) Receive(policies.Env, model.NodeID, policies.Message) {}
func (b *bell) Timer(policies.Env, policies.Tag)                     {}

var bellSpec = &policies.Spec{
	Name: "bell", Lab: true, Summary: "a bell", Checks: []string{"available"},
	Verbs: []policies.Verb{{Name: "RING", Usage: "RING tone", Doc: "ring the bell", Min: 1, Max: 1}},
	New:   func(policies.Params) policies.Replica { return &bell{} },
}

// withBell lets the catalog hold the bell while a test runs.
func withBell(t *testing.T) {
	was := labs.Catalog
	labs.Catalog = append(slices.Clone(was), bellSpec)
	t.Cleanup(func() { labs.Catalog = was })
}

// A lab needs nothing but its Spec: its commands are read, run, traced, told and judged.
func TestLabNeedsItsSpecAlone(t *testing.T) {
	withBell(t)
	script, err := scenarios.Parse("bell.capsim", []byte("use policy bell\nat 0s alice@n1 ring ding\nexpect reply alice = 1\nat 1s alice RING 'dong dong'\nexpect reply alice = 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Open(script, scenarios.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	rep := s.Report()
	if rep.Exit != 0 || len(rep.Verdicts) != 1 || rep.Verdicts["available"].Verdict != check.Yes.String() {
		t.Errorf("exit %d, verdicts %v, expectations %v", rep.Exit, rep.Verdicts, rep.Expectations)
	}
	var marks []string
	for _, e := range s.Log().All() {
		if e.Kind == trace.Mark {
			marks = append(marks, e.Text)
		}
	}
	if !slices.Equal(marks, []string{"ding", "dong dong"}) {
		t.Errorf("marks %q", marks)
	}
	if saved := s.Save(); !strings.Contains(saved, "alice@n1 RING ding") {
		t.Errorf("saved as\n%s", saved)
	}
}

// What a lab can't have is said where it stands.
func TestLabErrors(t *testing.T) {
	withBell(t)
	for _, tt := range []struct{ line, says string }{
		{"at 0s alice@n1 RING", "RING tone"},
		{"at 0s alice@n1 RNG a", "RING"},
		{"at 0s alice@n1 CALL RING a", "RING"},
		{"at 0s policy ap", "bell is a lab"},
	} {
		_, err := scenarios.Parse("bell.capsim", []byte("use policy bell\n"+tt.line+"\n"))
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.line, err)
		}
	}
	script, err := scenarios.Parse("ap.capsim", []byte("at 0s alice@n1 RING a\n"))
	if err != nil || len(script.Warnings) != 1 || !strings.Contains(script.Warnings[0].Error(), "RING is one of bell") {
		t.Errorf("%v, warned of %v", err, script.Warnings)
	}
}
