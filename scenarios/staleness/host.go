package staleness

import (
	"math/rand/v2"
	"slices"
	"time"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
)

// host is one replica's world.
type host struct {
	w       *world
	id      model.NodeID
	disk    *disk // nil on a client's host
	replica policies.Replica
	rand    *rand.Rand
	at      model.OpID // the operation that the step under way is for
	out     []parcel
}

var _ policies.Env = (*host)(nil)

func (h *host) Self() model.NodeID     { return h.id }
func (h *host) N() int                 { return h.w.nodes }
func (h *host) Boot() policies.Boot    { return policies.FirstBoot }
func (h *host) Incarnation() int       { return 1 }
func (h *host) Stretch() int           { return 1 }
func (h *host) Now() model.Time        { return h.w.net.Now() }
func (h *host) Monotonic() model.Time  { return h.w.net.Now() }
func (h *host) Rand() *rand.Rand       { return h.rand }
func (h *host) Begun(op model.OpID)    {}
func (h *host) Serving()               {}
func (h *host) Fact(policies.Fact)     {}
func (h *host) Input() string          { return "" }
func (h *host) Count(string, int64)    {}
func (h *host) Most(string, int64)     {}
func (h *host) Gauge(string, int64)    {}
func (h *host) Note(string, ...string) {}

func (h *host) Wrote(model.OpID, string, []model.OpID) {}
func (h *host) Applied(string, *model.Record)          {}
func (h *host) Doubt(string, model.OpID)               {}
func (h *host) Discarded(string, model.OpID, string)   {}

func (h *host) SystemWrite(model.Command, model.OpID) model.OpID {
	panic("staleness: no experiment makes system writes")
}

func (h *host) Store() policies.Store {
	if h.disk == nil {
		return nil
	}
	return h.disk
}

func (h *host) Send(to model.NodeID, msg policies.Message) {
	h.out = append(h.out, parcel{msg: msg, from: h.id, to: to, op: h.at})
}

// flush sends what the step made, after it.
func (h *host) flush() {
	for i := range h.out {
		p := h.out[i]
		id := h.w.first + model.MsgID(len(h.w.parcels))
		h.w.parcels = append(h.w.parcels, p)
		h.w.net.Send(id, p.from, p.to, p.msg.Kind())
	}
	clear(h.out)
	h.out = h.out[:0]
}

func (h *host) Reply(op model.OpID, res model.Result) {
	if op == h.w.op && !h.w.done {
		h.w.done, h.w.reply = true, res
	}
}

func (h *host) After(d time.Duration, tag policies.Tag) policies.TimerID {
	w := h.w
	var ref uint32
	if n := len(w.free); n > 0 {
		ref, w.free = w.free[n-1], w.free[:n-1]
	} else {
		ref = uint32(len(w.tags))
		w.tags, w.owners = append(w.tags, policies.Tag{}), append(w.owners, 0)
	}
	w.tags[ref] = tag
	w.owners[ref] = w.net.After(h.id, d, ref)
	return policies.TimerID(ref) + 1
}

// Cancel ends a timer that has not fired: the policy cancels each once at most.
func (h *host) Cancel(id policies.TimerID) {
	if id == 0 {
		return
	}
	h.w.net.Cancel(h.w.owners[id-1])
	h.w.owners[id-1] = netsim.TimerID(0)
	h.w.free = append(h.w.free, uint32(id-1))
}

// disk is a disk of maps.
type disk struct {
	records map[string]*model.Record
	metas   map[string][]byte
	lists   map[string][]string
}

func (d *disk) Record(key string) *model.Record         { return d.records[key] }
func (d *disk) PutRecord(key string, rec *model.Record) { d.records[key] = rec }
func (d *disk) DropRecord(key string)                   { delete(d.records, key) }
func (d *disk) Meta(name string) []byte                 { return d.metas[name] }
func (d *disk) PutMeta(name string, blob []byte)        { d.metas[name] = slices.Clone(blob) }
func (d *disk) DropMeta(name string)                    { delete(d.metas, name) }
func (d *disk) Items(list string) []string              { return d.lists[list] }
func (d *disk) Len(list string) int                     { return len(d.lists[list]) }
func (d *disk) Push(list string, items ...string)       { d.lists[list] = append(d.lists[list], items...) }
func (d *disk) DropList(list string)                    { delete(d.lists, list) }

func (d *disk) Keys() []string {
	var keys []string
	for k := range d.records {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
