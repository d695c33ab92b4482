package check

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// stale is the CAP proof: a write on one side, a read on the other.
const staleText = `
	policy ap
	serving n1
	serving n2
	serving n3
	alice@n1 SET cart milk
	alice wrote
	n1 cart v1
	alice = OK
	n2 cart v1
	n3 cart v1
	say partition n1 | n2 n3
	alice@n1 SET cart eggs
	alice wrote > v1
	n1 cart v2
	alice = OK
	+200ms
	bob@n2 GET cart
	bob = milk`

func TestStaleRead(t *testing.T) {
	h := history(t, staleText)
	wants(t, h,
		"no linearizable ~ bob's GET cart at n2 (#16–#17) returned v1 milk, though alice's SET cart eggs at n1 (v2, #12–#15) was acknowledged 200ms before it began.",
		"no linearizable cart",
		"yes linearizable other",
		"yes available ~ 3 of 3 requests",
		"yes diverged cart ~ n1 holds v2, n2 and n3 hold v1",
		"yes diverged",
		"no converged",
		"no converged cart",
		"yes converged other",
		"yes lost-writes = 0",
		"yes lost-writes",
		"yes stale-reads = 1 ~ 1 of 1 answered read",
		"no stale-reads = 0",
		"yes staleness = 200ms",
		"no staleness < 200ms ~ 200ms before it began",
		"yes read-your-writes",
		"yes monotonic-reads",
		"yes value n1 cart = eggs",
		"yes value n2 cart != eggs ~ n2 serves milk for cart, v1 (#9).",
		"yes value n2 other = nil",
		"yes version n2 cart = v1",
		"yes version n1 cart >= v2",
		"no version n1 cart = v1",
		"yes version n1 other = nil",
		"yes reply bob = milk",
		"no reply bob = eggs",
		"yes reply bob != eggs",
		"no reply bob unknown",
		"no reply bob refused NOQUORUM",
		"no reply bob error WRONGTYPE",
		"unknown reply carol = milk",
		"yes messages = 0",
		"yes latency p50 <= 3ms",
		"no leader n1",
		"unknown value n7 cart = eggs ~ There is no n7",
	)
}

func TestDefaultsRunOnAnEmptyHistory(t *testing.T) {
	h := history(t, "")
	for _, c := range Checks {
		if !c.Default {
			continue
		}
		test, err := c.Parse(nil)
		if err != nil {
			t.Errorf("%s: a default check must do without arguments: %v", c.Name, err)
			continue
		}
		if f := test(h); f.Verdict != Yes {
			t.Errorf("%s of nothing: %s (%s)", c.Name, f.Verdict, f.Witness)
		}
	}
	for _, m := range Metrics {
		m.Of(h)
	}
}

func TestMetrics(t *testing.T) {
	h := history(t, staleText+`
		say heal
		+20ms
		n2 cart v2
		n3 cart v2`)
	want := map[string]any{
		"lost-writes": int64(0), "stale-reads": int64(1), "staleness": 200 * time.Millisecond,
		"time-to-converge": 21 * time.Millisecond, "latency-p50": 3 * time.Millisecond, "latency-p99": 3 * time.Millisecond,
		"messages": int64(0), "version-staleness": int64(1), "stale-reads-partitioned": int64(0), "stale-reads-calm": int64(1),
		"latency-calm-p50": 3 * time.Millisecond, "latency-calm-p99": 3 * time.Millisecond, "messages-per-op": 0.0,
	}
	for _, m := range Metrics {
		if got := m.Of(h); got != want[m.Name] {
			t.Errorf("%s = %v, want %v", m.Name, got, want[m.Name])
		}
	}
	if got := history(t, staleText).timeToConverge(); got != nil {
		t.Errorf("time-to-converge of a diverged run is %v", got)
	}
}

