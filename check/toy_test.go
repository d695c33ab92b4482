package check

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"capsim/model"
	"capsim/trace"
)

// toy is a small replicated store that leaves a log. Beside its records it keeps, by
// plain sets of operations, what each node has taken in: the truth that the oracles
// judge by.
type toy struct {
	*tape
	r      *rand.Rand
	mode   model.Mode
	nodes  [3]toyNode
	wire   []toyMessage
	msg    model.MsgID
	next   int
	runs   map[string]*tapeOp // by client: its open operation
	reads  map[model.OpID]look
	acks   map[model.OpID]bool // writes with an effect
	over   map[opKey]map[model.OpID]bool
	shots  []shot
	sure   bool           // two nodes, and no message is lost
	puts   map[opKey]bool // effects that replace what was there
	stamps map[opKey]model.Stamp
}

// shot is what a node had once it had applied something.
type shot struct {
	has map[opKey]bool
}

type toyNode struct {
	life    int32
	down    bool
	records map[string]*model.Record
	has     map[opKey]bool
	number  map[string]int64
	stamp   model.Stamp
}

type toyMessage struct {
	id   model.MsgID
	to   int
	key  string
	rec  *model.Record
	ops  []model.OpID
	has  map[opKey]bool
	held bool
}

// look is what a node had of the key when it answered a read.
type look struct {
	heads []model.OpID
	has   map[model.OpID]bool
}

func newToy(t testing.TB, seed int, mode model.Mode) *toy {
	y := &toy{
		tape: newTape(t, 3), r: rand.New(rand.NewPCG(uint64(seed), uint64(mode))), mode: mode, runs: map[string]*tapeOp{},
		reads: map[model.OpID]look{}, acks: map[model.OpID]bool{}, over: map[opKey]map[model.OpID]bool{},
		puts: map[opKey]bool{}, stamps: map[opKey]model.Stamp{},
	}
	for i := range y.nodes {
		y.nodes[i] = toyNode{life: 1, records: map[string]*model.Record{}, has: map[opKey]bool{}, number: map[string]int64{}}
	}
	return y
}

// run makes n random things happen.
func (y *toy) run(n int, commands []string, wipes bool) {
	for range n {
		switch i := y.r.IntN(20); {
		case i < 9:
			y.client(commands)
		case i < 17:
			y.deliver()
		case i == 17 && wipes:
			y.crash()
		case i == 18:
			y.now = y.now.Add(1e7)
		}
	}
}

func (y *toy) client(commands []string) {
	name := []string{"ann", "bob", "cat"}[y.r.IntN(3)]
	at := y.r.IntN(3)
	if y.nodes[at].down {
		return
	}
	words := commands[y.r.IntN(len(commands))]
	y.next++
	var w []string
	for _, word := range splitWords(words) {
		if word == "?" {
			word = fmt.Sprint("u", y.next)
		}
		w = append(w, word)
	}
	o := y.invoke(name, model.NodeID(at+1), w...)
	switch y.r.IntN(12) {
	case 0:
		y.answer(o, model.Refuse(model.CodeNoQuorum, ""))
		return
	case 1:
		y.execute(at, o)
		y.answer(o, model.Result{Outcome: model.Unknown})
		return
	}
	wrote := len(y.over)
	reply := y.execute(at, o)
	if y.r.IntN(3) == 0 {
		y.deliver() // something between the write and its acknowledgement
	}
	if !o.cmd.Writes() {
		// The node answers as it is now.
		reply = y.execute(at, o)
		y.look(at, o)
	}
	y.acks[o.id] = len(y.over) > wrote
	y.answer(o, model.Answered(reply))
}

func splitWords(s string) []string {
	var w []string
	for start, i := 0, 0; i <= len(s); i++ {
		if i == len(s) || s[i] == ' ' {
			w = append(w, s[start:i])
			start = i + 1
		}
	}
	return w
}

func (y *toy) look(at int, o *tapeOp) {
	l := look{has: map[model.OpID]bool{}}
	key := o.cmd.Key()
	if rec := y.nodes[at].records[key]; rec != nil {
		for _, h := range rec.Heads {
			l.heads = append(l.heads, h.Op)
		}
	}
	for k := range y.nodes[at].has {
		if k.key == key {
			l.has[k.op] = true
		}
	}
	y.reads[o.id] = l
}

func (y *toy) execute(at int, o *tapeOp) model.Reply {
	n := &y.nodes[at]
	var e model.Effects
	reply := model.Apply(o.cmd, func(key string) model.Value { return n.records[key].Value() }, &e)
	if o.cmd.Verb == model.GET && reply.Kind != model.ErrorReply {
		if vs := n.records[o.cmd.Key()].Values(); len(vs) > 1 {
			l := literalOf(vs)
			return model.Reply{Kind: model.SiblingsReply, List: l.items}
		}
	}
	for _, x := range e.List {
		y.effect(at, o, x)
	}
	return reply
}

