package scenarios_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/policies"
	"capsim/scenarios"
	"capsim/trace"
)

// What can be made to happen under which policy, at default parameters.
func TestAnomalyTable(t *testing.T) {
	table, err := scenarios.AnomalyTable()
	if err != nil {
		t.Fatal(err)
	}
	const want = `
anomaly        ca  cp  ap  base quorum redis
stale-read     no  no  yes yes  no     yes
lost-write     no  no  yes yes  yes    yes
split-vote     no  yes no  no   no     yes
oversell       no  no  yes yes  no     yes
read-backwards no  no  yes yes  no     yes
miss-own-write no  no  yes yes  no     yes
refuse         yes yes no  no   yes    yes
unknown        no  yes no  no   yes    no
siblings       no  no  no  no   no     no
answer-first   no  no  yes yes  no     yes
lost-count     no  no  yes no   no     yes
come-back      no  no  yes yes  no     yes
`
	var got []string
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.HasPrefix(cells[1], "---") {
			continue
		}
		name, _, _ := strings.Cut(strings.Trim(cells[1], " `"), "`")
		row := name
		for _, c := range cells[2 : len(cells)-1] {
			row += " " + strings.TrimSpace(c)
		}
		got = append(got, row)
	}
	lines := strings.Split(strings.TrimSpace(want), "\n")
	if len(lines) != len(got) {
		t.Fatalf("%d rows, want %d:\n%s", len(got), len(lines), table)
	}
	for i, line := range lines {
		if w := strings.Join(strings.Fields(line), " "); got[i] != w {
			t.Errorf("got  %s\nwant %s", got[i], w)
		}
	}
}

// healthyRun writes a script with load, toggles, and faults that are over, and returns
// the instant from which on all is well.
func healthyRun(seed int64, choice string) (script string, well time.Duration) {
	r := rand.New(rand.NewPCG(uint64(seed), 0xa0a0))
	nodes := []int{3, 3, 5}[r.IntN(3)]
	var b strings.Builder
	fmt.Fprintf(&b, "use nodes %d\nuse policy %s\nuse seed %d\nuse store memory\nuse latency %s\n", nodes, choice, seed,
		[]string{"lognormal(10ms, 0.3)", "const(1ms)", "uniform(0ms, 40ms)", "const(30ms)"}[r.IntN(4)])
	b.WriteString("at 50ms alice@n1 SET cart milk\n+0s bob@n2 GET cart\n")
	if r.IntN(2) == 0 {
		b.WriteString("workload load clients=3 at=n1,n2,n3 rate=30/s keys=3 ops=GET:60%,SET:40% from 100ms to 1h\n")
	}
	at := 300 * time.Millisecond
	if r.IntN(2) == 0 {
		fmt.Fprintf(&b, "at %v partition n%d | *\nat %v heal\n", at, 1+r.IntN(nodes), at+time.Second)
		at += time.Second
	}
	if r.IntN(3) == 0 {
		n := 1 + r.IntN(nodes)
		fmt.Fprintf(&b, "at %v crash n%d\nat %v restart n%d\n", at+100*time.Millisecond, n, at+800*time.Millisecond, n)
		at += 800 * time.Millisecond
	}
	if r.IntN(3) == 0 {
		names := policies.Specs.Names()
		fmt.Fprintf(&b, "at %v policy %s\nat %v policy %s\n", at+time.Second, names[r.IntN(len(names))], at+3*time.Second, choice)
		at += 3 * time.Second
	}
	at += 4*time.Second + time.Duration(r.IntN(1000))*time.Millisecond
	fmt.Fprintf(&b, "at 2h end\n")
	return b.String(), at
}

// everyChoice lists the policies with their defaults, and with each parameter changed.
func everyChoice() []string {
	var list []string
	for _, s := range policies.Specs {
		list = append(list, s.Name)
		for _, p := range s.Params {
			for _, v := range append(append([]string{}, p.Values...), p.Try...) {
				if v != p.Default {
					list = append(list, s.Name+" "+p.Name+"="+v)
				}
			}
		}
	}
	return list
}

// From any healthy state an anomaly happens, on the run itself, or is refused with a
// reason and a policy under which it does.
func TestAnomaliesHappenOrSayWhyNot(t *testing.T) {
	choices := everyChoice()
	seeds, per := 1, 8
	if n, err := strconv.Atoi(os.Getenv("CAPSIM_SEEDS")); err == nil {
		seeds, per = max(n/20, 1), len(choices)
	}
	made := map[string]int{}
	for seed := range int64(seeds) {
		for i := range per {
			choice := choices[(i*len(choices)/per+int(seed))%len(choices)]
			if per < len(choices) && i < 3 {
				choice = []string{"cp", "ap conflict=siblings", "ap"}[i]
			}
			for j := range scenarios.Anomalies {
				if seeds == 1 && per < len(choices) && i > 2 && (i+j)%2 == 1 {
					continue
				}
				a := &scenarios.Anomalies[j]
				if tryAnomaly(t, seed*1000+int64(i), choice, a) {
					made[a.Name]++
				}
			}
		}
	}
	for i := range scenarios.Anomalies {
		if made[scenarios.Anomalies[i].Name] == 0 {
			t.Errorf("%s never happened", scenarios.Anomalies[i].Name)
		}
	}
	t.Logf("made: %v", made)
}

