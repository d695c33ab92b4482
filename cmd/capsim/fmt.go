package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"capsim/scenarios"
)

func (a *app) fmtCommand() *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:   "fmt FILE…",
		Short: "Format scripts in place",
		Long: `Writes each script in canonical form: spaces, columns, comments kept. Of a Markdown
lesson only the blocks marked capsim. A file with errors stays as it is.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var failed error
			for _, path := range args {
				changed, err := format(path, !list)
				failed = errors.Join(failed, err)
				if list && changed {
					fmt.Fprintln(a.out, path)
				}
			}
			return wrapInput(failed)
		},
	}
	cmd.Flags().BoolVarP(&list, "list", "l", false, "only list the files that would change")
	return cmd
}

// format formats a file and tells whether that changes it.
func format(path string, write bool) (bool, error) {
	src, err := readScript(path)
	if err != nil {
		return false, err
	}
	if _, err := scenarios.ParseFiles(path, src, filesBeside(path)); err != nil {
		return false, err
	}
	out, err := scenarios.Format(path, src)
	if err != nil || bytes.Equal(out, src) {
		return false, err
	}
	if !write {
		return true, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	return true, os.WriteFile(path, out, info.Mode().Perm())
}
