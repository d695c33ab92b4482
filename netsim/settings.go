package netsim

import (
	"fmt"
	"slices"

	"capsim/model"
)

// Latency returns the one-way latency of a link, delay faults left aside.
func (n *Net) Latency(from, to model.NodeID) Dist {
	n.checkLink(from, to)
	return n.links.latencyOf(n.links.at(from, to), 0)
}

// SetLatency sets the one-way latency of a link, or of all that have none of
// their own if from and to are both zero.
func (n *Net) SetLatency(from, to model.NodeID, d Dist) {
	if from == 0 && to == 0 {
		n.links.latency = d
		return
	}
	n.checkLink(from, to)
	n.links.own(from, to).latency = d
	n.settle()
}

// SetKindLatency sets the latency of messages of one kind: on one link, or on
// all if from and to are both zero. The more special latency wins: link and kind,
// link, kind, default. Messages already on a link keep theirs.
func (n *Net) SetKindLatency(kind string, from, to model.NodeID, d Dist) {
	l := &n.links
	class := l.classOf(kind)
	if class == 0 {
		l.kinds = append(l.kinds, kind)
		class = uint16(len(l.kinds))
	}
	byClass := &l.byClass
	if from != 0 || to != 0 {
		n.checkLink(from, to)
		byClass = &l.own(from, to).byClass
	}
	*byClass = append(*byClass, slices.Repeat([]Dist{nil}, max(0, int(class)-len(*byClass)))...)
	(*byClass)[class-1] = d
}

// Loss returns the share of messages that a link loses now, 0 to 1.
func (n *Net) Loss(from, to model.NodeID) float64 {
	n.checkLink(from, to)
	return n.links.lossOf(n.links.at(from, to))
}

// SetLoss sets the share of messages, 0 to 1, that a link loses when no loss fault
// says otherwise, or that all lose which have no share of their own if from and to
// are both zero.
func (n *Net) SetLoss(from, to model.NodeID, share float64) {
	if !(share >= 0 && share <= 1) {
		panic(fmt.Sprintf("netsim: loss %v is no share", share))
	}
	if from == 0 && to == 0 {
		n.links.loss = share
	} else {
		n.checkLink(from, to)
		n.links.own(from, to).loss = share
	}
	n.settle()
}

// Cut returns whether the link lets messages pass.
func (n *Net) Cut(from, to model.NodeID) CutState {
	n.checkLink(from, to)
	return n.cutOf(n.links.at(from, to), from, to).state
}

// checkLink panics unless there is a link from one host to the other.
func (n *Net) checkLink(from, to model.NodeID) {
	n.host(from)
	n.host(to)
	if from == to {
		panic("netsim: " + from.String() + " has no link to itself")
	}
}