// tryAnomaly makes an anomaly or finds out why not, and tells which.
func tryAnomaly(t *testing.T, seed int64, choice string, a *scenarios.Anomaly) bool {
	t.Helper()
	script, well := healthyRun(seed, choice)
	parsed, err := scenarios.Parse("test.capsim", []byte(script))
	if err != nil {
		if !strings.Contains(err.Error(), "nodes") {
			t.Fatal(err)
		}
		return false // parameters that do not fit so many nodes
	}
	s, err := scenarios.Open(parsed, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fatal := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("seed %d, %s, %s: %s\n%s", seed, choice, a.Name, fmt.Sprintf(format, args...), script)
	}
	if err := s.RunTo(model.Time(well)); err != nil {
		fatal("%v", err)
	}
	events := s.Log().Len()
	at, err := s.Try(a)
	if err != nil {
		fatal("not fit: %v", err)
	}
	if s.Log().Len() != events || s.Now() != model.Time(well) || s.Live() {
		fatal("trying changed the run")
	}
	if !at.Works {
		allowing, _ := s.Allowing(a, func() bool { return true })
		if len(allowing) == 0 || at.Told == "" {
			fatal("refused with %q, and no policy is named", at.Why(allowing))
		}
		return false
	}
	if err := s.Give(at.Acts); err != nil {
		fatal("giving: %v", err)
	}
	if err := s.RunTo(model.Time(well).Add(at.Lasts)); err != nil {
		fatal("%v", err)
	}
	told, happened := s.Judge(at)
	if !happened || told != at.Told {
		fatal("was to happen: %s\nhappened: %v %s", at.Told, happened, told)
	}
	return true
}

// What was made is saved as a script that gives the same trace, and undone as a whole.
func TestAnAnomalyIsSavedAndUndone(t *testing.T) {
	script, well := healthyRun(3, "ap")
	script = strings.Replace(script, "at 2h end", "at 20s end", 1)
	s := openText(t, strings.Replace(script, "to 1h", "to 15s", 1), scenarios.Options{})
	if err := s.RunTo(model.Time(well)); err != nil {
		t.Fatal(err)
	}
	a, _ := scenarios.FindAnomaly("lost-write")
	at, err := s.Try(a)
	if err != nil || !at.Works {
		t.Fatalf("%+v %v", at, err)
	}
	if err := s.Give(at.Acts); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Try(a); err == nil || !strings.Contains(err.Error(), "under way") {
		t.Errorf("another one while it is under way: %v", err)
	}
	if err := s.RunTo(model.Time(well).Add(at.Lasts)); err != nil {
		t.Fatal(err)
	}
	undone, err := s.Undo()
	if err != nil {
		t.Fatal(err)
	}
	defer undone.Close()
	if undone.Live() || undone.Now() != model.Time(well) {
		t.Errorf("undone, there is still some of it: live %v at %v", undone.Live(), undone.Now())
	}
	again := openText(t, s.Save(), scenarios.Options{})
	if hash := finish(t, s); finish(t, again) != hash {
		t.Error("the saved script gives another trace")
	}
}

// A state that is not healthy is told, and what to do about it.
func TestAnomalyNeedsHealth(t *testing.T) {
	tests := []struct{ fault, want string }{
		{"crash n3", "n3 is down: restart it first"},
		{"pause n2", "n2 is paused: resume it first"},
		{"partition n1 | *", "is cut: heal first"},
	}
	a, _ := scenarios.FindAnomaly("stale-read")
	for _, tt := range tests {
		s := openText(t, "use store memory\nat 1s alice@n1 SET cart milk\nat 9s end\n", scenarios.Options{})
		do(t, s, time.Second, tt.fault)
		if _, err := s.Try(a); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.fault, err, tt.want)
		}
	}
	s := openText(t, "use nodes 1\nuse store memory\nat 1s alice@n1 SET cart milk\nat 9s end\n", scenarios.Options{})
	if _, err := s.Try(a); err == nil || !strings.Contains(err.Error(), "2 nodes") {
		t.Errorf("one node: %v", err)
	}
	s = openText(t, "use store memory\nat 1s alice@n1 SET cart milk\nat 2s end\n", scenarios.Options{})
	if err := s.RunTo(model.Time(1900 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Try(a); err == nil || !strings.Contains(err.Error(), "ends at 2s") {
		t.Errorf("near the end: %v", err)
	}
	finish(t, s)
	if _, err := s.Try(a); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("over: %v", err)
	}
}

// An act that can't be done when its time comes is left out, and the run goes on.
func TestAPlanThatIsCrossed(t *testing.T) {
	s := openText(t, "use store memory\nat 1s alice@n1 SET cart milk\nat 9s end\n", scenarios.Options{})
	if err := s.Give([]scenarios.Act{{0, "bob@n2 GET cart"}, {time.Second, "crash n1"}}); err != nil {
		t.Fatal(err)
	}
	do(t, s, 500*time.Millisecond, "crash n1")
	if err := s.RunTo(model.Time(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings()) == 0 {
		t.Error("nothing is said of the act that could not be done")
	}
	again := openText(t, s.Save(), scenarios.Options{})
	if hash := finish(t, s); finish(t, again) != hash {
		t.Error("the saved script gives another trace")
	}
	var wrong scenarios.Problems
	if err := s.Give([]scenarios.Act{{0, "crash n1"}}); err == nil {
		t.Error("acts are taken after the end")
	}
	s = openText(t, "use store memory\nat 1s alice@n1 SET cart milk\nat 9s end\n", scenarios.Options{})
	if err := s.Give([]scenarios.Act{{0, "crash n1"}, {0, "crsh n2"}}); !errors.As(err, &wrong) || s.Log().Len() > 0 && s.Log().At(s.Log().Len()).Kind == trace.HostChange {
		t.Errorf("a plan with an error was begun: %v", err)
	}
}
