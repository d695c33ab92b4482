package check

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

var toyCommands = map[string][]string{
	"registers": {"GET a", "GET a", "GET b", "SET a ?", "SET a ?", "SET b ?", "DEL a", "EXISTS a"},
	"repeating": {"GET a", "SET a 1", "SET a 2", "DEL a", "CAS a 1 2", "SET a 1 NX"},
	"counters":  {"GET a", "INCR a", "INCRBY a 5", "TAKE a 1", "GET b", "DECR b"},
	"sets":      {"SMEMBERS a", "SADD a ?", "SADD a x", "SREM a x", "SISMEMBER a x"},
	"shop":      {"SET i:stock 9", "BUY i 1", "GET i:stock", "GET i:sold"},
	"all":       {"GET a", "SET a ?", "INCR a", "DEL a", "SADD b x", "SMEMBERS b", "SET b ?", "EXISTS b", "APPEND a 1"},
}

// toys runs f on many random histories of each mode and mix.
func toys(t *testing.T, f func(t *testing.T, y *toy, h *History)) {
	t.Helper()
	rounds := histories(t, 720) / 18
	if *long {
		rounds = 3000
	}
	for _, name := range []string{"registers", "repeating", "counters", "sets", "shop", "all"} {
		for mode := model.Registers; mode <= model.KeepSiblings; mode++ {
			for seed := range rounds {
				y := newToy(t, seed, mode)
				y.run(20+seed%60, toyCommands[name], seed%2 == 0)
				f(t, y, y.history(Options{}))
				if t.Failed() {
					t.Fatalf("%s, mode %d, seed %d", name, mode, seed)
				}
			}
		}
	}
	everySmall(t, f)
}

// everySmall runs f on every run of up to three operations (four in the long form) of two
// clients at two nodes, on two keys, where before each operation all messages under way
// arrive or none does. The first operation is ann's at n1 on a, without loss.
func everySmall(t *testing.T, f func(t *testing.T, y *toy, h *History)) {
	t.Helper()
	most, n := 3, 0
	if os.Getenv("CAPSIM_HISTORIES") != "" {
		most = 4
	}
	const ways = 2 * 2 * 4 * 2
	for size := 1; size <= most; size++ {
		total := 2
		for range size - 1 {
			total *= ways
		}
		for code := range total {
			y := newToy(t, 0, model.Registers)
			y.sure = true
			y.step("ann", 0, []string{"SET a u0", "GET a"}[code%2])
			at := code / 2
			for i := 1; i < size; i++ {
				way := at % ways
				at /= ways
				if way&1 != 0 {
					for _, m := range y.wire {
						y.arrive(m)
					}
					y.wire = nil
				}
				words := []string{fmt.Sprint("SET a u", i), fmt.Sprint("SET b u", i), "GET a", "GET b"}[way>>3]
				y.step([]string{"ann", "bob"}[way>>1&1], way>>2&1, words)
			}
			n++
			if f(t, y, y.history(Options{})); t.Failed() {
				t.Fatalf("the %d-th run of %d operations", code, size)
			}
		}
	}
	t.Logf("%d small runs", n)
}

// step executes an operation at a node.
func (y *toy) step(client string, at int, words string) {
	o := y.invoke(client, model.NodeID(at+1), strings.Fields(words)...)
	wrote := len(y.over)
	reply := y.execute(at, o)
	if !o.cmd.Writes() {
		y.look(at, o)
	}
	y.acks[o.id] = len(y.over) > wrote
	y.answer(o, model.Answered(reply))
}

func TestLostWritesAgainstReachability(t *testing.T) {
	seen := map[bool]int{}
	toys(t, func(t *testing.T, y *toy, h *History) {
		var lost []model.OpID
		for _, o := range h.operations() {
			if !answeredOK(o) || !y.acks[o.ID] {
				continue
			}
			for _, key := range o.Command.Keys() {
				if y.over[opKey{o.ID, key}] != nil && !y.reachable(o.ID, key) {
					lost = append(lost, o.ID)
					break
				}
			}
		}
		f := h.lost()
		if f.Value != int64(len(lost)) {
			t.Errorf("lost %v, the oracle says %v: %s", f.Value, lost, f.Witness)
		}
		seen[len(lost) > 0]++
	})
	both(t, seen)
}

// reachable tells whether any node, disk or message holds the write or a later one.
func (y *toy) reachable(op model.OpID, key string) bool {
	later := y.later(op, key)
	for i := range y.nodes {
		if rec := y.nodes[i].records[key]; rec != nil && slices.ContainsFunc(rec.Heads, func(h model.Head) bool { return later[h.Op] }) {
			return true
		}
	}
	for _, m := range y.wire { // which key a message is about, the trace does not say
		if slices.ContainsFunc(m.ops, func(op model.OpID) bool { return later[op] }) {
			return true
		}
	}
	return false
}

func both(t *testing.T, seen map[bool]int) {
	t.Helper()
	t.Logf("violated %d, held %d", seen[true], seen[false])
	if seen[true] < 20 || seen[false] < 20 {
		t.Error("one-sided")
	}
}

// effective lists the acknowledged writes of a key with an effect.
func (y *toy) effective(h *History, key string) []*trace.Op {
	var ws []*trace.Op
	for _, o := range h.operations() {
		if answeredOK(o) && y.over[opKey{o.ID, key}] != nil {
			ws = append(ws, o)
		}
	}
	return ws
}

