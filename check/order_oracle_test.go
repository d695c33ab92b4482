package check

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// histories returns how many random histories a test judges: few in CI,
// CAPSIM_HISTORIES in the long form.
func histories(t *testing.T, short int) int {
	t.Helper()
	s := os.Getenv("CAPSIM_HISTORIES")
	if s == "" {
		return short
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("CAPSIM_HISTORIES: %v", err)
	}
	return n
}

// bare makes a history of operations of which no log tells more.
func bare(ops []*trace.Op) *History {
	return &History{ops: ops, x: trace.NewIndex(), log: &trace.Log{}, o: Options{Nodes: 2, Timeout: time.Second}}
}

// tiny is an operation of an enumerated history on two keys.
type tiny struct {
	write      bool
	key, value string // of a read, what it returned; "" for nil
	lost       bool   // a write without an answer
}

func (s tiny) op(id, begin, end int, client string) *trace.Op {
	o := &trace.Op{ID: model.OpID(id), Client: client, Invoked: begin, Returned: end, Command: model.Command{Verb: model.GET, Args: []string{s.key}}}
	r := model.Result{Outcome: model.OKOutcome}
	if s.write {
		o.Command = model.Command{Verb: model.SET, Args: []string{s.key, s.value}}
		r.Reply = model.OK
	} else if s.value != "" {
		r.Reply = model.Bulk(s.value)
	}
	if s.lost {
		r = model.Result{Outcome: model.Unknown}
	}
	o.Result = &r
	return o
}

// fits tells, by trying all, whether the operations that are listed by client have an
// order that keeps each client's own and explains the reads of the clients that look.
// before tells further what must precede what; nil for nothing. An unanswered write may
// be left out.
func fits(clients [][]*trace.Op, looks func(o *trace.Op) bool, before map[*trace.Op][]*trace.Op) bool {
	done := map[*trace.Op]bool{}
	state := map[string]string{}
	var rec func() bool
	rec = func() bool {
		complete := true
		for _, ops := range clients {
			for i, o := range ops {
				open := o.Result.Outcome != model.OKOutcome
				if done[o] {
					continue
				}
				if !open {
					complete = false
				}
				ready := true
				for _, p := range ops[:i] { // unanswered ones bind nobody after them
					ready = ready && (done[p] || p.Result.Outcome != model.OKOutcome)
				}
				for _, p := range before[o] {
					ready = ready && done[p]
				}
				if !ready {
					continue
				}
				key := o.Command.Args[0]
				was := state[key]
				if o.Command.Verb == model.SET {
					state[key] = o.Command.Args[1]
				} else if looks(o) && o.Result.Reply.Str != was {
					continue
				}
				done[o] = true
				if rec() {
					return true
				}
				done[o] = false
				state[key] = was
			}
		}
		return complete
	}
	return rec()
}

// byClient lists the operations of each client.
func byClient(ops []*trace.Op) [][]*trace.Op {
	var names []string
	var lists [][]*trace.Op
	for _, o := range ops {
		i := slices.Index(names, o.Client)
		if i < 0 {
			i = len(names)
			names, lists = append(names, o.Client), append(lists, nil)
		}
		lists[i] = append(lists[i], o)
	}
	return lists
}

func sequentialByDefinition(ops []*trace.Op) bool {
	return fits(byClient(ops), func(*trace.Op) bool { return true }, nil)
}

// causalByDefinition tries every way to explain the reads, and every order for every
// client.
func causalByDefinition(ops []*trace.Op) bool {
	var reads []*trace.Op
	for _, o := range ops {
		if o.Command.Verb == model.GET {
			reads = append(reads, o)
		}
	}
	from := map[*trace.Op]*trace.Op{}
	var choose func(i int) bool
	choose = func(i int) bool {
		if i == len(reads) {
			return respects(ops, from)
		}
		r := reads[i]
		if r.Result.Reply.Str == "" {
			return choose(i + 1)
		}
		for _, w := range ops {
			if w.Command.Verb == model.SET && w.Command.Args[0] == r.Command.Args[0] && w.Command.Args[1] == r.Result.Reply.Str {
				from[r] = w
				if choose(i + 1) {
					return true
				}
				delete(from, r)
			}
		}
		return false
	}
	return choose(0)
}

// respects tells whether every client has an order of all writes and its reads that
// respects causality.
func respects(ops []*trace.Op, from map[*trace.Op]*trace.Op) bool {
	clients := byClient(ops)
	reaches := map[[2]*trace.Op]bool{}
	for _, list := range clients {
		for i, o := range list {
			for _, p := range list[:i] {
				if p.Result.Outcome == model.OKOutcome {
					reaches[[2]*trace.Op{p, o}] = true
				}
			}
		}
	}
	for r, w := range from {
		reaches[[2]*trace.Op{w, r}] = true
	}
	for _, k := range ops {
		for _, i := range ops {
			for _, j := range ops {
				if reaches[[2]*trace.Op{i, k}] && reaches[[2]*trace.Op{k, j}] {
					reaches[[2]*trace.Op{i, j}] = true
				}
			}
		}
	}
	for _, o := range ops {
		if reaches[[2]*trace.Op{o, o}] {
			return false
		}
	}
	for _, mine := range clients {
		name := mine[0].Client
		in := func(o *trace.Op) bool { return o.Command.Verb == model.SET || o.Client == name }
		before := map[*trace.Op][]*trace.Op{}
		var lists [][]*trace.Op
		for _, list := range clients {
			var l []*trace.Op
			for _, o := range list {
				if in(o) {
					l = append(l, o)
				}
			}
			lists = append(lists, l)
		}
		for e := range reaches {
			if in(e[0]) && in(e[1]) {
				before[e[1]] = append(before[e[1]], e[0])
			}
		}
		if !fits(lists, func(o *trace.Op) bool { return o.Client == name }, before) {
			return false
		}
	}
	return true
}

