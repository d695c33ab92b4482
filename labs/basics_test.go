package labs

import (
	"math/rand/v2"
	"testing"

	"capsim/model"
)

// Events of random runs, stamped by the lab's clocks, and the pairs that a stamp must tell
// apart: chains are followed by hand, from event to event.
func TestClocksOrderCausesBeforeEffects(t *testing.T) {
	type event struct {
		causes []int
		stamps [2]stamp // lamport, vector
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 0xba51c5))
		const nodes = 4
		var clocks [2][nodes]clock
		for i := range nodes {
			clocks[0][i] = newClock(lamportClock, model.NodeID(i+1), nodes)
			clocks[1][i] = newClock(vectorClock, model.NodeID(i+1), nodes)
		}
		var events []event
		last := [nodes]int{-1, -1, -1, -1}
		for range 40 {
			n := r.IntN(nodes)
			e := event{}
			if last[n] >= 0 {
				e.causes = append(e.causes, last[n])
			}
			from := -1
			if len(events) > 0 && r.IntN(2) == 0 {
				from = r.IntN(len(events)) // the arrival of what was sent then
				e.causes = append(e.causes, from)
			}
			for k := range clocks {
				if from >= 0 {
					e.stamps[k] = clocks[k][n].hear(0, events[from].stamps[k])
				} else {
					e.stamps[k] = clocks[k][n].tick(0)
				}
			}
			last[n] = len(events)
			events = append(events, e)
		}
		var before func(a, b int) bool
		before = func(a, b int) bool {
			for _, c := range events[b].causes {
				if c == a || before(a, c) {
					return true
				}
			}
			return false
		}
		for a := range events {
			for b := range events {
				if a == b || b > 12 || a > 12 { // chains of more events take too long to follow so
					continue
				}
				x, y := &events[a], &events[b]
				want := "concurrent"
				switch {
				case before(a, b):
					want = "before"
				case before(b, a):
					want = "after"
				}
				if got := clocks[1][0].compare(x.stamps[1], y.stamps[1]); got != want {
					t.Fatalf("seed %d: %v and %v: %s, want %s", seed, x.stamps[1], y.stamps[1], got, want)
				}
				lamport := clocks[0][0].compare(x.stamps[0], y.stamps[0])
				if want == "before" && lamport != "not after" || want == "after" && lamport != "not before" {
					t.Fatalf("seed %d: %v %s %v, and the stamps %v %v say %s", seed, a, want, b, x.stamps[0], y.stamps[0], lamport)
				}
			}
		}
	}
}

func TestStampsInWords(t *testing.T) {
	for _, tt := range []struct {
		kind clockKind
		s    stamp
		want string
	}{
		{noClock, nil, ""},
		{wallClock, stamp{5_010_000_000}, "T=5.010s"},
		{wallClock, stamp{-1_005_000_000}, "T=-1.005s"},
		{lamportClock, stamp{4}, "L=4"},
		{vectorClock, stamp{2, 1, 0}, "V=[2 1 0]"},
	} {
		c := clock{kind: tt.kind}
		if got := c.words(tt.s); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.s, got, tt.want)
		}
	}
}

// A count on the disk is read as it was written; what is no count is none.
func TestStampsSurvive(t *testing.T) {
	for _, s := range []stamp{{0}, {1 << 60}, {2, 0, 300}} {
		got := decodeStamp(s.encode(), len(s))
		if len(got) != len(s) || !covers(got, s) || !covers(s, got) {
			t.Errorf("%v came back as %v", s, got)
		}
		if decodeStamp(s.encode(), len(s)+1) != nil || decodeStamp(append(s.encode(), 1), len(s)) != nil {
			t.Errorf("%v is read as a count of another length", s)
		}
	}
	if decodeStamp(nil, 1) != nil {
		t.Error("nothing is read as a count")
	}
}
