package netsim

import (
	"errors"
	"strings"
	"testing"
)

func TestFaultErrors(t *testing.T) {
	for _, c := range []struct {
		statement string
		word      int
		want      string
	}{
		{"partition", 0, "a node, n1 to n3"},
		{"partition n1", 1, "second group"},
		{"partition n1 |", 2, "a node"},
		{"partition | n1", 0, "before |"},
		{"partition n1 | | n2", 2, "before |"},
		{"partition n1 | n2 n1", 3, "n1 has a group already"},
		{"partition n1 | n2 n4", 3, "n1 to n3"},
		{"partition n1|n2", 0, "spaces"},
		{"partition * | *", 2, "only once"},
		{"partition n1 | n2 n3 *", 4, "all are named"},
		{"partition hold", 0, "a node"},
		{"partition n1 hold", 1, "second group"},
		{"cut", 0, "a link"},
		{"cut n1", 0, "a link"},
		{"cut n1-n4", 0, "n1 to n3"},
		{"cut n1-n1", 0, "two different nodes"},
		{"cut n1-n2 hodl", 1, "hold"},
		{"cut n1-n2 hold now", 2, "the end"},
		{"heal n1", 0, "or all"},
		{"heal all now", 1, "the end"},
		{"heal n1-n2 n3", 1, "the end"},
		{"delay n1-n2", 1, "+200ms, x5"},
		{"delay n1-n2 200ms", 1, "distribution"},
		{"delay n1-n2 +0s", 1, "duration"},
		{"delay n1-n2 +-5ms", 1, "duration"},
		{"delay n1-n2 +2h", 1, "1h"},
		{"delay n1-n2 +5", 1, "duration"},
		{"delay n1-n2 x0", 1, "above 0"},
		{"delay n1-n2 xNaN", 1, "number"},
		{"delay n1-n2 exp(-1ms)", 1, "mean"},
		{"delay n1-n2 x5 x6", 2, "the end"},
		{"loss n1-n2", 1, "share"},
		{"loss n1-n2 130%", 1, "0% to 100%"},
		{"loss n1-n2 0.3", 1, "30%"},
		{"loss n1-n2 -1%", 1, "share"},
		{"loss n1-n2 30% off", 2, "the end"},
		{"crash", 0, "a node"},
		{"crash n9", 0, "n1 to n3"},
		{"crash n1 wiped", 1, "wipe"},
		{"restart n1 n2", 1, "the end"},
		{"pause *", 0, "a node"},
		{"resume", 0, "a node"},
	} {
		n, d := newDiary(3)
		err := do(n, c.statement)
		var arg *ArgError
		if !errors.As(err, &arg) {
			t.Errorf("%s: %v, want an ArgError", c.statement, err)
			continue
		}
		words := strings.Fields(c.statement)[1:]
		missing := c.word == len(words)
		if arg.Word != c.word || !strings.Contains(arg.Want, c.want) || (arg.Got == "") != missing {
			t.Errorf("%s: word %d, got %q, want %q; not at word %d with %q", c.statement, arg.Word, arg.Got, arg.Want, c.word, c.want)
		}
		if len(d.lines) > 0 {
			t.Errorf("%s did %s", c.statement, d.take())
		}
	}
}

func FuzzFaultParse(f *testing.F) {
	for _, s := range []string{
		"partition n1 | n2 n3", "partition * | n2 hold", "cut n1->n2 hold", "heal", "heal all", "delay *-* +200ms",
		"delay n1-n2 lognormal(10ms,0.3)", "loss n1-* 30%", "crash n1 wipe", "restart n2", "pause n3", "resume n3",
		"delay n1-n2 mix(50%exp(1ms),50%", "partition n1 | | *", "cut *->n2", "loss n1-n2 1e-9%",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := strings.Split(s, " ")
		for _, fault := range Faults {
			if fault.Name != words[0] {
				continue
			}
			act, err := fault.Parse(Args{Words: words[1:], Hosts: 3})
			var arg *ArgError
			if err != nil && (!errors.As(err, &arg) || arg.Word < 0 || arg.Word > len(words)-1 || arg.Want == "") {
				t.Fatalf("%q: %#v", s, err)
			}
			if err != nil {
				continue
			}
			n, _ := newDiary(3)
			n.Send(1, 1, 2, "x")
			if err := act(n); err == nil {
				for range 10 {
					n.Step()
				}
			}
			if err := n.queue.valid(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestFaultsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults {
		if seen[f.Name] || !strings.HasPrefix(f.Usage, f.Name+" ") || !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%q: %q, %q", f.Name, f.Usage, f.Doc)
		}
		seen[f.Name] = true
	}
}
