package cluster

import (
	"math"

	"capsim/model"
	"capsim/trace"
)

// downState is the state of nodes whose process is gone.
const downState = "down"

// maxStates is how many states a census tells apart; further ones count as the last.
const maxStates = math.MaxUint8 + 1

// census counts the nodes in each state, in all and by bucket of consecutive nodes. A
// change costs the same whatever the number of nodes.
//
// Invariants: state is by node, from 1; nodes[s] and buckets[s] say how many have state s;
// size says how many nodes each bucket has.
type census struct {
	names   []string
	index   map[string]uint8
	state   []uint8
	nodes   []int
	buckets [][]int32 // by state
	size    []int32   // by bucket
	wiped   map[model.NodeID]bool
	planned bool       // a record of it is due
	told    model.Time // when the last was
}

func (c *census) init(nodes int) {
	c.index = map[string]uint8{}
	c.state = make([]uint8, nodes+1)
	c.size = make([]int32, trace.Buckets(nodes))
	for id := 1; id <= nodes; id++ {
		c.size[trace.Bucket(model.NodeID(id), nodes)]++
	}
	c.number("")
	c.nodes[0] = nodes
	copy(c.buckets[0], c.size)
	c.wiped = map[model.NodeID]bool{}
}

// number returns the number of a state.
func (c *census) number(state string) uint8 {
	if i, ok := c.index[state]; ok {
		return i
	}
	if len(c.names) == maxStates {
		return maxStates - 1
	}
	i := uint8(len(c.names))
	c.index[state] = i
	c.names = append(c.names, state)
	c.nodes = append(c.nodes, 0)
	c.buckets = append(c.buckets, make([]int32, len(c.size)))
	return i
}

// mark sets a node's state; false if it had it.
func (c *census) mark(id model.NodeID, state string) bool {
	was, is := c.state[id], c.number(state)
	if was == is {
		return false
	}
	b := trace.Bucket(id, len(c.state)-1)
	c.nodes[was]--
	c.buckets[was][b]--
	c.nodes[is]++
	c.buckets[is][b]++
	c.state[id] = is
	return true
}

func (c *census) crash(id model.NodeID, wipe bool) {
	c.mark(id, downState)
	if wipe {
		c.wiped[id] = true
	}
}

// takeWiped tells whether the node's last crash wiped it, and forgets it.
func (c *census) takeWiped(id model.NodeID) bool {
	wiped := c.wiped[id]
	delete(c.wiped, id)
	return wiped
}

// take returns the census for the trace: of the states that were ever there.
func (c *census) take() trace.Census {
	out := make(trace.Census, 0, len(c.names))
	for s, name := range c.names {
		if name == "" && c.nodes[s] == 0 {
			continue // what all are in before they say what they are
		}
		l := trace.Level{State: name, Nodes: c.nodes[s]}
		if l.Nodes > 0 {
			l.Heat = make([]uint16, len(c.size))
			for b, n := range c.buckets[s] {
				l.Heat[b] = uint16(int64(n) * 1000 / int64(c.size[b]))
			}
		}
		out = append(out, l)
	}
	return out
}
