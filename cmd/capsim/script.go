package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"capsim/labs"
	"capsim/scenarios"
)

// maxScript is the largest script file, in bytes.
const maxScript = 1 << 20

// load reads a script: an argument with a / or a . is a file, else a name of the
// library. Flags replace what the script sets.
func (a *app) load(arg string, more ...scenarios.Override) (*scenarios.Script, error) {
	with, err := a.overrides()
	if err != nil {
		return nil, inputError(err)
	}
	with = append(with, more...)
	if !strings.ContainsAny(arg, "/.") {
		item, err := scenarios.Find(arg)
		if err != nil {
			return nil, inputError(err)
		}
		s, err := scenarios.ParseWith(item.File, item.Source, with...)
		return s, wrapInput(err)
	}
	src, err := readScript(arg)
	if err != nil {
		return nil, inputError(err)
	}
	s, err := scenarios.ParseFiles(arg, src, filesBeside(arg), with...)
	return s, wrapInput(err)
}

// filesBeside reads the files that a script names, which lie beside it.
func filesBeside(script string) scenarios.Files {
	return func(name string) ([]byte, error) {
		f, err := os.OpenInRoot(filepath.Dir(script), filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readInput(name, f)
	}
}

// readInput reads a file of at most scenarios.MaxInput bytes.
func readInput(name string, f io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f, scenarios.MaxInput+1))
	if err == nil && len(data) > scenarios.MaxInput {
		err = fmt.Errorf("%s: larger than %d MiB", name, scenarios.MaxInput>>20)
	}
	return data, err
}

func wrapInput(err error) error {
	if err != nil {
		return inputError(err)
	}
	return nil
}

// overrides are the settings that flags replace.
func (a *app) overrides() (with []scenarios.Override, err error) {
	add := func(flag, word, value string) {
		if value != "" {
			with = append(with, scenarios.Override{From: "--" + flag, Text: word + " " + value})
		}
	}
	add("nodes", "nodes", a.flags.nodes)
	add("policy", "policy", a.flags.policy)
	add("seed", "seed", a.flags.seed)
	add("store", "store", a.flags.store)
	if a.flags.input != "" {
		f, err := os.Open(a.flags.input)
		if err != nil {
			return nil, fmt.Errorf("--input: %w", err)
		}
		defer f.Close()
		data, err := readInput(a.flags.input, f)
		if err != nil {
			return nil, fmt.Errorf("--input: %w", err)
		}
		with = append(with, scenarios.InputFrom("--input", a.flags.input, data))
	}
	return with, nil
}

// readScript reads a file of at most maxScript bytes.
func readScript(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file; a lesson of the library is named without a dot or slash (capsim list)", path)
		}
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: is a directory, expected a script (.capsim) or a lesson (.md)", path)
	}
	src, err := io.ReadAll(io.LimitReader(f, maxScript+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(src) > maxScript {
		return nil, fmt.Errorf("%s: larger than 1 MiB, expected a script", path)
	}
	return src, nil
}

// completeScripts completes a lesson's name, or a file's.
func completeScripts(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, item := range scenarios.Library() {
		names = append(names, item.Name+"\t"+item.Title)
	}
	return names, cobra.ShellCompDirectiveDefault
}

// completeTraces completes a trace file's name.
func completeTraces(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"trace"}, cobra.ShellCompDirectiveFilterFileExt
}

func completePolicies(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range labs.Catalog {
		names = append(names, s.Name+"\t"+s.Summary)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
