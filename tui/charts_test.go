package tui

import (
	"math/rand/v2"
	"testing"
	"time"

	"capsim/model"
)

// loaded is a run with answers of all kinds, stale reads and divergence.
const loaded = `use nodes 3
use policy cp
use store memory
workload w clients=6 at=n1,n2,n3 rate=60/s keys=5 ops=GET:60%,SET:40% from 0s to 8s
at 2s    partition n1 | n2 n3
at 4s    heal
at 5s    policy ap
at 5.5s  partition n1 | *
at 7s    heal
at 9s    end
`

// What the charts show at an instant is what a count over all operations gives, wherever the
// cursor stands: nothing is left out, and nothing of the future is shown.
func TestChartsOracle(t *testing.T) {
	d := showing(t, loaded, "charts", 120, 40, 9*time.Second)
	s := d.p.scene
	pane := d.p.panes[paneNamed("charts")].(*chartsPane)
	r := rand.New(rand.NewPCG(3, 4))
	var seen bin
	for range 300 {
		if r.IntN(2) == 0 {
			d.p.moveTo(model.Time(r.Int64N(int64(s.now) + 1)))
		} else {
			s.n = r.IntN(s.log.Len() + 1)
			s.at = d.p.instantOf(s.n)
		}
		s.compose()
		end := max(s.end, s.now, 1)
		pane.collect(s, &plot{timeWindow: timeWindow{10, 40 + r.IntN(150), 0, end}})
		for name, list := range map[string][]bin{"dots": pane.dots, "rates": pane.pails} {
			var got bin
			for i := range list {
				got.merge(&list[i])
			}
			want := countedBy(s)
			got.apart, want.apart = 0, 0 // it lasts: see below
			if got != want {
				t.Fatalf("%s at event %d, %v: %+v, not %+v", name, s.n, s.at, got, want)
			}
			seen.merge(&want)
		}
		apart := 0
		for _, key := range s.view.Keys() {
			if s.view.Diverged(key) {
				apart++
			}
		}
		if got := int(pane.dots[len(pane.dots)-1].apart); got < apart || s.apartAt(s.n) != apart {
			t.Fatalf("%d keys are diverged at event %d, not %d or %d", apart, s.n, got, s.apartAt(s.n))
		}
	}
	if seen.ok == 0 || seen.refused == 0 || seen.stale == 0 || seen.age == 0 {
		t.Errorf("the run does not try all: %+v", seen)
	}
}

// countedBy goes through all operations.
func countedBy(s *scene) bin {
	var b bin
	for _, op := range s.index.Ops() {
		if op.System || op.Returned == 0 || op.Returned > s.n {
			continue
		}
		b.answer(op)
	}
	for i := range s.told {
		if l := &s.told[i]; l.Stale {
			b.stale++
			b.age = max(b.age, l.Age)
		}
	}
	return b
}

// However long the run is there are no more than so many bins, and what they add up to is
// what was put in.
func TestSeriesBins(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var s series
	var want bin
	at := model.Time(0)
	for range 20_000 {
		at += model.Time(r.Int64N(int64(200 * time.Millisecond)))
		one := bin{ok: 1, fast: time.Duration(1 + r.Int64N(1000)), stale: uint32(r.IntN(2)), age: time.Duration(r.Int64N(50))}
		one.slow = one.fast
		s.bin(at).merge(&one)
		want.merge(&one)
		if len(s.bins) > maxBins || int(at/s.width) != len(s.bins)-1 {
			t.Fatalf("%d bins of %v at %v", len(s.bins), s.width, at)
		}
	}
	var got bin
	for i := range s.bins {
		got.merge(&s.bins[i])
	}
	if got != want || len(s.bins) < maxBins/2 {
		t.Errorf("%d bins hold %+v, not %+v", len(s.bins), got, want)
	}
}

func TestRoundUp(t *testing.T) {
	for v, want := range map[int64]int64{1: 1, 2: 2, 3: 5, 6: 10, 10: 10, 11: 20, 499: 500, 501: 1000} {
		if got := roundUp(v); got != want {
			t.Errorf("%d is rounded up to %d, not %d", v, got, want)
		}
	}
}

// Every chart has its name on a screen with room, and comes into sight where there is little.
func TestChartsFit(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		d := showing(t, loaded, "charts", size[0], size[1], 7*time.Second)
		for range charts {
			d.keys("up")
		}
		for i := range charts {
			d.sees(charts[i].name)
			checkFits(t, d.p.View(), size[0], size[1])
			d.keys("down")
		}
		d.sees("faults", "/s", "keys")
	}
	d := newDriver(t, opener(t, loaded), 80, 24)
	d.goTo(7 * time.Second)
	d.p.showPane(paneNamed("charts"))
	d.sees("4 more: ↑ ↓", "latency")
	d.seesNot("diverged  ")
	for range charts {
		d.keys("down")
	}
	d.sees("▸diverged")
}
