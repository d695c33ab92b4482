package netsim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"capsim/model"
)

func TestStreamsDependOnSeedAndNameAlone(t *testing.T) {
	n := New(Options{Hosts: 2, Seed: 1}, nothing{})
	first := n.Stream("a").Uint64()
	n.Send(1, 1, 2, "x")
	if n.Stream("a").Uint64() != first {
		t.Error("the stream's start moved")
	}
	if New(Options{Hosts: 9, Seed: 1}, nothing{}).Stream("a").Uint64() != first {
		t.Error("the number of hosts moves a stream")
	}
	seen := []uint64{
		first, n.Stream("b").Uint64(), n.Stream("").Uint64(), newStream(1, "network", "a").Uint64(),
		New(Options{Hosts: 2, Seed: 2}, nothing{}).Stream("a").Uint64(),
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 5 {
		t.Error("two streams begin alike")
	}
	if first != 15390904409884025447 {
		t.Errorf("stream a of seed 1 begins with %d", first)
	}
}

func TestLinksDrawFromStreamsOfTheirOwn(t *testing.T) {
	run := func(disturb bool) string {
		d := &diary{}
		d.net = New(Options{Hosts: 3, Seed: 5}, d)
		for i := range 5 {
			if disturb {
				d.net.Send(model.MsgID(100+i), 1, 3, "x")
				d.net.Send(model.MsgID(200+i), 2, 1, "x")
			}
			d.net.Send(model.MsgID(i), 1, 2, "x")
		}
		d.lines = slices.DeleteFunc(d.lines, func(s string) bool { return !strings.Contains(s, "n1->n2") })
		return d.take()
	}
	if a, b := run(false), run(true); a != b {
		t.Errorf("other links' messages move this one's:\n%s\n%s", a, b)
	}
}

func TestLossLosesItsShare(t *testing.T) {
	n, d := newDiary(2)
	must(t, n, "loss n1->n2 30%")
	for i := range 10_000 {
		n.Send(model.MsgID(i), 1, 2, "x")
		n.Send(model.MsgID(i), 2, 2, "x")
	}
	lost := strings.Count(d.take(), "n1->n2: loss 30%")
	if lost < 2817 || lost > 3183 { // 4 standard errors
		t.Errorf("%d of 10000 are lost, want 30%%", lost)
	}
}

// A network of many hosts has no record of a pair that does not differ.
func TestManyHosts(t *testing.T) {
	const hosts = 100_000
	n, d := newDiary(hosts)
	must(t, n, "loss *-* 100%", "loss n1->n2 off", "delay n5-n6 +1ms", "cut n7->n8")
	if len(n.links.special) != 4 {
		t.Errorf("%d links have records", len(n.links.special))
	}
	n.Send(1, 1, 2, "x")
	n.Send(2, 2, 1, "x")
	n.Send(3, 99_999, 100_000, "x")
	must(t, n, "loss *-* off", "partition n1 n3 | *")
	n.Send(4, 3, 1, "x")
	n.Send(5, 3, 4, "x")
	n.Send(6, 5, 6, "x")
	must(t, n, "heal n3->n4")
	n.Send(7, 3, 4, "x")
	n.Send(8, 4, 3, "x")
	must(t, n, "heal all")
	n.Send(9, 7, 8, "x")
	same(t, d, `
		0s link -->- open "" latency "" loss 1
		0s link n1->n2 open "" latency "" loss 0
		0s link n5->n6 open "" latency "+1ms" loss 1
		0s link n6->n5 open "" latency "+1ms" loss 1
		0s link n7->n8 dropping "cut n7->n8" latency "" loss 1
		0s sent 1 n1->n2 due 10ms
		0s dropped 2 n2->n1: loss 100%
		0s dropped 3 n99999->n100000: loss 100%
		0s link -->- open "" latency "" loss 0
		0s link n5->n6 open "" latency "+1ms" loss 0
		0s link n6->n5 open "" latency "+1ms" loss 0
		0s link n7->n8 dropping "cut n7->n8" latency "" loss 0
		0s link n1->n2 dropping "partition n1 n3 | *" latency "" loss 0
		0s dropped 1 n1->n2: partition n1 n3 | *
		0s sent 4 n3->n1 due 10ms
		0s dropped 5 n3->n4: partition n1 n3 | *
		0s sent 6 n5->n6 due 11ms
		0s sent 7 n3->n4 due 10ms
		0s dropped 8 n4->n3: partition n1 n3 | *
		0s link n1->n2 open "" latency "" loss 0
		0s link n5->n6 open "" latency "" loss 0
		0s link n6->n5 open "" latency "" loss 0
		0s link n7->n8 open "" latency "" loss 0
		0s sent 9 n7->n8 due 10ms`)
}

// world is a Handler that does something at random whenever it is told of
// something, and checks what must hold.
type world struct {
	diary
	t    *rapid.T
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
	w.move(id, "over", "new", "wire")
}

func (w *world) Held(id model.MsgID, from, to model.NodeID, cause string) {
	w.diary.Held(id, from, to, cause)
	w.move(id, "held", "new", "wire")
}

func (w *world) Released(id model.MsgID, from, to model.NodeID, due model.Time) {
	w.diary.Released(id, from, to, due)
	w.move(id, "wire", "held")
	if w.net.Cut(from, to) != Open {
		w.t.Fatalf("released on %v->%v, which is cut", from, to)
	}
}

var randomFaults = []string{
	"partition n1 | *", "partition n1 n2 | n3 hold", "partition n1 | n2", "cut n1->n2", "cut n2-n3 hold", "cut n3->* hold",
	"heal", "heal n1-n2", "heal all", "delay n1-n2 +20ms", "delay *-* x0.1", "delay n3->n1 exp(5ms)", "loss *-* 20%",
	"loss n1-n2 off", "crash n1", "crash n2 wipe", "restart n1", "restart n2", "pause n1", "pause n3", "resume n1", "resume n3",
}

// TestRandomFaults runs random faults over random traffic, twice: every message
// takes a lawful way and ends, and both runs are the same.
func TestRandomFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Int64().Draw(t, "seed")
		script := rapid.SliceOfN(rapid.SampledFrom(randomFaults), 1, 25).Draw(t, "script")
		hosts := rapid.SampledFrom([]int{3, 4, MaxPairs + 1}).Draw(t, "hosts")
		if a, b := randomRun(t, hosts, seed, script), randomRun(t, hosts, seed, script); a != b {
			t.Fatalf("two runs differ:\n%s\n\n%s", a, b)
		}
	})
}

func randomRun(t *rapid.T, hosts int, seed int64, script []string) string {
	w := &world{t: t, open: map[model.MsgID]string{}, left: 300}
	w.net = New(Options{Hosts: hosts, Seed: seed, Loss: 0.05}, w)
	w.rand = w.net.Stream("world")
	n := w.net
	at := model.Time(0)
	for _, s := range append(script, "heal all", "resume n1", "resume n3") {
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
	return fmt.Sprint(w.take())
}
