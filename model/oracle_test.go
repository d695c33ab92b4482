package model

import (
	"maps"
	"slices"
	"strconv"

	"pgregory.net/rapid"
)

// written is one write of a random history, as an observer who forgets nothing
// knows it: the oracle for records, which forget.
type written struct {
	id       OpID
	stamp    Stamp
	effect   Effect
	dot      Dot
	known    set   // the writes at its node when it was made
	over     set   // those that it superseded
	absorbed set   // of a register write: the additions beneath it
	clears   bool  // of a register write: the set members known are gone
	value    Value // of a register write
}

type set map[OpID]bool

func (w *written) register() bool { return w.effect.Kind == Put || w.effect.Kind == Delete }

// world is three replicas and the oracle of what each knows.
type world struct {
	t      *rapid.T
	mode   Mode
	kind   string // what the key is used as
	ops    map[OpID]*written
	recs   [3]*Record
	known  [3]set
	clock  Stamp
	states []*Record // all that ever were, with what is known of each
	facts  []set
}

func newWorld(t *rapid.T, mode Mode, kind string) *world {
	w := &world{t: t, mode: mode, kind: kind, ops: map[OpID]*written{}}
	for i := range w.known {
		w.known[i] = set{}
	}
	return w
}

func (w *world) keep(i int, r *Record, known set) {
	w.recs[i], w.known[i] = r, known
	w.states = append(w.states, r)
	w.facts = append(w.facts, maps.Clone(known))
}

// step writes at a replica, or lets one hear from another.
func (w *world) step() {
	i := rapid.IntRange(0, 2).Draw(w.t, "replica")
	if j := rapid.IntRange(0, 2).Draw(w.t, "from"); j != i && rapid.Bool().Draw(w.t, "merge") {
		r, _ := Merge(w.recs[i], w.recs[j], w.mode)
		known := maps.Clone(w.known[i])
		maps.Copy(known, w.known[j])
		w.keep(i, r, known)
		return
	}
	w.write(i)
}

var effects = map[string][]Effect{
	"register": {{Value: Text("a")}, {Value: Text("b")}, {Value: Text("a").until(7)}, {Value: tricky.until(8)}, {Value: tricky}, {Kind: Delete}},
	"counter":  {{Kind: Add, Delta: 1}, {Kind: Add, Delta: -2}, {Kind: Add, Delta: 5}, {Value: Text("10")}, {Value: Text("20").until(7)}, {Kind: Delete}},
	"set": {
		{Kind: AddMembers, Members: []string{"x"}},
		{Kind: AddMembers, Members: []string{"x", "y"}},
		{Kind: RemoveMembers, Members: []string{"x"}},
		{Kind: RemoveMembers, Members: []string{"x", "y"}},
		{Value: SetOf("x").until(7)}, // what PEXPIRE does
		{Value: SetOf("x", "y").until(8)},
		{Kind: Delete},
	},
}

// tricky is a hash whose fields look like the words of the codec.
var tricky = Value{Type: Hash, Members: []string{"", "", "expires", "8", "siblings", "[]", "value", "null"}}

func (w *world) write(i int) {
	id := OpID(len(w.ops) + 1)
	actor := Actor{Node: NodeID(i + 1), Life: 1}
	old := w.recs[i]
	w.clock = w.clock.Next(Time(rapid.IntRange(0, 3).Draw(w.t, "now")), actor)
	op := &written{
		id: id, stamp: w.clock, known: maps.Clone(w.known[i]), over: set{}, absorbed: set{},
		effect: rapid.SampledFrom(effects[w.kind]).Draw(w.t, "effect"), dot: Dot{actor, old.Vector().Of(actor) + 1},
	}
	var seen Vector // of the session: nothing, or all that is here
	if rapid.Bool().Draw(w.t, "seen") {
		seen = old.Vector()
	}
	w.plan(op, i, seen != nil || old == nil)
	w.ops[id] = op
	r, over := old.Write(Write{Op: id, Dot: op.dot, Stamp: op.stamp, Effect: op.effect, Seen: seen}, w.mode)
	if got := setOf(over); !maps.Equal(got, op.over) {
		w.t.Fatalf("write %d supersedes %v, want %v", id, got, op.over)
	}
	known := maps.Clone(w.known[i])
	known[id] = true
	w.keep(i, r, known)
}

