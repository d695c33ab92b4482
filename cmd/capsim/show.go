package main

import (
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/charmbracelet/glamour"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"capsim/labs"
	"capsim/policies"
	"capsim/scenarios"
)

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Show a lesson, a policy, a lab, the checks, or the language",
		Long: `Shows a lesson of the library as it is written, what a policy or lab does and promises, their
tables (show policies, show labs), what the checks judge and by whose definition (show checks), what
can be made to happen under which policy (show anomalies), or the reference of the script
language (show language).`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
			names, _ := completeScripts(cmd, args, part)
			specs, _ := completePolicies(cmd, args, part)
			return append(append(names, specs...), "policies\ttheir table", "labs\ttheir table", "checks\twhat each judges", "anomalies\twhat can be made to happen", "language\tthe script language"), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			switch args[0] {
			case "language":
				_, err := fmt.Fprint(a.out, scenarios.Reference())
				return err
			case "checks":
				_, err := fmt.Fprint(a.out, scenarios.Definitions())
				return err
			case "anomalies":
				table, err := scenarios.AnomalyTable()
				if err != nil {
					return err
				}
				return a.showMarkdown(table, []byte(table))
			case "policies":
				return a.showMarkdown(policies.Specs.Table(), []byte(policies.Specs.Table()))
			case "labs":
				return a.showMarkdown(labs.Specs.Table(), []byte(labs.Specs.Table()))
			}
			if spec, ok := labs.Catalog.Find(args[0]); ok {
				also := ""
				if item, err := scenarios.Find(args[0]); err == nil {
					file := path.Base(item.File)
					also = fmt.Sprintf("\nA lesson bears this name, too: capsim show %s, capsim run %s.\n", strings.TrimSuffix(file, path.Ext(file)), item.Name)
				}
				_, err := fmt.Fprint(a.out, spec.Page(), also)
				return err
			}
			item, err := scenarios.Find(args[0])
			if err != nil {
				return inputError(fmt.Errorf("%w; or a policy or lab: %v; or policies, labs, checks, anomalies, language", err, labs.Catalog.Names()))
			}
			return a.showLesson(item)
		},
	}
}

func (a *app) showLesson(item scenarios.Item) error {
	return a.showMarkdown(item.Markdown, item.Source)
}

// showMarkdown renders a page on a terminal; elsewhere its source is written as it
// stands, so that it can be kept as a file.
func (a *app) showMarkdown(markdown string, source []byte) error {
	f, ok := a.out.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) || a.flags.plain || markdown == "" {
		_, err := a.out.Write(source)
		return err
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		width = 80
	}
	style := glamour.WithAutoStyle()
	if a.flags.noColor || os.Getenv("NO_COLOR") != "" {
		style = glamour.WithStandardStyle("notty")
	}
	r, err := glamour.NewTermRenderer(style, glamour.WithWordWrap(min(width, 100)))
	if err != nil {
		return err
	}
	page, err := r.Render(markdown)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(a.out, page)
	return err
}
