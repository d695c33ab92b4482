package check

import (
	"strings"
	"testing"
)

func TestWitnessShapes(t *testing.T) {
	const two = `
		alice@n1 SET cart milk
		alice wrote
		alice = OK
		dora@n3 SET cart eggs
		dora wrote
	`
	for name, c := range map[string]struct{ text, want string }{
		"inversion":     {two + "bob@n2 GET cart\nbob = eggs\ncarol@n2 GET cart\ncarol = milk", "returned v1 milk, though bob's GET cart at n2 (#6–#7) had already returned v2 eggs, written later,"},
		"never written": {two + "bob@n2 GET cart\nbob = tea", "returned tea, which nobody had written by then."},
		"siblings":      {two + "bob@n2 GET cart\nbob siblings eggs milk", "returned 2 values at once, [eggs milk]; a register holds one."},
		"counter": {"alice@n1 INCR hits\nalice = 1\nbob@n2 INCR hits\nbob = 1", "bob's INCR hits at n2 (v2, #3–#4) returned 1, which no order of the operations explains: there it could have returned 2. " +
			"The last write acknowledged before it began was alice's INCR hits at n1 (v1, #1–#2)."},
		"several ways": {"alice@n1 INCR hits\ncarol@n3 INCR hits\nbob@n2 INCR hits\nbob = 4", "could have returned 1, 2 or 3."},
		"two keys":     {"alice@n1 SET tea:stock 1\nalice = OK\nalice@n1 BUY tea 1\nalice = 0\nbob@n2 BUY tea 1\nbob = 0", "could have returned \"error \\\"OUTOFSTOCK"},
		"deleted":      {"alice@n1 SET cart milk\nalice = OK\nalice@n1 DEL cart\nalice = 1\nbob@n2 GET cart\nbob = milk", "returned v1 milk, though alice's DEL cart at n1 (v2, #3–#4) was acknowledged"},
		"again nil":    {"alice@n1 SET cart milk\nalice = OK\nbob@n2 GET cart\nbob = nil", "returned nil, though alice's SET cart milk"},
	} {
		t.Run(name, func(t *testing.T) {
			h := history(t, c.text)
			wants(t, h, "no linearizable")
			f := judge(t, h, "linearizable")
			if want := strings.ReplaceAll(c.want, `"error \"OUTOFSTOCK`, `error "OUTOFSTOCK`); !strings.Contains(f.Witness, want) {
				t.Errorf("witness %q lacks %q", f.Witness, want)
			}
			if f.At == 0 || len(f.Events) == 0 {
				t.Errorf("it says neither since when nor where: %+v", f)
			}
		})
	}
}

func TestUnknownWritesMayTurnUp(t *testing.T) {
	const text = "alice@n1 SET cart milk\nalice ?\nbob@n2 GET cart\nbob = nil\n"
	wants(t, history(t, text+"bob@n2 GET cart\nbob = milk"), "yes linearizable ~ All 3 operations on 1 key")
	wants(t, history(t, text+"bob@n2 GET cart\nbob = milk\nbob@n2 GET cart\nbob = nil"), "no linearizable ~ had already returned")
	wants(t, history(t, "alice@n1 SET cart milk\nalice !NOQUORUM\nbob@n2 GET cart\nbob = milk"), "no linearizable ~ nobody had written")
	wants(t, history(t, "alice@n1 SET i:stock 1\nalice = OK\nbob@n1 BUY i 1\nbob = 0\nsystem n1 i:stock REFUND\n"), "yes linearizable")
}

func TestSystemWritesCount(t *testing.T) {
	const text = "alice@n1 SET i:stock 1\nalice = OK\nsystem n1 REFUND i:stock 1\n"
	for reply, want := range map[string]string{"1": "yes", "2": "yes", "3": "no"} {
		wants(t, history(t, text+`bob@n1 GET i:stock
			bob = "`+reply+`"`), want+" linearizable")
	}
}

func TestBudgetIsSaid(t *testing.T) {
	p := load(t, 60, 1, 20, mixed)
	h := p.history(Options{})
	h.steps = 20 * stepWork
	wants(t, h, "unknown linearizable ~ with an unknown outcome, were not decided within")
}

func TestStretches(t *testing.T) {
	const text = `
		policy ap
		serving n1
		alice@n1 SET cart milk
		alice wrote
		n1 cart v1
		alice = OK
		bob@n2 SET cart eggs
		bob wrote
		n2 cart v2
		bob = OK
		bob@n1 GET cart
		bob = milk
		policy cp
		serving n1
	`
	for tail, want := range map[string]Verdict{
		"bob@n2 GET cart\nbob = milk":                                           Yes,
		"bob@n2 GET cart\nbob = eggs":                                           Yes,
		"bob@n2 GET cart\nbob = nil":                                            Yes,
		"bob@n2 GET cart\nbob = tea":                                            No,
		"bob@n2 GET cart\nbob = eggs\nbob@n2 GET cart\nbob = milk":              No,
		"bob@n2 SET cart tea\nbob wrote\nbob = OK\nbob@n2 GET cart\nbob = milk": No,
	} {
		h := history(t, text+tail)
		ss := h.Stretches()
		if len(ss) != 2 || ss[0].Choice != "ap" || ss[1].Choice != "cp" || ss[1].From != 14 || ss[0].To != 12 || ss[0].From != 2 {
			t.Fatalf("stretches: %+v", ss)
		}
		if f := LinearizableFrom(h, ss[1].From); f.Verdict != want {
			t.Errorf("%q: %v, want %v: %s", tail, f.Verdict, want, f.Witness)
		}
		wants(t, h, "no linearizable")
		wants(t, h.Upto(ss[0].To), "no linearizable", "yes reply bob = milk")
	}
	// What was open at the toggle may take effect after it.
	h := history(t, text+"bob@n2 GET cart\nbob = milk\nbob@n2 GET cart\nbob = eggs\n")
	open := strings.Replace(text, "bob = OK", "", 1)
	open = strings.Replace(open, "bob@n1 GET cart", "carol@n1 GET cart", 1)
	open = strings.Replace(open, "bob = milk", "carol = milk", 1)
	g := history(t, open+"carol@n2 GET cart\ncarol = milk\ncarol@n2 GET cart\ncarol = eggs\n")
	if f := LinearizableFrom(h, 14); f.Verdict != No {
		t.Errorf("an answered write turned up again: %+v", f)
	}
	if f := LinearizableFrom(g, g.Stretches()[1].From); f.Verdict != Yes {
		t.Errorf("an open write may turn up: %+v", f)
	}
	late := history(t, open+"carol@n2 GET cart\ncarol = milk\nbob = OK\ncarol@n2 GET cart\ncarol = eggs\n")
	if f := LinearizableFrom(late, late.Stretches()[1].From); f.Verdict != Yes {
		t.Errorf("a write under way at the toggle may take effect after it: %+v", f)
	}
}
