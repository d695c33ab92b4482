package cluster

import (
	"math/rand/v2"
	"time"

	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// env is what a node's replica sees of the world. What leaves the node waits in
// out until the step's writes are on disk.
type env struct {
	n   *node
	out []outgoing
}

// outgoing is a message, or a reply if msg is nil.
type outgoing struct {
	to  model.NodeID
	msg policies.Message
	op  model.OpID
	res model.Result
}

var _ policies.Env = (*env)(nil)

func (e *env) Self() model.NodeID  { return e.n.id }
func (e *env) N() int              { return len(e.n.c.nodes) }
func (e *env) Boot() policies.Boot { return e.n.bootAs }
func (e *env) Incarnation() int    { return e.n.c.net.Incarnation(e.n.id) }
func (e *env) Stretch() int        { return e.n.c.stretch }
func (e *env) Now() model.Time     { return e.n.c.net.Clock(e.n.id) }

func (e *env) Monotonic() model.Time { return e.n.c.net.Monotonic(e.n.id) }

func (e *env) Rand() *rand.Rand    { return e.n.rand }
func (e *env) Begun(id model.OpID) { e.n.c.ops.get(id).begun = true }

func (e *env) Store() policies.Store {
	if e.n.client != nil {
		return nil
	}
	return &e.n.disk
}

func (e *env) Send(to model.NodeID, msg policies.Message) {
	e.out = append(e.out, outgoing{to: to, msg: msg})
}

func (e *env) Reply(id model.OpID, res model.Result) {
	e.out = append(e.out, outgoing{op: id, res: res})
}

func (e *env) After(d time.Duration, tag policies.Tag) policies.TimerID {
	return e.n.c.timers.set(e.n.c, e.n.id, d, tag)
}

func (e *env) Cancel(id policies.TimerID) { e.n.c.timers.cancel(e.n.c, id) }

func (e *env) Wrote(id model.OpID, key string, supersedes []model.OpID) {
	e.n.c.emit(trace.Event{Kind: trace.Wrote, Node: e.n.id, Op: id, Key: key, Ops: supersedes})
}

func (e *env) Applied(key string, rec *model.Record) {
	ev := trace.Event{Kind: trace.Applied, Node: e.n.id, Key: key}
	if rec != nil {
		ev.Body = rec
	}
	e.n.c.emit(ev)
}

func (e *env) Doubt(key string, op model.OpID) {
	e.n.c.emit(trace.Event{Kind: trace.Doubt, Node: e.n.id, Key: key, Op: op})
}

func (e *env) Discarded(key string, id model.OpID, why string) {
	e.n.c.emit(trace.Event{Kind: trace.Discarded, Node: e.n.id, Op: id, Key: key, Text: why})
}

func (e *env) SystemWrite(cmd model.Command, cause model.OpID) model.OpID {
	c := e.n.c
	o := c.ops.add()
	o.node, o.result = e.n.id, model.Answered(model.OK)
	o.call = trace.Call{Command: cmd, Cause: cause}
	c.emit(trace.Event{Kind: trace.SystemWrite, Node: e.n.id, Op: o.id, Body: &o.call})
	return o.id
}

func (e *env) Serving() { e.n.c.emit(trace.Event{Kind: trace.Serving, Node: e.n.id}) }

// factKinds are the events of the facts, in the order of policies' kinds.
var factKinds = [...]trace.Kind{
	policies.Acquire: trace.Acquire,
	policies.Release: trace.Relinquish,
	policies.Access:  trace.Access,
	policies.Effect:  trace.Effect,
	policies.Commit:  trace.Commit,
	policies.Abort:   trace.Abort,
	policies.Mark:    trace.Mark,
	policies.Begin:   trace.Begin,
}

func (e *env) Fact(f policies.Fact) {
	e.n.c.emit(trace.Event{Kind: factKinds[f.Kind], Node: e.n.id, Op: f.Op, Key: f.Key, Text: f.Text, N: f.N})
}

func (e *env) Input() string { return e.n.c.opt.Input }

func (e *env) Count(name string, n int64) { e.n.c.counts[name] += n }

func (e *env) Most(name string, n int64) { e.n.c.most(name, n) }

func (e *env) Gauge(name string, value int64) {
	e.n.c.emit(trace.Event{Kind: trace.Gauge, Node: e.n.id, Text: name, N: value})
}

func (e *env) Note(kind string, fields ...string) {
	e.n.c.emit(trace.Event{Kind: trace.Note, Node: e.n.id, Text: kind, Body: trace.Fields(fields)})
}

// flush lets out what the step made, in the order in which it made it.
func (e *env) flush() {
	for i := 0; i < len(e.out); i++ {
		o := &e.out[i]
		if o.msg != nil {
			e.n.c.wire.send(e.n.c, e.n.id, o.to, o.msg)
		} else {
			e.n.answer(e.n.c.ops.get(o.op), o.res)
		}
	}
	e.reset()
}

func (e *env) reset() {
	clear(e.out)
	e.out = e.out[:0]
}
