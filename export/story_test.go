package export

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// capProof is the theorem's own run: a write on one side, a read on the other.
func capProof() *trace.Log {
	p := newTape()
	p.add(trace.Event{Kind: trace.PolicyStart, Text: "ap", N: 1})
	w1 := p.set("alice", 1, "cart", "milk")
	m, m3 := p.send(w1, 1, 2), p.send(w1, 1, 3)
	p.wait(10 * time.Millisecond)
	p.deliver(m, 1, 2)
	p.apply(w1, 2, "cart")
	p.deliver(m3, 1, 3)
	p.apply(w1, 3, "cart")
	p.wait(time.Second).say("partition n1 | n2 n3")
	for _, c := range [][2]model.NodeID{{1, 2}, {2, 1}, {1, 3}, {3, 1}} {
		p.cut(c[0], c[1], "partition n1 | n2 n3")
	}
	p.wait(200 * time.Millisecond)
	w2 := p.set("alice", 1, "cart", "eggs")
	for _, to := range []model.NodeID{2, 3} {
		p.drop(p.send(w2, 1, to), 1, to, "partition n1 | n2 n3")
	}
	p.wait(200 * time.Millisecond)
	p.read("bob", 2, "cart", model.Bulk("milk"))
	p.read("alice", 1, "cart", model.Bulk("eggs"))
	return p.l
}

func story(l *trace.Log) []Line {
	x := trace.NewIndex()
	x.Extend(l)
	return Story(3, l, x)
}

func TestStoryOfTheProof(t *testing.T) {
	want := []string{
		"quiet: The cluster starts under the policy ap.",
		"plain: alice sets cart to milk (v1) at n1: acknowledged at once by n1 alone; the copies for the others follow.",
		"quiet: All nodes hold milk (v1) of cart, 10 ms after the first.",
		"fault: The network splits: n1 | n2 n3. No message passes between the sides.",
		"plain: alice sets cart to eggs (v2) at n1: acknowledged at once by n1 alone, though it can't reach n2 and n3: they can't know of it.",
		"bad: The copy of eggs (v2) for n2 is lost: partition n1 | n2 n3. cart has diverged: n1 holds v2, n2 and n3 hold v1.",
		"bad: bob reads cart at n2: milk (v1), 0.2 s after alice's eggs (v2) was acknowledged at n1: stale; n2 could not know: n1-n2 is cut.",
		"plain: alice reads cart at n1: eggs (v2).",
	}
	var got []string
	for _, l := range story(capProof()) {
		got = append(got, l.Tone.String()+": "+l.Text)
		if l.Stale != strings.Contains(l.Text, ": stale; ") {
			t.Errorf("stale is %v of %q", l.Stale, l.Text)
		}
		for _, m := range l.Marks {
			if m.From >= m.To || m.To > len(l.Text) || m.N < 1 {
				t.Errorf("mark %+v of %q", m, l.Text)
			}
		}
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("got:\n%s\nwant:\n%s", a, b)
	}
}

// A line says only what was known at its event, so telling an event at a time and
// all at once is the same.
func TestStoryIsIncremental(t *testing.T) {
	l := capProof()
	whole := story(l)
	s, x, part := NewNarrator(3), trace.NewIndex(), &trace.Log{}
	for _, e := range l.All() {
		part.Append(*e)
		x.Extend(part)
		s.Extend(part, x)
	}
	if len(s.Lines()) != len(whole) {
		t.Fatalf("%d lines by steps, %d at once", len(s.Lines()), len(whole))
	}
	for i, a := range s.Lines() {
		if b := whole[i]; a.Text != b.Text || a.Event != b.Event || a.Tone != b.Tone {
			t.Errorf("line %d: %q by steps, %q at once", i, a.Text, b.Text)
		}
	}
}

