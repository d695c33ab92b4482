package policies

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

func (w *world) caOf(n model.NodeID) *ca { return w.node(n).replica.(*ca) }

// steady makes a world whose messages take 10 ms each, so that phases have known times.
func steady(t testing.TB, n int, policy string) *world {
	w := newWorldOf(t, n, 1, mustChoose(t, policy))
	w.latency = func(*rand.Rand) time.Duration { return 10 * time.Millisecond }
	w.logging = true
	watchCA(w)
	w.start()
	return w
}

// messages returns how many messages were sent.
func (w *world) messages() int {
	n := 0
	for _, k := range w.sent {
		n += k
	}
	return n
}

func TestCAWritesAllReadsOne(t *testing.T) {
	for n := 1; n <= 5; n++ {
		w := steady(t, n, "ca")
		for i := 1; i <= n; i++ {
			id := model.NodeID(i)
			a := w.do("a", id, fmt.Sprintf("SET k%d v%d", i, i))
			w.run(25 * time.Millisecond) // one round trip, and the others hear of it later
			w.mustReply(a, "OK")
			w.run(100 * time.Millisecond)
			if len(a.wrote) != n {
				t.Fatalf("%d nodes: the write is on %v", n, a.wrote)
			}
			sent := w.messages()
			b := w.do("b", model.NodeID(i%n+1), fmt.Sprintf("GET k%d", i))
			w.mustReply(b, fmt.Sprintf("v%d", i))
			c := w.do("c", id, fmt.Sprintf("CAS k%d x y", i)) // it changes nothing: as a read
			w.mustReply(c, "0")
			if w.messages() != sent {
				t.Fatal("a read costs messages")
			}
		}
		if d := w.diverged(); d != nil {
			t.Fatalf("diverged: %v", d)
		}
		if got, want := w.sent["ca.prepare"], n*(n-1); got != want || w.sent["ca.commit"] != want {
			t.Fatalf("%d nodes: %d prepares and %d commits for %d writes", n, got, w.sent["ca.commit"], n)
		}
	}
}

// The coordinator, which has decided nothing yet, serves the old; who has prepared serves
// neither, and a read there waits for the outcome.
func TestCAPreparedNodeHoldsReads(t *testing.T) {
	w := steady(t, 3, "ca")
	w.do("a", 1, "SET k old")
	w.run(100 * time.Millisecond)
	w.do("a", 1, "SET k new")
	w.run(12 * time.Millisecond)
	old, held, other := w.do("b", 1, "GET k"), w.do("c", 2, "GET k"), w.do("d", 2, "GET other")
	w.mustReply(old, "old")
	w.mustReply(other, "nil")
	if !held.open() || w.node(2).doubts["k"] != w.ops[1].id {
		t.Fatalf("n2 answers %v, in doubt of %v", held.res, w.node(2).doubts)
	}
	w.run(30 * time.Millisecond)
	w.mustReply(held, "new")
	if len(w.node(2).doubts) > 0 {
		t.Fatalf("n2 is still in doubt of %v", w.node(2).doubts)
	}
}

// One step may free several requests: all go on at once.
func TestCAFreesAllThatWait(t *testing.T) {
	w := steady(t, 3, "ca")
	w.do("a", 1, "SET x:stock 5")
	w.run(100 * time.Millisecond)
	w.do("a", 1, "BUY x 1")
	w.run(12 * time.Millisecond) // n2 has prepared both keys
	stock, sold := w.do("b", 2, "INCR x:stock"), w.do("c", 2, "INCR x:sold")
	w.run(50 * time.Millisecond) // the outcome, and a round trip
	w.mustReply(stock, "5")
	w.mustReply(sold, "2")
}

