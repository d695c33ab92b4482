package labs

import (
	"math/rand/v2"
	"testing"

	"capsim/model"
	"capsim/policies"
)

// TestSwimOverrides holds the rules to section 4.2 of the paper as it is written there, by cases; faulty
// is told apart because a higher incarnation number brings a member back here.
func TestSwimOverrides(t *testing.T) {
	paper := func(s, held swimNews) bool {
		i, j := s.number, held.number
		switch {
		case s.state == swimAlive && held.state == swimSuspect, s.state == swimAlive && held.state == swimAlive:
			return i > j
		case s.state == swimSuspect && held.state == swimSuspect:
			return i > j
		case s.state == swimSuspect && held.state == swimAlive:
			return i >= j
		case s.state == swimFaulty && held.state != swimFaulty: // the paper: whatever i and j are
			return i >= j
		}
		return i > j // the paper: never
	}
	for _, state := range []swimState{swimAlive, swimSuspect, swimFaulty} {
		for _, held := range []swimState{swimAlive, swimSuspect, swimFaulty} {
			for i := range uint32(3) {
				a, b := swimNews{state: state, number: i}, swimNews{state: held, number: 1}
				if got, want := a.overrides(b), paper(a, b); got != want {
					t.Errorf("%s %d over %s 1: %v, want %v", swimStates[state], i, swimStates[held], got, want)
				}
			}
		}
	}
}

// swimStub is a member without a world, to try what needs none. Its Env is that of drawing alone.
func swimStub(nodes int, p swimParams) *swimMember {
	m := &swimMember{p: &p, self: 1, holds: make([]swimNews, nodes), since: make([]uint64, nodes)}
	for i := range m.holds {
		m.holds[i].about = model.NodeID(i + 1)
	}
	m.env = swimDraws{r: rand.New(rand.NewPCG(1, 2))}
	return m
}

// TestSwimInTurn holds the list that is pinged in turn to its bound: any other is pinged within 2n−1
// periods, n being how many others there are; who is faulty never.
func TestSwimInTurn(t *testing.T) {
	const nodes = 9
	m := swimStub(nodes, swimParams{inTurn: true})
	m.holds[4].state = swimFaulty
	last := map[model.NodeID]int{}
	for round := 1; round <= 1000; round++ {
		to := m.choose()
		if to == 1 || to == 5 || to < 1 || to > nodes {
			t.Fatalf("period %d: pings %v", round, to)
		}
		last[to] = round
		for id := model.NodeID(2); id <= nodes; id++ {
			if id != 5 && round-last[id] >= 2*(nodes-1)-1 {
				t.Fatalf("period %d: %v was pinged last in period %d", round, id, last[id])
			}
		}
	}
}

// TestSwimTellings: each piece of news is told so often as λ says and then no more, the newest first; and who
// is held faulty is told that besides.
func TestSwimTellings(t *testing.T) {
	p := swimParams{lambda: 2}
	m := swimStub(9, p)
	most := p.tellings(9)
	if most != 8 {
		t.Fatalf("2·⌈log₂ 10⌉ is %d", most)
	}
	for id := model.NodeID(2); id <= 9; id++ {
		m.tell(swimNews{about: id, state: swimSuspect})
	}
	told := map[model.NodeID]int{}
	for range 100 {
		list := m.news(1)
		if len(list) > maxSwimNews {
			t.Fatalf("%d pieces in a message", len(list))
		}
		for _, s := range list {
			told[s.about]++
		}
		least, high := most, 0
		for id := model.NodeID(2); id <= 9; id++ {
			least, high = min(least, told[id]), max(high, told[id])
		}
		if high-least > 1 {
			t.Fatalf("those told least often are not first: %v", told)
		}
	}
	for id := model.NodeID(2); id <= 9; id++ {
		if told[id] != most {
			t.Errorf("%v was told of %d times, want %d", id, told[id], most)
		}
	}
	m.holds[2].state = swimFaulty
	if list := m.news(3); len(list) != 1 || list[0].about != 3 || list[0].state != swimFaulty {
		t.Errorf("n3 is told %v", list)
	}
}

// swimDraws is an Env that only draws.
type swimDraws struct {
	policies.Env
	r *rand.Rand
}

func (d swimDraws) Rand() *rand.Rand { return d.r }
