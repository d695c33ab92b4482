package check

import (
	"slices"
	"testing"

	"capsim/model"
	"capsim/trace"
)

// TestUntilIsTheSameAsAShorterLog holds what came later back from every check.
func TestUntilIsTheSameAsAShorterLog(t *testing.T) {
	for seed := range 60 {
		y := newToy(t, seed, model.Mode(seed%3))
		y.run(60, toyCommands["all"], true)
		cut := 1 + y.r.IntN(y.log.Len())
		short := newTape(t, 3)
		for n, e := range y.log.All() {
			if n <= cut {
				short.log.Append(*e)
			}
		}
		a, b := y.history(Options{Until: cut}), short.history(Options{})
		for _, words := range []string{
			"linearizable", "available", "converged", "lost-writes", "stale-reads", "staleness < 1s", "read-your-writes", "monotonic-reads",
			"value n1 a = 1", "version n1 a = v1", "reply ann = OK", "latency p50 < 1ms", "messages = 3", "conserved a", "answered n1 >= 99%",
		} {
			f, g := judge(t, a, words), judge(t, b, words)
			// Names of events apart: an operation that is open here is so there.
			if f.Verdict != g.Verdict || f.Value != g.Value || !slices.Equal(f.Events, g.Events) {
				t.Fatalf("seed %d, up to %d: %s:\n%+v\n%+v", seed, cut, words, f, g)
			}
		}
		if x, z := a.timeToConverge(), b.timeToConverge(); x != z {
			t.Fatalf("seed %d: time-to-converge %v, %v", seed, x, z)
		}
	}
}

// TestHostileLogs feeds checks what no engine writes.
func TestHostileLogs(t *testing.T) {
	p := newTape(t, 3)
	for _, e := range []trace.Event{
		{Kind: trace.Invoke, Op: 1, Node: 99, Body: &trace.Call{Client: "a", Command: model.Command{Verb: model.SET}}},
		{Kind: trace.Invoke, Op: 3, Node: 2, Body: &trace.Call{Client: "a", Command: model.Command{Verb: model.GET, Args: []string{"x"}}}},
		{Kind: trace.Invoke, Op: 7, Node: 2},
		{Kind: trace.Return, Op: 3, Node: 2},
		{Kind: trace.Return, Op: 3, Node: 2, Body: &model.Result{Outcome: model.OKOutcome, Reply: model.Reply{Kind: 77}}},
		{Kind: trace.Return, Op: 99, Node: 2, Body: &model.Result{}},
		{Kind: trace.Invoke, Op: 4, Node: 99, Body: &trace.Call{Client: "a", Command: model.Command{Verb: model.INCR, Args: []string{"x"}}}},
		{Kind: trace.Return, Op: 4, Node: 99, Body: &model.Result{Outcome: model.OKOutcome, Reply: model.Int(7)}},
		{Kind: trace.Wrote, Op: 4, Key: "x", Ops: []model.OpID{4, 5, 1000}},
		{Kind: trace.Applied, Node: 99, Key: "x", Body: &model.Record{Heads: []model.Head{{Op: 500}}}},
		{Kind: trace.Applied, Node: 1, Key: "x", Body: &model.Record{Heads: []model.Head{{Op: 500}, {Op: 500}}}},
		{Kind: trace.HostChange, Node: 99, Text: "crashed"},
		{Kind: trace.Discarded, Node: 99, Op: 12, Key: "x"},
		{Kind: trace.Note, Text: "raft.leader", Body: trace.Fields{"node"}},
		{Kind: trace.Send, Msg: 3, Node: 50},
		{Kind: trace.Access, Node: -3, Op: 12, N: -4},
		{Kind: trace.Relinquish, Node: 99, Key: "x", Text: "a"},
		{Kind: trace.Acquire, Node: 99, Op: 77, Key: "x", Text: "a", N: -1},
		{Kind: trace.Acquire, Node: 99, Op: 7, Key: "x", Text: "", N: 1 << 62},
		{Kind: trace.Access, Node: 1, Op: 3, Key: "x", Text: "a", N: 1},
		{Kind: 200},
	} {
		p.event(e)
	}
	h := p.history(Options{})
	for _, words := range []string{
		"linearizable", "linearizable x", "available", "available n1", "converged", "converged x", "diverged x", "lost-writes", "stale-reads", "staleness < 1s",
		"read-your-writes", "monotonic-reads", "value n1 x = 1", "version n1 x = v1", "reply a = 1", "latency p50 < 1ms", "messages = 3", "conserved x",
		"answered n1 >= 99%", "leader n1", "mutual-exclusion", "mutual-exclusion x", "guarded", "guarded x",
	} {
		judge(t, h, words)
	}
	for _, m := range Metrics {
		m.Of(h)
	}
	h.Stretches()
	LinearizableFrom(h, 5)
}
