package check

import (
	"cmp"
	"slices"

	"capsim/model"
)

// quick decides without a search whether the calls fit one order; ok is false where it
// can't tell.
func (g *group) quick() (linearizable, ok bool) {
	if yes, ok := g.zones(); ok {
		return yes, ok
	}
	return g.growing()
}

// growing decides in O(n log n), n with the members that reads list, whether the calls
// on a set that only grows fit one order. ok is false where it can't tell: it needs one
// key that is empty or a set at first, plain SADDs and SMEMBERS, and no member added twice.
//
// What the reads return must be a chain of sets, each within the next. That puts the
// calls into blocks, of which there is but one order: the SADDs that the first reads
// saw, these reads, those that the next ones saw in addition, and so on, last those that
// nobody saw. Within a block any order will do, so real time must only not contradict
// that of the blocks: no call ends before one of an earlier block begins. What is open
// and was not seen may as well never happen.
func (g *group) growing() (linearizable, ok bool) {
	if len(g.keys) != 1 || len(g.init) != 1 || g.init[0][0].Type != model.None && g.init[0][0].Type != model.Set {
		return false, false
	}
	by := map[string]*call{} // who added a member; nil: it was there at first
	for _, m := range g.init[0][0].Members {
		by[m] = nil
	}
	var reads []*call
	odd := false // a SADD says that not all its members were new
	for _, c := range g.calls {
		switch c.cmd.Verb {
		case model.SADD:
			for _, m := range c.cmd.Args[1:] {
				if _, twice := by[m]; twice {
					return false, false
				}
				by[m] = c
			}
			all := model.Int(int64(len(c.cmd.Args) - 1))
			odd = odd || c.reply != nil && !c.reply.Equal(all) || slices.ContainsFunc(c.not, all.Equal)
		case model.SMEMBERS:
			if len(c.not) > 0 || c.reply != nil && c.reply.Kind != model.ListReply {
				return false, false
			}
			if c.reply != nil {
				reads = append(reads, c)
			}
		default:
			return false, false
		}
	}
	if odd {
		return false, true
	}
	slices.SortStableFunc(reads, func(a, b *call) int { return cmp.Compare(len(a.reply.List), len(b.reply.List)) })
	block, last, ok := chain(reads, by, g.init[0][0].Members)
	if !ok {
		return false, true
	}
	return inBlocks(g.calls, block, last), true
}

// chain gives each read, and each SADD that one saw, its block: reads are odd. last is the
// block of what nobody saw. It is false if the reads are no chain, one returned what
// nobody adds or lacks what was there at first, or saw a part of what one SADD added.
func chain(reads []*call, by map[string]*call, init []string) (block map[*call]int, last int, ok bool) {
	block = map[*call]int{}
	seen := map[string]bool{} // by the reads so far
	for _, m := range init {
		seen[m] = true
	}
	for i, r := range reads {
		list := r.reply.List
		known := 0
		for _, m := range list {
			if seen[m] {
				known++
			}
		}
		if known < len(seen) {
			return nil, 0, false
		}
		if i == 0 || len(list) > known {
			last += 2
		}
		for k, m := range list {
			c, there := by[m]
			if !there || k > 0 && list[k-1] >= m {
				return nil, 0, false
			}
			if c == nil || seen[m] {
				continue
			}
			if block[c] == 0 {
				block[c] = last
			}
			if block[c] < last {
				return nil, 0, false // an earlier read saw a part of it
			}
			seen[m] = true
		}
		block[r] = last + 1
	}
	return block, last + 2, whole(block, seen)
}

// whole tells whether of each SADD that was seen all members were.
func whole(block map[*call]int, seen map[string]bool) bool {
	for c := range block { // each by itself: the order does not matter
		if c.cmd.Verb == model.SADD && slices.ContainsFunc(c.cmd.Args[1:], func(m string) bool { return !seen[m] }) {
			return false
		}
	}
	return true
}

// inBlocks tells whether no call ends before one of an earlier block begins; what has no
// block belongs to the last.
func inBlocks(calls []*call, block map[*call]int, last int) bool {
	least := make([]int, last+2) // by block: the first end of its calls, and of later blocks'
	for i := range least {
		least[i] = open
	}
	of := func(c *call) int { return cmp.Or(block[c], last) }
	for _, c := range calls {
		if c.reply == nil && c.cmd.Verb == model.SMEMBERS {
			continue
		}
		least[of(c)] = min(least[of(c)], c.end)
	}
	for i := last; i > 0; i-- {
		least[i] = min(least[i], least[i+1])
	}
	for _, c := range calls {
		seen := block[c] > 0
		if c.cmd.Verb == model.SMEMBERS && !seen || c.end == open && !seen {
			continue
		}
		if least[of(c)+1] < c.begin {
			return false
		}
	}
	return true
}
