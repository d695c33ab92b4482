package policies

import (
	"fmt"
	"testing"
	"time"

	"capsim/model"
)

// systemOps returns the writes that the system made.
func (w *world) systemOps() (ops []*op) {
	for _, o := range w.ops {
		if o.system {
			ops = append(ops, o)
		}
	}
	return ops
}

// expireOnce fails unless the system has made one EXPIRE of the key, because of the
// write, and all nodes that are up have executed it.
func (w *world) expireOnce(cause *op, key string) {
	w.t.Helper()
	ops := w.systemOps()
	if len(ops) != 1 || ops[0].command.Key() != key || ops[0].cause != cause.id {
		w.t.Fatalf("the system's writes are %d, want one EXPIRE of %s caused by %d\n%s", len(ops), key, cause.id, w.history())
	}
	for _, h := range w.nodes {
		if v := h.disk.Record(key).Value(); h.up && v.Type != model.None {
			w.t.Fatalf("%v still has %v", h.id, v)
		}
	}
}

func TestCPExpires(t *testing.T) {
	w := newWorld(t, 3, 1, "cp")
	set := w.do("a", 2, "SET k v PX 500")
	w.run(100 * time.Millisecond)
	ttl := w.do("a", 3, "PTTL k")
	w.run(350 * time.Millisecond)
	last := w.do("a", 3, "GET k")
	w.run(200 * time.Millisecond)
	gone, none := w.do("a", 3, "GET k"), w.do("b", 3, "PTTL k")
	w.run(time.Second)
	w.mustReply(set, "OK")
	w.mustReply(last, "v")
	w.mustReply(gone, "nil")
	w.mustReply(none, "-2")
	if n := ttl.res.Reply.Int; n < 300 || n > 500 {
		t.Errorf("PTTL is %d after 100ms of 500", n)
	}
	w.expireOnce(set, "k")
	if o := w.systemOps()[0]; o.at != set.until {
		t.Errorf("it expired at %v, want at %v", o.at, set.until)
	}
	w.mustBeLinearizable(0)
}

// What the deadline was set by is named though later writes kept it; a write that sets
// none, or another, leaves nothing to end.
func TestCPKeptAndOvertakenDeadlines(t *testing.T) {
	for _, c := range []struct {
		then    string
		expires bool
	}{
		{"INCR k", true}, {"APPEND k 1", true}, {"SET k 2", false}, {"SET k 2 NX", true}, {"DEL k", false}, {"PEXPIRE k 900000", false},
	} {
		w := newWorld(t, 3, 1, "cp")
		set := w.do("a", 1, "SET k 1 PX 400")
		w.run(100 * time.Millisecond)
		w.do("a", 1, c.then)
		w.run(time.Second)
		if c.expires {
			w.expireOnce(set, "k")
		} else if n := len(w.systemOps()); n != 0 {
			t.Errorf("%s: %d system writes", c.then, n)
		}
		w.mustBeLinearizable(0)
	}
}

func TestCPExpiryInOrder(t *testing.T) {
	w := newWorld(t, 3, 1, "cp")
	for i, key := range []string{"z", "y", "x", "w"} {
		w.do("a", 1, fmt.Sprintf("SET %s v PX %d", key, 300-50*(i/2)))
	}
	w.run(time.Second)
	var got string
	for _, o := range w.systemOps() {
		got += o.command.Key()
	}
	if got != "wxyz" {
		t.Errorf("they expired in the order %s, want wxyz", got)
	}
}

// The value of a leader that crashed ends at the next one's clock.
func TestCPExpirySurvivesTheLeader(t *testing.T) {
	for _, skew := range []time.Duration{0, 400 * time.Millisecond, -400 * time.Millisecond} {
		w := newWorld(t, 3, 1, "cp")
		w.run(500 * time.Millisecond)
		w.node(2).skew, w.node(3).skew = skew, skew
		set := w.do("a", 1, "SET k v PX 1500")
		w.run(100 * time.Millisecond)
		w.mustReply(set, "OK")
		w.crash(1)
		w.run(700 * time.Millisecond)
		if n := len(w.systemOps()); n != 0 {
			t.Fatalf("skew %v: %d system writes 800ms after a PX of 1500", skew, n)
		}
		w.run(2 * time.Second)
		w.expireOnce(set, "k")
		want := set.until.Add(-skew)
		if o := w.systemOps()[0]; o.at < want || o.at > want.Add(10*time.Millisecond) || o.node == 1 {
			t.Errorf("skew %v: it expired at %v on %v, want at %v", skew, o.at, o.node, want)
		}
		w.restart(1)
		w.run(time.Second)
		w.expireOnce(set, "k")
	}
}

// A leader that is cut off proposes an EXPIRE that is never agreed on; the other side's
// leader proposes another, and what comes second changes nothing.
func TestCPExpiryOnBothSides(t *testing.T) {
	w := newWorld(t, 3, 1, "cp")
	w.hold = true
	set := w.do("a", 1, "SET k v PX 300")
	w.run(200 * time.Millisecond)
	w.partition(group(1), group(2, 3))
	w.run(time.Second)
	w.heal()
	again := w.do("a", 2, "SET k w")
	w.run(2 * time.Second)
	read := w.do("a", 1, "GET k")
	w.run(time.Second)
	w.mustReply(set, "OK")
	w.mustReply(again, "OK")
	w.mustReply(read, "w")
	ops := w.systemOps()
	if len(ops) != 2 || len(ops[0].wrote) != 0 || len(ops[1].wrote) != 3 {
		t.Fatalf("%d EXPIREs; want the cut leader's, which nobody executes, and the next one's\n%s", len(ops), w.history())
	}
	w.mustBeLinearizable(0)
}

// A clock that is set ahead is noticed; what had run out when all nodes were down ends
// when they are back; so does what a toggle brings.
func TestCPExpiryAfterJumpRestartAndToggle(t *testing.T) {
	w := newWorld(t, 3, 1, "cp")
	set := w.do("a", 1, "SET k v PX 60000")
	w.run(time.Second)
	w.node(1).skew = time.Hour
	w.run(expiryCheck + 100*time.Millisecond)
	w.expireOnce(set, "k")

	w = newWorld(t, 3, 2, "cp")
	set = w.do("a", 1, "SET k v PX 300")
	w.run(100 * time.Millisecond)
	for n := model.NodeID(1); n <= 3; n++ {
		w.crash(n)
	}
	w.run(time.Second)
	for n := model.NodeID(1); n <= 3; n++ {
		w.restart(n)
	}
	w.run(2 * time.Second)
	w.expireOnce(set, "k")

	w = newWorld(t, 3, 3, "cp")
	set = w.do("a", 1, "SET k v PX 2000")
	w.run(100 * time.Millisecond)
	w.toggle("cp")
	w.run(4 * time.Second)
	w.expireOnce(set, "k")
}
