package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"capsim/check"
	"capsim/scenarios"
)

func (a *app) runCommand() *cobra.Command {
	var checks []string
	cmd := &cobra.Command{
		Use:   "run FILE|NAME…",
		Short: "Run scenarios without a terminal, and judge them",
		Long: `Runs each scenario and prints its story, its verdicts and its expectations.

Exit code: 0 all expectations hold, 1 one fails, 2 one can't be decided, 3 the input is
wrong, 4 the environment failed; of several files the first of 4, 3, 1, 2 that occurred.`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeScripts,
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.flags.trace != "" && len(args) > 1 {
				return inputError(errors.New("--trace takes one scenario: the second would write over the first's"))
			}
			also, err := alsoJudged(checks)
			if err != nil {
				return err
			}
			worst := scenarios.ExitOK
			for _, arg := range args {
				err := a.runOne(cmd.Context(), arg, also)
				if cmd.Context().Err() != nil && err != nil {
					return err
				}
				if err != nil {
					worst = worse(worst, a.report(err))
				}
			}
			return codeOnly(worst)
		},
	}
	alsoFlag(cmd, &checks)
	return cmd
}

// alsoFlag adds --checks of a run, which does not change what it exits with.
func alsoFlag(cmd *cobra.Command, checks *[]string) {
	cmd.Flags().StringArrayVar(checks, "checks", nil, "judge these, too: `checks` as expect names them, with commas, or all that take no argument")
	_ = cmd.RegisterFlagCompletionFunc("checks", cobra.FixedCompletions(append(check.Names(), scenarios.AllChecks), cobra.ShellCompDirectiveNoFileComp))
}

// alsoJudged reads it.
func alsoJudged(checks []string) ([]scenarios.AskedCheck, error) {
	if checks == nil {
		return nil, nil
	}
	also, err := scenarios.ParseChecks(strings.Join(checks, ","))
	if err != nil {
		return nil, inputError(fmt.Errorf("--checks %w", err))
	}
	return also, nil
}

// report prints an error and returns its exit code.
func (a *app) report(err error) int {
	var e exitError
	if !errors.As(err, &e) {
		e = exitError{scenarios.ExitInput, err}
	}
	if e.err != nil {
		fmt.Fprintln(a.errs, e.err)
	}
	return e.code
}

func codeOnly(code int) error {
	if code == scenarios.ExitOK {
		return nil
	}
	return exitError{code: code}
}

// worse returns the code that counts more: 4, 3, 1, 2, 0.
func worse(a, b int) int {
	rank := [...]int{scenarios.ExitOK: 0, scenarios.ExitUnknown: 1, scenarios.ExitFailed: 2, scenarios.ExitInput: 3, scenarios.ExitEnv: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// exitInterrupted is the exit code of a run that was interrupted, as shells have it.
const exitInterrupted = 130

// interrupted says how far a run came that a signal ended.
func interrupted(s *scenarios.Session) error {
	return exitError{exitInterrupted, fmt.Errorf("interrupted at %v of %v; a trace file keeps what happened up to there", s.Now(), s.End())}
}

func (a *app) runOne(ctx context.Context, arg string, also []scenarios.AskedCheck) (err error) {
	script, err := a.load(arg)
	if err != nil {
		return err
	}
	a.warn(script)
	sink, closeSink, err := a.traceSink("")
	if err != nil {
		return err
	}
	defer closeSink()
	s, err := scenarios.Open(script, scenarios.Options{Run: runID(), Trace: sink, Program: program + " " + version()})
	if err != nil {
		return failed(err)
	}
	defer func() {
		if closing := s.Close(); closing != nil && err == nil {
			err = failed(closing)
		}
	}()
	if err := s.RunWhile(func() bool { return ctx.Err() == nil }); err != nil {
		return failed(err)
	}
	if !s.Over() {
		return interrupted(s)
	}
	rep := s.Report(also...)
	if a.flags.json {
		err = a.printJSON(rep)
	} else {
		err = a.printRun(s, rep)
	}
	if err != nil {
		return err
	}
	return codeOnly(rep.Exit)
}

// traceSink opens the file of --trace, with more at the end of its name; nil if none
// is asked for.
func (a *app) traceSink(more string) (w io.Writer, closeFile func(), err error) {
	if a.flags.trace == "" {
		return nil, func() {}, nil
	}
	f, err := os.Create(a.flags.trace + more)
	if err != nil {
		return nil, nil, environmentError(fmt.Errorf("the trace can't be written: %w", err))
	}
	return f, func() { _ = f.Close() }, nil
}

// warn prints what can be run, and may not do what was meant.
func (a *app) warn(s *scenarios.Script) {
	for _, w := range s.Warnings {
		fmt.Fprintf(a.errs, "warning: %v\n", w)
	}
}

// failed tells wrong input from a failed environment.
func failed(err error) error {
	var problems scenarios.Problems
	var input *scenarios.InputError
	switch {
	case errors.As(err, &problems), errors.As(err, &input):
		return inputError(err)
	}
	return environmentError(err)
}

// written says that output could not be written, if so.
func written(err error) error {
	if err != nil {
		return environmentError(fmt.Errorf("the output can't be written: %w", err))
	}
	return nil
}

// runID names a run in the keys of real servers.
func runID() string {
	return strconv.FormatInt(time.Now().UnixNano(), 36) + "-" + strconv.Itoa(os.Getpid())
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	return written(e.Encode(v))
}
