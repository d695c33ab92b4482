package policies

import (
	"slices"
	"testing"
	"time"

	"capsim/model"
)

// plant gives a node a record as another policy would have left it: the writes of
// one actor after another, each on top of those that it has seen.
func plant(h *hostNode, key string, writes ...model.Write) {
	var rec *model.Record
	for _, wr := range writes {
		wr.Effect.Key = key
		rec, _ = rec.Write(wr, model.Merging)
	}
	h.disk.PutRecord(key, rec)
	h.applied[key] = rec
}

func put(w *world, client string, n model.NodeID, dot int64, wall model.Time, value string) model.Write {
	cmd := model.Command{Verb: model.SET, Args: []string{"k", value}}
	w.clock++
	o := &op{id: model.OpID(len(w.ops) + 1), client: client, node: n, command: cmd, call: w.clock, ret: w.clock, begun: true, res: model.Answered(model.OK)}
	w.ops = append(w.ops, o)
	a := model.Actor{Node: n, Life: 1}
	return model.Write{
		Op: o.id, Dot: model.Dot{Actor: a, N: dot}, Stamp: model.Stamp{Wall: wall, Actor: a},
		Effect: model.Effect{Kind: model.Put, Value: model.Text(value)},
	}
}

func TestCPToggleInstallsAMajority(t *testing.T) {
	w := newWorld(t, 3, 21, "cp")
	w.run(time.Second)
	shared := put(w, "a", 1, 1, 10, "shared")
	older := put(w, "a", 1, 2, 20, "older")
	newer := put(w, "b", 2, 1, 30, "newer")
	alone := put(w, "c", 3, 1, 99, "alone")
	plant(w.node(1), "k", shared, older)
	plant(w.node(2), "k", shared, newer)
	plant(w.node(3), "k", shared)
	plant(w.node(3), "only3", alone)
	w.partition(group(1, 2), group(3))
	w.toggle("cp")
	if w.node(1).applied["k"] != nil {
		t.Fatal("n1 serves before anything is installed")
	}
	early := w.do("x", 1, "GET k")
	w.run(5 * time.Second)
	if early.res.Outcome == model.OKOutcome && early.res.Reply.Str != "newer" {
		t.Fatalf("read %v", early.res)
	}
	o := w.do("x", 1, "GET k")
	outside := w.do("y", 3, "GET k")
	w.run(300 * time.Millisecond)
	w.mustReply(o, "newer")
	w.mustReply(outside, "refused NOQUORUM")
	if w.node(3).serving || w.node(3).applied["k"] != nil {
		t.Fatal("n3 serves though it has not installed the state")
	}
	wants := []discard{{"k", older.Op, "another write is newer"}}
	if got := w.node(1).discarded; !slices.Equal(got, wants) {
		t.Fatalf("n1 discarded %v", got)
	}
	if got := w.node(2).discarded; len(got) != 0 {
		t.Fatalf("n2 discarded %v", got)
	}
	w.heal()
	w.run(2 * time.Second)
	if got := w.node(3).discarded; len(got) != 1 || got[0].op != alone.Op {
		t.Fatalf("n3 discarded %v", got)
	}
	if d := w.diverged(); d != nil || !w.node(3).serving {
		t.Fatalf("diverged %v, n3 serving %v", d, w.node(3).serving)
	}
	// A later write has a later stamp than all that was merged.
	w.node(1).skew = -w.nowPlus(0)
	next := w.do("x", 1, "SET k next")
	w.run(300 * time.Millisecond)
	w.mustReply(next, "OK")
	h, _ := w.node(2).disk.Record("k").Newest()
	if h.Op != next.id || h.Stamp.Wall < 30 {
		t.Fatalf("the newest write is %+v", h)
	}
}

// With all nodes in reach, nothing that one of them alone had is lost.
func TestCPToggleTakesAllInReach(t *testing.T) {
	for seed := range uint64(20) {
		w := newWorld(t, 3, seed, "cp")
		w.run(time.Second)
		for n := model.NodeID(1); n <= 3; n++ {
			plant(w.node(n), "only"+n.String(), put(w, "a", n, 1, 10, n.String()))
		}
		w.toggle("cp prevote=off")
		w.run(3 * time.Second)
		for n := model.NodeID(1); n <= 3; n++ {
			o := w.do("b", n%3+1, "GET only"+n.String())
			w.run(300 * time.Millisecond)
			w.mustReply(o, n.String())
		}
	}
}

// Merged counters and sets are served as they are, and the next write makes them
// plain.
func TestCPToggleKeepsMergedValues(t *testing.T) {
	w := newWorld(t, 3, 22, "cp")
	w.run(time.Second)
	for n := model.NodeID(1); n <= 3; n++ {
		add := put(w, "a", n, 1, model.Time(10*n), "")
		add.Effect = model.Effect{Kind: model.Add, Delta: int64(n)}
		plant(w.node(n), "hits", add)
		member := put(w, "a", n, 1, model.Time(10*n), "")
		member.Effect = model.Effect{Kind: model.AddMembers, Members: []string{n.String()}}
		plant(w.node(n), "set", member)
	}
	w.toggle("cp")
	w.run(3 * time.Second)
	for _, c := range [][2]string{{"GET hits", "6"}, {"SMEMBERS set", "[n1 n2 n3]"}, {"INCR hits", "7"}, {"SREM set n2", "1"}, {"SMEMBERS set", "[n1 n3]"}, {"GET hits", "7"}} {
		o := w.do("x", 2, c[0])
		w.run(300 * time.Millisecond)
		w.mustReply(o, c[1])
	}
	if d := w.diverged(); d != nil {
		t.Fatalf("diverged %v", d)
	}
}

