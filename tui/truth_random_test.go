package tui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"capsim/model"
	"capsim/policies"
	"capsim/scenarios"
)

// truthSeeds is how many random runs what is shown is proven over; CAPSIM_SEEDS sets it.
func truthSeeds(few int) int64 {
	if n, err := strconv.Atoi(os.Getenv("CAPSIM_SEEDS")); err == nil {
		return int64(n)
	}
	return int64(few)
}

// truthChoices lists the policies with their defaults, and with each parameter changed.
func truthChoices() []string {
	var list []string
	for _, s := range policies.Specs {
		list = append(list, s.Name)
		for _, p := range s.Params {
			for _, v := range slices.Concat(p.Values, p.Try) {
				if v != p.Default {
					list = append(list, s.Name+" "+p.Name+"="+v)
				}
			}
		}
	}
	return list
}

// randomRun is a run of clients, faults and toggles that its seed determines, given live; what
// can't be done where it stands is left out.
func randomRun(t testing.TB, seed int64) *scenarios.Session {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(seed), 0x7247))
	choices := truthChoices()
	script := fmt.Sprintf("use policy %s\nuse seed %d\nuse store memory\nuse latency %s\nuse loss %d%%\nuse timeout %v\nclient dora remote\nat 5s end\n",
		choices[(seed*7)%int64(len(choices))], seed, []string{"lognormal(10ms, 0.3)", "const(1ms)", "uniform(0ms, 100ms)", "const(50ms)"}[r.IntN(4)],
		[]int{0, 0, 5, 20}[r.IntN(4)], []time.Duration{time.Second, 300 * time.Millisecond}[r.IntN(2)])
	s := opened(t, "random.capsim", script)
	at := model.Time(0)
	for range 25 + r.IntN(25) {
		if r.IntN(3) > 0 { // some fall on one instant
			at = at.Add(time.Duration(r.IntN(20)) * 10 * time.Millisecond)
		}
		_ = s.RunTo(at)
		_ = s.Do(randomLine(r, choices))
	}
	_ = s.Run()
	return s
}

func randomLine(r *rand.Rand, choices []string) string {
	if r.IntN(3) > 0 {
		return []string{"alice@", "bob@", "carol@", "dora@"}[r.IntN(4)] + fmt.Sprintf("n%d ", 1+r.IntN(3)) + randomCommand(r)
	}
	n := 1 + r.IntN(3)
	m := 1 + n%3
	return []string{
		fmt.Sprintf("partition n%d | *", n), fmt.Sprintf("partition n%d | * hold", n), "partition n1 | n2 | n3",
		fmt.Sprintf("cut n%d->n%d", n, m), fmt.Sprintf("cut n%d-n%d hold", n, m), "cut dora->n1", "heal", "heal all", fmt.Sprintf("heal n%d-n%d", n, m),
		fmt.Sprintf("delay n%d-n%d +%dms", n, m, 50+r.IntN(200)), fmt.Sprintf("loss n%d->n%d 60%%", n, m), "duplicate n1-n2 30%",
		fmt.Sprintf("crash n%d", n), fmt.Sprintf("restart n%d", n), fmt.Sprintf("restart n%d", m), fmt.Sprintf("pause n%d", n), fmt.Sprintf("resume n%d", n),
		fmt.Sprintf("crash n%d wipe", n), fmt.Sprintf("skew n%d +2s", n), fmt.Sprintf("slow n%d +5ms", n), "policy " + choices[r.IntN(len(choices))],
	}[r.IntN(21)]
}

func randomCommand(r *rand.Rand) string {
	k := r.IntN(2)
	w := r.IntN(1000)
	return []string{
		fmt.Sprintf("SET reg:%d w%d", k, w), fmt.Sprintf("SET reg:%d w%d", k, w), fmt.Sprintf("GET reg:%d", k), fmt.Sprintf("GET reg:%d", k), fmt.Sprintf("DEL reg:%d", k),
		fmt.Sprintf("INCR hits:%d", k), fmt.Sprintf("GET hits:%d", k), fmt.Sprintf("SADD set:%d e%d", k, w%5), fmt.Sprintf("SMEMBERS set:%d", k),
		fmt.Sprintf("SET reg:%d w%d PX %d", k, w, 1+w), fmt.Sprintf("BUY item%d 1", k), fmt.Sprintf("INCRBY item%d:stock 2", k), fmt.Sprintf("SET reg:%d w%d NX", k, w),
	}[r.IntN(13)]
}

func opened(t testing.TB, name, script string) *scenarios.Session {
	t.Helper()
	s, err := scenarios.Parse(name, []byte(script))
	if err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	r, err := scenarios.Open(s, scenarios.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// finished runs a script to its end.
func finished(t testing.TB, name, script string) *scenarios.Session {
	t.Helper()
	r := opened(t, name, script)
	if err := r.Run(); err != nil {
		t.Fatal(err)
	}
	return r
}

// truthRuns calls prove with runs of the library and of random scripts.
func truthRuns(t *testing.T, few int, prove func(t *testing.T, r *scenarios.Session)) {
	for _, item := range scenarios.Library() {
		t.Run(item.Name, func(t *testing.T) { prove(t, finished(t, item.File, string(item.Source))) })
	}
	for seed := range truthSeeds(few) {
		t.Run("seed "+strconv.FormatInt(seed, 10), func(t *testing.T) {
			prove(t, randomRun(t, seed))
		})
	}
}
