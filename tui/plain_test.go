package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"capsim/scenarios"
)

func runPlain(ctx context.Context, open func() (run, error), in io.Reader, out io.Writer) error {
	return newPlain(open).talk(ctx, in, out)
}

// plainly gives lines to the plain twin and returns what it printed. All runs are closed
// afterwards, and nothing but printable lines was printed.
func plainly(t testing.TB, script, in string) string {
	t.Helper()
	counts, open := counting(t, opener(t, script))
	out := plainlyOn(t, open, in)
	if len(counts.open) != 0 {
		t.Errorf("%d runs are left open", len(counts.open))
	}
	return out
}

func plainlyOn(t testing.TB, open func() (run, error), in string) string {
	t.Helper()
	var out bytes.Buffer
	if err := runPlain(context.Background(), open, strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	checkPrintable(t, out.String())
	return out.String()
}

func checkPrintable(t testing.TB, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Error("what was printed is not UTF-8")
	}
	for _, r := range s {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Fatalf("%U was printed", r)
		}
	}
}

// wantIn tells what of a text is missing, in this order.
func wantIn(t testing.TB, text string, wants ...string) {
	t.Helper()
	rest := text
	for _, want := range wants {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("missing, or not here: %q in:\n%s", want, text)
		}
		rest = after
	}
}

// In the past all is told as it was then, and a command there forks.
func TestPlainTimeTravel(t *testing.T) {
	out := plainly(t, proof, "play\nno\nplay\nto 1s\nlook\nverdict\nops\nback\nnext\nto 2.1s\ncut n2-n3\ninspect n2\nwire\nundo\nto 20s\nlook\n")
	wantIn(t, out,
		"You guessed right: no.",
		"> to 1s\nIt is 1.000 s, in the past; the run is at 8.000 s.", "> look\ncart: n1 holds v1 \"milk\"; n2 holds v1 \"milk\"; n3 holds v1 \"milk\".\n",
		"linearizable: yes.", "1 of 1 request ", "2 links are cut: n1 | n2 n3.",
		"op 1, alice at n1, 0.200 s: SET cart milk (v1): OK, after 0 ms.",
		"> back\nIt is 0.", "> next\n1.000 s  FAULT: The network splits",
		"> to 2.1s\n2.100 s, in the past; the run is at 8.000 s> cut n2-n3\nForked, as fork 1: the same history up to 2.100 s", "2.100 s  FAULT: The link n2-n3 is cut",
		"2.100 s of fork 1> inspect n2\nn2 is up.", "The link n2 to n1, both ways: cut, messages are lost, by partition n1 | n2 n3", "The link n2 to n3, both ways: cut",
		"n2 holds v1 \"milk\" of cart.", "No message is in flight.",
		"> undo\nThis is first run, as it was left. It is 2.100 s of first run, in the past",
		"> to 20s\nThe run ends at 8.000 s.\n", "2.200 s  alice sets cart to eggs (v2)", "8.000 s of first run> look\ncart: n1 holds v2 \"eggs\"; n2 holds v2 \"eggs\"",
	)
}

// At the very beginning nothing has been judged yet, whatever came later.
func TestPlainJudgesNothingAtTheBeginning(t *testing.T) {
	out := plainly(t, proof, "play\nno\nplay\nto 0s\nverdict\nverdict all\nlook\nstory\nops\n")
	wantIn(t, out, "It is 0.000 s, in the past", "C  linearizable: yes.", "Stale reads: 0.", "linearizable: yes.", "No key has been", "Nothing has happened yet.", "No operation has begun yet.")
}

