package export

import (
	"slices"
	"sort"
	"strings"
	"time"

	"capsim/model"
	"capsim/trace"
)

// world is what the narrator knows of the cluster at the event being told: just
// enough to say why.
type world struct {
	nodes   []node // n1 first
	cuts    map[pair]string
	copies  map[copyKey]fate
	flights map[model.MsgID]*trace.Event // messages that carry writes, by their Send
	asked   map[model.MsgID]*trace.Event // messages between remote clients and nodes, by their Send
	sent    map[model.OpID]bool          // operations for which such a message was sent
	stopped *trace.Event                 // the Send of the one that the event being told dropped or held
	acked   map[string][]promise
	fresh   map[string]spread // keys of which some node that is up lacks the newest write
	toldOf  map[toldKey]bool
	writes  map[writeKey]placed
	lost    map[string]*losses
	// dropped is the Send of the message that the event being told dropped, if it
	// carried writes.
	dropped  *trace.Event
	policy   string // its name, without parameters
	with     string // its parameters
	switched bool   // the policy was toggled
	serving  bool   // … and somebody serves under the new one
	apart    bool   // every node keeps records of its own
	locks    locks
}

type node struct {
	id    model.NodeID
	down  bool
	pause bool

	emptied bool // its disk is empty, and it has not started since
	wipes   []wipe
	cells   map[string]*model.Record // what it serves
	last    map[string]*model.Record // what it applied last, whether it serves it or not
	served  map[writeKey]bool        // the writes that were once the newest it held
	leads   bool                     // it said so, and has not said that it leads no longer
	heard   model.Time               // when a message of a leader reached it last, or it began to wait for one
	stood   int                      // elections it asked for since anything changed for it
}

// pair is one direction of a link.
type pair struct{ from, to model.NodeID }

// copyKey names the copy of a write that is meant for a node.
type copyKey struct {
	op model.OpID
	to model.NodeID
}

// fate is what became of a copy, as far as anyone knows.
type fate struct {
	what  trace.Kind // Send, Deliver, Drop or Hold; HostChange: it arrived, and was lost with the disk
	from  model.NodeID
	due   model.Time // of one on the wire
	cause string     // of one dropped or held
}

// promise is an acknowledged write that is newer than all acknowledged before it.
type promise struct {
	event int // of the acknowledgement
	at    model.Time
	op    model.OpID
	placed
}

// placed is where a write stands in its key's history.
type placed struct {
	dot   model.Dot
	stamp model.Stamp
}

type writeKey struct {
	op  model.OpID
	key string
}

type toldKey struct {
	kind trace.Kind
	op   model.OpID
	node model.NodeID
}

// spread says since when the nodes differ about a key.
type spread struct {
	since  model.Time
	marked bool // a fault stood in the way: its end is worth a line
}

func newWorld(nodes int) world {
	w := world{
		locks: newLocks(), nodes: make([]node, min(nodes, maxKnown)), cuts: map[pair]string{}, copies: map[copyKey]fate{},
		flights: map[model.MsgID]*trace.Event{}, acked: map[string][]promise{}, fresh: map[string]spread{},
		toldOf: map[toldKey]bool{}, writes: map[writeKey]placed{}, lost: map[string]*losses{},
	}
	for i := range w.nodes {
		w.nodes[i] = node{id: model.NodeID(i + 1), cells: map[string]*model.Record{}, last: map[string]*model.Record{}, served: map[writeKey]bool{}}
	}
	return w
}

// maxKnown is how many nodes at most are known each by itself.
const maxKnown = 1 << 10

// node returns what is known of the node; a stand-in for one that is not in the cluster.
func (w *world) node(id model.NodeID) *node {
	if id < 1 || int(id) > len(w.nodes) {
		return &node{id: id}
	}
	return &w.nodes[id-1]
}

// fold takes in an event.
func (w *world) fold(e *trace.Event) {
	switch e.Kind {
	case trace.Statement:
		if IsFault(e.Text) {
			for i := range w.nodes {
				w.nodes[i].stood = 0
			}
		}
	case trace.Send, trace.Deliver, trace.Drop, trace.Hold, trace.Release:
		w.foldMessage(e)
	case trace.Applied:
		n := w.node(e.Node)
		if n.cells == nil {
			return
		}
		n.cells[e.Key] = e.Record()
		if e.Record() != nil {
			n.last[e.Key] = e.Record()
			for _, h := range e.Record().Heads {
				n.served[writeKey{h.Op, e.Key}] = true
			}
		}
		w.place(e.Key, e.Record())
	case trace.LinkChange:
		if l := e.Link(); l != nil && l.Cut != "" {
			w.cuts[pair{e.Node, e.Peer}] = l.Cause
		} else {
			delete(w.cuts, pair{e.Node, e.Peer})
		}
	case trace.PolicyStart:
		w.policy, w.with, _ = strings.Cut(e.Text, " ")
		w.switched, w.serving, w.apart = e.N > 1, false, e.Key == trace.ApartRecords
		for i := range w.nodes {
			w.nodes[i].waits(e.At)
		}
	case trace.HostChange:
		n := w.node(e.Node)
		if e.Text != "paused" && e.Text != "resumed" {
			n.waits(e.At)
		}
		n.down = e.Text == "crashed" || e.Text == "wiped" || n.down && e.Text != "restarted"
		n.pause = e.Text == "paused"
		switch e.Text {
		case "wiped":
			w.wipe(n, e.At)
		case "restarted":
			n.emptied = false
		}
	}
}

