package staleness

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
)

// world runs replicas and client halves of a policy on a network that nothing breaks,
// with disks of maps and without a trace. It keeps what an experiment asks for: when the
// messages of the operation under way arrive.
type world struct {
	netsim.Handler // nil: what only faults call is never called

	net     *netsim.Net
	nodes   int
	hosts   []*host // by id; the first is none
	parcels []parcel
	first   model.MsgID // number of parcels[0]
	gone    int         // leading parcels that have been delivered
	tags    []policies.Tag
	owners  []netsim.TimerID
	free    []uint32

	op    model.OpID // the operation under way
	done  bool
	reply model.Result
	watch watch
}

// watch is what is seen of the operation under way.
type watch struct {
	writes  []model.Time // by node, from n1: when the write reaches it
	reads   []model.Time // when the read does
	answers []int        // the nodes that answered the read, in the order of arrival
}

type parcel struct {
	msg      policies.Message // nil: delivered
	from, to model.NodeID
	op       model.OpID // that its sender was at, or that it answers
}

var errStuck = errors.New("the operation under way was never answered")

// newWorld makes nodes n1 … nN and, after them, the hosts of remote clients.
func newWorld(c policies.Choice, nodes, clients int, seed int64, l Latencies) *world {
	w := &world{nodes: nodes, first: 1}
	w.net = netsim.New(netsim.Options{Hosts: nodes + clients, Seed: seed}, w)
	for _, m := range [...]struct {
		kind string
		dist netsim.Dist
	}{{"quorum.write", l.Write}, {"quorum.ack", l.Ack}, {"quorum.read", l.Read}, {"quorum.answer", l.Answer}} {
		kind, d := m.kind, m.dist
		w.net.SetKindLatency(kind, 0, 0, d)
		for client := 1; client <= clients && l.Remote > 0; client++ {
			for node := 1; node <= nodes; node++ {
				if node == client {
					continue
				}
				host, to := model.NodeID(nodes+client), model.NodeID(node)
				w.net.SetKindLatency(kind, host, to, farther{d, l.Remote})
				w.net.SetKindLatency(kind, to, host, farther{d, l.Remote})
			}
		}
	}
	w.hosts = make([]*host, nodes+clients+1)
	w.watch = watch{make([]model.Time, nodes), make([]model.Time, nodes), nil}
	for i := 1; i <= nodes+clients; i++ {
		h := &host{w: w, id: model.NodeID(i), rand: w.net.Stream(fmt.Sprint("host ", i))}
		w.hosts[i] = h
		if i <= nodes {
			h.disk = &disk{records: map[string]*model.Record{}, metas: map[string][]byte{}, lists: map[string][]string{}}
			h.replica = c.Spec.New(c.Params)
		} else {
			h.replica = c.Spec.NewClient(c.Params)
		}
		h.replica.Start(h)
		h.flush()
	}
	return w
}

// farther adds to a distribution.
type farther struct {
	netsim.Dist
	by time.Duration
}

func (f farther) Draw(r *rand.Rand) time.Duration { return f.Dist.Draw(r) + f.by }

// do runs one operation of a client, from now until it is answered, and returns how long
// that took.
func (w *world) do(host model.NodeID, cmd model.Command) (model.Result, time.Duration, error) {
	w.op++
	w.done = false
	w.watch.answers = w.watch.answers[:0]
	from, h := w.net.Now(), w.hosts[host]
	h.at = w.op
	h.replica.Request(h, policies.Request{Op: w.op, Command: cmd, Client: "c", Node: 1})
	h.flush()
	for !w.done {
		if !w.net.Step() {
			return model.Result{}, 0, errStuck
		}
	}
	if w.reply.Outcome != model.OKOutcome {
		return w.reply, 0, fmt.Errorf("%v ended %v: %s", cmd, w.reply, w.reply.Why)
	}
	return w.reply, w.net.Now().Sub(from), nil
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	until := w.net.Now().Add(d)
	for w.net.Next() <= until {
		w.net.Step()
	}
	w.net.AdvanceTo(until)
}

var _ netsim.Handler = (*world)(nil)

// Deliver implements netsim.Handler.
func (w *world) Deliver(id model.MsgID, from, to model.NodeID) {
	p := &w.parcels[id-w.first]
	msg, h := p.msg, w.hosts[to]
	h.at = p.op
	p.msg = nil
	if p.op == w.op && int(to) > w.nodes && msg.Kind() == "quorum.answer" {
		w.watch.answers = append(w.watch.answers, int(from)-1)
	}
	w.forget()
	h.replica.Receive(h, from, msg)
	h.flush()
}

// forget cuts off the front of the list once most of it has been delivered.
func (w *world) forget() {
	for w.gone < len(w.parcels) && w.parcels[w.gone].msg == nil {
		w.gone++
	}
	if w.gone >= 256 && 2*w.gone >= len(w.parcels) {
		n := copy(w.parcels, w.parcels[w.gone:])
		clear(w.parcels[n:])
		w.parcels = w.parcels[:n]
		w.first += model.MsgID(w.gone)
		w.gone = 0
	}
}

// Sent implements netsim.Handler: nothing is lost or held here, so a message that is sent
// arrives when it is due.
func (w *world) Sent(id model.MsgID, _, to model.NodeID, due model.Time) {
	p := &w.parcels[id-w.first]
	if int(to) > w.nodes || p.op != w.op {
		return
	}
	switch p.msg.Kind() {
	case "quorum.write":
		w.watch.writes[to-1] = due
	case "quorum.read":
		w.watch.reads[to-1] = due
	}
}

// Timer implements netsim.Handler.
func (w *world) Timer(id model.NodeID, ref uint32) {
	tag := w.tags[ref]
	w.free = append(w.free, ref)
	h := w.hosts[id]
	h.replica.Timer(h, tag)
	h.flush()
}
