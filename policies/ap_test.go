package policies

import (
	"slices"
	"testing"
	"time"

	"capsim/model"
)

// mustConverge lets d go by and wants all nodes that are up to hold the same.
func (w *world) mustConverge(d time.Duration) {
	w.t.Helper()
	w.run(d)
	if keys := w.unlike(); len(keys) > 0 {
		w.t.Fatalf("seed %d, %v: after %v without faults %v differ\n%s", w.seed, w.choice, d, keys, w.records(keys))
	}
}

// unlike lists the keys of which nodes that are up have different records, stale
// marks aside: more than diverged looks at.
func (w *world) unlike() []string {
	out := w.diverged()
	for _, h := range w.nodes {
		for _, k := range h.disk.Keys() {
			for _, g := range w.nodes {
				if h.up && g.up && !sameWrites(h.disk.Record(k), g.disk.Record(k)) && !slices.Contains(out, k) {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

func (w *world) records(keys []string) string {
	s := ""
	for _, k := range keys {
		for _, h := range w.nodes {
			s += h.id.String() + " " + k + " " + string(model.AppendRecord(nil, h.disk.Record(k))) + "\n"
		}
	}
	return s
}

// serves wants the node to have applied what its disk has, and that to be the value.
func (w *world) serves(n model.NodeID, key, want string) {
	w.t.Helper()
	h := w.node(n)
	if rec := h.disk.Record(key); h.applied[key] != rec {
		if !sameServed(h.applied[key], rec) {
			w.t.Fatalf("%v stores another %s than it applied", n, key)
		}
	}
	if got := h.disk.Record(key).Value().String(); got != want {
		w.t.Fatalf("%v has %s = %s, want %s\n%s", n, key, got, want, w.records([]string{key}))
	}
}

func TestAPAnswersAtOnce(t *testing.T) {
	for _, policy := range []string{"ap", "ap conflict=siblings", "base"} {
		w := newWorld(t, 3, 1, policy)
		w.partition(group(1), group(2), group(3))
		for _, c := range []struct{ command, want string }{
			{"SET k v", "OK"},
			{"GET k", "v"},
			{"GET none", "nil"},
			{"INCR n", "1"},
			{"INCRBY n 4", "5"},
			{"SADD s b a", "2"},
			{"SMEMBERS s", "[a b]"},
			{"SREM s a c", "1"},
			{"SISMEMBER s a", "0"},
			{"CAS k v w", "1"},
			{"CAS k v x", "0"},
			{"GET k", "w"},
			{"APPEND k !", "2"},
			{"SET k y NX", "nil"},
			{"CADEL k w!", "1"},
			{"EXISTS k", "0"},
			{"DEL s", "1"},
			{"GET s", "nil"},
			{"TAKE n 6", `error "OUTOFSTOCK not enough left"`},
			{"TAKE n 5", "0"},
			{"INCR k", "1"},
			{"SADD k a", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`},
			{"SET i:stock 1", "OK"},
			{"BUY i 1", "0"},
			{"GET i:sold", "1"},
			{"BUY i 1", `error "OUTOFSTOCK not enough left"`},
		} {
			o := w.do("a", 2, c.command)
			if o.end != o.at {
				t.Errorf("%s: %s was not answered at once", policy, c.command)
			}
			w.mustReply(o, c.want)
			w.run(time.Millisecond)
		}
	}
}

func TestLWWDiscardsTheLoserAndNamesIt(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	w.partition(group(1), group(2, 3))
	lost := w.do("alice", 1, "SET cart milk")
	w.run(time.Millisecond)
	won := w.do("bob", 2, "SET cart eggs")
	w.run(300 * time.Millisecond)
	if got := w.diverged(); len(got) != 1 {
		t.Fatalf("diverged: %v", got)
	}
	w.serves(3, "cart", "eggs")
	w.heal()
	w.mustConverge(time.Second)
	w.serves(1, "cart", "eggs")
	for _, h := range w.nodes {
		if len(h.discarded) != 1 || h.discarded[0].op != lost.id || h.discarded[0].key != "cart" {
			t.Errorf("%v discarded %v, want operation %d once", h.id, h.discarded, lost.id)
		}
		if !h.disk.Record("cart").Holds(won.id) {
			t.Errorf("%v does not hold the winner", h.id)
		}
	}
}

// A session that goes from node to node must not lose its own later write to its
// earlier one, whatever the clocks say.
func TestLWWKeepsTheOrderOfASession(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	w.node(1).skew = time.Hour
	first := w.do("alice", 1, "SET k old")
	second := w.do("alice", 2, "SET k new")
	w.mustConverge(time.Second)
	w.serves(1, "k", "new")
	if got := w.node(1).discarded; len(got) > 0 {
		t.Errorf("discarded %v of operations %d, %d: it was superseded", got, first.id, second.id)
	}
}

func TestAPResendsUntilAcknowledged(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	w.loss = 0.6
	for i := range 20 {
		w.do("a", model.NodeID(i%3+1), "SET k"+string(rune('a'+i))+" v")
	}
	w.run(6 * time.Second)
	if got := w.unlike(); len(got) > 0 {
		t.Errorf("differ: %v", got)
	}
	if w.counts["ap.resent"] == 0 {
		t.Error("nothing was sent again")
	}
	w.loss = 0
	w.run(2 * time.Second)
	clear(w.sent)
	w.run(10 * time.Second)
	if w.sent["ap.write"]+w.sent["ap.ack"] > 0 || w.sent["ap.digest"] > 80 {
		t.Errorf("10 idle seconds cost %v", w.sent)
	}
}

func TestAPOutboxIsBoundedInAPartition(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	w.partition(group(1), group(2, 3))
	for range 200 {
		w.do("a", 1, "INCR n")
		w.run(time.Millisecond)
	}
	clear(w.sent)
	w.run(10 * time.Second)
	if n := w.sent["ap.write"]; n > 2*51 || n < 2*30 {
		t.Errorf("%d writes sent in 10 s to two peers that are gone, want one each every 200 to 250ms", n)
	}
	if a := w.node(1).replica.(*ap); len(a.out.dirty) != 1 {
		t.Errorf("%d entries for one key", len(a.out.dirty))
	}
	w.heal()
	w.mustConverge(time.Second)
	w.serves(3, "n", "200")
}

// What only the writer's memory knew to be unsent goes out after its restart; and
// if it never comes back, anti-entropy spreads what one peer has.
func TestAPRepairsWhatACrashForgot(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	w.partition(group(1), group(2, 3))
	w.do("a", 1, "SET k v")
	w.run(50 * time.Millisecond)
	w.crash(1)
	w.heal()
	w.run(time.Second)
	if w.node(2).disk.Record("k") != nil {
		t.Fatal("it should not have been sent")
	}
	w.restart(1)
	w.mustConverge(500 * time.Millisecond)
	w.serves(3, "k", "v")

	w.partition(group(1, 2), group(3))
	w.do("a", 1, "SET k w")
	w.run(100 * time.Millisecond)
	w.crash(1)
	w.heal()
	w.mustConverge(2 * time.Second)
	w.serves(3, "k", "w")
}

func TestAPWipedNodeIsFilledAndReusesNoDot(t *testing.T) {
	for _, policy := range []string{"ap", "ap conflict=siblings", "base"} {
		w := newWorld(t, 3, 1, policy)
		w.do("a", 1, "SET k 1")
		w.do("a", 1, "INCR n")
		w.mustConverge(time.Second)
		w.partition(group(1), group(2), group(3))
		w.do("b", 1, "SET gone x")
		w.run(50 * time.Millisecond)
		w.wipe(1)
		w.heal()
		w.restart(1)
		again := w.do("c", 1, "SET k 2") // numbered before the node has anything
		w.do("c", 1, "INCR n")
		w.mustConverge(2 * time.Second)
		w.serves(2, "gone", "nil")
		if policy != "ap" {
			w.serves(2, "n", "2")
		}
		dots := map[model.Dot]model.OpID{}
		for _, h := range w.nodes {
			if !h.disk.Record("k").Holds(again.id) {
				t.Errorf("%s: %v lost the write after the wipe", policy, h.id)
			}
			for _, hd := range h.disk.Record("k").Heads {
				if was, ok := dots[hd.Dot]; ok && was != hd.Op {
					t.Errorf("%s: operations %d and %d have one dot", policy, was, hd.Op)
				}
				dots[hd.Dot] = hd.Op
			}
		}
	}
}

func TestClockDoesNotGoBackOverARestart(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	w.node(1).skew = 10 * time.Second
	w.do("a", 1, "SET k fast")
	w.mustConverge(time.Second)
	w.crash(2)
	w.restart(2)
	w.do("b", 2, "SET k slow") // n2 saw n1's stamp before its crash
	w.mustConverge(time.Second)
	w.serves(1, "k", "slow")
	w.toggle("base")
	w.do("c", 3, "SET k base")
	w.mustConverge(2 * time.Second)
	w.serves(1, "k", "base")
}

// Under load acknowledgements ride on the writes that go the other way; a lone
// write is acknowledged at once.
func TestAPAcknowledgesAlongTheWay(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	for i := range 600 {
		w.do("a", model.NodeID(i%3+1), "SET k"+string(rune('a'+i%7))+" v")
		w.run(2 * time.Millisecond)
	}
	w.run(60 * time.Millisecond)
	for _, h := range w.nodes {
		for _, e := range h.replica.(*ap).out.entries {
			if e.pending != 0 {
				t.Fatalf("%v waits for an acknowledgement", h.id)
			}
		}
	}
	if acks, writes := w.sent["ap.ack"], w.sent["ap.write"]; writes != 1200 || acks > 150 || w.counts["ap.resent"] > 0 {
		t.Errorf("%d writes took %d acknowledgements, and %d were sent again", writes, acks, w.counts["ap.resent"])
	}
	clear(w.sent)
	w.run(time.Second)
	w.do("a", 1, "SET k alone")
	w.run(31 * time.Millisecond)
	if w.sent["ap.ack"] != 2 {
		t.Errorf("%v for a lone write", w.sent)
	}
}