func (y *toy) effect(at int, o *tapeOp, x model.Effect) {
	n := &y.nodes[at]
	a := model.Actor{Node: model.NodeID(at + 1), Life: n.life}
	n.number[x.Key]++
	n.stamp = n.stamp.Next(y.now/2*model.Time(at+1), a) // clocks that disagree
	w := model.Write{Op: o.id, Dot: model.Dot{Actor: a, N: n.number[x.Key]}, Stamp: n.stamp, Effect: x}
	if y.mode == model.KeepSiblings && y.r.IntN(2) == 0 {
		w.Seen = n.records[x.Key].Vector()
	}
	rec, over := n.records[x.Key].Write(w, y.mode)
	set := map[model.OpID]bool{}
	for _, op := range over {
		set[op] = true
	}
	y.over[opKey{o.id, x.Key}] = set
	y.stamps[opKey{o.id, x.Key}] = n.stamp
	for _, h := range rec.Heads {
		if h.Op == o.id {
			y.puts[opKey{o.id, x.Key}] = h.Kind == model.Put || h.Kind == model.Delete
		}
	}
	y.event(trace.Event{Kind: trace.Wrote, Op: o.id, Node: a.Node, Key: x.Key, Ops: over})
	n.has[opKey{o.id, x.Key}] = true
	y.keep(at, x.Key, rec)
	for to := range y.nodes {
		if to == at || y.sure && to == 2 || !y.sure && y.r.IntN(4) == 0 {
			continue
		}
		y.msg++
		m := toyMessage{id: y.msg, to: to, key: x.Key, rec: rec, has: maps.Clone(n.has)}
		for _, h := range rec.Heads {
			m.ops = append(m.ops, h.Op)
		}
		y.event(trace.Event{Kind: trace.Send, Msg: m.id, Node: a.Node, Peer: model.NodeID(to + 1), Ops: m.ops})
		y.wire = append(y.wire, m)
	}
}

func (y *toy) keep(at int, key string, rec *model.Record) {
	y.nodes[at].records[key] = rec
	y.shots = append(y.shots, shot{maps.Clone(y.nodes[at].has)})
	y.event(trace.Event{Kind: trace.Applied, Node: model.NodeID(at + 1), Key: key, Body: rec})
}

// deliver brings, holds or loses a random message.
func (y *toy) deliver() {
	if len(y.wire) == 0 {
		return
	}
	i := y.r.IntN(len(y.wire))
	m := &y.wire[i]
	if !m.held && y.r.IntN(8) == 0 {
		m.held = true
		y.event(trace.Event{Kind: trace.Hold, Msg: m.id})
		return
	}
	got := *m
	y.wire = slices.Delete(y.wire, i, i+1)
	if y.nodes[got.to].down || y.r.IntN(4) == 0 {
		y.event(trace.Event{Kind: trace.Drop, Msg: got.id})
		return
	}
	y.arrive(got)
}

func (y *toy) arrive(got toyMessage) {
	y.event(trace.Event{Kind: trace.Deliver, Msg: got.id, Node: model.NodeID(got.to + 1)})
	n := &y.nodes[got.to]
	rec, lost := model.Merge(n.records[got.key], got.rec, y.mode)
	for k := range got.has {
		if k.key == got.key {
			n.has[k] = true
		}
	}
	for _, h := range got.rec.Heads {
		n.stamp = n.stamp.Later(h.Stamp)
	}
	for _, h := range lost {
		y.event(trace.Event{Kind: trace.Discarded, Node: model.NodeID(got.to + 1), Key: got.key, Op: h.Op})
	}
	y.keep(got.to, got.key, rec)
}

func (y *toy) crash() {
	i := y.r.IntN(3)
	n := &y.nodes[i]
	id := model.NodeID(i + 1)
	switch {
	case n.down:
		n.down = false
		n.life++
		y.event(trace.Event{Kind: trace.HostChange, Node: id, Text: "restarted"})
	case y.r.IntN(2) == 0:
		n.down = true
		y.event(trace.Event{Kind: trace.HostChange, Node: id, Text: "crashed"})
	default:
		*n = toyNode{life: n.life + 1, down: true, records: map[string]*model.Record{}, has: map[opKey]bool{}, number: map[string]int64{}}
		y.event(trace.Event{Kind: trace.HostChange, Node: id, Text: "wiped"})
	}
}

// later returns all writes that superseded the one, directly or through others: the
// other way round than the check looks.
func (y *toy) later(op model.OpID, key string) map[model.OpID]bool {
	out := map[model.OpID]bool{op: true}
	for changed := true; changed; {
		changed = false
		for k, over := range y.over {
			if k.key != key || out[k.op] {
				continue
			}
			for o := range over {
				if out[o] {
					out[k.op], changed = true, true
				}
			}
		}
	}
	return out
}
