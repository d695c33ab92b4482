package netsim

import "capsim/model"

// CutState is whether one direction of a link lets messages pass.
type CutState uint8

// The states of a link. A Dropping one loses what is sent; a Holding one keeps it,
// as a TCP retransmission would, until it is open again.
const (
	Open CutState = iota
	Dropping
	Holding
)

func (s CutState) String() string { return [...]string{"open", "dropping", "holding"}[s] }

// cut is the state of a link and the fault that brought it about.
type cut struct {
	state CutState
	cause string // "" of an open one
}

// or combines two faults on one link: dropping is stronger than holding, and the
// first stronger than the second.
func (c cut) or(d cut) cut {
	if c.state == Open || c.state == Holding && d.state == Dropping {
		return d
	}
	return c
}

// cutMode reads the hold flag.
func cutMode(hold bool) CutState {
	if hold {
		return Holding
	}
	return Dropping
}

// cutOf returns what cuts the link now. What a link already holds when it turns
// to dropping stays held.
func (n *Net) cutOf(p *link, from, to model.NodeID) cut {
	c := p.cut
	if p.down.state != Open {
		c = c.or(p.down)
	}
	if n.part != nil {
		c = c.or(n.part.between(from, to))
	}
	return c
}

// partition isolates groups of hosts from each other. Immutable once in force.
type partition struct {
	group  []int32 // by NodeID; a host that is alone has a negative number of its own, 0 is no part of it
	cut    cut
	healed map[uint64]bool // links (pairKey) that were healed by themselves
}

// between returns what the partition does to a link.
func (p *partition) between(from, to model.NodeID) cut {
	if p == nil || p.group[from] == p.group[to] || p.group[from] == 0 || p.group[to] == 0 || p.healed[pairKey(from, to)] {
		return cut{}
	}
	return p.cut
}
