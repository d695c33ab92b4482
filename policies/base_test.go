package policies

import (
	"strconv"
	"testing"
	"time"

	"capsim/model"
)

func (h *hostNode) noted(kind string) int {
	n := 0
	for _, x := range h.notes {
		if x.kind == kind {
			n++
		}
	}
	return n
}

func (w *world) number(key string) int64 {
	w.t.Helper()
	n, err := strconv.ParseInt(w.nodes[0].disk.Record(key).Value().Str, 10, 64)
	if err != nil && w.nodes[0].disk.Record(key).Value().Type != model.None {
		w.t.Fatalf("%s: %v", key, err)
	}
	return n
}

func TestShopRefundsWhatItOversold(t *testing.T) {
	w := newWorld(t, 3, 1, "base")
	w.do("boss", 1, "SET tv:stock 3")
	w.mustConverge(time.Second)
	w.partition(group(1), group(2, 3))
	w.mustReply(w.do("a", 1, "BUY tv 1"), "2")
	w.run(time.Millisecond)
	w.mustReply(w.do("b", 2, "BUY tv 1"), "2")
	w.run(time.Millisecond)
	w.mustReply(w.do("a", 1, "BUY tv 1"), "1")
	w.run(time.Millisecond)
	late := w.do("c", 2, "BUY tv 1")
	w.run(time.Millisecond)
	later := w.do("a", 1, "BUY tv 1")
	w.mustReply(w.do("a", 1, "BUY tv 1"), `error "OUTOFSTOCK not enough left"`)
	w.run(500 * time.Millisecond)
	w.heal()
	w.mustConverge(2 * time.Second)

	for key, want := range map[string]string{"tv:stock": "0", "tv:sold": "5", "tv:refunded": "2"} {
		for _, h := range w.nodes {
			w.serves(h.id, key, want)
		}
	}
	var causes []model.OpID
	for _, o := range w.ops {
		if o.system {
			causes = append(causes, o.id)
		}
	}
	if len(causes) != 2 {
		t.Fatalf("%d refunds, want 2", len(causes))
	}
	if a, b := w.node(1).noted("refund"), w.node(2).noted("refund"); a != 1 || b != 1 {
		t.Errorf("n1 refunded %d of its sales, n2 %d, want 1 each", a, b)
	}
	for _, s := range w.node(3).disk.Record("tv:stock").Sales {
		if want := s.Op == late.id || s.Op == later.id; s.Refunded != want {
			t.Errorf("sale %d refunded: %v", s.Op, s.Refunded)
		}
	}
	if w.node(1).noted("oversell")+w.node(2).noted("oversell")+w.node(3).noted("oversell") == 0 {
		t.Error("nobody saw the oversell")
	}
	w.run(10 * time.Second)
	if n := w.counts["base.refunds"]; n != 2 {
		t.Errorf("%d refunds in the end", n)
	}
}

// Whatever crashes and cuts come between: the pieces add up, no stock stays below
// zero, no sale is refunded twice.
func TestTortureShop(t *testing.T) {
	refunds := int64(0)
	for seed := range seeds(200) {
		s := newStorm(t, uint64(seed), "base", "BUY tv 1", "BUY tv 2", "BUY tv 1", "TAKE n1 1", "INCR n1")
		s.do("boss", 1, "SET tv:stock 15")
		s.mustConverge(3 * time.Second)
		s.rage(2 * time.Second)
		s.mustConverge(2 * time.Second)
		s.check()
		stock, sold, back := s.number("tv:stock"), s.number("tv:sold"), s.number("tv:refunded")
		if stock < 0 || stock+sold-back != 15 {
			t.Fatalf("seed %d: stock %d, sold %d, refunded %d", seed, stock, sold, back)
		}
		if back > sold || stock > 1 && back > 0 {
			t.Fatalf("seed %d: stock %d left beside %d refunded: too many", seed, stock, back)
		}
		times := map[model.OpID]int{}
		for _, h := range s.nodes {
			for _, x := range h.notes {
				if x.kind == "refund" {
					op, _ := strconv.Atoi(x.fields[1])
					times[model.OpID(op)]++
				}
			}
		}
		for op, n := range times {
			if n != 1 || s.ops[op-1].system {
				t.Fatalf("seed %d: operation %d was refunded %d times", seed, op, n)
			}
		}
		refunds += back
	}
	if refunds == 0 {
		t.Error("no seed oversold")
	}
}

