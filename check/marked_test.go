package check

import (
	"strings"
	"testing"

	"capsim/model"
	"capsim/trace"
)

func mark(node model.NodeID, state string) trace.Event {
	return trace.Event{Kind: trace.Mark, Node: node, Text: state}
}

// The last mark counts, that of a process that is gone does not, and one that has started
// again has none until it says so.
func TestMarked(t *testing.T) {
	p := newTape(t, 3)
	judge := func(text string, want Verdict) {
		t.Helper()
		_, test, err := Parse(strings.Fields(text))
		if err != nil {
			t.Fatal(err)
		}
		if f := test(p.history(Options{})); f.Verdict != want {
			t.Errorf("%s after %d events: %v: %s", text, p.log.Len(), f.Verdict, f.Witness)
		}
	}
	judge("marked busy = 0", Yes)
	for id := range model.NodeID(3) {
		p.log.Append(mark(id+1, "busy"))
	}
	judge("marked busy = 3", Yes)
	judge("marked down = 0", Yes)
	p.log.Append(mark(2, "idle"))
	judge("marked busy = 2", Yes)
	judge("marked idle > 1", No)
	p.play("crash n1")
	judge("marked busy = 1", Yes)
	judge("marked down = 1", Yes)
	p.play("restart n1")
	p.log.Append(trace.Event{Kind: trace.NodeBoot, Node: 1, N: 2, Text: "restart"})
	judge("marked busy = 1", Yes)
	judge("marked down = 0", Yes)
	p.log.Append(mark(1, "busy"))
	judge("marked busy = 2", Yes)

	p = newTape(t, 1000)
	p.log.Append(trace.Event{Kind: trace.Levels, Body: trace.Census{{State: "busy", Nodes: 990}, {State: "down", Nodes: 10}}})
	judge("marked busy = 990", Yes)
	judge("marked down = 10", Yes)
	judge("marked idle = 0", Yes)
}

func TestMarkedRefuses(t *testing.T) {
	for _, text := range []string{"marked", "marked busy", "marked busy =", "marked busy = -1", "marked busy = 1 2", "marked busy 1"} {
		if _, _, err := Parse(strings.Fields(text)); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}
