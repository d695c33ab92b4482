package labs

import (
	"fmt"
	"slices"
	"time"

	"capsim/model"
	"capsim/policies"
)

// gossip plays one node, or all of a crowd.
//
// Invariants: every rumour has a cell for each node played; a node's cells are its own.
type gossip struct {
	p       gossipParams
	played  int    // 1, or all
	cycle   uint32 // the one under way; 0 before the first and with real time
	rumours []*rumour
	shown   string       // the state marked last, of the one node played
	picks   picks        // for the message that is being made
	lacks   []model.OpID // what the one who answers a digest lacks, while it does
	usual   [len(gossipKinds) << 3]*gossipMessage
	made    map[uint64]*gossipMessage
}

var _ policies.Crowd = (*gossip)(nil)

func newGossip(p policies.Params) *gossip {
	return &gossip{p: readGossip(p), played: 1, made: map[uint64]*gossipMessage{}}
}

func rumourKey(id model.OpID) string { return fmt.Sprintf("rumour:%d", id) }

// Period is that of cycles: with real time each node has its own.
func (g *gossip) Period() time.Duration {
	if g.p.cycles {
		return g.p.period
	}
	return 0
}

func (g *gossip) Start(env policies.Env) {
	crowd := env.Store() == nil
	if crowd {
		g.played = env.N()
		g.restart(env)
	} else {
		g.load(env)
		env.Serving()
	}
	g.mark(env)
	env.Most(countPeriod, int64(g.p.period))
	switch {
	case !g.p.cycles: // nobody's period begins with another's
		env.After(time.Duration(env.Rand().Int64N(int64(g.p.period))), policies.Tag{N: 1})
	case !crowd:
		g.planCycle(env)
	}
}

// restart takes from a node of a crowd what would not be on its disk.
func (g *gossip) restart(env policies.Env) {
	for i := range g.rumours {
		c := g.cell(env, i)
		switch {
		case env.Boot() == policies.WipedBoot:
			*c = gossipSusceptible
		case c.state() != gossipSusceptible:
			*c = gossipRemoved
		}
		g.rumours[i].counts[g.place(env)] = 0
	}
}

// planCycle sets the timer of the next cycle, which begins at a multiple of the period.
func (g *gossip) planCycle(env policies.Env) {
	now := time.Duration(env.Monotonic())
	round := now/g.p.period + 1
	env.After(round*g.p.period-now, policies.Tag{N: uint64(round)})
}

func (g *gossip) Request(env policies.Env, req policies.Request) {
	words := req.Command.Words()
	switch req.Command.Name() {
	case "RUMOUR":
		g.begin(env, req.Op, words[0])
	case "KNOWS":
		known := int64(0)
		for i, r := range g.rumours {
			if r.text == words[0] && g.cell(env, i).state() != gossipSusceptible {
				known = 1
			}
		}
		env.Reply(req.Op, model.Answered(model.Int(known)))
	case "RUMOURS":
		var texts []string
		for i, r := range g.rumours {
			if g.cell(env, i).state() != gossipSusceptible {
				texts = append(texts, r.text)
			}
		}
		slices.Sort(texts)
		env.Reply(req.Op, model.Answered(model.List(texts)))
	}
}

// begin plants a rumour.
func (g *gossip) begin(env policies.Env, id model.OpID, text string) {
	born := env.Now()
	if g.p.cycles {
		born = model.Time(g.cycle) * model.Time(g.p.period)
	}
	i := g.meet(gossipNews{id: id, origin: env.Self(), born: born, text: text})
	*g.cell(env, i) = gossipInfective | tallyFresh
	env.Count(countSites, int64(env.N()))
	env.Count(countUnaware, int64(env.N()-1))
	env.Begun(id)
	g.keep(env, g.rumours[i].gossipNews)
	env.Note("gossip.begun", "says", fmt.Sprintf("%v begins the rumour %s.", env.Self(), text))
	g.mark(env)
	env.Reply(id, model.Answered(model.Int(int64(id))))
}

// learn takes in a rumour that the node does not know.
func (g *gossip) learn(env policies.Env, i int, from model.NodeID) {
	r := g.rumours[i]
	*g.cell(env, i) = gossipInfective | tallyFresh
	now := env.Now()
	if g.p.cycles {
		now = model.Time(g.cycle) * model.Time(g.p.period)
	}
	delay := max(int64(now.Sub(r.born)), 0)
	env.Count(countUnaware, -1)
	env.Count(countDelay, delay)
	env.Count(countHeard, int64(g.p.period))
	env.Most(countLast, delay)
	g.keep(env, r.gossipNews)
	if g.played == 1 {
		env.Note("gossip.heard", "says", fmt.Sprintf("%v hears %s from %v.", env.Self(), r.text, from))
	}
	g.mark(env)
}

// Tick begins a cycle for a node of a crowd.
func (g *gossip) Tick(env policies.Env, round int64) {
	g.cycle = uint32(round)
	g.act(env, round)
}

// Timer begins a period of a node.
func (g *gossip) Timer(env policies.Env, tag policies.Tag) {
	round := int64(tag.N)
	if g.p.cycles {
		g.cycle = uint32(round)
		g.planCycle(env)
	} else {
		env.After(g.p.period, policies.Tag{N: tag.N + 1})
	}
	g.act(env, round)
}
