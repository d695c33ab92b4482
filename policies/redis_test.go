package policies

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// quick is a Sentinel that lessons use: failovers within some seconds.
const quick = "redis down-after-milliseconds=1000 failover-timeout=10000"

func redisOf(h *hostNode) *redis { return h.replica.(*redis) }

// redisWorld starts a cluster of which the replicas have connected.
func redisWorld(t *testing.T, n int, seed uint64, policy string) *world {
	w := newWorld(t, n, seed, policy)
	w.run(2 * time.Second)
	return w
}

// The primary answers at once; replicas follow, answer reads, and refuse writes.
func TestRedisReplicates(t *testing.T) {
	w := redisWorld(t, 3, 1, "redis")
	o := w.do("a", 1, "SET k v")
	w.mustReply(o, "OK")
	stale := w.do("b", 2, "GET k")
	w.mustReply(stale, "nil")
	w.run(20 * time.Millisecond)
	fresh := w.do("b", 2, "GET k")
	w.mustReply(fresh, "v")
	refused := w.do("b", 2, "SET k w")
	w.mustReply(refused, "refused READONLY")
	if got, want := redisOf(w.node(2)).offset, redisOf(w.node(1)).offset; got != want {
		t.Errorf("offset %d, the primary's is %d", got, want)
	}
}

// Offsets are bytes in Redis's protocol. The sizes are those of redis-cli's own words.
func TestRedisOffsets(t *testing.T) {
	for text, want := range map[string]int64{
		"*1\r\n$4\r\nPING\r\n":                                pingSize,
		"*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n": getAckSize,
		"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10\r\n0123456789\r\n": respSize("SET", "k", "0123456789"),
	} {
		if int64(len(text)) != want {
			t.Errorf("%q has %d bytes, want %d", text, len(text), want)
		}
	}
	w := redisWorld(t, 3, 2, "redis sentinel=off")
	before := redisOf(w.node(1)).offset
	w.do("a", 1, "SET k 0123456789")
	if got := redisOf(w.node(1)).offset - before; got != 37 {
		t.Errorf("SET k 0123456789 moves the offset by %d, want 37", got)
	}
}

func TestRedisWait(t *testing.T) {
	w := redisWorld(t, 3, 3, "redis")
	none := w.do("a", 2, "WAIT 1 100")
	if got := none.res.Reply.Str; !strings.HasPrefix(got, "ERR WAIT cannot be used with replica instances") {
		t.Errorf("WAIT at a replica: %v", none.res)
	}
	w.do("a", 1, "SET k v")
	two := w.do("a", 1, "WAIT 2 500")
	if !two.open() {
		t.Fatalf("WAIT answered %v before any replica could", two.res)
	}
	w.run(60 * time.Millisecond)
	w.mustReply(two, "2")
	w.partition(group(1), group(2, 3))
	w.do("a", 1, "SET k w")
	zero := w.do("a", 1, "WAIT 1 300")
	other := w.do("b", 1, "WAIT 2 300") // b wrote nothing
	w.mustReply(other, "2")
	w.run(time.Second)
	w.mustReply(zero, "0")
	if got := zero.end.Sub(zero.at); got != 300*time.Millisecond {
		t.Errorf("WAIT took %v", got)
	}
	read := w.do("a", 1, "GET k")
	w.mustReply(read, "w")
	bad := w.do("a", 1, "WAIT 1 -1")
	w.mustReply(bad, `error "ERR timeout is negative"`)
}

func TestRedisMinReplicas(t *testing.T) {
	w := redisWorld(t, 3, 4, "redis sentinel=off min-replicas-to-write=1 min-replicas-max-lag=3")
	w.mustReply(w.do("a", 1, "SET k v"), "OK")
	w.partition(group(1), group(2, 3))
	cut := w.now
	var last model.Time
	for w.now < cut.Add(8*time.Second) {
		if o := w.do("a", 1, "SET k w"); o.res.Outcome == model.OKOutcome {
			last = w.now
		} else {
			w.mustReply(o, "refused NOREPLICAS")
		}
		w.run(50 * time.Millisecond)
	}
	// Lag counts in whole seconds and is looked at once a second.
	if d := last.Sub(cut); d < 2*time.Second || d > 5*time.Second {
		t.Errorf("the last write was accepted %v after the cut", d)
	}
	w.heal()
	w.run(3 * time.Second)
	w.mustReply(w.do("a", 1, "SET k x"), "OK")
}

func TestRedisStaleData(t *testing.T) {
	w := redisWorld(t, 3, 5, "redis sentinel=off replica-serve-stale-data=no repl-timeout=2")
	w.do("a", 1, "SET k v")
	w.run(time.Second)
	w.partition(group(1), group(2, 3))
	w.run(time.Second)
	w.mustReply(w.do("b", 2, "GET k"), "v") // it has not noticed yet
	w.run(11 * time.Second)
	w.mustReply(w.do("b", 2, "GET k"), "refused MASTERDOWN")
	w.heal()
	w.run(3 * time.Second)
	w.mustReply(w.do("b", 2, "GET k"), "v")
}

// A replica that was away gets the rest of the stream while the backlog reaches, else
// a copy of everything.
func TestRedisPartialResync(t *testing.T) {
	for _, c := range []struct {
		backlog       string
		partial, full int64
	}{{"1mb", 1, 2}, {"100", 0, 3}} {
		w := redisWorld(t, 3, 6, "redis sentinel=off repl-timeout=2 repl-ping-replica-period=1 repl-backlog-size="+c.backlog)
		w.partition(group(3), group(1, 2))
		for range 20 {
			w.do("a", 1, "INCR k")
			w.run(200 * time.Millisecond)
		}
		w.heal()
		w.run(3 * time.Second)
		w.mustReply(w.do("b", 3, "GET k"), "20")
		if p, f := w.counts["redis.partial"], w.counts["redis.full"]; p < c.partial || c.partial == 0 && p > 0 || f != c.full {
			t.Errorf("backlog %s: %d partial and %d full resynchronisations, want %d and %d", c.backlog, p, f, c.partial, c.full)
		}
	}
}

