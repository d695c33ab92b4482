package scenarios

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"capsim/model"
)

// TestErrors compares what is said of scripts that are wrong. A file's name is the
// script's with .txt behind; it holds the script, a line "-- errors --", and what is
// said, in which … stands for any text: lists that grow stay out of these files.
func TestErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script, want, ok := strings.Cut(string(src), "-- errors --\n")
			if !ok {
				t.Fatal("no line -- errors --")
			}
			got := ""
			s, err := Parse(name, []byte(script))
			if err != nil {
				got = err.Error() + "\n"
			} else {
				for _, w := range s.Warnings {
					got += "warning: " + w.Error() + "\n"
				}
			}
			compareLines(t, got, want)
		})
	}
}

// compareLines compares line by line; … in what is wanted stands for any text.
func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var gl, wl string
		if i < len(g) {
			gl = g[i]
		}
		if i < len(w) {
			wl = w[i]
		}
		pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(wl), "…", ".*") + "$"
		if !regexp.MustCompile(pattern).MatchString(gl) {
			t.Errorf("line %d\n got %s\nwant %s", i+1, gl, wl)
		}
	}
}

// TestNoScript refuses what is no script at all.
func TestNoScript(t *testing.T) {
	many := strings.Repeat("frobnicate\n", 60)
	for _, c := range []struct {
		name, src, want string
	}{
		{"a.capsim", "", "a.capsim:1:1: read a file without a statement, expected a statement, as: at 0s alice@n1 SET cart milk"},
		{"a.capsim", "# nothing\n\nuse seed 1\n", "a.capsim:1:1: read a file without a statement, …"},
		{"a.capsim", "heal\nsay \"\x00\"", `a.capsim:2:6: read "\x00", expected text: this file is binary`},
		{"a.capsim", "\x7fELF\xff", `a.capsim:1:1: read "\x7f", expected no control character; …`},
		{"a.capsim", "\x7fELF\x02\x00", `a.capsim:1:1: read "\x7f", expected text: this file is binary`},
		{"a.capsim", "say é\xff", `a.capsim:1:6: read "\xff", expected text in UTF-8: this file is binary, or in another encoding`},
		{"a.capsim", "say a\rb", `a.capsim:1:6: read "\r", expected no control character; …`},
		{"a.capsim", strings.Repeat(" ", 1<<20) + "x", "a.capsim:1:1: read 1048577 bytes, expected a script of at most 1 MiB"},
		{"a.md", "---\ntitle: x\n---\nno script", "a.md:1:1: read a file without a statement, expected a block marked ```capsim, with a statement in it"},
		{"a.md", "# x", "a.md:1:1: read no front matter, expected a lesson to begin with a line ---, front matter with title, summary, teaches, minutes, level, order, and a line ---"},
	} {
		_, err := Parse(c.name, []byte(c.src))
		if err == nil {
			t.Errorf("%q: no error", c.src)
			continue
		}
		compareLines(t, err.Error(), c.want)
	}
	_, err := Parse("a\x1b", []byte(`bob@n1 "G\x1b\n\xff"`))
	compareLines(t, err.Error(), `"a\x1b":1:8: read "\"G\\x1b\\n\\xff\"", expected a command: … (ERR unknown command 'G\x1b\n\xff')`)
	_, err = Parse("a", []byte(many))
	if n := strings.Count(err.Error(), "\n"); n != 50 || !strings.HasSuffix(err.Error(), "\nand 10 more") {
		t.Errorf("%d lines, ending %q", n, err.Error()[len(err.Error())-20:])
	}
	if ps, ok := err.(Problems); !ok || len(ps) != 60 {
		t.Errorf("%T of %d", err, len(ps))
	}
}

// TestLongestScript reads a script of just the longest length, in reasonable time.
func TestLongestScript(t *testing.T) {
	src := bytes.Repeat([]byte("a@n1 GET k\n"), 1<<20/11)
	if _, err := Parse("a", src); err != nil {
		t.Error(err)
	}
	src = append([]byte("heal "), bytes.Repeat([]byte("x "), 1<<19-3)...)
	if _, err := Parse("a", src); err == nil {
		t.Error("no error")
	}
}

// TestCommandErrors says of every command with too few arguments what Redis says.
func TestCommandErrors(t *testing.T) {
	for _, c := range model.Commands {
		if c.Min == 0 || c.System {
			continue
		}
		name := strings.ToLower(c.Name)
		_, err := Parse("a", []byte("bob@n1 "+name))
		want := fmt.Sprintf("a:1:8: read %q, expected %s (ERR wrong number of arguments for '%s' command)", name, c.Usage, name)
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

// TestNearest guesses what was meant, and doesn't guess wildly.
func TestNearest(t *testing.T) {
	known := []string{"partition", "cut", "heal", "delay", "pause", "pause-here", "cp", "ap", "base", "GET", "SET"}
	for got, want := range map[string]string{
		"partiton": "partition", "PARTITION": "partition", "parttiion": "partition", "part": "partition",
		"hael": "heal", "heall": "heal", "pc": "cp", "ca": "", "x": "", "duplicate": "", "slow": "", "gett": "GET",
		"paus": "pause", "partition": "", "": "", strings.Repeat("heal", 100): "",
	} {
		if near := nearest(got, known); near != want {
			t.Errorf("%q: got %q, want %q", got, near, want)
		}
	}
}

// TestDistance compares the distance with the recursive definition.
func TestDistance(t *testing.T) {
	var slow func(a, b string) int
	slow = func(a, b string) int {
		if a == "" || b == "" {
			return len(a) + len(b)
		}
		la, lb := len(a)-1, len(b)-1
		cost := 1
		if a[la] == b[lb] {
			cost = 0
		}
		d := min(slow(a[:la], b)+1, slow(a, b[:lb])+1, slow(a[:la], b[:lb])+cost)
		if la > 0 && lb > 0 && a[la] == b[lb-1] && a[la-1] == b[lb] {
			d = min(d, slow(a[:la-1], b[:lb-1])+1)
		}
		return d
	}
	words := []string{""}
	for i := 0; len(words[i]) < 4; i++ {
		words = append(words, words[i]+"a", words[i]+"b", words[i]+"c")
	}
	for i := 0; i < len(words); i += 3 {
		for j := 0; j < len(words); j += 2 {
			if got, want := distance(words[i], words[j]), slow(words[i], words[j]); got != want {
				t.Fatalf("%q %q: got %d, want %d", words[i], words[j], got, want)
			}
		}
	}
}
