package policies

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"capsim/model"
)

func (h *hostNode) startReplica(b Boot) {
	h.incarnation++
	h.boot, h.up, h.switched, h.serving = b, true, false, false
	h.timers = map[TimerID]bool{}
	h.replica = h.newReplica()
	h.w.logf("%v start %v", h.id, b)
	h.step(func(e Env) { h.replica.Start(e) })
	if b == WipedBoot {
		h.boot = Restarted // unless it is wiped again
	}
}

// step runs one input of the replica; what it sends and replies leaves at its end.
func (h *hostNode) step(f func(e Env)) {
	f(h)
	out := h.out
	h.out = nil
	for _, send := range out {
		send()
	}
	if h.w.after != nil {
		h.w.after()
	}
}

// arrive runs f as a step of the process that is there now; if the process is gone
// by then, or of another stretch, nothing happens.
func (h *hostNode) arrive(stretch int, f func()) {
	switch {
	case !h.up || stretch != h.w.stretch:
	case h.paused:
		h.waiting = append(h.waiting, func() { h.arrive(stretch, f) })
	default:
		f()
	}
}

func (h *hostNode) Self() model.NodeID { return h.id }
func (h *hostNode) N() int             { return len(h.w.nodes) }
func (h *hostNode) Boot() Boot         { return h.boot }
func (h *hostNode) Incarnation() int   { return h.incarnation }
func (h *hostNode) Stretch() int       { return h.w.stretch }
func (h *hostNode) Now() model.Time    { return max(0, h.w.now.Add(h.skew)) }

func (h *hostNode) Monotonic() model.Time { return h.w.now }

func (h *hostNode) Rand() *rand.Rand { return h.rand }

func (h *hostNode) Store() Store {
	if h.disk == nil {
		return nil
	}
	return h.disk
}

func (h *hostNode) Send(to model.NodeID, msg Message) {
	h.out = append(h.out, func() { h.w.transmit(h.id, to, msg) })
}

// transmit puts a message on the wire.
func (w *world) transmit(from, to model.NodeID, msg Message) {
	if from == to || to < 1 || int(to) > len(w.nodes)+len(w.clients) {
		w.t.Fatalf("%v sends %s to %v", from, msg.Kind(), to)
	}
	w.sent[msg.Kind()]++
	w.logf("%v->%v %s %v", from, to, msg.Kind(), msg.Writes())
	if w.manual {
		w.aside = append(w.aside, parcel{from, to, msg})
		return
	}
	if w.loss > 0 && w.rng.Float64() < w.loss {
		return
	}
	stretch, dst := w.stretch, w.node(to)
	link := [2]int{int(from), int(to)}
	var fly func(bool)
	fly = func(bool) {
		w.push(w.now.Add(w.latency(w.rng)), func() {
			switch {
			case stretch != w.stretch:
			case w.cut[link] && w.hold:
				w.held = append(w.held, fly)
			case w.cut[link]:
			default:
				dst.arrive(stretch, func() { dst.step(func(e Env) { dst.replica.Receive(e, from, msg) }) })
			}
		})
	}
	fly(false)
	if w.twice > 0 && w.rng.Float64() < w.twice {
		fly(false)
	}
}

// take removes and returns the message of a kind from one node to another that was
// put aside first.
func (w *world) take(kind string, from, to model.NodeID) parcel {
	w.t.Helper()
	for i, p := range w.aside {
		if p.msg.Kind() == kind && p.from == from && p.to == to {
			w.aside = slices.Delete(w.aside, i, i+1)
			return p
		}
	}
	w.t.Fatalf("no %s from %v to %v is under way", kind, from, to)
	return parcel{}
}

// deliver hands over a message that was put aside.
func (w *world) deliver(p parcel) {
	h := w.node(p.to)
	h.step(func(e Env) { h.replica.Receive(e, p.from, p.msg) })
}

// fire lets a timer of a node ring.
func (w *world) fire(n model.NodeID, tag Tag) {
	h := w.node(n)
	h.step(func(e Env) { h.replica.Timer(e, tag) })
}

func (h *hostNode) After(d time.Duration, tag Tag) TimerID {
	h.nextTimer++
	id, inc, stretch := h.nextTimer, h.incarnation, h.w.stretch
	h.timers[id] = true
	h.w.push(h.w.now.Add(max(d, 0)), func() {
		h.arrive(stretch, func() {
			if h.incarnation == inc && h.timers[id] {
				delete(h.timers, id)
				h.step(func(e Env) { h.replica.Timer(e, tag) })
			}
		})
	})
	return id
}

func (h *hostNode) Cancel(id TimerID) { delete(h.timers, id) }

