package policies

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"capsim/model"
)

// mustViolate fails unless the run is one that a linearizable register can't make.
func (w *world) mustViolate() {
	w.t.Helper()
	if got := w.linearizable(0); got != porcupine.Illegal {
		w.t.Fatalf("linearizable: %v\n%s", got, w.history())
	}
}

// give delivers what is on its way of a kind from one node to another.
func (w *world) give(kind string, from, to model.NodeID) { w.deliver(w.take(kind, from, to)) }

// newThenOld lets n1 write and a read at n1, then one at n2, happen while the write is on
// n1 alone.
func newThenOld(t *testing.T, policy string) (w *world, first, second *op) {
	w = newWorld(t, 3, 1, policy)
	w.do("a", 1, "SET k old")
	w.run(time.Second)
	w.manual = true
	w.do("a", 1, "SET k new")
	w.give("quorum.stamp", 1, 2)
	w.give("quorum.stamped", 2, 1)
	first = w.do("b", 1, "GET k")
	w.give("quorum.read", 1, 2)
	w.give("quorum.answer", 2, 1)
	second = w.do("c", 2, "GET k")
	w.give("quorum.read", 2, 3)
	w.give("quorum.answer", 3, 2)
	return w, first, second
}

// R+W>N is not linearizable: two reads see new, then old. Read repair comes too late.
func TestQuorumNewThenOld(t *testing.T) {
	for _, policy := range []string{"quorum read=plain", "quorum read=repair"} {
		w, first, second := newThenOld(t, policy)
		w.mustReply(first, "new")
		w.mustReply(second, "old")
		w.mustViolate()
		repaired := slices.ContainsFunc(w.aside, func(p parcel) bool { return p.msg.Kind() == "quorum.repair" })
		if repaired != (policy == "quorum read=repair") {
			t.Errorf("%s: a repair is under way: %v", policy, repaired)
		}
	}
}

// Write-back mends it: the first read does not answer before w nodes have what it found.
func TestQuorumWriteBack(t *testing.T) {
	w, first, second := newThenOld(t, "quorum")
	if !first.open() {
		t.Fatalf("the read was answered (%v) while the write was on one node", first.res)
	}
	w.mustReply(second, "old")
	w.give("quorum.repair", 1, 2)
	w.give("quorum.ack", 2, 1)
	w.mustReply(first, "new")
	third := w.do("c", 3, "GET k")
	w.give("quorum.read", 3, 2)
	w.give("quorum.answer", 2, 3)
	w.give("quorum.repair", 3, 1)
	w.mustReply(third, "new") // n2 had it, and n3 has it now
	w.mustBeLinearizable(0)
}

// A blind write from a node whose clock lags loses to an earlier one; with the stamp taken
// first it does not.
func TestQuorumBlindWrite(t *testing.T) {
	for _, policy := range []string{"quorum write=blind", "quorum"} {
		w := newWorld(t, 3, 1, policy)
		w.node(1).skew = 10 * time.Second
		w.partition(group(1, 2), group(3))
		w.mustDo("a", 1, "SET k earlier", "OK")
		w.partition(group(1), group(2, 3))
		w.mustDo("b", 3, "SET k later", "OK")
		if policy == "quorum" {
			w.mustDo("b", 3, "GET k", "later")
			w.mustBeLinearizable(0)
			continue
		}
		w.mustDo("b", 3, "GET k", "earlier")
		w.mustViolate()
	}
}

// mustDo does a command and waits for its answer.
func (w *world) mustDo(client string, n model.NodeID, command, want string) *op {
	w.t.Helper()
	o := w.do(client, n, command)
	w.run(w.timeout)
	w.mustReply(o, want)
	return o
}

// Each side of a partition answers if it has r nodes, and w; else it refuses what surely
// was not done, and can't say of the rest.
func TestQuorumSides(t *testing.T) {
	for _, c := range []struct{ policy, set, get string }{
		{"quorum", "refused NOQUORUM", "refused NOQUORUM"},
		{"quorum r=1 w=3", "unknown", "old"}, // w=3: nowhere to be had
		{"quorum r=3 w=1", "refused NOQUORUM", "refused NOQUORUM"},
		{"quorum r=1 w=1", "OK", "new"},
	} {
		w := newWorld(t, 3, 1, c.policy)
		w.mustDo("a", 1, "SET k old", "OK")
		w.partition(group(1), group(2, 3))
		set := w.mustDo("a", 1, "SET k new", c.set)
		if c.policy == "quorum" && (set.begun || len(set.wrote) > 0) {
			t.Errorf("%s: a refused write was begun", c.policy)
		}
		if c.policy == "quorum r=1 w=3" {
			continue // n1 holds a write that is on its way, and may not return it
		}
		w.mustDo("b", 1, "GET k", c.get)
		if c.policy == "quorum" {
			w.mustDo("c", 2, "SET k other", "OK")
			w.mustDo("c", 3, "GET k", "other")
		}
	}
}

// Hinted handoff: who missed a write gets it when it is back, though its coordinator
// crashed in between.
func TestQuorumHandoff(t *testing.T) {
	for _, policy := range []string{"quorum", "quorum handoff=off"} {
		w := newWorld(t, 3, 1, policy)
		w.crash(3)
		for _, k := range []string{"a", "b", "c"} {
			w.mustDo("x", 1, "SET "+k+" v", "OK")
		}
		w.crash(1)
		w.restart(1)
		w.run(5 * time.Second)
		w.restart(3)
		w.run(2 * time.Second)
		got := strings.Join(w.node(3).disk.Keys(), " ")
		if want := map[bool]string{true: "a b c"}[policy == "quorum"]; got != want {
			t.Errorf("%s: n3 has %q, want %q", policy, got, want)
		}
		if w.node(1).disk.Meta(hintsMeta) != nil {
			t.Errorf("%s: hints are left over", policy)
		}
	}
}

