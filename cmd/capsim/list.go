package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"capsim/scenarios"
)

// teachersPage is where the course's notes for teachers begin, in the repository.
const teachersPage = "docs/course/README.md"

func (a *app) listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the lessons of the library, as a course of three levels",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.flags.json {
				return a.listJSON()
			}
			return a.list()
		},
	}
}

// list prints the lessons by levels; a lesson's number is one that run and tui take.
func (a *app) list() error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	lessons, minutes := 0, 0
	for i, level := range scenarios.Course() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s\n", level.Name, lessonsIn(len(level.Lessons), level.Minutes))
		for _, item := range level.Lessons {
			lessons++
			fmt.Fprintf(w, "%4d  %s\t%3d min\t%s\n", lessons, item.Name, item.Minutes, item.Title)
		}
		minutes += level.Minutes
	}
	fmt.Fprintf(w, "\nTogether: %s. A teacher's notes on each, exercises and their\nsolutions: %s\n", lessonsIn(lessons, minutes), teachersPage)
	return w.Flush()
}

func lessonsIn(n, minutes int) string { return fmt.Sprintf("%d lessons, %d min", n, minutes) }

// listJSON prints a line a lesson, in the same order.
func (a *app) listJSON() error {
	for i, item := range scenarios.Library() {
		err := a.printJSON(map[string]any{
			"number": i + 1, "name": item.Name, "title": item.Title, "summary": item.Summary,
			"minutes": item.Minutes, "level": item.Level, "teaches": item.Teaches,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
