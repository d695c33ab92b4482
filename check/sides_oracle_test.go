package check

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"capsim/model"
	"capsim/trace"
)

// TestSidesAgainstReachability plays random cuts, crashes, pauses and requests on four
// nodes, and counts for each side what was answered, by the transitive closure of the
// links that are open both ways.
func TestSidesAgainstReachability(t *testing.T) {
	const nodes = 4
	rounds := histories(t, 400)
	seen := map[Verdict]int{}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 9))
		p := newTape(t, nodes)
		var shut [nodes + 1][nodes + 1]bool
		var state [nodes + 1]string // "" is up
		well := true                // of the node that is asked, since it was
		asked := model.NodeID(0)
		fault := func() {
			a, b := model.NodeID(1+r.IntN(nodes)), model.NodeID(1+r.IntN(nodes))
			switch k := r.IntN(6); {
			case k < 4 && a != b:
				how := []string{"", "drop", "hold"}[r.IntN(3)]
				ways := [][2]model.NodeID{{a, b}, {b, a}}
				for _, l := range ways[:1+r.IntN(2)] {
					shut[l[0]][l[1]] = how != ""
					p.event(trace.Event{Kind: trace.LinkChange, Node: l[0], Peer: l[1], Body: &trace.Link{Cut: how}})
				}
			case k >= 4 && state[a] == "":
				state[a] = []string{"crash", "pause"}[r.IntN(2)]
				p.play(fmt.Sprintf("%s n%d", state[a], a))
				well = well && a != asked
			case k >= 4:
				p.play(fmt.Sprintf("%s n%d", map[string]string{"crash": "restart", "pause": "resume"}[state[a]], a))
				state[a] = ""
			}
		}
		type count struct{ done, total int64 }
		var majority, minority count
		for range 12 + r.IntN(12) {
			for range r.IntN(4) {
				fault()
			}
			asked = model.NodeID(1 + r.IntN(nodes))
			well = state[asked] == ""
			var meets [nodes + 1][nodes + 1]bool
			for a := 1; a <= nodes; a++ {
				for b := 1; b <= nodes; b++ {
					meets[a][b] = a == b || !shut[a][b] && !shut[b][a]
				}
			}
			for k := 1; k <= nodes; k++ {
				for a := 1; a <= nodes; a++ {
					for b := 1; b <= nodes; b++ {
						meets[a][b] = meets[a][b] || meets[a][k] && meets[k][b]
					}
				}
			}
			size := 0
			for b := 1; b <= nodes; b++ {
				if meets[asked][b] {
					size++
				}
			}
			p.play(fmt.Sprintf("alice@n%d GET a", asked))
			if r.IntN(4) == 0 {
				fault()
			}
			ok := r.IntN(6) > 0
			p.play([]string{"alice !NOQUORUM", "+1s\nalice ?", "alice = nil"}[map[bool]int{true: 2, false: r.IntN(2)}[ok]])
			if !well || size == nodes {
				continue
			}
			of := &minority
			if 2*size > nodes {
				of = &majority
			}
			of.total++
			if ok {
				of.done++
			}
		}
		h := p.history(Options{})
		a, b := h.sides()
		for _, s := range []struct {
			got  side
			want count
		}{{a, majority}, {b, minority}} {
			if s.got.counts[done] != s.want.done || s.got.total() != s.want.total {
				t.Fatalf("seed %d: %d of %d answered, the oracle says %d of %d", seed, s.got.counts[done], s.got.total(), s.want.done, s.want.total)
			}
		}
		want := verdictOf(majority.done+minority.done == majority.total+minority.total)
		if majority.total+minority.total == 0 {
			want = Unknown
		}
		if f := judge(t, h, "available-sides"); f.Verdict != want {
			t.Fatalf("seed %d: %v, the oracle says %v: %s", seed, f.Verdict, want, f.Witness)
		}
		seen[want]++
	}
	if t.Logf("%v", seen); seen[Yes] < rounds/50 || seen[No] < rounds/20 {
		t.Errorf("one-sided: %v", seen)
	}
}