// plan works out what the write does, by the rules' words.
func (w *world) plan(op *written, i int, seen bool) {
	heads, changes := w.heads(w.known[i]), false
	base := w.base(w.known[i])
	newest := OpID(0)
	for id := range heads {
		h := w.ops[id]
		changes = changes || !h.register()
		if h.register() && (newest == 0 || w.ops[newest].stamp.Compare(h.stamp) < 0) {
			newest = id
		}
	}
	for id := range heads {
		if h := w.ops[id]; w.mode != KeepSiblings || seen || !op.register() && (!h.register() || id == newest || h.value.Type == Set) {
			op.over[id] = true
		}
	}
	switch {
	case w.mode == Registers:
		op.value = op.effect.On(w.value(w.known[i]))
	case op.register():
		op.value = op.effect.Value
		op.clears = w.mode == Merging || seen || !changes
		if op.clears {
			op.absorbed = w.adds(w.known[i])
		} else if base != nil {
			op.absorbed = base.absorbed
		}
	case w.mode == KeepSiblings && w.value(w.known[i]).Type == None:
		w.planHidden(op, heads, i)
	}
}

// planHidden is for a change whose newest register is a deletion, beside a sibling
// that is not.
func (w *world) planHidden(op *written, heads set, i int) {
	under := OpID(0)
	for id := range heads {
		h := w.ops[id]
		// A set's members are elements, and a deletion takes those away.
		if h.register() && h.value.Type != None && h.value.Type != Set && (under == 0 || w.ops[under].stamp.Compare(h.stamp) < 0) {
			under = id
		}
	}
	if under != 0 {
		op.over[under] = true
		op.value, op.absorbed = w.ops[under].value, w.adds(w.known[i])
	}
}

func (w *world) adds(known set) set {
	out := set{}
	for id := range known {
		if w.ops[id].effect.Kind == Add {
			out[id] = true
		}
	}
	return out
}

// base is the newest write that made a base.
func (w *world) base(known set) (b *written) {
	for id := range known {
		o := w.ops[id]
		if (o.register() || o.value.Type != None || w.mode == Registers) && (b == nil || b.stamp.Compare(o.stamp) < 0) {
			b = o
		}
	}
	return b
}

// heads are the writes known that nothing known supersedes.
func (w *world) heads(known set) set {
	out := maps.Clone(known)
	for id := range known {
		for o := range w.ops[id].over {
			delete(out, o)
		}
	}
	base := w.base(known)
	for id := range out {
		if w.mode == Registers && w.ops[id] != base || w.mode == Merging && w.ops[id].register() && w.ops[id] != base {
			delete(out, id)
		}
	}
	return out
}

// value replays all that is known.
func (w *world) value(known set) Value {
	base := w.base(known)
	var b written
	if base != nil {
		b = *base
	}
	if w.mode == Registers || w.kind == "register" {
		return b.value
	}
	if w.kind == "set" {
		var members []string
		for _, m := range []string{"x", "y"} {
			if w.present(known, m) {
				members = append(members, m)
			}
		}
		if len(members) == 0 {
			return Value{}
		}
		return SetOf(members...).until(b.value.Deadline)
	}
	sum, counted := int64(0), false
	for id := range w.adds(known) {
		if !b.absorbed[id] {
			sum += w.ops[id].effect.Delta
			counted = true
		}
	}
	if !counted {
		return b.value
	}
	n, _ := number(b.value)
	return Text(strconv.FormatInt(n+sum, 10)).until(b.value.Deadline)
}

// present: some write added the member, and none that knew of that took it away.
func (w *world) present(known set, m string) bool {
	for id := range known {
		a := w.ops[id]
		if !slices.Contains(a.effect.Members, m) && !slices.Contains(a.effect.Value.Members, m) || a.effect.Kind == RemoveMembers {
			continue
		}
		gone := false
		for other := range known {
			o := w.ops[other]
			gone = gone || o.known[id] && (o.clears || o.effect.Kind == RemoveMembers && slices.Contains(o.effect.Members, m))
		}
		if !gone {
			return true
		}
	}
	return false
}

func setOf(ops []OpID) set {
	out := set{}
	for _, op := range ops {
		out[op] = true
	}
	return out
}

// check compares a record with what the oracle makes of what it knows.
func (w *world) check(r *Record, known set) {
	if err := r.valid(); err != nil {
		w.t.Fatalf("%s: %v", AppendRecord(nil, r), err)
	}
	if r == nil {
		return
	}
	if got := setOf(r.headOps()); !maps.Equal(got, w.heads(known)) {
		w.t.Fatalf("%s: heads %v, want %v", AppendRecord(nil, r), got, w.heads(known))
	}
	if got, want := r.Value(), w.value(known); !got.Equal(want) || got.Deadline != want.Deadline {
		w.t.Fatalf("%s: value %v until %d, want %v until %d", AppendRecord(nil, r), got, got.Deadline, want, want.Deadline)
	}
	for id := range known {
		if !r.Seen.Covers(w.ops[id].dot) {
			w.t.Fatalf("%s: does not cover write %d", AppendRecord(nil, r), id)
		}
	}
	back, err := ParseRecord(AppendRecord(nil, r))
	if err != nil || sameRecord(r, back) != "" {
		w.t.Fatalf("%s: %v", AppendRecord(nil, r), err)
	}
}
