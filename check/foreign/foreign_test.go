package foreign

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"capsim/check"
)

// judge reads a history and judges it.
func judge(t testing.TB, text string, o Options) (*History, check.Finding) {
	t.Helper()
	h, err := Read([]byte(text), o)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return h, mustJudge(h)
}

func mustJudge(h *History) check.Finding { return check.LinearizableFrom(h.History, 0) }

// edn writes events in short: "0 invoke write 3".
func edn(events ...string) string {
	var b strings.Builder
	for _, e := range events {
		w := strings.SplitN(e, " ", 4)
		if len(w) < 4 {
			w = append(w, "nil")
		}
		fmt.Fprintf(&b, "{:process %s, :type :%s, :f :%s, :value %s}\n", w[0], w[1], w[2], w[3])
	}
	return b.String()
}

// logged writes the same as an older log does.
func logged(events ...string) string {
	var b strings.Builder
	for _, e := range events {
		w := strings.SplitN(e, " ", 4)
		fmt.Fprintf(&b, "INFO  jepsen.util - %s\t:%s\t:%s\t%s\n", w[0], w[1], w[2], w[3])
	}
	return b.String()
}

// cases are histories with the verdict that the rules of their formats give.
var cases = []struct {
	name, text  string
	o           Options
	model, want string // verdict, and what the witness holds
}{
	{
		"stale", edn("0 invoke write 1", "0 ok write 1", "1 invoke write 2", "1 ok write 2", "2 invoke read", "2 ok read 1"),
		Options{},
		"register",
		"no process 2's read (lines 5–6) returned 1, though process 1's write 2 (lines 3–4) was acknowledged before it began.",
	},
	{"fresh", edn("0 invoke write 1", "0 ok write 1", "1 invoke write 2", "1 ok write 2", "2 invoke read", "2 ok read 2"), Options{}, "register", "yes All 3 operations on 1 key"},
	{"a vector", "[" + edn("0 invoke write 1", "0 ok write 1", "2 invoke read", "2 ok read 2") + "]", Options{}, "register", "no returned 2, which nobody had written"},
	{"a list with comments", "; before\n(" + edn("0 invoke write 1", "0 ok write 1") + "; and\n #_ {:process 7} " + edn("2 invoke read", "2 ok read 1") + ")", Options{}, "register", "yes 2 operations"},
	{"tagged", "#jepsen.history.Op{:index 0, :time 5, :type :invoke, :process 0, :f :read, :value nil}\n#jepsen.history.Op {:index 1, :time 1000005, :type :ok, :process 0, :f :read, :value 3}", Options{}, "register", "no process 0's read (lines 1–2) returned 3"},
	{"on one line", "[" + strings.ReplaceAll(edn("0 invoke read", "0 ok read 3"), "\n", " ") + "]", Options{}, "register", "no process 0's read (line 1, columns 2 and 52) returned 3"},
	{"a nil read was not recorded", edn("0 invoke write 1", "0 ok write 1", "2 invoke read", "2 ok read nil"), Options{}, "register", "yes 1 operation"},
	{"a failed write did not happen", edn("0 invoke write 1", "0 fail write 1", "2 invoke read", "2 ok read 1"), Options{}, "register", "no nobody had written"},
	{"a failed read is nothing", edn("0 invoke read", "0 fail read 7"), Options{}, "register", "yes No operation"},
	{"a failed cas is nothing", edn("0 invoke write 1", "0 ok write 1", "0 invoke cas [1 2]", "0 fail cas [1 2]", "0 invoke read", "0 ok read 1"), Options{}, "cas-register", "yes 2 operations"},
	{"info may have happened", edn("0 invoke write 1", "0 info write 1", "2 invoke read", "2 ok read 1"), Options{}, "register", "yes"},
	{"info may happen later", edn("0 invoke write 1", "0 info write 1", "1 invoke write 2", "1 ok write 2", "2 invoke read", "2 ok read 1"), Options{}, "register", "yes"},
	{"info happens once", edn("0 invoke write 1", "0 info write 1", "1 invoke write 2", "1 ok write 2", "2 invoke read", "2 ok read 1", "2 invoke read", "2 ok read 2", "2 invoke read", "2 ok read 1"), Options{}, "register", "no"},
	{"no end is open", edn("0 invoke write 1", "2 invoke read", "2 ok read 1"), Options{}, "register", "yes"},
	{"the nemesis is skipped", edn(":nemesis info start", "0 invoke write 1", ":nemesis info stop [1 2]", "0 ok write 1", "2 invoke read", "2 ok read 1"), Options{}, "register", "yes 2 operations"},
	{"nobody but the nemesis", edn(":nemesis info start"), Options{}, "register", "yes"},
	{"a good cas", edn("0 invoke write 1", "0 ok write 1", "0 invoke cas [1 2]", "0 ok cas [1 2]", "0 invoke read", "0 ok read 2"), Options{}, "cas-register", "yes"},
	{"a cas too much", edn("0 invoke write 1", "0 ok write 1", "0 invoke cas [3 2]", "0 ok cas [3 2]"), Options{}, "cas-register", "no process 0's cas 3 2 (lines 3–4) succeeded, which no order of the operations explains. The last write acknowledged before it began was process 0's write 1 (lines 1–2)."},
	{"a cas from nil", edn("0 invoke cas [nil 2]", "0 ok cas [nil 2]", "0 invoke read", "0 ok read 2"), Options{}, "cas-register", "yes"},
	{"init", edn("0 invoke read", "0 ok read 0"), Options{Init: "0"}, "register", "yes"},
	{"init with distinct writes", edn("0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read 0"), Options{Init: "0"}, "register", "no process 0's read (lines 3–4) returned 0, though process 0's write 1"},
	{"init again", edn("1 invoke write 0", "0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read 0", "1 ok write 0"), Options{Init: "0"}, "register", "yes"},
	{"tuples", edn("0 invoke write [1 5]", "0 ok write [1 5]", "0 invoke read [2 nil]", "0 ok read [2 5]"), Options{}, "register", "no process 0's read of 2 (lines 3–4) returned 5, which nobody"},
	{"tuples of cas", edn("0 invoke write [1 5]", "0 ok write [1 5]", "0 invoke cas [1 [5 6]]", "0 ok cas [1 [5 6]]", "0 invoke read [1 nil]", "0 ok read [1 6]"), Options{}, "cas-register", "yes"},
	{"cas alone is no tuple", edn("0 invoke cas [1 2]", "0 ok cas [1 2]"), Options{Init: "1"}, "cas-register", "yes"},
	{"a key beside", `{:process 0, :type :invoke, :f :put, :key "7", :value "a"}{:process 0, :type :ok, :f :put, :key "7", :value "a"}{:process 0, :type :invoke, :f :get, :key "8", :value nil}{:process 0, :type :ok, :f :get, :key "8", :value "a"}`, Options{}, "register", `no process 0's read of "8"`},
	{"append", edn(`0 invoke append "a"`, `0 ok append "a"`, `0 invoke append "b"`, `0 ok append "b"`, "0 invoke read", `0 ok read "ba"`), Options{}, "register", "no could have returned ab."},
	{"numbers are not strings", edn("0 invoke write 1", "0 ok write 1", "0 invoke read", `0 ok read "1"`), Options{}, "register", "no"},
	{"a set", edn("0 invoke add 1", "0 ok add 1", "1 invoke add 2", "1 info add 2", "0 invoke read", "0 ok read #{2 1}"), Options{}, "set", "yes 3 operations"},
	{"a set that forgets", edn("0 invoke add 1", "0 ok add 1", "0 invoke read", "0 ok read []"), Options{}, "set", `no returned the set without 1, though process 0's add 1`},
	{"a set at first", edn("0 invoke remove 1", "0 ok remove 1", "0 invoke read", "0 ok read [2]"), Options{Init: "[1 2]"}, "set", "yes"},
	{"a set of tuples", edn("0 invoke add [7 1]", "0 ok add [7 1]", "0 invoke read [7 nil]", "0 ok read [7 [1]]"), Options{}, "set", "yes"},
	{"a counter", edn("0 invoke add 5", "0 ok add 5", "1 invoke add 2", "0 invoke read", "0 ok read 5", "0 invoke read", "0 ok read 7"), Options{}, "counter", "yes"},
	{"a counter that forgets", edn("0 invoke add 5", "0 ok add 5", "1 invoke inc", "1 ok inc", "0 invoke read", "0 ok read 0"), Options{}, "counter", "no could have returned 6."},
	{"a counter of tuples", edn("0 invoke add [7 1]", "0 ok add [7 1]", "0 invoke read [7 nil]", "0 ok read [7 1]"), Options{}, "counter", "yes"},
	{"a counter at first", edn("0 invoke dec 5", "0 ok dec 5", "0 invoke read", "0 ok read 5"), Options{Init: "10"}, "counter", "yes"},

	{"log: nil is a value", logged("0 invoke write 1", "0 ok write 1", "2 invoke read nil", "2 ok read nil"), Options{}, "register", "no returned nil, though"},
	{"log: nil at first", logged("2 invoke read nil", "2 ok read nil", "0 invoke write 1", "0 ok write 1"), Options{}, "register", "yes 2 operations"},
	{"log: a failed cas compared", logged("0 invoke write 1", "0 ok write 1", "0 invoke cas [1 2]", "0 fail cas [1 2]"), Options{}, "cas-register", "no process 0's cas 1 2 (lines 3–4) found another value, which no order"},
	{"log: a failed cas fits", logged("0 invoke write 1", "0 ok write 1", "0 invoke cas [2 1]", "0 fail cas [2 1]"), Options{}, "cas-register", "yes 2 operations"},
	{"log: a read timed out", logged("0 invoke write 1", "0 ok write 1", "0 invoke read nil", "0 fail read :timed-out"), Options{}, "register", "yes 1 operation"},
	{"log: a write timed out", logged("0 invoke write 1", "0 info write :timed-out", "2 invoke read nil", "2 ok read 1"), Options{}, "register", "yes"},
	{"log: other lines", "starting\nINFO  jepsen.core - 0 :ok\nINFO  jepsen.util - :nemesis\t:info\t:start\tnil\nINFO  jepsen.util - 3 nodes\n" + logged("0 invoke read nil", "0 ok read 4"), Options{}, "register", "no process 0's read (lines 5–6)"},

	{"json", `{"client":"a","op":"write","key":"x","value":3,"call":0,"return":5}
{"client":"b","op":"read","key":"x","value":null,"call":6,"return":7.5}`, Options{}, "register", "no client b's read of x (line 2) returned nil, though client a's write 3 to x (line 1) was acknowledged before it began."},
	{"json: touching is concurrent", `{"client":"a","op":"write","value":3,"call":0,"return":5}
{"client":"b","op":"read","value":null,"call":5,"return":7.5}`, Options{}, "register", "yes"},
	{"json: by time", `{"client":"b","op":"read","value":3,"call":6,"return":7}
{"client":"a","op":"write","value":3,"call":-1.5,"return":5}`, Options{}, "register", "yes"},
	{"json: exact times", `{"client":"a","op":"write","value":3,"call":1700000000000000000,"return":1700000000000000001}
{"client":"b","op":"read","value":null,"call":1700000000000000002,"return":1700000000000000003}`, Options{}, "register", "no"},
	{"json: unknown", `{"client":"a","op":"write","value":3,"call":0,"outcome":"unknown"}
{"client":"a","op":"write","value":4,"call":1,"return":2}
{"client":"b","op":"read","value":3,"call":9,"return":10}`, Options{}, "register", "yes"},
	{"json: fail", `{"client":"a","op":"write","value":3,"call":0,"return":1,"outcome":"fail"}
{"client":"b","op":"read","value":3,"call":9,"return":10,"outcome":"ok"}`, Options{}, "register", "no nobody had written"},
	{"json: swapped", `{"client":"a","op":"cas","value":[1,2],"call":0,"return":1,"swapped":false}
{"client":"a","op":"cas","value":[1,3],"call":2,"return":3,"swapped":true,"extra":{"node":["n1"]}}`, Options{Init: "1"}, "cas-register", "no client a's cas 1 2 (line 1) found another value"},
	{"json: a set", `{"client":"a","op":"add","value":"milk","call":0,"return":1}
{"client":"a","op":"read","value":["milk","eggs"],"call":2,"return":3}`, Options{}, "set", "no returned eggs, which nobody had added"},
}

