package netsim

import (
	"errors"
	"strings"
	"testing"

	"capsim/model"
)

func TestCutDropsWhatIsOnTheWire(t *testing.T) {
	n, d := newDiary(3)
	n.Send(1, 1, 2, "x")
	n.Send(2, 2, 1, "x")
	drain(n, 4*ms)
	n.Send(3, 1, 2, "x")
	d.take()
	must(t, n, "cut n1->n2")
	n.Send(4, 1, 2, "x")
	drain(n, 10*ms)
	must(t, n, "heal n1-n2")
	n.Send(5, 1, 2, "x")
	drain(n, 40*ms)
	same(t, d, `
		4ms link n1->n2 dropping "cut n1->n2" latency "" loss 0
		4ms dropped 1 n1->n2: cut n1->n2
		4ms dropped 3 n1->n2: cut n1->n2
		4ms dropped 4 n1->n2: cut n1->n2
		10ms deliver 2 n2->n1
		10ms link n1->n2 open "" latency "" loss 0
		10ms sent 5 n1->n2 due 20ms
		20ms deliver 5 n1->n2`)
}

func TestHoldKeepsInOrderUntilTheHeal(t *testing.T) {
	n, d := newDiary(2)
	must(t, n, "delay n1->n2 const(30ms)")
	n.Send(1, 1, 2, "x") // would land last
	must(t, n, "delay n1->n2 off")
	n.Send(2, 1, 2, "x")
	n.Send(3, 2, 1, "x")
	drain(n, 2*ms)
	d.take()
	must(t, n, "cut n1-n2 hold")
	n.Send(4, 1, 2, "x")
	drain(n, 100*ms)
	must(t, n, "heal")
	drain(n, 200*ms)
	same(t, d, `
		2ms link n1->n2 holding "cut n1-n2" latency "" loss 0
		2ms link n2->n1 holding "cut n1-n2" latency "" loss 0
		2ms held 1 n1->n2: cut n1-n2
		2ms held 2 n1->n2: cut n1-n2
		2ms held 3 n2->n1: cut n1-n2
		2ms held 4 n1->n2: cut n1-n2
		100ms link n1->n2 open "" latency "" loss 0
		100ms link n2->n1 open "" latency "" loss 0
		100ms released 1 n1->n2 due 110ms
		100ms released 2 n1->n2 due 110ms
		100ms released 3 n2->n1 due 110ms
		100ms released 4 n1->n2 due 110ms
		110ms deliver 1 n1->n2
		110ms deliver 2 n1->n2
		110ms deliver 3 n2->n1
		110ms deliver 4 n1->n2`)
}

func TestWhatIsHeldStaysHeldUnderAnotherCut(t *testing.T) {
	n, d := newDiary(2)
	d.quiet = true
	must(t, n, "cut n1->n2 hold")
	n.Send(1, 1, 2, "x")
	must(t, n, "partition n1 | n2")
	n.Send(2, 1, 2, "x")
	must(t, n, "heal", "cut n1->n2")
	drain(n, 20*ms)
	same(t, d, `
		0s held 1 n1->n2: cut n1->n2
		0s dropped 2 n1->n2: partition n1 | n2
		0s released 1 n1->n2 due 10ms
		0s dropped 1 n1->n2: cut n1->n2`)
}