// A write that a node does not prepare is refused, and nowhere: not then, not later.
func TestCANeedsEveryNode(t *testing.T) {
	w := steady(t, 3, "ca")
	w.partition(group(1, 2), group(3))
	a, b := w.do("a", 1, "SET k v"), w.do("b", 3, "SET k w")
	w.run(900 * time.Millisecond)
	w.mustReply(a, "refused NOQUORUM")
	w.mustReply(b, "refused NOQUORUM")
	w.heal()
	w.run(time.Second)
	if len(a.wrote)+len(b.wrote) > 0 || w.diverged() != nil || len(w.caOf(2).held) > 0 {
		t.Fatalf("a refused write is on %v and %v; in doubt %v", a.wrote, b.wrote, w.node(2).doubts)
	}
	again := w.do("a", 1, "SET k x")
	w.run(100 * time.Millisecond)
	w.mustReply(again, "OK")
}

// Every order of two-phase commit's steps, and a crash of every node after each: alone, and
// with a second node. Whoever was told OK finds the write, whoever was refused does not, and
// after all are back nothing is in doubt.
func TestCACrashAtEveryStep(t *testing.T) {
	run := func(commands []string, crash func(w *world, step int)) (*world, int) {
		w := steady(t, 3, "ca")
		w.do("z", 3, "SET x:stock 5")
		w.run(100 * time.Millisecond)
		watch, step, busy := w.after, 0, false
		w.after = func() {
			watch()
			if busy {
				return
			}
			step++
			busy = true
			crash(w, step)
			busy = false
		}
		for i, c := range commands {
			w.do(fmt.Sprintf("c%d", i), model.NodeID(i+1), c)
		}
		w.run(300 * time.Millisecond)
		return w, step
	}
	runs, outcomes := 0, map[string]int{}
	for _, commands := range [][]string{{"BUY x 2"}, {"SET x:stock 9", "BUY x 2"}} {
		_, steps := run(commands, func(*world, int) {})
		if steps < 7 {
			t.Fatalf("only %d steps", steps)
		}
		for at := 1; at <= steps; at++ {
			for _, victims := range [][]model.NodeID{{1}, {2}, {3}, {1, 2}, {2, 3}, {1, 3}, {1, 2, 3}} {
				w, _ := run(commands, func(w *world, step int) {
					if step == at {
						// Later, since the node's own step is under way.
						w.push(w.now, func() {
							for _, v := range victims {
								w.crash(v)
							}
						})
					}
				})
				for n := model.NodeID(1); n <= 3; n++ {
					w.do("early"+n.String(), n, "GET x:stock")
				}
				w.run(2 * time.Second)
				for _, v := range victims {
					w.restart(v)
				}
				w.run(2 * time.Second)
				caHolds(t, w, plan{policy: "ca"})
				for _, o := range w.ops[1 : 1+len(commands)] {
					outcomes[o.res.Outcome.String()]++
					switch {
					case o.res.Outcome == model.OKOutcome && len(o.wrote) < 3:
						t.Fatalf("crash of %v after step %d: acknowledged, and on %v", victims, at, o.wrote)
					case len(o.wrote)%3 != 0 && o.command.Verb == model.SET:
						t.Fatalf("crash of %v after step %d: on %v alone", victims, at, o.wrote)
					}
				}
				runs++
			}
		}
	}
	t.Logf("%d runs: %v", runs, outcomes)
	if outcomes["ok"] == 0 || outcomes["unknown"] == 0 || outcomes["refused"] == 0 {
		t.Fatalf("the crashes cover too little: %v", outcomes)
	}
}

// All others have prepared, and the coordinator is gone: they can neither keep the write
// nor drop it, though they hear each other. A restart does not help them.
func TestCABlocks(t *testing.T) {
	for _, decided := range []bool{false, true} {
		w := steady(t, 3, "ca")
		a := w.do("a", 1, "SET k v")
		w.run(15 * time.Millisecond)
		if decided {
			w.cutLink(1, 2)
			w.cutLink(1, 3)
			w.run(10 * time.Millisecond)
			w.mustReply(a, "OK")
		}
		w.crash(1)
		w.run(20 * time.Millisecond)
		w.heal()
		w.run(2 * time.Second)
		w.crash(2)
		w.restart(2)
		if w.node(2).doubts["k"] != a.id {
			t.Fatal("a restart ends the doubt")
		}
		read, write, other := w.do("b", 2, "GET k"), w.do("c", 3, "SET k w"), w.do("d", 3, "GET j")
		w.run(900 * time.Millisecond)
		w.mustReply(read, "refused INDOUBT")
		w.mustReply(write, "refused INDOUBT")
		w.mustReply(other, "nil")
		if w.noted(3, "ca.blocked") != 1 {
			t.Fatal("n3 does not say that it is blocked")
		}
		w.run(time.Minute)
		if len(w.caOf(3).held) != 1 {
			t.Fatal("after a minute n3 has guessed")
		}
		w.restart(1)
		w.run(time.Second)
		want := "nil"
		if decided {
			want = "v"
		}
		for n := model.NodeID(1); n <= 3; n++ {
			w.mustReply(w.do("b", n, "GET k"), want)
		}
		w.mustBeLinearizable(0)
	}
}

