package check

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// tape records a history for a test, by hand or from a text of one event a line:
//
//	+10ms                      time passes (each event takes a millisecond by itself)
//	alice@n1 SET cart milk     alice invokes
//	alice wrote [cart] [> v1]  her write takes its place, superseding v1
//	alice = OK                 she is answered: OK, nil, [a b], "quoted", 3, ERR …
//	alice siblings a b         … with siblings
//	alice !NOQUORUM            she is refused
//	alice ?                    she gives up
//	system n1 REFUND laptop 1  the system writes (by the name of system)
//	system n1 EXPIRE cart v1   … because v1's deadline is over
//	n1 cart v1 [seen v2]       what n1 would serve from now on: v1, v1|v2, -
//	discard n1 cart v1 why     n1 drops v1
//	send 7 n1 n2 v1 cart       message 7 leaves with cart's v1; drop 7, deliver 7, hold 7
//	crash n1, wipe n1, pause n1, restart n1, resume n1
//	say heal                   a statement
//	policy ap, serving n1
//	acquire n4 alice disk 33   alice, at n4, holds disk by token 33 (none without), for what she asked last
//	release n4 alice disk      … and no more
//	access n1 alice disk 33    what she wrote to disk takes effect at n1
//	note raft.leader n2 node n2 term 3
type tape struct {
	t     testing.TB
	log   trace.Log
	x     *trace.Index
	nodes int
	now   model.Time
	ops   model.OpID
	open  map[string]*tapeOp
	dots  map[opKey]model.Dot
	kinds map[model.OpID]model.Command
	last  map[model.Actor]int64
	over  map[opKey][]model.OpID
}

type tapeOp struct {
	id   model.OpID
	node model.NodeID
	cmd  model.Command
}

func newTape(t testing.TB, nodes int) *tape {
	return &tape{
		t: t, x: trace.NewIndex(), nodes: nodes, open: map[string]*tapeOp{}, dots: map[opKey]model.Dot{},
		kinds: map[model.OpID]model.Command{}, last: map[model.Actor]int64{}, over: map[opKey][]model.OpID{},
	}
}

// history plays a text on three nodes.
func history(t testing.TB, text string) *History {
	t.Helper()
	p := newTape(t, 3)
	p.play(text)
	return p.history(Options{})
}

func (p *tape) history(o Options) *History {
	o.Nodes = p.nodes
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	p.x.Extend(&p.log)
	return NewHistory(&p.log, p.x, trace.NewFolder(p.nodes, &p.log), o)
}

func (p *tape) event(e trace.Event) int {
	p.now = p.now.Add(time.Millisecond)
	e.At = p.now
	return p.log.Append(e)
}

func (p *tape) play(text string) {
	p.t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if w := strings.Fields(line); len(w) > 0 && w[0] != "#" {
			p.line(w)
		}
	}
}

func (p *tape) line(w []string) {
	p.t.Helper()
	if d, ok := strings.CutPrefix(w[0], "+"); ok {
		wait, err := time.ParseDuration(d)
		if err != nil {
			p.t.Fatal(err)
		}
		p.now = p.now.Add(wait - time.Millisecond)
		return
	}
	host := map[string]string{"crash": "crashed", "wipe": "wiped", "pause": "paused", "restart": "restarted", "resume": "resumed"}
	switch name, at, invokes := strings.Cut(w[0], "@"); {
	case invokes:
		p.invoke(name, p.node(at), w[1:]...)
	case w[0] == "system" && w[1] != "wrote":
		p.system(p.node(w[1]), w[2:]...)
	case host[w[0]] != "":
		p.event(trace.Event{Kind: trace.HostChange, Node: p.node(w[1]), Text: host[w[0]]})
	case w[0] == "say":
		p.event(trace.Event{Kind: trace.Statement, Text: strings.Join(w[1:], " ")})
	case w[0] == "policy":
		p.event(trace.Event{Kind: trace.PolicyStart, Text: strings.Join(w[1:], " "), N: 1})
	case w[0] == "serving":
		p.event(trace.Event{Kind: trace.Serving, Node: p.node(w[1])})
	case w[0] == "note":
		p.event(trace.Event{Kind: trace.Note, Text: w[1], Node: p.node(w[2]), Body: trace.Fields(w[3:])})
	case w[0] == "discard":
		p.event(trace.Event{Kind: trace.Discarded, Node: p.node(w[1]), Key: w[2], Op: p.version(w[2], w[3]), Text: strings.Join(w[4:], " ")})
	case w[0] == "send" || w[0] == "drop" || w[0] == "deliver" || w[0] == "hold":
		p.message(w)
	case w[0] == "acquire" || w[0] == "release" || w[0] == "access":
		p.lock(w)
	case len(w[0]) == 2 && w[0][0] == 'n':
		p.serve(w)
	case p.open[w[0]] != nil:
		p.end(p.open[w[0]], w)
	default:
		p.t.Fatalf("tape: %q", w)
	}
}

