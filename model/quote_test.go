package model

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"milk": "milk", "a:b-c.d": "a:b-c.d", "f(1, 2)": `"f(1, 2)"`, "f(1,2)": "f(1,2)", "f(": `"f("`, ")(": `")("`,
		"": `""`, "nil": `"nil"`, "two words": `"two words"`, "#x": `"#x"`, "x#": "x#", "[a": `"[a"`, "a]": `"a]"`,
		`"`: `"\""`, `'`: `"'"`, `\`: `"\\"`, "a|b": `"a|b"`, "{i}": `"{i}"`,
		"a\nb": `"a\nb"`, "\r\t\a\b\x00\x7f": `"\r\t\a\b\x00\x7f"`, "\xff": `"\xff"`,
		"é": "é", "牛奶": "牛奶", "\u0085": `"\xc2\x85"`, "\u202e": `"\xe2\x80\xae"`, "\u200b": `"\xe2\x80\x8b"`, "\ufeff": `"\xef\xbb\xbf"`,
		"\u001b[2J": `"\x1b[2J"`,
	} {
		if got := Quote(word); got != want {
			t.Errorf("%q is quoted %s, want %s", word, got, want)
		}
	}
}

// unquote reads what AppendQuoted writes, as redis-cli does.
func unquote(s string) string {
	var b strings.Builder
	names := map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'a': '\a', 'b': '\b', '"': '"', '\\': '\\'}
	for i := 1; i < len(s)-1; i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == 'x' {
			b.WriteByte(byte(strings.IndexByte("0123456789abcdef", s[i+1])<<4 | strings.IndexByte("0123456789abcdef", s[i+2])))
			i += 2
			continue
		}
		b.WriteByte(names[s[i]])
	}
	return b.String()
}

func TestQuotedReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		if rapid.Bool().Draw(t, "text") {
			word = rapid.String().Draw(t, "word")
		}
		q := string(AppendQuoted(nil, word))
		if got := unquote(q); got != word {
			t.Fatalf("%q → %s → %q", word, q, got)
		}
		if q := Quote(word); !utf8.ValidString(q) || strings.ContainsFunc(q, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
			t.Fatalf("%q is quoted %q", word, q)
		}
	})
}

func TestJSONStringReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		r := NewJSONReader(AppendJSON(nil, word))
		if got := r.Str(); got != word || r.Err() != nil {
			t.Fatalf("%q came back as %q: %v", word, got, r.Err())
		}
		r.End()
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
	})
}

func TestJSONEscapes(t *testing.T) {
	for text, want := range map[string]string{
		`"\u0041\/\b\f\n\r\t\"\\"`: "A/\b\f\n\r\t\"\\", `"\ud83d\ude00"`: "😀", `"\uD83D\uDE00x"`: "😀x", `"\udcff\udc80"`: "\xff\x80", `"\u00e9"`: "é",
	} {
		if got := NewJSONReader([]byte(text)).Str(); got != want {
			t.Errorf("%s is read as %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{`"\ud83d"`, `"\ud83d\u0041"`, `"\ude00"`, `"\udc7f"`, `"\x41"`, `"\u12"`, `"\u12g4"`, `"\`, `"\u`, `"\ud83d\`, `"\ud83d\ud`, `"`, ``, `x`, "\"\xff\"", "\"\\n\xff\"", "\"\\n\n\""} {
		r := NewJSONReader([]byte(text))
		if got := r.Str(); r.Err() == nil {
			t.Errorf("%s is read as %q", text, got)
		}
	}
}

func TestJSONNumbers(t *testing.T) {
	for text, ok := range map[string]bool{
		"0": true, "-1": true, "9223372036854775807": true, "-9223372036854775808": true,
		"9223372036854775808": false, "-9223372036854775809": false, "00": false, "-0": false, "01": false, "": false, "-": false, "+1": false, "99999999999999999999999": false,
	} {
		r := NewJSONReader([]byte(text))
		r.Int(-1<<63, 1<<63-1)
		r.End()
		if (r.Err() == nil) != ok {
			t.Errorf("%q: %v", text, r.Err())
		}
	}
}

func TestPrinting(t *testing.T) {
	for got, want := range map[string]string{
		Text("two words").String(): `"two words"`, Text("").String(): `""`, Value{}.String(): "nil", SetOf("b", "a", "b").String(): "[a b]",
		SetOf().String(): "nil", OK.String(): "OK", Int(-3).String(): "-3", List([]string{"a b", ""}).String(): `["a b" ""]`, List(nil).String(): "[]",
		Error("ERR x").String(): `error "ERR x"`, Reply{}.String(): "nil", Bulk("nil").String(): `"nil"`,
		Answered(Int(1)).String(): "1", Refuse(CodeDown, "x").String(): "refused DOWN", Result{}.String(): "open", Result{Outcome: Unknown}.String(): "unknown",
		Command{Verb: SET, Args: []string{"a b", "[x"}}.String(): `SET "a b" "[x"`,
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
