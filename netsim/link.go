package netsim

import (
	"math/rand/v2"
	"slices"
	"time"

	"capsim/model"
)

// LinkState is what one direction of a link is like now.
type LinkState struct {
	Cut     CutState
	Cause   string  // the fault that cut it: "cut n1->n2", "partition n1 | n2 n3"; "" if open
	Latency string  // "" if the default; else its distribution, the delay fault, or both: "const(80ms) +200ms"
	Loss    float64 // share of messages lost, 0 to 1

	Duplicate, Reorder float64 // shares of messages sent twice, and overtaken; 0 to 1
	Bandwidth          string  // "64KB/s"; "" if it is endless
	Flap               string  // "up=200ms down=300ms", whether it is up or down now; "" if it does not flap
}

// link is what one direction of a link has of its own.
type link struct {
	from, to model.NodeID // both 0 of the link that stands for all others
	latency  Dist         // nil: the default
	byClass  []Dist       // by class-1, as links.kinds; shorter, or nil: the default
	loss     float64      // without faults; negative: the default
	delay    delayFault
	lossy    float64 // the loss fault; negative: none
	cut      cut     // the cut fault
	down     cut     // of a link that flaps, while it is down
	more     *more   // the faults that few links have; nil for none
	told     LinkState
	stream   *rand.Rand // nil until the first draw
}

// links finds the link from one host to another. Up to MaxPairs hosts each pair has
// its own from the start; above, only those that differ from rest.
type links struct {
	hosts   int
	latency Dist    // the default
	loss    float64 // the default
	kinds   []string
	byClass []Dist // the default latency of each of kinds; nil: latency
	pairs   []link // every ordered pair, by from, then to; nil above MaxPairs
	special map[uint64]*link
	keys    []uint64   // of special, sorted
	rest    link       // all that are not in special
	shared  *rand.Rand // above MaxPairs, what all links draw from; nil until the first draw
}

func (l *links) init(o Options) {
	l.hosts, l.latency, l.loss = o.Hosts, o.Latency, o.Loss
	l.rest = l.fresh(0, 0)
	if o.Hosts > MaxPairs {
		l.special = map[uint64]*link{}
		return
	}
	l.pairs = make([]link, 0, o.Hosts*o.Hosts)
	for i := range o.Hosts * o.Hosts {
		l.pairs = append(l.pairs, l.fresh(model.NodeID(i/o.Hosts+1), model.NodeID(i%o.Hosts+1)))
	}
}

func (l *links) fresh(from, to model.NodeID) link {
	return link{from: from, to: to, loss: -1, lossy: -1, told: LinkState{Loss: l.loss}}
}

// at returns the link to read: the pair's own, else the rest's.
func (l *links) at(from, to model.NodeID) *link {
	if l.pairs != nil {
		return &l.pairs[(int(from)-1)*l.hosts+int(to)-1]
	}
	if len(l.special) > 0 {
		if own := l.special[pairKey(from, to)]; own != nil {
			return own
		}
	}
	return &l.rest
}

// own returns the link to change: from now on the pair has one of its own.
func (l *links) own(from, to model.NodeID) *link {
	k := pairKey(from, to)
	if p := l.at(from, to); p != &l.rest {
		return p
	}
	p := l.rest
	p.from, p.to, p.byClass = from, to, slices.Clone(l.rest.byClass)
	if p.more != nil {
		own := *p.more
		p.more = &own
	}
	l.special[k] = &p
	i, _ := slices.BinarySearch(l.keys, k)
	l.keys = slices.Insert(l.keys, i, k)
	return &p
}

func pairKey(from, to model.NodeID) uint64 { return uint64(from)<<32 | uint64(to) }

// each calls f with every link between two hosts that there is, the rest first,
// then by from and to.
func (l *links) each(f func(*link)) {
	for i := range l.pairs {
		if p := &l.pairs[i]; p.from != p.to {
			f(p)
		}
	}
	if l.pairs != nil {
		return
	}
	f(&l.rest)
	for _, k := range l.keys {
		f(l.special[k])
	}
}

// streamOf returns the stream that the link's draws come from.
func (n *Net) streamOf(p *link, from model.NodeID) *rand.Rand {
	l := &n.links
	if l.pairs != nil {
		if p.stream == nil {
			p.stream = newStream(n.seed, "network", n.name(p.from)+"->"+n.name(p.to))
		}
		return p.stream
	}
	if l.shared == nil {
		l.shared = newStream(n.seed, "network", "")
	}
	return l.shared
}

// classOf returns a message kind's class: 0 if no latency is its own.
func (l *links) classOf(kind string) uint16 {
	for i, k := range l.kinds {
		if k == kind {
			return uint16(i + 1)
		}
	}
	return 0
}

func nth(byClass []Dist, class uint16) Dist {
	if i := int(class) - 1; i >= 0 && i < len(byClass) {
		return byClass[i]
	}
	return nil
}

// latencyOf returns the distribution for a class of messages, without delay faults:
// the most special of link and kind, link, kind, default.
func (l *links) latencyOf(p *link, class uint16) Dist {
	if class > 0 {
		if d := nth(p.byClass, class); d != nil {
			return d
		}
	}
	if p.latency != nil {
		return p.latency
	}
	if class > 0 {
		if d := nth(l.byClass, class); d != nil {
			return d
		}
	}
	return l.latency
}

func (l *links) lossOf(p *link) float64 {
	switch {
	case p.lossy >= 0:
		return p.lossy
	case p.loss >= 0:
		return p.loss
	}
	return l.loss
}

// drawDelay draws how long a message takes.
func (n *Net) drawDelay(p *link, from model.NodeID, class uint16) time.Duration {
	r := n.streamOf(p, from)
	if p.delay.replace != nil {
		return p.delay.replace.Draw(r)
	}
	d := n.links.latencyOf(p, class).Draw(r)
	if p.delay.text != "" {
		return p.delay.change(d)
	}
	return d
}

// stateOf returns what the link is like now, from its own point of view: of the
// rest, without the partition.
func (n *Net) stateOf(p *link) LinkState {
	s := LinkState{Latency: p.delay.text, Loss: n.links.lossOf(p)}
	if p.latency != nil && p.delay.replace == nil {
		s.Latency = p.latency.String()
		if p.delay.text != "" {
			s.Latency += " " + p.delay.text
		}
	}
	if p.more != nil {
		s.Duplicate, s.Reorder, s.Bandwidth = p.more.duplicate, p.more.reorder, p.more.bandwidth.text
		if p.more.flap != nil {
			s.Flap = p.more.flap.text
		}
	}
	c := p.cut.or(p.down)
	if p.from != p.to {
		c = c.or(n.part.between(p.from, p.to))
	}
	s.Cut, s.Cause = c.state, c.cause
	return s
}