func (p *tape) lock(w []string) {
	kinds := map[string]trace.Kind{"acquire": trace.Acquire, "release": trace.Relinquish, "access": trace.Access}
	e := trace.Event{Kind: kinds[w[0]], Node: p.node(w[1]), Text: w[2], Key: w[3]}
	if o := p.open[w[2]]; o != nil {
		e.Op = o.id
	}
	if len(w) > 4 {
		n, err := strconv.ParseInt(w[4], 10, 64)
		if err != nil {
			p.t.Fatal(err)
		}
		e.N = n
	}
	p.event(e)
}

func (p *tape) node(s string) model.NodeID {
	n, ok := model.ParseNode(s)
	if !ok {
		p.t.Fatalf("tape: no node: %s", s)
	}
	return n
}

func (p *tape) invoke(client string, node model.NodeID, words ...string) *tapeOp {
	c, err := model.ParseCommand(words)
	if err != nil {
		p.t.Fatal(err)
	}
	p.ops++
	o := &tapeOp{p.ops, node, c}
	p.open[client] = o
	p.event(trace.Event{Kind: trace.Invoke, Op: o.id, Node: node, Body: &trace.Call{Client: client, Command: c}})
	return o
}

func (p *tape) system(node model.NodeID, words ...string) {
	p.ops++
	o := &tapeOp{p.ops, node, model.Command{Verb: model.REFUND, Args: words[1:]}}
	var cause model.OpID
	if words[0] == "EXPIRE" {
		cause = p.version(words[1], words[2])
		o.cmd = model.ExpireCommand(words[1], tapeDeadline(cause))
	}
	p.open["system"] = o
	p.event(trace.Event{Kind: trace.SystemWrite, Op: o.id, Node: node, Body: &trace.Call{Command: o.cmd, Cause: cause}})
}

func (p *tape) end(o *tapeOp, w []string) {
	rest := strings.Join(w[2:], " ")
	switch {
	case w[1] == "wrote":
		keys := o.cmd.Keys()
		if len(w) > 2 && w[2] != ">" {
			keys = w[2:3]
		}
		var over []string
		for i, s := range w {
			if s == ">" {
				over = w[i+1:]
			}
		}
		for _, key := range keys {
			p.wrote(o, key, over...)
		}
	case w[1] == "=":
		p.answer(o, model.Answered(p.reply(rest)))
	case w[1] == "siblings":
		p.answer(o, model.Answered(model.Reply{Kind: model.SiblingsReply, List: w[2:]}))
	case w[1] == "?":
		p.answer(o, model.Result{Outcome: model.Unknown})
	case w[1][0] == '!':
		p.answer(o, model.Refuse(w[1][1:], ""))
	default:
		p.t.Fatalf("tape: %q", w)
	}
}

func (p *tape) wrote(o *tapeOp, key string, over ...string) {
	ops := make([]model.OpID, len(over))
	for i, s := range over {
		ops[i] = p.version(key, s)
	}
	a := model.Actor{Node: o.node, Life: 1}
	p.last[a]++
	p.dots[opKey{o.id, key}] = model.Dot{Actor: a, N: p.last[a]}
	p.over[opKey{o.id, key}] = ops
	p.event(trace.Event{Kind: trace.Wrote, Op: o.id, Node: o.node, Key: key, Ops: ops})
}

func (p *tape) answer(o *tapeOp, r model.Result) {
	p.event(trace.Event{Kind: trace.Return, Op: o.id, Node: o.node, Body: &r})
}

func (p *tape) reply(s string) model.Reply {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case s == "OK":
		return model.OK
	case s == "nil":
		return model.Reply{}
	case strings.HasPrefix(s, "["):
		return model.List(strings.Fields(strings.Trim(s, "[]")))
	case strings.HasPrefix(s, `"`):
		return model.Bulk(unquote(s))
	case err == nil:
		return model.Int(n)
	case strings.Contains(s, " ") || s == strings.ToUpper(s):
		return model.Error(s)
	}
	return model.Bulk(s)
}