// One that has not prepared can promise never to: the others need not wait for the
// coordinator. The promise outlives a crash, and the coordinator's return.
func TestCACooperativeTermination(t *testing.T) {
	w := steady(t, 3, "ca")
	w.hold = true // the word to n3 comes, late
	w.cutLink(1, 3)
	a := w.do("a", 1, "SET k v")
	w.run(15 * time.Millisecond)
	w.pause(1)
	w.run(2 * time.Second)
	w.mustReply(w.do("b", 2, "GET k"), "nil")
	w.crash(3)
	w.restart(3)
	w.resume(1)
	w.heal()
	w.run(time.Second)
	if len(a.wrote) > 0 || w.diverged() != nil {
		t.Fatalf("n3 promised never to prepare it, and it is on %v", a.wrote)
	}
	w.mustReply(a, "unknown") // the client's second was over while n1 was paused
}

// Writers that collide wait for each other, the older first: none starves, and none is
// refused while there is time.
func TestCAConflicts(t *testing.T) {
	w := steady(t, 5, "ca")
	for round := range 20 {
		var ops []*op
		for n := model.NodeID(1); n <= 5; n++ {
			ops = append(ops, w.do(fmt.Sprintf("c%d", n), n, []string{"INCR k", "BUY x 1", "TAKE x:stock 1", "SET x:stock 9"}[(int(n)+round)%4]))
			w.run(time.Duration(w.rng.Int64N(int64(8 * time.Millisecond))))
		}
		w.run(600 * time.Millisecond)
		for _, o := range ops {
			if o.res.Outcome != model.OKOutcome {
				t.Fatalf("round %d: %v at %v: %v %s", round, o.command, o.node, o.res, o.res.Why)
			}
		}
	}
	if w.counts["ca.wounds"] == 0 {
		t.Fatal("no two writes collided")
	}
	if d := w.diverged(); d != nil {
		t.Fatalf("diverged %v", d)
	}
	w.mustBeLinearizable(0)
}

// A wiped node serves, promises and acknowledges nothing until all others have told it
// what they have; then it is in doubt of what they are.
func TestCAWiped(t *testing.T) {
	w := steady(t, 3, "ca")
	w.do("a", 1, "SET j v")
	w.run(100 * time.Millisecond)
	w.do("a", 1, "SET k v")
	w.run(15 * time.Millisecond) // n2 and n3 have prepared it
	w.crash(1)
	w.wipe(2)
	w.restart(2)
	early := w.do("b", 2, "GET j")
	w.run(900 * time.Millisecond)
	w.mustReply(early, "refused NOQUORUM") // n1 has not been heard
	w.restart(1)
	w.run(time.Second)
	w.mustReply(w.do("b", 2, "GET j"), "v")
	w.mustReply(w.do("b", 2, "GET k"), "nil")
	if !w.node(2).serving || w.diverged() != nil {
		t.Fatal("n2 has not recovered")
	}
}

