package tui

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/export"
	"capsim/labs"
	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// TestMain lets the catalog hold the toy: a lab that does what it is told, and nothing else.
func TestMain(m *testing.M) {
	labs.Catalog = append(labs.Catalog[:len(labs.Catalog):len(labs.Catalog)], toySpec)
	m.Run()
}

// toy is a lab whose commands are facts: what a client asks for is what its host, or its
// node, says of itself.
type toy struct{}

var toyKinds = map[string]policies.FactKind{
	"TAKE": policies.Acquire, "GIVE": policies.Release, "TOUCH": policies.Access, "EFFECT": policies.Effect,
	"COMMIT": policies.Commit, "ABORT": policies.Abort, "MARK": policies.Mark,
}

var toySpec = &policies.Spec{
	Name: "toy", Lab: true, Summary: "a lab that does what it is told", Doc: "It says what it is told to say.",
	Checks: []string{"available", "messages <= 100"},
	Verbs: []policies.Verb{
		{Name: "TAKE", Usage: "TAKE resource [token]", Doc: "hold a resource", Min: 1, Max: 2, Try: []string{"TAKE printer 3"}},
		{Name: "GIVE", Usage: "GIVE resource", Doc: "give it back", Min: 1, Max: 1, Try: []string{"GIVE printer"}},
		{Name: "TOUCH", Usage: "TOUCH resource [token]", Doc: "write to it", Min: 1, Max: 2, Try: []string{"TOUCH printer 3"}},
		{Name: "EFFECT", Usage: "EFFECT part n", Doc: "do a part", Min: 2, Max: 2, Try: []string{"EFFECT stock -2"}},
		{Name: "COMMIT", Usage: "COMMIT transaction", Doc: "decide for it", Min: 1, Max: 1, Try: []string{"COMMIT order"}},
		{Name: "ABORT", Usage: "ABORT transaction", Doc: "decide against it", Min: 1, Max: 1, Try: []string{"ABORT order"}},
		{Name: "MARK", Usage: "MARK word …", Doc: "be in a state", Min: 0, Max: -1, Try: []string{"MARK leader"}},
	},
	Params: []policies.Param{
		{Name: "mood", Default: "calm", Values: []string{"calm", "wild"}, Doc: "how it feels"},
		{Name: "pace", Default: "1s", Doc: "how fast it goes", Check: policies.IsDuration, Try: []string{"2s"}},
	},
	New:       func(policies.Params) policies.Replica { return toy{} },
	NewClient: func(policies.Params) policies.Replica { return toy{} },
}

func (toy) Start(env policies.Env) { env.Serving() }

func (toy) Request(env policies.Env, req policies.Request) {
	name, words := req.Command.Name(), req.Command.Words()
	f := policies.Fact{Kind: toyKinds[name], Op: req.Op}
	switch f.Kind {
	case policies.Mark:
		f.Text = strings.Join(words, " ")
	case policies.Effect:
		f.Key, f.Text = "order", words[0]
		f.N, _ = strconv.ParseInt(words[1], 10, 64)
	default:
		f.Key, f.Text = words[0], req.Client
		if len(words) > 1 {
			f.N, _ = strconv.ParseInt(words[1], 10, 64)
		}
	}
	env.Fact(f)
	env.Reply(req.Op, model.Answered(model.OK))
}

func (toy) Receive(policies.Env, model.NodeID, policies.Message) {}
func (toy) Timer(policies.Env, policies.Tag)                     {}

// toyRun is a run of the toy with all that it can say: a holder that is paused while another
// takes over, stamps, a transaction.
const toyRun = `use policy toy
use store memory
use latency const(10ms)
client alice remote
client bob remote
at 0.1s  carol@n1 MARK leader
at 0.1s  dave@n2 MARK prepared
at 0.2s  alice@n1 TAKE printer 33
at 0.25s alice@n1 TOUCH printer 33
at 0.3s  pause alice
at 0.4s  bob@n1 TAKE printer 34
at 0.45s bob@n1 TOUCH printer 34
at 0.5s  resume alice
at 0.55s alice@n1 TOUCH printer 33
at 0.6s  alice@n1 GIVE printer
at 0.62s carol@n1 COMMIT order
at 0.64s dave@n2 ABORT order
at 0.66s erin@n3 EFFECT stock -2
at 0.68s erin@n3 MARK L=4
at 0.7s  erin@n3 MARK L=5
at 0.72s erin@n3 MARK "[2 1 0]"
at 0.8s  crash n2
at 0.85s cut n1-n3
at 1s    end
`

