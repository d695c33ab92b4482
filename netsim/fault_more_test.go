package netsim

import (
	"fmt"
	"math"
	"testing"
	"time"

	"capsim/model"
)

// meter is a Handler that times messages from their sending to their arrival.
type meter struct {
	nothing
	net    *Net
	size   int
	last   model.MsgID
	sent   map[model.MsgID]model.Time
	copies map[model.MsgID]model.MsgID
	took   map[model.MsgID]time.Duration
	lost   int
	order  []model.MsgID
}

func newMeter(latency string, seed int64) *meter {
	m := &meter{sent: map[model.MsgID]model.Time{}, copies: map[model.MsgID]model.MsgID{}, took: map[model.MsgID]time.Duration{}}
	m.net = New(Options{Hosts: 2, Seed: seed, Latency: mustDist(latency)}, m)
	return m
}

func (m *meter) Size(model.MsgID) int { return m.size }
func (m *meter) Copied(id model.MsgID, _, _ model.NodeID) model.MsgID {
	m.last++
	m.copies[m.last], m.sent[m.last] = id, m.net.Now()
	return m.last
}

func (m *meter) Dropped(model.MsgID, model.NodeID, model.NodeID, string) { m.lost++ }
func (m *meter) Deliver(id model.MsgID, _, _ model.NodeID) {
	m.took[id] = m.net.Now().Sub(m.sent[id])
	m.order = append(m.order, id)
}

func (m *meter) send() model.MsgID {
	m.last++
	m.sent[m.last] = m.net.Now()
	id := m.last
	m.net.Send(id, 1, 2, "x")
	return id
}

// share fails unless so many of n are within four standard errors of the share.
func share(t *testing.T, what string, got, n int, want float64) {
	t.Helper()
	if e := 4 * math.Sqrt(want*(1-want)/float64(n)); math.Abs(float64(got)/float64(n)-want) > e {
		t.Errorf("%s: %d of %d, want %v ± %.4f", what, got, n, want, e)
	}
}

func TestSharesOfFaults(t *testing.T) {
	const n = 20_000
	for i, c := range []struct {
		fault                      string
		lost, twice, late, arrived float64
	}{
		{"loss n1->n2 3%", 0.03, 0, 0, 0},
		{"loss n1->n2 60%", 0.6, 0, 0, 0},
		{"duplicate n1-n2 10%", 0, 0.1, 0, 0},
		{"duplicate *-* 75%", 0, 0.75, 0, 0},
		{"reorder n1->n2 20%", 0, 0, 0.2, 0},
		{"reorder n1->n2 0.5%", 0, 0, 0.005, 0},
	} {
		m := newMeter("const(10ms)", int64(i+1))
		must(t, m.net, c.fault)
		for range n {
			m.send()
		}
		for m.net.Step() {
		}
		late := 0
		for _, d := range m.took {
			if d > 10*time.Millisecond {
				late++
			}
		}
		share(t, c.fault+": lost", m.lost, n, c.lost)
		share(t, c.fault+": twice", len(m.copies), n, c.twice)
		share(t, c.fault+": late", late, n, c.late)
		if want := n - m.lost + len(m.copies); len(m.took) != want {
			t.Errorf("%s: %d arrived, want %d", c.fault, len(m.took), want)
		}
		must(t, m.net, "heal all")
		before := len(m.copies)
		m.send()
		for m.net.Step() {
		}
		if m.took[m.last] != 10*time.Millisecond || len(m.copies) != before {
			t.Errorf("%s: it goes on after heal all", c.fault)
		}
	}
}

func TestACopyIsAMessageOfItsOwn(t *testing.T) {
	n, d := newDiary(2)
	must(t, n, "duplicate n1->n2 100%")
	n.Send(1, 1, 2, "x")
	n.Send(2, 2, 1, "x")
	must(t, n, "delay n1->n2 +5ms", "duplicate n1->n2 off")
	n.Send(3, 1, 2, "x")
	drain(n, 20*ms)
	same(t, d, `
		0s link n1->n2 open "" latency "" loss 0 duplicate 1 reorder 0 bandwidth "" flap ""
		0s sent 1 n1->n2 due 10ms
		0s copied 1 n1->n2 as 1001
		0s sent 1001 n1->n2 due 10ms
		0s sent 2 n2->n1 due 10ms
		0s link n1->n2 open "" latency "+5ms" loss 0 duplicate 1 reorder 0 bandwidth "" flap ""
		0s link n1->n2 open "" latency "+5ms" loss 0
		0s sent 3 n1->n2 due 15ms
		10ms deliver 1 n1->n2
		10ms deliver 1001 n1->n2
		10ms deliver 2 n2->n1
		15ms deliver 3 n1->n2`)
}

// TestCopiesDrawTheirOwnDelay: original and copy land apart.
func TestCopiesDrawTheirOwnDelay(t *testing.T) {
	m := newMeter("exp(10ms)", 1)
	must(t, m.net, "duplicate n1->n2 100%")
	for range 5000 {
		m.send()
	}
	for m.net.Step() {
	}
	first := 0
	for c, id := range m.copies {
		if m.took[c] < m.took[id] {
			first++
		}
	}
	share(t, "copies that land first", first, 5000, 0.5)
}

