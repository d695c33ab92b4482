package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"capsim/check"
	"capsim/labs"
	"capsim/policies"
	"capsim/scenarios"
)

func (a *app) compareCommand() *cobra.Command {
	var list string
	var checks []string
	cmd := &cobra.Command{
		Use:   "compare FILE|NAME --policies 'cp,ap conflict=siblings,base'",
		Short: "Run the same faults and load under several policies, side by side",
		Long: `Runs the scenario once a policy, with the same seed, faults and load, on memory stores,
and prints the verdicts side by side. Expectations don't change the exit code.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScripts,
		RunE: func(cmd *cobra.Command, args []string) error {
			also, err := alsoJudged(checks)
			if err != nil {
				return err
			}
			var reports []compared
			for _, p := range splitPolicies(list) {
				rep, err := a.compareOne(cmd.Context(), args[0], p, also)
				if err != nil {
					return err
				}
				if a.flags.json {
					if err := a.printJSON(rep.Report); err != nil {
						return err
					}
				}
				reports = append(reports, rep)
			}
			if !a.flags.json {
				return a.printComparison(reports)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&list, "policies", "cp,ap,base", "policies with their parameters, with commas")
	_ = cmd.RegisterFlagCompletionFunc("policies", completePolicies)
	alsoFlag(cmd, &checks)
	return cmd
}

// compared is the report of a run under one policy.
type compared struct {
	scenarios.Report
	choice string // the policy, defaults left out
}

func (a *app) compareOne(ctx context.Context, arg, policy string, also []scenarios.AskedCheck) (c compared, err error) {
	script, err := a.load(arg, scenarios.Override{From: "--policies", Text: "policy " + policy})
	if err != nil {
		return c, err
	}
	a.warn(script)
	sink, closeSink, err := a.traceSink("." + strings.ReplaceAll(policy, " ", "."))
	if err != nil {
		return c, err
	}
	defer closeSink()
	s, err := scenarios.Open(script, scenarios.Options{Memory: true, Trace: sink, Program: program + " " + version()})
	if err != nil {
		return c, failed(err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.RunWhile(func() bool { return ctx.Err() == nil }); err != nil {
		return c, failed(err)
	}
	if !s.Over() {
		return c, interrupted(s)
	}
	return compared{s.Report(also...), script.Settings.Policy.String()}, nil
}

// printComparison prints a row a verdict and a column a policy, then what speaks
// for each verdict that is not yes.
func (a *app) printComparison(reports []compared) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	row := func(name string, cell func(compared) string) {
		fmt.Fprint(w, name)
		for _, r := range reports {
			fmt.Fprint(w, "\t", cell(r))
		}
		fmt.Fprintln(w)
	}
	row("policy", func(r compared) string { return r.choice })
	var all []scenarios.Report
	for _, r := range reports {
		all = append(all, r.Report)
	}
	for _, name := range verdictNames(all...) {
		row(name, func(r compared) string { return cmp.Or(r.Verdicts[name].Verdict, "-") })
	}
	row("answered", func(r compared) string { return fmt.Sprintf("%d of %d", r.Ops.OK, r.Ops.Invoked) })
	row("refused", func(r compared) string { return fmt.Sprint(r.Ops.Refused) })
	row("unknown", func(r compared) string { return fmt.Sprint(r.Ops.Unknown) })
	row("messages", func(r compared) string { return fmt.Sprint(r.Messages.Sent) })
	for _, name := range sharedMetrics(reports) {
		row(name, func(r compared) string { return fmt.Sprint(r.Metrics[name]) })
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range reports {
		for _, name := range verdictNames(r.Report) {
			if v := r.Verdicts[name]; v.Verdict != "yes" {
				fmt.Fprintf(a.out, "\n%s, %s: %s\n  %s\n", r.choice, name, v.Verdict, v.Witness)
			}
		}
	}
	return nil
}

// verdictNames lists the verdicts of some reports in the order in which checks are listed:
// those of every run, then the others.
func verdictNames(reports ...scenarios.Report) []string {
	var rest []string
	for _, r := range reports {
		for name := range r.Verdicts {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	var names, order []string
	if spec, ok := labs.Catalog.Find(reports[0].Policy); ok {
		order = scenarios.VerdictOrder(policies.Choice{Spec: spec, Params: reports[0].Params})
	}
	for _, name := range slices.Concat(order, check.Names(), rest) {
		if slices.Contains(rest, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// sharedMetrics lists the figures that every policy has.
func sharedMetrics(reports []compared) []string {
	var names []string
	for name := range reports[0].Metrics {
		if name == "messages" {
			continue
		}
		everywhere := true
		for _, r := range reports {
			_, ok := r.Metrics[name]
			everywhere = everywhere && ok
		}
		if everywhere {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}
