package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"capsim/labs"
	"capsim/policies"
)

// hazards say what random scripts may hold beside load, partitions, cuts, delays,
// loss, pauses and crashes that leave disks as they are.
type hazards struct {
	policies []string // toggled between if more than one
	wipes    int      // how many crashes may empty a disk
	lossless bool     // only commands that no conflict rule loses: sets and counters
	more     bool     // duplicates, reordering, flaps, skewed and drifting clocks, and a remote client
	slow     bool     // with more: slow hosts and links of little bandwidth; no claim of answering stands then
}

// randomRun is a script under construction: lines with their instants.
type randomRun struct {
	r     *rand.Rand
	h     hazards
	lines []randomLine
	down  [4]bool
	stuck [4]bool
	next  int // for unique values
}

type randomLine struct {
	at   time.Duration
	text string
}

// quiet is when faults end; what a policy claims of convergence holds D later.
const quiet = 7 * time.Second

// randomScript writes a script that is determined by its seed.
func randomScript(seed int64, h hazards) string {
	g := &randomRun{r: rand.New(rand.NewPCG(uint64(seed), 0x5ca1ab1e)), h: h}
	g.load()
	g.faults()
	if len(h.policies) > 1 {
		g.toggles()
	}
	g.mend()
	return g.script(seed)
}

// script writes the lines in the order of their instants.
func (g *randomRun) script(seed int64) string {
	sort.SliceStable(g.lines, func(i, j int) bool { return g.lines[i].at < g.lines[j].at })
	var b strings.Builder
	fmt.Fprintf(&b, "use policy %s\nuse seed %d\nuse store memory\nuse latency %s\nuse loss %d%%\n",
		g.h.policies[0], seed, g.latency(), []int{0, 0, 5, 20}[g.r.IntN(4)])
	if g.h.more {
		b.WriteString("client dora remote\n")
	}
	for _, l := range g.lines {
		fmt.Fprintf(&b, "at %v %s\n", l.at, l.text)
	}
	fmt.Fprintf(&b, "at %v end\n", quiet+max(10*time.Second, g.settling()))
	return b.String()
}

// settling is how long a run must go on after the faults, so that what its policies
// claim of the quiet can be judged: their Within, once the clients are through with
// what they had to ask.
func (g *randomRun) settling() time.Duration {
	longest := time.Duration(0)
	for _, p := range g.h.policies {
		if c, err := labs.Catalog.Choose(strings.Fields(p)); err == nil && len(claimed(c, policies.Quiet)) > 0 {
			longest = max(longest, c.Spec.Within+8*time.Second)
		}
	}
	return longest
}

func (g *randomRun) add(at time.Duration, format string, args ...any) {
	g.lines = append(g.lines, randomLine{at, fmt.Sprintf(format, args...)})
}

func (g *randomRun) latency() string {
	return []string{"lognormal(10ms, 0.3)", "const(1ms)", "uniform(0ms, 100ms)", "const(50ms)"}[g.r.IntN(4)]
}

func (g *randomRun) node() int { return 1 + g.r.IntN(3) }

// instant draws an instant before the quiet, rounded so that some coincide.
func (g *randomRun) instant() time.Duration {
	return time.Duration(g.r.Int64N(int64(quiet-500*time.Millisecond))) / (10 * time.Millisecond) * (10 * time.Millisecond)
}

func (g *randomRun) load() {
	n := 30 + g.r.IntN(50)
	for range n {
		c := 1 + g.r.IntN(5)
		node := 1 + c%3
		if g.r.IntN(10) == 0 {
			node = g.node()
		}
		if g.h.more && c == 5 {
			g.add(g.instant(), "dora@n%d %s", node, g.command())
			continue
		}
		g.add(g.instant(), "c%d@n%d %s", c, node, g.command())
	}
}

