package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"capsim/labs"
	"capsim/model"
	"capsim/policies"
	"capsim/scenarios"
)

// labRun is a random script of a lab under construction. It draws which faults it may
// hold at all, so that claims that stand only without some of them are judged as well.
type labRun struct {
	r       *rand.Rand
	spec    *policies.Spec
	params  policies.Params
	nodes   int
	remote  []string        // clients that are hosts
	may     map[string]bool // verbs of faults
	held    map[string]bool // those that the script holds
	down    map[string]bool
	stuck   map[string]bool
	lines   []randomLine
	counter int
}

// labFaults are the faults of random scripts of labs, by their verbs.
var labFaults = []struct {
	verb string
	text func(g *labRun) string
}{
	{"partition", func(g *labRun) string { return "partition " + g.host() + " | *" + g.hold() }},
	{"partition", func(g *labRun) string { return fmt.Sprintf("partition n%d %s | *", g.node(), g.client()) }},
	{"cut", func(g *labRun) string { return "cut " + g.link() + g.hold() }},
	{"flap", func(g *labRun) string {
		return fmt.Sprintf("flap %s up=%dms down=%dms", g.link(), 10+g.r.IntN(400), 10+g.r.IntN(400))
	}},
	{"delay", func(g *labRun) string { return fmt.Sprintf("delay %s +%dms", g.link(), 50+g.r.IntN(300)) }},
	{"loss", func(g *labRun) string { return fmt.Sprintf("loss %s %d%%", g.link(), 10+g.r.IntN(80)) }},
	{"duplicate", func(g *labRun) string { return fmt.Sprintf("duplicate %s %d%%", g.link(), 1+g.r.IntN(100)) }},
	{"reorder", func(g *labRun) string { return fmt.Sprintf("reorder %s %d%%", g.link(), 1+g.r.IntN(100)) }},
	{"skew", func(g *labRun) string {
		return fmt.Sprintf("skew %s %s%dms", g.host(), []string{"+", "-"}[g.r.IntN(2)], g.r.IntN(5000))
	}},
	{"drift", func(g *labRun) string { return fmt.Sprintf("drift %s %dppm", g.host(), g.r.IntN(200_000)-100_000) }},
	{"slow", func(g *labRun) string { return fmt.Sprintf("slow %s +%dms", g.host(), 1+g.r.IntN(20)) }},
	{"bandwidth", func(g *labRun) string { return fmt.Sprintf("bandwidth %s %dKB/s", g.link(), 10+g.r.IntN(200)) }},
	{"pause", func(g *labRun) string { return g.turn(g.stuck, g.down, "pause", "resume") }},
	{"crash", func(g *labRun) string { return g.turn(g.down, g.stuck, "crash", "restart") }},
	{"wipe", func(g *labRun) string { return g.turn(g.down, g.stuck, "crash", "restart") }},
	{"heal", func(g *labRun) string { return []string{"heal", "heal all"}[g.r.IntN(2)] }},
}

func (g *labRun) node() int { return 1 + g.r.IntN(g.nodes) }

func (g *labRun) hold() string { return []string{"", "", " hold"}[g.r.IntN(3)] }

func (g *labRun) client() string {
	if len(g.remote) == 0 {
		return ""
	}
	return g.remote[g.r.IntN(len(g.remote))]
}

func (g *labRun) hosts() []string {
	var hosts []string
	for i := range g.nodes {
		hosts = append(hosts, fmt.Sprintf("n%d", i+1))
	}
	return append(hosts, g.remote...)
}

func (g *labRun) host() string {
	hosts := g.hosts()
	return hosts[g.r.IntN(len(hosts))]
}

func (g *labRun) link() string {
	hosts := g.hosts()
	i := g.r.IntN(g.nodes) // one of a link's ends is a node
	if g.r.IntN(6) == 0 || len(hosts) == 1 {
		return "*-*"
	}
	j := (i + 1 + g.r.IntN(len(hosts)-1)) % len(hosts)
	a, b := hosts[i], hosts[j]
	if g.r.IntN(2) == 0 {
		a, b = b, a
	}
	return a + []string{"-", "->"}[g.r.IntN(2)] + b
}