func TestToggleCarriesRecordsOver(t *testing.T) {
	w := newWorld(t, 3, 1, "ap conflict=siblings")
	w.partition(group(1), group(2), group(3))
	w.do("a", 1, "INCRBY n 5")
	w.do("b", 2, "INCRBY n 7")
	w.do("a", 1, "SADD s x")
	w.do("c", 3, "SADD s y")
	w.run(100 * time.Millisecond)
	w.toggle("base")
	for _, h := range w.nodes {
		if !h.serving {
			t.Fatalf("%v does not serve at once", h.id)
		}
	}
	w.do("b", 2, "TAKE n 7")
	w.heal()
	w.mustConverge(2 * time.Second)
	w.serves(3, "n", "5")
	w.serves(3, "s", "[x y]")
	w.toggle("ap")
	w.run(time.Second)
	w.mustReply(w.do("c", 3, "INCR n"), "6")
	w.mustReply(w.do("c", 3, "SADD s z"), "1")
	w.mustConverge(2 * time.Second)
	w.serves(1, "n", "6")
	w.serves(1, "s", "[x y z]")
	w.toggle("ap conflict=siblings")
	w.mustReply(w.do("c", 2, "INCR n"), "7")
	w.mustReply(w.do("c", 2, "SREM s x"), "1")
	w.mustConverge(2 * time.Second)
	w.serves(1, "n", "7")
	w.serves(1, "s", "[y z]")
}

// A write that all nodes held stays through any toggle until another supersedes it.
func TestToggleKeepsConvergedSiblings(t *testing.T) {
	w := newWorld(t, 3, 1, "ap conflict=siblings")
	w.do("a", 1, "SET k a")
	w.do("b", 2, "SET k b")
	w.mustConverge(time.Second)
	for _, policy := range []string{"ap", "base", "ap", "ap conflict=siblings"} {
		w.toggle(policy)
		w.mustConverge(2 * time.Second)
		if n := len(w.node(3).disk.Record("k").Heads); n != 2 {
			t.Errorf("%d writes stand after %s", n, policy)
		}
	}
	w.mustReply(w.do("c", 3, "GET k"), "[a b]")
}

func TestSameSeedSameRun(t *testing.T) {
	for _, policy := range []string{"ap", "ap conflict=siblings", "base"} {
		var hashes [2]uint64
		for i := range hashes {
			s := newStorm(t, 5, policy, append(mergeCommands, registerCommands...)...)
			s.logging, s.wipes = true, true
			s.toggles = []string{"base", "ap"}
			s.rage(time.Second)
			s.run(time.Second)
			hashes[i] = s.hash()
			if len(s.log) < 100 {
				t.Fatal("too little happened")
			}
		}
		if hashes[0] != hashes[1] {
			t.Errorf("%s: two runs of one seed differ", policy)
		}
	}
}

// What cp wrote in a node's name may be at a peer only, and what a node wrote under
// ap may have been dropped by a majority and live on at a crashed peer: after such a
// stretch a node counts as another actor.
func TestLivesAcrossToggles(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	life := func() int32 {
		if a, ok := w.node(1).replica.(*ap); ok {
			return a.life
		}
		return w.node(1).replica.(*base).life
	}
	first := life()
	w.toggle("base")
	w.crash(1)
	w.restart(1)
	if life() != first {
		t.Error("ap, base and a restart are one life")
	}
	w.toggle("cp")
	w.toggle("ap")
	second := life()
	w.crash(1)
	w.toggle("base")
	w.toggle("ap")
	w.restart(1)
	third := life()
	w.wipe(1)
	w.restart(1)
	if fourth := life(); first == second || second == third || third == fourth || fourth == first || fourth == second {
		t.Errorf("lives %d, %d, %d, %d", first, second, third, fourth)
	}
}

// A counter that last-writer-wins overwrote is not added to what it was overwritten
// with when a node with the old parts comes back.
func TestToggleCountsOnce(t *testing.T) {
	w := newWorld(t, 3, 1, "base")
	w.do("a", 1, "INCRBY n 5")
	w.do("b", 2, "INCRBY n 10")
	w.mustConverge(2 * time.Second)
	w.crash(3)
	w.toggle("ap")
	w.mustReply(w.do("a", 1, "INCR n"), "16")
	w.run(time.Second)
	w.toggle("base")
	w.mustReply(w.do("b", 2, "DECR n"), "15")
	w.mustReply(w.do("a", 1, "DECR n"), "15")
	w.restart(3)
	w.mustConverge(2 * time.Second)
	w.serves(3, "n", "14")
}
