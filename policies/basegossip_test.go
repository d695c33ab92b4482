package policies

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

func TestGossipMarksCopiesStaleOncePerLapse(t *testing.T) {
	w := newWorld(t, 3, 1, "base")
	w.do("a", 1, "SET mine v")
	w.do("b", 2, "SET yours v")
	w.do("a", 1, "INCR both")
	w.do("b", 2, "INCR both")
	w.mustConverge(time.Second)
	w.run(10 * time.Second)
	for _, h := range w.nodes {
		for _, k := range h.disk.Keys() {
			if h.disk.Record(k).Stale {
				t.Fatalf("%v: %s is stale though all gossip", h.id, k)
			}
		}
	}
	stale := func(n model.NodeID, key string) bool { return w.node(n).applied[key].Stale }
	w.partition(group(1), group(2, 3))
	w.run(2 * time.Second)
	if stale(1, "yours") {
		t.Error("stale before its time")
	}
	w.run(3 * time.Second)
	if !stale(1, "yours") || !stale(1, "both") || stale(1, "mine") {
		t.Error("n1 should mark its copies, and those alone")
	}
	if !stale(3, "mine") || stale(3, "yours") || stale(2, "yours") {
		t.Error("n3 should mark what n1 wrote, and that alone")
	}
	w.mustReply(w.do("a", 1, "GET yours"), "v")
	w.logging = true
	w.run(20 * time.Second)
	for _, l := range w.log {
		for _, word := range []string{"applied", "note", "gossip.delta"} {
			if strings.Contains(l, word) {
				t.Fatalf("nothing changed, but: %s", l)
			}
		}
	}
	w.logging = false
	if got := w.unlike(); len(got) > 0 {
		t.Errorf("stale marks count as differences: %v", got)
	}
	if n := w.node(1).noted("gossip.silent"); n != 2 {
		t.Errorf("n1 reported %d silent nodes, want 2", n)
	}
	if n := w.node(2).noted("gossip.silent"); n != 1 {
		t.Errorf("n2 reported %d silent nodes, want 1", n)
	}
	w.heal()
	w.run(time.Second)
	for _, h := range w.nodes {
		for _, k := range h.disk.Keys() {
			if h.disk.Record(k).Stale || h.applied[k].Stale {
				t.Errorf("%v: %s is stale after the heal", h.id, k)
			}
		}
		if h.noted("gossip.back") != h.noted("gossip.silent") {
			t.Errorf("%v saw %d go and %d come back", h.id, h.noted("gossip.silent"), h.noted("gossip.back"))
		}
	}
}

// Who has newer news of the owner refreshes its copies: no direct link is needed.
func TestGossipRefreshesThroughOthers(t *testing.T) {
	w := newWorld(t, 3, 1, "base")
	w.do("a", 1, "SET k v")
	w.mustConverge(time.Second)
	w.cutLink(1, 2)
	w.cutLink(2, 1)
	w.run(20 * time.Second)
	if w.node(2).applied["k"].Stale || w.node(2).noted("gossip.silent") > 0 {
		t.Error("n3 could tell n2 that n1 is there")
	}
	w.crash(1) // now nobody can: the others must not refresh each other for ever
	w.latency = func(*rand.Rand) time.Duration { return 250 * time.Millisecond }
	w.run(5 * time.Second)
	if !w.node(2).applied["k"].Stale || !w.node(3).applied["k"].Stale {
		t.Error("n1 is gone and its copies count as fresh")
	}
}

func TestGossipCopiesAreStaleAfterARestartUntilRefreshed(t *testing.T) {
	w := newWorld(t, 3, 1, "base")
	w.do("a", 1, "SET k v")
	w.do("b", 2, "SET own v")
	w.mustConverge(time.Second)
	w.crash(2)
	w.restart(2)
	if !w.node(2).applied["k"].Stale || w.node(2).applied["own"].Stale {
		t.Error("after the restart n2 can't know whether its copy is fresh")
	}
	w.run(time.Second)
	if w.node(2).applied["k"].Stale {
		t.Error("not refreshed")
	}
	w.partition(group(1), group(2), group(3))
	w.run(5 * time.Second)
	w.toggle("ap")
	if w.node(2).applied["k"].Stale {
		t.Error("ap knows no soft state")
	}
}
