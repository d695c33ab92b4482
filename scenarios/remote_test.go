package scenarios

import (
	"strings"
	"testing"

	"capsim/check"
	"capsim/model"
)

func run(t *testing.T, src string) *Session {
	t.Helper()
	script, err := Parse("test.capsim", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(script, Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Expectations() {
		if e.Finding.Verdict != check.Yes {
			t.Errorf("%v: %v: %s", e.Pos, e.Finding.Verdict, e.Finding.Witness)
		}
	}
	return s
}

// TestRemoteClientsInAScript: their links can be named wherever a node's can, and what
// the network keeps from a node is no node's failure to answer.
func TestRemoteClientsInAScript(t *testing.T) {
	run(t, `
use nodes 3
use latency const(10ms)
use latency dora->n1 const(30ms)
client dora remote
client eve remote
at 0s dora@n1 SET cart milk
at 100ms expect latency p99 < 100ms
cut dora-n1
dora SET cart eggs
at 2s expect reply dora unknown
expect available
heal
at 2.1s partition n1 | n2 n3          # neither dora nor eve: they reach all
dora@n1 GET cart
eve@n2 GET cart
at 2.2s expect reply dora = milk
partition n1 dora | *                 # eve is among the rest
eve@n1 GET cart
dora@n1 GET cart
at 4s expect reply eve unknown
expect reply dora = milk
expect available
heal
loss *-* 100%
eve@n1 GET cart
at 6s heal all
expect reply eve unknown
pause eve
+1ms resume eve
crash eve
restart eve
eve@n3 GET cart
at 7s expect reply eve = milk
expect linearizable
`)
}

// TestANodeThatDoesNotAnswerARemoteClient is to blame, if the request reached it.
func TestANodeThatDoesNotAnswerARemoteClient(t *testing.T) {
	run(t, `
use policy cp
client dora remote
at 1s partition n1 | n2 n3
+2s dora@n1 SET cart milk
at 5s expect not available
`)
}

func TestRemoteClientsSurviveAnEscapeToText(t *testing.T) {
	const src = "use nodes 2\nclient dora remote\nuse latency dora->n2 kind=ap.write const(1ms)\nuse latency kind=client.request exp(2ms)\nat 1s cut dora-n2\ndora@n1 GET x\n"
	s, err := Parse("a.capsim", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("a.capsim", []byte(s.String()))
	if err != nil {
		t.Fatalf("%v in\n%s", err, s)
	}
	if s.String() != again.String() || !strings.Contains(s.String(), "client dora remote\n") || !strings.Contains(s.String(), "use latency dora->n2 kind=ap.write const(1ms)\n") {
		t.Errorf("first\n%s\nthen\n%s", s, again)
	}
}

// TestWarningsOfLiveStatements: what the policy in force does not offer is said when
// it is typed.
func TestWarningsOfLiveStatements(t *testing.T) {
	script, err := Parse("test.capsim", []byte("use policy ap\nat 1s say hello\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(script, Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Do("alice@n1 WAIT 1 100"); err != nil {
		t.Fatal(err)
	}
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0].Message(), model.CodeUnsupported) {
		t.Errorf("warnings: %v", w)
	}
	if err := s.Do("alice@n1 GET x"); err != nil || len(s.Warnings()) != 0 {
		t.Errorf("%v, warnings: %v", err, s.Warnings())
	}
}
