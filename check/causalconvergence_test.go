package check

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestCausalConvergence(t *testing.T) {
	set := func(client, key, v string) string {
		return fmt.Sprintf("%s@n1 SET %s %s\n%s wrote\n%s = OK\n", client, key, v, client, client)
	}
	get := func(client, key, v string) string {
		return fmt.Sprintf("%s@n2 GET %s\n%s = %s\n", client, key, client, v)
	}
	// Bob's write stays the last for him though he learns of Alice's later: convergence
	// allows it, causal memory does not.
	keeps := set("bob", "x", "v2") + set("alice", "z", "v1") + set("alice", "x", "v1") + set("alice", "y", "v1") +
		get("bob", "z", "nil") + get("bob", "y", "v1") + get("bob", "x", "v2")
	wants(t, history(t, keeps), "yes causal-convergence", "no causal")
	// Two clients see two writes in different orders: the other way round.
	split := set("alice", "x", "v1") + set("bob", "x", "v2") +
		get("alice", "x", "v1") + get("alice", "x", "v2") + get("bob", "x", "v2") + get("bob", "x", "v1")
	wants(t, history(t, split), "no causal-convergence ~ No one order of the writes respects causality", "yes causal")
	// The answer before its question.
	wants(t, history(t, set("carol", "q", "lunch")+get("bob", "q", "lunch")+set("bob", "a", "yes")+get("dave", "a", "yes")+get("dave", "q", "nil")),
		"no causal-convergence ~ as if nobody had written")
	wants(t, history(t, get("dave", "q", "word")), "no causal-convergence ~ nobody wrote")
	// Siblings are of several writes: no register's reply, and no proof of anything.
	const two = "b@n1 GET q\nb siblings v1 v2\n"
	wants(t, history(t, set("a", "q", "v1")+set("c", "q", "v2")+two),
		"unknown causal-convergence ~ b's GET q at n1", "unknown causal ~ registers alone", "no sequential ~ returned 2 values at once", "no linearizable ~ returned 2 values at once")
	wants(t, history(t, set("a", "q", "v1")+two), "no causal-convergence ~ nobody wrote", "no causal ~ nobody wrote", "no sequential ~ nobody wrote")
	wants(t, history(t, set("a", "q", "v1")+set("c", "q", "v2")+two+set("c", "z", "v3")+get("b", "z", "v3")+get("b", "q", "nil")),
		"no causal-convergence ~ as if nobody had written", "no causal ~ as if nobody had written")
	wants(t, history(t, ""), "yes causal-convergence ~ Nothing to judge")
}

// smallOp is an operation for the oracle: a write of its own number, or a read of w (-1
// for nothing).
type smallOp struct {
	client, key, w int
	read           bool
}

// TestCausalConvergenceOracle compares with the definition, tried for every order of the
// writes.
func TestCausalConvergenceOracle(t *testing.T) {
	verdicts := map[Verdict]int{}
	n := 1500
	if *long {
		n = 100_000
	}
	for seed := range n {
		r := rand.New(rand.NewPCG(uint64(seed), 4))
		var ops []smallOp
		var text strings.Builder
		for i := range 4 + r.IntN(5) {
			o := smallOp{client: r.IntN(3), key: r.IntN(2), read: r.IntN(2) == 0, w: -1}
			c, k := "abc"[o.client:o.client+1], "xy"[o.key:o.key+1]
			if !o.read {
				fmt.Fprintf(&text, "%s@n1 SET %s v%d\n%s wrote\n%s = OK\n", c, k, i, c, c)
				ops = append(ops, o)
				continue
			}
			reply := "nil"
			for j, p := range ops {
				if !p.read && p.key == o.key && r.IntN(2) == 0 {
					o.w, reply = j, fmt.Sprintf("v%d", j)
				}
			}
			fmt.Fprintf(&text, "%s@n2 GET %s\n%s = %s\n", c, k, c, reply)
			ops = append(ops, o)
		}
		want := No
		if convergesByDefinition(ops) {
			want = Yes
		}
		if got := history(t, text.String()).causalConvergence(); got.Verdict != want {
			t.Fatalf("seed %d: %v (%s), by definition %v\n%s", seed, got.Verdict, got.Witness, want, text.String())
		}
		verdicts[want]++
	}
	if verdicts[Yes] < n/10 || verdicts[No] < n/10 {
		t.Errorf("verdicts %v", verdicts)
	}
}

func convergesByDefinition(ops []smallOp) bool {
	n := len(ops)
	before := make([][]bool, n)
	for i := range before {
		before[i] = make([]bool, n)
		for j := range i {
			before[i][j] = ops[i].client == ops[j].client
		}
		if w := ops[i].w; ops[i].read && w >= 0 {
			before[i][w] = true
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				before[i][j] = before[i][j] || before[i][k] && before[k][j]
			}
		}
	}
	var writes []int
	for i := range ops {
		if !ops[i].read {
			writes = append(writes, i)
		}
	}
	return anyOrder(ops, before, writes, nil)
}

func anyOrder(ops []smallOp, before [][]bool, left, order []int) bool {
	if len(left) == 0 {
		for i, o := range ops {
			last := -1
			for _, w := range order {
				if o.read && ops[w].key == o.key && before[i][w] {
					last = w
				}
			}
			if o.read && last != o.w {
				return false
			}
		}
		return true
	}
	for i, w := range left {
		free := true
		for _, u := range left {
			free = free && !before[w][u]
		}
		if !free {
			continue
		}
		rest := append(append([]int(nil), left[:i]...), left[i+1:]...)
		if anyOrder(ops, before, rest, append(append([]int(nil), order...), w)) {
			return true
		}
	}
	return false
}
