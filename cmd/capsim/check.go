package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"capsim/check"
	"capsim/check/foreign"
	"capsim/scenarios"
)

// checkFlags are what `capsim check` may be told.
type checkFlags struct {
	names       []string
	model, init string
	html        string
	steps       int
}

func (a *app) checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Judge a trace, or a history that another program wrote",
		Long:  checkHelp(),
		Example: `  capsim check my.trace                             a run of capsim's
  capsim check my.trace --checks 'linearizable cart,available'
  capsim check history.edn                          Jepsen's history.edn
  capsim check etcd_002.log --html etcd.html        an older Jepsen log, with a picture
  capsim check mine.jsonl --model register --init 0 --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeHistories,
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := a.judged(args[0], f)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("checks") {
				f.names = j.defaults
			}
			return a.check(j, f)
		},
	}
	cmd.Flags().StringArrayVar(&f.names, "checks", nil, "what to judge: `checks` as expect names them, with commas, or all (default: all that take no argument; of a history of another program linearizable)")
	cmd.Flags().StringVar(&f.model, "model", "", "what the history's operations act on: `"+strings.Join(foreign.ModelNames(), "|")+"` (default: by what they are)")
	cmd.Flags().StringVar(&f.init, "init", "", "what each key of the history holds at first: a `value` as the history writes it, or nil (default: nil; of a counter 0)")
	cmd.Flags().StringVar(&f.html, "html", "", "write porcupine's interactive picture of the history to this `file`")
	cmd.Flags().IntVar(&f.steps, "steps", foreign.Steps, "how far the search for an order may go in a history of another program, before it is unknown")
	_ = cmd.RegisterFlagCompletionFunc("checks", cobra.FixedCompletions(check.Names(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("model", cobra.FixedCompletions(foreign.ModelNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// judged is a history and what there is to say of its file.
type judged struct {
	*check.History
	report   checkReport
	heading  string           // "" of a trace
	lines    *foreign.History // nil of a trace
	defaults []string         // the checks if none are asked for
}

// checkReport is what `capsim check --json` prints.
type checkReport struct {
	File   string `json:"file"`
	Format string `json:"format"`
	Model  string `json:"model,omitempty"`
	Why    string `json:"model_because,omitempty"`
	Init   string `json:"init,omitempty"`
	*foreign.Counts
	Verdicts map[string]checkVerdict `json:"verdicts"`
	Exit     int                     `json:"exit"`
}

// checkVerdict is a verdict with its witness: in a trace events, in another history
// lines of its file.
type checkVerdict struct {
	Verdict string `json:"verdict"`
	Witness string `json:"witness"`
	Events  []int  `json:"events,omitempty"`
	Lines   []int  `json:"lines,omitempty"`
}

// check judges and prints.
func (a *app) check(j *judged, f checkFlags) error {
	todo, err := scenarios.ParseChecks(strings.Join(f.names, ","))
	if err != nil {
		return inputError(fmt.Errorf("--checks %w", err))
	}
	if j.lines != nil {
		todo, err = canBeJudged(todo, slices.Contains(f.names, scenarios.AllChecks))
		if err != nil {
			return err
		}
	}
	if !a.flags.json && j.heading != "" {
		fmt.Fprintln(a.out, j.heading)
	}
	j.report.Verdicts = map[string]checkVerdict{}
	for _, t := range todo {
		found := t.Test(j.History)
		j.report.Exit = worse(j.report.Exit, verdictCode(found.Verdict))
		v := checkVerdict{Verdict: found.Verdict.String(), Witness: found.Witness, Events: found.Events}
		if j.lines != nil {
			v.Events, v.Lines = nil, j.lines.Lines(found.Events)
		}
		j.report.Verdicts[t.Text] = v
		if !a.flags.json {
			if _, err := fmt.Fprintf(a.out, "%-22s %-8s %s\n", t.Text, v.Verdict, v.Witness); err != nil {
				return written(err)
			}
		}
	}
	if f.html != "" {
		if err := a.picture(j, f.html); err != nil {
			return err
		}
	}
	if a.flags.json {
		if err := a.printJSON(j.report); err != nil {
			return err
		}
	}
	return codeOnly(j.report.Exit)
}

// canBeJudged returns the checks that need not know what nodes did: an error names one
// that does, but for those that `all` stands for.
func canBeJudged(todo []scenarios.AskedCheck, all bool) ([]scenarios.AskedCheck, error) {
	var can []scenarios.AskedCheck
	for _, t := range todo {
		switch {
		case slices.Contains(foreign.Checks, t.Check.Name):
			can = append(can, t)
		case !all:
			return nil, inputError(fmt.Errorf("--checks %s: it needs to know what nodes did; a history of another program can be judged by %s",
				t.Text, strings.Join(known(foreign.Checks), ", ")))
		}
	}
	return can, nil
}

// known returns those of the names that are checks.
func known(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { _, ok := check.Find(n); return !ok })
}

// picture writes the history as a page.
func (a *app) picture(j *judged, path string) error {
	out, err := os.Create(path)
	if err != nil {
		return environmentError(fmt.Errorf("--html: %w", err))
	}
	err = check.Picture(j.History, out)
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return environmentError(fmt.Errorf("--html %s: %w", path, err))
	}
	return nil
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
