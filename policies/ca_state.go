package policies

import (
	"encoding/binary"
	"strconv"

	"capsim/model"
)

// Names of the blobs that ca keeps, beside the installer's.
const (
	caPreparedMeta = "ca/prepared"
	caBarredMeta   = "ca/barred"
)

// actor is who numbers and stamps this node's writes: another after each wipe, and in
// each stretch, so that no dot is given twice.
func (r *ca) actor() model.Actor {
	life := r.start.life & (1<<lifeBits - 1)
	if r.start.stretch > 1 {
		life |= int32(r.start.stretch) & (1<<stretchBits - 1) << lifeBits
	}
	return model.Actor{Node: r.self, Life: life}
}

func (r *ca) save() {
	if !r.dirty {
		return
	}
	r.dirty = false
	r.store.PutMeta(caPreparedMeta, appendTxns(nil, r.held))
	var b []byte
	for _, id := range r.barred {
		b = binary.AppendUvarint(b, uint64(id.incarnation))
		b = binary.AppendUvarint(b, id.n)
	}
	r.store.PutMeta(caBarredMeta, b)
}

// load reads what save wrote; false if the disk has something else.
func (r *ca) load() bool {
	if b := r.store.Meta(caBarredMeta); b != nil {
		in := varints{b: b}
		for i := range r.barred {
			r.barred[i] = caID{model.NodeID(i + 1), int32(in.next()), in.next()}
		}
		if in.bad || len(in.b) > 0 {
			return false
		}
	}
	if b := r.store.Meta(caPreparedMeta); b != nil {
		txns, err := readTxns(b, r.n)
		if err != nil {
			return false
		}
		for _, t := range txns {
			r.held = append(r.held, &caHeld{txn: t})
		}
	}
	return true
}

// settleCA ends a stretch of ca on this node's disk: what is prepared is dropped. If it
// was decided, its coordinator has it; if not, its client may have been told so.
func settleCA(env Env) {
	for _, name := range [...]string{caPreparedMeta, caBarredMeta} {
		if env.Store().Meta(name) != nil {
			env.Store().DropMeta(name)
		}
	}
}

// appendTxns writes transactions as a JSON array.
func appendTxns(b []byte, held []*caHeld) []byte {
	b = append(b, '[')
	for i, h := range held {
		t := h.txn
		if i > 0 {
			b = append(b, ',')
		}
		for j, v := range [...]int64{
			int64(t.id.coordinator), int64(t.id.incarnation), int64(t.id.n), int64(t.op),
			int64(t.age.Wall), int64(t.age.Logical), int64(t.age.Node), int64(t.age.Life),
		} {
			b = append(b, "[,"[min(j, 1)])
			b = appendInt(b, v)
		}
		b = append(b, ",["...)
		for j := range t.items {
			it := &t.items[j]
			if j > 0 {
				b = append(b, ',')
			}
			b = append(model.AppendJSON(append(b, '['), it.key), ',')
			b = append(model.AppendRecord(b, it.rec), ",["...)
			for k, op := range it.over {
				if k > 0 {
					b = append(b, ',')
				}
				b = appendInt(b, int64(op))
			}
			b = append(b, "]]"...)
		}
		b = append(b, "]]"...)
	}
	return append(b, ']')
}

// readTxns reads what appendTxns wrote.
func readTxns(b []byte, nodes int) ([]*caTxn, error) {
	in := model.NewJSONReader(b)
	var txns []*caTxn
	eachItem(in, func() {
		t := &caTxn{}
		in.Need("[")
		t.id.coordinator = model.NodeID(in.Int(1, int64(nodes)))
		for _, set := range [...]func(v int64){
			func(v int64) { t.id.incarnation = int32(v) },
			func(v int64) { t.id.n = uint64(v) },
			func(v int64) { t.op = model.OpID(v) },
			func(v int64) { t.age.Wall = model.Time(v) },
			func(v int64) { t.age.Logical = int32(v) },
			func(v int64) { t.age.Node = model.NodeID(v) },
			func(v int64) { t.age.Life = int32(v) },
		} {
			in.Need(",")
			set(in.Int(0, 1<<62))
		}
		in.Need(",")
		eachItem(in, func() {
			it := caItem{}
			in.Need("[")
			it.key = in.Str()
			in.Need(",")
			it.rec = in.Record()
			in.Need(",")
			eachItem(in, func() { it.over = append(it.over, model.OpID(in.Int(1, 1<<32-1))) })
			in.Need("]")
			if it.rec == nil || !it.rec.Holds(t.op) {
				in.Fail("a record with the transaction's own write")
			}
			t.items = append(t.items, it)
		})
		in.Need("]")
		if len(t.items) == 0 {
			in.Fail("what the transaction writes")
		}
		txns = append(txns, t)
	})
	in.End()
	return txns, in.Err()
}

// eachItem reads a JSON array, an item at a time.
func eachItem(in *model.JSONReader, item func()) {
	in.Need("[")
	for first := true; in.Err() == nil && !in.Has("]"); first = false {
		if !first {
			in.Need(",")
		}
		item()
	}
}

func opWord(op model.OpID) string { return strconv.FormatUint(uint64(op), 10) }
