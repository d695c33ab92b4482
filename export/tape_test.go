package export

import (
	"strings"
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
	return p.invokeFrom(0, client, n, words)
}

// invokeFrom is the same by a remote client on a host of its own.
func (p *tape) invokeFrom(host model.NodeID, client string, n model.NodeID, words string) model.OpID {
	p.op++
	cmd, err := model.ParseCommand(strings.Fields(words))
	if err != nil {
		panic(err)
	}
	p.add(trace.Event{Kind: trace.Invoke, Op: p.op, Node: n, Peer: host, Body: &trace.Call{Client: client, Command: cmd}})
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

func (p *tape) note(n model.NodeID, kind string, fields ...string) *tape {
	p.add(trace.Event{Kind: trace.Note, Node: n, Text: kind, Body: trace.Fields(fields)})
	return p
}

func (p *tape) policy(choice string, n int64) *tape {
	p.add(trace.Event{Kind: trace.PolicyStart, Text: choice, N: n})
	return p
}
