package export

import (
	"testing"

	"capsim/model"
	"capsim/trace"
)

func TestStoryOfAnExpiry(t *testing.T) {
	p := newTape()
	p.add(trace.Event{Kind: trace.PolicyStart, Text: "cp", N: 1})
	set := p.set("alice", 1, "cart", "milk PX 500")
	p.op++
	p.add(trace.Event{Kind: trace.SystemWrite, Op: p.op, Node: 2, Body: &trace.Call{Command: model.ExpireCommand("cart", 500), Cause: set}})
	want := "By n2's clock the time of cart is over, which alice's SET cart milk PX 500 (v1) had set: it expires, on each node once that has learnt of it."
	lines := story(p.l)
	if l := lines[len(lines)-1]; l.Text != want || l.Tone != Plain || l.Op != p.op {
		t.Errorf("%+v, want %s", l, want)
	}
}