func TestReadYourWritesAgainstTerry(t *testing.T) {
	seen := map[bool]int{}
	toys(t, func(t *testing.T, y *toy, h *History) {
		bad := false
		for _, r := range h.operations() {
			l, ok := y.reads[r.ID]
			if !ok || !answeredOK(r) {
				continue
			}
			for _, w := range y.effective(h, r.Command.Key()) {
				bad = bad || w.Client == r.Client && w.ID < r.ID && !l.has[w.ID]
			}
		}
		if f := h.readYourWrites(); f.Verdict != verdictOf(!bad) {
			t.Errorf("%v, the oracle says %v: %s", f.Verdict, !bad, f.Witness)
		}
		seen[bad]++
	})
	both(t, seen)
}

func TestMonotonicReadsAgainstTerry(t *testing.T) {
	seen := map[bool]int{}
	toys(t, func(t *testing.T, y *toy, h *History) {
		bad := false
		for _, r := range h.operations() {
			l, ok := y.reads[r.ID]
			if !ok || !judged(r) {
				continue
			}
			for _, q := range h.operations() {
				before, ok := y.reads[q.ID]
				if !ok || !judged(q) || q.ID >= r.ID || q.Client != r.Client || q.Command.Key() != r.Command.Key() {
					continue
				}
				for _, op := range before.heads {
					bad = bad || !l.has[op]
				}
			}
		}
		if f := h.monotonicReads(); f.Verdict != verdictOf(!bad) {
			t.Errorf("%v, the oracle says %v: %s", f.Verdict, !bad, f.Witness)
		}
		seen[bad]++
	})
	both(t, seen)
}

func judged(o *trace.Op) bool { return answeredOK(o) && o.Result.Reply.Kind != model.ErrorReply }

func TestStaleReadsAgainstTheDefinition(t *testing.T) {
	seen := map[bool]int{}
	toys(t, func(t *testing.T, y *toy, h *History) {
		stale, worst, most := int64(0), time.Duration(0), 0
		for _, r := range h.operations() {
			if l, ok := y.reads[r.ID]; ok && judged(r) {
				if d, missed := y.behind(h, r, l); missed > 0 {
					stale++
					worst, most = max(worst, d), max(most, missed)
				}
			}
		}
		sum := h.stale()
		if sum.stale != stale || sum.worst != worst {
			t.Errorf("%d stale by %v, the oracle says %d by %v: %s", sum.stale, sum.worst, stale, worst, sum.counted().Witness)
		}
		if f := h.versionsBehind(); f.Value != int64(most) {
			t.Errorf("%v versions behind, the oracle says %d: %s", f.Value, most, f.Witness)
		}
		seen[stale > 0]++
	})
	both(t, seen)
}

// behind returns for how long the oldest write that the read misses was acknowledged, and
// how many it misses.
func (y *toy) behind(h *History, r *trace.Op, l look) (d time.Duration, missed int) {
	key := r.Command.Key()
	// The writes that may have left what it returned: by value where all writes say
	// what they leave, else the heads that its node served.
	candidates, initial := y.candidates(h, r)
	if candidates == nil && !initial {
		for _, op := range l.heads {
			if _, ok := puts(h.x.Op(op).Command); ok {
				candidates = append(candidates, h.x.Op(op))
			}
		}
	}
	for _, w := range y.effective(h, key) {
		if w.Returned > r.Invoked || l.has[w.ID] {
			continue
		}
		older := true // everything that it may have returned was written before w
		for _, c := range candidates {
			older = older && c != w && answeredOK(c) && c.Returned < w.Invoked
		}
		if older {
			d, missed = max(d, r.At.Sub(w.Done)), missed+1
		}
	}
	return d, missed
}

func (y *toy) candidates(h *History, r *trace.Op) (cs []*trace.Op, initial bool) {
	key := r.Command.Key()
	for _, o := range h.operations() {
		if !slices.Contains(o.Command.Keys(), key) || !o.Command.Writes() || refused(o) || answeredOK(o) && y.over[opKey{o.ID, key}] == nil {
			continue
		}
		v, ok := puts(o.Command)
		if !ok {
			return nil, false
		}
		if o.Invoked < r.Returned && tellsReply(r, v) {
			cs = append(cs, o)
		}
	}
	return cs, tellsReply(r, model.Value{})
}

// tellsReply tells whether a key with the value, or with it among others, answers so.
func tellsReply(r *trace.Op, v model.Value) bool {
	got := r.Result.Reply
	if got.Kind == model.SiblingsReply {
		return v.Type == model.String && slices.Contains(got.List, v.Str)
	}
	return model.Apply(r.Command, func(string) model.Value { return v }, &model.Effects{}).Equal(got)
}

func TestDivergenceAgainstTheSetsHeld(t *testing.T) {
	seen := map[bool]int{}
	toys(t, func(t *testing.T, y *toy, h *History) {
		differs := false
		for _, key := range h.view().Keys() {
			var first []model.OpID
			some := false
			for i := range y.nodes {
				if y.nodes[i].down {
					continue
				}
				ops := y.nodes[i].records[key].Ops()
				slices.Sort(ops)
				differs = differs || some && !slices.Equal(first, ops)
				first, some = ops, true
			}
		}
		wants(t, h, map[bool]string{true: "no converged", false: "yes converged"}[differs])
		seen[differs]++
	})
	both(t, seen)
}
