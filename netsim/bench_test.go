package netsim

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"capsim/model"
)

// hopper schedules a successor for every event that it is handed.
type hopper struct {
	net  *Net
	rand *rand.Rand
	next model.MsgID
	nothing
}

func (h *hopper) Alarm(ref uint32) {
	h.net.Alarm(h.net.Now().Add(time.Duration(below(h.rand, 20_000_000))), ref)
}

func (h *hopper) Timer(host model.NodeID, ref uint32) {
	h.net.After(host, time.Duration(below(h.rand, 20_000_000)), ref)
}

func (h *hopper) Deliver(_ model.MsgID, from, to model.NodeID) {
	h.next++
	h.net.Send(h.next, to, from, "hop")
}

var benchSizes = []int{30, 1_000, 100_000}

// BenchmarkHop is one event of the kernel, through Step: taking the earliest,
// handing it over, one random draw, scheduling its successor.
func BenchmarkHop(b *testing.B) {
	for _, pending := range benchSizes {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			h := &hopper{}
			h.net = New(Options{Hosts: 3, Seed: 1}, h)
			h.rand = h.net.Stream("bench")
			for range pending {
				h.Alarm(0)
			}
			runHops(b, h.net, 10*pending)
		})
	}
}

// BenchmarkTimer is the same with timers of hosts.
func BenchmarkTimer(b *testing.B) {
	for _, pending := range benchSizes {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			h := &hopper{}
			h.net = New(Options{Hosts: 3, Seed: 1}, h)
			h.rand = h.net.Stream("bench")
			for range pending {
				h.Timer(1, 0)
			}
			runHops(b, h.net, 10*pending)
		})
	}
}

// BenchmarkMessage is the same with messages, on links of the default latency.
func BenchmarkMessage(b *testing.B) {
	for _, pending := range benchSizes {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			h := &hopper{}
			h.net = New(Options{Hosts: 3, Seed: 1}, h)
			for i := range pending {
				h.Deliver(0, model.NodeID(1+i%3), model.NodeID(1+(i+1)%3))
			}
			runHops(b, h.net, 10*pending)
		})
	}
}

func runHops(b *testing.B, n *Net, warm int) {
	for range warm {
		n.Step()
	}
	b.ReportAllocs()
	for b.Loop() {
		n.Step()
	}
}

// BenchmarkCancel sets and cancels a timer while others are pending.
func BenchmarkCancel(b *testing.B) {
	for _, pending := range benchSizes {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			n := New(Options{Hosts: 3, Seed: 1}, nothing{})
			for i := range pending {
				n.After(1, time.Duration(i), 0)
			}
			b.ReportAllocs()
			for b.Loop() {
				n.Cancel(n.After(2, time.Second, 0))
			}
		})
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, s := range []string{
		"const(1ms)", "uniform(0s, 20ms)", "exp(10ms)", "pareto(1ms, 1.5)", "normal(10ms, 1ms)", "lognormal(10ms, 0.3)",
		"mix(38% pareto(1.05ms, 1.51), 62% exp(5.464ms))",
	} {
		b.Run(s, func(b *testing.B) {
			d, r := mustDist(s), newStream(1, "bench", "")
			b.ReportAllocs()
			for b.Loop() {
				d.Draw(r)
			}
		})
	}
}