func (h *hostNode) Reply(id model.OpID, res model.Result) {
	h.out = append(h.out, func() {
		o := h.w.ops[id-1]
		if o.host != h.id {
			h.w.t.Fatalf("%v replies to operation %d, which %v received", h.id, id, o.host)
		}
		if res.Outcome == model.Refused && o.begun {
			h.w.t.Fatalf("%v refuses operation %d, which has begun: %v", h.id, id, res)
		}
		if o.replies++; o.replies > 1 {
			h.w.t.Fatalf("%v replies twice to operation %d", h.id, id)
		}
		if o.open() {
			h.w.finish(o, res)
		}
	})
}

func (h *hostNode) Begun(id model.OpID) { h.w.ops[id-1].begun = true }

func (h *hostNode) Wrote(id model.OpID, key string, supersedes []model.OpID) {
	h.mustBeNode("Wrote")
	o := h.w.ops[id-1]
	if o.res.Outcome == model.Refused {
		h.w.t.Fatalf("%v wrote operation %d, which was refused", h.id, id)
	}
	o.wrote = append(o.wrote, h.id)
	if o.over == nil {
		o.over = map[string][]model.OpID{}
	}
	if _, known := o.over[key]; !known {
		o.over[key] = slices.Clone(supersedes)
	}
	h.w.logf("%v wrote %d %s over %v", h.id, id, key, supersedes)
}

func (h *hostNode) Doubt(key string, op model.OpID) {
	h.mustBeNode("Doubt")
	if op == 0 {
		delete(h.doubts, key)
		return
	}
	if h.doubts == nil {
		h.doubts = map[string]model.OpID{}
	}
	h.doubts[key] = op
}

func (h *hostNode) Applied(key string, rec *model.Record) {
	h.mustBeNode("Applied")
	h.applied[key] = rec
	if rec != nil {
		for _, head := range rec.Heads {
			if o := h.w.ops[head.Op-1]; o.until == 0 {
				o.until = head.Value.Deadline
			}
		}
	}
	h.w.logf("%v applied %s %v", h.id, key, rec.Ops())
}

func (h *hostNode) Discarded(key string, id model.OpID, why string) {
	h.mustBeNode("Discarded")
	h.discarded = append(h.discarded, discard{key, id, why})
	h.w.logf("%v discarded %s %d %s", h.id, key, id, why)
}

func (h *hostNode) SystemWrite(cmd model.Command, cause model.OpID) model.OpID {
	h.mustBeNode("SystemWrite")
	w := h.w
	w.clock++
	o := &op{id: model.OpID(len(w.ops) + 1), node: h.id, host: h.id, command: cmd, at: w.now, end: w.now, call: w.clock, ret: w.clock, system: true, cause: cause, begun: true}
	o.res = model.Answered(model.OK)
	w.ops = append(w.ops, o)
	w.logf("%v system %d %v because of %d", h.id, o.id, cmd, cause)
	return o.id
}

func (h *hostNode) Serving() {
	h.mustBeNode("Serving")
	h.serving = true
	h.w.logf("%v serving", h.id)
}

func (h *hostNode) Fact(f Fact)   { h.w.logf("%v fact %v", h.id, f) }
func (h *hostNode) Input() string { return "" }

func (h *hostNode) Most(name string, n int64) { h.w.counts[name] = max(h.w.counts[name], n) }

func (h *hostNode) Gauge(name string, value int64) { h.w.logf("%v gauge %s %d", h.id, name, value) }

func (h *hostNode) Count(name string, n int64) { h.w.counts[name] += n }

func (h *hostNode) Note(kind string, fields ...string) {
	if len(fields)%2 != 0 {
		h.w.t.Fatalf("note %s: a name without a value: %v", kind, fields)
	}
	h.notes = append(h.notes, note{h.w.now, kind, fields})
	h.w.logf("%v note %s %v", h.id, kind, fields)
}

// memStore is a disk of maps.
type memStore struct {
	records map[string]*model.Record
	metas   map[string][]byte
	lists   map[string][]string
}

func newMemStore() *memStore {
	return &memStore{map[string]*model.Record{}, map[string][]byte{}, map[string][]string{}}
}

func (s *memStore) Record(key string) *model.Record { return s.records[key] }
func (s *memStore) PutRecord(key string, rec *model.Record) {
	if rec == nil {
		panic(fmt.Sprintf("nil record for %q", key))
	}
	s.records[key] = rec
}
func (s *memStore) DropRecord(key string) { delete(s.records, key) }

func (s *memStore) Keys() []string {
	keys := make([]string, 0, len(s.records))
	for k := range s.records {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (s *memStore) Meta(name string) []byte { return s.metas[name] }
func (s *memStore) PutMeta(name string, blob []byte) {
	s.metas[name] = slices.Clone(blob)
}
func (s *memStore) DropMeta(name string) { delete(s.metas, name) }

func (s *memStore) Items(list string) []string { return s.lists[list] }
func (s *memStore) Len(list string) int        { return len(s.lists[list]) }
func (s *memStore) Push(list string, items ...string) {
	s.lists[list] = append(s.lists[list], items...)
}
func (s *memStore) DropList(list string) { delete(s.lists, list) }
