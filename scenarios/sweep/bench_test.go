package sweep

import (
	"context"
	"strings"
	"testing"

	"capsim/check"
	"capsim/scenarios"
)

// The scenario of the goals: 60 virtual seconds, 3 nodes, 5 clients, 100 operations a
// second, one partition.
const minute = `
use store memory
workload w clients=5 at=n1,n2,n3 rate=100/s keys=10 ops=GET:80%,SET:20% from 0s to 60s
at 20s partition n1 | n2 n3
at 40s heal
at 60s end
`

var minuteChecks = []string{
	"linearizable", "available", "converged", "lost-writes = 0", "stale-reads = 0",
	"read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads",
}

func script(src string) func(string) (*scenarios.Script, error) {
	return func(policy string) (*scenarios.Script, error) {
		return scenarios.ParseWith("sweep.capsim", []byte(src), scenarios.Override{From: "--policies", Text: "policy " + policy})
	}
}

// BenchmarkSweep does one seed an iteration, on one worker: seeds a second on two
// cores are twice as many.
func BenchmarkSweep(b *testing.B) {
	for _, policy := range []string{"ap", "cp", "base"} {
		b.Run(policy, func(b *testing.B) {
			b.ReportAllocs()
			r, err := Sweep(context.Background(), Options{
				Script: script(minute), Policies: []string{policy}, From: 1, To: int64(b.N), Workers: 1, Checks: minuteChecks, Bare: true,
			})
			if err != nil || r.Done() != uint64(b.N) {
				b.Fatal(r.Done(), err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "seeds/s")
		})
	}
}

// BenchmarkRunAlone is the same without the verdicts.
func BenchmarkRunAlone(b *testing.B) {
	for _, policy := range []string{"ap", "cp"} {
		b.Run(policy, func(b *testing.B) {
			b.ReportAllocs()
			s, err := script(minute)(policy)
			if err != nil {
				b.Fatal(err)
			}
			for i := range b.N {
				r, err := runSeed(context.Background(), s, int64(i+1), nil)
				if err != nil {
					b.Fatal(err)
				}
				_ = r.Close()
			}
		})
	}
}

// BenchmarkJudge is the verdicts alone, of one run.
func BenchmarkJudge(b *testing.B) {
	s, err := script(minute)("ap")
	if err != nil {
		b.Fatal(err)
	}
	r, err := runSeed(context.Background(), s, 1, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range append([]string{""}, minuteChecks...) {
		b.Run("ap/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				h := r.History()
				for _, n := range minuteChecks {
					if name != "" && n != name {
						continue
					}
					_, test, err := check.Parse(strings.Fields(n))
					if err != nil {
						b.Fatal(err)
					}
					test(h)
				}
			}
		})
	}
}
