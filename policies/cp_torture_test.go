package policies

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.etcd.io/raft/v3"

	"capsim/model"
)

// raftRules are Raft's own invariants, checked after every step: one leader a term,
// and no two nodes execute different entries at one place of the log.
type raftRules struct {
	w        *world
	leaders  map[[2]uint64]model.NodeID // by stretch and term
	executed map[[2]uint64]string       // by stretch and index
	seen     map[model.NodeID][3]uint64 // stretch, incarnation, applied
}

func watchRaft(w *world) {
	rules := &raftRules{w, map[[2]uint64]model.NodeID{}, map[[2]uint64]string{}, map[model.NodeID][3]uint64{}}
	w.after = rules.check
}

func (rr *raftRules) check() {
	stretch := uint64(rr.w.stretch)
	for _, h := range rr.w.nodes {
		r, ok := h.replica.(*cp)
		if !h.up || !ok || r.core == nil || r.state.stretch != rr.w.stretch {
			continue
		}
		if r.role == raft.StateLeader {
			key := [2]uint64{stretch, r.state.term}
			if was, ok := rr.leaders[key]; ok && was != h.id {
				rr.w.t.Fatalf("seed %d: %v and %v lead in term %d", rr.w.seed, was, h.id, r.state.term)
			}
			rr.leaders[key] = h.id
		}
		last := rr.seen[h.id]
		from := last[2]
		if last[0] != stretch || last[1] != uint64(h.incarnation) {
			from = 0
		}
		for i := max(from, r.log.base.index) + 1; i <= r.state.applied; i++ {
			e := r.log.entries[i-r.log.base.index-1]
			key, what := [2]uint64{stretch, i}, fmt.Sprintf("%d %x", e.GetTerm(), e.GetData())
			if was, ok := rr.executed[key]; ok && was != what {
				rr.w.t.Fatalf("seed %d: entry %d is %s on %v and was %s", rr.w.seed, i, what, h.id, was)
			}
			rr.executed[key] = what
		}
		rr.seen[h.id] = [3]uint64{stretch, uint64(h.incarnation), r.state.applied}
	}
}

// plan is a random run: load from clients that speak to any node, and faults.
type plan struct {
	nodes   int
	policy  string
	wipes   bool // at most one node at a time, and only while all others are up
	toggles bool
	expires bool
	length  time.Duration
}

func (p plan) run(t testing.TB, seed uint64) *world {
	c := newWorldOf(t, p.nodes, seed, mustChoose(t, p.policy))
	c.logging = true
	c.hold = seed%3 == 0
	slow := time.Duration(10+rand.New(rand.NewPCG(seed, 9)).IntN(90)) * time.Millisecond
	c.latency = func(r *rand.Rand) time.Duration { return time.Millisecond + time.Duration(r.Int64N(int64(slow))) }
	watchRaft(c)
	if strings.HasPrefix(p.policy, "ca") {
		watchCA(c)
	}
	c.start()
	for i := range 4 {
		p.client(c, fmt.Sprintf("c%d", i))
	}
	for c.now < model.Time(p.length) {
		c.run(time.Duration(c.rng.Int64N(int64(500 * time.Millisecond))))
		p.fault(c)
	}
	p.repair(c)
	c.run(4 * time.Second)
	return c
}

// client is a session that does one operation after the other until the repair.
func (p plan) client(w *world, name string) {
	var next func()
	var last *op
	next = func() {
		if w.now >= model.Time(p.length) {
			return
		}
		if last == nil || !last.open() {
			n := model.NodeID(w.rng.IntN(p.nodes) + 1)
			key := fmt.Sprintf("k%d", w.rng.IntN(2))
			value := fmt.Sprintf("%s-%d", name, len(w.ops))
			ms := fmt.Sprint(1 + w.rng.IntN(500))
			cmds := []string{
				"GET " + key, "GET " + key, "SET " + key + " " + value, "APPEND " + key + " " + value, "CAS " + key + " x " + value, "DEL " + key, "SET " + key + " " + value + " NX",
				"SET " + key + " " + value + " PX " + ms, "SET " + key + " " + value + " PX " + ms, "PEXPIRE " + key + " " + ms, "PTTL " + key,
			}
			if !p.expires {
				cmds = cmds[:7]
			}
			last = w.do(name, n, cmds[w.rng.IntN(len(cmds))])
		}
		w.push(w.now.Add(time.Duration(w.rng.Int64N(int64(60*time.Millisecond)))), next)
	}
	next()
}

func (p plan) fault(w *world) {
	n := model.NodeID(w.rng.IntN(p.nodes) + 1)
	other := model.NodeID(w.rng.IntN(p.nodes) + 1)
	switch w.rng.IntN(14) {
	case 0, 1:
		if !p.wipes || w.allWhole() {
			w.crash(n)
		}
	case 2, 3, 4:
		w.restart(n)
	case 5:
		var a, b []model.NodeID
		for i := range p.nodes {
			if w.rng.IntN(2) == 0 {
				a = append(a, model.NodeID(i+1))
			} else {
				b = append(b, model.NodeID(i+1))
			}
		}
		w.partition(a, b)
	case 6:
		if n != other {
			w.cutLink(n, other)
		}
	case 7, 8:
		w.heal()
	case 9:
		w.pause(n)
	case 10:
		w.resume(n)
		w.loss = float64(w.rng.IntN(3)) * 0.1
	default:
		switch {
		case p.wipes && w.allWhole():
			w.wipe(n)
			w.push(w.now.Add(time.Duration(w.rng.Int64N(int64(400*time.Millisecond)))), func() { w.restart(n) })
		case p.toggles && w.rng.IntN(6) == 0:
			w.toggle(p.policy)
		default:
			w.node(n).skew = time.Duration(w.rng.Int64N(int64(time.Second)))
		}
	}
}

