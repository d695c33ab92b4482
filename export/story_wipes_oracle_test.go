package export

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"capsim/check"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// wipeScript is a run with crashes that empty disks, in a bad network.
func wipeScript(r *rand.Rand, policy string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "use policy %s\nuse seed %d\nuse store memory\n", policy, 1+r.IntN(1000))
	fmt.Fprintf(&b, "workload w clients=3 at=n1,n2,n3 rate=%d/s keys=4 ops=GET:40%%,SET:50%%,DEL:10%% from 0s to 3s\n", 5+r.IntN(40))
	at := 0
	for range 3 {
		n := 1 + r.IntN(3)
		at += 100 + r.IntN(300)
		fmt.Fprintf(&b, "at %dms %s\n", at, []string{"partition n1 | *", "loss *-* 30%", "delay *-* +100ms", "heal"}[r.IntN(4)])
		at += r.IntN(300)
		fmt.Fprintf(&b, "at %dms crash n%d wipe\n", at, n)
		at += r.IntN(300)
		fmt.Fprintf(&b, "at %dms restart n%d\n", at, n)
	}
	fmt.Fprintf(&b, "at %dms heal all\nat 5s end\n", at+100)
	return b.String()
}

// What the story calls gone at a wipe, the check calls lost then: each such write, and
// those that lost to others beside.
func TestWhatIsGoneIsLost(t *testing.T) {
	r, total := rand.New(rand.NewPCG(7, 7)), 0
	for i := range 60 {
		text := wipeScript(r, []string{"ap", "ap conflict=siblings", "base", "cp"}[i%4])
		total += goneAtWipes(t, text)
	}
	if total < 50 {
		t.Errorf("only %d writes were gone in all runs: is the script rough enough?", total)
	}
}

// goneAtWipes counts the writes that are gone after each wipe of a run, and compares
// them with the check.
func goneAtWipes(t *testing.T, text string) (total int) {
	t.Helper()
	script, err := scenarios.Parse("wipes.capsim", []byte(text))
	if err != nil {
		t.Fatal(err, text)
	}
	run, err := scenarios.Open(script, scenarios.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = run.Close() }()
	if err := run.Run(); err != nil {
		t.Fatal(err)
	}
	_, test, err := check.Parse([]string{"lost-writes", "=", "0"})
	if err != nil {
		t.Fatal(err)
	}
	s, x, part := NewNarrator(3), trace.NewIndex(), &trace.Log{}
	for n, e := range run.Log().All() {
		part.Append(*e)
		x.Extend(part)
		s.Extend(part, x)
		if e.Kind != trace.HostChange || e.Text != "wiped" {
			continue
		}
		gone := map[model.OpID]bool{}
		for key, l := range s.lost {
			for _, id := range l.gone {
				if s.isGone(id, key) {
					gone[id] = true
				}
			}
		}
		lost, _ := test(check.NewHistory(part, x, trace.NewFolder(3, part), check.Options{Nodes: 3, Timeout: script.Settings.Timeout})).Value.(int64)
		if int64(len(gone)) > lost {
			t.Fatalf("after event %d %d are told to be gone, %d are lost\n%s", n, len(gone), lost, text)
		}
		total += len(gone)
	}
	return total
}
