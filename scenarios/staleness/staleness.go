// Package staleness measures how stale reads of partial quorums are, as Probabilistically
// Bounded Staleness (Bailis et al., VLDB 2012) defines it, by running policy quorum's own
// replicas and client half on the simulated network.
//
// The latency of a write is from its request to the W-th acknowledgement, when it commits;
// that of a read, to the R-th answer. A read that begins t after the commit is fresh if it
// returns that write or a later one. (t-visibility.) Each trial is one write, and one
// read that begins at the commit. The delays of a read's messages do not depend on t, nor
// does who answers first; so the least t at which the trial's read would have been fresh
// follows from when the trial's own messages arrived: of those R replicas that answered
// first, one must have had the write when the read reached it. Whether the read that was
// made returned the write is compared with that in each trial.
//
// k-staleness is measured apart, on quorums that don't expand (a write stays on the W
// replicas drawn for it): versions are written one after the other, and then one is read.
package staleness

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"capsim/labs"
	"capsim/model"
	"capsim/policies"
)

// Options say what is measured.
type Options struct {
	Nodes, R, W   int
	Latencies     Latencies
	At            []time.Duration // after the commit
	Probabilities []float64       // of fresh reads, above 0, at most 1
	Versions      int             // k-staleness is measured for 1 to this many; 0: not at all
	Trials        int
	Seed          int64
}

// Result is what was measured.
type Result struct {
	Trials      int
	Fresh       []FreshAt
	Times       []TimeFor
	Within      []WithinK
	Read, Write []time.Duration // each trial's latency, ascending
	Needed      []time.Duration // each trial's least t, ascending
	VersionRuns int             // trials of k-staleness
}

// FreshAt is the share of reads that are fresh if they begin T after the commit.
type FreshAt struct {
	T     time.Duration
	Share float64
}

// TimeFor is how long after the commit a read must begin to be fresh with a probability.
type TimeFor struct {
	Probability float64
	T           time.Duration
}

// WithinK is the share of reads that return one of the last K versions.
type WithinK struct {
	K     int
	Share float64
}

// choice is the policy as PBS models it: no repair, no hints, no retries.
func choice(r, w int, expanding string) (policies.Choice, error) {
	return labs.Catalog.Choose([]string{
		"quorum", "r=" + strconv.Itoa(r), "w=" + strconv.Itoa(w), "coordinator=client", "write=blind", "read=plain",
		"handoff=off", "retry=1000h", "patience=1000h", "expanding=" + expanding,
	})
}

// valid tells why the options can't stand.
func (o Options) valid() error {
	switch {
	case o.Nodes < 1 || o.Nodes > 9:
		return fmt.Errorf("%d nodes: want 1 to 9", o.Nodes)
	case o.R < 1 || o.R > o.Nodes:
		return fmt.Errorf("r=%d: want 1 to %d, the nodes", o.R, o.Nodes)
	case o.W < 1 || o.W > o.Nodes:
		return fmt.Errorf("w=%d: want 1 to %d, the nodes", o.W, o.Nodes)
	case o.Trials < 1 || o.Trials > 100_000_000:
		return fmt.Errorf("%d trials: want 1 to 100000000", o.Trials)
	case o.Versions < 0 || o.Versions > 100:
		return fmt.Errorf("%d versions: want at most 100", o.Versions)
	}
	for _, t := range o.At {
		if t < 0 {
			return fmt.Errorf("at %v: a read begins after the write", t)
		}
	}
	for _, p := range o.Probabilities {
		if !(p > 0 && p <= 1) {
			return fmt.Errorf("probability %v: want more than 0, at most 1", p)
		}
	}
	return nil
}

// Run does the trials. Cancelled, it returns the context's error.
func Run(ctx context.Context, o Options) (Result, error) {
	if err := o.valid(); err != nil {
		return Result{}, err
	}
	r := Result{Trials: o.Trials}
	if err := r.trials(ctx, o); err != nil {
		return Result{}, err
	}
	slices.Sort(r.Needed)
	slices.Sort(r.Read)
	slices.Sort(r.Write)
	for _, t := range o.At {
		n, _ := slices.BinarySearch(r.Needed, t+1)
		r.Fresh = append(r.Fresh, FreshAt{t, float64(n) / float64(o.Trials)})
	}
	for _, p := range o.Probabilities {
		r.Times = append(r.Times, TimeFor{p, Quantile(r.Needed, p)})
	}
	return r, r.versions(ctx, o)
}

