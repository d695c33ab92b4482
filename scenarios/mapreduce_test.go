package scenarios_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
	"unicode"

	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// wordLines is a job done naively, by one reader from the first letter to the last: the lines
// on which each word stands, once for each time.
func wordLines(text string) map[string][]int {
	found := map[string][]int{}
	line, word := 1, ""
	end := func() {
		if word = strings.Trim(word, "'’"); word != "" {
			found[word] = append(found[word], line)
		}
		word = ""
	}
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '’' {
			word += string(unicode.ToLower(r))
			continue
		}
		end()
		if r == '\n' {
			line++
		}
	}
	end()
	return found
}

// wantTop is what TOP says of a job, of every word.
func wantTop(job, text string) []string {
	weights := map[string]int{}
	for w, lines := range wordLines(text) {
		if job == "index" {
			lines = slices.Compact(lines)
		}
		weights[w] = len(lines)
	}
	words := slices.Collect(maps.Keys(weights))
	sort.Slice(words, func(i, j int) bool {
		if a, b := weights[words[i]], weights[words[j]]; a != b {
			return a > b
		}
		return words[i] < words[j]
	})
	var list []string
	for _, w := range words[:min(len(words), 1000)] {
		list = append(list, w, fmt.Sprint(weights[w]))
	}
	return list
}

// wantResult is what RESULT says of a word.
func wantResult(job, text, word string) model.Reply {
	lines := wordLines(text)[word]
	if job == "wordcount" {
		return model.Int(int64(len(lines)))
	}
	list := []string{}
	for _, l := range slices.Compact(lines) {
		list = append(list, fmt.Sprint(l))
	}
	return model.List(list)
}

// mrText draws a text: some lines of few words, so that words repeat, and some odd ones.
func mrText(r *rand.Rand) string {
	words := []string{"a", "the", "sheep", "don't", "'quoted'", "--", "Ärger", "É", "x1", "tab\tbed", "the", "THE", "zebra", "\u2028", "a,b", "#", "世界"}
	var b strings.Builder
	for range 1 + r.IntN(40) {
		for range r.IntN(9) {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		b.WriteString([]string{"\n", "\n", "\r\n", "\n\n"}[r.IntN(4)])
	}
	return b.String()
}

// mrScript draws a job and what befalls it. What breaks is mended at 6 s. The master's disk
// survives.
func mrScript(r *rand.Rand, job string) string {
	nodes := 2 + r.IntN(4)
	master := 1 + r.IntN(nodes)
	node := func() int { return 1 + r.IntN(nodes) }
	var b strings.Builder
	fmt.Fprintf(&b, "use nodes %d\nuse policy mapreduce master=n%d maps=%d reduces=%d backup=%s work=%s beat=%s\nuse timeout 1m\nuse latency %s\nuse seed %d\n",
		nodes, master, 1+r.IntN(12), 1+r.IntN(5), []string{"on", "off"}[r.IntN(2)], []string{"500µs", "2ms", "100µs"}[r.IntN(3)],
		[]string{"100ms", "50ms", "200ms"}[r.IntN(3)], []string{"lognormal(10ms, 0.3)", "uniform(0ms, 100ms)", "const(1ms)"}[r.IntN(3)], r.Int64N(1<<40))
	fmt.Fprintf(&b, "at 50ms asker@n%d RUN %s\n", node(), job)
	at := 60 * time.Millisecond
	down, stuck := map[int]bool{}, map[int]bool{}
	for range r.IntN(14) {
		at += time.Duration(r.IntN(500)) * time.Millisecond
		n, link := node(), fmt.Sprintf("n%d-n%d", node(), node())
		do := ""
		switch r.IntN(10) {
		case 0, 1, 2:
			switch {
			case stuck[n]:
				continue
			case down[n]:
				do = fmt.Sprintf("restart n%d", n)
			case n != master && r.IntN(3) == 0:
				do = fmt.Sprintf("crash n%d wipe", n)
			default:
				do = fmt.Sprintf("crash n%d", n)
			}
			down[n] = !down[n]
		case 3:
			if down[n] {
				continue
			}
			do = fmt.Sprintf("%s n%d", map[bool]string{false: "pause", true: "resume"}[stuck[n]], n)
			stuck[n] = !stuck[n]
		case 4:
			do = fmt.Sprintf("slow n%d +%dms", n, 1+r.IntN(200))
		case 5:
			do = fmt.Sprintf("partition n%d | *", n)
		case 6:
			do = fmt.Sprintf("loss *-* %d%%", 1+r.IntN(60))
		case 7:
			do = fmt.Sprintf("duplicate *-* %d%%", 1+r.IntN(100))
		case 8:
			do = "reorder *-* 50%"
		case 9:
			if link[:2] == link[3:] {
				continue
			}
			do = "cut " + link + []string{"", " hold"}[r.IntN(2)]
		}
		fmt.Fprintf(&b, "at %v %s\n", at, do)
	}
	b.WriteString("at 8s heal all\n")
	for n := 1; n <= nodes; n++ {
		fmt.Fprintf(&b, "slow n%d off\n", n)
		if down[n] {
			fmt.Fprintf(&b, "restart n%d\n", n)
		}
		if stuck[n] {
			fmt.Fprintf(&b, "resume n%d\n", n)
		}
	}
	fmt.Fprintf(&b, "at 60s reader@n%d TOP 1000\n", master)
	for _, w := range []string{"the", "sheep", "x1", "世界", "nosuch"} {
		fmt.Fprintf(&b, "reader RESULT %s\n", w)
	}
	b.WriteString("at 70s end\n")
	return b.String()
}

// mrRun runs a script over a text.
func mrRun(t *testing.T, src, text string) *scenarios.Session {
	t.Helper()
	script, err := scenarios.ParseWith("mr.capsim", []byte(src), scenarios.InputFrom("test", "text.txt", []byte(text)), scenarios.Override{From: "test", Text: "store memory"})
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	s, err := scenarios.Open(script, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	return s
}

// mrJudge compares all that clients read of a job with the naive job, and sees to it that
// each reduce took effect once. It returns whether there was a job, and its finish.
func mrJudge(s *scenarios.Session, job, text string) (done bool, err error) {
	asker := false // its node crashed
	for _, op := range s.Index().Ops() {
		if op.System || op.Result == nil {
			continue
		}
		res := *op.Result
		switch name := op.Command.Name(); {
		case name == "RUN":
			asker = res.Outcome != model.OKOutcome
		case res.Outcome != model.OKOutcome:
			return false, fmt.Errorf("%v: %v", op.Command, res)
		case res.Reply.Kind == model.ErrorReply:
			if !asker {
				return false, fmt.Errorf("the RUN was answered, and %v: %v", op.Command, res)
			}
			return false, nil
		case name == "TOP":
			if want := wantTop(job, text); !slices.Equal(res.Reply.List, want) {
				return false, fmt.Errorf("TOP says %q, a sequential run %q", res.Reply.List, want)
			}
			done = true
		case name == "RESULT":
			if want := wantResult(job, text, op.Command.Words()[0]); res.Reply.String() != want.String() {
				return false, fmt.Errorf("%v says %v, a sequential run %v", op.Command, res.Reply, want)
			}
		}
	}
	effects := map[string]int{}
	for n, e := range s.Log().All() {
		if e.Kind == trace.Effect {
			if effects[e.Key+" "+e.Text]++; effects[e.Key+" "+e.Text] > 1 {
				return false, fmt.Errorf("event %d: %s of %s takes effect again", n, e.Text, e.Key)
			}
		}
	}
	return done, nil
}

// mrDrawn runs the job that a seed draws and compares its result with that of one reader. It
// returns whether the job was done, and adds what the run counted to counts.
func mrDrawn(t *testing.T, seed int, counts map[string]int64) (done bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(seed), 0x3a9))
	job, text := []string{"wordcount", "index"}[r.IntN(2)], mrText(r)
	src := mrScript(r, job)
	s := mrRun(t, src, text)
	defer s.Close()
	done, err := mrJudge(s, job, text)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s\n%q", seed, err, src, text)
	}
	for _, m := range s.Measures(s.History()) {
		if v, is := m.Value.(int64); is && m.Counter {
			counts[m.Name] += v
		}
	}
	return done
}

