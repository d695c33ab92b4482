package check

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// words are commands of all kinds on few keys, so that they meet.
var words = []string{
	"GET a", "SET a 1", "SET a 2", "SET a 1 NX", "SET a 2 XX", "DEL a", "EXISTS a", "INCR a", "DECR a", "INCRBY a 2", "APPEND a 1",
	"CAS a 1 2", "CAS a 2 1", "CADEL a 1", "TAKE a 1", "SADD a x", "SADD a x y", "SREM a x", "SMEMBERS a", "SISMEMBER a x",
	"SET i:stock 2", "BUY i 1", "BUY i 2", "GET i:stock", "GET i:sold", "INCR i:sold", "GET b", "SET b 1",
	"SET a 1 PX 50", "SET a 2 PX 50 GET", "PEXPIRE a 50", "PEXPIRE a 0", "PTTL a", "STRLEN a", "SCARD a", "HSET a 1 1", "HGETALL a", "EXPIRE", "EXPIRE", "EXPIRE",
}

// randomHistory makes a history that has an order, then spoils some of the replies.
func randomHistory(r *rand.Rand, n int, pool []string) []*trace.Op {
	type slot struct {
		begin, point, end int
		o                 *trace.Op
	}
	slots := make([]slot, n)
	places := r.Perm(3 * n)
	for i := range slots {
		p := []int{places[3*i] + 1, places[3*i+1] + 1, places[3*i+2] + 1}
		slices.Sort(p)
		o := &trace.Op{ID: model.OpID(i + 1), Client: "c", Invoked: p[0]}
		if words := strings.Fields(pool[r.IntN(len(pool))]); words[0] == "EXPIRE" {
			o.System = true
		} else if c, err := model.ParseCommand(words); err == nil {
			o.Command = c
		} else {
			panic(err)
		}
		slots[i] = slot{p[0], p[1], p[2], o}
	}
	for i, s := range slots {
		if s.o.System {
			blame(s.o, slots[r.IntN(n)].o, slots[(i+1)%n].o)
		}
	}
	slices.SortFunc(slots, func(a, b slot) int { return a.point - b.point })
	at := map[string]model.Value{}
	for _, s := range slots {
		fate := r.IntN(10)
		if fate == 0 {
			s.o.Result, s.o.Returned = &model.Result{Outcome: model.Refused}, s.end
			continue
		}
		e := model.Effects{Now: clockOf(s.o)}
		reply := model.Apply(s.o.Command, func(key string) model.Value { return at[key] }, &e)
		for _, x := range e.List {
			if fate != 1 {
				at[x.Key] = x.On(at[x.Key])
			}
		}
		if fate <= 3 || s.o.System {
			continue // open: with fate 1 it never happened
		}
		res := model.Answered(reply)
		s.o.Result, s.o.Returned = &res, s.end
		s.o.Done = model.Time(s.end)
	}
	ops := make([]*trace.Op, 0, n)
	for _, s := range slots {
		ops = append(ops, s.o)
	}
	for range r.IntN(3) {
		spoil(r, ops)
	}
	sortByInvocation(ops)
	return ops
}

// blame makes an EXPIRE of what one of the others set, or of a write that nobody knows.
func blame(o *trace.Op, causes ...*trace.Op) {
	o.Command = model.ExpireCommand("a", 7)
	for _, c := range causes {
		if !c.System && setsDeadline(c.Command) && c.Command.Args[len(c.Command.Args)-1] != "0" {
			o.Cause = c.ID
			o.Command = model.ExpireCommand("a", clockOf(c).Add(50*time.Millisecond))
		}
	}
}

func spoil(r *rand.Rand, ops []*trace.Op) {
	o, from := ops[r.IntN(len(ops))], ops[r.IntN(len(ops))]
	if answeredOK(o) && answeredOK(from) {
		res := *from.Result
		o.Result = &res
	}
}

func TestRandomHistoriesAgainstTheDefinition(t *testing.T) {
	rounds := histories(t, 4000)
	if *long {
		rounds = 200_000
	}
	counts := map[Verdict]int{}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		pool := words
		switch seed % 4 {
		case 0:
			pool = words[:4+r.IntN(12)]
		case 1:
			pool = []string{"GET a", "GET a", "SET a 1", "SET a 2", "SET a 3", "DEL a", "CAS a 1 2"}
		case 2:
			pool = []string{"GET a", "GET a", "SET a 1 PX 50", "SET a 2", "SET a 2 PX 50 NX", "PEXPIRE a 50", "PTTL a", "EXISTS a", "EXPIRE", "EXPIRE", "APPEND a 1"}
		}
		ops := randomHistory(r, 2+r.IntN(6), pool)
		want := Yes
		var all []*call
		for _, g := range groups(ops) {
			all = append(all, g.calls...)
			fits := ordered(g.calls, map[string]model.Value{})
			if v, _ := g.decide(linearBudget); v != verdictOf(fits) {
				t.Fatalf("seed %d: %v, want %v: %s", seed, v, fits, script(ops))
			}
			if _, found := (&witness{h: &History{}, g: g}).scan(); found && fits {
				t.Fatalf("seed %d: a contradiction was seen where there is none: %s", seed, script(ops))
			}
			if !fits {
				want = No
				checkShrunk(t, seed, g)
			}
		}
		// The keys apart must say the same as all of them together.
		if fits := ordered(all, map[string]model.Value{}); want != verdictOf(fits) {
			t.Fatalf("seed %d: by key %v, want %v: %s", seed, want, fits, script(ops))
		}
		counts[want]++
	}
	t.Logf("%v", counts)
	if counts[Yes] < rounds/10 || counts[No] < rounds/10 {
		t.Errorf("one-sided: %v", counts)
	}
}

