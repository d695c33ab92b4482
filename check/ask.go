package check

import (
	"capsim/model"
	"capsim/trace"
)

// Missed returns the acknowledged write that an answered read misses: of several, the
// one that was acknowledged last. nil if it misses none; judged is false if nothing
// tells what the read saw.
func (h *History) Missed(read model.OpID) (missed *trace.Op, judged bool) {
	o := h.x.Op(read)
	if o == nil || o.Invoked > h.until || !sound(o.Command) {
		return nil, false
	}
	if o = h.asOf(o); !isRead(o) || !answeredOK(o) || o.Result.Reply.Kind == model.ErrorReply {
		return nil, false
	}
	s := h.sightOf(o)
	if !s.clear() {
		return nil, false
	}
	h.missed(s, func(w *trace.Op) bool {
		missed = w
		return true
	})
	return missed, true
}

// Gone tells whether an acknowledged write is lost, as lost-writes judges it: why, since
// when, and the event that did it.
func (h *History) Gone(op model.OpID, key string) (why string, at model.Time, event int, gone bool) {
	o := h.x.Op(op)
	if o == nil || o.Invoked > h.until || !sound(o.Command) {
		return "", 0, 0, false
	}
	if o = h.asOf(o); !acknowledged(o) {
		return "", 0, 0, false
	}
	v, x := h.view(), &h.facts().effects
	i := x.find(h.number(o.ID), o.ID, key)
	if x.all[i].event == 0 || h.within(h.present(v))[i] {
		return "", 0, 0, false
	}
	why, at, event = h.whyLost(v, o, key)
	return why, at, event, true
}