func TestRules(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h, f := judge(t, c.text, c.o)
			want, words, _ := strings.Cut(c.want, " ")
			if h.Model != c.model || f.Verdict.String() != want || !strings.Contains(f.Witness, words) {
				t.Errorf("model %s: %v: %s\nwant model %s: %s", h.Model, f.Verdict, f.Witness, c.model, c.want)
			}
			if f.Verdict == check.No && len(h.Lines(f.Events)) == 0 {
				t.Error("it points at no line")
			}
			var page strings.Builder
			if err := check.Picture(h.History, &page); err != nil && !strings.Contains(err.Error(), "no operation") {
				t.Error(err)
			} else if err == nil && !strings.Contains(page.String(), "Partitions") {
				t.Error("the picture is empty")
			}
		})
	}
}

// TestTimes tells how long before, where the history says when.
func TestTimes(t *testing.T) {
	text := edn("0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 ok write 2", "2 invoke read", "2 ok read 1")
	for i, at := range []int{0, 10, 20, 30, 1_300_000_030, 1_400_000_000} {
		lines := strings.Split(text, "\n")
		lines[i] = strings.Replace(lines[i], "}", fmt.Sprintf(", :time %d}", at), 1)
		text = strings.Join(lines, "\n")
	}
	if _, f := judge(t, text, Options{}); !strings.Contains(f.Witness, "was acknowledged 1.3s before it began.") {
		t.Errorf("%s", f.Witness)
	}
	text = strings.Replace(text, ":time 20", ":time 5", 1)
	if _, f := judge(t, text, Options{}); !strings.Contains(f.Witness, "was acknowledged before it began.") {
		t.Errorf("times that go back: %s", f.Witness)
	}
}

