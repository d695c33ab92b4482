package check

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// txTape plays events of transactions, one a line:
//
//	+10ms                  time passes (each event takes a millisecond by itself)
//	n1 begin o1 3          o1 begins; it has three parts
//	n1 effect o1 stock 2   a part takes effect, or is taken back
//	n1 commit o1, n1 abort o1
//	n1 lock row o1, n1 free row o1
//	n1 doubt row 7         n1 is in doubt of operation 7; 0: no more
//	n1 crashed, n1 restarted
func txTape(t testing.TB, text string) *History {
	t.Helper()
	p := newTape(t, 3)
	for _, line := range strings.Split(text, "\n") {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		if strings.HasPrefix(w[0], "+") {
			p.play(line)
			continue
		}
		p.event(txEvent(t, w))
	}
	return p.history(Options{})
}

func txEvent(t testing.TB, w []string) trace.Event {
	t.Helper()
	node, _ := model.ParseNode(w[0])
	number := func(i int) int64 {
		n, err := strconv.ParseInt(w[i], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	switch e := (trace.Event{Node: node}); w[1] {
	case "begin":
		e.Kind, e.Key, e.N = trace.Begin, w[2], number(3)
		return e
	case "effect":
		e.Kind, e.Key, e.Text, e.N = trace.Effect, w[2], w[3], number(4)
		return e
	case "commit":
		e.Kind, e.Key = trace.Commit, w[2]
		return e
	case "abort":
		e.Kind, e.Key = trace.Abort, w[2]
		return e
	case "lock":
		e.Kind, e.Key, e.Text = trace.Acquire, w[2], w[3]
		return e
	case "free":
		e.Kind, e.Key, e.Text = trace.Relinquish, w[2], w[3]
		return e
	case "doubt":
		e.Kind, e.Key, e.Op = trace.Doubt, w[2], model.OpID(number(3))
		return e
	case "crashed", "restarted":
		e.Kind, e.Text = trace.HostChange, w[1]
		return e
	}
	t.Fatalf("tape: %q", w)
	return trace.Event{}
}

func TestTransactionChecks(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"none", "", []string{
			"unknown atomic ~ no transaction began", "unknown decided", "unknown exactly-once", "unknown balanced", "unknown lock-time p50 < 1s ~ No resource", "yes blocked < 1ms ~ No node",
		}},
		{"begun alone", "n1 begin o1 2", []string{
			"yes atomic ~ 1 transaction", "no decided ~ o1 was neither", "yes exactly-once", "yes balanced", "unknown atomic o2 ~ no transaction is called o2",
		}},
		{"whole", "n1 begin o1 2\nn1 effect o1 stock 2\nn2 effect o1 payment 2\nn1 commit o1", []string{
			"yes atomic", "yes decided", "yes exactly-once", "yes balanced ~ stock 2, payment 2", "yes balanced stock payment",
		}},
		{"torn", "n1 begin o1 2\nn1 effect o1 stock 2", []string{
			"no atomic ~ stock is in effect, of 2 parts", "no atomic o1 ~ since 2ms (#2)", "no balanced ~ stock 2, part 2 0", "yes exactly-once",
		}},
		{"torn, but locked", "n1 begin o1 2\nn2 lock row o1\nn1 effect o1 stock 2\nn1 commit o1", []string{
			"unknown atomic ~ what is missing of its 2 parts is locked", "no decided ~ still holds 1 resource", "unknown balanced",
		}},
		{"then not", "n1 begin o1 2\nn2 lock row o1\nn1 effect o1 stock 2\nn1 commit o1\nn2 free row o1", []string{
			"no atomic ~ since 5ms (#5)", "yes decided",
		}},
		{"committed and nothing done", "n1 begin o1 1\nn1 commit o1", []string{"no atomic ~ none is in effect, of 1 part"}},
		{"split", "n1 begin o1 1\nn1 effect o1 stock 1\nn1 commit o1\nn2 abort o1", []string{
			"no atomic ~ n1 committed it (#3), and n2 aborted it (#4)", "yes decided",
		}},
		{"split for ever", "n1 begin o1 1\nn2 abort o1\nn1 commit o1\nn1 effect o1 stock 1\nn1 effect o1 stock -1", []string{"no atomic ~ split since 3ms (#3)"}},
		{"to be compensated", "n1 begin o1 2\nn1 effect o1 stock 3\nn1 abort o1", []string{"no atomic ~ o1 was aborted (#3), and stock is in effect"}},
		{"compensated", "n1 begin o1 2\nn1 effect o1 stock 3\nn1 abort o1\nn1 effect o1 stock -3", []string{"yes atomic", "yes exactly-once", "yes balanced", "yes decided"}},
		{"doubled", "n1 begin o1 1\nn1 effect o1 stock 3\nn1 effect o1 stock 3\nn1 commit o1", []string{
			"no exactly-once ~ stock of o1 took effect by 3 (#2), and stood at 6 since 3ms (#3)", "yes atomic", "unknown exactly-once o2",
		}},
		{"taken back twice", "n1 begin o1 1\nn1 effect o1 stock 3\nn1 effect o1 stock -3\nn1 effect o1 stock -3", []string{"no exactly-once ~ stood at -3"}},
		{"only one of two", "n1 begin o1 1\nn1 begin o2 1\nn2 effect o2 a 1\nn1 effect o1 a 1\nn1 effect o1 a 1", []string{"no exactly-once o1", "yes exactly-once o2", "no exactly-once"}},
		{"no Begin", "n1 effect o1 stock 3", []string{"yes atomic"}},
		{"locks", "n1 begin o1 1\nn1 lock a o1\n+9ms\nn1 free a o1\nn1 lock b o1\n+99ms\nn2 commit o1", []string{
			"yes lock-time p50 = 9ms ~ a was locked by o1", "yes lock-time p100 = 99ms ~ b was still locked by o1 (#4)", "no lock-time p100 < 99ms",
		}},
		{"locked again while locked", "n1 lock a o1\n+4ms\nn1 lock a o1\n+5ms\nn1 free a o1\nn1 free a o1", []string{"yes lock-time p100 = 9ms ~ 1 lock is"}},
		{"doubt", "n1 doubt a 7\n+5ms\nn1 doubt a 0\nn2 doubt b 8\n+3ms\nn2 doubt b 9\n+9ms\nn2 doubt b 0", []string{"yes blocked = 9ms ~ n2 was in doubt of b", "no blocked < 9ms"}},
		{"doubt that lasts", "n1 doubt a 7\n+5ms\nn1 doubt a 7\n+6ms\nn2 commit o1", []string{"yes blocked = 11ms ~ n1 is in doubt of a"}},
		{"down is not blocked", "n1 doubt a 7\n+5ms\nn1 crashed\n+90ms\nn1 restarted\nn1 doubt a 7\n+6ms\nn1 doubt a 0", []string{"yes blocked = 6ms"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, w := range tt.want {
				wants(t, txTape(t, tt.text), w)
			}
		})
	}
}

