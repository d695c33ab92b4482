package export

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// tape builds a log by hand: what an engine would have recorded.
type tape struct {
	l    *trace.Log
	at   model.Time
	op   model.OpID
	msg  model.MsgID
	vers map[string]int64
	recs map[writeKey]*model.Record
}

func newTape() *tape {
	return &tape{l: &trace.Log{}, vers: map[string]int64{}, recs: map[writeKey]*model.Record{}}
}

func (p *tape) add(e trace.Event) {
	e.At = p.at
	p.l.Append(e)
}

func (p *tape) wait(d time.Duration) *tape { p.at += model.Time(d); return p }

func (p *tape) say(text string) *tape {
	p.add(trace.Event{Kind: trace.Statement, Text: text})
	return p
}

func (p *tape) invoke(client string, n model.NodeID, words string) model.OpID {
	p.op++
	cmd, err := model.ParseCommand(strings.Fields(words))
	if err != nil {
		panic(err)
	}
	p.add(trace.Event{Kind: trace.Invoke, Op: p.op, Node: n, Body: &trace.Call{Client: client, Command: cmd}})
	return p.op
}

func (p *tape) end(op model.OpID, n model.NodeID, res model.Result) {
	p.add(trace.Event{Kind: trace.Return, Op: op, Node: n, Body: &res})
}

// set is a write that its node answers at once.
func (p *tape) set(client string, n model.NodeID, key, value string) model.OpID {
	op := p.invoke(client, n, "SET "+key+" "+value)
	p.place(op, n, key, value)
	p.end(op, n, model.Answered(model.OK))
	return op
}

// place makes the record of a write and applies it at its node.
func (p *tape) place(op model.OpID, n model.NodeID, key, value string) {
	a := model.Actor{Node: n, Life: 1}
	p.vers[key+n.String()]++
	rec, over := (*model.Record)(nil).Write(model.Write{
		Op: op, Dot: model.Dot{Actor: a, N: p.vers[key+n.String()]}, Stamp: model.Stamp{Wall: p.at, Actor: a},
		Effect: model.Effect{Key: key, Kind: model.Put, Value: model.Text(value)},
	}, model.Registers)
	p.recs[writeKey{op, key}] = rec
	p.add(trace.Event{Kind: trace.Wrote, Op: op, Node: n, Key: key, Ops: over})
	p.apply(op, n, key)
}

func (p *tape) apply(op model.OpID, n model.NodeID, key string) {
	p.add(trace.Event{Kind: trace.Applied, Node: n, Key: key, Body: p.recs[writeKey{op, key}]})
}

func (p *tape) send(op model.OpID, from, to model.NodeID) model.MsgID {
	p.msg++
	p.add(trace.Event{Kind: trace.Send, Msg: p.msg, Node: from, Peer: to, Text: "ap.write", Ops: []model.OpID{op}, N: int64(p.at.Add(10 * time.Millisecond))})
	return p.msg
}

func (p *tape) deliver(m model.MsgID, from, to model.NodeID) {
	p.add(trace.Event{Kind: trace.Deliver, Msg: m, Node: to, Peer: from})
}

func (p *tape) drop(m model.MsgID, from, to model.NodeID, why string) {
	p.add(trace.Event{Kind: trace.Drop, Msg: m, Node: from, Peer: to, Text: why})
}

func (p *tape) cut(from, to model.NodeID, cause string) {
	p.add(trace.Event{Kind: trace.LinkChange, Node: from, Peer: to, Body: &trace.Link{Cut: "drop", Cause: cause}})
}

func (p *tape) read(client string, n model.NodeID, key string, r model.Reply) {
	p.end(p.invoke(client, n, "GET "+key), n, model.Answered(r))
}

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
		"bad: bob reads cart at n2: milk (v1), 0.2 s after alice's eggs (v2) was acknowledged at n1. An old version: n2 could not know: n1-n2 is cut.",
		"plain: alice reads cart at n1: eggs (v2).",
	}
	var got []string
	for _, l := range story(capProof()) {
		got = append(got, l.Tone.String()+": "+l.Text)
		if l.Stale != strings.Contains(l.Text, "An old version") {
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
		}, "n2 refuses carol's SET cart eggs (v1): it can't reach n1 and n3, and alone it is no majority (NOQUORUM). No leader is known. Better no answer than a wrong one.", Bad},
		"refused by a dead node": {func(p *tape) {
			p.end(p.invoke("carol", 2, "GET cart"), 2, model.Refuse(model.CodeDown, ""))
		}, "n2 is down: carol's GET cart is refused at once (DOWN). Nothing was done.", Bad},
		"unknown": {func(p *tape) {
			op := p.invoke("carol", 2, "SET cart eggs")
			p.cut(2, 1, "x")
			p.wait(time.Second).end(op, 2, model.Result{Outcome: model.Unknown})
		}, "carol gets no answer from n2 within 1.0 s: carol's SET cart eggs (v1) may have happened, or may yet. n2 can't reach n1.", Bad},
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
		"nothing there": {func(p *tape) { p.read("bob", 3, "cart", model.Reply{}) }, "bob reads cart at n3: nil, nothing.", Plain},
		"still on its way": {func(p *tape) {
			op := p.set("alice", 1, "cart", "milk")
			p.send(op, 1, 2)
			p.wait(4 * time.Millisecond)
			p.read("bob", 2, "cart", model.Reply{})
		}, "bob reads cart at n2: nil, nothing, 4.0 ms after alice's milk (v1) was acknowledged at n1. An old version: the copy for n2 is still on its way, 6.0 ms out.", Bad},
		"loser of last writer wins": {func(p *tape) {
			op := p.set("alice", 1, "cart", "milk")
			p.add(trace.Event{Kind: trace.Discarded, Node: 1, Key: "cart", Op: op, Text: "lost to a later write (last writer wins)"})
		}, "n1 drops milk (v1) of cart, though alice was told it is stored: lost to a later write (last writer wins).", Bad},
		"leader": {func(p *tape) {
			p.add(trace.Event{Kind: trace.Note, Node: 2, Text: "raft.leader", Body: trace.Fields{"node", "n2", "term", "3"}})
		}, "n2 leads the cluster from here on (term 3).", Good},
		"elected later": {func(p *tape) {
			p.wait(time.Second).add(trace.Event{Kind: trace.Note, Node: 2, Text: "raft.leader", Body: trace.Fields{"node", "n2", "term", "3"}})
		}, "n2 leads the cluster from here on (term 3): a majority voted for it.", Good},
		"the third election in a row is not told": {func(p *tape) {
			for range 4 {
				p.add(trace.Event{Kind: trace.Note, Node: 1, Text: "raft.election", Body: trace.Fields{"node", "n1", "term", "2"}})
			}
		}, "n1 stands again: nobody wins without the votes of a majority.", Plain},
		"an entry that no majority had": {func(p *tape) {
			p.end(p.invoke("carol", 2, "SET cart eggs"), 2, model.Result{Outcome: model.Unknown})
			p.add(trace.Event{Kind: trace.Note, Node: 1, Text: "raft.overwritten", Body: trace.Fields{"op", "1", "key", "cart"}})
		}, "n1 drops carol's SET cart eggs (v1) from its log: no majority had it, and the new leader has others in its place.", Plain},
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
