package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/cluster"
	"capsim/model"
)

// parse reads a plain script that must be right.
func parse(t *testing.T, src string) *Script {
	t.Helper()
	s, err := Parse("test.capsim", []byte(src))
	if err != nil {
		t.Fatalf("%s\n%v", src, err)
	}
	return s
}

// one reads a script of one statement besides some that come before.
func one(t *testing.T, before, src string) Statement {
	t.Helper()
	s := parse(t, before+"\n"+src)
	return s.Statements[len(s.Statements)-1]
}

// TestStatements reads every form of statement, and writes it in canonical form.
func TestStatements(t *testing.T) {
	const before = "use nodes 3\nat 0s alice@n1 SET cart milk\ncrash n3\npause n2\nbob@n2 GET cart"
	for _, c := range []struct{ src, want string }{
		{`at 1s alice@n2 SET cart milk`, `at 1s alice@n2 SET cart milk`},
		{`at 1s alice SET cart milk`, `at 1s alice@n1 SET cart milk`},
		{`at 1s alice set cart milk nx # a comment`, `at 1s alice@n1 SET cart milk nx`},
		{`+200ms  bob@n2   GET cart`, `at 200ms bob@n2 GET cart`},
		{`bob GET 'it''s'`, ""},
		{`bob GET 'it\'s'`, `at 0s bob@n2 GET "it's"`},
		{`bob SET k "a\n\x1b\"\\é"`, `at 0s bob@n2 SET k "a\n\x1b\"\\é"`},
		{`bob SET k f(a, b)`, `at 0s bob@n2 SET k f(a, b)`},
		{`bob SET k nil`, `at 0s bob@n2 SET k nil`},
		{`bob SET k [a`, `at 0s bob@n2 SET k [a`},
		{`bob SET k a#b`, `at 0s bob@n2 SET k a#b`},
		{`bob SET k "\xcb{i}"`, `at 0s bob@n2 SET k "\xcb{i}"`},
		{`bob SET k {i}`, `at 0s bob@n2 SET k {i}`},
		{`bob SET k "#b"`, `at 0s bob@n2 SET k "#b"`},
		{`bob SET k ""`, `at 0s bob@n2 SET k ""`},
		{`carol@n3 PING`, `at 0s carol@n3 PING`},
		{`bob CAS k old new`, `at 0s bob@n2 CAS k old new`},
		{`bob SADD k a b c`, `at 0s bob@n2 SADD k a b c`},
		{`bob BUY laptop 1`, `at 0s bob@n2 BUY laptop 1`},
		{`at 1m1.5s partition n1 | n2 n3`, `at 1m1.5s partition n1 | n2 n3`},
		{`partition n1 | * hold`, `at 0s partition n1 | * hold`},
		{`cut n1->n2 hold`, `at 0s cut n1->n2 hold`},
		{`cut n1-n2`, `at 0s cut n1-n2`},
		{`heal`, `at 0s heal`},
		{`heal all`, `at 0s heal all`},
		{`heal n1-n2`, `at 0s heal n1-n2`},
		{`delay n1-n2 +200ms`, `at 0s delay n1-n2 +200ms`},
		{`delay n1->n2 x5`, `at 0s delay n1->n2 x5`},
		{`delay *-* lognormal(10ms, 0.3)`, `at 0s delay *-* lognormal(10ms, 0.3)`},
		{`delay n1-n2 "lognormal(10ms, 0.3)"`, `at 0s delay n1-n2 lognormal(10ms, 0.3)`},
		{`delay n1-n2 off`, `at 0s delay n1-n2 off`},
		{`loss n1-n2 30%`, `at 0s loss n1-n2 30%`},
		{`crash n1`, `at 0s crash n1`},
		{`crash n1 wipe`, `at 0s crash n1 wipe`},
		{`restart n3`, `at 0s restart n3`},
		{`pause n1`, `at 0s pause n1`},
		{`resume n2`, `at 0s resume n2`},
		{`policy cp heartbeat=20ms`, `at 0s policy cp heartbeat=20ms`},
		{`say "what to notice"`, `at 0s say "what to notice"`},
		{`say 你好`, `at 0s say "你好"`},
		{`pause-here 'press space'`, `at 0s pause-here "press space"`},
		{`ask "Will bob read milk?" yes | *no | depends`, `at 0s ask "Will bob read milk?" yes | *no | depends`},
		{`ask Why? *"don't know" | no|x | "*"`, `at 0s ask "Why?" *"don't know" | no | x | "*"`},
		{`expect diverged cart`, `at 0s expect diverged cart`},
		{`expect value n2 cart = [eggs   "oat milk"]`, `at 0s expect value n2 cart = [eggs "oat milk"]`},
		{`expect version n2 cart = [v2 v3]`, `at 0s expect version n2 cart = [v2 v3]`},
		{`expect reply bob = "nil"`, `at 0s expect reply bob = "nil"`},
		{`expect reply bob = nil`, `at 0s expect reply bob = nil`},
		{`expect reply bob = "milk"`, `at 0s expect reply bob = milk`},
		{`expect reply bob error WRONGTYPE`, `at 0s expect reply bob error WRONGTYPE`},
		{`expect under ap,base within 2s not converged`, `at 0s expect under ap,base within 2s not converged`},
		{`expect at end not linearizable cart`, `at 0s expect at end not linearizable cart`},
		{`expect lost-writes = 0`, `at 0s expect lost-writes = 0`},
		{`expect conserved laptop:stock + laptop:sold - laptop:refunded`, `at 0s expect conserved laptop:stock + laptop:sold - laptop:refunded`},
		{`every 100ms from 1s to 3s carol@n3 SET hits {i}`, `every 100ms from 1s to 3s  carol@n3 SET hits {i}`},
		{`every 100ms from 1s to 3s bob SET hits "item {i}"`, `every 100ms from 1s to 3s  bob@n2 SET hits "item {i}"`},
		{`every 1s from 0s to 3s crash n{i}`, `every 1s from 0s to 3s  crash n{i}`},
		{`at 4s end`, `at 4s end`},
		{
			`workload w clients=5 at=n1,n2,n3 rate=100/s keys=10 dist=zipf(1.1) ops=GET:80%,SET:20% from 1s to 30s`,
			`at 0s workload w clients=5 at=n1,n2,n3 rate=100/s keys=10 dist=zipf(1.1) ops=GET:80%,SET:20% from 1s to 30s`,
		},
		{`workload w from 1s to 2s`, `at 0s workload w from 1s to 2s`},
	} {
		if c.want == "" {
			if _, err := Parse("x", []byte(before+"\n"+c.src)); err == nil {
				t.Errorf("%s: no error", c.src)
			}
			continue
		}
		if got := one(t, before, c.src).String(); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.src, got, c.want)
		}
	}
}