// cuts draws the links as a matrix: a row a sender, . open, x dropping, h holding.
func cuts(n *Net) string {
	var rows []string
	for from := model.NodeID(1); int(from) <= n.Hosts(); from++ {
		row := ""
		for to := model.NodeID(1); int(to) <= n.Hosts(); to++ {
			switch {
			case from == to:
				row += "-"
			default:
				row += string(".xh"[n.Cut(from, to)])
			}
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, " ")
}

func TestCutsAndPartitions(t *testing.T) {
	for _, c := range []struct{ statements, want string }{
		{"partition n1 | n2 n3", "-xxx x-.x x.-x xxx-"}, // n4 is alone
		{"partition n1 | *", "-xxx x-.. x.-. x..-"},
		{"partition * | n2 n4", "-x.x x-x. .x-x x.x-"},
		{"partition n1 | n2 | n3 n4", "-xxx x-xx xx-. xx.-"},
		{"partition n1 n2 | * hold", "-.hh .-hh hh-. hh.-"},
		{"cut n1->n2", "-x.. .-.. ..-. ...-"},
		{"cut n1-n2 hold", "-h.. h-.. ..-. ...-"},
		{"cut n1->*", "-xxx .-.. ..-. ...-"},
		{"cut *->n1", "-... x-.. x.-. x..-"},
		{"cut n2-*", "-x.. x-xx .x-. .x.-"},
		{"cut *-*", "-xxx x-xx xx-x xxx-"},
		{"cut *-*; heal n3-n4", "-xxx x-xx xx-. xx.-"},
		{"partition n1 | *; partition n1 n2 | *", "-.xx .-xx xx-. xx.-"},
		{"cut n1->n2; partition n1 n2 | *; heal n1-n3", "-x.x .-xx .x-. xx.-"},
		{"partition n1 | *; cut n1->n2 hold", "-xxx x-.. x.-. x..-"},              // dropping is stronger
		{"partition n1 | *; cut n1->n2 hold; heal n1->n2", "-.xx x-.. x.-. x..-"}, // both end
		{"partition n1 | *; heal n1-n2; partition n1 | *", "-xxx x-.. x.-. x..-"},
		{"partition n1 | *; cut n3-n4; heal", "-... .-.. ..-. ...-"},
		{"partition n1 | *; heal *-*", "-... .-.. ..-. ...-"},
		{"partition n1 | *; heal n1-*", "-... .-.. ..-. ...-"},
		{"cut n3-n4; heal all", "-... .-.. ..-. ...-"},
		{"heal n1-n2; heal; heal all", "-... .-.. ..-. ...-"},
	} {
		n, _ := newDiary(4)
		must(t, n, strings.Split(c.statements, ";")...)
		if got := cuts(n); got != c.want {
			t.Errorf("%s: %s, want %s", c.statements, got, c.want)
		}
	}
}

func TestPartitionReplacesTheOneBefore(t *testing.T) {
	n, d := newDiary(3)
	must(t, n, "cut n2->n3", "partition n1 | n2 n3")
	n.Send(1, 2, 1, "x")
	n.Send(2, 3, 2, "x")
	d.take()
	must(t, n, "partition n1 n2 | n3")
	n.Send(3, 2, 1, "x")
	same(t, d, `
		0s link n1->n2 open "" latency "" loss 0
		0s link n1->n3 dropping "partition n1 n2 | n3" latency "" loss 0
		0s link n2->n1 open "" latency "" loss 0
		0s link n3->n1 dropping "partition n1 n2 | n3" latency "" loss 0
		0s link n3->n2 dropping "partition n1 n2 | n3" latency "" loss 0
		0s dropped 2 n3->n2: partition n1 n2 | n3
		0s sent 3 n2->n1 due 10ms`)
	must(t, n, "partition n1 n2 | n3")
	same(t, d, "")
}

func TestDelayAndLoss(t *testing.T) {
	n, d := newDiary(3)
	n.SetLatency(1, 2, mustDist("const(80ms)"))
	must(t, n, "delay n1-n2 +200ms", "delay n1->n3 x0.5", "delay n3->n1 uniform(1ms, 1ms)", "loss n2->n1 100%")
	n.Send(1, 1, 2, "x")
	n.Send(2, 2, 1, "x")
	n.Send(3, 1, 3, "x")
	n.Send(4, 3, 1, "x")
	n.Send(5, 1, 1, "x")
	must(t, n, "delay n1->n2 x3", "loss n2->n1 off")
	n.Send(6, 1, 2, "x")
	n.Send(7, 2, 1, "x")
	must(t, n, "delay *-* off")
	n.Send(8, 1, 2, "x")
	same(t, d, `
		0s link n1->n2 open "" latency "const(80ms)" loss 0
		0s link n1->n2 open "" latency "const(80ms) +200ms" loss 0
		0s link n2->n1 open "" latency "+200ms" loss 0
		0s link n1->n3 open "" latency "x0.5" loss 0
		0s link n3->n1 open "" latency "uniform(1ms, 1ms)" loss 0
		0s link n2->n1 open "" latency "+200ms" loss 1
		0s sent 1 n1->n2 due 280ms
		0s dropped 2 n2->n1: loss 100%
		0s sent 3 n1->n3 due 5ms
		0s sent 4 n3->n1 due 1ms
		0s sent 5 n1->n1 due 0s
		0s link n1->n2 open "" latency "const(80ms) x3" loss 0
		0s link n2->n1 open "" latency "+200ms" loss 0
		0s sent 6 n1->n2 due 240ms
		0s sent 7 n2->n1 due 210ms
		0s link n1->n2 open "" latency "const(80ms)" loss 0
		0s link n1->n3 open "" latency "" loss 0
		0s link n2->n1 open "" latency "" loss 0
		0s link n3->n1 open "" latency "" loss 0
		0s sent 8 n1->n2 due 80ms`)
}

func TestHealAllEndsDelayAndLossButNotSettings(t *testing.T) {
	n, d := newDiary(2)
	n.SetLoss(0, 0, 0.25)
	n.SetLatency(1, 2, mustDist("const(1ms)"))
	must(t, n, "delay *-* x2", "loss *-* 30%", "cut *-*")
	d.take()
	must(t, n, "heal")
	same(t, d, `
		0s link n1->n2 open "" latency "const(1ms) x2" loss 0.3
		0s link n2->n1 open "" latency "x2" loss 0.3`)
	must(t, n, "heal all")
	same(t, d, `
		0s link n1->n2 open "" latency "const(1ms)" loss 0.25
		0s link n2->n1 open "" latency "" loss 0.25`)
}

func TestTheMoreSpecialLatencyWins(t *testing.T) {
	n, d := newDiary(3)
	due := func(from, to model.NodeID, kind string) string {
		d.take()
		n.Send(9, from, to, kind)
		_, due, _ := strings.Cut(d.take(), "due ")
		return due
	}
	n.SetKindLatency("write", 0, 0, mustDist("const(2ms)"))
	n.SetKindLatency("ack", 1, 2, mustDist("const(3ms)"))
	n.SetKindLatency("write", 1, 2, mustDist("const(4ms)"))
	n.SetLatency(1, 2, mustDist("const(5ms)"))
	n.SetLatency(2, 1, mustDist("const(6ms)"))
	for _, c := range []struct {
		from, to   model.NodeID
		kind, want string
	}{
		{1, 2, "write", "4ms"}, // link and kind
		{1, 2, "ack", "3ms"},
		{1, 2, "read", "5ms"}, // link
		{2, 1, "write", "6ms"},
		{2, 3, "write", "2ms"}, // kind
		{2, 3, "ack", "10ms"},  // default
	} {
		if got := due(c.from, c.to, c.kind); got != c.want {
			t.Errorf("%v->%v %s due %s, want %s", c.from, c.to, c.kind, got, c.want)
		}
	}
}

func TestHeldMessageKeepsItsKind(t *testing.T) {
	n, d := newDiary(2)
	n.SetKindLatency("slow", 0, 0, mustDist("const(7s)"))
	n.Send(1, 1, 2, "slow")
	must(t, n, "cut n1->n2 hold")
	d.take()
	must(t, n, "heal")
	same(t, d, `
		0s link n1->n2 open "" latency "" loss 0
		0s released 1 n1->n2 due 7s`)
}

func TestFaultErrors(t *testing.T) {
	for _, c := range []struct {
		statement string
		word      int
		want      string
	}{
		{"partition", 0, "a node, n1 to n3"},
		{"partition n1", 1, "second group"},
		{"partition n1 |", 2, "a node"},
		{"partition | n1", 0, "before |"},
		{"partition n1 | | n2", 2, "before |"},
		{"partition n1 | n2 n1", 3, "n1 has a group already"},
		{"partition n1 | n2 n4", 3, "n1 to n3"},
		{"partition n1|n2", 0, "spaces"},
		{"partition * | *", 2, "only once"},
		{"partition n1 | n2 n3 *", 4, "all are named"},
		{"partition hold", 0, "a node"},
		{"partition n1 hold", 1, "second group"},
		{"cut", 0, "a link"},
		{"cut n1", 0, "a link"},
		{"cut n1-n4", 0, "n1 to n3"},
		{"cut n1-n1", 0, "two different nodes"},
		{"cut n1-n2 hodl", 1, "hold"},
		{"cut n1-n2 hold now", 2, "the end"},
		{"heal n1", 0, "or all"},
		{"heal all now", 1, "the end"},
		{"heal n1-n2 n3", 1, "the end"},
		{"delay n1-n2", 1, "+200ms, x5"},
		{"delay n1-n2 200ms", 1, "distribution"},
		{"delay n1-n2 +0s", 1, "duration"},
		{"delay n1-n2 +-5ms", 1, "duration"},
		{"delay n1-n2 +2h", 1, "1h"},
		{"delay n1-n2 +5", 1, "duration"},
		{"delay n1-n2 x0", 1, "above 0"},
		{"delay n1-n2 xNaN", 1, "number"},
		{"delay n1-n2 exp(-1ms)", 1, "mean"},
		{"delay n1-n2 x5 x6", 2, "the end"},
		{"loss n1-n2", 1, "share"},
		{"loss n1-n2 130%", 1, "0% to 100%"},
		{"loss n1-n2 0.3", 1, "30%"},
		{"loss n1-n2 -1%", 1, "share"},
		{"loss n1-n2 30% off", 2, "the end"},
		{"crash", 0, "a node"},
		{"crash n9", 0, "n1 to n3"},
		{"crash n1 wiped", 1, "wipe"},
		{"restart n1 n2", 1, "the end"},
		{"pause *", 0, "a node"},
		{"resume", 0, "a node"},
	} {
		n, d := newDiary(3)
		err := do(n, c.statement)
		var arg *ArgError
		if !errors.As(err, &arg) {
			t.Errorf("%s: %v, want an ArgError", c.statement, err)
			continue
		}
		words := strings.Fields(c.statement)[1:]
		missing := c.word == len(words)
		if arg.Word != c.word || !strings.Contains(arg.Want, c.want) || (arg.Got == "") != missing {
			t.Errorf("%s: word %d, got %q, want %q; not at word %d with %q", c.statement, arg.Word, arg.Got, arg.Want, c.word, c.want)
		}
		if len(d.lines) > 0 {
			t.Errorf("%s did %s", c.statement, d.take())
		}
	}
}

func FuzzFaultParse(f *testing.F) {
	for _, s := range []string{
		"partition n1 | n2 n3", "partition * | n2 hold", "cut n1->n2 hold", "heal", "heal all", "delay *-* +200ms",
		"delay n1-n2 lognormal(10ms,0.3)", "loss n1-* 30%", "crash n1 wipe", "restart n2", "pause n3", "resume n3",
		"delay n1-n2 mix(50%exp(1ms),50%", "partition n1 | | *", "cut *->n2", "loss n1-n2 1e-9%",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := strings.Split(s, " ")
		for _, fault := range Faults {
			if fault.Name != words[0] {
				continue
			}
			act, err := fault.Parse(Args{Words: words[1:], Hosts: 3})
			var arg *ArgError
			if err != nil && (!errors.As(err, &arg) || arg.Word < 0 || arg.Word > len(words)-1 || arg.Want == "") {
				t.Fatalf("%q: %#v", s, err)
			}
			if err != nil {
				continue
			}
			n, _ := newDiary(3)
			n.Send(1, 1, 2, "x")
			if err := act(n); err == nil {
				for range 10 {
					n.Step()
				}
			}
			if err := n.queue.valid(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestFaultsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults {
		if seen[f.Name] || !strings.HasPrefix(f.Usage, f.Name+" ") || !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%q: %q, %q", f.Name, f.Usage, f.Doc)
		}
		seen[f.Name] = true
	}
}