func TestSentences(t *testing.T) {
	tests := map[string]struct {
		build func(p *tape)
		want  string // the last line
		tone  Tone
	}{
		"refused by a minority": {func(p *tape) {
			p.cut(2, 1, "x")
			p.cut(2, 3, "x")
			p.end(p.invoke("carol", 2, "SET cart eggs"), 2, model.Refuse(model.CodeNoQuorum, "no leader is known"))
		}, "n2 refuses carol's SET cart eggs (v1): it can't reach n1 and n3, and alone it is no majority (NOQUORUM). Better no answer than a wrong one.", Bad},
		"coordinated by a remote client": {func(p *tape) {
			op := p.invoke("dora", 1, "SET cart eggs")
			p.drop(p.send(op, 4, 1), 4, 1, "cut n4->n1")
			for n := model.NodeID(2); n <= 3; n++ {
				p.deliver(p.send(op, 4, n), 4, n)
				p.place(op, n, "cart", "eggs")
			}
			p.wait(5*time.Millisecond).end(op, 1, model.Answered(model.OK))
		}, "dora sets cart to eggs (v1) at n1: acknowledged after 5.0 ms, once n2 and n3 had it.", Plain},
		"refused by a remote client's own half": {func(p *tape) {
			p.cut(2, 1, "x")
			p.cut(2, 3, "x")
			p.invokeFrom(4, "dora", 2, "SET cart eggs")
			p.end(p.op, 2, model.Refuse(model.CodeNoQuorum, "1 of the 2 nodes that must answer did"))
		}, "dora's own half refuses dora's SET cart eggs (v1) (NOQUORUM): 1 of the 2 nodes that must answer did. Better no answer than a wrong one.", Bad},
		"refused by whom a remote client's library asked": {func(p *tape) {
			p.end(p.invokeFrom(4, "dora", 2, "SET cart eggs"), 2, model.Refuse("NOREPLICAS", "not enough good replicas to write"))
		}, "dora's SET cart eggs (v1) is refused (NOREPLICAS): not enough good replicas to write. Better no answer than a wrong one.", Bad},
		"refused by the node that a remote client asked": {func(p *tape) {
			p.invokeFrom(4, "dora", 2, "GET cart")
			p.add(trace.Event{Kind: trace.Send, Op: p.op, Msg: 9, Node: 4, Peer: 2, Text: trace.RequestKind})
			p.end(p.op, 2, model.Refuse(model.CodeNoQuorum, "no leader is known"))
		}, "n2 refuses dora's GET cart (NOQUORUM): no leader is known. Better no answer than a wrong one.", Bad},
		"answered by another node, that is behind": {func(p *tape) {
			p.apply(p.set("alice", 1, "cart", "milk"), 3, "cart")
			p.wait(time.Second)
			p.set("alice", 1, "cart", "eggs")
			p.wait(time.Second).read("bob", 1, "cart", model.Bulk("milk"))
		}, "bob reads cart at n1: milk (v1), 1.0 s after alice's eggs (v2) was acknowledged at n1: stale; n1 has it, and another node made the answer, one that lacks it.", Bad},
		"a remote client crashes":      {func(p *tape) { p.say("crash dora") }, "dora crashes: a client has no disk, and forgets what it was doing.", Fault},
		"a remote client starts again": {func(p *tape) { p.say("restart dora") }, "dora starts again, and remembers only what its session had read and written.", Good},
		"refused again": {func(p *tape) {
			for range 2 {
				p.end(p.invoke("carol", 2, "SET cart eggs"), 2, model.Refuse(model.CodeNoQuorum, "no leader is known"))
			}
		}, "n2 refuses carol's SET cart eggs (v2) (NOQUORUM): no leader is known.", Bad},
		"refused by a dead node": {func(p *tape) {
			p.end(p.invoke("carol", 2, "GET cart"), 2, model.Refuse(model.CodeDown, ""))
		}, "n2 is down: carol's GET cart is refused at once (DOWN). Nothing was done.", Bad},
		"unknown": {func(p *tape) {
			op := p.invoke("carol", 2, "SET cart eggs")
			p.cut(2, 1, "x")
			p.wait(time.Second).end(op, 2, model.Result{Outcome: model.Unknown})
		}, "carol gets no answer from n2 within 1.0 s: carol's SET cart eggs (v1) may have happened, or may yet. n2 can't reach n1.", Bad},
		"unknown, and deaf": {func(p *tape) {
			op := p.invoke("carol", 2, "SET cart eggs")
			p.cut(1, 2, "x")
			p.wait(time.Second).end(op, 2, model.Result{Outcome: model.Unknown})
		}, "carol gets no answer from n2 within 1.0 s: carol's SET cart eggs (v1) may have happened, or may yet. What n1 sends does not reach n2.", Bad},
		"unknown, and read": {func(p *tape) {
			op := p.invoke("carol", 2, "SET cart eggs")
			p.place(op, 1, "cart", "eggs")
			p.wait(time.Second).end(op, 2, model.Result{Outcome: model.Unknown})
			p.read("bob", 1, "cart", model.Bulk("eggs"))
		}, "bob reads cart at n1: eggs (v1). So carol's SET cart eggs, which nobody answered for, did happen.", Plain},
		"once a majority had it": {func(p *tape) {
			p.policy("cp", 1)
			op := p.invoke("carol", 1, "SET cart eggs")
			p.place(op, 1, "cart", "eggs")
			p.deliver(p.send(op, 1, 2), 1, 2)
			p.end(op, 1, model.Answered(model.OK))
		}, "carol sets cart to eggs (v1) at n1: acknowledged at once, once a majority had it: n1 and n2.", Plain},
		"what a counter's copy carries": {func(p *tape) {
			p.cut(1, 2, "cut n1->n2")
			op := p.invoke("carol", 1, "INCR hits")
			p.place(op, 1, "hits", "1")
			p.drop(p.send(op, 1, 2), 1, 2, "cut n1->n2")
		}, "The copy of carol's INCR hits (v1) for n2 is lost: cut n1->n2. hits has diverged: n1 holds v1, n2 and n3 hold nothing.", Bad},
		"unknown turns up": {func(p *tape) {
			op := p.invoke("carol", 2, "SET cart eggs")
			p.wait(time.Second).end(op, 2, model.Result{Outcome: model.Unknown})
			p.wait(500*time.Millisecond).place(op, 1, "cart", "eggs")
		}, "The write that nobody could vouch for takes effect: eggs (v1) of cart is at n1 now, 0.5 s after carol gave up waiting.", Fault},
		"late": {func(p *tape) {
			op := p.invoke("carol", 2, "SET cart eggs")
			p.end(op, 2, model.Result{Outcome: model.Unknown})
			p.add(trace.Event{Kind: trace.Return, Op: op, Node: 2, N: 1, Body: &model.Result{Outcome: model.OKOutcome, Reply: model.OK}})
		}, "n2's answer to carol's SET cart eggs comes too late: for carol it stays unknown.", Quiet},
		"no effect": {func(p *tape) {
			p.end(p.invoke("carol", 2, "CAS cart a b"), 2, model.Answered(model.Int(0)))
		}, "carol's CAS cart a b (v1) at n2 answers 0: it changed nothing.", Plain},
		"out of stock": {func(p *tape) {
			p.end(p.invoke("carol", 2, "BUY tv 1"), 2, model.Answered(model.Error(model.ErrOutOfStock)))
		}, "carol's BUY tv 1 (v1 of tv:stock, v1 of tv:sold) at n2 is answered OUTOFSTOCK at once, from what n2 knows of the stock: a clear no now, instead of a long wait.", Plain},
		"out of stock, after all were asked": {func(p *tape) {
			op := p.invoke("carol", 2, "BUY tv 1")
			p.wait(25*time.Millisecond).end(op, 2, model.Answered(model.Error(model.ErrOutOfStock)))
		}, "carol's BUY tv 1 (v1 of tv:stock, v1 of tv:sold) at n2 is answered OUTOFSTOCK after 25 ms: the stock does not hold that many.", Plain},
		"an error is told whole": {func(p *tape) {
			p.end(p.invoke("carol", 2, "INCR cart"), 2, model.Answered(model.Error(model.ErrWrongType)))
		}, "carol's INCR cart (v1) at n2 is answered WRONGTYPE: Operation against a key holding the wrong kind of value.", Plain},
		"an error without end": {func(p *tape) {
			p.end(p.invoke("carol", 2, "INCR cart"), 2, model.Answered(model.Error("ERR "+strings.Repeat("word ", 30))))
		}, "carol's INCR cart (v1) at n2 is answered ERR: " + strings.Repeat("word ", 20) + "…", Plain},
		"what is shortened ends the sentence": {func(p *tape) {
			p.end(p.invoke("carol", 2, "PING"), 2, model.Answered(model.Bulk(strings.Repeat("x", 50))))
		}, "carol gets " + strings.Repeat("x", 39) + "… from n2.", Quiet},
		"no answer to a read": {func(p *tape) {
			op := p.invoke("carol", 2, "GET cart")
			p.wait(500*time.Millisecond).end(op, 2, model.Result{Outcome: model.Unknown, Why: "no answer within 500ms"})
		}, "carol gets no answer to GET cart from n2 within 0.5 s.", Bad},
		"no answer from one that is paused": {func(p *tape) {
			p.add(trace.Event{Kind: trace.HostChange, Node: 2, Text: "paused"})
			op := p.invoke("carol", 2, "GET cart")
			p.wait(500*time.Millisecond).end(op, 2, model.Result{Outcome: model.Unknown, Why: "no answer within 500ms"})
		}, "carol gets no answer to GET cart from n2 within 0.5 s. n2 is paused: what is sent to it waits before its door.", Bad},
		"no answer, for a reason": {func(p *tape) {
			p.end(p.invoke("carol", 2, "GET cart"), 2, model.Result{Outcome: model.Unknown, Why: "the run ended first"})
		}, "carol gets no answer to GET cart from n2. The run ended first.", Bad},
		"the rest of the nodes":      {func(p *tape) { p.say("partition n2 | * hold") }, "The network splits: n2 | n1 n3. No message passes between the sides until the heal.", Fault},
		"a node of no side is alone": {func(p *tape) { p.say("partition n2 | n1") }, "The network splits: n2 | n1 | n3. No message passes between the sides.", Fault},
		"the rest, in a copy's cause": {func(p *tape) {
			op := p.set("alice", 1, "cart", "milk")
			p.drop(p.send(op, 1, 2), 1, 2, "partition n1 | *")
		}, "The copy of milk (v1) for n2 is lost: partition n1 | n2 n3.", Quiet},
		"restart": {func(p *tape) {
			p.add(trace.Event{Kind: trace.HostChange, Node: 1, Text: "crashed"})
			p.say("restart n1")
		}, "n1 starts again, with what is on its disk.", Good},
		"restart without a disk": {func(p *tape) {
			p.add(trace.Event{Kind: trace.HostChange, Node: 1, Text: "wiped"})
			p.say("restart n1")
		}, "n1 starts again, on an empty disk.", Good},
		"one was never sent": {func(p *tape) {
			p.add(trace.Event{Kind: trace.Skipped, Text: "carol", Key: "GET cart"})
		}, "carol was still waiting when the run ended: GET cart was never sent.", Quiet},
		"nothing there": {func(p *tape) { p.read("bob", 3, "cart", model.Reply{}) }, "bob reads cart at n3: nil, nothing.", Plain},
		"still on its way": {func(p *tape) {
			op := p.set("alice", 1, "cart", "milk")
			p.send(op, 1, 2)
			p.wait(4 * time.Millisecond)
			p.read("bob", 2, "cart", model.Reply{})
		}, "bob reads cart at n2: nil, nothing, 4.0 ms after alice's milk (v1) was acknowledged at n1: stale; the copy for n2 is still on its way, 6.0 ms out.", Bad},
		"loser of last writer wins": {func(p *tape) {
			op := p.set("alice", 1, "cart", "milk")
			p.add(trace.Event{Kind: trace.Discarded, Node: 1, Key: "cart", Op: op, Text: "lost to a later write (last writer wins)"})
		}, "n1 drops milk (v1) of cart, though alice was told it is stored: another write has the later stamp (last writer wins).", Bad},
		"a note nobody knows": {func(p *tape) {
			p.add(trace.Event{Kind: trace.Note, Node: 2, Text: "lab.odd-thing", Body: trace.Fields{"a", "1", "b", "\x1b[2J"}})
		}, `n2: odd thing (a 1, b \x1b[2J).`, Quiet},
		"crash":  {func(p *tape) { p.say("crash n1") }, "n1 crashes: it answers nobody, but its disk keeps what it wrote.", Fault},
		"delay":  {func(p *tape) { p.say("delay n1-n2 +200ms") }, "Messages over n1-n2 now take 200ms longer.", Fault},
		"heal":   {func(p *tape) { p.say("heal") }, "The network heals: messages pass again.", Good},
		"novel":  {func(p *tape) { p.say("melt n1 \x1b") }, `melt n1 \x1b`, Fault},
		"toggle": {func(p *tape) { p.add(trace.Event{Kind: trace.PolicyStart, Text: "cp", N: 2}) }, "The policy is now cp: it starts on the records of the one before, and the messages under way are void.", Fault},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newTape()
			tt.build(p)
			lines := story(p.l)
			if len(lines) == 0 {
				t.Fatal("nothing told")
			}
			l := lines[len(lines)-1]
			if l.Text != tt.want || l.Tone != tt.tone {
				t.Errorf("got %v %q\nwant %v %q", l.Tone, l.Text, tt.tone, tt.want)
			}
		})
	}
}

