package labs

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// swimMember is a node as a member of the group.
//
// Invariants:
//  1. It holds itself alive.
//  2. suspects and faulty are how many it holds so.
//  3. What it tells about a node is what it holds of it, and there is one piece of news about each.
type swimMember struct {
	p     *swimParams
	env   policies.Env // of the call under way
	self  model.NodeID
	round uint64 // periods since it started

	holds            []swimNews // of n1 … nN
	since            []uint64   // the period in which it began to hold so
	suspects, faulty int
	telling          []swimTold

	probe   swimProbe
	order   []model.NodeID // round robin: those to be pinged in this turn
	counted uint32         // a false removal is one of this incarnation number or a higher
	unknown bool           // the disk was wiped: what is said of it may be of an earlier life
	shown   string
}

// newSwimMember returns a member that holds all alive. number is its own incarnation number.
func newSwimMember(env policies.Env, p *swimParams, number uint32) *swimMember {
	m := &swimMember{p: p, env: env, self: env.Self(), holds: make([]swimNews, env.N()), since: make([]uint64, env.N())}
	for i := range m.holds {
		m.holds[i].about = model.NodeID(i + 1)
	}
	m.own().number = number
	m.counted = number
	m.unknown = env.Boot() == policies.WipedBoot
	if env.Boot() != policies.FirstBoot {
		m.tell(*m.own())
	}
	if b := env.Boot(); b == policies.Restarted || b == policies.WipedBoot {
		m.say("swim.back", "good", "%v is back, and joins with incarnation %d.", m.self, number)
	}
	m.mark()
	return m
}

func (m *swimMember) own() *swimNews { return &m.holds[m.self-1] }

func (m *swimMember) of(id model.NodeID) *swimNews { return &m.holds[id-1] }

// say tells the story a sentence.
func (m *swimMember) say(kind, tone, format string, args ...any) {
	m.env.Note(kind, "says", fmt.Sprintf(format, args...), "tone", tone)
}

// learn takes in news from another member.
func (m *swimMember) learn(from model.NodeID, s swimNews) {
	if s.about == m.self {
		m.accused(from, s)
		return
	}
	was := *m.of(s.about)
	if !s.overrides(was) {
		return
	}
	m.hold(s)
	switch {
	case s.state == swimSuspect:
		m.say("swim.hears-suspect", "quiet", "%v hears from %v that %v is suspected.", m.self, from, s.about)
	case s.state == swimFaulty:
		m.say("swim.hears-faulty", "bad", "%v hears from %v that %v is faulty, and removes it from its members.", m.self, from, s.about)
	case was.state == swimSuspect:
		m.say("swim.cleared", "good", "%v learns that %v is alive (incarnation %d): it was suspected wrongly.", m.self, s.about, s.number)
	case was.state == swimFaulty:
		m.say("swim.returned", "good", "%v learns that %v is alive (incarnation %d): it is a member again.", m.self, s.about, s.number)
	}
}

// accused takes in what others say of this member: it refutes what is not so.
func (m *swimMember) accused(from model.NodeID, s swimNews) {
	if s.state == swimFaulty && s.number >= m.counted && !m.unknown {
		m.env.Count(countSwimRemoved, 1)
		m.counted = s.number + 1
	}
	if s.state == swimAlive && s.number <= m.own().number || s.number < m.own().number {
		return
	}
	if s.state == swimSuspect && !m.unknown {
		m.env.Count(countSwimFalse, 1)
	}
	m.own().number = s.number + 1
	if m.unknown {
		m.unknown, m.counted = false, m.own().number
	}
	m.keep()
	m.tell(*m.own())
	how := "is said to be " + swimStates[s.state]
	if s.state == swimAlive {
		how = "had a higher number before its disk was lost"
	}
	m.say("swim.refutes", "good", "%v learns from %v that it %s, and refutes: it is alive, incarnation %d.", m.self, from, how, m.own().number)
}

// keep puts the own incarnation number on disk.
func (m *swimMember) keep() {
	if s := m.env.Store(); s != nil {
		s.PutMeta(swimMeta, fmt.Append(nil, m.own().number))
	}
}

// hold changes what the member holds of another, and tells it on.
func (m *swimMember) hold(s swimNews) {
	held := m.of(s.about)
	m.add(held.state, -1)
	m.add(s.state, 1)
	*held = s
	m.since[s.about-1] = m.round
	m.tell(s)
	m.mark()
}

func (m *swimMember) add(state swimState, n int) {
	switch state {
	case swimSuspect:
		m.suspects += n
	case swimFaulty:
		m.faulty += n
	}
}

// tell makes it news, in place of what was told of the same member.
func (m *swimMember) tell(s swimNews) {
	m.telling = slices.DeleteFunc(m.telling, func(t swimTold) bool { return t.about == s.about })
	m.telling = append(m.telling, swimTold{swimNews: s})
}

// news returns what rides on a message: what was told least often first. What the receiver is
// held to be, if not alive, is told it each time: only itself can refute it.
func (m *swimMember) news(to model.NodeID) []swimNews {
	var list []swimNews
	if held := *m.of(to); held.state != swimAlive {
		list = append(list, held)
	}
	slices.SortStableFunc(m.telling, func(a, b swimTold) int { return a.times - b.times })
	most := m.p.tellings(len(m.holds))
	for i := range m.telling {
		if i == maxSwimNews {
			break
		}
		if t := &m.telling[i]; t.times < most {
			t.times++
			if t.about != to {
				list = append(list, t.swimNews)
			}
		}
	}
	m.telling = slices.DeleteFunc(m.telling, func(t swimTold) bool { return t.times >= most })
	return list
}

// mark shows the view, if it changed.
func (m *swimMember) mark() {
	text := m.view()
	if text != m.shown {
		m.shown = text
		m.env.Fact(policies.Fact{Kind: policies.Mark, Text: text})
	}
}

// view writes the view: "all alive", "faulty n2 n3, suspect n4".
func (m *swimMember) view() string {
	switch {
	case m.suspects+m.faulty == 0:
		return "all alive"
	case len(m.holds) > policies.MaxOwn && m.suspects > 0:
		return "suspects"
	case len(m.holds) > policies.MaxOwn:
		return "faulty"
	}
	var parts []string
	for _, state := range []swimState{swimFaulty, swimSuspect} {
		part := ""
		for i := range m.holds {
			if m.holds[i].state == state {
				part += " " + m.holds[i].about.String()
			}
		}
		if part != "" {
			parts = append(parts, swimStates[state]+part)
		}
	}
	return strings.Join(parts, ", ")
}