// allWhole tells whether every node is up and knows what it promised.
func (w *world) allWhole() bool {
	for _, h := range w.nodes {
		if !h.up {
			return false
		}
		switch r := h.replica.(type) {
		case *cp:
			if r.state.recovery {
				return false
			}
		case *ca:
			if r.start.wiped {
				return false
			}
		case *quorum:
			if !r.ready() {
				return false
			}
		}
	}
	return true
}

func (p plan) repair(w *world) {
	w.heal()
	w.loss = 0
	for _, h := range w.nodes {
		w.resume(h.id)
		w.restart(h.id)
	}
}

// cpHolds checks what cp claims of a run.
func cpHolds(t testing.TB, w *world, p plan) {
	t.Helper()
	if d := w.diverged(); d != nil {
		t.Fatalf("seed %d: diverged %v\n%s", w.seed, d, w.history())
	}
	for _, h := range w.nodes {
		for _, key := range h.disk.Keys() {
			if at := h.disk.Record(key).Value().Deadline; at != 0 {
				t.Fatalf("seed %d: %v still has %s, which ran out at %v\n%s", w.seed, h.id, key, at, w.history())
			}
		}
	}
	var probes []*op
	for _, h := range w.nodes {
		probes = append(probes, w.do("probe", h.id, "GET k0"), w.do("probe", h.id, "SET k1 probe"))
		if strings.HasPrefix(p.policy, "ca") {
			w.run(time.Second) // there the writes to a key go one after the other
		}
	}
	w.run(time.Second)
	for _, o := range probes {
		if o.res.Outcome != model.OKOutcome {
			t.Fatalf("seed %d: all is repaired, and %v at %v: %v %s", w.seed, o.command, o.node, o.res, o.res.Why)
		}
	}
	for _, o := range w.ops {
		if (o.res.Outcome == model.Refused) && len(o.wrote) > 0 {
			t.Fatalf("seed %d: operation %d was refused and executed", w.seed, o.id)
		}
		nodes := map[model.NodeID]int{}
		for _, n := range o.wrote {
			if nodes[n]++; nodes[n] > len(o.command.Keys()) && !p.wipes {
				t.Fatalf("seed %d: %v executed operation %d twice", w.seed, n, o.id)
			}
		}
	}
	if p.toggles && strings.HasPrefix(p.policy, "ca") {
		return // what is decided and not yet everywhere, a toggle may drop: a stretch is judged at a time
	}
	w.mustBeLinearizable(0)
}

func TestCPTorture(t *testing.T) {
	plans := []plan{
		{nodes: 3, policy: "cp"},
		{nodes: 3, policy: "cp prevote=off", wipes: true},
		{nodes: 4, policy: "cp", wipes: true},
		{nodes: 5, policy: "cp prevote=off"},
		{nodes: 5, policy: "cp", wipes: true},
		{nodes: 3, policy: "cp", toggles: true},
		{nodes: 2, policy: "cp", wipes: true, toggles: true},
		{nodes: 5, policy: "cp", wipes: true, toggles: true},
	}
	ok, expired := 0, 0
	for seed := range uint64(seeds(80)) {
		p := plans[seed%uint64(len(plans))]
		p.length, p.expires = 8*time.Second, seed/uint64(len(plans))%2 == 1
		w := p.run(t, seed)
		cpHolds(t, w, p)
		for _, o := range w.ops {
			if o.res.Outcome == model.OKOutcome {
				ok++
			}
			if o.system && len(o.wrote) > 0 {
				expired++
			}
		}
	}
	if ok < 60*seeds(80) {
		t.Fatalf("only %d operations were answered: the torture tests nothing", ok)
	}
	if expired < seeds(80) {
		t.Fatalf("only %d values expired", expired)
	}
}

// The same seed is the same run.
func TestCPDeterministic(t *testing.T) {
	for seed := range uint64(6) {
		p := plan{nodes: 5, policy: "cp", wipes: seed%2 == 0, toggles: true, expires: true, length: 5 * time.Second}
		a, b := p.run(t, seed), p.run(t, seed)
		if a.hash() != b.hash() || len(a.log) < 100 {
			for i := range a.log {
				if i >= len(b.log) || a.log[i] != b.log[i] {
					t.Fatalf("seed %d: event %d: %s, then %s", seed, i, a.log[i], b.log[i])
				}
			}
			t.Fatalf("seed %d: one run is longer", seed)
		}
	}
}

func mustChoose(t testing.TB, policy string) Choice {
	t.Helper()
	c, err := Specs.Choose(strings.Fields(policy))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
