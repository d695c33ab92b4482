package foreign

import (
	"strings"
	"testing"

	"capsim/check"
)

// sessions are histories with what the checks on sessions say of them: by what was
// returned alone.
var sessions = []struct {
	name, text string
	o          Options
	check      string
	want       string // verdict, and what the witness holds
}{
	{"own write unseen", edn("0 invoke write 1", "0 ok write 1", "1 invoke write 2", "1 ok write 2", "1 invoke read", "1 ok read 1"), Options{}, "read-your-writes", "no process 1's read (lines 5–6) returned 1 and does not see process 1's write 2 (lines 3–4), acknowledged to the same client before."},
	{"another's write unseen", edn("0 invoke write 1", "0 ok write 1", "1 invoke write 2", "1 ok write 2", "0 invoke read", "0 ok read 1"), Options{}, "read-your-writes", "yes"},
	{"own write deleted by another", logged("0 invoke write 1", "0 ok write 1", "1 invoke write nil", "1 ok write nil", "0 invoke read nil", "0 ok read nil"), Options{}, "read-your-writes", "yes"},
	{"own write before the start", logged("0 invoke write 1", "0 ok write 1", "0 invoke read nil", "0 ok read nil"), Options{}, "read-your-writes", "no"},
	{"own write before init", logged("0 invoke write 1", "0 ok write 1", "0 invoke read nil", "0 ok read 7"), Options{Init: "7"}, "read-your-writes", "no"},
	{"a failed cas writes nothing", logged("1 invoke write 1", "1 ok write 1", "0 invoke cas [2 3]", "0 fail cas [2 3]", "0 invoke read nil", "0 ok read 1"), Options{}, "read-your-writes", "yes"},
	{"back in time", edn("0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 ok write 2", "1 invoke read", "1 ok read 2", "1 invoke read", "1 ok read 1"), Options{}, "monotonic-reads", "no process 1's read (lines 7–8) returned 1, behind process 1's read (lines 5–6), which had returned 2 before."},
	{"two clients", edn("0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 ok write 2", "1 invoke read", "1 ok read 2", "2 invoke read", "2 ok read 1"), Options{}, "monotonic-reads", "yes"},
	{"a second life is another client", edn("0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 ok write 2", "1 invoke read", "1 ok read 2", "1 invoke read", "1 info read", "1 invoke read", "1 ok read 1"), Options{}, "monotonic-reads", "yes"},
	{"back to init", edn("0 invoke write 1", "0 ok write 1", "1 invoke read", "1 ok read 1", "1 invoke read", "1 ok read 7"), Options{Init: "7"}, "monotonic-reads", "no"},
	{"a set can't be judged", edn("0 invoke add 1", "0 ok add 1", "0 invoke read", "0 ok read []"), Options{}, "read-your-writes", "unknown can't be judged"},

	{"old for all", edn("0 invoke write 1", "0 ok write 1", "0 invoke write 2", "0 ok write 2", "1 invoke read", "1 ok read 1", "1 invoke read", "1 ok read 2"), Options{}, "sequential", "yes"},
	{"two orders", edn("0 invoke write 1", "0 ok write 1", "1 invoke write 2", "1 ok write 2", "2 invoke read", "2 ok read 1", "2 invoke read", "2 ok read 2", "3 invoke read", "3 ok read 2", "3 invoke read", "3 ok read 1"), Options{}, "sequential", "no"},
	{"two orders", edn("0 invoke write 1", "0 ok write 1", "1 invoke write 2", "1 ok write 2", "2 invoke read", "2 ok read 1", "2 invoke read", "2 ok read 2", "3 invoke read", "3 ok read 2", "3 invoke read", "3 ok read 1"), Options{}, "causal", "yes"},
	{"init is first", edn("0 invoke write 1", "0 ok write 1", "0 invoke read", "0 ok read 7"), Options{Init: "7"}, "sequential", "no"},
	{"a counter without order", edn("0 invoke add 1", "0 ok add 1", "1 invoke add 2", "1 ok add 2", "0 invoke read", "0 ok read 1", "1 invoke read", "1 ok read 2"), Options{}, "sequential", "no"},
	{"a counter in another order", edn("0 invoke add 1", "0 ok add 1", "1 invoke read", "1 ok read 0"), Options{}, "sequential", "yes"},
}

func TestSessions(t *testing.T) {
	for _, c := range sessions {
		t.Run(c.check+": "+c.name, func(t *testing.T) {
			h, _ := judge(t, c.text, c.o)
			_, test, err := check.Parse([]string{c.check})
			if err != nil {
				t.Fatal(err)
			}
			f := test(h.History)
			want, words, _ := strings.Cut(c.want, " ")
			if f.Verdict.String() != want || !strings.Contains(f.Witness, words) {
				t.Errorf("%v: %s\nwant %s", f.Verdict, f.Witness, c.want)
			}
			if strings.Contains(f.Witness, "#") {
				t.Errorf("%s names events that the file does not have", f.Witness)
			}
		})
	}
}
