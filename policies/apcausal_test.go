package policies

import (
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

var causalPolicies = []string{
	"ap sessions=causal", "ap conflict=siblings sessions=causal", "ap conflict=crdt sessions=causal",
	"base sessions=causal", "ap sessions=causal lacking=refuse", "base sessions=causal lacking=refuse",
}

// mustBeCausal judges SETs of unique values and GETs by the definition: a write comes
// after what its session had read and written, and after all that those came after; and
// a read returns nothing that a write in its past had overwritten, nor misses one.
// Slow and plain: the sets of operations are spelled out.
func (w *world) mustBeCausal() {
	w.t.Helper()
	byValue := map[string]*op{}
	pasts := map[*op]map[*op]bool{} // of a write: the writes before it
	sessions := map[string]map[*op]bool{}
	var order []*op
	for _, o := range w.ops {
		if o.res.Outcome == model.OKOutcome && !o.system {
			order = append(order, o)
		}
		if o.command.Verb == model.SET {
			byValue[o.command.Args[1]] = o
		}
	}
	slices.SortFunc(order, func(a, b *op) int { return int(a.ret - b.ret) })
	for _, o := range order {
		past := sessions[o.client]
		if past == nil {
			past = map[*op]bool{}
			sessions[o.client] = past
		}
		if o.command.Verb == model.SET {
			pasts[o] = map[*op]bool{}
			for p := range past {
				pasts[o][p] = true
			}
			past[o] = true
			continue
		}
		var read []*op
		switch o.res.Reply.Kind {
		case model.BulkReply:
			read = append(read, byValue[o.res.Reply.Str])
		case model.SiblingsReply:
			for _, v := range o.res.Reply.List {
				read = append(read, byValue[v])
			}
		}
		for p := range past {
			if p.command.Key() != o.command.Key() || slices.Contains(read, p) {
				continue
			}
			if !slices.ContainsFunc(read, func(r *op) bool { return !pasts[p][r] }) {
				w.t.Fatalf("seed %d, %v: operation %d read %v, though operation %d was in its past\n%s", w.seed, w.choice, o.id, o.res, p.id, w.history())
			}
		}
		for _, r := range read {
			if r != nil {
				past[r] = true
				for p := range pasts[r] {
					past[p] = true
				}
			}
		}
	}
}

func TestTortureCausal(t *testing.T) {
	commands := []string{"SET k%k v%v", "SET k%k v%v", "GET k%k", "GET k%k", "GET k%k"}
	waited := int64(0)
	for seed := range seeds(90) {
		s := newStorm(t, uint64(seed), causalPolicies[seed%len(causalPolicies)], commands...)
		s.watchHave()
		s.rage(2 * time.Second)
		s.mustConverge(2 * time.Second)
		s.check()
		s.mustBeCausal()
		waited += s.counts["causal.waited"] + s.counts["causal.refused"]
		for _, o := range s.ops {
			if o.res.Outcome == model.Refused && o.res.Code == CodeBehind && !strings.Contains(o.res.Why, " lacks write") {
				t.Fatalf("seed %d: refused for %q", seed, o.res.Why)
			}
		}
	}
	if waited == 0 {
		t.Error("no session had to wait")
	}
}

// The oracle finds what ap does without causal sessions.
func TestCausalOracleFails(t *testing.T) {
	f := &fataler{TB: t}
	for seed := range 50 {
		s := newStorm(t, uint64(seed), "ap", "SET k%k v%v", "GET k%k")
		s.rage(2 * time.Second)
		s.t = f
		func() {
			defer func() { _ = recover() }()
			s.mustBeCausal()
		}()
		if f.failed {
			return
		}
	}
	t.Error("50 seeds of ap were causal")
}

type fataler struct {
	testing.TB
	failed bool
}

func (f *fataler) Helper() {}
func (f *fataler) Fatalf(string, ...any) {
	f.failed = true
	panic("failed")
}

// watchHave sees to it that what a node says it has, it has: every write that it counts
// stands in its record, or was superseded there.
func (s *storm) watchHave() {
	s.after = func() {
		for _, h := range s.nodes {
			var c *core
			switch r := h.replica.(type) {
			case *apCausal:
				c = &r.core
			case *base:
				c = &r.core
			}
			if !h.up || c == nil || c.causal == nil {
				continue
			}
			for _, g := range s.nodes {
				mine := causalOf(g.replica)
				if mine == nil || g == h || !g.up {
					continue
				}
				for slot := range mine.causal.pages {
					if key := mine.keys.key(int32(slot)); covers(c.causal.have, mine.causal.pages[slot].have) &&
						!h.disk.Record(key).Vector().Descends(g.disk.Record(key).Vector()) {
						s.t.Fatalf("seed %d: %v has %v, and lacks some of %v's %s, made with %v", s.seed, h.id, c.causal.have, g.id, key, mine.causal.pages[slot].have)
					}
				}
			}
		}
	}
}

func causalOf(r Replica) *core {
	switch r := r.(type) {
	case *apCausal:
		return &r.core
	case *base:
		return &r.core
	}
	return nil
}

// All types, crashes that empty disks, and toggles: the cluster converges, and nobody is
// left waiting for what is lost.
func TestTortureCausalToggles(t *testing.T) {
	all := append(append([]string{"BUY i%k 1", "INCRBY i%k:stock 2", "SET k%k p%v PX 200"}, mergeCommands...), registerCommands...)
	for seed := range seeds(60) {
		s := newStorm(t, uint64(seed), causalPolicies[seed%len(causalPolicies)], all...)
		s.wipes = seed%2 == 0
		if seed%3 > 0 {
			s.toggles = append([]string{"ap", "base", "cp"}, causalPolicies...)
		}
		s.rage(3 * time.Second)
		if s.choice.Params["sessions"] != "causal" {
			s.toggle("base sessions=causal")
		}
		s.mustConverge(3 * time.Second)
		s.check()
		for _, client := range []string{"c0", "c1", "c2", "c3"} {
			for _, h := range s.nodes {
				if o := s.do(client, h.id, "GET k0"); o.res.Outcome != model.OKOutcome {
					t.Fatalf("seed %d, %v: %s at %v still waits, it has seen %v, and there is %v\n%s", seed, s.choice, client, h.id, s.past[client],
						causalOf(h.replica).causal.have, s.history())
				}
			}
		}
	}
}

func TestACausalSessionThatStaysIsAnsweredAtOnce(t *testing.T) {
	for _, policy := range causalPolicies {
		w := newWorld(t, 3, 1, policy)
		w.do("a", 1, "SET q question")
		w.mustConverge(time.Second)
		w.partition(group(1), group(2, 3))
		w.mustReply(w.do("a", 1, "SET q two"), "OK")
		w.mustReply(w.do("b", 1, "GET q"), "two")
		w.mustReply(w.do("b", 1, "INCR n"), "1")
		w.mustReply(w.do("c", 2, "GET q"), "question")
		moved := w.do("b", 2, "GET q")
		w.run(500 * time.Millisecond)
		if strings.Contains(policy, "refuse") {
			w.mustReply(moved, "refused BEHIND")
			continue
		}
		if !moved.open() {
			t.Fatalf("%s: %v at n2 is %v", policy, moved.command, moved.res)
		}
		w.heal()
		w.run(499 * time.Millisecond)
		w.mustReply(moved, "two")
	}
}
