package model

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

var (
	a1 = Actor{Node: 1, Life: 1}
	a2 = Actor{Node: 2, Life: 1}
	a3 = Actor{Node: 3, Life: 2}
)

func register(value string) *Record {
	return &Record{
		Heads: []Head{{Op: 3, Dot: Dot{a1, 2}, Stamp: Stamp{Wall: 1_200_000_000, Actor: a1}, Kind: Put, Value: Text(value)}},
		Seen:  Vector{{a1, 2}, {a2, 1}},
	}
}

func recordExamples() map[string]*Record {
	merged := &Record{
		Heads: []Head{
			{Op: 5, Dot: Dot{a2, 1}, Stamp: Stamp{1_250_000_000, 1, a2}, Kind: Add},
			{Op: 6, Dot: Dot{a3, 4}, Stamp: Stamp{1_250_000_000, 2, a2}, Kind: AddMembers},
		},
		Seen:     Vector{{a1, 2}, {a2, 1}, {a3, 4}},
		Base:     &Base{Value: Text("4"), Stamp: Stamp{1_200_000_000, 0, a1}, Absorbed: []Total{{a1, 1, 2, 0}}},
		Totals:   []Total{{a1, 3, 4, 0}, {a2, 2, 1, math.MaxUint64}},
		Elements: []Element{{"", []Dot{{a1, 1}, {a2, 1}}}, {"milk \"x\"", []Dot{{a3, 4}}}},
		Sales:    []Sale{{Dot: Dot{a1, 1}, Stamp: Stamp{1, 0, a1}, Op: 2, N: 1}, {Dot: Dot{a2, 1}, Stamp: Stamp{2, 0, a2}, Op: math.MaxUint32, N: 3, Refunded: true}},
		Stale:    true,
	}
	tombstone := register("")
	tombstone.Heads[0].Kind, tombstone.Heads[0].Value = Delete, Value{}
	set := register("")
	set.Heads[0].Value = SetOf("b", "a", "\xff")
	siblings := register("x")
	siblings.Heads = append(siblings.Heads, Head{Op: 4, Dot: Dot{a2, 1}, Stamp: Stamp{1_200_000_001, 0, a2}, Value: SetOf("q")})
	hash := register("")
	hash.Heads[0].Value = tricky
	leased := register("")
	leased.Heads[0].Value = tricky.until(math.MaxInt64)
	under := register("")
	under.Base = &Base{Value: Value{Deadline: 5}, Stamp: under.Heads[0].Stamp}
	under.Elements = []Element{{"x", []Dot{{a1, 2}}}}
	under.Heads[0].Value = SetOf("x").until(5)
	return map[string]*Record{
		"hash": hash, "leased": leased, "set that expires": under,
		"none": nil, "register": register("milk"), "empty string": register(""), "binary": register("a\x00\xff\xc3\x28é\u2028\U000e0001\n\x7f\\\""),
		"tombstone": tombstone, "set": set, "siblings": siblings, "merged": merged, "no heads": {},
	}
}

func TestRecordRoundTrip(t *testing.T) {
	for name, r := range recordExamples() {
		text := AppendRecord(nil, r)
		if !json.Valid(text) {
			t.Errorf("%s: not JSON: %s", name, text)
		}
		if strings.ContainsFunc(string(text), func(c rune) bool { return c < 0x20 || c == 0x7f || c == 0x2028 }) {
			t.Errorf("%s: unprintable: %q", name, text)
		}
		back, err := ParseRecord(text)
		if err != nil {
			t.Errorf("%s: %v in %s", name, err, text)
		} else if err := sameRecord(r, back); err != "" {
			t.Errorf("%s: %s", name, err)
		}
	}
}