// checkShrunk checks that a witness ends with the first return that no order explains.
func checkShrunk(t *testing.T, seed int, g *group) {
	t.Helper()
	w := &witness{h: &History{}, g: g, left: linearBudget}
	w.shrink()
	if ordered(w.g.calls, map[string]model.Value{}) {
		t.Fatalf("seed %d: the shrunk history has an order", seed)
	}
	if before := g.upTo(w.c.end - 1); !ordered(before.calls, map[string]model.Value{}) {
		t.Fatalf("seed %d: a shorter history has no order either", seed)
	}
	if f := w.explain(); f.Witness == "" || len(f.Ops) == 0 {
		t.Fatalf("seed %d: no witness", seed)
	}
}

// TestZonesAgainstTheSearch compares them on longer histories of distinct values.
func TestZonesAgainstTheSearch(t *testing.T) {
	rounds := 400
	if *long {
		rounds = 50_000
	}
	counts := map[Verdict]int{}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 2))
		pool := make([]string, 0, 60)
		n := 8 + r.IntN(16)
		for i := range n {
			pool = append(pool, fmt.Sprintf("SET a %d", i), "GET a")
		}
		ops := randomHistory(r, n, pool)
		had := map[string]bool{}
		ops = slices.DeleteFunc(ops, func(o *trace.Op) bool {
			name := o.Command.String()
			twice := o.Command.Writes() && had[name]
			had[name] = true
			return twice
		})
		for _, g := range groups(ops) {
			yes, ok := g.zones()
			v, _ := g.orderOf(linearBudget / 10)
			if ok && v != Unknown && v != verdictOf(yes) {
				t.Fatalf("seed %d: zones %v, search %v: %s", seed, yes, v, script(ops))
			}
			if !ok && v == Yes {
				t.Fatalf("seed %d: zones must decide plain registers: %s", seed, script(ops))
			}
			counts[v]++
		}
	}
	t.Logf("%v", counts)
	if counts[Yes] < rounds/20 || counts[No] < rounds/20 {
		t.Errorf("one-sided: %v", counts)
	}
}

// TestGrowingSetsAgainstTheSearch compares on histories of sets that only grow, of one
// member or two a time, some of them there at first; and what contradicts an order by one
// member alone, there and of sets that shrink, too.
func TestGrowingSetsAgainstTheSearch(t *testing.T) {
	rounds := 600
	if *long {
		rounds = 50_000
	}
	counts, told := map[Verdict]int{}, 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		var pool []string
		shrinks := r.IntN(3) == 0
		for i := range 5 + r.IntN(8) {
			if shrinks {
				pool = append(pool, fmt.Sprintf("SREM a m%d", i))
			}
			one := fmt.Sprintf("SADD a m%d", i)
			if r.IntN(3) == 0 {
				one += fmt.Sprintf(" n%d", i)
			}
			pool = append(pool, one, "SMEMBERS a")
		}
		had := map[string]bool{}
		ops := slices.DeleteFunc(randomHistory(r, 6+r.IntN(10), pool), func(o *trace.Op) bool {
			name := o.Command.String()
			twice := o.Command.Writes() && had[name]
			had[name] = true
			return twice
		})
		if len(ops) > 0 && r.IntN(2) == 0 { // as if it had been there from the start
			ops = slices.DeleteFunc(ops, func(o *trace.Op) bool { return o.Command.String() == "SADD a m0" })
		}
		for _, g := range groups(ops) {
			if r.IntN(2) == 0 {
				g.init[0][0] = model.Value{Type: model.Set, Members: []string{"m0"}}
			}
			yes, ok := g.growing()
			v, _ := g.orderOf(linearBudget / 10)
			if ok && v != Unknown && v != verdictOf(yes) {
				t.Fatalf("seed %d: growing %v, search %v: %s", seed, yes, v, script(ops))
			}
			if !ok && v == Yes && !shrinks && !strings.Contains(script(ops), "SADD a m0") {
				t.Fatalf("seed %d: sets that grow must be decided: %s", seed, script(ops))
			}
			if ok {
				counts[v]++
			}
			if _, found := (&witness{g: g}).scan(); found && v == Yes {
				t.Fatalf("seed %d: a member contradicts what has an order: %s", seed, script(ops))
			} else if found {
				told++
			}
		}
	}
	t.Logf("%v, %d told by a member", counts, told)
	if counts[Yes] < rounds/20 || counts[No] < rounds/20 || told < rounds/20 {
		t.Errorf("one-sided: %v", counts)
	}
}
