package main

import (
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"capsim/tui/canvas"
)

// app is the program with what it reads and writes, and the flags that its
// commands share.
type app struct {
	in    io.Reader
	out   io.Writer
	errs  io.Writer
	flags flags
}

// flags are the common ones.
type flags struct {
	policy, store, trace string
	seed                 string
	nodes                string
	input                string
	json, plain, noColor bool
	ascii, noState       bool
	theme                string
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "capsim",
		Short: "Break a small replicated Redis, and watch what CP, AP and BASE do then",
		Long: `capsim runs three replicated Redis nodes behind a simulated network. Cut links, delay
messages, crash nodes, toggle the replication policy, and watch each node's version
of every key diverge and converge, with a measured verdict: was it linearizable, who
was answered, which acknowledged write is gone, and why.

Without a command it opens the terminal program on the lesson of replication. Everything is
deterministic: the same script and seed give the same trace, byte for byte.`,
		Example: `  capsim                                  the terminal program
  capsim run cap-proof --policy cp        a lesson without a terminal
  capsim compare cap-proof --policies 'cp,ap,base'
  capsim list                             the lessons`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
		RunE:          func(cmd *cobra.Command, _ []string) error { return a.tui(cmd.Context(), "") },
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	f := root.PersistentFlags()
	f.StringVar(&a.flags.policy, "policy", "", "replace the script's policy: a `policy` and its parameters, as 'ap conflict=siblings'")
	f.StringVar(&a.flags.seed, "seed", "", "replace the script's `seed`: the root of all chance")
	f.StringVar(&a.flags.store, "store", "", "replace the script's `store`: miniredis, memory, spawn, or one redis://host:port a node, with commas")
	f.StringVar(&a.flags.nodes, "nodes", "", "replace the script's count of nodes: `1..9`, in some labs up to 1000000")
	f.StringVar(&a.flags.input, "input", "", "give a lab this `file`'s text to work on, of at most 4 MiB, wherever it lies")
	f.StringVar(&a.flags.trace, "trace", "", "write the trace to this `file` as the run goes on (compare: one a policy, its name added)")
	f.BoolVar(&a.flags.json, "json", false, "print one JSON object a line")
	f.BoolVar(&a.flags.plain, "plain", os.Getenv("ACCESSIBLE") == "1", "lines of text with prompts instead of a screen, for screen readers and pipes (also: ACCESSIBLE=1)")
	f.BoolVar(&a.flags.noColor, "no-color", false, "no colours")
	f.BoolVar(&a.flags.ascii, "ascii", false, "borders and marks in ASCII")
	f.StringVar(&a.flags.theme, "theme", "auto", "`colours` of the screen: "+strings.Join(canvas.Themes, ", "))
	f.BoolVar(&a.flags.noState, "no-state", false, "keep nothing of what was done with the lessons from one session to the next")
	_ = root.RegisterFlagCompletionFunc("policy", completePolicies)
	_ = root.RegisterFlagCompletionFunc("nodes", cobra.FixedCompletions([]string{"3", "5", "7", "9"}, cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(canvas.Themes, cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("store", cobra.FixedCompletions([]string{"miniredis", "memory", "spawn"}, cobra.ShellCompDirectiveNoFileComp))
	root.AddCommand(a.tuiCommand(), a.runCommand(), a.replayCommand(), a.compareCommand(),
		a.sweepCommand(), a.stalenessCommand(), a.checkCommand(), a.fmtCommand(), a.listCommand(), a.showCommand())
	return root
}

// version names the program in traces and in --version.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return info.Main.Version
}

const program = "capsim"
