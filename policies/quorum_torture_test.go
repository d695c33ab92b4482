package policies

import (
	"fmt"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"capsim/model"
)

// quorumPlan is a random run of quorum: load from clients that speak to any node, some of
// them remote, and faults.
type quorumPlan struct {
	nodes   int
	policy  string
	wipes   bool // at most one node at a time, and only while all others are up and know what they promised
	toggles bool
	remote  bool
	keys    int
	length  time.Duration
}

func (p quorumPlan) run(t testing.TB, seed uint64) *world {
	w := newWorldOf(t, p.nodes, seed, mustChoose(t, p.policy))
	w.logging = true
	w.hold = seed%3 == 0
	slow := time.Duration(10 + w.rng.Int64N(90))
	w.latency = latencyUpTo(slow * time.Millisecond)
	w.start()
	for i := range 4 {
		name := fmt.Sprintf("c%d", i)
		if p.remote && i%2 == 0 {
			w.remote(name)
		}
		p.client(w, name)
	}
	for w.now < model.Time(p.length) {
		w.run(time.Duration(w.rng.Int64N(int64(400 * time.Millisecond))))
		plan{nodes: p.nodes, policy: p.policy, wipes: p.wipes, toggles: p.toggles}.fault(w)
	}
	plan{nodes: p.nodes}.repair(w)
	w.run(4 * time.Second)
	return w
}

// client is a session that does one operation after the other until the repair.
func (p quorumPlan) client(w *world, name string) {
	var next func()
	var last *op
	next = func() {
		if w.now >= model.Time(p.length) {
			return
		}
		if last == nil || !last.open() {
			n := model.NodeID(w.rng.IntN(p.nodes) + 1)
			key := fmt.Sprintf("k%d", w.rng.IntN(max(p.keys, 1)))
			value := fmt.Sprintf("%s-%d", name, len(w.ops))
			cmd := []string{"GET " + key, "GET " + key, "GET " + key, "SET " + key + " " + value, "SET " + key + " " + value, "DEL " + key}[w.rng.IntN(6)]
			last = w.do(name, n, cmd)
		}
		w.push(w.now.Add(time.Duration(w.rng.Int64N(int64(40*time.Millisecond)))), next)
	}
	next()
}

// quorumHolds checks what quorum claims of a run at strict parameters.
func quorumHolds(t testing.TB, w *world) {
	t.Helper()
	for _, o := range w.ops {
		if o.res.Outcome == model.Refused && (len(o.wrote) > 0 || o.begun) {
			t.Fatalf("seed %d: operation %d was refused and begun", w.seed, o.id)
		}
	}
	w.mustBeLinearizable(0)
	var probes []*op
	for _, h := range w.nodes {
		probes = append(probes, w.do("probe", h.id, "GET k0"), w.do("probe", h.id, "SET k1 probe"))
	}
	w.run(time.Second)
	for _, o := range probes {
		if o.res.Outcome != model.OKOutcome {
			t.Fatalf("seed %d: all is repaired, and %v at %v: %v %s", w.seed, o.command, o.node, o.res, o.res.Why)
		}
	}
}

var strictPlans = []quorumPlan{
	{nodes: 3, policy: "quorum"},
	{nodes: 3, policy: "quorum r=1 w=3 handoff=off"},
	{nodes: 3, policy: "quorum r=3 w=1"},
	{nodes: 4, policy: "quorum", wipes: true},
	{nodes: 5, policy: "quorum coordinator=client", remote: true},
	{nodes: 3, policy: "quorum coordinator=client", remote: true, wipes: true},
	{nodes: 3, policy: "quorum handoff=off", wipes: true},
	{nodes: 5, policy: "quorum r=4 w=2", wipes: true},
	{nodes: 3, policy: "quorum expanding=no handoff=off"},
	{nodes: 3, policy: "quorum", toggles: true},
	{nodes: 5, policy: "quorum coordinator=client", remote: true, toggles: true, wipes: true},
	{nodes: 2, policy: "quorum", wipes: true},
	{nodes: 3, policy: "quorum r=3 w=1 read=plain"}, // what a read of all has found, every later one finds
	{nodes: 3, policy: "quorum r=3 w=2 read=repair"},
	{nodes: 3, policy: "quorum r=1 w=3 write=blind"}, // every coordinator has every acknowledged write
}

func TestQuorumTorture(t *testing.T) {
	ok := 0
	for seed := range uint64(seeds(96)) {
		p := strictPlans[seed%uint64(len(strictPlans))]
		p.length, p.keys = 6*time.Second, 2
		w := p.run(t, seed)
		quorumHolds(t, w)
		for _, o := range w.ops {
			if o.res.Outcome == model.OKOutcome {
				ok++
			}
		}
	}
	if ok < 80*seeds(96) {
		t.Fatalf("only %d operations were answered: the torture tests nothing", ok)
	}
}

// Weaker parameters really are weaker: such runs find what their caution says. Those that
// need luck have tests of their own (quorum_test.go).
func TestQuorumWeakerParametersViolate(t *testing.T) {
	for _, p := range []quorumPlan{
		{nodes: 3, policy: "quorum r=1 w=1"},
		{nodes: 3, policy: "quorum r=1 w=2 coordinator=client", remote: true},
		{nodes: 3, policy: "quorum read=plain"},
		{nodes: 3, policy: "quorum write=blind sloppy=on"},
		{nodes: 3, policy: "quorum r=1 w=3 write=blind coordinator=client", remote: true},
		{nodes: 3, policy: "quorum r=2 w=2 sloppy=on r=1"},
	} {
		t.Run(p.policy, func(t *testing.T) {
			p.length, p.keys = 3*time.Second, 1
			if c := mustChoose(t, p.policy); c.Caution(p.nodes) == "" {
				t.Fatal("no caution is given")
			}
			for seed := range uint64(400) {
				w := p.run(t, seed)
				if w.linearizable(0) == porcupine.Illegal {
					return
				}
			}
			t.Fatal("400 runs were all linearizable: the caution is not true, or the torture too mild")
		})
	}
}

// The same seed is the same run.
func TestQuorumDeterministic(t *testing.T) {
	for seed := range uint64(6) {
		p := quorumPlan{nodes: 5, policy: "quorum coordinator=client", wipes: true, toggles: true, remote: true, length: 4 * time.Second}
		a, b := p.run(t, seed), p.run(t, seed)
		if a.hash() != b.hash() || len(a.log) < 100 {
			t.Fatalf("seed %d: two runs differ", seed)
		}
	}
}
