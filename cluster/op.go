package cluster

import (
	"capsim/model"
	"capsim/trace"
)

// op is one operation, from its invocation to its end.
type op struct {
	id     model.OpID
	node   model.NodeID
	begun  bool // a node may hold it: cut short, it is unknown and not refused
	remote remoteOp
	client *client
	call   trace.Call
	result model.Result
}

func (o *op) open() bool { return o.result.Outcome == model.Open }

// ops keeps all operations of a run, by number from 1, in chunks that never move.
type ops struct {
	chunks [][]op
	n      int
	free   int // operations below this number are closed
}

const opChunk = 256

func (s *ops) add() *op {
	if s.n == len(s.chunks)*opChunk {
		s.chunks = append(s.chunks, make([]op, opChunk))
	}
	o := &s.chunks[s.n/opChunk][s.n%opChunk]
	s.n++
	o.id = model.OpID(s.n)
	return o
}

func (s *ops) get(id model.OpID) *op {
	i := int(id) - 1
	return &s.chunks[i/opChunk][i%opChunk]
}

// each visits the open operations, the oldest first.
func (s *ops) each(f func(*op)) {
	for s.free < s.n && !s.get(model.OpID(s.free+1)).open() {
		s.free++
	}
	for i := s.free; i < s.n; i++ {
		if o := s.get(model.OpID(i + 1)); o.open() {
			f(o)
		}
	}
}

// closeAt ends as unknown what clients beside a node wait for. One that is far can't
// know that the node crashed.
func (s *ops) closeAt(c *Cluster, id model.NodeID, why string) {
	s.each(func(o *op) {
		if o.node == id && (o.client == nil || o.client.host == nil) {
			o.close(c, model.Result{Outcome: model.Unknown, Why: why})
		}
	})
}

// close ends the operation for its client; if it has ended already, the answer
// is recorded as late and changes nothing.
func (o *op) close(c *Cluster, res model.Result) {
	if !o.open() {
		late := res // of its own, so that the usual answer need not be on the heap
		c.emit(trace.Event{Kind: trace.Return, Op: o.id, Node: o.node, N: 1, Body: &late})
		return
	}
	if res.Outcome == model.Open {
		panic("cluster: an operation can't end open")
	}
	o.result = res
	c.emit(trace.Event{Kind: trace.Return, Op: o.id, Node: o.node, Body: &o.result})
	cl := o.client
	if cl == nil {
		return // the system's own
	}
	for _, s := range res.Context {
		cl.learn(s)
	}
	if res.Past != nil {
		cl.past = res.Past
	}
	if cl.busy == o {
		cl.busy = nil
		if len(cl.queue) > 0 {
			c.ready = append(c.ready, cl)
		}
	}
}
