package netsim

import (
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
