package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"capsim/check"
	"capsim/policies"
	"capsim/scenarios"
	"capsim/scenarios/sweep"
)

// sweepFlags are the flags of capsim sweep.
type sweepFlags struct {
	seeds, policies, csv, shrink string
	workers                      int
	checks                       []string
	bare                         bool
}

func (a *app) sweepCommand() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep FILE|NAME --seeds 1..1000 --policies 'cp,ap conflict=siblings'",
		Short: "Run many seeds, and count how often each check holds",
		Long: `Runs the scenario once a seed and policy, on memory stores, and prints for every check the
share of runs for which it held with a 95 % interval (Wilson's), for every figure its mean
with a 95 % interval and its quantiles, and the first seeds that violate a check. The result
does not depend on the number of workers. Ctrl+C prints what there is.

--shrink reduces the scenario, under each policy, to the fewest statements that still violate
a check: the named one, else the first that was violated, else an expectation of the script:
--shrink=expect, or --shrink='expect stale-reads = 0' as it stands there.`,
		Example: `  capsim sweep cap-proof --seeds 1..1000 --policies 'cp,ap'
  capsim sweep my.capsim --seeds 1..200 --policies ap --csv runs.csv
  capsim sweep my.capsim --seeds 1..200 --policies 'ap conflict=siblings' --shrink=linearizable`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScripts,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.sweep(cmd.Context(), args[0], f)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.seeds, "seeds", "1..100", "the seeds: `first..last`")
	fs.StringVar(&f.policies, "policies", "", "policies with their parameters, with commas (default the script's)")
	fs.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0), "how many runs go on at once")
	fs.StringVar(&f.csv, "csv", "", "write a line a run to this `file`")
	fs.StringVar(&f.shrink, "shrink", "", "reduce the script of a violation: of the `check` or expectation given, or the first")
	fs.Lookup("shrink").NoOptDefVal = firstViolated
	fs.StringArrayVar(&f.checks, "checks", nil, "what to judge: `checks` as expect names them, with commas, or all (default those of every run)")
	fs.BoolVar(&f.bare, "bare", false, "verdicts alone, without figures: faster")
	_ = cmd.RegisterFlagCompletionFunc("policies", completePolicies)
	_ = cmd.RegisterFlagCompletionFunc("checks", cobra.FixedCompletions(check.Names(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("shrink", cobra.FixedCompletions(check.Names(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// sweep runs the seeds and prints what they came to.
func (a *app) sweep(ctx context.Context, arg string, f sweepFlags) error {
	o, err := a.sweepOptions(arg, f)
	if err != nil {
		return err
	}
	total := uint64(o.To-o.From+1) * uint64(len(o.Policies))
	progress := newProgress(a.errs, total)
	rows, closeRows, err := csvRows(f.csv, o)
	if err != nil {
		return err
	}
	o.Each = func(r sweep.Run) error {
		progress.add()
		return rows(r)
	}
	result, err := sweep.Sweep(ctx, o)
	progress.end()
	if err := errors.Join(sweepFailed(err), closeRows()); err != nil {
		return err
	}
	var small []shrunk
	if f.shrink != "" {
		if small, err = a.shrinkAll(ctx, arg, f.shrink, result); err != nil {
			return err
		}
	}
	if a.flags.json {
		err = a.printSweepJSON(arg, result, small)
	} else {
		err = a.printSweep(result, small)
	}
	if err == nil && ctx.Err() != nil {
		err = exitError{exitInterrupted, fmt.Errorf("interrupted after %d of %d runs; the figures are theirs", result.Done(), total)}
	}
	return err
}

// sweepFailed tells wrong input from a failed environment.
func sweepFailed(err error) error {
	var e exitError
	if err == nil || errors.As(err, &e) {
		return err
	}
	return failed(err)
}

func (a *app) sweepOptions(arg string, f sweepFlags) (sweep.Options, error) {
	o := sweep.Options{Workers: f.workers, Bare: f.bare}
	var err error
	if o.From, o.To, err = seedRange(f.seeds); err != nil {
		return o, err
	}
	switch {
	case f.workers < 1 || f.workers > 1024:
		return o, inputError(fmt.Errorf("--workers %d: expected 1 to 1024", f.workers))
	case a.flags.seed != "":
		return o, inputError(errors.New("--seed: a sweep has --seeds first..last"))
	case a.flags.trace != "":
		return o, inputError(errors.New("--trace: a sweep keeps no trace; run one of its seeds: capsim run … --seed N --trace FILE"))
	}
	script, err := a.load(arg)
	if err != nil {
		return o, err
	}
	if o.Checks, err = sweepChecks(f, script.Settings.Policy); err != nil {
		return o, inputError(err)
	}
	a.warn(script)
	o.Policies = []string{script.Settings.Policy.String()}
	if f.policies != "" {
		o.Policies = splitPolicies(f.policies)
	}
	for _, p := range o.Policies { // so that all that is wrong is said before anything runs
		if _, err := a.sweepScript(arg, p); err != nil {
			return o, err
		}
	}
	o.Script = func(policy string) (*scenarios.Script, error) { return a.sweepScript(arg, policy) }
	return o, nil
}

// sweepChecks returns what is judged in every run: what was asked for, and what is to be
// reduced.
func sweepChecks(f sweepFlags, of policies.Choice) ([]string, error) {
	var names []string
	if f.checks == nil {
		names = scenarios.VerdictOrder(of)
	} else {
		asked, err := scenarios.ParseChecks(strings.Join(f.checks, ","))
		if err != nil {
			return nil, fmt.Errorf("--checks %w", err)
		}
		for _, c := range asked {
			names = append(names, c.Text)
		}
	}
	if f.shrink == "" || f.shrink == firstViolated || isExpectation(f.shrink) || slices.Contains(names, f.shrink) {
		return names, nil
	}
	asked, err := scenarios.ParseChecks(f.shrink)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--shrink %w", err)
	case len(asked) > 1:
		return nil, fmt.Errorf("--shrink %s: expected one check", f.shrink)
	}
	return append(names, asked[0].Text), nil
}

func (a *app) sweepScript(arg, policy string) (*scenarios.Script, error) {
	return a.load(arg, scenarios.Override{From: "--policies", Text: "policy " + policy})
}

// splitPolicies reads a list of policies.
func splitPolicies(list string) []string {
	var policies []string
	for _, p := range strings.Split(list, ",") {
		policies = append(policies, strings.TrimSpace(p))
	}
	return policies
}

// seedRange reads first..last, or one seed.
func seedRange(s string) (from, to int64, err error) {
	a, b, several := strings.Cut(s, "..")
	if !several {
		b = a
	}
	from, err1 := strconv.ParseInt(a, 10, 64)
	to, err2 := strconv.ParseInt(b, 10, 64)
	if err1 != nil || err2 != nil || to < from || uint64(to)-uint64(from) >= 1<<40 {
		return 0, 0, inputError(fmt.Errorf("--seeds %s: expected first..last, as 1..1000", s))
	}
	return from, to, nil
}

// csvRows returns what writes a run as a line, and what ends the file.
func csvRows(path string, o sweep.Options) (row func(sweep.Run) error, closeFile func() error, err error) {
	if path == "" {
		return func(sweep.Run) error { return nil }, func() error { return nil }, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, nil, environmentError(fmt.Errorf("--csv: %w", err))
	}
	head := append([]string{"policy", "seed"}, o.Checks...)
	for _, m := range check.Metrics {
		head = append(head, m.Name)
	}
	head = append(head, "invoked", "ok", "refused", "unknown", "sent", "delivered", "dropped")
	w := csv.NewWriter(file)
	row = func(r sweep.Run) error {
		if err := w.Write(csvRow(o.Policies[r.Policy], r)); err != nil {
			return environmentError(fmt.Errorf("--csv: %w", err))
		}
		return nil
	}
	closeFile = func() error {
		w.Flush()
		if err := errors.Join(w.Error(), file.Close()); err != nil {
			return environmentError(fmt.Errorf("--csv: %w", err))
		}
		return nil
	}
	if err := w.Write(head); err != nil {
		return nil, nil, environmentError(fmt.Errorf("--csv: %w", err))
	}
	return row, closeFile, nil
}

// csvRow writes durations in seconds; what a run has not is empty.
func csvRow(policy string, r sweep.Run) []string {
	row := []string{policy, strconv.FormatInt(r.Seed, 10)}
	for _, v := range r.Verdicts {
		row = append(row, v.String())
	}
	for _, m := range check.Metrics {
		cell := ""
		for _, got := range r.Measures {
			if got.Name != m.Name {
				continue
			}
			switch v := got.Value.(type) {
			case time.Duration:
				cell = strconv.FormatFloat(v.Seconds(), 'f', -1, 64)
			default:
				cell = fmt.Sprint(v)
			}
		}
		row = append(row, cell)
	}
	for _, n := range []int{r.Ops.Invoked, r.Ops.OK, r.Ops.Refused, r.Ops.Unknown, r.Messages.Sent, r.Messages.Delivered, r.Messages.Dropped} {
		row = append(row, strconv.Itoa(n))
	}
	return row
}
