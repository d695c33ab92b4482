package check

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"capsim/model"
	"capsim/trace"
)

// load makes a linearizable history of n operations by five clients over the keys, as
// cp would leave it: reads see the newest write, records are applied everywhere.
// unsure writes never get an answer, and never take effect.
func load(t testing.TB, n, keys, unsure int, command func(i int, key string, r *rand.Rand) []string) *tape {
	p := newTape(t, 3)
	r := rand.New(rand.NewPCG(1, 2))
	p.play("policy cp\nserving n1\nserving n2\nserving n3")
	state := map[string]model.Value{}
	recs := map[string]*model.Record{}
	type running struct {
		o *tapeOp
		r model.Reply
	}
	var busy [5]*running
	made := 0
	for left := n; left > 0; {
		i := r.IntN(5)
		if b := busy[i]; b != nil {
			p.answer(b.o, model.Answered(b.r))
			busy[i] = nil
			left--
			continue
		}
		key := fmt.Sprintf("k%d", r.IntN(keys))
		made++
		o := p.invoke(fmt.Sprintf("c%d", i), model.NodeID(i%3+1), command(made, key, r)...)
		if o.cmd.Writes() && unsure > 0 && made%(n/(2*unsure)+1) == 0 {
			unsure--
			p.answer(o, model.Result{Outcome: model.Unknown})
			left--
			continue
		}
		var e model.Effects
		reply := model.Apply(o.cmd, func(k string) model.Value { return state[k] }, &e)
		for _, x := range e.List {
			state[x.Key] = x.On(state[x.Key])
			a := model.Actor{Node: o.node, Life: 1}
			p.last[a]++
			rec, over := recs[x.Key].Write(model.Write{
				Op: o.id, Dot: model.Dot{Actor: a, N: p.last[a]}, Stamp: model.Stamp{Wall: p.now, Actor: a}, Effect: x,
			}, model.Registers)
			recs[x.Key] = rec
			p.event(trace.Event{Kind: trace.Wrote, Op: o.id, Node: o.node, Key: x.Key, Ops: over})
			for node := range model.NodeID(3) {
				p.event(trace.Event{Kind: trace.Applied, Node: node + 1, Key: x.Key, Body: rec})
			}
		}
		busy[i] = &running{o, reply}
	}
	return p
}

func register(i int, key string, r *rand.Rand) []string {
	if r.IntN(2) == 0 {
		return []string{"GET", key}
	}
	return []string{"SET", key, fmt.Sprint(i)}
}

// repeating writes few values, so that only the search can tell.
func repeating(_ int, key string, r *rand.Rand) []string {
	if r.IntN(2) == 0 {
		return []string{"GET", key}
	}
	return []string{"SET", key, fmt.Sprint(r.IntN(3))}
}

func counters(_ int, key string, r *rand.Rand) []string {
	if r.IntN(3) == 0 {
		return []string{"GET", key}
	}
	return []string{"INCR", key}
}

func mixed(i int, key string, r *rand.Rand) []string {
	switch r.IntN(5) {
	case 0:
		return []string{"CAS", key, fmt.Sprint(r.IntN(i) + 1), fmt.Sprint(i)}
	case 1:
		return []string{"DEL", key}
	}
	return register(i, key, r)
}

// violate adds reads that go back.
func (p *tape) violate(key string) {
	p.play("zed@n1 SET " + key + " first\nzed wrote\nzed = OK\nzed@n1 SET " + key + " second\nzed wrote\nzed = OK\nzed@n1 GET " + key + "\nzed = first")
}

var loads = []struct {
	name            string
	n, keys, unsure int
	violated        bool
	command         func(int, string, *rand.Rand) []string
}{
	{"register-1k", 1000, 10, 0, false, register},
	{"register-10k", 10_000, 10, 0, false, register},
	{"register-10k-1key", 10_000, 1, 0, false, register},
	{"repeating-1k", 1000, 10, 0, false, repeating},
	{"repeating-10k", 10_000, 10, 0, false, repeating},
	{"counter-1k", 1000, 10, 0, false, counters},
	{"counter-10k", 10_000, 10, 0, false, counters},
	{"mixed-1k", 1000, 10, 0, false, mixed},
	{"mixed-10k", 10_000, 10, 0, false, mixed},
	{"counter-10k-1key", 10_000, 1, 0, false, counters},
	{"register-29open-violated", 1000, 1, 29, true, register},
	{"repeating-29open-violated", 1000, 1, 29, true, repeating},
	{"counter-29open", 1000, 1, 29, false, counters},
	{"mixed-29open", 1000, 1, 29, false, mixed},
	{"mixed-29open-violated", 1000, 1, 29, true, mixed},
}

func BenchmarkLinearizable(b *testing.B) {
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) {
			p := load(b, l.n, l.keys, l.unsure, l.command)
			if l.violated {
				p.violate("k0")
			}
			b.ReportAllocs()
			var v Verdict
			for b.Loop() {
				v = judge(b, p.history(Options{}), "linearizable").Verdict
			}
			b.ReportMetric(float64(v), "verdict")
		})
	}
}

func BenchmarkOthers(b *testing.B) {
	for _, l := range loads[:5] {
		p := load(b, l.n, l.keys, l.unsure, l.command)
		for _, words := range []string{"available", "lost-writes", "stale-reads", "read-your-writes", "monotonic-reads", "converged"} {
			b.Run(l.name+"/"+words, func(b *testing.B) {
				for b.Loop() {
					judge(b, p.history(Options{}), words)
				}
			})
		}
	}
}

// TestBlowUpStaysWithinTheBudget: many open writes beside a violation, which a search
// alone would take minutes for.
func TestBlowUpStaysWithinTheBudget(t *testing.T) {
	for _, l := range loads {
		if l.unsure == 0 {
			continue
		}
		p := load(t, l.n, l.keys, l.unsure, l.command)
		if l.violated {
			p.violate("k0")
		}
		h := p.history(Options{})
		for _, g := range groups(h.operations()) {
			// A step may end a little beyond what was left.
			if _, spent := g.decide(linearBudget / 10); spent > linearBudget/10+64*stepWork {
				t.Errorf("%s: did work of %d", l.name, spent)
			}
		}
		f := judge(t, h, "linearizable")
		if l.violated && f.Verdict != No || !l.violated && f.Verdict == No {
			t.Errorf("%s: %v: %s", l.name, f.Verdict, f.Witness)
		}
		if again := judge(t, p.history(Options{}), "linearizable"); again.Witness != f.Witness {
			t.Errorf("%s: another witness: %s", l.name, again.Witness)
		}
	}
}