// Quantile returns the least of the ascending values that a share p of them does not
// exceed.
func Quantile(ascending []time.Duration, p float64) time.Duration {
	n := len(ascending)
	i := int(float64(float64(n) * p))
	if float64(i) < float64(float64(n)*p) {
		i++
	}
	return ascending[min(max(i, 1), n)-1]
}

// key is the only one: each trial writes a new version of it.
const key = "x"

var get = model.Command{Verb: model.GET, Args: []string{key}}

func set(value string) model.Command {
	return model.Command{Verb: model.SET, Args: []string{key, value}}
}

// trials runs one write and one read each.
func (r *Result) trials(ctx context.Context, o Options) error {
	c, err := choice(o.R, o.W, "yes")
	if err != nil {
		return err
	}
	clients := 1
	if o.Latencies.Remote > 0 {
		clients = o.Nodes
	}
	w := newWorld(c, o.Nodes, clients, o.Seed, o.Latencies)
	draw := w.net.Stream("clients")
	r.Needed, r.Read, r.Write = make([]time.Duration, 0, o.Trials), make([]time.Duration, 0, o.Trials), make([]time.Duration, 0, o.Trials)
	for i := range o.Trials {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		writer, reader := model.NodeID(o.Nodes+1), model.NodeID(o.Nodes+1)
		if clients > 1 {
			writer += model.NodeID(draw.IntN(clients))
			reader += model.NodeID(draw.IntN(clients))
		}
		t, err := w.trial(writer, reader, i, 0)
		if err != nil {
			return fmt.Errorf("trial %d: %w", i+1, err)
		}
		if t.fresh != (t.needed == 0) {
			return fmt.Errorf("trial %d: the read was fresh: %v, but by the arrivals of its messages needed to begin %v after the commit", i+1, t.fresh, t.needed)
		}
		r.Needed, r.Read, r.Write = append(r.Needed, t.needed), append(r.Read, t.read), append(r.Write, t.write)
	}
	return nil
}

// trial is one write and one read.
type trial struct {
	write, read, needed time.Duration
	fresh               bool
}

// trial runs the i-th: the read begins so long after the commit.
func (w *world) trial(writer, reader model.NodeID, i int, offset time.Duration) (trial, error) {
	value := strconv.Itoa(i)
	_, write, err := w.do(writer, set(value))
	if err != nil {
		return trial{}, err
	}
	commit := w.net.Now()
	if offset > 0 {
		w.pass(offset)
	}
	begin := w.net.Now()
	reply, read, err := w.do(reader, get)
	if err != nil {
		return trial{}, err
	}
	t := trial{write: write, read: read, needed: -1, fresh: reply.Reply.Str == value}
	for _, n := range w.watch.answers {
		need := max(0, w.watch.writes[n].Sub(commit)-w.watch.reads[n].Sub(begin))
		if t.needed < 0 || need < t.needed {
			t.needed = need
		}
	}
	w.pass(time.Microsecond) // so that another client's clock is later, too
	return t, nil
}

// versions measures k-staleness.
func (r *Result) versions(ctx context.Context, o Options) error {
	if o.Versions == 0 {
		return nil
	}
	c, err := choice(o.R, o.W, "no")
	if err != nil {
		return err
	}
	w := newWorld(c, o.Nodes, 1, o.Seed, Latencies{Write: o.Latencies.Write, Ack: o.Latencies.Ack, Read: o.Latencies.Read, Answer: o.Latencies.Answer})
	r.VersionRuns = min(o.Trials, 100_000)
	behind := make([]int, o.Versions+1) // how many reads returned the newest, the one before, …, an older one
	client, written := model.NodeID(o.Nodes+1), 0
	for i := range r.VersionRuns {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for range o.Versions {
			written++
			if _, _, err := w.do(client, set(strconv.Itoa(written))); err != nil {
				return err
			}
		}
		reply, _, err := w.do(client, get)
		if err != nil {
			return err
		}
		got, _ := strconv.Atoi(reply.Reply.Str) // 0: it found nothing
		behind[min(written-got, o.Versions)]++
	}
	sum := 0
	for k := 1; k <= o.Versions; k++ {
		sum += behind[k-1]
		r.Within = append(r.Within, WithinK{k, float64(sum) / float64(r.VersionRuns)})
	}
	return nil
}
