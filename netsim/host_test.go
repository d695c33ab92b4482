package netsim

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
)

func TestCrashKillsTimersAndRefusesMessages(t *testing.T) {
	n, d := newDiary(2)
	d.quiet = true
	n.Send(1, 1, 2, "x") // travels on though n1 crashes
	n.Send(2, 2, 1, "x") // finds n1 down
	n.After(1, 5*time.Millisecond, 7)
	n.After(1, 50*time.Millisecond, 8) // its incarnation is over by then
	n.Alarm(6*ms, 9)
	drain(n, ms)
	must(t, n, "crash n1")
	drain(n, 20*ms)
	must(t, n, "restart n1")
	if n.Incarnation(1) != 2 || n.Incarnation(2) != 1 || n.HostState(1) != Up {
		t.Errorf("incarnations %d, %d; n1 is %v", n.Incarnation(1), n.Incarnation(2), n.HostState(1))
	}
	n.After(1, 40*time.Millisecond, 10)
	n.Send(3, 2, 1, "x")
	drain(n, 100*ms)
	must(t, n, "crash n2 wipe")
	same(t, d, `
		1ms host n1 crashed
		6ms alarm 9
		10ms deliver 1 n1->n2
		10ms dropped 2 n2->n1: n1 is down
		20ms host n1 restarted
		30ms deliver 3 n2->n1
		60ms timer n1 10
		100ms host n2 crashed and wiped`)
}

func TestPauseKeepsOrderUntilTheResume(t *testing.T) {
	n, d := newDiary(2)
	d.quiet = true
	n.Send(1, 1, 2, "x")
	n.After(2, 10*time.Millisecond, 2)
	never := n.After(2, 11*time.Millisecond, 3)
	n.After(2, 30*time.Millisecond, 4)
	n.Send(5, 2, 1, "x")
	must(t, n, "pause n2")
	drain(n, 15*ms)
	n.Send(6, 1, 2, "x")
	drain(n, 25*ms)
	n.Cancel(never)
	n.Send(7, 2, 2, "x")
	must(t, n, "resume n2", "cut n1->n2") // what has arrived is on no link
	if n.Next() != 25*ms {
		t.Errorf("next at %v, want the resume's instant", n.Next())
	}
	n.Step()
	must(t, n, "pause n2") // in the midst of it
	drain(n, 26*ms)
	must(t, n, "resume n2")
	drain(n, 40*ms)
	same(t, d, `
		0s host n2 paused
		10ms deliver 5 n2->n1
		25ms host n2 resumed
		25ms deliver 1 n1->n2
		25ms host n2 paused
		26ms host n2 resumed
		26ms timer n2 2
		26ms deliver 6 n1->n2
		26ms deliver 7 n2->n2
		30ms timer n2 4`)
}

func TestCrashOfAPausedHostDropsWhatWaits(t *testing.T) {
	n, d := newDiary(2)
	d.quiet = true
	n.Send(1, 1, 2, "x")
	n.After(2, time.Millisecond, 2)
	must(t, n, "pause n2")
	drain(n, 10*ms)
	must(t, n, "crash n2", "restart n2")
	drain(n, 50*ms)
	same(t, d, `
		0s host n2 paused
		10ms host n2 crashed
		10ms dropped 1 n1->n2: n2 is down
		10ms host n2 restarted`)
	if len(n.timers.free) != len(n.timers.slots) {
		t.Error("the timer's slot is lost")
	}
}

func TestImpossibleHostFaultsSayWhatToDo(t *testing.T) {
	for _, c := range []struct{ before, statement, want string }{
		{"crash n1", "crash n1", "n1 is already down; restart n1 first"},
		{"crash n1", "pause n1", "restart n1"},
		{"crash n1", "resume n1", "restart n1"},
		{"pause n1", "pause n1", "resume n1"},
		{"pause n1", "restart n1", "resume n1"},
		{"", "restart n1", "crash n1"},
		{"", "resume n1", "pause n1"},
	} {
		n, d := newDiary(2)
		if c.before != "" {
			must(t, n, c.before)
		}
		d.take()
		if err := do(n, c.statement); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, then %s: %v, want %q", c.before, c.statement, err, c.want)
		}
		same(t, d, "")
	}
}

func TestCancel(t *testing.T) {
	n, d := newDiary(1)
	a := n.After(1, time.Millisecond, 1)
	n.After(1, 2*time.Millisecond, 2)
	n.Cancel(a)
	n.Cancel(a)
	n.Cancel(0)
	n.Cancel(1 << 40)
	if n.Next() != 2*ms {
		t.Errorf("next at %v: a cancelled timer is pending", n.Next())
	}
	b := n.After(1, time.Millisecond, 3) // in a's slot; earlier than what Next has seen
	n.Cancel(a)
	n.After(1, -time.Second, 4)
	drain(n, 5*ms)
	n.Cancel(b)
	if n.Next() != model.Never {
		t.Errorf("next at %v", n.Next())
	}
	same(t, d, "0s timer n1 4\n1ms timer n1 3\n2ms timer n1 2")
}

func TestCancelledTimersCostNoMemory(t *testing.T) {
	n, _ := newDiary(1)
	for range 100_000 {
		n.Cancel(n.After(1, time.Hour, 0))
	}
	if n.queue.count > 200 || len(n.timers.slots) > 1 {
		t.Errorf("%d entries, %d slots", n.queue.count, len(n.timers.slots))
	}
}

func TestAdvanceToSkipsNothing(t *testing.T) {
	n, _ := newDiary(1)
	n.Alarm(5*ms, 0)
	n.AdvanceTo(5 * ms)
	for _, to := range []model.Time{4 * ms, 6 * ms} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("moved from 5ms to %v with an alarm at 5ms", to)
				}
			}()
			n.AdvanceTo(to)
		}()
	}
}
