package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"capsim/labs"
	"capsim/model"
	"capsim/scenarios"
)

// hostile are values and pastes that would do something to a terminal, or to a layout.
var hostile = []string{
	"\x1b[2J\x1b]0;owned\x07", "\u202ertl\u202c \u200d\u200f", strings.Repeat("k", 10_000), "\n\r\t\x00\x9b2J",
	"漢字かな한국어", "👩‍👩‍👧🇨🇭👍🏽", "e\u0301\u0301\u0301\u0301\u0301\u0301", "partition n1 | n2 n3", "write\nread",
}

// hostileScript uses such values, 500 keys, nine nodes and a remote client.
func hostileScript() string {
	b := []byte("use nodes 9\nuse store memory\nclient dora remote\n")
	for i, v := range hostile[:7] {
		b = append(b, "at "+itoa(100+i)+"ms alice@n"+itoa(i+1)+" SET "...)
		b = append(model.AppendQuoted(b, v), ' ')
		b = append(model.AppendQuoted(b, v), '\n')
	}
	return string(b) + "workload w clients=4 at=n1,n5,n9 rate=500/s keys=500 ops=GET:30%,SET:70% from 200ms to 700ms\nat 500ms dora@n2 SET far away\nat 3s end\n"
}

// monkeyRun chooses a run: of the tests, of the library, hostile, or made up.
func monkeyRun(t testing.TB, r *rand.Rand) func() (run, error) {
	switch n := r.IntN(12); {
	case n < 4:
		list := []string{
			proof, scripts["cp"], scripts["remote"], scripts["doubt"], "use nodes 1\nuse store memory\nat 1s alice@n1 SET a b\n",
			"use nodes 9\nuse policy base\nuse store memory\n" +
				"workload w clients=3 at=n1,n2,n3 rate=200/s keys=40 ops=GET:50%,SET:50% from 0s to 2s\nat 3s crash n4\n",
		}
		return opener(t, list[r.IntN(len(list))])
	case n == 4:
		return opener(t, hostileScript())
	case n < 8:
		list := scenarios.Library()
		item := list[r.IntN(len(list))]
		return lessonOpener(t, item.File, string(item.Source))
	case n == 8:
		return lessonOpener(t, "cut.md", taught)
	}
	return opener(t, monkeyScript(r))
}

// monkeyScript makes up a script.
func monkeyScript(r *rand.Rand) string {
	nodes := 1 + r.IntN(9)
	head := fmt.Sprintf("use nodes %d\nuse seed %d\nuse store memory\n", nodes, r.IntN(1000))
	for range 100 {
		if c := head + "use policy " + monkeyPolicy(r) + "\n"; parses(c + "at 1s end\n") {
			head = c
			break
		}
	}
	if r.IntN(2) == 0 {
		head += "client dora remote\n"
	}
	if r.IntN(2) == 0 {
		load := fmt.Sprintf("workload w clients=%d at=n1 rate=%d/s keys=%d ops=GET:40%%,SET:60%% from 0s to %ds\n",
			1+r.IntN(6), []int{2, 20, 100, 400}[r.IntN(4)], []int{1, 5, 500}[r.IntN(3)], 1+r.IntN(3))
		if parses(head + load) {
			head += load
		}
	}
	at := time.Duration(0)
	for range r.IntN(30) {
		at += time.Duration(r.IntN(400)) * time.Millisecond
		if line := fmt.Sprintf("at %v %s\n", at, monkeyStatement(r, nodes)); parses(head + line) {
			head += line
		}
	}
	return head + fmt.Sprintf("at %v end\n", at+time.Duration(r.IntN(5000))*time.Millisecond)
}

func parses(script string) bool {
	_, err := scenarios.Parse("random.capsim", []byte(script))
	return err == nil
}

func monkeyPolicy(r *rand.Rand) string {
	s := labs.Catalog[r.IntN(len(labs.Catalog))]
	words := []string{s.Name}
	for _, p := range s.Params {
		if v := append([]string{p.Default}, append(p.Values, p.Try...)...); r.IntN(3) == 0 {
			words = append(words, p.Name+"="+v[r.IntN(len(v))])
		}
	}
	return strings.Join(words, " ")
}

// labCommand is an example of some lab's command, which another refuses.
func labCommand(r *rand.Rand) string {
	var all []string
	for _, s := range labs.Catalog {
		for _, v := range s.Verbs {
			all = append(all, v.Try...)
		}
	}
	return all[r.IntN(len(all))]
}

// monkeyStatement is a statement, which may not fit.
func monkeyStatement(r *rand.Rand, nodes int) string {
	n := func() string { return "n" + itoa(1+r.IntN(nodes)) }
	host := func() string { return []string{n(), n(), n(), "dora", "*"}[r.IntN(5)] }
	value := func() string { return string(model.AppendQuoted(nil, hostile[r.IntN(len(hostile))])) }
	return []func() string{
		func() string { return "alice@" + n() + " " + labCommand(r) },
		func() string { return "dora@" + n() + " " + labCommand(r) },
		func() string { return "alice@" + n() + " SET cart " + value() },
		func() string { return "bob@" + n() + " GET cart" },
		func() string { return "dora@" + n() + " SET " + value() + " far" },
		func() string { return "bob@" + n() + " INCR hits" },
		func() string { return "carol@" + n() + " SADD bag " + value() },
		func() string { return "partition " + n() + " | *" },
		func() string { return "cut " + host() + "->" + host() },
		func() string { return "delay " + host() + "-" + host() + " x5" },
		func() string { return "loss " + host() + "-" + host() + " 30%" },
		func() string { return "flap " + n() + "-" + n() + " up=200ms down=300ms" },
		func() string { return "crash " + n() },
		func() string { return "restart " + n() },
		func() string { return "pause " + n() },
		func() string { return "resume " + n() },
		func() string { return "skew " + n() + " -500ms" },
		func() string { return "policy " + monkeyPolicy(r) },
		func() string { return "heal all" },
		func() string { return `ask "Will it?" yes | *no` },
		func() string { return "say " + value() },
		func() string { return "drop " + n() + "->" + n() },
	}[r.IntN(20)]()
}

// monkeyLine is what is typed in the palette: a statement, a word of the program, or neither.
func monkeyLine(r *rand.Rand) string {
	switch r.IntN(4) {
	case 0:
		words := programWords()
		w := words[r.IntN(len(words))]
		rest := []string{
			"", "3s", "+700ms", "-300ms", "0.1", "100", "cp, ap", "base, quorum, cp", "cart", "linearizable", "linearizable cart", "stale-read",
			"oversell", "split-vote", "cap-proof", "x.capsim", "../x/y", "wire", "charts", "forks", "\x1b[2J", strings.Repeat("x", 300),
		}
		return w.name + " " + rest[r.IntN(len(rest))]
	case 1:
		return []string{"delay n1-n2 x5", "partition n1 | *", "alice@n1 SET cart \"\\x1b[2J\"", "policy cp", "loss *-* 20%", "bob@n2 INCR hits"}[r.IntN(6)]
	}
	return monkeyStatement(r, 3)
}
