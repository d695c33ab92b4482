package policies

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"capsim/model"
)

var expiringPolicies = []string{"ap", "ap conflict=siblings", "ap conflict=crdt", "base"}

// expiries returns the EXPIREs that the system made.
func (w *world) expiries() []*op {
	var out []*op
	for _, o := range w.ops {
		if o.command.Verb == model.EXPIRE {
			out = append(out, o)
		}
	}
	return out
}

func TestTheAcceptingNodeEndsAValue(t *testing.T) {
	for _, policy := range expiringPolicies {
		w := newWorld(t, 3, 1, policy)
		set := w.do("a", 2, "SET k v PX 500")
		w.mustConverge(400 * time.Millisecond)
		w.partition(group(1, 3), group(2))
		w.run(300 * time.Millisecond)
		w.mustReply(w.do("b", 2, "GET k"), "nil")
		w.mustReply(w.do("c", 1, "GET k"), "v") // the news has not arrived
		w.mustReply(w.do("c", 1, "PTTL k"), "0")
		w.heal()
		w.mustConverge(2 * time.Second)
		w.mustReply(w.do("c", 1, "GET k"), "nil")
		if e := w.expiries(); len(e) != 1 || e[0].node != 2 || e[0].cause != set.id {
			t.Errorf("%s: %d EXPIREs, want one by n2 because of %d", policy, len(e), set.id)
		}
	}
}

func TestAnOvertakenDeadlineEndsNothing(t *testing.T) {
	for _, policy := range expiringPolicies {
		w := newWorld(t, 3, 1, policy)
		w.do("a", 1, "SET k v PX 300")
		w.run(100 * time.Millisecond)
		w.mustReply(w.do("a", 1, "SET k w"), "OK")
		w.mustReply(w.do("a", 1, "SET j w PX 300"), "OK")
		w.mustReply(w.do("a", 1, "PEXPIRE j 900"), "1")
		w.mustConverge(500 * time.Millisecond)
		w.serves(3, "k", "w")
		w.serves(3, "j", "w")
		w.mustConverge(time.Second)
		w.serves(3, "j", "nil")
		if n := len(w.expiries()); n != 1 {
			t.Errorf("%s: %d EXPIREs", policy, n)
		}
	}
}

// A node that was down when a deadline came ends the value when it is back; one that
// lost its disk, once it has the record from a peer.
func TestDeadlinesSurviveTheNode(t *testing.T) {
	for _, policy := range expiringPolicies {
		for _, wipe := range []bool{false, true} {
			w := newWorld(t, 3, 1, policy)
			w.do("a", 2, "SET k v PX 500")
			w.mustConverge(400 * time.Millisecond)
			if wipe {
				w.wipe(2)
			} else {
				w.crash(2)
			}
			w.run(time.Second)
			w.serves(1, "k", "v")
			w.restart(2)
			w.mustConverge(2 * time.Second)
			w.serves(1, "k", "nil")
			if n := len(w.expiries()); n != 1 {
				t.Errorf("%s, wiped %v: %d EXPIREs", policy, wipe, n)
			}
		}
	}
}

// What a log numbered is in no node's name: n1 ends it.
func TestADeadlineFromALogIsN1s(t *testing.T) {
	for _, policy := range expiringPolicies {
		w := newWorld(t, 3, 1, "cp")
		w.run(time.Second)
		w.do("a", 1, "SET k v PX 1500")
		w.run(time.Second)
		w.toggle(policy)
		w.mustConverge(2 * time.Second)
		w.serves(3, "k", "nil")
		for _, e := range w.expiries() {
			if e.node != 1 {
				t.Errorf("%s: %v made the EXPIRE", policy, e.node)
			}
		}
	}
}

// A PEXPIRE writes a merged counter anew: nothing of it counts twice, and what it did
// not see stands on top.
func TestPExpireOfACounter(t *testing.T) {
	for _, policy := range []string{"ap conflict=siblings", "ap conflict=crdt", "base"} {
		w := newWorld(t, 3, 1, policy)
		w.do("a", 1, "INCRBY n 5")
		w.do("b", 2, "INCRBY n 2")
		w.mustConverge(time.Second)
		w.partition(group(1), group(2, 3))
		w.mustReply(w.do("c", 1, "PEXPIRE n 60000"), "1")
		w.mustReply(w.do("c", 1, "GET n"), "7")
		w.do("b", 2, "INCRBY n 10")
		w.run(100 * time.Millisecond)
		w.heal()
		w.mustConverge(2 * time.Second)
		for _, h := range w.nodes {
			w.serves(h.id, "n", "17")
		}
		w.mustReply(w.do("c", 3, "INCR n"), "18")
		if got := w.do("c", 3, "PTTL n").res.Reply.Int; got < 50000 {
			t.Errorf("%s: PTTL %d", policy, got)
		}
		w.mustReply(w.do("c", 3, "PEXPIRE n 100"), "1")
		w.mustConverge(2 * time.Second)
		w.serves(1, "n", "nil")
	}
}

// The end of one sibling leaves the others.
func TestASiblingExpiresAlone(t *testing.T) {
	w := newWorld(t, 3, 1, "ap conflict=siblings")
	w.partition(group(1), group(2), group(3))
	w.do("a", 1, "SET k short PX 1000")
	w.do("b", 2, "SET k long PX 5000")
	w.do("c", 3, "SET k ever")
	w.run(100 * time.Millisecond)
	w.heal()
	w.mustConverge(800 * time.Millisecond)
	w.mustReply(w.do("d", 1, "GET k"), "[ever long short]")
	w.mustConverge(time.Second)
	w.mustReply(w.do("d", 3, "GET k"), "[ever long]")
	w.mustConverge(5 * time.Second)
	w.mustReply(w.do("d", 2, "GET k"), "ever")
	if n := len(w.expiries()); n != 2 {
		t.Errorf("%d EXPIREs", n)
	}
}

// Under faults every value with a deadline is gone in the end, and no value is that
// had none. Each deadline is ended once at most, but for a disk that was wiped.
func TestTortureExpiry(t *testing.T) {
	commands := []string{
		"SET k%k v%v PX 300", "SET k%k v%v", "PEXPIRE k%k 200", "PTTL k%k", "GET k%k", "INCR n%k", "PEXPIRE n%k 400",
		"SADD s%k m%v", "PEXPIRE s%k 300", "HSET h%k f v%v", "PEXPIRE h%k 300", "DEL k%k",
	}
	for seed := range seeds(100) {
		policy := expiringPolicies[seed%len(expiringPolicies)]
		s := newStorm(t, uint64(seed), policy, commands...)
		s.wipes = seed%3 == 0
		s.rage(2 * time.Second)
		s.mustConverge(4 * time.Second)
		s.check()
		times := map[string]int{}
		for _, e := range s.expiries() {
			times[e.command.String()+" "+s.ops[e.cause-1].command.String()+strconv.Itoa(int(e.cause))]++
		}
		for what, n := range times {
			if n > 1 && !s.wipes {
				t.Fatalf("seed %d: %s %d times", seed, what, n)
			}
		}
		for _, key := range s.node(1).disk.Keys() {
			rec := s.node(1).disk.Record(key)
			if at := slices.IndexFunc(rec.Values(), func(v model.Value) bool { return v.Deadline != 0 }); at >= 0 {
				t.Fatalf("seed %d, %s: %s still has a value that expires\n%s%s", seed, policy, key, s.records([]string{key}), s.history())
			}
		}
	}
}
