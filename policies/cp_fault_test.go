package policies

import (
	"fmt"
	"testing"
	"time"

	"capsim/model"
)

// write does a number of writes at a node, one after the other.
func (w *world) writes(n model.NodeID, count int) {
	for i := range count {
		w.do("filler", n, fmt.Sprintf("SET f%d %d", i%7, i))
		w.run(2 * time.Millisecond)
	}
	w.run(300 * time.Millisecond)
}

func (w *world) cpOf(n model.NodeID) *cp { return w.node(n).replica.(*cp) }

func TestCPSnapshotCatchUp(t *testing.T) {
	for _, crash := range []bool{false, true} {
		w := newWorld(t, 3, 11, "cp")
		w.run(100 * time.Millisecond)
		if crash {
			w.crash(3)
		} else {
			w.partition(group(1, 2), group(3))
		}
		w.writes(1, logBound+100)
		if got := len(w.cpOf(1).log.entries); got > logBound+1 {
			t.Fatalf("the log has %d entries", got)
		}
		if crash {
			w.restart(3)
		} else {
			w.heal()
		}
		w.run(2 * time.Second)
		if w.sent["raft.snapshot"] == 0 {
			t.Fatal("no snapshot was sent")
		}
		if d := w.diverged(); d != nil {
			t.Fatalf("diverged: %v", d)
		}
		o := w.do("b", 3, "GET f3")
		w.run(200 * time.Millisecond)
		want, _ := w.node(1).disk.Record("f3").Newest()
		w.mustReply(o, want.Value.Str)
		// What compaction forgot is not on the disk either.
		for n := model.NodeID(1); n <= 3; n++ {
			if got, most := len(w.node(n).disk.metas), logBound+3; got > most {
				t.Fatalf("%v keeps %d blobs", n, got)
			}
			w.crash(n)
			w.restart(n)
			if w.cpOf(n).broken {
				t.Fatalf("%v does not restart", n)
			}
		}
		w.run(time.Second)
		again := w.do("b", 3, "GET f3")
		w.run(200 * time.Millisecond)
		w.mustReply(again, want.Value.Str)
	}
}

// A lost snapshot is sent again.
func TestCPSnapshotLost(t *testing.T) {
	w := newWorld(t, 3, 12, "cp")
	w.partition(group(1, 2), group(3))
	w.writes(1, logBound+100)
	w.heal()
	w.cutLink(1, 3)
	w.at(w.nowPlus(200*time.Millisecond), func() { w.heal() })
	w.loss = 0.5
	w.run(3 * time.Second)
	w.loss = 0
	w.run(time.Second)
	if d := w.diverged(); d != nil {
		t.Fatalf("diverged: %v", d)
	}
}

func (w *world) nowPlus(d time.Duration) time.Duration { return time.Duration(w.now) + d }

func TestCPWipedNodeCatchesUp(t *testing.T) {
	for n := 2; n <= 5; n++ {
		for _, victim := range []model.NodeID{1, 2} { // the leader, a follower
			w := newWorld(t, n, uint64(n), "cp")
			w.run(100 * time.Millisecond)
			w.do("a", 1, "SET k v")
			w.writes(1, 20)
			w.wipe(victim)
			if n > 2 {
				w.run(time.Second)
				o := w.do("a", 3, "SET k w")
				w.run(300 * time.Millisecond)
				w.mustReply(o, "OK")
			}
			w.restart(victim)
			early := w.do("b", victim, "GET k")
			w.run(2 * time.Second)
			want := "v"
			if n > 2 {
				want = "w"
			}
			w.mustReply(early, want)
			if d := w.diverged(); d != nil {
				t.Fatalf("%d nodes, %v wiped: diverged %v", n, victim, d)
			}
			if w.noted(victim, "raft.recovered") != 1 || !w.node(victim).serving {
				t.Fatalf("%d nodes, %v wiped: it did not recover", n, victim)
			}
			o := w.do("b", victim, "SET k x")
			w.run(300 * time.Millisecond)
			w.mustReply(o, "OK")
			if len(o.wrote) != n {
				t.Fatalf("%d nodes, %v wiped: the write is on %v", n, victim, o.wrote)
			}
		}
	}
}

// A follower that was wiped does not cost the leader its office.
func TestCPWipedFollowerKeepsTheLeader(t *testing.T) {
	w := newWorld(t, 3, 9, "cp")
	w.writes(1, 20)
	w.wipe(3)
	w.restart(3)
	w.run(2 * time.Second)
	w.writes(1, 20)
	if got := fmt.Sprint(w.leaders()); got != "[n1/1]" || w.diverged() != nil {
		t.Fatalf("leaders %s, diverged %v", got, w.diverged())
	}
}

// Two of three wiped: nobody knows what was acknowledged, so nobody answers.
func TestCPMajorityWiped(t *testing.T) {
	w := newWorld(t, 3, 9, "cp")
	w.do("a", 1, "SET k v")
	w.run(200 * time.Millisecond)
	w.wipe(2)
	w.wipe(3)
	w.restart(2)
	w.restart(3)
	w.run(3 * time.Second)
	for n := model.NodeID(1); n <= 3; n++ {
		o := w.do("b", n, "GET k")
		w.run(200 * time.Millisecond)
		w.mustReply(o, "refused NOQUORUM")
	}
	if w.noted(2, "raft.recovered")+w.noted(3, "raft.recovered") != 0 {
		t.Fatal("a wiped node helped another to recover")
	}
	// A crash without a wipe changes nothing of that.
	w.crash(2)
	w.restart(2)
	w.run(time.Second)
	o := w.do("b", 2, "GET k")
	w.run(200 * time.Millisecond)
	w.mustReply(o, "refused NOQUORUM")
}