// tally counts verdicts by what the definition says.
type tally struct{ yes, no, unknown int }

func (c *tally) compare(t *testing.T, name string, ops []*trace.Op, f Finding, want bool) {
	t.Helper()
	switch f.Verdict {
	case Unknown:
		c.unknown++
		return
	case Yes:
		c.yes++
	case No:
		c.no++
	}
	if f.Verdict != verdictOf(want) {
		t.Fatalf("%s says %v, the definition %v: %s%s", name, f.Verdict, want, f.Witness, script(ops))
	}
}

func judgeOrders(t *testing.T, ops []*trace.Op, s, c *tally) {
	t.Helper()
	h := bare(ops)
	s.compare(t, "sequential", ops, h.sequential(""), sequentialByDefinition(ops))
	c.compare(t, "causal", ops, h.causal(), causalByDefinition(ops))
}

func tinies() []tiny {
	return []tiny{
		{write: true, key: "a", value: "x"},
		{write: true, key: "a", value: "y"},
		{write: true, key: "b", value: "x"},
		{write: true, key: "a", value: "x", lost: true},
		{key: "a"},
		{key: "a", value: "x"},
		{key: "a", value: "y"},
		{key: "b"},
		{key: "b", value: "x"},
	}
}

// TestEverySmallHistoryOfTwoKeys judges all histories of two clients with up to four
// operations on two keys and two values. Neither definition knows real time, but the
// checks look at it: in the long form every interleaving is judged, else one of each
// choice of four operations.
func TestEverySmallHistoryOfTwoKeys(t *testing.T) {
	all := tinies()
	every := os.Getenv("CAPSIM_HISTORIES") != ""
	var s, c tally
	n := 0
	for size := 1; size <= 4; size++ {
		for first := (size + 1) / 2; first <= size; first++ {
			chosen := make([]tiny, size)
			var choose func(i int)
			choose = func(i int) {
				if i < size {
					for _, o := range all {
						chosen[i] = o
						choose(i + 1)
					}
					return
				}
				places := 0
				interleave(2*first, 2*(size-first), func(turns []int) {
					// A step that no turn of the others comes into: one interleaving in seven.
					if places++; size == 4 && !every && places%70 != 1 {
						return
					}
					ops := layOutTiny(chosen, first, turns)
					n++
					judgeOrders(t, ops, &s, &c)
				})
			}
			choose(0)
		}
	}
	t.Logf("%d histories: sequential %+v, causal %+v", n, s, c)
	if s.no == 0 || c.no == 0 || s.yes == 0 || c.yes == 0 || s.no <= c.no || s.unknown > 0 || c.unknown > n/20 {
		t.Error("the histories don't tell right from wrong")
	}
}

func layOutTiny(chosen []tiny, first int, turns []int) []*trace.Op {
	var ops []*trace.Op
	next := [2]int{0, first}
	var running [2]*trace.Op
	for i, client := range turns {
		if o := running[client]; o != nil {
			o.Returned = i + 1
			running[client] = nil
			continue
		}
		o := chosen[next[client]].op(next[client]+1, i+1, 0, []string{"ann", "bob"}[client])
		next[client]++
		running[client] = o
		ops = append(ops, o)
	}
	return ops
}

// TestRandomHistories judges random histories of up to eight operations of up to three
// clients: half of them with values that nobody writes twice.
func TestRandomHistories(t *testing.T) {
	var s, c tally
	n := histories(t, 4000)
	for seed := range n {
		r := rand.New(rand.NewPCG(uint64(seed), 17))
		judgeOrders(t, randomOps(r), &s, &c)
	}
	t.Logf("%d histories: sequential %+v, causal %+v", n, s, c)
	if s.no < n/20 || c.no < n/20 || s.yes < n/20 || c.yes < n/20 || s.unknown > 0 || c.unknown > n/10 {
		t.Error("the histories don't tell right from wrong")
	}
}

func randomOps(r *rand.Rand) []*trace.Op {
	size, clients, distinct := 3+r.IntN(6), 2+r.IntN(2), r.IntN(2) == 0
	var ops []*trace.Op
	running := map[int]*trace.Op{}
	written := map[string][]string{"a": {""}, "b": {""}}
	at := 0
	for len(ops) < size || len(running) > 0 {
		client := r.IntN(clients)
		if o := running[client]; o != nil {
			at++
			o.Returned = at
			delete(running, client)
			continue
		}
		if len(ops) == size {
			continue
		}
		o := tiny{key: []string{"a", "b"}[r.IntN(2)], write: r.IntN(5) < 2}
		if o.write {
			o.value = strconv.Itoa(r.IntN(2))
			if distinct {
				o.value = "v" + strconv.Itoa(len(ops))
			}
			o.lost = r.IntN(8) == 0
			written[o.key] = append(written[o.key], o.value)
		} else {
			o.value = written[o.key][max(0, len(written[o.key])-1-r.IntN(3))]
		}
		at++
		x := o.op(len(ops)+1, at, 0, []string{"ann", "bob", "cat"}[client])
		running[client] = x
		ops = append(ops, x)
	}
	return ops
}
