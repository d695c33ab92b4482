package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"capsim/scenarios"
)

func (a *app) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE|NAME…",
		Short: "Run scenarios without a terminal, and judge them",
		Long: `Runs each scenario and prints its story, its verdicts and its expectations.

Exit code: 0 all expectations hold, 1 one fails, 2 one can't be decided, 3 the input is
wrong, 4 the environment failed; of several files the first of 4, 3, 1, 2 that occurred.`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeScripts,
		RunE: func(_ *cobra.Command, args []string) error {
			worst := scenarios.ExitOK
			for _, arg := range args {
				if err := a.runOne(arg); err != nil {
					worst = worse(worst, a.report(err))
				}
			}
			return codeOnly(worst)
		},
	}
	cmd.Flags().StringVar(&a.flags.trace, "trace", "", "write the trace to this file as the run goes on")
	return cmd
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

func (a *app) runOne(arg string) error {
	script, err := a.load(arg)
	if err != nil {
		return err
	}
	a.warn(script)
	var sink io.Writer
	if a.flags.trace != "" {
		f, err := os.Create(a.flags.trace)
		if err != nil {
			return environmentError(fmt.Errorf("the trace can't be written: %w", err))
		}
		defer f.Close()
		sink = f
	}
	s, err := scenarios.Open(script, scenarios.Options{Run: runID(), Trace: sink, Program: program + " " + version()})
	if err != nil {
		return failed(err)
	}
	err = s.Run()
	if err == nil {
		rep := s.Report()
		if a.flags.json {
			err = a.printJSON(rep)
		} else {
			a.printRun(s, rep)
		}
		err = errors.Join(err, codeOnly(rep.Exit))
	} else {
		err = failed(err)
	}
	if closing := s.Close(); closing != nil && err == nil {
		err = failed(closing)
	}
	return err
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

// runID names a run in the keys of real servers.
func runID() string {
	return strconv.FormatInt(time.Now().UnixNano(), 36) + "-" + strconv.Itoa(os.Getpid())
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