// TestBodies looks into what statements say.
func TestBodies(t *testing.T) {
	op := one(t, "", `alice@n2 SET k "two words"`).Body.(Op)
	if op.Client != "alice" || op.Node != 2 || op.Command.Verb != model.SET || !slices.Equal(op.Words, []string{"SET", "k", "two words"}) {
		t.Errorf("operation: %+v", op)
	}
	f := one(t, "", `partition n1 | * hold`).Body.(Fault)
	if f.Verb != "partition" || !slices.Equal(f.Args, []string{"n1", "|", "*", "hold"}) || f.Action == nil {
		t.Errorf("fault: %+v", f)
	}
	ask := one(t, "", `ask "Why?" yes | *"don't know" | "*"`).Body.(Ask)
	if ask.Question != "Why?" || ask.Right != 1 || !slices.Equal(ask.Answers, []string{"yes", "don't know", "*"}) {
		t.Errorf("ask: %+v", ask)
	}
	e := one(t, "", `expect under ap,cp within 2s not value n2 cart = "nil"`).Body.(Expect)
	if !slices.Equal(e.Under, []string{"ap", "cp"}) || *e.Within != 2*time.Second || !e.Not || e.AtEnd ||
		e.Check != "value" || !slices.Equal(e.Words, []string{"n2", "cart", "=", `"nil"`}) || e.Test == nil {
		t.Errorf("expect: %+v", e)
	}
	if e := one(t, "", `expect at end converged`).Body.(Expect); !e.AtEnd || e.Within != nil || e.Not {
		t.Errorf("expect at end: %+v", e)
	}
	if c := one(t, "", `policy ap conflict=siblings`).Body.(SwitchPolicy).Choice; c.String() != "ap conflict=siblings" {
		t.Errorf("policy: %v", c)
	}
	w := one(t, "", `workload w clients=5 at=n3,n1 rate=2.5/s keys=7 dist=zipf(1.1) ops=get:80%,TAKE:20% from 1s to 3s`).Body.(Workload)
	if w.Name != "w" || w.Clients != 5 || !slices.Equal(w.At, []model.NodeID{3, 1}) || w.Rate != 2.5 || w.Keys != 7 || w.Zipf != 1.1 ||
		!slices.Equal(w.Mix, []cluster.Share{{Verb: model.GET, Share: 80}, {Verb: model.TAKE, Share: 20}}) || w.From != model.Time(time.Second) || w.To != model.Time(3*time.Second) {
		t.Errorf("workload: %+v", w)
	}
	w = one(t, "", `workload w ops=hget:50%,set+wait:50% from 1s to 3s`).Body.(Workload)
	if !slices.Equal(w.Mix, []cluster.Share{{Verb: model.HGET, Share: 50}, {Verb: model.SET, Wait: true, Share: 50}}) {
		t.Errorf("mix: %+v", w.Mix)
	}
	w = one(t, "use nodes 2", `workload w from 1s to 3s`).Body.(Workload)
	if w.Clients != 1 || len(w.At) != 2 || w.Rate != 10 || w.Keys != 1 || w.Zipf != 0 || len(w.Mix) != 2 {
		t.Errorf("workload's defaults: %+v", w)
	}
}

