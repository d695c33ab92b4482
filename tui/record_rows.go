package tui

import (
	"sort"
	"time"

	"capsim/model"
	"capsim/trace"
)

// clientRow is all operations of one client, or of the system (name ""), in the order of
// their invocation.
type clientRow struct {
	name string
	ops  []*trace.Op
}

// clientRows are the clients of a run in the order in which they first ask for something, and
// those of their reads that were stale.
type clientRows struct {
	clients []clientRow
	place   map[string]int // by name, into clients
	stale   []staleRead    // in the order of their answers
}

// staleRead is an answer that misses a write which had been acknowledged before.
type staleRead struct {
	event int
	age   time.Duration // how long before the read began
}

// invoked takes in an operation.
func (r *clientRows) invoked(op *trace.Op) {
	if op == nil {
		return
	}
	i, known := r.place[op.Client]
	if !known {
		if r.place == nil {
			r.place = map[string]int{}
		}
		i = len(r.clients)
		r.place[op.Client] = i
		r.clients = append(r.clients, clientRow{name: op.Client})
	}
	row := &r.clients[i]
	if k := len(row.ops); k > 0 && row.ops[k-1].Invoked >= op.Invoked {
		return // a foreign log may give an id twice
	}
	row.ops = append(row.ops, op)
}

// clientsAt returns the rows of the clients that have asked for something by event n.
func (r *clientRows) clientsAt(n int) []clientRow {
	return r.clients[:sort.Search(len(r.clients), func(i int) bool { return r.clients[i].ops[0].Invoked > n })]
}

// opsAt returns the operations that were invoked by event n.
func (r *clientRow) opsAt(n int) []*trace.Op {
	return r.ops[:sort.Search(len(r.ops), func(i int) bool { return r.ops[i].Invoked > n })]
}

// around returns the operations of a list, ascending, that may reach into what begins at an
// instant: a client has one at a time, so that is at most one that began before.
func around(ops []*trace.Op, from model.Time) []*trace.Op {
	i := sort.Search(len(ops), func(i int) bool { return ops[i].At >= from })
	return ops[max(i-1, 0):]
}

// placeOf returns the place of an operation in a list that ascends by invocation, -1 if it
// is not there.
func placeOf(ops []*trace.Op, op *trace.Op) int {
	if op == nil {
		return -1
	}
	i := sort.Search(len(ops), func(i int) bool { return ops[i].Invoked >= op.Invoked })
	if i == len(ops) || ops[i] != op {
		return -1
	}
	return i
}

// isStale tells whether the answer of event n missed a write.
func (r *clientRows) isStale(n int) bool {
	i := sort.Search(len(r.stale), func(i int) bool { return r.stale[i].event >= n })
	return i < len(r.stale) && r.stale[i].event == n
}
