package cluster_test

import (
	"testing"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/labs"
	"capsim/model"
	"capsim/netsim"
	"capsim/trace"
)

// BenchmarkOperations measures operations from invocation to the last of their
// copies: GET:50%,SET:50% on 10 keys of 3 nodes, events recorded as structs.
func BenchmarkOperations(b *testing.B) {
	for _, c := range []struct {
		policy string
		store  string
	}{{"ap", "memory"}, {"cp", "memory"}, {"base", "memory"}, {"ap", "miniredis"}, {"cp", "miniredis"}} {
		b.Run(c.policy+"/"+c.store, func(b *testing.B) { benchmarkOperations(b, c.policy, c.store) })
	}
}

func benchmarkOperations(b *testing.B, policy, kind string) {
	choice, err := labs.Catalog.Choose([]string{policy})
	if err != nil {
		b.Fatal(err)
	}
	opener, err := store.Parse(kind)
	if err != nil {
		b.Fatal(err)
	}
	latency, err := netsim.ParseDist("lognormal(10ms, 0.3)")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for done := 0; done < b.N; {
		b.StopTimer()
		stores, err := opener.Open(3, "bench")
		if err != nil {
			b.Fatal(err)
		}
		c, err := cluster.New(cluster.Options{
			Nodes: 3, Policy: choice, Seed: 1, Latency: latency, Timeout: time.Second, Stores: stores, Log: &trace.Log{},
		})
		if err != nil {
			b.Fatal(err)
		}
		w, err := c.NewWorkload(cluster.Load{
			Name: "load", Clients: 100, At: []model.NodeID{1, 2, 3}, Rate: 1000, Keys: 10, To: model.Time(100 * time.Second),
			Mix: []cluster.Share{{Verb: model.GET, Share: 1}, {Verb: model.SET, Share: 1}},
		})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for ; w.Next() != model.Never && done < b.N; done++ {
			if err := c.RunThrough(w.Next()); err != nil {
				b.Fatal(err)
			}
			w.Fire(c)
		}
		c.Finish()
		b.StopTimer()
		if err := stores.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

// BenchmarkMillion measures push-pull anti-entropy among a million nodes until all know.
func BenchmarkMillion(b *testing.B) {
	for _, latency := range []string{"const(10ms)", "lognormal(10ms, 0.3)"} {
		b.Run(latency, func(b *testing.B) {
			b.ReportAllocs()
			var sent int64
			for b.Loop() {
				counts := epidemic(b, gossipRun{
					nodes: 1_000_000, params: "mode=anti-entropy style=push-pull", latency: latency, seed: 1, until: 16500 * time.Millisecond,
				})
				if counts["gossip.unaware"] != 0 {
					b.Fatalf("%d nodes have not heard", counts["gossip.unaware"])
				}
				sent += counts[trace.SentMetric]
			}
			b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