// A client's command is told when it ends, not when it is stated.
func TestOperationsAreNoFaults(t *testing.T) {
	for text, want := range map[string]bool{
		"alice@n1 SET cart milk": false, "alice GET cart": false, "policy cp": false, "": false,
		"heal": true, "partition n1 | n2 n3": true, "crash n1": true,
	} {
		if got := IsFault(text); got != want {
			t.Errorf("IsFault(%q) = %v", text, got)
		}
	}
}

func TestHealedDivergenceIsTold(t *testing.T) {
	l := capProof()
	p := newTape()
	for _, e := range l.All() {
		p.l.Append(*e)
		p.at = e.At
	}
	rec := p.l.At(1)
	for _, e := range l.All() {
		if e.Kind == trace.Applied && e.Node == 1 {
			rec = e
		}
	}
	p.wait(time.Second)
	for _, n := range []model.NodeID{2, 3} {
		p.add(trace.Event{Kind: trace.Applied, Node: n, Key: "cart", Body: rec.Record()})
	}
	lines := story(p.l)
	got := lines[len(lines)-1]
	if want := "cart has converged: every node that is up holds eggs (v2), 1.2 s after they first differed."; got.Text != want || got.Tone != Good {
		t.Errorf("got %v %q", got.Tone, got.Text)
	}
}
