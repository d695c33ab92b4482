package check

import (
	"testing"

	"capsim/trace"
)

// Those that are up count, and one that has started again has no state until it says so.
func TestAgreed(t *testing.T) {
	p := newTape(t, 3)
	judge := func(want Verdict) {
		t.Helper()
		if f := p.history(Options{}).agreed(); f.Verdict != want || f.Witness == "" {
			t.Errorf("after %d events: %v: %s", p.log.Len(), f.Verdict, f.Witness)
		}
	}
	judge(Yes)
	p.log.Append(mark(1, "all alive"))
	judge(No)
	p.log.Append(mark(2, "all alive"))
	p.log.Append(mark(3, "suspect n1"))
	judge(No)
	p.play("crash n3")
	judge(Yes)
	p.play("restart n3")
	p.log.Append(trace.Event{Kind: trace.NodeBoot, Node: 3, N: 2, Text: "restart"})
	judge(No)
	p.log.Append(mark(3, "all alive"))
	judge(Yes)

	p = newTape(t, 1000)
	census := func(c ...trace.Level) { p.log.Append(trace.Event{Kind: trace.Levels, Body: trace.Census(c)}) }
	census(trace.Level{State: "busy", Nodes: 990}, trace.Level{State: "down", Nodes: 10})
	judge(Yes)
	census(trace.Level{State: "busy", Nodes: 989}, trace.Level{State: "down", Nodes: 10}, trace.Level{State: "idle", Nodes: 1})
	judge(No)
}