// A coordinator that was wiped can't tell what it decided: where all others had prepared,
// they are in doubt for ever, and so is it. Anything else would be a guess.
func TestCAWipedCoordinator(t *testing.T) {
	w := steady(t, 3, "ca")
	w.cutLink(1, 2)
	w.cutLink(1, 3)
	w.at(5*time.Millisecond, w.heal)
	a := w.do("a", 1, "SET k lost")
	w.run(400 * time.Millisecond)
	w.mustReply(a, "OK")
	b := w.do("a", 1, "SET k v")
	w.run(15 * time.Millisecond)
	w.wipe(1)
	w.restart(1)
	w.run(5 * time.Second)
	for n := model.NodeID(1); n <= 3; n++ {
		if w.node(n).doubts["k"] != b.id {
			t.Fatalf("%v is in doubt of %v", n, w.node(n).doubts)
		}
	}
	reads := []*op{w.do("x", 1, "GET k"), w.do("y", 2, "GET k"), w.do("z", 3, "SET other v")}
	w.run(900 * time.Millisecond)
	w.mustReply(reads[0], "refused INDOUBT")
	w.mustReply(reads[1], "refused INDOUBT")
	w.mustReply(reads[2], "OK")
}

// A toggle ends what was prepared: what was decided is on its coordinator's disk and
// spreads from there; what was not is nowhere, and its client was told so.
func TestCAToggleWhilePrepared(t *testing.T) {
	for _, to := range []string{"ap", "cp", "base", "ca"} {
		for _, decided := range []bool{false, true} {
			w := steady(t, 3, "ca")
			w.do("a", 1, "SET k old")
			w.run(100 * time.Millisecond)
			a := w.do("a", 1, "SET k new")
			w.run(15 * time.Millisecond)
			want := "old"
			if decided {
				w.cutLink(1, 2)
				w.cutLink(1, 3)
				w.run(10 * time.Millisecond)
				want = "new"
			}
			w.after = nil
			w.toggle(to)
			w.run(20 * time.Millisecond)
			w.heal()
			w.run(4 * time.Second)
			for n := model.NodeID(1); n <= 3; n++ {
				o := w.do("b", n, "GET k")
				w.run(200 * time.Millisecond)
				w.mustReply(o, want)
				for name := range w.node(n).disk.metas {
					if to != "ca" && strings.HasPrefix(name, "ca/") {
						t.Fatalf("%v keeps %s under %s", n, name, to)
					}
				}
			}
			if decided != (a.res.Outcome == model.OKOutcome) {
				t.Fatalf("%s: %v", to, a.res)
			}
			if decided == slices.ContainsFunc(w.ops, func(o *op) bool { return o.res.Code == model.CodeSwitched }) {
				t.Fatalf("%s: the client was told %v", to, a.res)
			}
		}
	}
}

// The node that accepted a value ends it, by its own clock; if it is down the value
// stays, like everything that is written.
func TestCAExpiry(t *testing.T) {
	w := steady(t, 3, "ca")
	w.node(2).skew = 300 * time.Millisecond
	w.do("a", 2, "SET k v PX 500")
	w.do("a", 3, "SET stays v PX 100")
	w.run(50 * time.Millisecond)
	w.crash(3)
	w.run(400 * time.Millisecond)
	w.mustReply(w.do("b", 1, "GET k"), "v")
	w.run(time.Second)
	w.mustReply(w.do("b", 1, "GET k"), "v") // a write needs every node, an EXPIRE too
	w.restart(3)
	w.run(3 * time.Second)
	for n := model.NodeID(1); n <= 3; n++ {
		w.mustReply(w.do("b", n, "GET k"), "nil")
		w.mustReply(w.do("b", n, "GET stays"), "nil")
	}
	kept := w.do("a", 1, "SET k w PX 500")
	w.run(100 * time.Millisecond)
	w.do("a", 2, "SET k x") // overtakes it
	w.run(2 * time.Second)
	w.mustReply(kept, "OK")
	w.mustReply(w.do("b", 3, "GET k"), "x")
	ends := 0
	for _, o := range w.ops {
		if o.system {
			ends++
		}
	}
	if ends != 2 || len(w.caOf(1).jobs)+len(w.caOf(2).jobs)+len(w.caOf(3).jobs) > 0 {
		t.Fatalf("%d EXPIREs", ends)
	}
}