// TestMapReduceEqualsASequentialRun: whatever crashes, lags, is cut off, lost or comes twice, a
// job that is done has the result of one reader.
func TestMapReduceEqualsASequentialRun(t *testing.T) {
	n, done, counts := seeds(t, 150), 0, map[string]int64{}
	for seed := range n {
		if mrDrawn(t, seed, counts) {
			done++
		}
	}
	t.Logf("%d of %d jobs done: %v", done, n, counts)
	if done < n*9/10 {
		t.Errorf("only %d of %d jobs were done", done, n)
	}
	for _, name := range []string{"mapreduce.re-executions", "mapreduce.backups", "mapreduce.duplicates", "mapreduce.shuffled-bytes"} {
		if counts[name] == 0 {
			t.Errorf("no %s in %d runs", name, n)
		}
	}
}

// TestMapReduceOnceWrong runs the jobs that once showed a fault.
func TestMapReduceOnceWrong(t *testing.T) {
	for seed, showed := range map[int]string{
		2070: "the master refused its own completion of a map, since a reduce could not get at its lists, and did the map again, in the same instant for ever",
	} {
		if !mrDrawn(t, seed, map[string]int64{}) {
			t.Errorf("the job of seed %d is not done; it once showed: %s", seed, showed)
		}
	}
}

// TestMapReduceOfALicence: a long text of the machine's own, which a path outside of the
// script's folder names, with a crash in the middle.
func TestMapReduceOfALicence(t *testing.T) {
	const file = "/usr/share/common-licenses/GPL-3"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Skip(err)
	}
	for _, job := range []string{"wordcount", "index"} {
		src := "use policy mapreduce work=20µs maps=20 reduces=4\nuse timeout 30s\nat 0s alice@n2 RUN " + job +
			"\nat 200ms crash n3\nat 2s restart n3\nat 20s reader@n1 TOP 1000\nreader RESULT software\nreader RESULT licensee\nat 21s end\n"
		s := mrRun(t, src, string(text))
		if done, err := mrJudge(s, job, string(text)); err != nil || !done {
			t.Errorf("%s of %s: done %v, %v", job, file, done, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