// turn breaks a host, or mends it if it is broken so.
func (g *labRun) turn(state, other map[string]bool, breaks, mends string) string {
	h := g.host()
	if other[h] {
		return "heal"
	}
	state[h] = !state[h]
	if !state[h] {
		return mends + " " + h
	}
	if breaks == "crash" && g.may["wipe"] && h[0] == 'n' && g.r.IntN(2) == 0 {
		g.held["wipe"] = true
		return "crash " + h + " wipe"
	}
	return breaks + " " + h
}

func (g *labRun) add(at time.Duration, text string) { g.lines = append(g.lines, randomLine{at, text}) }

// moment draws an instant before the quiet, rounded so that some coincide.
func (g *labRun) moment() time.Duration {
	return time.Duration(g.r.Int64N(int64(quiet-500*time.Millisecond))) / (10 * time.Millisecond) * (10 * time.Millisecond)
}

// dataCommands are the commands of data that random scripts give a lab which offers them.
var dataCommands = []string{"SET k{i} v", "SET a v{i}", "SET b v{i}", "GET a", "DEL b", "INCR n", "SADD s e{i}", "SMEMBERS s"}

// command draws one of the lab's own commands, or of those of data that it offers.
func (g *labRun) command() string {
	if g.spec.Supports != nil && g.r.IntN(3) == 0 {
		text := dataCommands[g.r.IntN(len(dataCommands))]
		if c, err := model.ParseCommand(strings.Fields(text)); err == nil && g.spec.Supports(c, g.params) {
			g.counter++
			return strings.ReplaceAll(text, "{i}", fmt.Sprint(g.counter))
		}
	}
	for {
		v := g.spec.Verbs[g.r.IntN(len(g.spec.Verbs))]
		if len(v.Try) > 0 {
			g.counter++
			return strings.ReplaceAll(v.Try[g.r.IntN(len(v.Try))], "{i}", fmt.Sprint(g.counter))
		}
	}
}

func (g *labRun) load() {
	for range 10 + g.r.IntN(50) {
		if c := g.client(); c != "" && g.r.IntN(3) > 0 {
			g.add(g.moment(), fmt.Sprintf("%s@n%d %s", c, g.node(), g.command()))
			continue
		}
		c := 1 + g.r.IntN(4)
		node := 1 + c%g.nodes
		if g.r.IntN(10) == 0 {
			node = g.node()
		}
		g.add(g.moment(), fmt.Sprintf("c%d@n%d %s", c, node, g.command()))
	}
}

func (g *labRun) faults() {
	at := time.Duration(g.r.IntN(1000)) * time.Millisecond
	for range g.r.IntN(10) {
		f := labFaults[g.r.IntN(len(labFaults))]
		if at >= quiet {
			break
		}
		if g.may[f.verb] {
			g.held[f.verb] = true
			g.add(at, f.text(g))
			at += time.Duration(g.r.IntN(1500)) * time.Millisecond
		}
	}
	g.add(quiet, "heal all")
	for _, h := range g.hosts() {
		for _, verb := range []string{"slow", "skew", "drift"} {
			if g.held[verb] {
				g.add(quiet, verb+" "+h+" off")
			}
		}
		switch {
		case g.down[h]:
			g.add(quiet, "restart "+h)
		case g.stuck[h]:
			g.add(quiet, "resume "+h)
		}
	}
}

