package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"capsim/scenarios/staleness"
)

// stalenessFlags are the flags of capsim staleness, beside --nodes, --seed and --json.
type stalenessFlags struct {
	r, w, trials, versions int
	latency                [4]string // of w, a, r, s
	at, probability        []string
	profile                string
}

func (a *app) stalenessCommand() *cobra.Command {
	var f stalenessFlags
	var names, docs []string
	for _, p := range staleness.Profiles {
		names = append(names, p.Name)
		docs = append(docs, fmt.Sprintf("  %-10s %s", p.Name, p.Doc))
	}
	cmd := &cobra.Command{
		Use:   "staleness --r 1 --w 1 --profile lnkd-disk",
		Short: "Measure how stale the reads of partial quorums are",
		Long: `Runs policy quorum's own replicas and client half, write by write and read by read, on the
simulated network, and prints how many reads are fresh that begin some time after a write
was acknowledged (t-visibility), how many return one of the last k versions (k-staleness, of
quorums that don't expand), and the latencies. As Probabilistically Bounded Staleness
(Bailis et al., VLDB 2012) has it: the client coordinates, writes and reads go to all nodes,
nothing is repaired, and the delays of a write (w), its acknowledgement (a), a read (r) and
its answer (s) are independent of each other.

Profiles of delays, of that paper:
` + strings.Join(docs, "\n"),
		Example: `  capsim staleness --profile lnkd-ssd --trials 1000000
  capsim staleness --nodes 5 --r 2 --w 1 --latency-w 'exp(10ms)' --at 0,5ms,10ms --probability 0.99,0.999`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.staleness(cmd.Context(), f) },
	}
	fs := cmd.Flags()
	fs.IntVar(&f.r, "r", 1, "how many `nodes` must answer a read")
	fs.IntVar(&f.w, "w", 1, "how many `nodes` must acknowledge a write")
	for i, what := range [...]string{"a write", "its acknowledgement", "a read", "its answer"} {
		letter := string("wars"[i])
		fs.StringVar(&f.latency[i], "latency-"+letter, "", "how long "+what+" takes, one way: a `distribution`, as exp(5ms) (default the profile's)")
	}
	fs.StringSliceVar(&f.at, "at", []string{"0", "5ms", "10ms"}, "when reads begin: `times` after the commit")
	fs.StringSliceVar(&f.probability, "probability", []string{"0.999"}, "of fresh reads: after how long it is reached; `numbers` above 0, up to 1")
	fs.IntVar(&f.versions, "versions", 3, "measure k-staleness for 1 to `k`; 0 for not at all")
	fs.IntVar(&f.trials, "trials", 100_000, "how many `writes`, and reads")
	fs.StringVar(&f.profile, "profile", "lnkd-disk", "delays of a production `system`: "+strings.Join(names, ", "))
	_ = cmd.RegisterFlagCompletionFunc("profile", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) staleness(ctx context.Context, f stalenessFlags) error {
	o, err := a.stalenessOptions(f)
	if err != nil {
		return inputError(err)
	}
	res, err := staleness.Run(ctx, o)
	switch {
	case errors.Is(err, context.Canceled):
		return environmentError(errors.New("stopped before the trials were done: fewer --trials take less time"))
	case err != nil:
		return inputError(err)
	}
	if a.flags.json {
		return a.printJSON(res)
	}
	l := o.Latencies
	fmt.Fprintf(a.out, "%d nodes, R=%d, W=%d, %d trials, seed %d\n", o.Nodes, o.R, o.W, o.Trials, o.Seed)
	fmt.Fprintf(a.out, "  write   %v\n  ack     %v\n  read    %v\n  answer  %v\n", l.Write, l.Ack, l.Read, l.Answer)
	if l.Remote > 0 {
		fmt.Fprintf(a.out, "  and %v more to and from a node that is not the client's own\n", l.Remote)
	}
	fmt.Fprintln(a.out)
	return written(res.Print(a.out))
}

func (a *app) stalenessOptions(f stalenessFlags) (staleness.Options, error) {
	o := staleness.Options{Nodes: 3, R: f.r, W: f.w, Versions: f.versions, Trials: f.trials, Seed: 1}
	var err error
	for _, no := range []struct{ name, given string }{{"policy", a.flags.policy}, {"store", a.flags.store}, {"trace", a.flags.trace}} {
		if no.given != "" {
			return o, fmt.Errorf("--%s: the policy is quorum with --r and --w, on memory, and no trace is kept: leave it out", no.name)
		}
	}
	if a.flags.nodes != "" {
		if o.Nodes, err = strconv.Atoi(a.flags.nodes); err != nil {
			return o, fmt.Errorf("--nodes %q: want a whole number", a.flags.nodes)
		}
	}
	if a.flags.seed != "" {
		if o.Seed, err = strconv.ParseInt(a.flags.seed, 10, 64); err != nil {
			return o, fmt.Errorf("--seed %q: want a whole number", a.flags.seed)
		}
	}
	if o.Latencies, err = staleness.FindProfile(f.profile); err != nil {
		return o, fmt.Errorf("--profile: %w", err)
	}
	was := o.Latencies
	text := [...]string{was.Write.String(), was.Ack.String(), was.Read.String(), was.Answer.String()}
	for i, given := range f.latency {
		text[i] = cmp.Or(given, text[i])
	}
	if o.Latencies, err = staleness.ParseLatencies(text[0], text[1], text[2], text[3], was.Remote); err != nil {
		return o, fmt.Errorf("--%w", err)
	}
	for _, s := range f.at {
		d, err := time.ParseDuration(s)
		if err != nil {
			return o, fmt.Errorf("--at %q: want durations with commas, as 0,5ms,10ms", s)
		}
		o.At = append(o.At, d)
	}
	for _, s := range f.probability {
		p, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return o, fmt.Errorf("--probability %q: want numbers with commas, as 0.99,0.999", s)
		}
		o.Probabilities = append(o.Probabilities, p)
	}
	return o, nil
}
