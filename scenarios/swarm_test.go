package scenarios_test

import (
	"bytes"
	"strings"
	"testing"

	"capsim/scenarios"
	"capsim/trace"
)

const swarmScript = `use nodes 500
use policy gossip mode=both style=push-pull k=2 backup=4
use seed 7
use loss 10%
at 0.2s alice@n17 RUMOUR fire
at 1.1s partition n1 n2 n3 | *
at 2s crash n17
at 2.1s bob@n17 KNOWS fire
expect reply bob refused DOWN
at 2.2s crash n18 wipe
at 2.5s pause n20
at 2.6s carol@n20 KNOWS fire
at 3s slow n21 +5ms
at 4s duplicate *-* 20%
at 6s restart n17
at 6s restart n18
at 7s resume n20
expect marked down = 0
at 8s heal all
at 90s expect marked susceptible = 0
expect messages > 10000
expect message-cost > 2000
at 90.5s end
`

// A cluster of more nodes than there are stores, under faults: what is counted adds up, the
// trace says so, and reads and replays as any.
func TestSwarm(t *testing.T) {
	script, err := scenarios.Parse("swarm.capsim", []byte(swarmScript))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	s, err := scenarios.Open(script, scenarios.Options{Trace: &file})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	rep := s.Report()
	if rep.Exit != 0 {
		t.Errorf("exit %d: %+v", rep.Exit, rep.Expectations)
	}
	if m := rep.Messages; m.Sent < 10_000 || m.Dropped == 0 || m.Sent < m.Delivered+m.Dropped || m.Sent > m.Delivered+m.Dropped+600 {
		t.Errorf("messages %+v", m)
	}
	if rep.Metrics["residue"] != 0.0 || rep.Store != "memory" || rep.Nodes != 500 {
		t.Errorf("metrics %v, store %s, %d nodes", rep.Metrics, rep.Store, rep.Nodes)
	}
	levels := 0
	for n, e := range s.Log().All() {
		if e.Kind != trace.Levels {
			continue
		}
		levels++
		sum, heat := 0, 0
		for _, l := range e.Census() {
			sum += l.Nodes
			for _, share := range l.Heat {
				heat += int(share)
			}
		}
		if sum != 500 || heat != 500*1000 {
			t.Fatalf("event %d: %d nodes and %d thousandths in all states", n, sum, heat)
		}
	}
	if levels < 10 || s.Log().Len() > 20*levels {
		t.Errorf("%d censuses in %d events", levels, s.Log().Len())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	read, err := trace.Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff, err := scenarios.Replay(read, ""); err != nil || diff != nil {
		t.Errorf("the replay differs: %v, %v", diff, err)
	}
}

// What many nodes can't have is said where it stands.
func TestSwarmRefuses(t *testing.T) {
	const head = "use policy gossip\nuse nodes 5000\n"
	for _, tt := range []struct{ script, says string }{
		{"use nodes 10\nat 0s alice@n1 SET a b\n", "1 to 9"},
		{"use nodes 10\nuse policy cp\nat 0s alice@n1 SET a b\n", "gossip"},
		{"use nodes 1000001\nuse policy gossip\nat 0s alice@n1 RUMOUR a\n", "1000000"},
		{head + "use store spawn\nat 0s alice@n1 RUMOUR a\n", "no store, or memory"},
		{head + "client dora remote\nat 0s alice@n1 RUMOUR a\n", "no remote client"},
		{head + "at 0s loss n1-* 10%\n", "at most 2000 links"},
		{head + "at 1s expect converged\n", "what each of 5000 nodes keeps is not recorded"},
		{head + "at 1s expect value n3 cart = eggs\n", "as marked or reply"},
		{head + "at 0s alice@n5001 RUMOUR a\n", "n1 to n5000"},
	} {
		if _, err := scenarios.Parse("swarm.capsim", []byte(tt.script)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: %v", tt.script, err)
		}
	}
}
