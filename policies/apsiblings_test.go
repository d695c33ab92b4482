package policies

import (
	"testing"
	"time"

	"capsim/model"
)

func TestSiblingsAreKeptAndReconciled(t *testing.T) {
	w := newWorld(t, 3, 1, "ap conflict=siblings")
	w.partition(group(1), group(2, 3))
	w.do("alice", 1, "SET cart milk")
	w.do("bob", 2, "SET cart eggs")
	w.run(100 * time.Millisecond)
	w.heal()
	w.mustConverge(time.Second)
	w.mustReply(w.do("carol", 3, "GET cart"), "[eggs milk]")
	if got := w.do("carol", 3, "GET cart").res.Reply.Kind; got != model.SiblingsReply {
		t.Errorf("reply kind %d", got)
	}
	w.do("carol", 3, "SET cart both")
	w.mustConverge(time.Second)
	w.serves(1, "cart", "both")
	w.mustReply(w.do("alice", 1, "GET cart"), "both")
	for _, h := range w.nodes {
		if len(h.discarded) > 0 {
			t.Errorf("%v discarded %v", h.id, h.discarded)
		}
	}
}

// A write supersedes what its session has seen and nothing else, even of writes to
// one node; its own earlier writes it has seen.
func TestSiblingsOfBlindWritesAtOneNode(t *testing.T) {
	w := newWorld(t, 3, 1, "ap conflict=siblings")
	w.do("alice", 1, "SET k a1")
	w.do("bob", 1, "SET k b1")
	w.do("bob", 1, "SET k b2")
	w.mustReply(w.do("carol", 1, "GET k"), "[a1 b2]")
	w.do("alice", 1, "SET k a2")
	w.mustReply(w.do("carol", 1, "GET k"), "[a2 b2]")
	w.do("bob", 3, "SET k b3") // where nothing has arrived yet
	w.do("dora", 2, "SET k d1")
	w.mustConverge(time.Second)
	w.mustReply(w.do("erin", 2, "GET k"), "[a2 b3 d1]")
	w.do("carol", 2, "SET k c") // carol has read a2 and b2
	w.mustConverge(time.Second)
	w.mustReply(w.do("erin", 3, "GET k"), "[b3 c d1]")
	w.do("erin", 3, "SET k all")
	w.mustConverge(time.Second)
	w.mustReply(w.do("dora", 1, "GET k"), "all")
	if n := len(w.node(1).disk.Record("k").Seen); n > 8 {
		t.Errorf("the vector has %d actors", n)
	}
}

func TestCommandsOnSiblings(t *testing.T) {
	w := newWorld(t, 3, 1, "ap conflict=siblings")
	w.partition(group(1), group(2), group(3))
	w.do("alice", 1, "SET k a")
	w.run(time.Millisecond)
	w.do("bob", 2, "SET k b")
	w.heal()
	w.mustConverge(time.Second)
	w.mustReply(w.do("carol", 3, "SET k x NX"), "nil")
	w.mustReply(w.do("carol", 3, "CAS k a c"), "0") // b is the newest
	w.mustReply(w.do("carol", 3, "GET k"), "[a b]")
	w.mustReply(w.do("carol", 3, "APPEND k !"), "2")
	w.mustReply(w.do("carol", 3, "GET k"), "b!")
	w.do("alice", 1, "DEL k") // alice has seen a alone
	w.mustConverge(time.Second)
	w.mustReply(w.do("bob", 1, "GET k"), "b!")
	w.mustReply(w.do("bob", 1, "EXISTS k"), "1")
}

func TestCountersAndSetsMerge(t *testing.T) {
	for _, policy := range []string{"ap conflict=siblings", "base"} {
		w := newWorld(t, 3, 1, policy)
		w.do("a", 1, "SADD s x y")
		w.do("a", 1, "INCRBY n 10")
		w.mustConverge(time.Second)
		w.partition(group(1), group(2), group(3))
		for i, h := range w.nodes {
			for range i + 1 {
				w.do("c"+h.id.String(), h.id, "INCR n")
			}
			w.do("c"+h.id.String(), h.id, "SADD s "+h.id.String())
		}
		w.do("c", 1, "SREM s x y")
		w.do("d", 2, "SADD s y z") // y is there: no effect, so the removal stands
		w.run(time.Second)
		w.heal()
		w.mustConverge(2 * time.Second)
		w.serves(1, "n", "16")
		w.serves(2, "s", "[n1 n2 n3 z]")
	}
}