// labScript writes a script that is determined by its seed; held are the verbs of the
// faults in it.
func labScript(seed int64, c policies.Choice) (src string, held map[string]bool) {
	g := &labRun{
		r: rand.New(rand.NewPCG(uint64(seed), 0x1ab5)), spec: c.Spec, params: c.Params, nodes: 3,
		may: map[string]bool{"heal": true}, held: map[string]bool{}, down: map[string]bool{}, stuck: map[string]bool{},
	}
	if g.r.IntN(3) == 0 && c.Fits(5) == nil || c.Fits(3) != nil {
		g.nodes = 5
	}
	g.remote = []string{"alice", "bob", "dora"}[:g.r.IntN(4)]
	odds := 1 + g.r.IntN(4) // in four, for each sort of fault
	for _, f := range labFaults {
		if f.verb != "wipe" && g.r.IntN(4) < odds {
			g.may[f.verb] = true
		}
	}
	g.may["wipe"] = g.may["crash"] && g.r.IntN(8) == 0
	loss := 0
	if g.may["loss"] {
		loss = []int{0, 5, 20}[g.r.IntN(3)]
		g.held["loss"] = loss > 0
	}
	g.load()
	g.faults()
	sort.SliceStable(g.lines, func(i, j int) bool { return g.lines[i].at < g.lines[j].at })
	var b strings.Builder
	latency := []string{"lognormal(10ms, 0.3)", "const(1ms)", "uniform(0ms, 100ms)", "const(50ms)"}[g.r.IntN(4)]
	fmt.Fprintf(&b, "use nodes %d\nuse policy %v\nuse seed %d\nuse store memory\nuse latency %s\nuse loss %d%%\n", g.nodes, c, seed, latency, loss)
	for _, name := range g.remote {
		fmt.Fprintf(&b, "client %s remote\n", name)
	}
	for _, l := range g.lines {
		fmt.Fprintf(&b, "at %v %s\n", l.at, l.text)
	}
	fmt.Fprintf(&b, "at %v end\n", quiet+max(10*time.Second, c.Spec.Within+8*time.Second))
	return b.String(), g.held
}

// TestTortureLabs judges what each lab claims, with parameters that are drawn, under
// random commands and faults: in every run, or in those without the faults that the
// claim excludes. What is claimed of the quiet is judged at the end of the run, unless a
// client was busy until then: one that comes back late works off what it has queued.
func TestTortureLabs(t *testing.T) {
	for _, spec := range labs.Specs {
		t.Run(spec.Name, func(t *testing.T) {
			t.Parallel()
			n := int64(seeds(t, 60))
			judged, busy, answered := map[string]int{}, map[string]int{}, map[string]int{}
			for seed := int64(1); seed <= n; seed++ {
				c := randomChoice(rand.New(rand.NewPCG(uint64(seed), 0x1ab)), spec, 3, 5)
				src, held := labScript(seed, c)
				err := runAndJudge(src, func(s *scenarios.Session) error {
					for _, op := range s.Index().Ops() {
						if op.Result != nil && op.Result.Outcome == model.OKOutcome {
							answered[op.Command.Name()]++
						}
					}
					for _, claim := range slices.Concat(claimed(c, policies.AnyRun), claimed(c, policies.Quiet)) {
						if slices.ContainsFunc(claim.Without, func(verb string) bool { return held[verb] }) {
							continue
						}
						name := claim.Check + ": " + claim.When
						if claim.Of == policies.Quiet && quietFrom(s).Add(spec.Within) > s.Now() {
							busy[name]++
							continue
						}
						judged[name]++
						if err := holds(s.History(), strings.Fields(claim.Check)...); err != nil {
							return fmt.Errorf("%v claims it: %w", c, err)
						}
					}
					return nil
				})
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, src)
				}
			}
			for _, claim := range spec.Claims {
				name := claim.Check + ": " + claim.When
				t.Logf("judged in %d of %d runs (in %d a client was busy until the end): %s", judged[name], n, busy[name], name)
				if claim.Of != policies.Merging && claim.Of != policies.MajoritySide && judged[name] == 0 {
					t.Errorf("no random run of %d judged %s", n, name)
				}
				if busy[name] > judged[name] {
					t.Errorf("clients are busy until the end too often to judge %s", name)
				}
			}
			for _, v := range spec.Verbs {
				if len(v.Try) > 0 && answered[v.Name] == 0 {
					t.Errorf("no %s of a random run was answered", v.Name)
				}
			}
		})
	}
}
