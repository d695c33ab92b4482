package netsim

import (
	"maps"

	"capsim/model"
)

var healFault = Fault{
	Name:  "heal",
	Usage: "heal [n1-n2 | all]",
	Doc:   "Ends the partition, all cuts and flaps, or those of one link; heal all ends delay, loss, duplicate, reorder and bandwidth too.",
	Parse: parseHeal,
}

func parseHeal(a Args) (Action, error) {
	every := Links{both: true}
	mend := func(p *link) {
		p.cut = cut{}
		p.flapBy(nil)
	}
	switch {
	case len(a.Words) == 0:
	case a.Words[0] == "all":
		mend = func(p *link) { p.cut, p.down, p.delay, p.lossy, p.more = cut{}, cut{}, delayFault{}, -1, nil }
	default:
		set, err := a.links(0)
		if err != nil {
			return nil, a.wrong(0, wantLinks+"; or all")
		}
		if set.a != 0 || set.b != 0 {
			return func(n *Net) error {
				n.part = n.part.without(set, n.Hosts())
				n.change(set, mend)
				return nil
			}, a.end(1)
		}
	}
	return func(n *Net) error {
		n.part = nil
		n.change(every, mend)
		return nil
	}, a.end(1)
}

// without returns the partition with links healed.
func (p *partition) without(set Links, hosts int) *partition {
	if p == nil {
		return nil
	}
	q := *p
	q.healed = maps.Clone(p.healed)
	if q.healed == nil {
		q.healed = map[uint64]bool{}
	}
	set.Each(hosts, func(from, to model.NodeID) { q.healed[pairKey(from, to)] = true })
	return &q
}
