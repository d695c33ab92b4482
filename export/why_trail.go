package export

import (
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// journey is what became of one message.
type journey struct {
	msg      model.MsgID
	from, to model.NodeID
	kind     string
	ops      []model.OpID
	sent     int        // event of its Send; 0: the log has none
	ended    int        // event of its Deliver or Drop; 0: it is under way
	lost     bool       // it was dropped
	held     int        // event of the Hold, while it is held
	due      model.Time // when it will land
	cause    string     // the fault that lost it or holds it
}

// take follows a message through an event of it.
func (j *journey) take(n int, e *trace.Event) {
	switch e.Kind {
	case trace.Send:
		j.from, j.to, j.kind, j.ops, j.sent, j.due = e.Node, e.Peer, e.Text, e.Ops, n, model.Time(e.N)
	case trace.Deliver:
		j.from, j.to, j.ended, j.held = e.Peer, e.Node, n, 0
	case trace.Drop:
		j.from, j.to, j.ended, j.held, j.lost, j.cause = e.Node, e.Peer, n, 0, true, e.Text
	case trace.Hold:
		j.from, j.to, j.held, j.cause = e.Node, e.Peer, n, e.Text
	case trace.Release:
		j.held, j.due, j.cause = 0, model.Time(e.N), ""
	}
}

func isMessage(k trace.Kind) bool { return k >= trace.Send && k <= trace.Release }

// events lists what happened to the message.
func (j *journey) events() []int { return []int{j.sent, j.held, j.ended} }

// trail is the way of a write through the cluster, up to an event.
type trail struct {
	op    *trace.Op
	key   string
	until int
	wrote int       // the event that gave it its place
	after int       // the first Wrote that supersedes it
	dot   model.Dot // its place, if some record has shown it
	at    []stop    // by host, from 1
}

// stop is what the log says of the write at one host. Events are 0 for what has not
// happened.
type stop struct {
	arrived *journey // the first message with it that arrived
	stopped *journey // the first one that was lost
	lost    *journey // the last one
	under   *journey // the last one that is under way
	sent    int      // messages with it that were sent there
	drops   int      // of which were lost
	applied int      // the node began to serve it first
	left    int      // it served something else after that, last
	dropped int      // it discarded it
	wiped   int      // its disk was emptied after it had got it
	had     bool     // it applied it on the disk that it has now
}

// stop returns what is known of a host.
func (t *trail) stop(id model.NodeID) *stop {
	if id < 1 || int(id) >= len(t.at) {
		return &stop{}
	}
	return &t.at[id]
}

// trail follows a write up to an event, in one pass over the log.
func (q *inquest) trail(op *trace.Op, key string, until int) *trail {
	t := &trail{op: op, key: key, until: until, at: make([]stop, q.Nodes+maxHosts)}
	open := map[model.MsgID]*journey{}
	for n := op.Invoked; n <= until; n++ {
		e := q.Log.At(n)
		switch {
		case e.Kind == trace.Send:
			if slices.Contains(e.Ops, op.ID) {
				j := &journey{msg: e.Msg}
				j.take(n, e)
				open[e.Msg] = j
				t.stop(j.to).sent++
				t.stop(j.to).under = j
			}
		case isMessage(e.Kind):
			if j := open[e.Msg]; j != nil {
				t.passed(n, e, j)
				if j.ended != 0 {
					delete(open, e.Msg)
				}
			}
		case e.Kind == trace.Wrote && e.Key == key:
			switch {
			case e.Op == op.ID && t.wrote == 0:
				t.wrote = n
			case t.after == 0 && slices.Contains(e.Ops, op.ID):
				t.after = n
			}
		case e.Kind == trace.Applied && e.Key == key:
			t.served(n, e)
		case e.Kind == trace.Discarded && e.Key == key && e.Op == op.ID:
			t.stop(e.Node).dropped = n
		case e.Kind == trace.HostChange && e.Text == "wiped":
			if s := t.stop(e.Node); s.had || s.arrived != nil {
				s.wiped, s.had = n, false
			}
		}
	}
	for i := range t.at { // a message that came is no longer under way, whatever was sent before it
		if s := &t.at[i]; s.under != nil && s.under.ended != 0 {
			s.under = nil
			for _, j := range open {
				if j.to == model.NodeID(i) && (s.under == nil || j.msg > s.under.msg) {
					s.under = j
				}
			}
		}
	}
	return t
}

// maxHosts is room for the hosts of remote clients, after those of the nodes.
const maxHosts = 33

func (t *trail) passed(n int, e *trace.Event, j *journey) {
	j.take(n, e)
	s := t.stop(j.to)
	switch {
	case j.lost:
		if s.stopped == nil {
			s.stopped = j
		}
		s.lost, s.drops = j, s.drops+1
	case j.ended != 0 && s.arrived == nil:
		s.arrived = j
	}
}

func (t *trail) served(n int, e *trace.Event) {
	s, r := t.stop(e.Node), e.Record()
	for i := range headsOf(r) {
		if h := &r.Heads[i]; h.Op == t.op.ID {
			t.dot = h.Dot
			if s.applied == 0 || s.wiped > s.applied {
				s.applied = n
			}
			s.had, s.left = true, 0
			return
		}
	}
	if s.had && s.left == 0 {
		s.left = n
	}
}

func headsOf(r *model.Record) []model.Head {
	if r == nil {
		return nil
	}
	return r.Heads
}

// route lists the messages by which a write first came to a host, from that of its
// coordinator on; none if no message did.
func (t *trail) route(to model.NodeID) []*journey {
	var hops []*journey
	before := t.until + 1
	for len(hops) < len(t.at) {
		j := t.stop(to).arrived
		if j == nil || j.ended >= before {
			break
		}
		hops = append(hops, j)
		before, to = j.sent, j.from
		if to == t.op.Node || to == t.op.Host {
			break
		}
	}
	slices.Reverse(hops)
	return hops
}

// journey follows one message up to the moment; nil if the log does not know it.
func (q *inquest) journey(id model.MsgID) *journey {
	j := &journey{msg: id}
	for n := 1; n <= q.N; n++ {
		if e := q.Log.At(n); e.Msg == id && isMessage(e.Kind) {
			j.take(n, e)
			if j.ended != 0 {
				break
			}
		}
	}
	if id == 0 || j.sent+j.ended+j.held == 0 {
		return nil
	}
	return j
}

// input returns the event that a node was given right before event n, in the same
// instant: a message, a request, its start. 0: the log shows none, as when a timer of the
// node made it act.
func (q *inquest) input(n int, node model.NodeID) int {
	at := q.Log.At(n).At
	for i := n - 1; i > 0 && n-i < 10_000; i-- {
		e := q.Log.At(i)
		if e.At != at {
			return 0
		}
		switch e.Kind {
		case trace.Deliver, trace.Invoke, trace.NodeBoot, trace.HostChange:
			if e.Node == node && e.Peer <= model.NodeID(q.Nodes) || e.Kind == trace.Deliver && e.Node == node {
				return i
			}
		}
	}
	return 0
}

// statement returns the statement that began a fault: the last one before event n that
// begins with these words; 0 if there is none.
func (q *inquest) statement(fault string, n int) int {
	for i := n; i > 0 && fault != ""; i-- {
		if e := q.Log.At(i); e.Kind == trace.Statement && (e.Text == fault || strings.HasPrefix(e.Text, fault+" ")) {
			return i
		}
	}
	return 0
}

// because returns the statement right before event n, in the same instant: what the
// script or the reader did; 0 if there is none.
func (q *inquest) because(n int) int {
	at := q.Log.At(n).At
	for i := n - 1; i > 0 && q.Log.At(i).At == at; i-- {
		switch e := q.Log.At(i); e.Kind {
		case trace.Statement:
			return i
		case trace.LinkChange, trace.HostChange, trace.NodeBoot, trace.Condition, trace.Drop, trace.Hold, trace.Release:
		default:
			return 0
		}
	}
	return 0
}
