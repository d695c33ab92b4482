package policies

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// A Sentinel votes once in an epoch, for who asked first, and remembers it over a crash.
func TestSentinelVotesOnce(t *testing.T) {
	w := redisWorld(t, 3, 1, quick)
	ask := func(candidate model.NodeID, epoch int64) (got model.NodeID) {
		h := w.node(1)
		h.step(func(e Env) {
			r := redisOf(h)
			r.env = e
			got, _ = r.sentinel.voteFor(candidate, epoch)
		})
		return got
	}
	for _, c := range []struct {
		candidate, want model.NodeID
		epoch           int64
	}{{2, 2, 1}, {3, 2, 1}, {3, 3, 2}, {2, 3, 1}} {
		if got := ask(c.candidate, c.epoch); got != c.want {
			t.Errorf("n%d asks for epoch %d: voted for %v, want %v", c.candidate, c.epoch, got, c.want)
		}
	}
	w.crash(1)
	w.restart(1)
	if got := ask(2, 2); got != 3 {
		t.Errorf("after a restart it voted for %v in epoch 2, in which it had voted for n3", got)
	}
}

// A leader that crashes between the promotion and the end of its failover knows the new
// primary when it is back: epoch and primary are on disk together.
func TestSentinelRemembersThePromotion(t *testing.T) {
	w := redisWorld(t, 3, 2, quick)
	w.crash(1)
	var leader *hostNode
	w.after = func() {
		for _, h := range w.nodes {
			if r, ok := h.replica.(*redis); ok && h.up && r.sentinel.failover.step == reconfReplicas {
				leader = h
			}
		}
	}
	for leader == nil && w.now < model.Time(30*time.Second) {
		w.run(time.Millisecond)
	}
	if leader == nil {
		t.Fatalf("no failover\n%s", allNotes(w))
	}
	promoted := redisOf(leader).sentinel.failover.promoted
	w.crash(leader.id)
	w.restart(leader.id)
	if got := redisOf(leader).sentinel; got.master != promoted || got.configEpoch != 1 {
		t.Errorf("it takes %v for the primary in epoch %d, want %v in 1", got.master, got.configEpoch, promoted)
	}
}

// A Sentinel that was stopped looks on for 30 s and takes nobody's part.
func TestSentinelTilt(t *testing.T) {
	w := redisWorld(t, 3, 3, quick+" quorum=1")
	w.pause(2)
	w.run(5 * time.Second)
	w.resume(2)
	w.run(100 * time.Millisecond)
	if !redisOf(w.node(2)).sentinel.tilt {
		t.Fatal("it was stopped for 5s, and is not in TILT")
	}
	if !strings.Contains(allNotes(w), "n2 sentinel.tilt") || redisOf(w.node(2)).sentinel.odown {
		t.Error("it judges though it was stopped")
	}
	w.run(31 * time.Second)
	if redisOf(w.node(2)).sentinel.tilt {
		t.Error("TILT does not end")
	}
}

// Of two replicas the one that has more of the stream is promoted.
func TestSentinelPromotesTheGreatestOffset(t *testing.T) {
	for seed := range uint64(10) {
		w := redisWorld(t, 3, seed, quick)
		behind := model.NodeID(2 + seed%2)
		w.cutLink(1, behind)
		w.do("a", 1, "SET k v")
		w.run(100 * time.Millisecond)
		w.crash(1)
		w.run(100 * time.Millisecond)
		w.heal()
		for len(primaries(w)) == 0 && w.now < model.Time(3*time.Minute) { // votes may be split, again and again
			w.run(time.Second)
		}
		if got := primaries(w); len(got) != 1 || got[0] == behind {
			t.Errorf("seed %d: primaries %v, and %v lacks a write\n%s", seed, got, behind, allNotes(w))
		}
	}
}

// Nobody takes an old primary's part away at once: a newer configuration may come. After
// 8 s it is made a replica.
func TestSentinelConverts(t *testing.T) {
	w := redisWorld(t, 3, 5, quick)
	w.partition(group(1), group(2, 3))
	w.run(6 * time.Second)
	w.heal()
	healed := w.now
	w.run(7 * time.Second)
	if got := primaries(w); len(got) != 2 {
		t.Fatalf("primaries %v, 7s after the heal\n%s", got, allNotes(w))
	}
	for len(primaries(w)) == 2 && w.now < healed.Add(time.Minute) {
		w.run(10 * time.Millisecond)
	}
	if d := w.now.Sub(healed); d < 8*time.Second || d > 12*time.Second {
		t.Errorf("converted %v after the heal\n%s", d, allNotes(w))
	}
}

