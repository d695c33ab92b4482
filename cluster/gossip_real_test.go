package cluster_test

import (
	"math"
	"testing"
	"time"
)

// With time=real nobody waits for a cycle: a period begins at each node when it likes, and what
// is heard is passed on in the same second. With anti-entropy all know soon after log₂ of the
// nodes; of rumours the residue is e^-m of the traffic m, as with cycles (Demers et al., §1.4).
func TestGossipInRealTime(t *testing.T) {
	for _, nodes := range []int{9, 1000, 10_000} {
		counts := epidemic(t, gossipRun{nodes, "mode=anti-entropy style=push-pull time=real", "uniform(5ms, 20ms)", 1, 20 * time.Second})
		if counts["gossip.unaware"] != 0 {
			t.Errorf("anti-entropy, %d nodes: %d do not know after 20 periods", nodes, counts["gossip.unaware"])
		}
		if last, log2 := float64(counts["gossip.last-ns"])/1e9, math.Log2(float64(nodes)); last < log2/4 || last > log2+5 {
			t.Errorf("anti-entropy, %d nodes: the last heard after %.1f periods, log₂ is %.1f", nodes, last, log2)
		}
	}
	var residue, expected mean
	for seed := range trials(20) {
		counts := epidemic(t, gossipRun{1000, "k=2 time=real", "uniform(5ms, 20ms)", int64(seed + 1), 60 * time.Second})
		if over := counts["gossip.lost-interest"] + counts["gossip.unaware"]; over != 1000 {
			t.Fatalf("seed %d: after 60 periods %d are neither removed nor susceptible", seed+1, 1000-over)
		}
		residue.add(float64(counts["gossip.unaware"]) / 1000)
		expected.add(math.Exp(-float64(counts["gossip.updates"]) / 1000))
	}
	t.Logf("rumours, 1000 nodes: residue %.4f ±%.4f, of the traffic %.4f", residue.of(), residue.err(), expected.of())
	residue.within(t, "residue by the traffic, e^-m", expected.of(), .1*expected.of())
}
