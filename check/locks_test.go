package check

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

func TestMutualExclusion(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nobody":       {"", []string{"yes mutual-exclusion ~ Nothing to judge: nobody acquired a resource."}},
		"another":      {"acquire n4 alice disk", []string{"yes mutual-exclusion disk ~ acquired once by 1 holder", "yes mutual-exclusion tape ~ Nothing to judge: nobody acquired tape."}},
		"in turn":      {"acquire n4 alice disk\nrelease n4 alice disk\nacquire n5 bob disk", []string{"yes mutual-exclusion ~ One holder at a time: acquired twice by 2 holders."}},
		"at once":      {"acquire n4 alice disk\n+1s\nacquire n5 bob disk\n+1s\nrelease n4 alice disk", []string{"no mutual-exclusion ~ alice and bob both held disk from 1.001s (#2) to 2.001s (#3), when alice's ended; alice's began at 1ms (#1).", "no mutual-exclusion disk", "yes mutual-exclusion tape"}},
		"later first":  {"acquire n4 alice disk\nacquire n5 bob disk\nrelease n5 bob disk", []string{"no mutual-exclusion ~ to 3ms (#3), when bob's ended; alice's began at 1ms (#1)."}},
		"still":        {"acquire n4 alice disk\nacquire n5 bob disk", []string{"no mutual-exclusion ~ both held disk from 2ms (#2) on; alice's began"}},
		"two things":   {"acquire n4 alice disk\nacquire n5 bob tape", []string{"yes mutual-exclusion"}},
		"the same":     {"acquire n4 alice disk 1\nacquire n4 alice disk 2\nrelease n4 alice disk\nacquire n5 bob disk", []string{"yes mutual-exclusion"}},
		"moved":        {"acquire n4 alice disk 1\nacquire n1 alice disk 2\nrelease n1 alice disk\nacquire n5 bob disk", []string{"yes mutual-exclusion"}},
		"crashed":      {"acquire n4 alice disk\ncrash n4\nacquire n5 bob disk", []string{"yes mutual-exclusion"}},
		"wiped":        {"acquire n1 alice disk\nwipe n1\nacquire n5 bob disk", []string{"yes mutual-exclusion"}},
		"other's end":  {"acquire n4 alice disk\ncrash n5\nrelease n5 bob disk\nacquire n5 bob disk", []string{"no mutual-exclusion"}},
		"paused":       {"acquire n4 alice disk\npause n4\nacquire n5 bob disk\nresume n4\nrelease n4 alice disk", []string{"no mutual-exclusion ~ to 5ms (#5), when alice's ended"}},
		"toggled":      {"acquire n4 alice disk\npolicy cp\nacquire n5 bob disk", []string{"yes mutual-exclusion"}},
		"many":         {strings.Repeat("acquire n4 alice disk\nacquire n5 bob disk\nrelease n4 alice disk\nrelease n5 bob disk\n", 5), []string{"no mutual-exclusion ~ And 2 more."}},
		"three":        {"acquire n4 alice disk\nacquire n5 bob disk\nacquire n6 carol disk", []string{"no mutual-exclusion ~ bob and carol both held disk from 3ms"}},
		"hostile name": {"acquire n4 alice a,b\nacquire n5 bob a,b", []string{"no mutual-exclusion a,b ~ both held a,b from"}},
	} {
		t.Run(name, func(t *testing.T) { wants(t, history(t, c.text), c.want...) })
	}
}

