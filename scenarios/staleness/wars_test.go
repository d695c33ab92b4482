package staleness

import (
	"math/rand/v2"
	"slices"
	"time"
)

// wars is the paper's model by itself, without messages or replicas: the share of reads
// that are fresh at each time after the commit.
func wars(l Latencies, n, r, w, trials int, at ...time.Duration) []float64 {
	rng := rand.New(rand.NewPCG(5, 6))
	fresh := make([]int, len(at))
	type replica struct{ arrives, reads, answers time.Duration }
	for range trials {
		rs, acks := make([]replica, n), make([]time.Duration, n)
		for i := range rs {
			rs[i].arrives = l.Write.Draw(rng)
			acks[i] = rs[i].arrives + l.Ack.Draw(rng)
			rs[i].reads = l.Read.Draw(rng)
			rs[i].answers = rs[i].reads + l.Answer.Draw(rng)
		}
		slices.Sort(acks)
		slices.SortFunc(rs, func(a, b replica) int { return int(a.answers - b.answers) })
		for k, t := range at {
			if slices.ContainsFunc(rs[:r], func(x replica) bool { return acks[w-1]+t+x.reads >= x.arrives }) {
				fresh[k]++
			}
		}
	}
	out := make([]float64, len(at))
	for k := range at {
		out[k] = float64(fresh[k]) / float64(trials)
	}
	return out
}