func (g *randomRun) command() string {
	g.next++
	key := g.r.IntN(2)
	merging := []string{
		"INCR count:%d", "DECR count:%d", "GET count:%d", "SADD set:%d e" + fmt.Sprint(g.r.IntN(5)), "SREM set:%d e" + fmt.Sprint(g.r.IntN(5)), "SMEMBERS set:%d",
	}
	registers := []string{
		"SET reg:%d " + fmt.Sprint("w", g.next), "SET reg:%d " + fmt.Sprint("w", g.next), "GET reg:%d", "GET reg:%d", "DEL reg:%d",
		"CAS reg:%d " + fmt.Sprint("w", 1+g.r.IntN(g.next)) + fmt.Sprint(" w", g.next), "SET reg:%d " + fmt.Sprint("w", g.next) + " NX",
		"APPEND reg:%d " + fmt.Sprint("a", g.next), "BUY item%d 1", "TAKE item%d:stock 1", "INCRBY item%d:stock 2", "GET item%d:stock",
		"SET reg:%d " + fmt.Sprint("w", g.next, " PX ", 1+g.r.IntN(1500)), "PEXPIRE reg:%d " + fmt.Sprint(g.r.IntN(1500)), "PTTL reg:%d",
		"HSET hash:%d f" + fmt.Sprint(g.r.IntN(3), " w", g.next), "HGETALL hash:%d", "HDEL hash:%d f0", "PEXPIRE hash:%d " + fmt.Sprint(1+g.r.IntN(1500)), "SET reg:%d " + fmt.Sprint("w", g.next, " GET"),
	}
	all := merging
	if !g.h.lossless {
		all = append(all, registers...)
	}
	return fmt.Sprintf(all[g.r.IntN(len(all))], key)
}

func (g *randomRun) faults() {
	at := time.Duration(g.r.IntN(1000)) * time.Millisecond
	for range 2 + g.r.IntN(7) {
		if at >= quiet {
			return
		}
		g.add(at, "%s", g.fault())
		at += time.Duration(g.r.IntN(1500)) * time.Millisecond
	}
}

func (g *randomRun) fault() string {
	if g.h.more && g.r.IntN(2) == 0 {
		return g.moreFault()
	}
	hold := []string{"", "", " hold"}[g.r.IntN(3)]
	n := g.node()
	a, b := n, 1+n%3
	switch g.r.IntN(10) {
	case 0, 1:
		return fmt.Sprintf("partition n%d | *%s", n, hold)
	case 2:
		return "partition n1 | n2 | n3" + hold
	case 3:
		return fmt.Sprintf("cut n%d->n%d%s", a, b, hold)
	case 4:
		return fmt.Sprintf("cut n%d-n%d%s", a, b, hold)
	case 5:
		return []string{"heal", "heal all", fmt.Sprintf("heal n%d-n%d", a, b)}[g.r.IntN(3)]
	case 6:
		return fmt.Sprintf("delay n%d-n%d +%dms", a, b, 50+g.r.IntN(300))
	case 7:
		return fmt.Sprintf("loss n%d->n%d %d%%", a, b, 10+g.r.IntN(80))
	case 8:
		return g.pauseOrResume(n)
	}
	return g.crashOrRestart(n)
}

func (g *randomRun) crashOrRestart(n int) string {
	if g.down[n] {
		g.down[n] = false
		return fmt.Sprintf("restart n%d", n)
	}
	g.down[n], g.stuck[n] = true, false
	if g.h.wipes > 0 && g.r.IntN(2) == 0 {
		g.h.wipes--
		return fmt.Sprintf("crash n%d wipe", n)
	}
	return fmt.Sprintf("crash n%d", n)
}

func (g *randomRun) pauseOrResume(n int) string {
	switch {
	case g.down[n]:
		return g.crashOrRestart(n)
	case g.stuck[n]:
		g.stuck[n] = false
		return fmt.Sprintf("resume n%d", n)
	}
	g.stuck[n] = true
	return fmt.Sprintf("pause n%d", n)
}

func (g *randomRun) toggles() {
	for range 1 + g.r.IntN(3) {
		g.add(500*time.Millisecond+g.instant(), "policy %s", g.h.policies[g.r.IntN(len(g.h.policies))])
	}
}

// mend ends all faults.
func (g *randomRun) mend() {
	g.add(quiet, "heal all")
	if g.h.more {
		g.mendMore()
	}
	for n := 1; n <= 3; n++ {
		switch {
		case g.down[n]:
			g.add(quiet, "restart n%d", n)
		case g.stuck[n]:
			g.add(quiet, "resume n%d", n)
		}
	}
}