func TestTransactionArguments(t *testing.T) {
	for words, says := range map[string]string{
		"atomic a b": "nothing more", "balanced stock": "another part", "balanced a a": "each part once", "lock-time": "a percentile",
		"lock-time 50 < 1s": "a percentile", "lock-time p50 1s": "=", "blocked 1s": "=", "blocked < soon": "a duration",
	} {
		if _, _, err := Parse(strings.Fields(words)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// naiveAtomic judges a list of events of transactions by definition, anew for each.
func naiveAtomic(events []trace.Event) Verdict {
	worst := Yes
	seen := 0
	for _, name := range []string{"o1", "o2"} {
		sums, held, size := map[string]int64{}, map[string]bool{}, int64(0)
		commit, abort, known := false, false, false
		for _, e := range events {
			switch {
			case e.Kind == trace.Acquire && e.Text == name && known:
				held[e.Key] = true
				continue
			case e.Kind == trace.Relinquish && e.Text == name:
				delete(held, e.Key)
				continue
			case e.Key != name:
				continue
			case e.Kind == trace.Begin && size == 0:
				size = e.N
			case e.Kind == trace.Effect:
				sums[e.Text] += e.N
			case e.Kind == trace.Commit:
				commit = true
			case e.Kind == trace.Abort:
				abort = true
			}
			known = true
		}
		if !known {
			continue
		}
		seen++
		in := int64(0)
		for _, n := range sums {
			if n != 0 {
				in++
			}
		}
		switch {
		case commit && abort, abort && in > 0:
			return No
		case in >= size, in == 0 && !commit:
		case int64(len(held)) >= size-in:
			worst = Unknown
		default:
			return No
		}
	}
	if seen == 0 {
		return Unknown
	}
	return worst
}

// TestAtomicAgainstNaive holds atomic, exactly-once and lock-time against plain counting over
// random events.
func TestAtomicAgainstNaive(t *testing.T) {
	seen := map[Verdict]int{}
	for seed := range 1500 {
		r := rand.New(rand.NewPCG(uint64(seed), 0xa70))
		p := newTape(t, 3)
		var events []trace.Event
		for range 3 + r.IntN(9) {
			name, part, node := fmt.Sprintf("o%d", 1+r.IntN(2)), string(rune('a'+r.IntN(2))), fmt.Sprintf("n%d", 1+r.IntN(3))
			words := []string{
				"begin " + name + " 2", "begin " + name + " 2", "effect " + name + " " + part + " 1", "effect " + name + " " + part + " 1", "effect " + name + " " + part + " -1",
				"commit " + name, "abort " + name, "lock " + part + " " + name, "lock " + part + " " + name, "free " + part + " " + name,
			}[r.IntN(10)]
			e := txEvent(t, strings.Fields(node+" "+words))
			events = append(events, e)
			p.event(e)
		}
		h := p.history(Options{})
		want := naiveAtomic(events)
		if f := judge(t, h, "atomic"); f.Verdict != want {
			t.Fatalf("seed %d: atomic %v, by hand %v: %s\n%v", seed, f.Verdict, want, f.Witness, events)
		}
		seen[want]++
		if f := judge(t, h, "exactly-once"); (f.Verdict == No) != naiveTwice(events) {
			t.Fatalf("seed %d: exactly-once %v: %s\n%v", seed, f.Verdict, f.Witness, events)
		}
		if f, most := judge(t, h, "lock-time p100 < 0s"), naiveLongest(p, h); f.Value != nil && f.Value != most || f.Value == nil && most != 0 {
			t.Fatalf("seed %d: locked for %v, by hand %v: %s", seed, f.Value, most, f.Witness)
		}
	}
	for _, v := range []Verdict{Yes, No, Unknown} {
		if seen[v] < 50 {
			t.Errorf("one-sided: %v", seen)
		}
	}
}

// naiveTwice tells whether a part was ever neither in effect by its first amount nor at all.
func naiveTwice(events []trace.Event) bool {
	for i := range events {
		for _, e := range events[:i+1] {
			if e.Kind != trace.Effect {
				continue
			}
			sum, first := int64(0), int64(0)
			for _, f := range events[:i+1] {
				if f.Kind == trace.Effect && f.Key == e.Key && f.Text == e.Text {
					if sum += f.N; first == 0 {
						first = f.N
					}
				}
			}
			if sum != 0 && sum != first {
				return true
			}
		}
	}
	return false
}

// naiveLongest returns how long the longest lock was held: from each Acquire back to the
// first without a Relinquish in between, on to the next Relinquish.
func naiveLongest(p *tape, h *History) (most time.Duration) {
	for n := 1; n <= h.until; n++ {
		e := p.log.At(n)
		if e.Kind != trace.Acquire {
			continue
		}
		end := h.end
		for m := n + 1; m <= h.until; m++ {
			if f := p.log.At(m); f.Kind == trace.Relinquish && f.Key == e.Key && f.Text == e.Text {
				end = f.At
				break
			}
		}
		most = max(most, end.Sub(e.At))
	}
	return most
}