// version finds the operation that is the key's v3.
func (p *tape) version(key, name string) model.OpID {
	p.x.Extend(&p.log)
	n, err := strconv.Atoi(strings.TrimPrefix(name, "v"))
	op := p.x.Writer(key, n)
	if err != nil || op == 0 {
		p.t.Fatalf("tape: no %s of %s", name, key)
	}
	return op
}

// serve applies a record that holds the versions named and has seen what they
// superseded.
func (p *tape) serve(w []string) {
	node, key := p.node(w[0]), w[1]
	var rec *model.Record
	if w[2] != "-" {
		rec = &model.Record{}
		for _, name := range strings.Split(w[2], "|") {
			rec.Heads = append(rec.Heads, p.head(p.version(key, name), key))
			p.see(rec, p.version(key, name), key)
		}
		for i, s := range w {
			if s == "seen" {
				for _, name := range w[i+1:] {
					p.see(rec, p.version(key, name), key)
				}
			}
		}
	}
	e := trace.Event{Kind: trace.Applied, Node: node, Key: key}
	if rec != nil {
		e.Body = rec
	}
	p.event(e)
}

// tapeDeadline is the deadline that an operation sets.
func tapeDeadline(op model.OpID) model.Time { return model.Time(op) * 1e9 }

func (p *tape) see(rec *model.Record, op model.OpID, key string) {
	rec.Seen = rec.Seen.With(p.dots[opKey{op, key}])
	for _, o := range p.over[opKey{op, key}] {
		p.see(rec, o, key)
	}
}

func (p *tape) head(op model.OpID, key string) model.Head {
	c := p.x.Op(op).Command
	h := model.Head{Op: op, Dot: p.dots[opKey{op, key}], Stamp: model.Stamp{Wall: model.Time(op)}, Kind: model.Put}
	switch c.Verb {
	case model.DEL, model.CADEL, model.EXPIRE:
		h.Kind = model.Delete
	case model.SET:
		h.Value = model.Text(c.Args[1])
		if setsDeadline(c) {
			h.Value.Deadline = tapeDeadline(op)
		}
	case model.CAS:
		h.Value = model.Text(c.Args[2])
	default:
		h.Value = model.Text("1")
	}
	return h
}

func (p *tape) message(w []string) {
	id, err := strconv.Atoi(w[1])
	if err != nil {
		p.t.Fatal(err)
	}
	e := trace.Event{Kind: trace.Deliver, Msg: model.MsgID(id)}
	switch w[0] {
	case "send":
		e.Kind, e.Node, e.Peer = trace.Send, p.node(w[2]), p.node(w[3])
		for _, name := range w[4 : len(w)-1] {
			e.Ops = append(e.Ops, p.version(w[len(w)-1], name))
		}
	case "drop":
		e.Kind = trace.Drop
	case "hold":
		e.Kind = trace.Hold
	}
	p.event(e)
}

// judge runs a check by its words.
func judge(t testing.TB, h *History, words string) Finding {
	t.Helper()
	_, test, err := Parse(strings.Fields(words))
	if err != nil {
		t.Fatalf("%s: %v", words, err)
	}
	return test(h)
}

// wants checks verdicts and a part of the witness: "no linearizable cart ~ returned v1".
func wants(t testing.TB, h *History, expectations ...string) {
	t.Helper()
	for _, e := range expectations {
		e, part, _ := strings.Cut(e, " ~ ")
		verdict, words, _ := strings.Cut(e, " ")
		f := judge(t, h, words)
		if f.Verdict.String() != verdict {
			t.Errorf("%s: %s, want %s (%s)", words, f.Verdict, verdict, f.Witness)
		}
		if !strings.Contains(f.Witness, part) {
			t.Errorf("%s: witness %q lacks %q", words, f.Witness, part)
		}
		if f.Witness == "" || !strings.HasSuffix(f.Witness, ".") {
			t.Errorf("%s: witness %q is no sentence", words, f.Witness)
		}
		for _, n := range f.Events {
			if n < 1 || n > h.until {
				t.Errorf("%s: event %d is not in the history", words, n)
			}
		}
	}
}

func ExampleFinding() {
	p := newTape(&testing.T{}, 2)
	p.play(`
		alice@n1 SET cart milk
		alice wrote
		n1 cart v1
		alice = OK
		bob@n2 GET cart
		bob = nil`)
	fmt.Println(judge(p.t, p.history(Options{}), "linearizable").Witness)
	// Output: bob's GET cart at n2 (#5–#6) returned nil, though alice's SET cart milk at n1 (v1, #1–#4) was acknowledged 1ms before it began.
}
