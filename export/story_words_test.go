package export

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// TestStoryOfAnswers tells answers that are not a key's value, or no answer.
func TestStoryOfAnswers(t *testing.T) {
	num := model.Int
	tests := map[string]struct {
		build func(p *tape)
		want  string // the last line
	}{
		"a part of the value": {func(p *tape) {
			p.set("alice", 1, "cart", "milk")
			p.end(p.invoke("bob", 1, "STRLEN cart"), 1, model.Answered(num(4)))
		}, "bob asks n1 STRLEN cart: 4 (v1)."},
		"WAIT, enough": {func(p *tape) {
			op := p.invoke("bob", 1, "WAIT 2 500")
			p.wait(40*time.Millisecond).end(op, 1, model.Answered(num(2)))
		}, "bob's WAIT 2 500 at n1 answers 2 after 40 ms: so many replicas have acknowledged bob's writes."},
		"WAIT, too few": {func(p *tape) {
			p.end(p.invoke("bob", 1, "WAIT 2 500"), 1, model.Answered(num(1)))
		}, "bob's WAIT 2 500 at n1 answers 1 at once: no more replicas have acknowledged bob's writes. They stay all the same."},
		"WAIT, none": {func(p *tape) {
			p.end(p.invoke("bob", 1, "WAIT 2 500"), 1, model.Answered(num(0)))
		}, "bob's WAIT 2 500 at n1 answers 0 at once: no replica has acknowledged bob's writes. They stay all the same."},
		"no share left": {func(p *tape) {
			p.policy("base stock=escrow", 1)
			p.end(p.invoke("bob", 1, "BUY laptop 1"), 1, model.Answered(model.Reply{Kind: model.ErrorReply, Str: "OUTOFSTOCK not enough left"}))
		}, "bob's BUY laptop 1 (v1 of laptop:stock, v1 of laptop:sold) at n1 is answered OUTOFSTOCK at once: n1's own share does not hold that many, whatever the others may still sell."},
		"too few nodes for r": {func(p *tape) {
			p.policy("quorum r=3 w=1", 1).alone(1)
			op := p.invoke("bob", 1, "GET cart")
			p.end(op, 1, model.Result{Outcome: model.Refused, Code: model.CodeNoQuorum, Why: "1 of the 3 nodes that must answer did"})
		}, "n1 refuses bob's GET cart: it can't reach n2 and n3, and 1 of the 3 nodes that must answer did (NOQUORUM). Better no answer than a wrong one."},
		"a node that takes over another's data": {func(p *tape) {
			old := p.set("alice", 1, "cart", "milk")
			p.apply(old, 2, "cart")
			eggs := p.wait(time.Second).set("alice", 1, "cart", "eggs")
			p.deliver(p.send(eggs, 1, 2), 1, 2)
			p.apply(eggs, 2, "cart")
			p.apply(old, 1, "cart")
			p.apply(old, 2, "cart")
			p.wait(time.Second).read("bob", 2, "cart", model.Bulk("milk"))
		}, "bob reads cart at n2: milk (v1), 1.0 s after alice's eggs (v2) was acknowledged at n1: stale; n2 had it, and has thrown it away since."},
		"a crash behind a cut link": {func(p *tape) {
			p.cut(1, 3, "x")
			op := p.invoke("bob", 1, "GET cart")
			p.add(trace.Event{Kind: trace.HostChange, Node: 1, Text: "crashed"})
			p.end(op, 1, model.Result{Outcome: model.Unknown, Why: "the node crashed before it answered"})
		}, "bob gets no answer to GET cart from n1. The node crashed before it answered."},
		"a copy of an expiry": {func(p *tape) {
			set := p.set("alice", 1, "cart", "milk PX 500")
			p.op++
			op := p.op
			p.add(trace.Event{Kind: trace.SystemWrite, Op: op, Node: 1, Body: &trace.Call{Command: model.ExpireCommand("cart", 500), Cause: set}})
			p.place(op, 1, "cart", "gone")
			p.drop(p.send(op, 1, 2), 1, 2, "loss 5%")
		}, "The copy of the expiry of cart (v2) for n2 is lost: loss 5%."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newTape()
			tt.build(p)
			lines := story(p.l)
			if got := lines[len(lines)-1].Text; !strings.HasPrefix(got, tt.want) {
				t.Errorf("told\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

// TestStoryOfLinks names many links in words.
func TestStoryOfLinks(t *testing.T) {
	tests := map[string]string{
		"loss *-* 5%":              "Of the messages over every link, 5% are lost.",
		"loss n1-n2 5%":            "Of the messages over n1-n2, 5% are lost.",
		"delay n1-* +1s":           "Messages over every link of n1 now take 1s longer.",
		"delay *->n2 x3":           "Messages over every link to n2 now take 3 times as long.",
		"duplicate n3->* off":      "Messages over every link from n3 are no longer sent twice.",
		"cut *-n2":                 "Every link of n2 is cut: what is sent over it is lost.",
		"cut n1->n2":               "The link n1->n2 is cut: what is sent over it is lost.",
		"bandwidth *->* 64KB/s":    "Every link takes 64KB/s from now on: a message waits for the ones before it.",
		"bandwidth dora-n1 64KB/s": "The link dora-n1 takes 64KB/s from now on: a message waits for the ones before it.",
	}
	for statement, want := range tests {
		lines := story(newTape().say(statement).l)
		if got := lines[len(lines)-1].Text; got != want {
			t.Errorf("%s: told %q, want %q", statement, got, want)
		}
	}
}