func TestAReorderedMessageIsOvertaken(t *testing.T) {
	m := newMeter("const(10ms)", 1)
	must(t, m.net, "reorder n1->n2 100%")
	m.send()
	must(t, m.net, "reorder n1->n2 off")
	drain(m.net, 19*ms)
	m.send()
	drain(m.net, 21*ms)
	m.send()
	for m.net.Step() {
	}
	if got := fmt.Sprint(m.order, m.took[1]); got != "[2 1 3] 30ms" {
		t.Errorf("arrived %s, want message 1 after 30ms, overtaken by what was sent in the first 20 ms", got)
	}
}

// TestBandwidthOfABurst: of messages sent at once the k-th is on the link when those
// before it and itself have gone: k·size/bandwidth, and lands a latency later.
func TestBandwidthOfABurst(t *testing.T) {
	m := newMeter("const(10ms)", 1)
	m.size = 640
	must(t, m.net, "bandwidth n1-n2 64KB/s")
	for range 50 {
		m.send()
	}
	m.net.Send(99, 2, 1, "x") // the other direction waits for none of these
	for m.net.Step() {
	}
	for k := 1; k <= 50; k++ {
		if want := time.Duration(10+10*k) * time.Millisecond; m.took[model.MsgID(k)] != want {
			t.Errorf("message %d took %v, want %v", k, m.took[model.MsgID(k)], want)
		}
	}
	if m.took[99] != 20*time.Millisecond {
		t.Errorf("the other way took %v", m.took[99])
	}
	for s, want := range map[string]int64{"1B/s": 1, "64KB/s": 64_000, "1.5MB/s": 1_500_000, "1000GB/s": 1e12, "1001GB/s": 0, "0B/s": 0, "64": 0, "64kb/s": 0, "-1B/s": 0} {
		if got := parseBytes(s); got != want {
			t.Errorf("%s is read as %d bytes a second, want %d", s, got, want)
		}
	}
}

// TestBandwidthIsAQueue compares the mean wait of Poisson arrivals on a link with
// that of the M/D/1 queue: ρ·s/(2(1-ρ)), s the time of a message (Pollaczek and
// Khinchine).
func TestBandwidthIsAQueue(t *testing.T) {
	const n = 40_000
	for i, rho := range []float64{0.3, 0.5, 0.7} {
		m := newMeter("const(0s)", int64(i+1))
		m.size = 100
		must(t, m.net, "bandwidth n1->n2 100KB/s") // s = 1 ms
		gap, r := mustDist("exp("+time.Duration(1e6/rho).String()+")"), m.net.Stream("arrivals")
		at := model.Time(0)
		for range n {
			at = at.Add(gap.Draw(r))
			drain(m.net, at)
			m.send()
		}
		for m.net.Step() {
		}
		sum := time.Duration(0)
		for _, d := range m.took {
			sum += d - time.Millisecond
		}
		mean, want := float64(sum)/n/1e6, rho/(2*(1-rho))
		if math.Abs(mean-want) > 0.05*want {
			t.Errorf("load %v: mean wait %.4f ms, want %.4f ms within 5 %%", rho, mean, want)
		}
	}
}

func TestACutEmptiesTheQueueOfALink(t *testing.T) {
	m := newMeter("const(1ms)", 1)
	m.size = 1000
	must(t, m.net, "bandwidth n1->n2 1KB/s")
	m.send()
	m.send()
	drain(m.net, 10*ms)
	must(t, m.net, "cut n1->n2", "heal")
	m.send()
	for m.net.Step() {
	}
	if m.lost != 2 || m.took[3] != time.Second+time.Millisecond {
		t.Errorf("%d lost, then one took %v", m.lost, m.took[3])
	}
}

func TestFlap(t *testing.T) {
	n, d := newDiary(2)
	must(t, n, "flap n1->n2 up=15ms down=20ms")
	drain(n, 10*ms)
	n.Send(1, 1, 2, "x")
	drain(n, 34*ms)
	n.Send(2, 1, 2, "x")
	drain(n, 35*ms)
	n.Send(3, 1, 2, "x")
	drain(n, 55*ms)
	must(t, n, "heal n1-n2")
	drain(n, 200*ms)
	same(t, d, `
		0s link n1->n2 open "" latency "" loss 0 duplicate 0 reorder 0 bandwidth "" flap "up=15ms down=20ms"
		10ms sent 1 n1->n2 due 20ms
		15ms link n1->n2 dropping "flap n1->n2" latency "" loss 0 duplicate 0 reorder 0 bandwidth "" flap "up=15ms down=20ms"
		15ms dropped 1 n1->n2: flap n1->n2
		34ms dropped 2 n1->n2: flap n1->n2
		35ms link n1->n2 open "" latency "" loss 0 duplicate 0 reorder 0 bandwidth "" flap "up=15ms down=20ms"
		35ms sent 3 n1->n2 due 45ms
		45ms deliver 3 n1->n2
		50ms link n1->n2 dropping "flap n1->n2" latency "" loss 0 duplicate 0 reorder 0 bandwidth "" flap "up=15ms down=20ms"
		55ms link n1->n2 open "" latency "" loss 0`)
	if n.Next() != model.Never {
		t.Errorf("a flap that ended goes on at %v", n.Next())
	}
}
