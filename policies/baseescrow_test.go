package policies

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

func shareOf(w *world, n model.NodeID, key string) int64 {
	b := w.node(n).replica.(*base)
	b.env = w.node(n)
	return b.share(key)
}

func TestEscrowSellsOnlyItsShare(t *testing.T) {
	for _, policy := range []string{"base stock=escrow", "base stock=escrow sessions=causal"} {
		w := newWorld(t, 3, 1, policy)
		w.do("boss", 1, "SET tv:stock 7")
		w.mustReply(w.do("a", 1, "BUY tv 1"), "6")
		w.mustConverge(2 * time.Second)
		for n, want := range []int64{2, 2, 2} {
			if got := shareOf(w, model.NodeID(n+1), "tv:stock"); got != want {
				t.Errorf("%s: n%d has %d, want %d", policy, n+1, got, want)
			}
		}
		w.partition(group(1), group(2, 3))
		w.mustReply(w.do("a", 1, "BUY tv 1"), "5")
		w.mustReply(w.do("a", 1, "BUY tv 2"), `error "OUTOFSTOCK not enough left"`)
		w.mustReply(w.do("a", 1, "BUY tv 1"), "4")
		w.mustReply(w.do("a", 1, "BUY tv 1"), `error "OUTOFSTOCK not enough left"`)
		// On the other side a share that is used up is filled from the neighbour's.
		w.mustReply(w.do("b", 2, "BUY tv 2"), "4")
		w.mustReply(w.do("b", 2, "BUY tv 2"), `error "OUTOFSTOCK not enough left"`)
		w.run(200 * time.Millisecond)
		w.mustReply(w.do("b", 2, "BUY tv 2"), "2")
		w.run(500 * time.Millisecond)
		w.heal()
		w.mustConverge(2 * time.Second)
		for _, h := range w.nodes {
			w.serves(h.id, "tv:stock", "0")
			w.serves(h.id, "tv:sold", "7")
		}
		if n := w.counts["base.refunds"]; n != 0 {
			t.Errorf("%s: %d refunds", policy, n)
		}
	}
}

// A node that is back with its disk knows its share, and what it was given.
func TestEscrowSurvivesARestart(t *testing.T) {
	w := newWorld(t, 3, 1, "base stock=escrow")
	w.do("boss", 1, "INCRBY tv:stock 6")
	w.mustConverge(2 * time.Second)
	w.crash(2)
	w.run(100 * time.Millisecond)
	w.restart(2)
	w.partition(group(1), group(2), group(3))
	w.mustReply(w.do("b", 2, "BUY tv 2"), "4")
	w.mustReply(w.do("b", 2, "BUY tv 1"), `error "OUTOFSTOCK not enough left"`)
}

// A disk that was emptied takes its share out of sale, until the stock is set anew.
func TestEscrowOfAnEmptiedDisk(t *testing.T) {
	w := newWorld(t, 3, 1, "base stock=escrow")
	w.do("boss", 1, "INCRBY tv:stock 6")
	w.mustConverge(2 * time.Second)
	w.partition(group(1, 3), group(2))
	w.mustReply(w.do("b", 2, "BUY tv 1"), "5")
	w.wipe(2)
	w.restart(2)
	w.heal()
	w.mustConverge(3 * time.Second)
	sold := 0
	for range 40 {
		for n := range model.NodeID(3) {
			if w.do("c", n+1, "BUY tv 1").res.Reply.Kind == model.IntReply {
				sold++
			}
		}
		w.run(100 * time.Millisecond)
	}
	w.mustConverge(2 * time.Second)
	if sold != 4 {
		t.Errorf("%d were sold, want the 4 that n2 did not have", sold)
	}
	w.serves(3, "tv:stock", "2")
	w.do("boss", 2, "SET tv:stock 3")
	w.mustReply(w.do("b", 2, "BUY tv 3"), "0")
}

// Whatever happens, no node ever serves a stock below zero, the pieces add up, and in the
// end all can be sold.
func TestTortureEscrow(t *testing.T) {
	policies := []string{"base stock=escrow", "base stock=escrow sessions=causal"}
	moved := int64(0)
	for seed := range seeds(100) {
		s := newStorm(t, uint64(seed), policies[seed%2], "BUY tv 1", "BUY tv 2", "BUY tv 1", "INCRBY tv:stock 2", "TAKE n%k 1", "TAKE n%k 2", "INCRBY n%k 2")
		s.wipes = seed%4 == 3
		s.do("boss", 1, "INCRBY tv:stock 6")
		s.after = func() {
			for _, h := range s.nodes {
				for key, rec := range h.applied {
					if strings.HasPrefix(rec.Value().Str, "-") {
						s.t.Fatalf("seed %d: %v serves %s of %s\n%s", seed, h.id, rec.Value(), key, s.history())
					}
				}
			}
		}
		s.rage(3 * time.Second)
		s.run(2 * time.Second)
		if keys := s.diverged(); len(keys) > 0 {
			t.Fatalf("seed %d: %v diverged", seed, keys)
		}
		for i := 0; i < 20 && len(s.unlike()) > 0; i++ { // shares are evened out
			s.run(time.Second)
		}
		s.mustConverge(0)
		s.check()
		if n := s.counts["base.refunds"]; n > 0 {
			t.Fatalf("seed %d: %d refunds", seed, n)
		}
		moved += s.counts["escrow.moved"]
		if s.wipes {
			continue
		}
		put := int64(0)
		for _, o := range s.ops {
			if o.command.Verb == model.INCRBY && o.command.Key() == "tv:stock" && len(o.wrote) > 0 {
				n, _ := strconv.ParseInt(o.command.Args[1], 10, 64)
				put += n
			}
		}
		if stock, sold := s.number("tv:stock"), s.number("tv:sold"); stock+sold != put {
			t.Fatalf("seed %d: stock %d, sold %d, put in %d", seed, stock, sold, put)
		}
		for range 60 {
			s.do("last", 1, "BUY tv 1")
			s.do("last", 2, "BUY tv 1")
			s.run(150 * time.Millisecond)
		}
		s.mustConverge(time.Second)
		if left := s.number("tv:stock"); left != 0 {
			t.Fatalf("seed %d: %d of %d can't be sold", seed, left, put)
		}
	}
	if moved == 0 {
		t.Error("no piece ever moved")
	}
}