// Sloppy: hints count, so a side without w nodes acknowledges what reads elsewhere miss.
func TestQuorumSloppy(t *testing.T) {
	w := newWorld(t, 3, 1, "quorum sloppy=on write=blind")
	w.mustDo("a", 1, "SET k old", "OK")
	w.partition(group(1), group(2, 3))
	w.mustDo("a", 1, "SET k new", "OK")
	w.mustDo("b", 2, "GET k", "old")
	w.mustViolate()
	w.heal()
	w.run(time.Second)
	w.mustDo("b", 2, "GET k", "new")
	if w.diverged() != nil {
		t.Errorf("the hints were not delivered: %v", w.diverged())
	}
}

// A wiped node counts in no quorum until it knows again what it may have promised. With
// w=1 nobody else may have it.
func TestQuorumWiped(t *testing.T) {
	w := newWorld(t, 3, 1, "quorum")
	w.crash(3)
	w.mustDo("a", 1, "SET k v", "OK") // on n1 and n2
	w.wipe(2)
	w.crash(1)
	w.restart(2)
	w.restart(3)
	w.run(time.Second)
	w.mustDo("b", 2, "GET k", "refused NOQUORUM")
	w.mustDo("b", 3, "GET k", "refused NOQUORUM") // else it would be nil
	w.restart(1)
	w.run(time.Second)
	w.mustDo("b", 3, "GET k", "v")
	if !w.node(2).serving || !w.node(2).disk.Record("k").Holds(1) {
		t.Error("n2 has not recovered")
	}

	w = newWorld(t, 3, 1, "quorum r=1 w=1 read=plain handoff=off")
	w.partition(group(1), group(2, 3))
	w.mustDo("a", 1, "SET k v", "OK") // on n1 alone
	w.wipe(1)
	w.heal()
	w.restart(1)
	w.mustDo("b", 1, "GET k", "refused NOQUORUM")
	w.run(time.Second)
	w.mustDo("b", 1, "GET k", "nil")
}

// An acknowledgement of a life that its node has forgotten is not counted.
func TestQuorumForgottenAck(t *testing.T) {
	w := newWorld(t, 5, 1, "quorum write=blind")
	w.manual = true
	set := w.do("a", 1, "SET k v")
	w.give("quorum.write", 1, 2)
	late := w.take("quorum.ack", 2, 1)
	w.wipe(2)
	w.restart(2)
	for _, n := range []model.NodeID{3, 4, 5} { // none of them has the write
		w.give("quorum.recover", 2, n)
		w.give("quorum.recovered", n, 2)
	}
	if !w.node(2).serving {
		t.Fatal("n2 has heard of n-w+1 others")
	}
	w.deliver(late)
	w.give("quorum.write", 1, 3)
	w.give("quorum.ack", 3, 1)
	if !set.open() {
		t.Fatalf("%v: two nodes have it, and one had it in another life", set.res)
	}
	w.give("quorum.write", 1, 4)
	w.give("quorum.ack", 4, 1)
	w.mustReply(set, "OK")
}

// A toggle begins with what a majority holds; a coordinator never reuses a dot.
func TestQuorumToggles(t *testing.T) {
	w := newWorld(t, 3, 1, "ap")
	w.mustDo("a", 1, "SET k one", "OK")
	w.partition(group(1), group(2, 3))
	w.mustDo("a", 1, "SET k left", "OK")
	w.mustDo("b", 2, "SET k right", "OK")
	w.toggle("quorum")
	w.mustDo("c", 1, "GET k", "refused NOQUORUM")
	w.mustDo("c", 2, "GET k", "right")
	w.heal()
	w.run(2 * time.Second)
	w.mustDo("c", 1, "GET k", "right")
	if d := w.node(1).discarded; len(d) != 1 || d[0].op != 2 {
		t.Errorf("n1 discarded %v, want its own write", d)
	}
	dots := map[model.Dot]model.OpID{}
	for i, policy := range []string{"cp", "quorum", "ap", "quorum", "base", "quorum"} {
		w.toggle(policy)
		w.run(2 * time.Second)
		o := w.mustDo("c", 1, "SET k v"+policy, "OK")
		w.run(time.Second)
		h, _ := w.node(2).disk.Record("k").Newest()
		if was, ok := dots[h.Dot]; ok || h.Op != o.id {
			t.Fatalf("toggle %d to %s: operation %d has the dot %+v, which was %d's", i, policy, h.Op, h.Dot, was)
		}
		dots[h.Dot] = h.Op
		w.mustDo("d", 3, "GET k", "v"+policy)
	}
}

// What a remote client coordinates by itself is told of by the nodes.
func TestQuorumClientCoordinates(t *testing.T) {
	w := newWorldOf(t, 3, 1, mustChoose(t, "quorum coordinator=client"))
	w.start()
	dora := w.remote("dora")
	one := w.mustDo("dora", 1, "SET k one", "OK")
	two := w.mustDo("dora", 1, "SET k two", "OK")
	w.mustDo("dora", 1, "GET k", "two")
	w.mustDo("a", 2, "GET k", "two")
	if len(one.wrote) == 0 || !slices.Equal(two.over["k"], []model.OpID{one.id}) {
		t.Errorf("written at %v; the second superseded %v", one.wrote, two.over)
	}
	for n := model.NodeID(1); n <= 2; n++ {
		w.cutLink(dora.id, n)
	}
	w.mustDo("dora", 1, "GET k", "refused NOQUORUM")
	w.mustDo("a", 1, "DEL k", "OK")
	w.mustDo("a", 3, "GET k", "nil")
}