func TestUntil(t *testing.T) {
	p := newTape(t, 3)
	p.play(staleText)
	wants(t, p.history(Options{Until: 16}), "yes linearizable", "yes stale-reads = 0", "unknown available ~ bob's GET cart at n2 (#16, unanswered) has no answer yet", "yes reply alice = OK")
	wants(t, p.history(Options{Until: 10}), "yes converged ~ All nodes")
	wants(t, p.history(Options{Until: 14}), "unknown available", "yes lost-writes = 0")
	h := p.history(Options{Until: 16, End: 5e9, Over: true})
	wants(t, h, "no available ~ has no answer after")
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		words string
		word  int
		want  string
	}{
		{"", 0, "a check"},
		{"linearisable", 0, "linearizable"},
		{"linearizable a b", 2, "nothing more"},
		{"available n0", 1, "a node"},
		{"available n1 n2", 2, "nothing more"},
		{"answered", 1, "a node"},
		{"answered n1", 2, ">="},
		{"answered n1 >= 99", 3, "a share"},
		{"answered n1 >= 101%", 3, "a share"},
		{"lost-writes 0", 1, ">="},
		{"lost-writes =", 2, "a whole number"},
		{"lost-writes = -1", 2, "a whole number"},
		{"lost-writes = 0 0", 3, "nothing more"},
		{"staleness < fast", 2, "a duration"},
		{"staleness", 1, ">="},
		{"converged a b", 2, "nothing more"},
		{"read-your-writes x", 1, "nothing more"},
		{"value n1", 2, "a key"},
		{"value n1 cart", 3, ">="},
		{"value n1 cart =", 4, "a value"},
		{"value n1 cart = a b", 5, "nothing more"},
		{"value n1 cart = [a b", 5, "a list ends"},
		{"version n1 cart = 3", 4, "a version"},
		{"version n1 cart < [v1 v2]", 4, "a version"},
		{"version n1 cart = v03", 4, "a version"},
		{"reply", 1, "a client"},
		{"reply bob", 2, "refused CODE"},
		{"reply bob is milk", 2, "refused CODE"},
		{"reply bob error", 3, "a code"},
		{"reply bob unknown why", 3, "nothing more"},
		{"latency 99 < 1s", 1, "a percentile"},
		{"latency p0 < 1s", 1, "a percentile"},
		{"latency p99 < 1", 3, "a duration"},
		{"messages", 1, ">="},
		{"leader bob", 1, "a node"},
		{"conserved", 1, "a key"},
		{"conserved a b", 2, "+ or -"},
		{"conserved a +", 3, "a key"},
	} {
		_, _, err := Parse(strings.Fields(c.words))
		var arg *ArgError
		if !errors.As(err, &arg) {
			t.Errorf("%q: %v", c.words, err)
			continue
		}
		if arg.Word != c.word || !strings.Contains(arg.Want, c.want) {
			t.Errorf("%q: word %d, %q; want word %d, %q", c.words, arg.Word, arg.Error(), c.word, c.want)
		}
	}
}

func TestListIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks {
		if seen[c.Name] || c.Doc == "" || c.Parse == nil {
			t.Errorf("%q stands twice or lacks something", c.Name)
		}
		seen[c.Name] = true
		if found, ok := Find(c.Name); !ok || found.Name != c.Name {
			t.Errorf("%q is not found", c.Name)
		}
		if !c.TakesArgs() {
			if _, err := c.Parse([]string{"x"}); err == nil {
				t.Errorf("%s takes what its usage does not say", c.Name)
			}
		}
	}
}

func TestVerdict(t *testing.T) {
	if Yes.Not() != No || No.Not() != Yes || Unknown.Not() != Unknown {
		t.Error("not")
	}
	if (Finding{}).Verdict != Unknown {
		t.Error("a finding that nobody filled in must decide nothing")
	}
	if Verdict(9).String() != "?" {
		t.Error("names")
	}
}

// TestWhatIsJudgedIsSaid: those that judge a run without being asked for a measure say
// more than a line.
func TestWhatIsJudgedIsSaid(t *testing.T) {
	for _, c := range Checks {
		if (c.Default || c.Asked) && (c.About == "" || c.Source == "") {
			t.Errorf("%s does not say what it judges, or by whose definition", c.Name)
		}
	}
}
