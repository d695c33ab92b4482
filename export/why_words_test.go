package export_test

import (
	"slices"
	"strings"
	"testing"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// pins fails unless an explanation has these sentences, in this order.
func pins(t *testing.T, e *export.Explanation, want ...string) {
	t.Helper()
	i := 0
	for _, l := range e.Lines {
		if i < len(want) && l.Text == want[i] {
			i++
		}
	}
	if i < len(want) {
		t.Errorf("the sentence %q is not there, or not in its place:\n%s", want[i], strings.Join(e.Text(), "\n"))
	}
}

// The read that the CAP proof is about: what it missed, and why its node could not know.
func TestWhyOfTheStaleRead(t *testing.T) {
	item, err := scenarios.Find("cap-proof")
	if err != nil {
		t.Fatal(err)
	}
	m := played(t, item.File, item.Source)
	linear := m.Explain(export.Subject{Kind: export.CheckSubject, Check: "linearizable"})
	if linear.Title != "linearizable: no" || !slices.Equal(linear.Ops, []model.OpID{3, 4}) {
		t.Errorf("title %q, marked %v", linear.Title, linear.Ops)
	}
	pins(t, linear,
		"It has been so since 3.500 s.",
		"A: alice's SET cart eggs (v2) at n1, 2.200 s to 2.200 s: OK.",
		"B: bob's GET cart at n2, 3.500 s to 3.500 s: milk.",
		"When n2 answered B, of A:",
		"n2 did not have it: message 18 with it was lost at 2.200 s, by partition n1 | n2 n3; so were 5 more, the last at 3.450 s.",
		"n1->n2 had been cut since 1.000 s, by partition n1 | n2 n3.",
	)
	pins(t, m.Explain(export.Subject{Kind: export.OpSubject, Op: 4}),
		"At 3.500 s bob asked n2: GET cart.",
		"bob reads cart at n2: milk (v1), 1.3 s after alice's eggs (v2) was acknowledged at n1: stale; n2 could not know: n1-n2 is cut.",
		"It is stale: alice's SET cart eggs [B] (v2) had been acknowledged at 2.200 s, 1.3 s before the read began, and the read does not show it.",
		"When n2 answered:",
		"n2 did not have it: message 18 with it was lost at 2.200 s, by partition n1 | n2 n3; so were 5 more, the last at 3.450 s.",
	)
	pins(t, m.Explain(export.Subject{Kind: export.OpSubject, Op: 2}),
		"No write that was acknowledged before it began is missing from it: it is not stale.")
	pins(t, m.Explain(export.Subject{Kind: export.VersionSubject, Op: 3, Key: "cart", Node: 2}),
		"v2 is alice's SET cart eggs [A], asked of n1 at 2.200 s.",
		"n1 gave it its place in the history of cart at 2.200 s, after v1.",
		"n2 has served it since 5.215 s.",
		"Message 59 (ap.write) carried it from n1 to n2: sent at 5.200 s, there at 5.215 s.",
	)
	m.N, m.At, m.Over = 104, m.Log.At(104).At, false
	pins(t, m.Explain(export.Subject{Kind: export.KeySubject, Key: "cart"}),
		"n1 serves v2, n2 serves v1, n3 serves v1.",
		"It has been diverged since 2.200 s: n1 serves v2 of cart from here on.")
	pins(t, m.Explain(export.Subject{Kind: export.LinkSubject, Node: 1, Peer: 2}),
		"n1->n2 has been cut since 1.000 s, by partition n1 | n2 n3: what is sent over it is lost.")
}

// holding is a run in which a cut keeps messages, and the last writer wins in the end.
const holding = `use seed 3
use policy ap
use latency const(10ms)
at 0.2s  alice@n1 SET cart milk
at 1s    partition n1 | n2 n3 hold
at 1.2s  alice@n1 SET cart eggs
at 1.6s  bob@n2 SET cart bread
at 3s    heal
at 3.2s  crash n3
at 4s    end
`

// An acknowledged write that another one won over: which, where, and for what.
func TestWhyOfTheLostWrite(t *testing.T) {
	m := played(t, "holding.capsim", []byte(holding))
	e := m.Explain(export.Subject{Kind: export.CheckSubject, Check: "lost-writes = 0"})
	if !slices.Equal(e.Ops, []model.OpID{2, 3}) {
		t.Errorf("marked %v", e.Ops)
	}
	pins(t, e,
		"A: alice's SET cart eggs (v2) at n1, 1.200 s to 1.200 s: OK.",
		"At 3.010 s: n2 drops v2 of cart: another write has the later stamp (last writer wins).",
		"n2 kept v3, bob's SET cart bread [B], asked of n2 at 1.600 s.")
	why := ""
	for _, l := range m.Explain(export.Subject{Kind: export.VersionSubject, Op: 2, Key: "cart"}).Lines {
		if strings.HasPrefix(l.Text, "It is lost: it was acknowledged, and since 3.010 s no node, disk or message holds it") {
			why = l.Text
		}
	}
	if why == "" {
		t.Error("nothing says that v2 is lost")
	}
	pins(t, m.Explain(export.Subject{Kind: export.NodeSubject, Node: 3}), "n3 has been down since 3.200 s, by crash n3.")
}

// A message that a cut keeps: since when, by what, and that it goes on.
func TestWhyOfTheHeldMessage(t *testing.T) {
	m := played(t, "holding.capsim", []byte(holding))
	held := 0
	for n, e := range m.Log.All() {
		if e.Kind.String() == "hold" && held == 0 && e.Node == 1 && e.Peer == 2 && e.At == 1_200_000_000 {
			held = n
		}
	}
	if held == 0 {
		t.Fatal("no message is held")
	}
	msg := m.Log.At(held).Msg
	m.N, m.At, m.Over = held, m.Log.At(held).At, false
	of := export.Subject{Kind: export.MessageSubject, Msg: msg}
	pins(t, m.Explain(of),
		"n1 sent it at 1.200 s: ap.write with v2 of cart.",
		"It left in the same instant in which alice's SET cart eggs came.",
		"It has been held up since 1.200 s, by partition n1 | n2 n3: it goes on when that ends.")
	version := m.Explain(export.Subject{Kind: export.VersionSubject, Op: 2, Key: "cart", Node: 2})
	if text := strings.Join(version.Text(), "\n"); !strings.Contains(text, "with it has been held up since 1.200 s, by partition n1 | n2 n3.") {
		t.Errorf("why n2 does not have it:\n%s", text)
	}
	m.N, m.At = m.Log.Len(), m.Log.At(m.Log.Len()).At
	pins(t, m.Explain(of), "It reached n2 at 3.010 s, after 1.8 s.")
}

// What is not there has an explanation that says so.
func TestWhyOfNothing(t *testing.T) {
	m := played(t, "holding.capsim", []byte(holding))
	for _, of := range []export.Subject{
		{},
		{Kind: 99},
		{Kind: export.OpSubject, Op: 99},
		{Kind: export.MessageSubject, Msg: 9999},
		{Kind: export.NodeSubject, Node: 12},
		{Kind: export.LinkSubject, Node: 1, Peer: 1},
		{Kind: export.KeySubject, Key: "none"},
		{Kind: export.EventSubject, Event: 1 << 40},
		{Kind: export.VersionSubject, Op: 1, Key: "none"},
		{Kind: export.CellSubject, Node: 9, Key: "cart"},
		{Kind: export.CheckSubject, Check: "no such"},
		{Kind: export.CheckSubject},
	} {
		e := m.Explain(of)
		if len(e.Lines) != 1 || e.Title == "" && of.Kind != export.CheckSubject {
			t.Errorf("%+v: %q %+v", of, e.Title, e.Lines)
		}
	}
}

// The node that was asked needs no message to know of a write: it is not said to lack one.
func TestWhyOfTheNodeThatWasAsked(t *testing.T) {
	m := played(t, "asked.capsim", []byte("use policy cp\nat 1s partition n1 | n2 n3\nat 1.01s alice@n1 SET stock 9\nat 3s end\n"))
	e := m.Explain(export.Subject{Kind: export.OpSubject, Op: 1})
	pins(t, e, "n1 is the node that was asked, and does not serve it.")
	if text := strings.Join(e.Text(), "\n"); strings.Contains(text, "n1 does not have it") {
		t.Error(text)
	}
}

// What broke a lab's promise stands in its timeline, in its place between what the protocol said
// of itself; what had been healed before does not.
func TestWhyOfALabShowsTheFault(t *testing.T) {
	for name, want := range map[string]struct {
		check, before, fault, after string
	}{
		"redlock-clock":     {"mutual-exclusion disk", "acquire", "skew n3 +1m", "acquire"},
		"locks-pause":       {"mutual-exclusion plate", "acquire", "pause alice", "acquire"},
		"three-phase-split": {"atomic", "begin", "partition n4 n1 | n2 n3", "commit"},
		"outbox-doubles":    {"exactly-once", "", "cut n1->n4", "effect"},
	} {
		item, err := scenarios.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		m := played(t, item.File, item.Source)
		e := m.Explain(export.Subject{Kind: export.CheckSubject, Check: want.check})
		events := slices.Clone(e.Events)
		slices.Sort(events)
		at := -1
		for i, n := range events {
			if ev := m.Log.At(n); ev.Kind == trace.Statement && ev.Text == want.fault {
				at = i
			}
		}
		kind := func(i int) string {
			if i < 0 || i >= len(events) {
				return "none"
			}
			return m.Log.At(events[i]).Kind.String()
		}
		found := at >= 0
		if want.before != "" {
			found = found && slices.ContainsFunc(events[:at], func(n int) bool { return m.Log.At(n).Kind.String() == want.before })
		}
		if !found || !slices.ContainsFunc(events[at:], func(n int) bool { return m.Log.At(n).Kind.String() == want.after }) {
			t.Errorf("%s: %s stands at %d of %d, behind %s", name, want.fault, at, len(events), kind(at-1))
		}
	}
}
