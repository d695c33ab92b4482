package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"capsim/model"
	"capsim/trace"
)

// ordered tells by trying every order whether the calls fit one: the definition,
// without a cache or a clever thought. Open calls may be left out.
func ordered(calls []*call, at map[string]model.Value) bool {
	first, closed := open, 0
	for _, c := range calls {
		first = min(first, c.end)
		if c.end != open {
			closed++
		}
	}
	if closed == 0 {
		return true
	}
	for i, c := range calls {
		if c.begin > first {
			continue // something had ended before it began
		}
		rest := slices.Delete(slices.Clone(calls), i, i+1)
		if c.end == open && ordered(rest, at) {
			return true
		}
		e := model.Effects{Now: clockOf(c.op)}
		r := model.Apply(c.cmd, func(key string) model.Value { return at[key] }, &e)
		counts := c.cmd.Verb == model.PTTL && c.reply != nil && r.Int >= 0 && c.reply.Int >= 0 && c.reply.Kind == model.IntReply
		if c.reply != nil && !counts && !r.Equal(*c.reply) {
			continue
		}
		next := map[string]model.Value{}
		for k, v := range at {
			next[k] = v
		}
		for _, x := range e.List {
			next[x.Key] = x.On(next[x.Key])
		}
		if ordered(rest, next) {
			return true
		}
	}
	return false
}

// clockOf is a clock of the oracle's own, on which no two deadlines of a history are one.
func clockOf(o *trace.Op) model.Time { return model.Time(o.ID) * 1e12 }

// small is an operation of an enumerated history.
type small struct {
	write   bool
	value   string // of a write, and of what a read returned; "" for nil
	outcome model.Outcome
}

// smalls are all operations on a register with two values.
func smalls() []small {
	var all []small
	for _, o := range []model.Outcome{model.OKOutcome, model.Refused, model.Unknown} {
		for _, v := range []string{"x", "y"} {
			all = append(all, small{true, v, o})
		}
	}
	for _, v := range []string{"", "x", "y"} {
		all = append(all, small{false, v, model.OKOutcome})
	}
	return append(all, small{false, "", model.Unknown})
}

func (s small) op(id, begin, end int) *trace.Op {
	o := &trace.Op{ID: model.OpID(id), Client: "c", Invoked: begin, Returned: end, Command: model.Command{Verb: model.GET, Args: []string{"k"}}}
	r := model.Result{Outcome: s.outcome}
	switch {
	case s.write:
		o.Command = model.Command{Verb: model.SET, Args: []string{"k", s.value}}
		r.Reply = model.OK
	case s.value != "":
		r.Reply = model.Bulk(s.value)
	}
	o.Result = &r
	return o
}

// registerFits is the definition for one register, independent of model.Apply and of call.
func registerFits(ops []*trace.Op, value string) bool {
	var rest []*trace.Op
	must := false
	first := open
	for _, o := range ops {
		write := o.Command.Verb == model.SET
		if o.Result.Outcome == model.Refused || o.Result.Outcome == model.Unknown && !write {
			continue
		}
		rest = append(rest, o)
		if o.Result.Outcome == model.OKOutcome {
			must = true
			first = min(first, o.Returned)
		}
	}
	if !must {
		return true
	}
	for i, o := range rest {
		if o.Invoked > first {
			continue
		}
		next := slices.Delete(slices.Clone(rest), i, i+1)
		if o.Result.Outcome == model.Unknown && registerFits(next, value) {
			return true
		}
		switch {
		case o.Command.Verb == model.SET:
			if registerFits(next, o.Command.Args[1]) {
				return true
			}
		case o.Result.Reply.Str == value:
			if registerFits(next, value) {
				return true
			}
		}
	}
	return false
}

// interleave calls f with every merge of a and b events of two clients: at each place,
// whose turn it is.
func interleave(a, b int, f func(turns []int)) {
	turns := make([]int, 0, a+b)
	var rec func(a, b int)
	rec = func(a, b int) {
		if a == 0 && b == 0 {
			f(turns)
			return
		}
		for client, left := range []int{a, b} {
			if left > 0 {
				turns = append(turns, client)
				rec(a-(1-client), b-client)
				turns = turns[:len(turns)-1]
			}
		}
	}
	rec(a, b)
}

// mirrored tells whether the history is another one with its two values swapped.
func mirrored(chosen []small) bool {
	for _, s := range chosen {
		if s.value != "" {
			return s.value == "y"
		}
	}
	return false
}

// TestEverySmallRegisterHistory judges all histories of two clients with up to four
// operations, and compares to the definition. Of those with four, refused operations
// and unanswered reads, which are left out anyway, only with -long.
func TestEverySmallRegisterHistory(t *testing.T) {
	all := smalls()
	judged, refuted := 0, 0
	for n := 1; n <= 4; n++ {
		if n == 4 && !*long {
			all = slices.DeleteFunc(all, func(s small) bool {
				return s.outcome == model.Refused || s.outcome == model.Unknown && !s.write
			})
		}
		for first := (n + 1) / 2; first <= n; first++ {
			chosen := make([]small, n)
			var choose func(i int)
			choose = func(i int) {
				if i < n {
					for _, s := range all {
						chosen[i] = s
						choose(i + 1)
					}
					return
				}
				if mirrored(chosen) {
					return
				}
				interleave(2*first, 2*(n-first), func(turns []int) {
					ops := layOut(chosen, first, turns)
					judged++
					if !agree(t, ops) {
						refuted++
					}
				})
			}
			choose(0)
		}
	}
	t.Logf("%d histories, %d not linearizable", judged, refuted)
	if refuted == 0 || refuted == judged {
		t.Error("the histories don't tell right from wrong")
	}
}

// layOut lays the operations of two clients out as the turns say: the first few are the
// first client's.
func layOut(chosen []small, first int, turns []int) []*trace.Op {
	var ops []*trace.Op
	next := [2]int{0, first}
	var running [2]*trace.Op
	for i, client := range turns {
		if o := running[client]; o != nil {
			o.Returned = i + 1
			running[client] = nil
			continue
		}
		o := chosen[next[client]].op(next[client]+1, i+1, 0)
		next[client]++
		running[client] = o
		ops = append(ops, o)
	}
	return ops
}

// agree compares all ways to decide; it returns the verdict.
func agree(t *testing.T, ops []*trace.Op) bool {
	t.Helper()
	want := registerFits(ops, "")
	for _, g := range groups(ops) {
		if yes, ok := g.zones(); ok && yes != want {
			t.Fatalf("zones say %v, want %v: %s", yes, want, script(ops))
		}
		if v, _ := g.orderOf(linearBudget); v != verdictOf(want) {
			t.Fatalf("the search says %v, want %v: %s", v, want, script(ops))
		}
	}
	return want
}

func script(ops []*trace.Op) string {
	var b strings.Builder
	for _, o := range ops {
		result := "open"
		if o.Result != nil {
			result = o.Result.String()
		}
		fmt.Fprintf(&b, "\n[%d %d] %s = %s", o.Invoked, o.Returned, o.Command, result)
	}
	return b.String()
}