// A saved session gives the trace that was shown, and saving says so.
func TestPlainSaves(t *testing.T) {
	file := t.TempDir() + "/class.capsim"
	out := plainly(t, proof, "play\nyes\nplay\nto 1.5s\npolicy cp\nplay\nno\nplay\ntrace\nsave "+file+"\nsave "+file+"\nquit\nlook\n")
	_, after, _ := strings.Cut(out, "events in the whole run, sha256 ")
	sum, after, _ := strings.Cut(after, ".")
	if len(sum) != 64 {
		t.Fatalf("no hash in:\n%s", out)
	}
	wantIn(t, after, "Saved as "+file, "sha256 "+sum, "error: not saved: "+file+" is there already")
	if strings.Contains(after, "look\n") {
		t.Error("quit asks though all is saved")
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse(file, src)
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenarios.Open(s, scenarios.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(); err != nil || r.Report().SHA256 != sum {
		t.Errorf("run again: %v, sha256 %s, shown was %s", err, r.Report().SHA256, sum)
	}
}

// Bad arguments are clear errors, and lose nothing.
func TestPlainBadArguments(t *testing.T) {
	for in, want := range map[string]string{
		"to":                  `read "", expected an instant`,
		"to soon":             `to: read "soon", expected an instant`,
		"back x":              `back: read "x", expected how far`,
		"back -1s":            `back: read "-1s", expected how far`,
		"look list":           "read list, expected a key that was written or read: cart",
		"verdict some":        "verdict: read some, expected nothing, or all",
		"inspect":             `inspect: read "", expected a node`,
		"inspect n9":          "inspect: read n9, expected a node",
		"wire x":              "wire: read x",
		"ops zed":             "ops: read zed, expected how many",
		"ops 0":               "ops: read 0, expected how many",
		"story many":          "story: read many, expected how many",
		"save":                "save: expected a file's name",
		"save /no/such/x":     "not saved: open /no/such/x: no such file",
		"compare":             `compare: read "", expected two or three policies`,
		"compare cp":          "compare: read cp, expected two or three policies",
		"compare cp,apx":      `compare: read "apx", expected a policy`,
		"compare a,b,c,d":     "expected two or three policies",
		"compare 1":           "compare: 1 is the run that is shown",
		"compare 7":           "compare: read 7, expected a number from 1 to 1",
		"anomaly stale":       "did you mean stale-read?",
		"open siblings":       "open: there is no library here",
		"why dog":             "read dog, expected n2, n1-n2",
		"why op 99":           "read 99, expected the number of an op, from 1 to 1",
		"why message x":       "read x, expected the number of a message",
		"why event 0":         "read 0, expected the number of an event",
		"why v9 cart":         "v9 of cart has not been written yet",
		"why v1 list":         "read list, expected a key that was written or read: cart",
		"why v1 cart n9":      "read n9, expected a node, n1 to n3, or nothing more",
		"why cart list":       "read list, expected a node",
		"why alice 2":         "read 2, expected which operation of alice, from 1 to 1",
		"why lost-writes = x": "it is used as: lost-writes",
		"help nonsense":       "help: read nonsense, expected",
		"nonsense":            "error, column 1: read \"nonsense\", expected",
		"look \x1b[2J":        "\\x1b[2J",
		"\xff\xfe":            "error, column 1",
	} {
		t.Run(in, func(t *testing.T) {
			out := plainly(t, proof, "to 500ms\n"+in+"\nlook\ntrace\n")
			wantIn(t, out, "> to 500ms", "error", "0.500 s> look\ncart: n1 holds v1 \"milk\"")
			wantIn(t, out, "0.500 s> ", want, "0.500 s> look\ncart: n1 holds v1 \"milk\"")
		})
	}
}

// Whatever is under way when the input ends, the program ends in order.
func TestPlainEndOfInput(t *testing.T) {
	whole := "play\nyes\nto 1s\ncut n1-n2\nalice@n1 SET cart tea\nhelp\nquit\nn\nverdict"
	for i := range len(whole) + 1 {
		plainly(t, proof, whole[:i])
	}
}

// A line that is too long is left out, and said to be; the next one is read.
func TestPlainLongLine(t *testing.T) {
	out := plainly(t, proof, strings.Repeat("x", 3*maxInput)+"\n"+strings.Repeat("y ", maxInput/2-2)+"\nto 300ms\nlook\n")
	wantIn(t, out, "error: the line is longer than 64 KiB", "error, column 1", "0.300 s> look", "milk")
}

// A signal ends a prompt, and is told to the shell.
func TestPlainIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	in, typing := io.Pipe()
	defer typing.Close()
	out := &screenOut{begun: make(chan struct{})}
	ended := make(chan error)
	counts, open := counting(t, opener(t, proof))
	go func() { ended <- runPlain(ctx, open, in, out) }()
	<-out.begun
	cancel()
	if err := <-ended; err != nil || len(counts.open) != 0 {
		t.Errorf("ended with %v, %d runs open", err, len(counts.open))
	}
}

// monkeyWords are what the monkey types of.
func monkeyWords() []string {
	words := []string{
		"", "", "n1", "n2", "n1-n2", "cart", "hits", "1", "2", "3s", "+100ms", "-1s", "500ms", "all", "alice", "alice@n1", "bob@n2", "GET cart", "SET cart tea",
		"INCR hits", "|", "*", "y", "n", "cp", "ap", "base", "v1", "message 3", "op 1", "\x1b[31m", "\xff", "é漢", "\u202e", "\x00", "\t", "linearizable", "cp,ap", "hold",
	}
	for _, w := range plainWords() {
		if w.word != "quit" && w.word != "save" {
			words = append(words, w.word, w.word)
		}
	}
	for _, v := range scenarios.Verbs() {
		if v.Name != "workload" {
			words = append(words, v.Name)
		}
	}
	return words
}

// TestPlainMonkey types random words: no panic, nothing but printable lines, all runs
// closed.
func TestPlainMonkey(t *testing.T) {
	t.Chdir(t.TempDir())
	r := rand.New(rand.NewPCG(3, 4))
	words := monkeyWords()
	scripts := []string{proof, scripts["cp"], scripts["remote"], scripts["doubt"], "use nodes 1\nuse store memory\nat 1s alice@n1 SET a b\n"}
	lines := 20_000
	if testing.Short() {
		lines = 2_000
	}
	const each = 500
	for begun := 0; begun < lines; begun += each {
		var in strings.Builder
		for range each {
			for range 1 + r.IntN(4) {
				in.WriteString(words[r.IntN(len(words))])
				in.WriteByte(' ')
			}
			switch r.IntN(100) {
			case 0:
				in.WriteString(strings.Repeat("partition ", r.IntN(20_000)))
			case 1:
				for range r.IntN(80) {
					in.WriteByte(byte(r.IntN(256)))
				}
			}
			in.WriteByte('\n')
		}
		plainly(t, scripts[r.IntN(len(scripts))], in.String())
	}
}

// Runs are listed with numbers, named, and gone between; what was undone is kept.
func TestPlainForks(t *testing.T) {
	out := plainly(t, proof, "forks\nto 1.5s\ncut n2-n3\nto 1s\npolicy cp\nforks\nname 2 with cp\nswitch 1\nswitch 1\nundo\nforks\nswitch 9\nname 1\nswitch\nname x y\nforks 1\nswitch 2\nquit\nn\nquit\ny\nlook\n")
	wantIn(t, out,
		"> forks\n1: first run; this one is shown.\nA command in the past forks",
		"Forked, as fork 1: the same history up to 1.000 s", "FAULT: The policy is now cp",
		"> forks\n1: first run; 1 command since; not saved.\n2: fork 1, left number 1 at 1.000 s with: policy cp; not saved; this one is shown.\n",
		"Number 2, fork 1 until now, is named with cp.", "> switch 1\nThis is first run, as it was left. It is 1.000 s of first run, in the past; the run is at 1.500 s.",
		"> switch 1\nfirst run is what is shown.", "> undo\nUndone: cut n2-n3. It is 1.500 s of first run again; the run with it is kept as undone 2.",
		"2: with cp, left number 1 at 1.000 s with: policy cp; not saved.\n3: undone 2, left number 1 at 1.500 s with: cut n2-n3",
		`error: switch: read 9, expected a number from 1 to 3`, "error: name: expected a text", `error: switch: read "", expected a number`, "error: name: read x", "error: forks: read 1",
		"> switch 2\nThis is with cp, as it was left. It is 1.000 s of with cp.", "> quit\n", "holds commands that are not saved", "Going on.", "Quit all the same, y or n? y\n",
	)
	if strings.HasSuffix(out, "look\n") {
		t.Error("quit does not quit")
	}
}

// A fork behind a question does not ask it again, and its command is given at the cursor.
func TestForkBehindAQuestion(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(2190e6)
	d.do(d.p.moveBy(-50e6))
	d.give("cut n2-n3")
	if s := d.p.scene; s.now != 2140e6 || s.at != 2140e6 || d.p.pending != nil {
		t.Errorf("the fork is at %v of %v, question %v", s.at, s.now, d.p.pending)
	}
}

// withLibrary gives lines to a plain twin that begins with a lesson, keeping progress in
// a file.
func withLibrary(t *testing.T, lesson, state, in string) string {
	t.Helper()
	find := func(name string) (func() (run, error), error) {
		item, err := scenarios.Find(name)
		if err != nil {
			return nil, err
		}
		s, err := scenarios.ParseWith(item.File, item.Source, scenarios.Override{Text: "store memory"})
		return func() (run, error) {
			r, err := scenarios.Open(s, scenarios.Options{Interactive: true})
			return sessionRun{r}, err
		}, err
	}
	open, err := find(lesson)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlain(open)
	p.lesson, p.progress = find, newDiary(state)
	var out bytes.Buffer
	if err := p.talk(context.Background(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	checkPrintable(t, out.String())
	return out.String()
}

// A lesson's text comes part by part, each once and at its time; at the end stands what it
// was about, and progress is kept.
func TestPlainLesson(t *testing.T) {
	state := t.TempDir() + "/progress.json"
	proof, majority, next := numberOf(t, "cap-proof"), numberOf(t, "cp-majority"), after(t, "cap-proof")
	out := withLibrary(t, "cap-proof", state, "play\n1\nto 3s\nplay\nlesson\nto 1.5s\nlesson\nplay\nlessons\nopen 999\nopen\nopen siblings\nalice@n1 GET x\nopen "+majority+"\nn\nopen "+majority+"\ny\nlessons 3\n")
	wantIn(t, out,
		"8 minutes, beginner, 1 question", "You will learn", "LESSON, part 1 of 5:\nConsistency in CAP is", "0.000 s  The cluster starts", "0.200 s  alice sets",
		"LESSON, part 2 of 5:\nStep one", "1.000 s  FAULT", "1.000 s  NOTE", "LESSON, part 3 of 5:", "QUESTION: Alice writes eggs", "Your guess: yes.",
		"3.500 s  BAD: bob reads", "\n- Under ap both are answered. Bob reads milk after eggs was acknowledged: not linearizable, available.\n- Under cp", "You guessed yes; it was: no.", "\nWhy: bob reads cart at n2: milk (v1)", "5.000 s  GOOD", "8.000 s  The run ends.\nLESSON, part 5 of 5:",
		"\nThe end of the lesson. You have seen:\n- what CAP's C and A mean, exactly", "You guessed 0 of 1 right.", "open "+next.Name+" goes on with lesson "+numberOf(t, next.Name),
		"> lesson\nLESSON, part 5 of 5:", "> to 1.5s\nIt is", "> lesson\nLESSON, part 3 of 5:", "> lessons\nLevel beginner:\n1: ", "\n"+proof+": cap-proof, The proof of the CAP theorem, 8 minutes; done; guessed 0 of 1 right; this one is open.",
		"error: open: read \"999\"", "error: open: expected a lesson's name", "> open siblings\nSiblings instead of", "first run holds commands that are not saved", "Going on.\n", "> open "+majority+"\n", "y or n? y\nThe majority goes on", "error: lessons: read 3",
	)
	if strings.Count(out, "The end of the lesson") != 1 || strings.Count(out, "part 4 of 5") != 1 {
		t.Error("what was told is told again")
	}
	wantIn(t, withLibrary(t, "replication", state, "lessons\n"), proof+": cap-proof, The proof of the CAP theorem, 8 minutes; done; guessed 0 of 1 right.")
}

// A lesson that can't be begun ends the program with the reason.
func TestPlainOpenFails(t *testing.T) {
	p := newPlain(opener(t, proof))
	p.lesson = func(string) (func() (run, error), error) {
		return func() (run, error) { return nil, io.ErrUnexpectedEOF }, nil
	}
	var out bytes.Buffer
	if err := p.talk(context.Background(), strings.NewReader("open x\nlook\n"), &out); !errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(out.String(), "look") {
		t.Errorf("ended with %v:\n%s", err, out.String())
	}
}

// A node's Redis is read where the run is, and in the past as it was then.
func TestPlainInspectsTheDisk(t *testing.T) {
	out := plainly(t, proof, "to 500ms\ninspect n2\nplay\nno\nplay\ninspect n2\nto 500ms\ninspect n2\nto 0s\ninspect n2\n")
	wantIn(t, out, "0.500 s> inspect n2\nn2 is up.\nn2 holds v1 \"milk\" of cart.\nThe Redis of n2 holds ", ":n2:key:cart {\"value\":\"milk\"",
		"8.000 s> inspect n2\n", ":n2:key:cart {\"value\":\"eggs\"", "0.500 s, in the past; the run is at 8.000 s> inspect n2\n", ":n2:key:cart {\"value\":\"milk\"", "> to 0s", "> inspect n2\nn2 is up.\nThe Redis of n2 holds ")
}

// Policies, and forks, are set against each other up to the cursor, live commands included.
func TestPlainCompares(t *testing.T) {
	out := plainly(t, proof, "play\nno\nplay\ncompare cp, ap conflict=siblings, base\nto 2.1s\ncompare cp,ap\ncut n2-n3\nplay\ncompare 1\ncompare ap,ap\n")
	wantIn(t, out, "Side by side, at 8.000 s:\ncp: linearizable yes; available no; 2 of 3 requests answered; half of the answers within ", "ap conflict=siblings: linearizable no; available yes; 3 of 3 requests answered",
		"stale reads 1;", "base: linearizable no;", "DIFFERS: alice 2, SET cart eggs at n1: cp refused, NOQUORUM; ap conflict=siblings OK, after 0 ms; base OK, after 0 ms.",
		"DIFFERS: bob 1, GET cart at n2: cp milk, after ", "ap conflict=siblings milk, after 0 ms, stale;",
		"2.100 s, in the past; the run is at 8.000 s> compare cp,ap\nSide by side, at 2.100 s:", "No client was told anything else: 1 operation alike.",
		"8.000 s of fork 1> compare 1\nSide by side, at 8.000 s:\nfork 1: ", "first run: linearizable no;",
		"> compare ap,ap\nSide by side", "No client was told anything else: 3 operations alike.")
}

// No word of the plain twin hides a verb of the script language.
func TestPlainWordsAreNoVerbs(t *testing.T) {
	for _, v := range scenarios.Verbs() {
		if plainWordOf(v.Name) != nil {
			t.Errorf("%s is a word of the twin and a verb", v.Name)
		}
	}
}
