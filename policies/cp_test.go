package policies

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"capsim/model"
)

// leaders lists, in order, who became leader, as "n1/1" with the term.
func (w *world) leaders() []string {
	type win struct {
		at  model.Time
		who string
	}
	var wins []win
	for _, h := range w.nodes {
		for _, n := range h.notes {
			if n.kind == "raft.leader" {
				wins = append(wins, win{n.at, n.fields[1] + "/" + n.fields[3]})
			}
		}
	}
	slices.SortStableFunc(wins, func(a, b win) int { return int(a.at - b.at) })
	var out []string
	for _, l := range wins {
		out = append(out, l.who)
	}
	return out
}

func (w *world) noted(n model.NodeID, kind string) int {
	count := 0
	for _, x := range w.node(n).notes {
		if x.kind == kind {
			count++
		}
	}
	return count
}

func TestCPStartsWithN1Elected(t *testing.T) {
	for _, policy := range []string{"cp", "cp prevote=off"} {
		w := newWorld(t, 3, 1, policy)
		if got := fmt.Sprint(w.leaders()); got != "[n1/1]" || len(w.sent) != 0 {
			t.Fatalf("%s: leaders %s, sent %v", policy, got, w.sent)
		}
		for _, h := range w.nodes {
			if !h.serving {
				t.Fatalf("%v does not serve", h.id)
			}
		}
		w.run(5 * time.Second)
		if got := fmt.Sprint(w.leaders()); got != "[n1/1]" || w.counts["raft.elections"] != 0 {
			t.Fatalf("%s: without faults: leaders %s, %d elections", policy, got, w.counts["raft.elections"])
		}
	}
}

func TestCPAnswersEverywhere(t *testing.T) {
	for n := 1; n <= 5; n++ {
		w := newWorld(t, n, uint64(n), "cp")
		for i := 1; i <= n; i++ {
			id := model.NodeID(i)
			a := w.do("a", id, fmt.Sprintf("SET k%d v%d", i, i))
			w.run(200 * time.Millisecond)
			b := w.do("b", model.NodeID(i%n+1), fmt.Sprintf("GET k%d", i))
			c := w.do("c", id, "INCR hits")
			w.run(200 * time.Millisecond)
			w.mustReply(a, "OK")
			w.mustReply(b, fmt.Sprintf("v%d", i))
			w.mustReply(c, fmt.Sprint(i))
			if len(a.wrote) != n {
				t.Fatalf("%d nodes: the write is on %v", n, a.wrote)
			}
		}
		if d := w.diverged(); d != nil {
			t.Fatalf("diverged: %v", d)
		}
	}
}

func TestCPMinority(t *testing.T) {
	w := newWorld(t, 3, 7, "cp")
	w.do("a", 1, "SET k old")
	w.run(200 * time.Millisecond)
	w.partition(group(1), group(2, 3))
	lost := w.do("a", 1, "SET k lost")
	stale := w.do("b", 1, "GET k")
	w.run(2 * time.Second)
	w.mustReply(lost, "unknown")
	w.mustReply(stale, "refused NOQUORUM")
	if got := w.leaders(); len(got) < 2 || got[len(got)-1] == "n1/1" {
		t.Fatalf("leaders %v", got)
	}
	if w.noted(1, "raft.stepdown") != 1 {
		t.Fatal("n1 did not step down")
	}
	// Refused at once by now, and in the majority all is well.
	late := w.do("a", 1, "SET k later")
	write := w.do("c", 2, "SET k new")
	w.run(200 * time.Millisecond)
	w.mustReply(late, "refused NOQUORUM")
	w.mustReply(write, "OK")
	fresh := w.do("c", 3, "GET k")
	w.run(200 * time.Millisecond)
	w.mustReply(fresh, "new")
	w.heal()
	w.run(time.Second)
	healed := w.do("b", 1, "GET k")
	w.run(200 * time.Millisecond)
	w.mustReply(healed, "new")
	if len(lost.wrote) != 0 || w.noted(1, "raft.overwritten") != 1 {
		t.Fatalf("the deposed leader's entry: executed on %v, overwritten %d times", lost.wrote, w.noted(1, "raft.overwritten"))
	}
	w.mustBeLinearizable(0)
}

// A leader that can speak but hears nothing must step down: its heartbeats keep
// everyone else from standing for election.
func TestCPDeafLeader(t *testing.T) {
	w := newWorld(t, 3, 3, "cp")
	w.run(time.Second)
	w.cutLink(2, 1)
	w.cutLink(3, 1)
	w.run(2 * time.Second)
	write := w.do("a", 2, "SET k v")
	w.run(200 * time.Millisecond)
	w.mustReply(write, "OK")
}

func TestCPRestartsFromTheStore(t *testing.T) {
	w := newWorld(t, 3, 5, "cp")
	for i := range 10 {
		w.do("a", model.NodeID(i%3+1), fmt.Sprintf("SET k%d v", i))
		w.run(100 * time.Millisecond)
	}
	for n := model.NodeID(1); n <= 3; n++ {
		w.crash(n)
	}
	w.run(time.Second)
	for n := model.NodeID(1); n <= 3; n++ {
		w.restart(n)
	}
	w.run(2 * time.Second)
	for i := range 10 {
		o := w.do("b", model.NodeID(i%3+1), fmt.Sprintf("GET k%d", i))
		w.run(100 * time.Millisecond)
		w.mustReply(o, "v")
	}
	for _, o := range w.ops[:10] {
		if len(o.wrote) != 3 {
			t.Fatalf("operation %d was executed on %v: once a node, not again after a restart", o.id, o.wrote)
		}
	}
}

// A damaged disk must not bring the program down: the node refuses.
func TestCPBrokenDisk(t *testing.T) {
	for _, damage := range []func(s *memStore){
		func(s *memStore) { delete(s.metas, logName(2)) },
		func(s *memStore) { s.metas[logName(2)] = []byte{1, 'x'} },
		func(s *memStore) { s.metas[logName(2)] = []byte{99} },
		func(s *memStore) { s.metas[stateMeta] = s.metas[stateMeta][:5] },
		func(s *memStore) { delete(s.metas, stateMeta) },
	} {
		w := newWorld(t, 3, 5, "cp")
		w.do("a", 1, "SET k v")
		w.run(200 * time.Millisecond)
		w.crash(3)
		damage(w.node(3).disk)
		w.restart(3)
		o := w.do("b", 3, "GET k")
		w.run(200 * time.Millisecond)
		w.mustReply(o, "refused NOQUORUM")
	}
}
