package policies

import (
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"capsim/model"
)

// seeds is how many random runs a test makes: short by default, CAPSIM_SEEDS for more.
func seeds(short int) int {
	if n, err := strconv.Atoi(os.Getenv("CAPSIM_SEEDS")); err == nil && n > 0 {
		return n
	}
	return short
}

// values is the state of the keys that are checked together: a key alone, or an
// item's stock, what was sold of it and what was refunded.
type values [3]model.Value

func (v *values) of(key string) *model.Value {
	switch {
	case strings.HasSuffix(key, model.SoldSuffix):
		return &v[1]
	case strings.HasSuffix(key, model.RefundedSuffix):
		return &v[2]
	}
	return &v[0]
}

// linearizable judges the operations of a world with porcupine, keys that one
// command joins (BUY) together. porcupine.Unknown: the time was not enough.
func (w *world) linearizable(from model.Time) porcupine.CheckResult {
	var history []porcupine.Operation
	for _, o := range w.ops {
		expires := o.command.Verb == model.EXPIRE && len(o.wrote) > 0
		if o.system && !expires || o.at < from || o.command.Key() == "" || o.res.Outcome == model.Refused {
			continue
		}
		p := porcupine.Operation{Input: o, Call: o.call, Output: o.res, Return: o.ret}
		if expires {
			p.Output, p.Return = model.Result{}, math.MaxInt64 // nobody waited for it
		}
		if o.res.Outcome != model.OKOutcome {
			// A write that no node says it executed had no effect so far; if it had,
			// leaving it out makes a violation, it hides none.
			if !o.command.Spec().Write || len(o.wrote) == 0 {
				continue
			}
			p.Return = math.MaxInt64
		}
		history = append(history, p)
	}
	for i := range history {
		history[i].ClientId = i // unknown operations overlap the client's next
	}
	return porcupine.CheckOperationsTimeout(redisModel, history, 20*time.Second)
}

var redisModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		var names []string
		parts := map[string][]porcupine.Operation{}
		for _, p := range history {
			name, _, _ := strings.Cut(p.Input.(*op).command.Key(), ":")
			if parts[name] == nil {
				names = append(names, name)
			}
			parts[name] = append(parts[name], p)
		}
		var out [][]porcupine.Operation
		for _, n := range names {
			out = append(out, parts[n])
		}
		return out
	},
	Init: func() any { return values{} },
	Step: func(state, input, output any) (bool, any) {
		s, o, res := state.(values), input.(*op), output.(model.Result)
		var effects model.Effects
		reply := model.Apply(o.command, func(key string) model.Value { return *s.of(key) }, &effects)
		blind := o.command.Verb == model.DEL && res.Reply.Equal(model.OK) // a tombstone, whatever was there
		if res.Outcome == model.OKOutcome && !blind && !o.command.Alike(reply, res.Reply) {
			return false, s
		}
		for _, e := range effects.List {
			v := s.of(e.Key)
			if *v = e.On(*v); e.Value.Deadline != 0 && (o.command.Verb == model.SET || o.command.Verb == model.PEXPIRE) {
				v.Deadline = max(o.until, 1) // what the node made of its clock
			}
		}
		return true, s
	},
	Equal: func(a, b any) bool {
		s, t := a.(values), b.(values)
		for i := range s {
			if !s[i].Equal(t[i]) || s[i].Deadline != t[i].Deadline {
				return false
			}
		}
		return true
	},
}

func (w *world) mustBeLinearizable(from model.Time) {
	w.t.Helper()
	if w.linearizable(from) == porcupine.Illegal {
		w.t.Fatalf("seed %d: not linearizable\n%s", w.seed, w.history())
	}
}

// history prints the operations for a failure.
func (w *world) history() string {
	var b strings.Builder
	for _, o := range w.ops {
		b.WriteString(strings.Join([]string{
			"op", strconv.Itoa(int(o.id)), o.client + "@" + o.node.String(), o.command.String(),
			o.at.String(), o.end.String(), o.res.String(), o.res.Why,
		}, " ") + "\n")
	}
	return b.String()
}

// diverged lists the keys of which nodes that are up hold different writes.
func (w *world) diverged() []string {
	var keys, out []string
	for _, h := range w.nodes {
		for _, k := range h.disk.Keys() {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		var first []model.OpID
		seen := false
		for _, h := range w.nodes {
			if !h.up {
				continue
			}
			ops := h.disk.Record(k).Ops()
			if seen && !slices.Equal(first, ops) {
				out = append(out, k)
				break
			}
			first, seen = ops, true
		}
	}
	return out
}

func (w *world) mustReply(o *op, want string) {
	w.t.Helper()
	if got := o.res.String(); got != want {
		w.t.Fatalf("operation %d, %v at %v: %s (%s), want %s", o.id, o.command, o.node, got, o.res.Why, want)
	}
}

// The checker must be able to fail: a stale read, and one that is in order.
func TestHarnessCheckerFails(t *testing.T) {
	history := func(read string) *world {
		w := &world{t: t}
		add := func(cmd string, call int64, res model.Result) {
			c, _ := model.ParseCommand(strings.Fields(cmd))
			w.ops = append(w.ops, &op{id: model.OpID(len(w.ops) + 1), command: c, call: call, ret: call + 1, res: res})
		}
		add("SET k a", 1, model.Answered(model.OK))
		add("SET k b", 3, model.Answered(model.OK))
		add("GET k", 5, model.Answered(model.Bulk(read)))
		return w
	}
	if got := history("b").linearizable(0); got != porcupine.Ok {
		t.Errorf("fresh read: %v", got)
	}
	if got := history("a").linearizable(0); got != porcupine.Illegal {
		t.Errorf("stale read: %v", got)
	}
}
