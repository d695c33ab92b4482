package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"capsim/scenarios"
	"capsim/tui"
	"capsim/tui/canvas"
)

func (a *app) tuiCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tui [FILE|NAME]",
		Short: "Open the terminal program on a scenario",
		Long: `Opens the terminal program on a lesson of the library or a script of your own; without a
name on the lesson of replication. ? lists every key and word. What was done with the lessons is kept
in the user's state directory, for the next time; with --no-state nothing is.

With --plain, or ACCESSIBLE=1 in the environment, it is the same program as lines of text
with prompts, for screen readers and for pipes: help lists its words. The end of the input
ends it. Commands that were not saved are lost then.`,
		Example: `  capsim tui cap-proof
  capsim tui my.capsim --policy cp
  printf 'play\nno\nplay\nwhy\n' | capsim tui cap-proof --plain`,
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

// opening is the lesson that the terminal program opens without a name: what capsim is
// about. The course begins earlier, with what a network is.
const opening = "replication"

// tui opens the terminal program; without a name, on the lesson that opens.
func (a *app) tui(ctx context.Context, name string) error {
	if !slices.Contains(canvas.Themes, a.flags.theme) {
		return inputError(fmt.Errorf("--theme %q: there is no such theme; use %s", a.flags.theme, strings.Join(canvas.Themes, ", ")))
	}
	if name == "" {
		name = opening
	}
	script, err := a.load(name)
	if err != nil {
		return err
	}
	a.warn(script)
	closeSink := func() {}
	opener := func(script *scenarios.Script) func() (*scenarios.Session, error) {
		return func() (*scenarios.Session, error) {
			closeSink() // a reset, or another lesson, begins the file anew
			sink, closer, err := a.traceSink("")
			if err != nil {
				return nil, err
			}
			closeSink = closer
			return scenarios.Open(script, scenarios.Options{Run: runID(), Program: program + " " + version(), Trace: sink, Interactive: true})
		}
	}
	defer func() { closeSink() }()
	err = tui.Run(ctx, opener(script), tui.Options{
		Plain: a.flags.plain, NoColor: a.flags.noColor, ASCII: a.flags.ascii, Theme: a.flags.theme,
		In: a.in, Out: a.out, State: a.stateFile(),
		Lesson: func(name string) (func() (*scenarios.Session, error), error) {
			script, err := a.lesson(name)
			return opener(script), err
		},
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

// lesson reads a lesson that is opened after the first. Where the nodes keep their state
// is the same for all; policy, seed and nodes that flags set are the first one's.
func (a *app) lesson(name string) (*scenarios.Script, error) {
	item, err := scenarios.Find(name)
	if err != nil {
		return nil, err
	}
	var with []scenarios.Override
	if a.flags.store != "" {
		with = append(with, scenarios.Override{From: "--store", Text: "store " + a.flags.store})
	}
	return scenarios.ParseWith(item.File, item.Source, with...)
}

// stateFile is where the terminal program keeps which lessons were done, in the user's
// state directory (XDG Base Directory Specification 0.8); "" for nowhere.
func (a *app) stateFile() string {
	if a.flags.noState {
		return ""
	}
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) { // the specification says to ignore what is relative
		home, err := os.UserHomeDir()
		if err != nil || !filepath.IsAbs(home) {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, program, "progress.json")
}