func TestRecordText(t *testing.T) {
	ex := recordExamples()
	for name, want := range map[string]string{
		"none":      `null`,
		"register":  `{"value":"milk","op":3,"dot":"n1:2","stamp":"1200000000@n1","seen":"n1:2 n2:1"}`,
		"tombstone": `{"value":null,"op":3,"dot":"n1:2","stamp":"1200000000@n1","seen":"n1:2 n2:1"}`,
		"set":       `{"value":["a","b","\udcff"],"op":3,"dot":"n1:2","stamp":"1200000000@n1","seen":"n1:2 n2:1"}`,
		"hash":      `{"value":{"":"","expires":"8","siblings":"[]","value":"null"},"op":3,"dot":"n1:2","stamp":"1200000000@n1","seen":"n1:2 n2:1"}`,
		"leased":    `{"value":{"expires":9223372036854775807,"value":{"":"","expires":"8","siblings":"[]","value":"null"}},"op":3,"dot":"n1:2","stamp":"1200000000@n1","seen":"n1:2 n2:1"}`,
		"siblings": `{"value":{"siblings":["x",["q"]]},"heads":[{"kind":"put","value":"x","op":3,"dot":"n1:2","stamp":"1200000000@n1"},` +
			`{"kind":"put","value":["q"],"op":4,"dot":"n2:1","stamp":"1200000001@n2"}],"seen":"n1:2 n2:1"}`,
	} {
		if got := string(AppendRecord(nil, ex[name])); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestParseRecordRefuses(t *testing.T) {
	good := `{"value":"milk","op":3,"dot":"n1:2","stamp":"1200000000@n1","seen":"n1:2 n2:1"}`
	for _, c := range []struct{ name, old, new, say string }{
		{"nothing", good, "", "the end"},
		{"more", good, good + " ", "the end"},
		{"other JSON", good, `{"a":1}`, `{"value":`},
		{"unseen dot", "n1:2 n2:1", "n1:1 n2:1", "seen does not cover"},
		{"vector out of order", "n1:2 n2:1", "n2:1 n1:2", "ascend"},
		{"vector zero", "n1:2 n2:1", "n1:2 n2:0", "not positive"},
		{"op out of range", `"op":3`, `"op":4294967296`, "integer"},
		{"needless zero", `"op":3`, `"op":03`, "integer"},
		{"huge number", "1200000000", "99999999999999999999", "integer"},
		{"not UTF-8", "milk", "\xff", "UTF-8"},
		{"control character", "milk", "a\nb", "control"},
		{"lone surrogate", "milk", `\udc00`, "escape"},
		{"unfinished", `"}`, ``, "expected"},
		{"set not sorted", `"milk"`, `["b","a"]`, "sorted"},
		{"empty set", `"milk"`, `[]`, "not empty"},
		{"hash not sorted", `"milk"`, `{"b":"1","a":"2"}`, "sorted"},
		{"field twice", `"milk"`, `{"a":"1","a":"2"}`, "sorted"},
		{"empty hash", `"milk"`, `{}`, ""},
		{"deadline zero", `"milk"`, `{"expires":0,"value":"milk"}`, ""},
		{"deadline below zero", `"milk"`, `{"expires":-1,"value":"milk"}`, ""},
		{"deadline of nothing", `"milk"`, `{"expires":5,"value":null}`, ""},
		{"deadline of a deadline", `"milk"`, `{"expires":5,"value":{"expires":6,"value":"milk"}}`, ""},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if _, err := ParseRecord([]byte(text)); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.say)
		}
	}
	if _, err := ParseRecord([]byte(good)); err != nil {
		t.Error(err)
	}
}

// sameRecord compares two records by their parts, nil and empty alike; "" if same.
func sameRecord(a, b *Record) string {
	x, _ := json.Marshal(canonical(a))
	y, _ := json.Marshal(canonical(b))
	if string(x) != string(y) {
		return "records differ:\n" + string(x) + "\n" + string(y)
	}
	return ""
}

// canonical gives strings as bytes, so that encoding/json keeps them, and empty
// lists as nil.
func canonical(r *Record) any {
	if r == nil {
		return nil
	}
	value := func(v Value) any {
		var ms [][]byte
		for _, m := range v.Members {
			ms = append(ms, []byte(m))
		}
		return []any{v.Type, []byte(v.Str), ms, v.Deadline}
	}
	var out []any
	for _, h := range r.Heads {
		out = append(out, h.Op, h.Dot, h.Stamp, h.Kind, value(h.Value))
	}
	out = append(out, append(Vector{}, r.Seen...), r.Stale)
	if b := r.Base; b != nil {
		out = append(out, value(b.Value), b.Stamp, append([]Total{}, b.Absorbed...))
	}
	out = append(out, append([]Total{}, r.Totals...))
	for _, e := range r.Elements {
		out = append(out, []byte(e.Member), e.Dots)
	}
	return append(out, append([]Sale{}, r.Sales...))
}

func FuzzParseRecord(f *testing.F) {
	for _, r := range recordExamples() {
		f.Add(AppendRecord(nil, r))
	}
	f.Add([]byte(`{"value":"\ud83d\ude00","op":1,"dot":"n1.0:1","stamp":"-5.3@n0","seen":"n1.0:1","stale":true}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRecord(b)
		if err != nil {
			if r != nil {
				t.Fatal("a record beside an error")
			}
			return
		}
		if err := r.valid(); err != nil {
			t.Fatalf("accepted %q: %v", b, err)
		}
		r.Value()
		r.Values()
		text := AppendRecord(nil, r)
		back, err := ParseRecord(text)
		if err != nil {
			t.Fatalf("%q → %q: %v", b, text, err)
		}
		if diff := sameRecord(r, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkAppendRecord(b *testing.B) {
	r, buf := register("milk"), []byte(nil)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendRecord(buf[:0], r)
	}
}

func BenchmarkParseRecord(b *testing.B) {
	text := AppendRecord(nil, register("milk"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseRecord(text); err != nil {
			b.Fatal(err)
		}
	}
}
