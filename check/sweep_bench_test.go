package check_test

import (
	"strings"
	"testing"

	"capsim/check"
	"capsim/scenarios"
	"capsim/trace"
)

// sweepScript is the run that sweeps are measured by: 60 s, three nodes, five clients,
// 100 operations a second, one partition.
const sweepScript = `use nodes 3
use policy ap
use seed 1
use store memory
workload load clients=5 at=n1,n2,n3 rate=100/s keys=10 ops=GET:80%,SET:20% from 0s to 60s
at 20s partition n1 | n2 n3
at 30s heal
at 60s end
`

// sweepVerdicts are what a sweep judges each seed by.
var sweepVerdicts = []string{
	"linearizable", "available", "converged", "lost-writes = 0", "stale-reads = 0",
	"read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads",
}

// record runs a script and returns its log.
func record(tb testing.TB, script string) *trace.Log {
	tb.Helper()
	s, err := scenarios.Parse("sweep.capsim", []byte(script))
	if err != nil {
		tb.Fatal(err)
	}
	r, err := scenarios.Open(s, scenarios.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	if err := r.Run(); err != nil {
		tb.Fatal(err)
	}
	l := r.Log()
	if err := r.Close(); err != nil {
		tb.Fatal(err)
	}
	return l
}

func tests(tb testing.TB, names []string) []check.Test {
	tb.Helper()
	var ts []check.Test
	for _, name := range names {
		_, test, err := check.Parse(strings.Fields(name))
		if err != nil {
			tb.Fatal(err)
		}
		ts = append(ts, test)
	}
	return ts
}

// BenchmarkSweepVerdicts measures all that a sweep does with a finished run: the index,
// the fold and every verdict together, then each alone on a history that has them.
func BenchmarkSweepVerdicts(b *testing.B) {
	for _, policy := range []string{"ap", "cp"} {
		l := record(b, strings.Replace(sweepScript, "policy ap", "policy "+policy, 1))
		fold := func() (*trace.Index, *trace.Folder) {
			x := trace.NewIndex()
			x.Extend(l)
			return x, trace.NewFolder(3, l)
		}
		o := check.Options{Nodes: 3, Timeout: 1e9, Over: true}
		b.Run(policy+"/fold", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fold()
			}
		})
		b.Run(policy+"/all", func(b *testing.B) {
			ts := tests(b, sweepVerdicts)
			x, f := fold()
			b.ReportAllocs()
			b.ReportMetric(float64(l.Len()), "events")
			b.ReportMetric(float64(len(x.Ops())), "ops")
			for b.Loop() {
				h := check.NewHistory(l, x, f, o)
				for _, test := range ts {
					test(h)
				}
			}
		})
		for _, name := range sweepVerdicts {
			b.Run(policy+"/alone/"+strings.Fields(name)[0], func(b *testing.B) {
				test := tests(b, []string{name})[0]
				x, f := fold()
				b.ReportAllocs()
				for b.Loop() {
					test(check.NewHistory(l, x, f, o))
				}
			})
		}
	}
}
