package cluster

import (
	"math/rand/v2"
	"time"

	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// swarmEnv is what the crowd sees of the world, as one of its nodes.
type swarmEnv struct {
	s    *swarm
	self model.NodeID
	boot policies.Boot // of the node that starts
}

var _ policies.Env = (*swarmEnv)(nil)

func (e *swarmEnv) Self() model.NodeID      { return e.self }
func (e *swarmEnv) N() int                  { return e.s.c.opt.Nodes }
func (e *swarmEnv) Boot() policies.Boot     { return e.boot }
func (e *swarmEnv) Incarnation() int        { return e.s.c.net.Incarnation(e.self) }
func (e *swarmEnv) Stretch() int            { return 1 }
func (e *swarmEnv) Now() model.Time         { return e.s.c.net.Clock(e.self) }
func (e *swarmEnv) Monotonic() model.Time   { return e.s.c.net.Monotonic(e.self) }
func (e *swarmEnv) Rand() *rand.Rand        { return e.s.rand }
func (e *swarmEnv) Store() policies.Store   { return nil }
func (e *swarmEnv) Begun(op model.OpID)     { e.s.c.ops.get(op).begun = true }
func (e *swarmEnv) Serving()                {}
func (e *swarmEnv) Input() string           { return e.s.c.opt.Input }
func (e *swarmEnv) Count(n string, d int64) { e.s.c.counts[n] += d }
func (e *swarmEnv) Most(n string, v int64)  { e.s.c.most(n, v) }

func (e *swarmEnv) Wrote(model.OpID, string, []model.OpID) {}
func (e *swarmEnv) Applied(string, *model.Record)          {}
func (e *swarmEnv) Doubt(string, model.OpID)               {}
func (e *swarmEnv) Discarded(string, model.OpID, string)   {}

func (e *swarmEnv) SystemWrite(model.Command, model.OpID) model.OpID {
	panic("cluster: a crowd makes no system writes")
}

func (e *swarmEnv) Send(to model.NodeID, msg policies.Message) { e.s.send(e.self, to, msg) }

func (e *swarmEnv) After(d time.Duration, tag policies.Tag) policies.TimerID {
	return e.s.c.timers.set(e.s.c, e.self, d, tag)
}

func (e *swarmEnv) Cancel(id policies.TimerID) { e.s.c.timers.cancel(e.s.c, id) }

func (e *swarmEnv) Reply(id model.OpID, res model.Result) { e.s.c.ops.get(id).close(e.s.c, res) }

func (e *swarmEnv) Fact(f policies.Fact) {
	if f.Kind == policies.Mark {
		e.s.mark(e.self, f.Text)
		return
	}
	e.s.c.emit(trace.Event{Kind: factKinds[f.Kind], Node: e.self, Op: f.Op, Key: f.Key, Text: f.Text, N: f.N})
}

func (e *swarmEnv) Gauge(name string, value int64) {
	e.s.c.emit(trace.Event{Kind: trace.Gauge, Node: e.self, Text: name, N: value})
}

// keptNotes is how many notes of a kind are kept: all nodes may have the same to say.
const keptNotes = 20

func (e *swarmEnv) Note(kind string, fields ...string) {
	if e.s.notes[kind]++; e.s.notes[kind] <= keptNotes {
		e.s.c.emit(trace.Event{Kind: trace.Note, Node: e.self, Text: kind, Body: trace.Fields(fields)})
	}
}
