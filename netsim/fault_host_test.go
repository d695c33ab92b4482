package netsim

import (
	"fmt"
	"testing"
	"time"

	"capsim/model"
)

// TestSlowTakesOneStepAfterTheOther: messages, timers and inputs wait in one line, in
// the order in which they came.
func TestSlowTakesOneStepAfterTheOther(t *testing.T) {
	n, d := newDiary(2)
	must(t, n, "slow n2 +5ms")
	for id := model.MsgID(1); id <= 3; id++ {
		n.Send(id, 1, 2, "x") // all at 10 ms
	}
	n.After(2, 12*time.Millisecond, 7)
	gone := n.After(2, 12*time.Millisecond, 8)
	drain(n, 13*ms)
	n.Cancel(gone) // it stands in line already: its turn passes unused
	n.Queue(2, 9)
	must(t, n, "slow n2 off")
	drain(n, 21*ms)
	n.Send(4, 1, 2, "x") // at 31 ms
	drain(n, 28*ms)
	n.Queue(2, 10)
	drain(n, 40*ms)
	d.lines = d.lines[4:]
	same(t, d, `
		13ms host n2 slow off
		15ms deliver 1 n1->n2
		20ms deliver 2 n1->n2
		21ms sent 4 n1->n2 due 31ms
		25ms deliver 3 n1->n2
		30ms timer n2 7
		40ms input n2 9
		40ms input n2 10
		40ms deliver 4 n1->n2`)
}

func TestSlowAndPaused(t *testing.T) {
	n, d := newDiary(2)
	must(t, n, "slow n2 +5ms")
	n.Send(1, 1, 2, "x")
	drain(n, 12*ms)
	must(t, n, "pause n2")
	n.Send(2, 1, 2, "x")
	drain(n, 40*ms)
	d.take()
	must(t, n, "resume n2")
	drain(n, 50*ms)
	same(t, d, `
		40ms host n2 resumed
		40ms deliver 1 n1->n2
		45ms deliver 2 n1->n2`)
}

func TestACrashEmptiesTheLineOfASlowHost(t *testing.T) {
	n, d := newDiary(2)
	must(t, n, "slow n2 +5ms")
	n.Send(1, 1, 2, "x")
	n.Send(2, 1, 2, "x")
	n.After(2, 10*time.Millisecond, 7)
	n.Queue(2, 9)
	drain(n, 16*ms)
	d.take()
	must(t, n, "crash n2", "restart n2")
	n.Send(3, 1, 2, "x")
	drain(n, 60*ms)
	same(t, d, `
		16ms host n2 crashed
		16ms dropped 2 n1->n2: n2 is down
		16ms host n2 restarted
		16ms sent 3 n1->n2 due 26ms
		31ms deliver 3 n1->n2`)
	if free, all := len(n.timers.free), len(n.timers.slots); free != all {
		t.Errorf("%d of %d timer slots are free", free, all)
	}
}

func TestSkewMovesTheWallClockAlone(t *testing.T) {
	n, d := newDiary(2)
	drain(n, 1000*ms)
	n.After(1, 10*time.Millisecond, 1)
	must(t, n, "skew n1 +500ms", "skew n2 -2s")
	if n.Clock(1) != 1500*ms || n.Clock(2) != 0 {
		t.Errorf("clocks show %v and %v", n.Clock(1), n.Clock(2))
	}
	drain(n, 1005*ms)
	must(t, n, "skew n1 -500ms")
	drain(n, 1020*ms)
	if n.Clock(1) != 520*ms {
		t.Errorf("n1's clock shows %v", n.Clock(1))
	}
	must(t, n, "skew n1 off")
	if n.Clock(1) != 1020*ms {
		t.Errorf("n1's clock shows %v", n.Clock(1))
	}
	same(t, d, `
		1s host n1 skew +500ms
		1s host n2 skew -2s
		1.005s host n1 skew -500ms
		1.01s timer n1 1
		1.02s host n1 skew off`)
}