// TestTimes places statements in time.
func TestTimes(t *testing.T) {
	s := parse(t, `
say first
at 1s heal
+500ms crash n1
say x
every 1s from 5s to 8s say x
+1s restart n1
at 2.5s workload w from 3s to 4s
`)
	var got []string
	for _, st := range s.Statements {
		got = append(got, st.At.String())
	}
	want := []string{"0s", "1s", "1.5s", "1.5s", "1.5s", "2.5s", "2.5s"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestEvery repeats statements in [from, to).
func TestEvery(t *testing.T) {
	s := one(t, "at 0s carol@n3 GET hits", `every 400ms from 1s to 2s carol SET "{i}" a{i}b`)
	if n := s.Every.Count(); n != 3 {
		t.Fatalf("%d times, want 3: 1s, 1.4s, 1.8s", n)
	}
	for i, want := range []string{`at 1s carol@n3 SET 1 a1b`, `at 1.4s carol@n3 SET 2 a2b`, `at 1.8s carol@n3 SET 3 a3b`} {
		o, err := s.Occurrence(i + 1)
		if err != nil || o.String() != want || o.Body.(Op).Command.Args[0] != fmt.Sprint(i+1) {
			t.Errorf("occurrence %d: %v, %v; want %v", i+1, o, err, want)
		}
	}
	if _, err := s.Occurrence(4); err == nil {
		t.Error("occurrence 4 of 3: no error")
	}
	if s.Body.(Op).Command.Args[1] != "a1b" {
		t.Errorf("the body is that of the first time: %v", s.Body)
	}
	for to, n := range map[string]int{"1.4s": 1, "1.400000001s": 2, "1.000000001s": 1} {
		if got := one(t, "", "every 400ms from 1s to "+to+" heal").Every.Count(); got != n {
			t.Errorf("to %s: %d times, want %d", to, got, n)
		}
	}
	if e := one(t, "", `every 1s from 0s to 3s expect value n{i} k = [{i} "x {i}"]`); e.Body.(Expect).Words[3] != `[1 "x 1"]` {
		t.Errorf("in a list: %q", e.Body.(Expect).Words)
	}
}

// TestSettings reads each setting, and fills in defaults.
func TestSettings(t *testing.T) {
	s := parse(t, "heal").Settings
	if s.Nodes != 3 || s.Seed != 1 || s.Store != "miniredis" || s.Latency.String() != "lognormal(10ms, 0.3)" || s.Loss != 0 ||
		s.Timeout != time.Second || s.Policy.String() != "ap" || len(s.Given) != 0 {
		t.Errorf("defaults: %+v", s)
	}
	s = parse(t, `
use nodes 5
use policy ap conflict=siblings
use seed -42
use store memory
use latency exp(2ms)
use latency n1->n3 const(80ms)
use latency n1-n3 mix(38% pareto(1.05ms, 1.51), 62% exp(5.464ms))
use loss 0.5%
use timeout 250ms
heal`).Settings
	if s.Nodes != 5 || s.Policy.String() != "ap conflict=siblings" || s.Seed != -42 || s.Store != "memory" ||
		s.Latency.String() != "exp(2ms)" || len(s.LinkLatency) != 2 || s.Loss != 0.005 || s.Timeout != 250*time.Millisecond {
		t.Errorf("settings: %+v", s)
	}
	if l := s.LinkLatency[0]; l.Links.String() != "n1->n3" || l.Dist.String() != "const(80ms)" {
		t.Errorf("link latency: %v %v", l.Links, l.Dist)
	}
	if got := strings.Join(s.GivenNames(), " "); got != "latency loss nodes policy seed store timeout" {
		t.Errorf("given: %s", got)
	}
}

// TestNoPassword keeps passwords out of what is saved.
func TestNoPassword(t *testing.T) {
	s := parse(t, "use store redis://bob:secret@h1:1,redis://:p%40ss@h2:2,redis://h3:3\nheal")
	if !strings.Contains(s.Settings.Store, "secret") || !strings.Contains(s.String(), "use store redis://h1:1,redis://h2:2,redis://h3:3\n") {
		t.Errorf("%s\n%v", s.Settings.Store, s)
	}
	s = parse(t, "use store memory\nheal")
	if !strings.Contains(s.String(), "use store memory\n") {
		t.Errorf("%v", s)
	}
}

// TestOverrides replaces settings from outside.
func TestOverrides(t *testing.T) {
	src := []byte("use nodes 3\nuse seed 7\nat 0s crash n5")
	s, err := ParseWith("x", src, Override{From: "--nodes", Text: "nodes 5"}, Override{From: "--policy", Text: "policy cp"})
	if err != nil || s.Settings.Nodes != 5 || s.Settings.Seed != 7 || s.Settings.Policy.Spec.Name != "cp" {
		t.Errorf("%v, %v", s, err)
	}
	if !strings.Contains(s.String(), "use nodes 5\n") {
		t.Errorf("not folded in:\n%v", s)
	}
	_, err = ParseWith("x", src, Override{From: "--nodes", Text: "nodes 12"}, Override{From: "--store", Text: "store redis://:secret@h:1"})
	if err == nil || !strings.HasPrefix(err.Error(), `--nodes: read "12", expected a number of nodes, 1 to 9`) || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// TestLive reads statements typed during a run.
func TestLive(t *testing.T) {
	env := Env{Nodes: 3, Clients: map[string]model.NodeID{"bob": 2}}
	now := model.Time(1234567891)
	for src, want := range map[string]string{
		"bob GET cart":                           "at 1.234567891s bob@n2 GET cart",
		"  partition n1 | *  ":                   "at 1.234567891s partition n1 | *",
		"every 1s from 2s to 4s bob SET x {i}":   "every 1s from 2s to 4s  bob@n2 SET x {i}",
		"bob@n4 GET cart":                        `command:1:1: read "bob@n4", expected bob@ and a node, n1 to n3`,
		"carol GET cart":                         `command:1:1: read "carol", expected a node for a client that has asked none yet, as carol@n1`,
		"at 5s heal":                             `command:1:1: read "at", expected a statement without a time: one that is typed happens now`,
		"+5s heal":                               `command:1:1: read "+5s", expected a statement without a time: one that is typed happens now`,
		"use seed 4":                             `command:1:1: read "use", expected a statement: settings stand at the beginning of a file`,
		"every 1s from 1s to 4s bob SET x {i}":   `command:1:15: read "1s", expected 1.234567891s, which is now, or later`,
		"":                                       `command:1:1: read the end of the line, expected a statement`,
		"heal\nheal":                             `command:2:1: read another statement, expected one at a time`,
		"cut n1->":                               `command:1:5: read "n1->", expected a node, n1 to n3, on either side of - or ->`,
		"bob SET":                                `command:1:5: read "SET", expected SET key value [NX|XX] [PX milliseconds] [GET] (ERR wrong number of arguments for 'set' command)`,
		"partitoin n1 | *":                       "",
		"expect within 5s linearizable":          `command:1:8: read "within", expected linearizable without within: it is over the whole history, so that waiting changes nothing`,
		"workload w rate=10/s from 2s to 3s":     "at 1.234567891s workload w rate=10/s from 2s to 3s",
		"workload w rate=10/s from 1s to 3s":     `command:1:27: read "1s", expected 1.234567891s, which is now, or later`,
		"every 1s from 2s to 3s at 3s bob GET x": `command:1:24: read "at", expected a statement: it has a time already`,
	} {
		s, err := ParseStatement(src, now, env)
		got := s.String()
		if err != nil {
			got = err.Error()
		}
		if want == "" {
			want = got
			if !strings.HasSuffix(got, "; did you mean partition?") {
				t.Errorf("%s\n got %s", src, got)
			}
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
	}
	if len(env.Clients) != 1 {
		t.Error("the environment was changed")
	}
}
