package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"capsim/scenarios"
	"capsim/trace"
)

func (a *app) replayCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "replay FILE.trace",
		Short: "Run again from a trace, and compare every event",
		Long: `Runs the script in the trace's header again, taking every statement from the trace, and
compares event by event. Exit code 0 if all are the same, 1 if one differs, 3 if the file
can't be read or its hash is wrong.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeTraces,
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := a.readTrace(args[0])
			if err != nil {
				return err
			}
			diff, err := scenarios.Replay(f, a.flags.store)
			if err != nil {
				return failed(err)
			}
			if a.flags.json {
				return a.replayJSON(f, diff)
			}
			if diff != nil {
				fmt.Fprintf(a.out, "differs at event %d\n  in the file: %s\n  now:         %s\n", diff.Event, diff.Was, diff.Is)
				if f.Header.Program != program+" "+version() {
					fmt.Fprintf(a.out, "the file was written by %s, this is %s %s\n", f.Header.Program, program, version())
				}
				return codeOnly(scenarios.ExitFailed)
			}
			fmt.Fprintf(a.out, "same: %d events, %s\n", f.Log.Len(), f.Hash)
			return nil
		},
	}
}

// readTrace reads a trace file, warning of one that was cut off.
func (a *app) readTrace(path string) (*trace.File, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, inputError(err)
	}
	defer r.Close()
	f, err := trace.Read(r)
	if err != nil {
		var where *trace.FormatError
		if errors.As(err, &where) {
			return nil, inputError(fmt.Errorf("%s: %w", path, where))
		}
		return nil, inputError(fmt.Errorf("%s: %w", path, err))
	}
	if f.Cut {
		fmt.Fprintf(a.errs, "warning: %s was cut off after %d events; it is judged up to there\n", path, f.Log.Len())
	}
	return f, nil
}

// replayJSON prints what a replay came to as one object.
func (a *app) replayJSON(f *trace.File, diff *scenarios.Difference) error {
	out := map[string]any{"same": diff == nil, "events": f.Log.Len(), "trace_sha256": f.Hash, "cut": f.Cut}
	if diff != nil {
		out["differs_at"], out["was"], out["is"] = diff.Event, diff.Was, diff.Is
	}
	if err := a.printJSON(out); err != nil || diff == nil {
		return err
	}
	return codeOnly(scenarios.ExitFailed)
}
