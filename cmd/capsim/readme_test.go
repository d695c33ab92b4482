package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// TestReadmeRunIsCurrent compares the run that the README explains with what the
// program prints.
func TestReadmeRunIsCurrent(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## A failing run, line by line")
	_, block, _ := strings.Cut(section, "```text\n")
	block, _, found := strings.Cut(block, "```")
	if !found {
		t.Fatal("README.md has no run to explain")
	}
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"run", "cap-proof"}, nil, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	rest := out.String()
	for _, line := range strings.Split(block, "\n") {
		_, after, found := strings.Cut(rest, line+"\n")
		if line != "" && !found {
			t.Errorf("the program does not print, or not here: %s", line)
			continue
		}
		rest = after
	}
}
