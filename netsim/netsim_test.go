package netsim

import (
	"slices"
	"strings"
	"testing"

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

func TestAHostReachesItselfThroughAnyCut(t *testing.T) {
	for _, hosts := range []int{2, MaxPairs + 1} {
		n, d := newDiary(hosts)
		n.Send(1, 2, 2, "x")
		must(t, n, "cut *-*", "loss *-* 100%", "partition n1 | *")
		n.Send(2, 2, 2, "x")
		d.take()
		drain(n, ms)
		same(t, d, "0s deliver 1 n2->n2\n0s deliver 2 n2->n2")
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
