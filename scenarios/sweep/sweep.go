// Package sweep runs a scenario over many seeds and several policies, and sums up
// what the runs came to: how often each check held, with an interval, and how each
// figure was distributed. Runs are independent, so they are spread over workers; what
// comes out does not depend on how many there are, and its memory not on how many
// runs there were.
package sweep

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"capsim/check"
	"capsim/scenarios"
	"capsim/trace"
)

// Options say what to sweep over.
type Options struct {
	// Script reads the scenario, with one of Policies. It is called once a worker and
	// policy, by one goroutine at a time.
	Script   func(policy string) (*scenarios.Script, error)
	Policies []string
	From, To int64    // the seeds, both included
	Workers  int      // at least 1
	Checks   []string // what to judge, as scenarios.ParseChecks reads it; nil for what every run is judged by
	Bare     bool     // verdicts alone: no figures, which take time of their own
	// Each is called for every run, in the order of seeds and then policies, by one
	// goroutine; an error of its ends the sweep. nil: nothing is called.
	Each func(Run) error
}

// Run is what one run came to.
type Run struct {
	Policy       int // index into Options.Policies
	Seed         int64
	Verdicts     []check.Verdict // in the order of Result.Checks
	Measures     []scenarios.Measure
	Expectations []scenarios.Expectation
	Ops          scenarios.OpCounts
	Messages     scenarios.MessageCounts
}

// Sweep runs all seeds under all policies. If ctx ends first, the result is that of
// the runs up to then, without a gap, and the error is nil. An error is the script's,
// the environment's, or of Each.
func Sweep(ctx context.Context, o Options) (*Result, error) {
	if o.To < o.From || o.Workers < 1 || len(o.Policies) == 0 {
		return nil, fmt.Errorf("nothing to sweep: seeds %d..%d, %d workers, %d policies", o.From, o.To, o.Workers, len(o.Policies))
	}
	names := o.Checks
	if names == nil {
		s, err := o.Script(o.Policies[0])
		if err != nil {
			return nil, err
		}
		names = scenarios.VerdictOrder(s.Settings.Policy)
	}
	asked, err := scenarios.ParseChecks(strings.Join(names, ","))
	if err != nil {
		return nil, fmt.Errorf("check %w", err)
	}
	names = nil
	tests := make([]check.Test, len(asked))
	for i, a := range asked {
		names, tests[i] = append(names, a.Text), a.Test
	}
	r := newResult(o, names)
	p := pool{o: o, tests: tests, room: make(chan struct{}, ahead*o.Workers), done: make(chan finished, o.Workers)}
	return r, p.collect(ctx, r)
}

// ahead is how many runs a worker may be ahead of the slowest: what bounds the
// memory of a sweep.
const ahead = 16

// pool is the workers and what they share.
type pool struct {
	o       Options
	tests   []check.Test
	room    chan struct{} // a token for each run begun and not yet taken in
	done    chan finished
	reading sync.Mutex // over Options.Script
}

// finished is a run that a worker is through with.
type finished struct {
	n   uint64 // of all runs, from 0
	run Run
	err error
}

// collect hands out the runs and takes their outcomes in, in order.
func (p *pool) collect(ctx context.Context, r *Result) error {
	ctx, stop := context.WithCancel(ctx)
	jobs := make(chan uint64)
	var workers sync.WaitGroup
	for range p.o.Workers {
		workers.Go(func() { p.work(ctx, jobs) })
	}
	go func() {
		defer close(jobs)
		total := r.Total()
		for n := uint64(0); n < total; n++ {
			select {
			case p.room <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case jobs <- n:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() { workers.Wait(); close(p.done) }()
	err := p.takeIn(r)
	stop()
	for range p.done { // let the workers end
	}
	return err
}

// takeIn adds up runs in their order.
func (p *pool) takeIn(r *Result) error {
	early := map[uint64]Run{}
	next := uint64(0)
	for f := range p.done {
		if f.err != nil {
			return f.err
		}
		early[f.n] = f.run
		for {
			run, ok := early[next]
			if !ok {
				break
			}
			delete(early, next)
			next++
			<-p.room
			r.add(run)
			if p.o.Each != nil {
				if err := p.o.Each(run); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// work does runs until there are no more.
func (p *pool) work(ctx context.Context, jobs <-chan uint64) {
	scripts := make([]*scenarios.Script, len(p.o.Policies))
	log := &trace.Log{}
	for n := range jobs {
		f := finished{n: n}
		f.run.Policy = int(n % uint64(len(scripts)))
		f.run.Seed = p.o.From + int64(n/uint64(len(scripts)))
		f.err = p.one(ctx, scripts, log, &f.run)
		if ctx.Err() != nil && f.err == nil {
			return // the run was left half done
		}
		p.done <- f
	}
}

// one does a run, with a log that it may overwrite.
func (p *pool) one(ctx context.Context, scripts []*scenarios.Script, log *trace.Log, r *Run) (err error) {
	if scripts[r.Policy] == nil {
		p.reading.Lock()
		scripts[r.Policy], err = p.o.Script(p.o.Policies[r.Policy])
		p.reading.Unlock()
		if err != nil {
			return err
		}
	}
	s, err := runSeed(ctx, scripts[r.Policy], r.Seed, log)
	if err != nil {
		return fmt.Errorf("seed %d under %s: %w", r.Seed, p.o.Policies[r.Policy], err)
	}
	defer s.Close() // memory: there is nothing to fail
	h := s.History()
	for _, test := range p.tests {
		r.Verdicts = append(r.Verdicts, test(h).Verdict)
	}
	if !p.o.Bare {
		r.Measures = s.Measures(h)
	}
	r.Expectations = s.Expectations()
	r.Messages, r.Ops = s.Counts()
	return nil
}

// runSeed runs a script with another seed, on memory, until it is over or ctx ends. Its
// events overwrite those in the log, if one is given.
func runSeed(ctx context.Context, script *scenarios.Script, seed int64, log *trace.Log) (*scenarios.Session, error) {
	again := *script
	again.Settings.Seed = seed
	s, err := scenarios.Open(&again, scenarios.Options{Memory: true, Log: log})
	if err != nil {
		return nil, err
	}
	if err := s.RunWhile(func() bool { return ctx.Err() == nil }); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}
