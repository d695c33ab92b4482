package check

import (
	"slices"

	"capsim/model"
	"capsim/trace"
)

// servers judges the two session guarantees that bind every server (Terry et al. 1994):
// monotonic writes and writes-follow-reads. It walks once through what the nodes
// applied. A server holds the writes that its record of their key has taken in, those
// that were superseded or dropped there included; it is looked at after each step,
// for the writes of one step become visible together.
//
// When a write arrives at a server, only what its session did since the write before
// need be looked for: if that one is there, what it needed was found when it came.
type servers struct {
	h      *History
	past   []deeds           // by number: of a client's write with an effect, what came before it
	newest []newest          // by effect of a client's write: what it must not be ordered before
	dots   [][]actorWrites   // by key
	at     [][]*model.Record // by node, from 0, and key: what it applied last
	fresh  []arrival         // of the step, at one node
	shrank bool              // a record of the step has lost writes

	writes, follow guarantee
}

// deeds are what a session did before one of its writes.
type deeds struct {
	before *trace.Op // its last write with an effect
	acked  *trace.Op // its last one that was acknowledged
	saw    []glance  // its reads since before
}

// glance is a read and the effect that decided what it returned; or any of several may
// have.
type glance struct {
	read  *trace.Op
	write int32
	any   []int32 // without write: the others
}

// newest are, of what a session did with one key, the writes with the highest stamp
// that replaced what was there: of its own, and of those that its reads saw.
type newest struct {
	own, seen int32 // effects; 0 for none
	read      *trace.Op
}

// actorWrites are the effects on a key that one actor numbered, ascending.
type actorWrites struct {
	actor  model.Actor
	writes []int32
}

// arrival is an effect that a node took in.
type arrival struct {
	effect int32
	node   model.NodeID
	event  int
}

// guarantee is what the walk found of one of the two.
type guarantee struct {
	judged int // arrivals that could have violated it
	broken *breach
	dark   unjudged
}

// breach says what a server held, and without what.
type breach struct {
	arrival
	later, earlier *trace.Op
	read           *trace.Op // writes-follow-reads: what saw earlier
	there          bool      // earlier is there, but ordered after
}

func (h *History) atServers() *servers {
	if h.servers == nil {
		s := &servers{
			h: h, past: make([]deeds, len(h.x.Ops())), newest: make([]newest, len(h.facts().effects.all)),
			dots: make([][]actorWrites, len(h.facts().effects.keys)), at: make([][]*model.Record, h.o.Nodes),
		}
		s.sessions()
		s.number()
		s.walk()
		h.servers = s
	}
	return h.servers
}

// client is what one client has done so far.
type client struct {
	deeds
	dark unjudged          // reads since its last write of which nothing tells what they saw
	keys map[int32]*newest // by key
	met  []uint64          // bits by effect: its reads saw it
}

func (c *client) key(k *keyHistory) *newest {
	n := c.keys[k.id]
	if n == nil {
		n = &newest{}
		c.keys[k.id] = n
	}
	return n
}

// sessions notes what came before each client's writes.
func (s *servers) sessions() {
	now := map[int32]*client{}
	for _, o := range s.h.operations() {
		at := s.h.homeOf(o)
		if at.client == 0 {
			continue
		}
		c := now[at.client]
		if c == nil {
			c = &client{keys: map[int32]*newest{}, met: make([]uint64, len(s.newest)/64+1)}
			now[at.client] = c
		}
		switch {
		case o.Command.Writes() && o.Wrote != 0:
			s.wrote(c, o)
		case isRead(o) && answeredOK(o) && o.Result.Reply.Kind != model.ErrorReply:
			s.looked(c, o, c.key(at.key))
		}
	}
}

// wrote notes what a client did before its write, and the write.
func (s *servers) wrote(c *client, o *trace.Op) {
	x := &s.h.facts().effects
	s.past[s.h.number(o.ID)] = c.deeds
	c.before, c.saw = o, nil
	if acknowledged(o) {
		c.acked = o
	}
	s.follow.dark.join(c.dark)
	c.dark = unjudged{}
	for i := x.first[s.h.number(o.ID)]; i != 0; i = x.all[i].next {
		n := c.key(s.h.key(x.all[i].key))
		s.newest[i] = *n
		if acknowledged(o) && x.all[i].event != 0 && s.newer(i, n.own) {
			n.own = i
		}
	}
}

// newer tells whether one effect replaces what was there, under a higher stamp than
// another's.
func (s *servers) newer(i, than int32) bool {
	x := &s.h.facts().effects
	return x.all[i].dotted && x.all[i].replaces && (than == 0 || x.all[i].stamp.Compare(x.all[than].stamp) > 0)
}