// TestDriftRunsTimersByTheHostsClock: a clock that gains a quarter shows 125 ms when
// 100 ms have passed; timers that run are set anew when the drift changes.
func TestDriftRunsTimersByTheHostsClock(t *testing.T) {
	n, d := newDiary(2)
	n.After(1, 150*time.Millisecond, 1) // 25 ms of its time left at 100 ms
	must(t, n, "drift n1 250000ppm")
	n.After(1, 100*time.Millisecond, 2) // at 80 ms
	n.After(1, 500*time.Millisecond, 3)
	n.After(2, 100*time.Millisecond, 4)
	drain(n, 100*ms)
	if n.Clock(1) != 125*ms || n.Clock(2) != 100*ms {
		t.Errorf("clocks show %v and %v", n.Clock(1), n.Clock(2))
	}
	must(t, n, "drift n1 -500000ppm") // what is left now takes twice as long
	drain(n, 150*ms)
	if n.Clock(1) != 150*ms {
		t.Errorf("n1's clock shows %v", n.Clock(1))
	}
	must(t, n, "drift n1 off")
	drain(n, 1000*ms)
	same(t, d, `
		0s host n1 drift 250000ppm
		80ms timer n1 2
		100ms timer n2 4
		100ms host n1 drift -500000ppm
		150ms timer n1 1
		150ms host n1 drift off
		500ms timer n1 3`)
	if n.Clock(1) != 1000*ms {
		t.Errorf("n1's clock shows %v", n.Clock(1))
	}
}

// TestDriftOverADay: 200 ppm are 17.28 s a day, to the nanosecond.
func TestDriftOverADay(t *testing.T) {
	n, _ := newDiary(2)
	must(t, n, "drift n1 200ppm", "drift n2 -200ppm")
	day := model.Time(24 * time.Hour)
	n.AdvanceTo(day)
	if fast, slow := n.Clock(1).Sub(day), n.Clock(2).Sub(day); fast != 17280*time.Millisecond || slow != -17280*time.Millisecond {
		t.Errorf("the clocks are off by %v and %v", fast, slow)
	}
	for _, d := range []time.Duration{1, 999, time.Second, 1000 * time.Hour, 1<<63 - 1} {
		o := &odd{drift: 200_000}
		if real := o.real(d); mulDiv(int64(real), perSecond+o.drift, perSecond) < int64(min(d, 1<<61)) {
			t.Errorf("a timer of %v fires after %v, too early", d, real)
		}
	}
}

func TestOneMessageByHand(t *testing.T) {
	n, d := newDiary(2)
	for id := model.MsgID(1); id <= 4; id++ {
		n.Send(id, 1, 2, "x")
	}
	d.take()
	must(t, n, "message 1 drop", "message 2 hold", "message m3 hurry", "message 4 hold")
	drain(n, 20*ms)
	must(t, n, "message 2 release", "cut n1->n2", "message 4 release")
	drain(n, 40*ms)
	same(t, d, `
		0s dropped 1 n1->n2: message 1 drop
		0s held 2 n1->n2: message 2 hold
		0s released 3 n1->n2 due 0s
		0s held 4 n1->n2: message 4 hold
		0s deliver 3 n1->n2
		20ms released 2 n1->n2 due 30ms
		20ms link n1->n2 dropping "cut n1->n2" latency "" loss 0
		20ms dropped 2 n1->n2: cut n1->n2
		20ms dropped 4 n1->n2: cut n1->n2`)

	must(t, n, "heal", "cut n1->n2 hold")
	n.Send(5, 1, 2, "x")
	n.Send(6, 2, 1, "x")
	for statement, want := range map[string]string{
		"message 1 drop":    "message 1 is not under way: it has arrived, was lost, or was never sent",
		"message 9 hurry":   "message 9 is not under way: it has arrived, was lost, or was never sent",
		"message 5 release": "message 5 is held by a cut; heal n1->n2",
		"message 5 hurry":   "message 5 is held by a cut; heal n1->n2",
		"message 6 release": "message 6 is on its way; nothing holds it",
		"message 0 drop":    `"0": want the number of a message under way, as 12`,
		"message 6 lose":    `"lose": want drop, hold, release or hurry`,
	} {
		if err := do(n, statement); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", statement, err, want)
		}
	}
	must(t, n, "message 6 hold")
	if err := do(n, "message 6 hold"); fmt.Sprint(err) != "message 6 is held already; release it first" {
		t.Error(err)
	}
	must(t, n, "message 5 hold", "heal") // its own hold is stronger than the heal
	if n.Next() != model.Never {
		t.Error("something goes on")
	}
	must(t, n, "message 5 hurry")
}