// The old primary comes back, becomes a replica, and what it alone had is gone.
func TestRedisFailover(t *testing.T) {
	w := redisWorld(t, 3, 7, quick)
	w.do("a", 1, "SET k before")
	w.run(time.Second)
	w.partition(group(1), group(2, 3))
	lost := w.do("a", 1, "SET k lost")
	first := w.do("a", 1, "SET other first")
	second := w.do("a", 1, "SET other second")
	w.mustReply(lost, "OK")
	w.run(6 * time.Second)
	lead := primaries(w)
	if len(lead) != 2 || lead[0] != 1 {
		t.Fatalf("primaries %v: %v", lead, allNotes(w))
	}
	kept := w.do("b", lead[1], "SET k kept")
	w.mustReply(kept, "OK")
	w.heal()
	w.run(20 * time.Second)
	if got := primaries(w); len(got) != 1 || got[0] != lead[1] {
		t.Fatalf("primaries %v, want %v\n%v", got, lead[1], allNotes(w))
	}
	w.mustReply(w.do("c", 1, "GET k"), "kept")
	w.mustReply(w.do("c", 1, "GET other"), "nil")
	var ops []model.OpID
	for _, d := range w.node(1).discarded {
		ops = append(ops, d.op)
	}
	if len(ops) != 3 || ops[0] != lost.id || ops[1] != first.id || ops[2] != second.id {
		t.Errorf("n1 discarded %v, want operations %d, %d and %d", w.node(1).discarded, lost.id, first.id, second.id)
	}
	if d := w.diverged(); d != nil {
		t.Errorf("diverged: %v", d)
	}
}

func TestRedisNoFailover(t *testing.T) {
	for _, policy := range []string{"redis sentinel=off", quick + " quorum=3"} {
		w := redisWorld(t, 3, 8, policy)
		w.crash(1)
		w.run(time.Minute)
		if got := primaries(w); len(got) != 0 {
			t.Errorf("%s: primaries %v", policy, got)
		}
		w.restart(1)
		w.run(5 * time.Second)
		w.mustReply(w.do("a", 1, "SET k v"), "OK")
		w.run(time.Second)
		w.mustReply(w.do("a", 2, "GET k"), "v")
	}
}

// Redis's documentation warns of it: a primary whose disk is empty is copied.
func TestRedisWipedPrimary(t *testing.T) {
	w := redisWorld(t, 3, 9, "redis")
	o := w.do("a", 1, "SET k v")
	w.run(time.Second)
	w.wipe(1)
	w.restart(1)
	w.run(5 * time.Second)
	w.mustReply(w.do("a", 3, "GET k"), "nil")
	if d := w.node(3).discarded; len(d) != 1 || d[0].op != o.id {
		t.Errorf("n3 discarded %v", d)
	}
}

func TestRedisExpiry(t *testing.T) {
	w := redisWorld(t, 3, 10, "redis sentinel=off")
	w.do("a", 1, "SET k v PX 500")
	w.run(100 * time.Millisecond)
	w.mustReply(w.do("b", 2, "GET k"), "v")
	w.partition(group(1), group(2, 3))
	w.run(time.Second)
	w.mustReply(w.do("b", 1, "GET k"), "nil")
	w.mustReply(w.do("b", 2, "GET k"), "nil") // by its own clock
	if w.node(2).disk.Record("k").Value().Type == model.None {
		t.Error("a replica deleted a key")
	}
	w.heal()
	w.run(2 * time.Second)
	if w.node(2).disk.Record("k").Value().Type != model.None {
		t.Error("the primary's DEL did not arrive")
	}
}

// A client whose library asks Sentinel follows the primary, and a remote one too.
func TestRedisClientsOfSentinel(t *testing.T) {
	w := newWorldOf(t, 3, 11, mustChoose(t, quick+" client=sentinel"))
	w.start()
	w.remote("dora")
	w.run(2 * time.Second)
	near, far := w.do("a", 3, "SET k v"), w.do("dora", 2, "SET d v")
	w.run(300 * time.Millisecond)
	w.mustReply(near, "OK")
	w.mustReply(far, "OK")
	w.crash(1)
	w.run(500 * time.Millisecond)
	early := w.do("a", 3, "SET k w")
	w.run(8 * time.Second)
	if early.res.Outcome == model.OKOutcome {
		t.Fatalf("no primary, and yet %v", early.res)
	}
	near, far = w.do("a", 3, "SET k x"), w.do("dora", 2, "SET d x")
	w.run(900 * time.Millisecond)
	w.mustReply(near, "OK")
	w.mustReply(far, "OK")
}

// primaries lists the nodes that are up and think that they are primaries.
func primaries(w *world) []model.NodeID {
	var out []model.NodeID
	for _, h := range w.nodes {
		if h.up && redisOf(h).primary == 0 {
			out = append(out, h.id)
		}
	}
	return out
}

func allNotes(w *world) string {
	var b strings.Builder
	for _, h := range w.nodes {
		for _, n := range h.notes {
			b.WriteString(n.at.String() + " " + h.id.String() + " " + n.kind + " " + strings.Join(n.fields, " ") + "\n")
		}
	}
	return b.String()
}
