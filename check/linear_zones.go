package check

import (
	"cmp"
	"slices"

	"capsim/model"
)

// zone is the time that one value of a register takes up: from the first return to
// the last beginning among its write and the reads that returned it. If the return
// comes first the value must have been there all the time between (a forward zone);
// else there is an instant that all of its operations share (a backward zone).
type zone struct {
	low  int // least end
	high int // greatest begin
}

func (z zone) forward() bool { return z.low < z.high }

// zones decides in O(n log n) whether the calls on a register fit one order. ok is
// false where it can't tell: it needs one key that is empty or a string at first, plain
// GETs and SETs, and no value written twice.
//
// Source: Gibbons and Korach, Testing Shared Memories (1997), §4: the history is
// linearizable if no read ends before its write begins, no two forward zones
// overlap, and no forward zone holds a backward one.
func (g *group) zones() (linearizable, ok bool) {
	if len(g.keys) != 1 || len(g.init) != 1 || g.init[0][0].Type > model.String {
		return false, false
	}
	init := g.init[0][0]
	writes := 0
	for _, c := range g.calls {
		switch {
		case c.blind:
			writes++
		case c.cmd.Verb != model.GET:
			return false, false
		}
	}
	z := make(map[string]int32, writes+1)
	room := make([]valueZone, 1, writes+1)
	// What is there before the first write counts as written before all events.
	const initial = 0
	if init.Type == model.String {
		z[init.Str] = initial
	}
	for _, c := range g.calls {
		if !c.blind {
			continue
		}
		if _, twice := z[c.cmd.Args[1]]; twice {
			return false, false
		}
		if c.reply != nil && !c.reply.Equal(model.OK) {
			return false, true
		}
		z[c.cmd.Args[1]] = int32(len(room))
		room = append(room, valueZone{zone: zone{low: c.end, high: c.begin}, begin: c.begin, unread: c.end == open})
	}
	for _, c := range g.calls {
		if c.blind {
			continue
		}
		var v *valueZone
		switch c.reply.Kind {
		case model.NilReply:
			if init.Type != model.None {
				return false, true
			}
			v = &room[initial]
		case model.BulkReply:
			i, written := z[c.reply.Str]
			if !written || c.end < room[i].begin {
				return false, true // read before anyone wrote it
			}
			v = &room[i]
		default:
			return false, true // a register answers with one string, or nothing
		}
		v.low, v.high, v.unread = min(v.low, c.end), max(v.high, c.begin), false
	}
	if !room[initial].forward() {
		room = room[1:]
	}
	return fit(room), true
}

type valueZone struct {
	zone
	begin  int  // of its write
	unread bool // the write is open and nobody saw it: it may as well never happen
}

// fit tells whether no two forward zones overlap and none holds a backward one.
func fit(all []valueZone) bool {
	forward := make([]zone, 0, len(all))
	for i := range all {
		if v := &all[i]; !v.unread && v.forward() {
			forward = append(forward, v.zone)
		}
	}
	slices.SortFunc(forward, func(a, b zone) int { return cmp.Compare(a.low, b.low) })
	for i := 1; i < len(forward); i++ {
		if forward[i].low < forward[i-1].high {
			return false
		}
	}
	for i := range all {
		v := &all[i]
		if v.unread || v.forward() {
			continue
		}
		// The last forward zone that begins before the instant they share.
		i, _ := slices.BinarySearchFunc(forward, v.high, func(z zone, at int) int { return cmp.Compare(z.low, at) })
		if i > 0 && v.low < forward[i-1].high {
			return false
		}
	}
	return true
}
