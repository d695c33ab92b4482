package scenarios

import (
	"strings"
	"testing"
	"time"

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
	// From a toggle on, what counts is what the new policy offers.
	for _, c := range []struct {
		line, warning string
	}{
		{"policy redis", ""},
		{"alice@n1 WAIT 1 100", ""},
		{"policy quorum r=1 w=1", "a read may miss a write"},
		{"alice@n1 INCR x", "a command that quorum offers"},
		{"alice@n1 SET x 1 NX", "SET key value alone"},
		{"alice@n1 SET x 1", ""},
	} {
		err := s.Do(c.line)
		if w := s.Warnings(); err != nil || (len(w) > 0) != (c.warning != "") || len(w) > 0 && !strings.Contains(w[0].Message(), c.warning) {
			t.Errorf("%s: %v, warnings: %v", c.line, err, w)
		}
	}
}

// TestFaultsInAScript: every fault can be said, healed, and said off.
func TestFaultsInAScript(t *testing.T) {
	s := run(t, `
use latency const(10ms)
use latency n1->n2 const(20ms)
use latency kind=client.reply const(1ms)
client dora remote
at 0s dora@n1 SET cart milk
at 100ms expect reply dora = OK
at 200ms duplicate n1-n2 50%
reorder *-* 10%
bandwidth n1-dora 1KB/s
flap n2-n3 up=50ms down=20ms
slow n1 +5ms
slow dora +1ms
skew n2 -100ms
drift n3 -200ppm
alice@n1 SET cart eggs
+4ms expect reply dora = OK
+2ms expect reply alice = OK
at 1s heal all
slow n1 off
slow dora off
skew n2 off
drift n3 off
dora@n2 GET cart
at 1.03s expect reply dora = eggs
at 3s expect converged
`)
	v := s.View(s.Log().Len())
	for id := model.NodeID(1); id <= 4; id++ {
		if c := v.Host(id).Condition(); c != "" {
			t.Errorf("%s is %s at the end", v.Name(id), c)
		}
	}
	mid := s.View(s.EventAt(model.Time(300 * time.Millisecond)))
	if a, b, l := mid.Host(1).Condition(), mid.Host(4).Condition(), mid.Link(1, 2); a != "slow +5ms" || b != "slow +1ms" || l.Duplicate != 0.5 || l.Reorder != 0.1 {
		t.Errorf("at 300 ms: %s, %s, %+v", a, b, l)
	}
	if l := mid.Link(1, 4); l.Bandwidth != "1KB/s" || mid.Link(2, 3).Flap == "" || mid.Host(2).Condition() != "skew -100ms" {
		t.Errorf("at 300 ms: %+v", l)
	}
}