// What hosts said of themselves and what they held can be found in the diagram, by sign and
// word; who held it beside another, as broken; and all of it can be walked to.
func TestLabDiagram(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		d := diagram(t, toyRun, size[0], size[1], 900*time.Millisecond)
		got := strings.Join(d.rowsOf(), "\n")
		for _, want := range []string{"leader", "prepared", "✓commit", "⊘abort", "[2 1 0]", "printer", "╳", "═", "!"} {
			if !strings.Contains(got, want) {
				t.Errorf("%v: %q is not in\n%s", size, want, got)
			}
		}
		kinds := map[trace.Kind]int{}
		for range 200 {
			d.keys("E")
			if of := d.p.scene.picked; of.Kind == export.EventSubject {
				kinds[d.p.scene.log.At(of.Event).Kind]++
			}
		}
		for _, k := range []trace.Kind{trace.Acquire, trace.Access, trace.Mark, trace.Commit, trace.Abort, trace.Effect} {
			if kinds[k] == 0 {
				t.Errorf("%v: no %v is walked to", size, k)
			}
		}
	}
	d := diagram(t, toyRun, 200, 60, 900*time.Millisecond)
	d.keys("up")
	if got := strings.Join(d.rowsOf(), "\n"); !strings.Contains(got, "L=4") || !strings.Contains(got, "L=5") || !strings.Contains(got, "-2 stock") {
		t.Errorf("looking closer the stamps can't be read:\n%s", got)
	}
}

// TestHoldings: who holds what is known at every cursor, and only as long as its process is there.
func TestHoldings(t *testing.T) {
	d := newDriver(t, opener(t, strings.Replace(toyRun, "at 1s ", "at 0.9s crash bob\nat 0.95s restart bob\nat 1s ", 1)), 120, 40)
	d.goTo(time.Second)
	alice, bob := model.NodeID(4), model.NodeID(5)
	for _, tt := range []struct {
		at         time.Duration
		alice, bob string
		both       bool
	}{{150, "", "", false}, {230, "printer #33", "", false}, {350, "printer #33", "", false}, {420, "printer #33", "printer #34", true}, {700, "", "printer #34", false}, {960, "", "", false}} {
		d.goTo(tt.at * time.Millisecond)
		s := d.p.scene
		text := func(host model.NodeID) string {
			if h, _ := s.holdsNow(host, s.n); h != nil {
				return h.text()
			}
			return ""
		}
		if text(alice) != tt.alice || text(bob) != tt.bob || s.disputed("printer", s.n) != tt.both {
			t.Errorf("at %d ms alice holds %q, bob %q, both %v", tt.at, text(alice), text(bob), s.disputed("printer", s.n))
		}
	}
}

// A lab's runs are judged by its own checks, on the screen and in words.
func TestLabVerdicts(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		d := newDriver(t, opener(t, toyRun), size[0], size[1])
		d.goTo(time.Second)
		got := d.screen()
		for _, want := range []string{"available", "messages <= 100", "1 link"} {
			if !strings.Contains(got, want) {
				t.Errorf("%v: %q is not in\n%s", size, want, got)
			}
		}
		for _, not := range []string{"linearizable", "stale", "diverged", "one single copy"} {
			if strings.Contains(got, not) {
				t.Errorf("%v: %q is in\n%s", size, not, got)
			}
		}
	}
}