func TestLivesAndCounts(t *testing.T) {
	h, f := judge(t, edn("0 invoke write 1", "0 info write 1", "0 invoke read", "0 ok read nil", "1 invoke read", "1 fail read", "0 invoke read", "0 ok read 5"), Options{})
	if want := (Counts{Operations: 4, Clients: 3, Keys: 1, Answered: 2, NotDone: 1, Unknown: 1, Unrecorded: 1}); h.Counts != want {
		t.Errorf("%+v, want %+v", h.Counts, want)
	}
	if !strings.Contains(f.Witness, "process 0 (life 2)'s read") {
		t.Error(f.Witness)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":        "1:1: expected a trace of capsim's, or a history",
		"hello\n": `1:1: read "hello", expected a trace of capsim`,
		"; only a comment\n{:process 0, :type :invoke, :f :read, :value nil":  `2:49: read "the end of the file", expected }, which ends what began at 2:1`,
		edn("0 invoke read") + "{:process 0, :type :okay, :f :read}":          `2:20: read ":okay", expected :invoke, :ok, :fail or :info`,
		edn("0 invoke read") + " :oops":                                       `2:2: read ":oops", expected an operation's map such as`,
		edn("0 invoke txn [[:r 1 nil]]"):                                      `1:1: read ":txn", expected an operation that capsim knows: :read, :write`,
		edn("0 invoke read", "0 invoke read"):                                 "2:1: read \"the process 0 invoke again\", expected the end of its read of line 1",
		edn("0 ok read 3"):                                                    "1:1: read \"the end of an operation of process 0\", expected one that it had begun",
		edn("0 invoke read", "0 ok write 3"):                                  `2:1: read ":write", expected :read, which process 0 began at line 1`,
		edn("0 invoke cas 3"):                                                 `1:45: read "3", expected [old new]`,
		edn("0 invoke write [1 2]", "1 invoke read [1 nil]", "2 invoke read"): `3:46: read "nil", expected a tuple [key value]`,
		edn("0 invoke write 1", "1 invoke add 1"):                             `2:1: read "add", expected an operation of the model register: read, write, append (--model`,
		edn("0 invoke inc x"):                                                 `expected a whole number to inc`,
		edn("0 invoke add 3", "1 invoke read", "1 ok read x"):                 `3:42: read "x", expected the counter's value`,
		"{:process 0 :type}":                                                  "1:1: expected a value for each key of the map",
		"{:type :ok}":                                                         `1:1: read "a map", expected a :process`,
		"{:process 0, :process 1}":                                            `1:14: read ":process again"`,
		`{:process 0 :value "\q"}`:                                            `1:21: read "\\q", expected an escape`,
		`{:process 0 :value "é \`:                                             `1:20: read "a string without an end"`,
		strings.Repeat("[", 100):                                              "1:67: expected at most 64 values within",
		"{:value " + strings.Repeat("[", 100):                                 "1:73: expected at most 64 values within each other",
		strings.Repeat("#_ ", 1_000_000):                                      "1:195: expected at most 64 values within each other",
		strings.Repeat("#a ", 1_000_000):                                      "1:195: expected at most 64 values within each other",
		"\ufeff" + edn("0 invoke read") + "\xff":                              `2:1: read "\xff", expected text in UTF-8`,
		logged("0 invoke wriet 3"):                                            `1:1: read ":wriet"`,
		logged("0 invok write 3"):                                             `1:23: read ":invok", expected :invoke`,
		logged("0 invoke write [3"):                                           `1:40: read "the end of the file"`,
		`{"client":"a","op":"read","call":1,"return":2}`:                      `1:1: expected "value", what the read returned`,
		`{"client":"a","op":"read","call":1}`:                                 `1:1: expected "return", or "outcome":"unknown"`,
		`{"client":"a","op":"read","call":3,"return":2,"value":1}`:            `1:45: read "2", expected a return that is not before`,
		`{"client":"a","op":"red","call":3}`:                                  `1:20: read "red", expected an operation: read, write`,
		`{"client":"a","op":"read","cal":3}`:                                  `1:27: read "cal", expected one of "client"`,
		`{"client":"a","op":"read","call":1e9,"return":3,"value":1}`:          `1:34: read "1e9", expected a time`,
		`{"client":"a","op":"read",,}`:                                        `1:27: expected JSON (invalid character ','`,
		"[\n {\"client\":\"a\"}]":                                             `1:1: read "[", expected an operation's object, one a line, such as {"client":"a"`,
		`{"client":"a"`:                                                       `1:14: read "the end of the line"`,
		`{"client":"a"} {}`:                                                   `1:16: read "{", expected one operation a line`,
		`{"client":"a","client":"b"}`:                                         `1:15: read "client again"`,
		`{"op":"read"}`:                                                       `1:1: expected "client", as in "client":"a"`,
		"{\"client\":\"a\",\"op\":\"write\",\"value\":1,\"call\":0,\"return\":5}\n{\"client\":\"a\",\"op\":\"write\",\"value\":1,\"call\":4,\"return\":5}": `2:1: expected client a to begin this when its write of line 1 has ended`,
		`{"client":"a","op":"write","call":0,"return":5}`:                            `1:1: expected a value to write`,
		`{"client":"a","op":"write","value":1,"call":0,"return":5,"swapped":true}`:   `1:68: expected "swapped" for a cas only`,
		`{"client":"a","op":"cas","value":[1,2],"call":0,"return":5,"swapped":"no"}`: `1:70: read "no", expected true or false`,
		`{"client":"a","op":"cas","value":[1,2],"call":0,"outcome":"timeout"}`:       `1:59: read "timeout", expected "ok", "fail"`,
	} {
		_, err := Read([]byte(text), Options{})
		var at *Error
		if !errors.As(err, &at) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v\nwant %s", text, err, want)
		}
	}
	for o, want := range map[Options]string{
		{Model: "queue"}:                "--model: read \"queue\", expected register, cas-register, set, counter",
		{Model: "counter", Init: "nil"}: `--init nil: 1:1: read "nil", expected a counter's value`,
		{Model: "set", Init: "3"}:       `--init 3: 1:1: read "3", expected the elements of a set`,
		{Init: "3 4"}:                   `--init 3 4: 1:3: read "4", expected one value`,
		{Init: "]"}:                     `--init ]: 1:1: read "]", expected a value`,
	} {
		if _, err := Read([]byte(edn("0 invoke read")), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", o, err, want)
		}
	}
}