func (w *world) foldMessage(e *trace.Event) {
	if w.foldRemote(e) {
		return
	}
	if e.Kind == trace.Send {
		if len(e.Ops) > 0 {
			w.flights[e.Msg] = e
			w.became(e.Ops, e.Peer, fate{what: trace.Send, from: e.Node, due: model.Time(e.N)})
		}
		return
	}
	if e.Kind == trace.Deliver && w.node(e.Peer).leads {
		n := w.node(e.Node)
		n.heard, n.stood = e.At, 0
	}
	sent := w.flights[e.Msg]
	if sent == nil {
		return
	}
	if e.Kind == trace.Drop {
		w.dropped = sent
	}
	f := fate{what: e.Kind, from: sent.Node, cause: e.Text}
	if e.Kind == trace.Release {
		f = fate{what: trace.Send, from: sent.Node, due: model.Time(e.N)}
	}
	w.became(sent.Ops, sent.Peer, f)
	if e.Kind == trace.Deliver || e.Kind == trace.Drop {
		delete(w.flights, e.Msg)
	}
}

// became records the fate of copies. One that arrived stays arrived, whatever
// becomes of a second.
func (w *world) became(ops []model.OpID, to model.NodeID, f fate) {
	for _, op := range ops {
		k := copyKey{op, to}
		if w.copies[k].what != trace.Deliver {
			w.copies[k] = f
		}
	}
}

// place remembers where the record's writes stand in the key's history.
func (w *world) place(key string, r *model.Record) {
	if r == nil {
		return
	}
	for _, h := range r.Heads {
		k := writeKey{h.Op, key}
		if _, known := w.writes[k]; !known {
			w.writes[k] = placed{h.Dot, h.Stamp}
		}
	}
}

// promised records an acknowledged write.
func (w *world) promised(event int, at model.Time, op model.OpID, key string) {
	p, ok := w.writes[writeKey{op, key}]
	list := w.acked[key]
	if !ok || len(list) > 0 && list[len(list)-1].stamp.Compare(p.stamp) >= 0 {
		return
	}
	w.acked[key] = append(list, promise{event, at, op, p})
}

// newestPromise returns the newest write of the key that was acknowledged before
// the event.
func (w *world) newestPromise(key string, before int) (promise, bool) {
	list := w.acked[key]
	i := sort.Search(len(list), func(i int) bool { return list[i].event >= before })
	if i == 0 {
		return promise{}, false
	}
	return list[i-1], true
}

// holders returns the nodes that a write has reached, first the one that was asked. It
// has it, unless a remote client coordinates and its copy for that node has not arrived.
func (w *world) holders(op model.OpID, key string, coordinator model.NodeID) []model.NodeID {
	var out []model.NodeID
	i := slices.IndexFunc(w.nodes, func(n node) bool { return n.id == coordinator })
	if c, sent := w.copies[copyKey{op, coordinator}]; !sent || c.what == trace.Deliver || i >= 0 && w.nodes[i].cells[key].Holds(op) {
		out = append(out, coordinator)
	}
	for i := range w.nodes {
		id := w.nodes[i].id
		if id != coordinator && (w.copies[copyKey{op, id}].what == trace.Deliver || w.nodes[i].cells[key].Holds(op)) {
			out = append(out, id)
		}
	}
	return out
}

// once tells whether this is the first time for the kind, operation and node.
func (w *world) once(kind trace.Kind, op model.OpID, n model.NodeID) bool {
	k := toldKey{kind, op, n}
	if w.toldOf[k] {
		return false
	}
	w.toldOf[k] = true
	return true
}

// agree tells whether all nodes that are up hold the same writes of the key; one
// that serves nothing counts with what it last applied.
func (w *world) agree(key string) bool {
	var first []model.OpID
	seen := false
	for i := range w.nodes {
		if w.nodes[i].down {
			continue
		}
		ops := w.nodes[i].last[key].Ops()
		slices.Sort(ops)
		if seen && !slices.Equal(first, ops) {
			return false
		}
		first, seen = ops, true
	}
	return true
}

// long is how long nodes may differ before their agreement is worth a louder line.
const long = 300 * time.Millisecond