// A replica passes the stream on to a replica of its own.
func TestRedisChain(t *testing.T) {
	w := redisWorld(t, 3, 6, "redis sentinel=off")
	h := w.node(3)
	h.step(func(e Env) { redisOf(h).env = e; redisOf(h).replicaOf(2) })
	w.run(2 * time.Second)
	full := w.counts["redis.full"]
	w.cutLink(1, 3)
	w.do("a", 1, "SET k v")
	w.run(100 * time.Millisecond)
	w.mustReply(w.do("b", 3, "GET k"), "v")
	if full != 2 {
		t.Errorf("%d full resynchronisations: to change the primary is none", full)
	}
}

// A psync that arrives late, from before the primary's restart, opens no second stream.
func TestRedisLatePsync(t *testing.T) {
	w := newWorldOf(t, 2, 7, mustChoose(t, "redis sentinel=off"))
	w.manual = true
	w.start()
	early := w.take("redis.psync", 2, 1)
	w.manual = false
	w.deliver(early)
	w.run(2 * time.Second)
	w.do("a", 1, "SET k v")
	w.run(time.Second)
	w.crash(1)
	w.restart(1)
	w.deliver(early)
	w.run(3 * time.Second)
	w.do("a", 1, "SET k w")
	w.run(time.Second)
	w.mustReply(w.do("b", 2, "GET k"), "w")
}

// A WAIT that never ends does not keep its client's next command waiting.
func TestRedisLibraryGivesUpWaits(t *testing.T) {
	w := newWorldOf(t, 3, 8, mustChoose(t, quick+" client=sentinel"))
	w.start()
	w.remote("dora")
	w.run(2 * time.Second)
	for _, c := range []string{"a", "dora"} {
		w.do(c, 1, "SET k v")
		w.run(100 * time.Millisecond)
		never := w.do(c, 1, "WAIT 3 0")
		w.run(time.Second)
		w.mustReply(never, "unknown")
		next := w.do(c, 1, "GET k")
		w.run(300 * time.Millisecond)
		w.mustReply(next, "v")
	}
}

func TestRedisParams(t *testing.T) {
	for _, bad := range []string{"quorum=0", "repl-backlog-size=0", "repl-backlog-size=1tb", "repl-backlog-size=", "down-after-milliseconds=1s", "repl-timeout=-1", "min-replicas-to-write=01", "failover-timeout=99999999999"} {
		if _, err := Specs.Choose([]string{"redis", bad}); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	for text, want := range map[string]int64{"100": 100, "16kb": 16384, "1MB": 1 << 20} {
		if got, err := parseSize(text); got != want || err != nil {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	for _, c := range []struct {
		choice  string
		nodes   int
		fits    bool
		caution string // a part of it
	}{
		{"redis", 3, true, ""},
		{"redis", 1, true, ""},
		{"redis client=sentinel sentinel=off", 3, false, ""},
		{"redis min-replicas-to-write=3", 3, false, ""},
		{"redis", 2, true, "both are a majority"},
		{"redis quorum=4", 3, true, "nobody ever fails over"},
		{"redis quorum=1", 3, true, "a single Sentinel"},
		{"redis min-replicas-to-write=1", 3, true, "nothing strong"},
		{"redis min-replicas-to-write=1 min-replicas-max-lag=0", 3, true, "off, as in Redis"},
		{"redis repl-timeout=10", 3, true, "longer than repl-ping-replica-period"},
	} {
		choice := mustChoose(t, c.choice)
		if err := choice.Fits(c.nodes); (err == nil) != c.fits {
			t.Errorf("%s on %d nodes: %v", c.choice, c.nodes, err)
		}
		if got := choice.Caution(c.nodes); c.fits && (!strings.Contains(got, c.caution) || (got == "") != (c.caution == "")) {
			t.Errorf("%s on %d nodes: caution %q", c.choice, c.nodes, got)
		}
	}
}

// A node that is a primary again numbers its writes as another actor: its first ones were
// thrown away, and their numbers with them.
func TestRedisNumbersNoWriteTwice(t *testing.T) {
	w := redisWorld(t, 2, 9, "redis sentinel=off")
	order := func(n, primary model.NodeID) {
		h := w.node(n)
		h.step(func(e Env) { redisOf(h).env = e; redisOf(h).replicaOf(primary) })
	}
	w.partition(group(1), group(2))
	dot := func() model.Dot {
		o := w.do("a", 1, "SET k v")
		w.mustReply(o, "OK")
		h, _ := w.node(1).disk.Record("k").Newest()
		return h.Dot
	}
	first := dot()
	order(2, 0)
	w.heal()
	order(1, 2)
	w.run(3 * time.Second)
	if d := w.node(1).discarded; len(d) != 1 {
		t.Fatalf("n1 discarded %v", d)
	}
	order(1, 0)
	order(2, 1)
	if again := dot(); again == first {
		t.Errorf("two writes are %v", again)
	}
}