// TestNothingPaintsTheScreen: what a file holds is escaped wherever it is told.
func TestNothingPaintsTheScreen(t *testing.T) {
	const evil = "\x1b[2J\u202e"
	text := fmt.Sprintf(`{:process "%s" :type :invoke :f :read :key "%s" :value nil}{:process "%s" :type :ok :f :read :key "k" :value "%s"}`, evil, evil, evil, evil)
	_, f := judge(t, text, Options{})
	if f.Verdict != check.No || strings.ContainsAny(f.Witness, "\x1b\u202e") {
		t.Errorf("%v %q", f.Verdict, f.Witness)
	}
	_, err := Read([]byte("["+evil), Options{})
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\u202e") {
		t.Errorf("%q", err)
	}
}

// TestTheGuideIsTrue plays the worked example of the documentation.
func TestTheGuideIsTrue(t *testing.T) {
	guide, err := os.ReadFile("../../docs/foreign-histories.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(guide), "```json\n")
	history, rest, _ := strings.Cut(rest, "```")
	_, f := judge(t, history, Options{})
	if !strings.Contains(rest, f.Witness) {
		t.Errorf("the guide does not say %q", f.Witness)
	}
	for _, m := range Models {
		if !strings.Contains(string(guide), "| `"+m.Name+"` |") {
			t.Errorf("the guide has no model %s", m.Name)
		}
	}
}