// What is of policies says why it is not there, and the lab's own commands complete with their
// usage.
func TestLabKeys(t *testing.T) {
	d := newDriver(t, opener(t, toyRun), 120, 40)
	if d.keys("enter"); !strings.HasPrefix(d.p.notice.text, "nothing is wrong yet") || strings.Contains(d.p.notice.text, "!") {
		t.Errorf("enter says %q", d.p.notice.text)
	}
	d.goTo(300 * time.Millisecond)
	for _, k := range []string{"c", "a", "b", "!"} {
		if d.keys(k); !strings.Contains(d.p.notice.text, "toy is a lab: ") || len(d.p.overlays) > 0 {
			t.Errorf("%s says %q", k, d.p.notice.text)
		}
	}
	if d.keys("r"); !strings.Contains(d.p.notice.text, "w gives its commands") {
		t.Errorf("r says %q", d.p.notice.text)
	}
	d.keys("w")
	if got := d.screen(); !strings.Contains(got, "TAKE resource [token]") || !strings.Contains(got, "give it back") {
		t.Errorf("w does not offer the lab's commands:\n%s", got)
	}
	d.keys("enter")
	if got := d.screen(); !strings.Contains(got, "alice@n1 TAKE printer 3") {
		t.Errorf("the palette does not hold the command:\n%s", got)
	}
	d.keys("esc", "esc", "?")
	if got := d.screen(); !strings.Contains(got, "a command of the lab") || !strings.Contains(got, "toy is a lab") {
		t.Errorf("help does not know the lab:\n%s", got)
	}
	d.keys("end")
	d.keys("esc")
}

func TestLabCompletion(t *testing.T) {
	d := newDriver(t, opener(t, toyRun), 120, 40)
	d.goTo(300 * time.Millisecond)
	words := func(line string) string {
		text := ""
		for _, o := range offersFor(d.p, line) {
			text += o.word + " | "
		}
		return text
	}
	if got := words("alice "); !strings.Contains(got, "TAKE | GIVE | ") || strings.Contains(got, "SET") {
		t.Errorf("commands: %s", got)
	}
	if got := words("alice TAKE "); !strings.Contains(got, "printer") {
		t.Errorf("resources: %s", got)
	}
	if got := words("bob TOUCH printer "); !strings.Contains(got, "33") {
		t.Errorf("tokens: %s", got)
	}
	if got := words("policy "); got != "" {
		t.Errorf("policies: %s", got)
	}
	if got := words("compare "); got != "toy | " {
		t.Errorf("to compare with: %s", got)
	}
	for line, want := range map[string]string{
		"alice TAKE ": "TAKE resource [token]: hold a resource", "alice GET ": "GET is a command of data: toy is a lab, and refuses it", "policy ": "toy is a lab",
	} {
		if got := d.p.hint(line); !strings.Contains(got, want) {
			t.Errorf("%s: it says %q", line, got)
		}
	}
}

// A lab stands beside itself alone, with another parameter; its runs fork like all others.
func TestLabBeside(t *testing.T) {
	d := newDriver(t, opener(t, toyRun), 120, 40)
	d.goTo(300 * time.Millisecond)
	d.keys("v")
	if got := d.screen(); !strings.Contains(got, "toy | toy mood=wild") || !strings.Contains(got, "toy | toy pace=2s") || strings.Contains(got, "cp") {
		t.Errorf("v offers\n%s", got)
	}
	d.keys("enter")
	if !d.p.comparing() {
		t.Fatalf("nothing is compared: %q", d.p.notice.text)
	}
	d.send(judgedMsg{d.p.scene.verdict})
	if got := d.screen(); !strings.Contains(got, "messages <=") || !strings.Contains(got, "mood=wild") || strings.Contains(got, "stale") {
		t.Errorf("side by side:\n%s", got)
	}
	d.keys("v", ":")
	d.typed("compare toy, cp")
	if d.keys("enter"); d.p.comparing() || !strings.Contains(d.screen(), "toy is a lab") {
		t.Errorf("beside a policy:\n%s", d.screen())
	}
	d.keys("esc", "esc", ":")
	d.typed("alice@n1 MARK holding")
	d.keys("enter", "home", "f")
	if got := d.screen(); !strings.Contains(got, "test") {
		t.Errorf("forks:\n%s", got)
	}
}

// The twin in words judges, refuses and explains as the screen does.
func TestLabPlain(t *testing.T) {
	var out bytes.Buffer
	in := "play\nverdict\nverdict all\nanomaly\nhelp take\nhelp GET\ncompare toy, toy mood=wild\ncompare toy, cp\nwhy available\nquit\n"
	if err := runPlain(context.Background(), opener(t, toyRun), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"available: yes. ", "messages <= 100: yes.", "Partition now: 1 link is cut", "these anomalies are of data", "CLIENT@NODE TAKE resource [token]: hold a resource.",
		"GET key: ", "toy is a lab, and refuses it.", "toy mood=wild: available yes; messages <= 100 yes; ", "its scripts mean nothing to another policy",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "linearizable: ") {
		t.Errorf("a lab is judged as data is:\n%s", out.String())
	}
}
