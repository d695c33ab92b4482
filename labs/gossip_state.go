package labs

import (
	"capsim/model"
	"capsim/policies"
)

// gossipNews is a rumour as a message bears it.
type gossipNews struct {
	id     model.OpID   // of the operation that began it: its name
	origin model.NodeID // where
	born   model.Time   // when: by the origin's clock, or of cycles the beginning of the one it began in
	text   string
}

// rumour is what a replica keeps of one: the news, and by node played how far it is there.
type rumour struct {
	gossipNews
	cells  []gossipCell
	counts []uint8 // periods in vain, or if blind all with a contact; below k, and 0 unless infective
}

// gossipCell is how far a rumour is at one node: its state, and what came of the node's contacts
// in the period under way. One byte, for a million of them are looked at in random order.
type gossipCell uint8

// The state of a cell is in its low two bits.
const (
	gossipSusceptible gossipCell = iota
	gossipInfective
	gossipRemoved
	gossipState gossipCell = 3
)

var gossipStates = [...]string{"susceptible", "infective", "removed"}

// What came of the contacts.
const (
	tallySent   gossipCell = 4 << iota
	tallyUseful            // one did not know
	tallyVain              // one knew
	tallyFresh             // it heard of the rumour in this period
)

func (c gossipCell) state() gossipCell { return c & gossipState }

func (c gossipCell) has(tally gossipCell) bool { return c&tally != 0 }

// endPeriod ends a node's period: what came of its contacts moves the counter, or throws the
// coin, at most once. The paper, of table 3: if any recipient needed the update the counter
// is reset; if all did not need it, one is added. It tells whether the node loses interest.
func (c *gossipCell) endPeriod(p *gossipParams, count *uint8, flip func() bool) bool {
	t := *c
	*c = t.state()
	lost := false
	switch {
	case t.state() != gossipInfective:
	case p.blind && !t.has(tallySent):
	case !p.blind && t.has(tallyUseful):
		*count = 0
	case !p.blind && !t.has(tallyVain):
	case p.coin:
		lost = flip()
	default:
		*count++
		lost = *count >= p.k
	}
	if lost {
		*c, *count = gossipRemoved, 0
	}
	return lost
}

// knew tells whether the node counts as one who knows: with cycles, at the beginning of this
// one.
func (g *gossip) knew(c gossipCell) bool {
	return c.state() != gossipSusceptible && !(g.p.cycles && c.has(tallyFresh))
}

// hot tells whether the node passes the rumour on: with cycles, in this one.
func (g *gossip) hot(c gossipCell) bool { return c.state() == gossipInfective && g.knew(c) }

// index returns the number of a rumour here; below 0 if there is none.
func (g *gossip) index(id model.OpID) int {
	for i, r := range g.rumours {
		if r.id == id {
			return i
		}
	}
	return -1
}

// meet returns the number of a rumour here, a new one if there is none.
func (g *gossip) meet(n gossipNews) int {
	if i := g.index(n.id); i >= 0 {
		return i
	}
	g.rumours = append(g.rumours, &rumour{gossipNews: n, cells: make([]gossipCell, g.played), counts: make([]uint8, g.played)})
	return len(g.rumours) - 1
}

// cell returns how far a rumour is at the node that is played.
func (g *gossip) cell(env policies.Env, i int) *gossipCell { return &g.rumours[i].cells[g.place(env)] }

// place returns where the lists by node have the node that is played.
func (g *gossip) place(env policies.Env) int {
	if g.played == 1 {
		return 0
	}
	return int(env.Self()) - 1
}

// mark shows the node's state as a whole, if it may have changed.
func (g *gossip) mark(env policies.Env) {
	state := gossipSusceptible
	for _, r := range g.rumours {
		switch c := r.cells[g.place(env)].state(); {
		case c == gossipInfective:
			state = gossipInfective
		case c == gossipRemoved && state == gossipSusceptible:
			state = gossipRemoved
		}
	}
	if g.played > 1 {
		env.Fact(policies.Fact{Kind: policies.Mark, Text: gossipStates[state]})
	} else if g.shown != gossipStates[state] {
		g.shown = gossipStates[state]
		env.Fact(policies.Fact{Kind: policies.Mark, Text: g.shown})
	}
}

// keep puts a rumour on disk, and shows it.
func (g *gossip) keep(env policies.Env, n gossipNews) {
	if env.Store() == nil {
		return
	}
	actor := model.Actor{Node: n.origin, Life: 1}
	rec, _ := (*model.Record)(nil).Write(model.Write{
		Op: n.id, Dot: model.Dot{Actor: actor, N: int64(n.id)}, Stamp: model.Stamp{Wall: n.born, Actor: actor},
		Effect: model.Effect{Key: rumourKey(n.id), Value: model.Text(n.text)},
	}, model.Registers)
	env.Store().PutRecord(rumourKey(n.id), rec)
	env.Wrote(n.id, rumourKey(n.id), nil)
	env.Applied(rumourKey(n.id), rec)
}

// load takes up what the disk has: it is known, and nobody cares.
func (g *gossip) load(env policies.Env) {
	for _, key := range env.Store().Keys() {
		rec := env.Store().Record(key)
		h, ok := rec.Newest()
		if !ok || key != rumourKey(h.Op) {
			continue
		}
		i := g.meet(gossipNews{id: h.Op, origin: h.Dot.Node, born: h.Stamp.Wall, text: h.Value.Str})
		g.rumours[i].cells[0] = gossipRemoved
		env.Applied(key, rec)
	}
}
