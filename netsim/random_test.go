package netsim

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capsim/model"
)

// world is a Handler that does something at random whenever it is told of
// something, and checks what must hold.
type world struct {
	diary
	t    rapid.TB
	rand *rand.Rand
	id   model.MsgID
	open map[model.MsgID]string // where each message is that is not over
	left int                    // things still to do
}

func (w *world) act() {
	n := w.net
	if w.left--; w.left < 0 {
		return
	}
	host := model.NodeID(1 + w.rand.IntN(n.Hosts()))
	if n.HostState(host) == Down {
		return
	}
	switch w.rand.IntN(4) {
	case 0:
		n.After(host, time.Duration(w.rand.IntN(30))*time.Millisecond, uint32(n.Incarnation(host)))
	case 1:
		id := n.After(host, time.Duration(w.rand.IntN(30))*time.Millisecond, 1<<31)
		n.After(host, time.Duration(w.rand.IntN(3))*time.Millisecond, uint32(n.Incarnation(host)))
		n.Cancel(id)
	default:
		w.id++
		w.open[w.id] = "new"
		n.Send(w.id, host, model.NodeID(1+w.rand.IntN(n.Hosts())), "x")
	}
}

func (w *world) move(id model.MsgID, to string, from ...string) {
	if !slices.Contains(from, w.open[id]) {
		w.t.Fatalf("message %d is %q, becomes %q", id, w.open[id], to)
	}
	w.open[id] = to
}

func (w *world) Deliver(id model.MsgID, from, to model.NodeID) {
	w.diary.Deliver(id, from, to)
	w.move(id, "over", "wire")
	if w.net.HostState(to) != Up {
		w.t.Fatalf("delivered to %v, which is %v", to, w.net.HostState(to))
	}
	w.act()
	w.act()
}

// Copied numbers copies as the world does its own messages. A message under way moves
// on when it is copied no less than when it is sent.
func (w *world) Copied(id model.MsgID, from, to model.NodeID) model.MsgID {
	w.id++
	w.open[w.id] = "new"
	w.add("copied %d as %d", id, w.id)
	return w.id
}

func (w *world) Size(id model.MsgID) int { return 100 + int(id%7)*100 }

func (w *world) Timer(host model.NodeID, ref uint32) {
	w.diary.Timer(host, ref)
	if w.net.HostState(host) != Up || int(ref) != w.net.Incarnation(host) {
		w.t.Fatalf("timer of incarnation %d of %v, %v in incarnation %d", ref, host, w.net.HostState(host), w.net.Incarnation(host))
	}
	w.act()
}

func (w *world) Sent(id model.MsgID, from, to model.NodeID, due model.Time) {
	w.diary.Sent(id, from, to, due)
	w.move(id, "wire", "new")
	if due < w.net.Now() || from != to && w.net.Cut(from, to) != Open {
		w.t.Fatalf("sent on %v->%v at %v, due %v", from, to, w.net.Now(), due)
	}
}

func (w *world) Dropped(id model.MsgID, from, to model.NodeID, cause string) {
	w.diary.Dropped(id, from, to, cause)
	w.move(id, "over", "new", "wire", "held")
}

func (w *world) Held(id model.MsgID, from, to model.NodeID, cause string) {
	w.diary.Held(id, from, to, cause)
	w.move(id, "held", "new", "wire", "held")
}

func (w *world) Released(id model.MsgID, from, to model.NodeID, due model.Time) {
	w.diary.Released(id, from, to, due)
	w.move(id, "wire", "held", "wire")
	if from != to && w.net.Cut(from, to) != Open {
		w.t.Fatalf("released on %v->%v, which is cut", from, to)
	}
}

var randomFaults = []string{
	"partition n1 | *", "partition n1 n2 | n3 hold", "partition n1 | n2", "cut n1->n2", "cut n2-n3 hold", "cut n3->* hold",
	"heal", "heal n1-n2", "heal all", "delay n1-n2 +20ms", "delay *-* x0.1", "delay n3->n1 exp(5ms)", "loss *-* 20%",
	"loss n1-n2 off", "crash n1", "crash n2 wipe", "restart n1", "restart n2", "pause n1", "pause n3", "resume n1", "resume n3",
}

// moreFaults are those that came later: the golden run is older.
var moreFaults = []string{
	"duplicate n1-n2 30%", "duplicate *-* 10%", "duplicate n1-n2 off", "reorder *-* 20%", "reorder n2->n1 off",
	"bandwidth *-* 64KB/s", "bandwidth n1->n2 1KB/s", "bandwidth *-* off", "flap n1-n2 up=10ms down=5ms", "flap n2->* up=7ms down=7ms",
	"flap n1-n2 off", "slow n1 +5ms", "slow n2 +1ms", "slow n1 off", "skew n1 +500ms", "skew n2 -1s", "drift n1 200ppm",
	"drift n3 -400000ppm", "drift n1 off", "message 10 drop", "message 20 hold", "message 20 release", "message 15 hurry",
}

// TestRandomFaults runs random faults over random traffic, twice: every message
// takes a lawful way and ends, and both runs are the same.
func TestRandomFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Int64().Draw(t, "seed")
		script := rapid.SliceOfN(rapid.SampledFrom(slices.Concat(randomFaults, moreFaults)), 1, 25).Draw(t, "script")
		script = append(script, "message 20 release")
		hosts := rapid.SampledFrom([]int{3, 4, MaxPairs + 1}).Draw(t, "hosts")
		if a, b := randomRun(t, hosts, seed, script), randomRun(t, hosts, seed, script); a != b {
			t.Fatalf("two runs differ:\n%s\n\n%s", a, b)
		}
	})
}

func randomRun(t rapid.TB, hosts int, seed int64, script []string) string {
	w := &world{t: t, open: map[model.MsgID]string{}, left: 300}
	w.net = New(Options{Hosts: hosts, Seed: seed, Loss: 0.05}, w)
	w.rand = w.net.Stream("world")
	n := w.net
	at := model.Time(0)
	for _, s := range slices.Concat(script, []string{"heal all", "resume n1", "resume n3"}) {
		for range 5 {
			w.act()
		}
		at += model.Time(w.rand.IntN(20)) * ms
		for n.Next() <= at {
			before := n.Now()
			if next := n.Next(); !n.Step() || n.Now() != next || next < before {
				t.Fatalf("Step went from %v to %v, Next said %v", before, n.Now(), next)
			}
		}
		n.AdvanceTo(at)
		if err := do(n, s); err != nil {
			w.add("%v", err)
		}
		if err := n.queue.valid(); err != nil {
			t.Fatal(err)
		}
	}
	for n.Step() {
	}
	for id := model.MsgID(1); id <= w.id; id++ {
		if w.open[id] != "over" {
			t.Fatalf("message %d ends as %q", id, w.open[id])
		}
	}
	if free, all := len(n.timers.free), len(n.timers.slots); free != all {
		t.Fatalf("%d of %d timer slots are free", free, all)
	}
	return w.take()
}

// TestGoldenRun pins a whole run: it is the same on every architecture.
func TestGoldenRun(t *testing.T) {
	for _, c := range []struct {
		hosts int
		want  uint64
	}{{3, 0xedc3b5c5f7f9ee12}, {MaxPairs + 1, 0xfbbff61fdfe8e5b9}} {
		h := fnv.New64a()
		h.Write([]byte(randomRun(t, c.hosts, 42, randomFaults)))
		if h.Sum64() != c.want {
			t.Errorf("%d hosts: %#x, want %#x", c.hosts, h.Sum64(), c.want)
		}
	}
}
