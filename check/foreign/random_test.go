package foreign

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"capsim/check"

	"github.com/anishathalye/porcupine"
)

// written is a random history of registers in all three formats, and as porcupine takes
// it: made without this package's help.
type written struct {
	edn, log, json strings.Builder
	ops            []porcupine.Operation
	open           int
}

// did is what an operation did to its register: the oracle's input and output.
type did struct {
	key      int
	f        string // read, write, cas
	a, b     int    // of a write a; of a cas from a to b
	saw      int    // of a read; -1 for nil
	answered bool
	swapped  bool
}

// oracle is a cas register in porcupine's own words.
var oracle = porcupine.Model{
	Partition: func(ops []porcupine.Operation) [][]porcupine.Operation {
		by := map[int][]porcupine.Operation{}
		for _, o := range ops {
			k := o.Input.(did).key
			by[k] = append(by[k], o)
		}
		var parts [][]porcupine.Operation
		for _, p := range by {
			parts = append(parts, p)
		}
		return parts
	},
	Init: func() any { return -1 },
	Step: func(at, in, _ any) (bool, any) {
		state, d := at.(int), in.(did)
		switch d.f {
		case "read":
			return d.saw == state, state
		case "write":
			return true, d.a
		}
		if d.answered && d.swapped != (state == d.a) {
			return false, state
		}
		if state == d.a {
			return true, d.b
		}
		return true, state
	},
}

// run is an operation under way.
type run struct {
	did
	process, call int
	done          bool
}

// random plays clients on registers, each operation at one instant of its own; with lies
// some reads return anything. Writes may get no answer, happen or not, or fail.
func random(r *rand.Rand, n, keys, clients, values, unsure int, lies bool) *written {
	w := &written{}
	state := make([]int, keys)
	for k := range state {
		state[k] = -1
	}
	busy := make([]*run, clients)
	names := make([]int, clients)
	for i := range names {
		names[i] = i
	}
	next := clients
	ended := 0
	for t := 0; ended < n; t++ {
		i := r.IntN(clients)
		o := busy[i]
		switch {
		case o == nil:
			o = &run{did: did{key: r.IntN(keys), f: []string{"read", "write", "cas"}[r.IntN(3)], a: r.IntN(values), b: r.IntN(values)}, process: names[i], call: t}
			busy[i] = o
			w.event(o, "invoke")
		case !o.done:
			o.do(&state[o.key])
		default:
			busy[i] = nil
			ended++
			if o.f != "read" && r.IntN(n) < unsure {
				w.end(o, t, "info")
				names[i] = next
				next++
				continue
			}
			if lies && o.f == "read" && r.IntN(n) < 3 {
				o.saw = r.IntN(values)
			}
			o.answered = true
			w.end(o, t, "ok")
		}
	}
	for _, o := range busy {
		if o != nil && (o.f != "read") {
			w.end(o, -1, "")
		}
	}
	return w
}

func (o *run) do(state *int) {
	o.done = true
	switch {
	case o.f == "read":
		o.saw = *state
	case o.f == "write":
		*state = o.a
	case *state == o.a:
		*state, o.swapped = o.b, true
	}
}

func (o *run) value(ended bool) string {
	switch {
	case o.f == "write":
		return fmt.Sprint(o.a)
	case o.f == "cas":
		return fmt.Sprintf("[%d %d]", o.a, o.b)
	case !ended || o.saw < 0:
		return "nil"
	}
	return fmt.Sprint(o.saw)
}

func (w *written) event(o *run, kind string) {
	fmt.Fprintf(&w.log, "INFO  jepsen.util - %d\t:%s\t:%s\t[%d %s]\n", o.process, kind, o.f, o.key, o.value(kind != "invoke"))
	if o.f == "cas" && kind == "fail" || o.f == "read" && kind == "ok" && o.saw < 0 {
		kind = "fail" // EDN can't say what the others can: left out
	}
	fmt.Fprintf(&w.edn, "{:process %d, :type :%s, :f :%s, :value [%d %s]}\n", o.process, kind, o.f, o.key, o.value(kind != "invoke"))
}

func (w *written) end(o *run, at int, kind string) {
	op := porcupine.Operation{Input: o.did, Call: int64(o.call), Return: int64(at)}
	outcome := `"outcome":"unknown"`
	switch kind {
	case "ok":
		if outcome = fmt.Sprintf(`"return":%d`, at); o.f == "cas" {
			outcome += fmt.Sprintf(`,"swapped":%v`, o.swapped)
			if !o.swapped {
				kind = "fail"
			}
		}
	default:
		w.open++
		op.Return = 1 << 60
	}
	if kind != "" {
		w.event(o, kind)
	}
	value := strings.ReplaceAll(strings.ReplaceAll(o.value(true), "nil", "null"), " ", ",")
	fmt.Fprintf(&w.json, `{"client":%d,"op":"%s","key":%d,"value":%s,"call":%d,%s}`+"\n", o.process, o.f, o.key, value, o.call, outcome)
	w.ops = append(w.ops, op)
}

// TestOracle compares to porcupine with a model of its own, in the formats that say as
// much as it is told.
func TestOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	refuted := 0
	const n = 400
	for i := range n {
		w := random(r, 12+r.IntN(12), 1+r.IntN(2), 3, 3, 3, i%2 == 0)
		want := check.No
		if porcupine.CheckOperations(oracle, w.ops) {
			want = check.Yes
		} else {
			refuted++
		}
		for name, text := range map[string]string{"log": w.log.String(), "json": w.json.String()} {
			h, f := judge(t, text, Options{Model: "cas-register"})
			if f.Verdict != want {
				t.Fatalf("%s: %v, want %v: %s\n%s", name, f.Verdict, want, f.Witness, text)
			}
			if got := h.Counts.Operations; got < len(w.ops) || name == "json" && got != len(w.ops) {
				t.Fatalf("%s: %d operations of %d", name, got, len(w.ops))
			}
		}
		// EDN leaves out what the others judge: it never refutes more.
		if _, f := judge(t, w.edn.String(), Options{Model: "cas-register"}); f.Verdict == check.No && want == check.Yes {
			t.Fatalf("edn: %s\n%s", f.Witness, w.edn.String())
		}
	}
	if refuted < n/20 || refuted > n*9/10 {
		t.Errorf("%d of %d refuted: they don't tell right from wrong", refuted, n)
	}
	t.Logf("%d of %d not linearizable", refuted, n)
}

// BenchmarkForeign reads and judges 2,000 operations over 50 keys, with writes and
// comparisons among them that got no answer.
func BenchmarkForeign(b *testing.B) {
	for _, c := range []struct {
		name   string
		unsure int
		lies   bool
	}{{"answered", 0, false}, {"100open", 100, false}, {"100open-violated", 100, true}, {"400open", 400, false}, {"400open-violated", 400, true}} {
		w := random(rand.New(rand.NewPCG(1, 2)), 2000, 50, 10, 5, c.unsure, c.lies)
		for name, text := range map[string]string{"edn": w.edn.String(), "log": w.log.String(), "json": w.json.String()} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				var v check.Verdict
				for b.Loop() {
					_, f := judge(b, text, Options{})
					v = f.Verdict
				}
				b.ReportMetric(float64(v), "verdict")
			})
		}
	}
}