func TestGuarded(t *testing.T) {
	const both = "acquire n4 alice disk\nacquire n5 bob disk\n"
	const tokens = "acquire n4 alice disk 33\nacquire n5 bob disk 34\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":      {both, []string{"yes guarded ~ Nothing to judge: no write to a resource took effect.", "yes guarded disk ~ no write to disk"}},
		"in order":     {both + "access n1 alice disk\naccess n1 bob disk", []string{"yes guarded ~ 2 writes took effect in the order in which the holders had acquired what they wrote to. 1 of them came after another had acquired it, but before that one had written."}},
		"in time":      {"acquire n4 alice disk\naccess n1 alice disk\nacquire n5 bob disk\naccess n1 bob disk", []string{"yes guarded ~ what they wrote to."}},
		"stale":        {both + "access n1 bob disk\naccess n1 alice disk", []string{"no guarded ~ 1 of 2 writes of stale holders got through. alice's write to disk took effect at 4ms (#4), though bob, who acquired it at 2ms (#2), had written to it at 3ms (#3).", "no guarded disk", "yes guarded tape"}},
		"with tokens":  {tokens + "access n1 bob disk 34\naccess n1 alice disk 33", []string{"no guarded ~ alice's write to disk (token 33) took effect at 4ms (#4), though bob, who acquired it at 2ms (#2), had written to it (token 34) at 3ms (#3)."}},
		"by token":     {"acquire n4 alice disk 34\nacquire n5 bob disk 33\naccess n1 bob disk 33\naccess n1 alice disk 34", []string{"yes guarded"}},
		"one without":  {"acquire n4 alice disk 34\nacquire n5 bob disk\naccess n1 bob disk\naccess n1 alice disk 34", []string{"no guarded"}},
		"given back":   {"acquire n4 alice disk\nrelease n4 alice disk\nacquire n5 bob disk\naccess n1 bob disk\naccess n1 alice disk", []string{"no guarded"}},
		"again":        {tokens + "acquire n4 alice disk 35\naccess n1 bob disk 34\naccess n1 alice disk 35", []string{"yes guarded"}},
		"own old one":  {"acquire n4 alice disk 33\nacquire n4 alice disk 35\naccess n1 alice disk 35\naccess n1 alice disk 33", []string{"no guarded ~ though alice, who acquired it at 2ms (#2),"}},
		"asked before": {"acquire n4 alice disk\nacquire n5 bob disk\nalice@n1 SET disk a\nacquire n4 alice disk\naccess n1 bob disk\naccess n1 alice disk", []string{"no guarded"}},
		"asked after":  {"acquire n4 alice disk\nacquire n5 bob disk\nacquire n4 alice disk\nalice@n1 SET disk a\naccess n1 bob disk\naccess n1 alice disk", []string{"yes guarded"}},
		"never held":   {"access n1 eve disk\nacquire n4 alice disk\naccess n1 alice disk\naccess n1 eve disk", []string{"no guarded ~ eve's write to disk took effect at 4ms (#4), though alice"}},
		"no holder":    {"access n1 eve disk\naccess n1 mallory disk", []string{"yes guarded"}},
		"token alone":  {"access n1 eve disk 7\naccess n1 mallory disk 6", []string{"no guarded ~ though a later holder had written to it (token 7)"}},
		"many":         {both + "access n1 bob disk\n" + strings.Repeat("access n1 alice disk\n", 5), []string{"no guarded ~ 5 of 6 writes", "no guarded ~ And 2 more."}},
	} {
		t.Run(name, func(t *testing.T) { wants(t, history(t, c.text), c.want...) })
	}
}

func TestLockMetrics(t *testing.T) {
	h := history(t, `
		alice@n1 SET k a
		+10ms
		acquire n4 alice disk
		alice = OK
		+99ms
		acquire n5 bob disk
		acquire n6 carol disk
		access n1 alice disk
		+98ms
		release n4 alice disk
		+50ms
		release n5 bob disk`)
	want := map[string]any{
		// Of three holders from the second's beginning on until two had ended.
		"held-at-once": 150 * time.Millisecond, "hold-p50": 150 * time.Millisecond, "lock-wait-p50": 10 * time.Millisecond, "late-writes": int64(1),
	}
	for _, m := range Metrics {
		if w, ok := want[m.Name]; ok && m.Of(h) != w {
			t.Errorf("%s = %v, want %v", m.Name, m.Of(h), w)
		}
		if _, ok := want[m.Name]; ok && m.Of(history(t, "")) != nil {
			t.Errorf("%s of nothing is %v", m.Name, m.Of(history(t, "")))
		}
	}
}

// lockTape plays random holdings of two resources by three clients: names that move, tokens
// or none, crashes, writes late and of strangers.
func lockTape(t *testing.T, seed uint64) *tape {
	r := rand.New(rand.NewPCG(seed, 1))
	p := newTape(t, 3)
	names, things := []string{"ann", "bob", "cid"}, []string{"disk", "tape"}
	token := int64(0)
	for range 4 + r.IntN(14) {
		who, what := names[r.IntN(3)], things[r.IntN(2)]
		at := fmt.Sprintf("n%d", 4+r.IntN(3))
		bears := ""
		if seed%3 > 0 {
			if token++; seed%3 == 2 && r.IntN(6) == 0 {
				token = 0
			}
			bears = fmt.Sprint(token)
		}
		switch r.IntN(8) {
		case 0, 1, 2:
			p.play(fmt.Sprintf("acquire %s %s %s %s", at, who, what, bears))
		case 3:
			p.play(fmt.Sprintf("release %s %s %s", at, who, what))
		case 4:
			p.play([]string{"crash ", "wipe ", "pause ", "restart "}[r.IntN(4)] + at)
		case 5:
			p.play(who + "@n1 SET k a")
		default:
			if bears != "" && r.IntN(3) > 0 {
				bears = fmt.Sprint(1 + r.Int64N(token+1))
			}
			p.play(fmt.Sprintf("access n1 %s %s %s", who, what, bears))
		}
	}
	return p
}

