package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"capsim/check"
	"capsim/scenarios"
)

func (a *app) checkCommand() *cobra.Command {
	var names []string
	cmd := &cobra.Command{
		Use:   "check FILE.trace",
		Short: "Judge a trace",
		Long: `Judges the history in a trace file. Exit code: 0 all checks asked for hold, 1 one doesn't,
2 one is unknown, 3 the file can't be read.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeTraces,
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := a.readTrace(args[0])
			if err != nil {
				return err
			}
			h, err := scenarios.HistoryOf(f)
			if err != nil {
				return inputError(err)
			}
			code := scenarios.ExitOK
			for _, name := range names {
				c, test, err := check.Parse(strings.Fields(name))
				if err != nil {
					return inputError(fmt.Errorf("--checks %s: %w", name, err))
				}
				found := test(h)
				code = worse(code, verdictCode(found.Verdict))
				if err := a.printFinding(c.Name, found); err != nil {
					return err
				}
			}
			return codeOnly(code)
		},
	}
	cmd.Flags().StringSliceVar(&names, "checks", scenarios.VerdictOrder(), "what to judge: checks as `expect` names them, with commas")
	_ = cmd.RegisterFlagCompletionFunc("checks", cobra.FixedCompletions(check.Names(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func verdictCode(v check.Verdict) int {
	switch v {
	case check.Yes:
		return scenarios.ExitOK
	case check.No:
		return scenarios.ExitFailed
	}
	return scenarios.ExitUnknown
}

func (a *app) printFinding(name string, f check.Finding) error {
	if a.flags.json {
		return a.printJSON(map[string]any{"check": name, "verdict": f.Verdict.String(), "witness": f.Witness, "events": f.Events})
	}
	_, err := fmt.Fprintf(a.out, "%-18s %-8s %s\n", name, f.Verdict, f.Witness)
	return err
}
