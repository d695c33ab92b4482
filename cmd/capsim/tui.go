package main

import (
	"context"
	"errors"
	"syscall"

	"github.com/spf13/cobra"

	"capsim/policies"
	"capsim/scenarios"
	"capsim/tui"
)

func (a *app) tuiCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "tui [FILE|NAME]",
		Short:             "Open the terminal program on a scenario",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeScripts,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			return a.tui(cmd.Context(), name)
		},
	}
}

// tui opens the terminal program; without a name, on the first lesson.
func (a *app) tui(ctx context.Context, name string) error {
	if name == "" {
		name = scenarios.Library()[0].Name
	}
	script, err := a.load(name)
	if err != nil {
		return err
	}
	a.warn(script)
	closeSink := func() {}
	open := func() (*scenarios.Session, error) {
		closeSink() // a reset begins the file anew
		sink, closer, err := a.traceSink("")
		if err != nil {
			return nil, err
		}
		closeSink = closer
		return scenarios.Open(script, scenarios.Options{Run: runID(), Program: program + " " + version(), Trace: sink, Interactive: true})
	}
	defer func() { closeSink() }()
	err = tui.Run(ctx, open, tui.Options{
		Plain: a.flags.plain, NoColor: a.flags.noColor, ASCII: a.flags.ascii,
		In: a.in, Out: a.out, Policies: offered(),
	})
	var by tui.SignalError
	switch {
	case errors.Is(err, tui.ErrNoTerminal):
		return environmentError(err)
	case errors.As(err, &by):
		if n, ok := by.Signal.(syscall.Signal); ok {
			return exitError{128 + int(n), err} // as shells have it
		}
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// offered lists the policies for the palette: all of them by themselves, then each with
// every word that one of its parameters may be.
func offered() []tui.Policy {
	var out []tui.Policy
	for _, s := range policies.Specs {
		out = append(out, tui.Policy{Choice: s.Name, Doc: s.Summary})
	}
	for _, s := range policies.Specs {
		for _, p := range s.Params {
			for _, v := range p.Values {
				if v != p.Default {
					out = append(out, tui.Policy{Choice: s.Name + " " + p.Name + "=" + v, Doc: p.Doc})
				}
			}
		}
	}
	return out
}
