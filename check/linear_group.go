package check

import (
	"cmp"
	"math"
	"slices"

	"capsim/model"
	"capsim/trace"
)

// open is the return of an operation that may still take effect: after every event.
const open = math.MaxInt

// call is an operation as the search for an order sees it. Its interval is in event
// numbers, which order what happened at one instant, too.
type call struct {
	op    *trace.Op
	cmd   model.Command
	begin int
	end   int          // open if it may take effect at any time from begin on, or never
	reply *model.Reply // nil: not known, so any
	not   []model.Reply
	class int // of open calls: identical ones share a class, from 1
	rank  int // its place in its class
	blind bool
	until model.Time // the deadline that stands for the one that it sets; 0: it sets none
}

// group is a set of keys that operations tie together, with all operations on them.
// A history is linearizable if that of each group is (Herlihy and Wing, Linearizability,
// 1990, theorem 1).
type group struct {
	keys  []string
	at    map[string]int
	calls []*call // ascending by begin
	init  [][]model.Value
}

// groups sorts the operations by the keys that they tie together, in the order of
// the first operation on each group. What observed and did nothing is left out:
// refused operations, and reads without an answer.
func groups(ops []*trace.Op) []*group {
	u := union{at: map[string]int{}}
	room := make([]call, 0, len(ops)) // never more, so that a call stays where it is
	first := make([]int, 0, len(ops)) // by call: its first key
	said := map[opKey]model.Time{}
	for _, o := range ops {
		if o.System && sound(o.Command) {
			blames(said, o.Command, o.Cause)
		}
	}
	for _, o := range ops {
		room = append(room, call{})
		if !callOf(&room[len(room)-1], o) {
			room = room[:len(room)-1]
			continue
		}
		c := &room[len(room)-1]
		keys := o.Command.Keys()
		if setsDeadline(c.cmd) {
			c.until = cmp.Or(said[opKey{o.ID, keys[0]}], ownDeadline(o.ID))
		}
		id := u.id(keys[0])
		first = append(first, id)
		for _, key := range keys[1:] {
			u.join(id, u.id(key))
		}
	}
	var gs []*group
	byRoot := make([]*group, len(u.parent))
	placed := make([]bool, len(u.parent))
	sizes := make([]int, len(u.parent))
	for _, id := range first {
		sizes[u.root(id)]++
	}
	for i := range room {
		c := &room[i]
		root := u.root(first[i])
		g := byRoot[root]
		if g == nil {
			g = &group{at: map[string]int{}, calls: make([]*call, 0, sizes[root])}
			byRoot[root] = g
			gs = append(gs, g)
		}
		g.calls = append(g.calls, c)
		keys := c.cmd.Keys()
		if len(keys) == 1 && placed[first[i]] {
			continue
		}
		for _, key := range keys {
			if id := u.id(key); !placed[id] {
				placed[id] = true
				g.at[key] = len(g.keys)
				g.keys = append(g.keys, key)
			}
		}
	}
	for _, g := range gs {
		g.init = [][]model.Value{make([]model.Value, len(g.keys))}
		by := func(a, b *call) int { return cmp.Compare(a.begin, b.begin) }
		if !slices.IsSortedFunc(g.calls, by) {
			slices.SortStableFunc(g.calls, by)
		}
	}
	return gs
}

// callOf makes c what the operation means for an order; false if it means nothing.
func callOf(c *call, o *trace.Op) bool {
	if refused(o) || len(o.Command.Keys()) == 0 {
		return false
	}
	*c = call{op: o, cmd: o.Command, begin: o.Invoked, end: open, blind: isBlind(o.Command)}
	if answeredOK(o) {
		c.end = o.Returned
		if !mute(o) && !tombstone(o) {
			c.reply = &o.Result.Reply
			return true
		}
	}
	return c.cmd.Writes()
}

// mute tells whether the operation's reply was not recorded.
func mute(o *trace.Op) bool { return o.Source != nil && o.Source.Mute }

// tombstone tells whether the operation is a DEL that was written without a look at what
// was there: its reply, OK, says nothing of that, where Redis counts.
func tombstone(o *trace.Op) bool {
	return o.Command.Verb == model.DEL && o.Result.Reply.Equal(model.OK)
}

// isBlind tells whether the command replaces its key's value whatever it was, and
// its reply says nothing of it.
func isBlind(c model.Command) bool { return c.Verb == model.SET && len(c.Args) == 2 }

// upTo returns the calls as they stood after an event: those that had begun, and
// unanswered what was answered later.
func (g *group) upTo(event int) *group {
	n := *g
	n.calls = nil
	for _, c := range g.calls {
		switch {
		case c.begin > event:
		case c.end == open || c.end <= event:
			n.calls = append(n.calls, c)
		case c.cmd.Writes():
			d := *c
			d.end, d.reply = open, nil
			n.calls = append(n.calls, &d)
		}
	}
	return &n
}

// union finds which keys belong together.
type union struct {
	at     map[string]int
	parent []int
}

func (u *union) id(key string) int {
	i, ok := u.at[key]
	if !ok {
		i = len(u.parent)
		u.at[key] = i
		u.parent = append(u.parent, i)
	}
	return i
}

func (u *union) root(i int) int {
	for u.parent[i] != i {
		u.parent[i] = u.parent[u.parent[i]]
		i = u.parent[i]
	}
	return i
}

func (u *union) join(i, j int) { u.parent[u.root(j)] = u.root(i) }
