package check

import (
	"fmt"
	"slices"

	"capsim/model"
	"capsim/trace"
)

// registerWitness explains a read of a key of which every write says what it leaves.
type registerWitness struct {
	*witness
	key string
	got string // what the culprit returned
}

// register returns what is needed to explain the culprit as a read of a register;
// nil if it is none.
func (w *witness) register() *registerWitness {
	if len(w.g.keys) != 1 || w.c.cmd.Verb != model.GET || w.c.reply.Kind == model.ErrorReply {
		return nil
	}
	for _, c := range w.g.calls {
		if _, ok := puts(c.cmd); c.cmd.Writes() && !ok {
			return nil
		}
	}
	return &registerWitness{witness: w, key: w.g.keys[0], got: w.c.reply.String()}
}

// writers returns the calls that may have left what a read returned; first tells
// that it may have been there from the start.
func (r *registerWitness) writers(reply *model.Reply) (cs []*call, first bool) {
	want := model.Value{}
	if reply.Kind == model.BulkReply {
		want = model.Text(reply.Str)
	}
	for _, c := range r.g.calls {
		if v, ok := puts(c.cmd); ok && c.begin < r.c.end && v.Equal(want) && !failed(c) {
			cs = append(cs, c)
		}
	}
	for _, vs := range r.g.init {
		first = first || vs[0].Equal(want)
	}
	return cs, first
}

// failed tells whether the call is known to have changed nothing: a SET whose
// condition did not hold, a CAS that found another value, an error.
func failed(c *call) bool {
	if c.reply == nil {
		return false
	}
	if c.cmd.Verb == model.SET {
		return model.SetMissed(c.cmd, *c.reply)
	}
	switch c.reply.Kind {
	case model.NilReply, model.ErrorReply:
		return true
	case model.IntReply:
		return c.reply.Int == 0
	}
	return false
}

// shape finds a write, or what another read returned, that contradicts the culprit.
func (r *registerWitness) shape() (Finding, bool) {
	ws, first := r.writers(r.c.reply)
	if len(ws) == 0 && !first {
		f := Finding{Witness: fmt.Sprintf("%s returned %s, which nobody had written by then.", tell(r.c.op), clip(r.got))}
		f.point(r.c.op)
		return f, true
	}
	last := r.settled(ws, first)
	if f, ok := r.overwritten(ws, last); ok {
		return f, true
	}
	return r.inverted(ws, last)
}

// maxScan bounds the groups in which every read is held against every write.
const maxScan = 2000

// scan looks for the first read of a register, or of a set, that is a contradiction by
// itself, where the search could not tell.
func (w *witness) scan() (Finding, bool) {
	if len(w.g.keys) != 1 || len(w.g.calls) > maxScan {
		return Finding{}, false
	}
	var reads []*call
	for _, c := range w.g.calls {
		if c.cmd.Verb == model.GET || c.cmd.Verb == model.SMEMBERS && c.reply != nil {
			reads = append(reads, c)
		}
	}
	slices.SortFunc(reads, func(a, b *call) int { return a.end - b.end })
	for _, c := range reads {
		w.c = c
		f, ok := Finding{}, false
		if r := w.register(); r != nil {
			f, ok = r.shape()
		} else if m := w.members(); m != nil {
			f, ok = m.shape()
		}
		if ok {
			f.Verdict, f.At = No, c.op.Done
			return f, true
		}
	}
	return Finding{}, false
}

// settled returns the event by which the last write of what the culprit returned had
// happened: its end, or that of a read which saw it if nothing else can have left it.
func (r *registerWitness) settled(ws []*call, first bool) int {
	last := 0
	for _, c := range ws {
		last = max(last, c.end)
	}
	if len(ws) != 1 || first {
		return last
	}
	for _, c := range r.g.calls {
		if c.cmd.Verb == model.GET && c.reply.Equal(*r.c.reply) {
			last = min(last, c.end)
		}
	}
	return last
}

// overwritten: a later write was acknowledged before the culprit began.
func (r *registerWitness) overwritten(ws []*call, last int) (Finding, bool) {
	var over *call
	for _, c := range r.g.calls {
		if _, ok := puts(c.cmd); ok && c.begin > last && c.end < r.c.begin && !failed(c) && (over == nil || c.end > over.end) {
			over = c
		}
	}
	if over == nil {
		return Finding{}, false
	}
	f := Finding{Witness: fmt.Sprintf("%s returned %s, though %s was acknowledged %s.",
		tell(r.c.op), describeValue(r.got, opsOf(ws), r.key), tell(over.op), before(over.op, r.c.op))}
	f.point(r.c.op, over.op)
	return f, true
}

// maxLook bounds how many earlier reads are held against one.
const maxLook = 16

// inverted: a read that ended before the culprit began had returned what was written
// later.
func (r *registerWitness) inverted(ws []*call, last int) (Finding, bool) {
	looked := 0
	for _, c := range slices.Backward(r.g.calls) {
		if looked == maxLook {
			break
		}
		if c.cmd.Verb != model.GET || c.end >= r.c.begin || c.reply.Equal(*r.c.reply) {
			continue
		}
		looked++
		vs, first := r.writers(c.reply)
		if first || len(vs) == 0 || slices.ContainsFunc(vs, func(v *call) bool { return v.begin < last }) {
			continue
		}
		f := Finding{Witness: fmt.Sprintf("%s returned %s, though %s had already returned %s, written later, %s.",
			tell(r.c.op), describeValue(r.got, opsOf(ws), r.key), tell(c.op),
			describeValue(c.reply.String(), opsOf(vs), r.key), before(c.op, r.c.op))}
		f.point(r.c.op, c.op)
		return f, true
	}
	return Finding{}, false
}

func opsOf(cs []*call) []*trace.Op {
	ops := make([]*trace.Op, len(cs))
	for i, c := range cs {
		ops[i] = c.op
	}
	return ops
}