// looked notes what a client's read saw.
func (s *servers) looked(c *client, o *trace.Op, n *newest) {
	see := s.h.sightOf(o)
	x := &s.h.facts().effects
	key := o.Command.Key()
	var any []int32
	switch {
	case see.byNode:
		if see.record == nil {
			return
		}
		for i := range see.record.Heads {
			op := see.record.Heads[i].Op
			if e := x.find(s.h.number(op), op, key); e != 0 && c.met[e>>6]&(1<<(e&63)) == 0 {
				c.met[e>>6] |= 1 << (e & 63)
				c.saw = append(c.saw, glance{read: o, write: e})
				if s.newer(e, n.seen) {
					n.seen, n.read = e, o
				}
			}
		}
		return
	case !see.byValue:
		c.dark.add(o)
		return
	case see.initial:
		return
	}
	for _, w := range see.writers {
		if e := x.find(s.h.number(w.ID), w.ID, key); x.all[e].dotted {
			any = append(any, e)
		}
	}
	if len(any) > 0 {
		c.saw = append(c.saw, glance{o, any[0], any[1:]})
	}
	if len(any) == 1 && s.newer(any[0], n.seen) {
		n.seen, n.read = any[0], o
	}
}

// number sorts the effects by key, actor and number.
func (s *servers) number() {
	x := &s.h.facts().effects
	for i := range x.all {
		w := &x.all[i]
		if !w.dotted {
			continue
		}
		list := s.dots[w.kid]
		j := slices.IndexFunc(list, func(a actorWrites) bool { return a.actor == w.dot.Actor })
		if j < 0 {
			j = len(list)
			list = append(list, actorWrites{actor: w.dot.Actor})
			s.dots[w.kid] = list
		}
		list[j].writes = append(list[j].writes, int32(i))
	}
	by := func(a, b int32) int { return compareDots(x.all[a].dot.N, x.all[b].dot.N, a, b) }
	for _, list := range s.dots {
		for _, a := range list {
			if !slices.IsSortedFunc(a.writes, by) {
				slices.SortFunc(a.writes, by)
			}
		}
	}
}

// walk takes in the events, and judges each step once it is over.
func (s *servers) walk() {
	var last *trace.Event
	for n := 1; n <= s.h.until; n++ {
		e := s.h.log.At(n)
		if len(s.fresh) > 0 && (e.At != last.At || e.Node != last.Node || begins(e.Kind)) {
			s.judge()
		}
		if e.Node < 1 || int(e.Node) > len(s.at) {
			continue
		}
		switch {
		case e.Kind == trace.Applied:
			s.apply(n, e)
			last = e
		case e.Kind == trace.HostChange && e.Text == "wiped":
			s.at[e.Node-1] = nil
		}
	}
	s.judge()
}

// begins tells whether such an event is the first of a step.
func begins(k trace.Kind) bool {
	return k == trace.Invoke || k == trace.Deliver || k == trace.NodeBoot || k == trace.Statement || k == trace.PolicyStart
}

// apply takes in a record: what it has that the one before had not arrives.
func (s *servers) apply(n int, e *trace.Event) {
	rec := e.Record()
	if rec == nil {
		return // it serves nothing, which it may still have
	}
	cells := s.at[e.Node-1]
	if cells == nil {
		cells = make([]*model.Record, len(s.dots))
		s.at[e.Node-1] = cells
	}
	k := s.h.facts().effects.keys[e.Key]
	was := cells[k]
	cells[k] = rec
	s.shrank = s.shrank || !rec.Seen.Descends(was.Vector())
	x := &s.h.facts().effects
	for _, a := range s.dots[k] {
		from, to := was.Vector().Of(a.actor), rec.Seen.Of(a.actor)
		if to <= from {
			continue
		}
		i, _ := slices.BinarySearchFunc(a.writes, from+1, func(w int32, n int64) int { return compareDots(x.all[w].dot.N, n, 0, 0) })
		for ; i < len(a.writes) && x.all[a.writes[i]].dot.N <= to; i++ {
			s.fresh = append(s.fresh, arrival{a.writes[i], e.Node, n})
		}
	}
	if s.shrank && len(s.fresh) == 0 {
		s.fresh = append(s.fresh, arrival{0, e.Node, n})
	}
}

func compareDots(m, n int64, a, b int32) int {
	switch {
	case m < n, m == n && a < b:
		return -1
	case m > n, m == n && a > b:
		return 1
	}
	return 0
}

// holds tells whether the node has taken in a write.
func (s *servers) holds(node model.NodeID, effect int32) bool {
	w := &s.h.facts().effects.all[effect]
	var rec *model.Record
	if cells := s.at[node-1]; cells != nil {
		rec = cells[w.kid]
	}
	if w.dotted {
		return rec.Vector().Covers(w.dot)
	}
	return s.h.covers(rec, w.op, w.key)
}

// holdsOp tells whether the node has taken in all of what an operation wrote.
func (s *servers) holdsOp(node model.NodeID, o *trace.Op) bool {
	x := &s.h.facts().effects
	for i := x.first[s.h.number(o.ID)]; i != 0; i = x.all[i].next {
		if x.all[i].event != 0 && !s.holds(node, i) {
			return false
		}
	}
	return true
}