// everHeldTwice steps through the log with who holds what, and where.
func everHeldTwice(p *tape) bool {
	held := map[[2]string]model.NodeID{}
	twice := false
	for _, e := range p.log.All() {
		at := [2]string{e.Key, e.Text}
		switch {
		case e.Kind == trace.Acquire:
			held[at] = e.Node
		case e.Kind == trace.Relinquish:
			delete(held, at)
		case e.Kind == trace.HostChange && (e.Text == "crashed" || e.Text == "wiped"):
			for k, n := range held {
				if n == e.Node {
					delete(held, k)
				}
			}
		}
		for k := range held {
			for l := range held {
				twice = twice || k != l && k[0] == l[0]
			}
		}
	}
	return twice
}

// anyOutOfOrder compares every two writes to a resource by the definition.
func anyOutOfOrder(p *tape) bool {
	events := p.log.All()
	var all []trace.Event
	for _, e := range events {
		all = append(all, *e)
	}
	ranked := func(key string) bool {
		for _, e := range all {
			if e.Kind == trace.Acquire && e.Key == key && e.N == 0 {
				return false
			}
		}
		return true
	}
	place := func(i int) int64 { // of the acquisition that the i-th event, a write, belongs to
		w := all[i]
		asked := i
		for j := range i {
			if all[j].Kind == trace.Invoke && all[j].Op == w.Op {
				asked = j
			}
		}
		if ranked(w.Key) && w.N != 0 {
			return w.N
		}
		own := -1
		for j := range asked {
			if e := all[j]; e.Kind == trace.Acquire && e.Key == w.Key && e.Text == w.Text {
				own = j
			}
		}
		for j := i - 1; j >= 0; j-- {
			if e := all[j]; w.N != 0 && e.Kind == trace.Acquire && e.Key == w.Key && e.Text == w.Text && e.N == w.N {
				own = j
			}
		}
		switch {
		case own < 0:
			return 0
		case ranked(w.Key):
			return all[own].N
		}
		return int64(own) + 1
	}
	for i := range all {
		for j := range i {
			if all[i].Kind == trace.Access && all[j].Kind == trace.Access && all[i].Key == all[j].Key && place(i) < place(j) {
				return true
			}
		}
	}
	return false
}

// TestLocksAgainstTheDefinitions: both checks, on every prefix too.
func TestLocksAgainstTheDefinitions(t *testing.T) {
	twice, stale := map[bool]int{}, map[bool]int{}
	for seed := range histories(t, 4000) {
		p := lockTape(t, uint64(seed))
		h := p.history(Options{})
		a, b := everHeldTwice(p), anyOutOfOrder(p)
		if f := judge(t, h, "mutual-exclusion"); f.Verdict != verdictOf(!a) {
			t.Fatalf("seed %d: %v, the oracle says %v: %s", seed, f.Verdict, !a, f.Witness)
		}
		if f := judge(t, h, "guarded"); f.Verdict != verdictOf(!b) {
			t.Fatalf("seed %d: %v, the oracle says %v: %s", seed, f.Verdict, !b, f.Witness)
		}
		if d, ok := h.heldAtOnce().(time.Duration); ok && d > 0 && !a {
			t.Fatalf("seed %d: held at once for %v, the oracle says never", seed, d)
		}
		wants(t, h, fmt.Sprintf("%s mutual-exclusion", verdictOf(!a)), fmt.Sprintf("%s guarded", verdictOf(!b)))
		twice[a]++
		stale[b]++
	}
	both(t, twice)
	both(t, stale)
}

// TestLocksComeToTheSameCutShort: what came later is held back.
func TestLocksComeToTheSameCutShort(t *testing.T) {
	for seed := range uint64(200) {
		p := lockTape(t, seed)
		cut := 1 + int(seed)%p.log.Len()
		short := newTape(t, 3)
		for n, e := range p.log.All() {
			if n <= cut {
				short.log.Append(*e)
			}
		}
		a, b := p.history(Options{Until: cut}), short.history(Options{})
		for _, words := range []string{"mutual-exclusion", "guarded", "mutual-exclusion disk", "guarded tape"} {
			if f, g := judge(t, a, words), judge(t, b, words); f.Verdict != g.Verdict || f.Witness != g.Witness {
				t.Fatalf("seed %d, up to %d: %s: %s, %s", seed, cut, words, f.Witness, g.Witness)
			}
		}
	}
}