// Leaders that fall in the middle of an installation must not install two states.
func TestCPToggleLeaderChanges(t *testing.T) {
	for seed := range uint64(seeds(40)) {
		w := newWorld(t, 5, seed, "cp")
		w.run(time.Second)
		for n := model.NodeID(1); n <= 5; n++ {
			plant(w.node(n), "k", put(w, "a", n, 1, model.Time(10*n), n.String()))
		}
		w.toggle("cp")
		for range 15 {
			w.run(time.Duration(w.rng.Int64N(int64(400 * time.Millisecond))))
			n := model.NodeID(w.rng.IntN(5) + 1)
			switch w.rng.IntN(4) {
			case 0:
				w.crash(n)
			case 1:
				w.partition(group(n, n%5+1, (n+1)%5+1), group((n+2)%5+1, (n+3)%5+1))
			case 2:
				w.heal()
			case 3:
				w.restart(n)
			}
		}
		w.heal()
		for n := model.NodeID(1); n <= 5; n++ {
			w.restart(n)
		}
		w.run(4 * time.Second)
		if d := w.diverged(); d != nil {
			t.Fatalf("seed %d: diverged %v", seed, d)
		}
		for _, h := range w.nodes {
			if !h.serving {
				t.Fatalf("seed %d: %v does not serve", seed, h.id)
			}
		}
	}
}

// A write is committed, its client told so, and whoever told it is gone before
// another node knows: a toggle must not forget it, to whichever policy, even if
// the node that has it in its log misses a stretch.
func TestToggleKeepsCommittedEntries(t *testing.T) {
	for _, path := range [][]string{{"cp"}, {"ap"}, {"base"}, {"cp", "cp"}, {"ap", "cp"}, {"ap", "base", "cp"}} {
		for _, down := range []bool{false, true} {
			w := newWorld(t, 3, 23, "cp")
			w.crash(3)
			w.run(time.Second)
			o := w.do("a", 1, "SET k acknowledged")
			for o.open() {
				w.run(time.Millisecond)
			}
			w.mustReply(o, "OK")
			w.wipe(1) // n2 has the entry and does not know that it is committed
			if len(o.wrote) != 1 {
				t.Fatalf("executed on %v", o.wrote)
			}
			if down {
				w.crash(2)
			}
			for i, policy := range path {
				if i == len(path)-1 {
					w.restart(2)
					w.restart(3)
				}
				w.toggle(policy)
				w.run(time.Second)
			}
			w.run(3 * time.Second)
			read := w.do("b", 3, "GET k")
			w.run(300 * time.Millisecond)
			w.mustReply(read, "acknowledged")
		}
	}
}

// A node that is still recovering at a toggle has no records that count.
func TestCPToggleWhileRecovering(t *testing.T) {
	w := newWorld(t, 3, 24, "cp")
	w.do("a", 1, "SET k v")
	w.run(300 * time.Millisecond)
	w.crash(2)
	o := w.do("a", 1, "SET k w") // on n1 and n3 alone
	w.run(300 * time.Millisecond)
	w.mustReply(o, "OK")
	w.crash(1)
	w.wipe(3)
	w.restart(2)
	w.restart(3)
	w.run(time.Second)
	w.toggle("cp")
	w.run(3 * time.Second)
	stuck := w.do("b", 2, "GET k")
	w.run(300 * time.Millisecond)
	w.mustReply(stuck, "refused NOQUORUM")
	w.restart(1)
	w.run(4 * time.Second)
	read := w.do("b", 3, "GET k")
	w.run(300 * time.Millisecond)
	w.mustReply(read, "w")
}

// A value and a deletion that had not seen each other are siblings, of which clients
// see the value: it must not vanish because the deletion is newer.
func TestCPToggleKeepsTheVisibleSibling(t *testing.T) {
	w := newWorld(t, 3, 25, "ap conflict=siblings")
	w.do("a", 1, "SET k old")
	w.run(time.Second)
	w.partition(group(1), group(2, 3))
	w.do("a", 1, "SET k kept")
	w.run(100 * time.Millisecond)
	w.do("b", 2, "GET k")
	w.run(100 * time.Millisecond)
	w.do("b", 2, "DEL k")
	w.run(100 * time.Millisecond)
	w.heal()
	w.run(2 * time.Second)
	before := w.do("c", 3, "GET k")
	w.run(100 * time.Millisecond)
	w.mustReply(before, "kept")
	w.toggle("cp")
	w.run(3 * time.Second)
	after := w.do("c", 3, "GET k")
	w.run(300 * time.Millisecond)
	w.mustReply(after, "kept")
}
