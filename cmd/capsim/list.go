package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"capsim/scenarios"
)

func (a *app) listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the lessons of the library",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.flags.json {
				for _, item := range scenarios.Library() {
					if err := a.printJSON(map[string]any{"name": item.Name, "title": item.Title, "summary": item.Summary, "minutes": item.Minutes, "level": item.Level}); err != nil {
						return err
					}
				}
				return nil
			}
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, item := range scenarios.Library() {
				fmt.Fprintf(w, "%s\t%d min\t%s\n", item.Name, item.Minutes, item.Title)
			}
			return w.Flush()
		},
	}
}
