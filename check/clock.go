package check

import (
	"fmt"

	"capsim/model"
	"capsim/trace"
)

// clockCondition: the stamps that clocks gave to events put every cause before its effects.
var clockCondition = Check{
	Name: "clock-condition",
	Doc:  "no stamp of an event is as late as that of one that it helped to cause",
	About: "If one event happened before another, its stamp is the smaller one. An event happened before " +
		"another if it came earlier at the same node, or before the sending of a message from its node " +
		"and the other after the message's arrival, or by a chain of such steps. It is judged from the messages of the trace, not from " +
		"what the clocks say; since the policy was last switched.",
	Source: "Lamport, Time, Clocks, and the Ordering of Events in a Distributed System (CACM 1978)",
	Whole:  true,
	Parse:  none(func(h *History) Finding { return h.clockCondition() }),
}

// clockCausality: besides, stamps tell what is concurrent.
var clockCausality = Check{
	Name: "clock-causality",
	Doc:  "stamps are ordered where one event happened before the other, and only there",
	About: "One event's stamp is smaller than another's if and only if it happened before it, in the sense " +
		"of clock-condition: so events that are concurrent are known by their stamps.",
	Source: "Fidge (1988); Mattern, Virtual Time and Global States of Distributed Systems (1989)",
	Whole:  true,
	Parse:  none(func(h *History) Finding { return h.clockCausality() }),
}

// stamped is an event that a clock gave a stamp to, with the truth about it.
type stamped struct {
	event int // number
	node  model.NodeID
	stamp reading
	// knows has, by node, how many of its stamped events happened before this one, itself
	// included: a vector clock that nobody has to keep.
	knows []int32
}

// stamps collects the stamped events of each node of the last stretch, by node, in the order
// of the trace; wrong is the first mark that is no stamp, 0 for none.
func (h *History) stamps() (nodes [][]stamped, wrong int) {
	nodes = make([][]stamped, h.o.Nodes)
	now := make([][]int32, h.o.Nodes) // what each node knows of at this point of the log
	reset := func() {
		for i := range nodes {
			nodes[i], now[i] = nil, make([]int32, h.o.Nodes)
		}
	}
	reset()
	under := map[model.MsgID][]int32{} // what the sender of a message knew of
	for n := 1; n <= h.until; n++ {
		e := h.log.At(n)
		switch e.Kind {
		case trace.PolicyStart:
			reset()
			clear(under)
			wrong = 0
		case trace.Send:
			if h.isNode(e.Node) && h.isNode(e.Peer) {
				under[e.Msg] = append([]int32(nil), now[e.Node-1]...)
			}
		case trace.Deliver:
			if h.isNode(e.Node) {
				for i, k := range under[e.Msg] {
					now[e.Node-1][i] = max(now[e.Node-1][i], k)
				}
			}
			delete(under, e.Msg)
		case trace.Mark:
			if e.Key != stampMark || !h.isNode(e.Node) {
				continue
			}
			s, ok := parseReading(e.Text)
			if !ok {
				if wrong == 0 {
					wrong = n
				}
				continue
			}
			i := e.Node - 1
			now[i][i]++
			nodes[i] = append(nodes[i], stamped{n, e.Node, s, append([]int32(nil), now[i]...)})
		}
	}
	return nodes, wrong
}

func (h *History) isNode(n model.NodeID) bool { return n >= 1 && int(n) <= h.o.Nodes }

// nothingStamped says why there is nothing to judge; "" if there is.
func (h *History) nothingStamped(nodes [][]stamped, wrong int) string {
	if wrong != 0 {
		return fmt.Sprintf("%s is no stamp that can be judged: %q.", number(wrong), clip(h.log.At(wrong).Text))
	}
	for _, list := range nodes {
		if len(list) > 0 {
			return ""
		}
	}
	return "Nothing to judge: no event bears a stamp."
}

func (h *History) clockCondition() Finding {
	nodes, wrong := h.stamps()
	if why := h.nothingStamped(nodes, wrong); why != "" {
		return Finding{Witness: why}
	}
	if a, b := backwards(nodes); a != nil {
		return h.tellClocks(a, b, "though it happened before it")
	}
	return Finding{Verdict: Yes, Witness: "Of all events that a clock stamped, causes bear smaller stamps than their effects."}
}

// backwards returns the first event of the trace whose stamp is not above that of one
// before it, with the nearest such cause. Stamps that rise along every single step rise along
// every chain, so that of each node only the newest cause has to be looked at.
func backwards(nodes [][]stamped) (a, b *stamped) {
	for i := range nodes {
		for j := range nodes[i] {
			x := &nodes[i][j]
			if b != nil && x.event > b.event {
				break
			}
			for k := range nodes {
				known := x.knows[k]
				if k == i {
					known-- // itself
				}
				if known == 0 {
					continue
				}
				if c := &nodes[k][known-1]; !c.stamp.before(x.stamp) && (b == nil || x.event < b.event) {
					a, b = c, x
				}
			}
		}
	}
	return a, b
}

func (h *History) clockCausality() Finding {
	nodes, wrong := h.stamps()
	if why := h.nothingStamped(nodes, wrong); why != "" {
		return Finding{Witness: why}
	}
	if a, b := backwards(nodes); a != nil {
		return h.tellClocks(a, b, "though it happened before it")
	}
	if a, b := unfounded(nodes); a != nil {
		return h.tellClocks(a, b, "though neither happened before the other")
	}
	return Finding{Verdict: Yes, Witness: "Of all events that a clock stamped, the stamps say which happened before which, and which are concurrent."}
}

// unfounded returns the first event of the trace whose stamp is above that of one which did
// not happen before it. At each node the stamps rise, so that of those which did not happen
// before it the first has the smallest.
func unfounded(nodes [][]stamped) (a, b *stamped) {
	for i := range nodes {
		for j := range nodes[i] {
			x := &nodes[i][j]
			if b != nil && x.event > b.event {
				break
			}
			for k := range nodes {
				if k == i || int(x.knows[k]) == len(nodes[k]) {
					continue
				}
				if c := &nodes[k][x.knows[k]]; c.stamp.before(x.stamp) && (b == nil || x.event < b.event) {
					a, b = c, x
				}
			}
		}
	}
	return a, b
}

// tellClocks makes a finding of two events whose stamps don't tell the truth.
func (h *History) tellClocks(a, b *stamped, though string) Finding {
	x, y := h.log.At(a.event), h.log.At(b.event)
	how := "is not smaller than"
	if a.stamp.before(b.stamp) {
		how = "is smaller than"
	}
	f := Finding{
		Verdict: No, At: y.At, Events: []int{a.event, b.event},
		Witness: fmt.Sprintf("%s at %v (%s) %s %s at %v (%s), %s.", clip(x.Text), x.Node, number(a.event), how, clip(y.Text), y.Node, number(b.event), though),
	}
	f.tidy()
	return f
}
