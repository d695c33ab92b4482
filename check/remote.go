package check

import (
	"slices"

	"capsim/model"
	"capsim/trace"
)

// kept tells whether the network stands between a remote client and its answer, or
// the client's own host: a message to or from the host was lost or held while the
// operation was open, or one sent in the first half of that time has still not arrived.
// Nodes are not to blame then: no request that they received went unanswered.
func (h *History) kept(o *trace.Op) bool {
	if o.Host == 0 {
		return false
	}
	last := h.lastOf(o)
	half := o.At.Add(h.at(last).Sub(o.At) / 2)
	var under []model.MsgID
	for n := o.Invoked; n <= last; n++ {
		e := h.log.At(n)
		if e.Node != o.Host && e.Peer != o.Host {
			continue
		}
		switch e.Kind {
		case trace.Drop, trace.Hold, trace.HostChange:
			return true
		case trace.Send:
			if e.At <= half {
				under = append(under, e.Msg)
			}
		case trace.Deliver:
			under = slices.DeleteFunc(under, func(m model.MsgID) bool { return m == e.Msg })
		}
	}
	return len(under) > 0
}
