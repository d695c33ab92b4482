package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// seeds adds scripts to a fuzz test: those of the library, those that are wrong,
// and forms that hide at edges.
func seeds(f *testing.F) {
	for _, item := range Library() {
		f.Add(true, string(item.Source))
		for _, fence := range fences(item.Markdown) {
			var lines []string
			for _, l := range fence.lines {
				lines = append(lines, item.Markdown[l.from:l.to])
			}
			f.Add(false, strings.Join(lines, "\n"))
		}
	}
	files, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no files", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.Contains(file, ".md."), string(src))
		for line := range strings.Lines(string(src)) {
			f.Add(false, line)
		}
	}
	for _, s := range []string{
		"a@n1 SET k \"\\x1b{i}\" # c", "every 1s from 0s to 3s a{i}@n{i} SET k {i}\"{i}\"", "a@n1 SADD s (a b) [x y] | nil \"nil\"",
		"expect value n1 k = [a \"b c\" (d #e]", "expect reply a = \"[x]\"", "say \"\u202e\"", "a@n1 SET \u200b k", "a@n1 SET k \\x41",
		"ask q *\"*\" | \"a|b\" | c|d", "a@n1 SET k 'a\\'b'", "a@n1 SET k f(\"a)\", 'b')", "every 1s from 0s to 2s expect value n{i} k = [\"{i} x\" {i}]",
	} {
		f.Add(false, s)
		f.Add(true, "---\ntitle: x\n---\n- a\n  ```capsim\n  "+s+"\n  ```\n")
	}
}

func fuzzName(lesson bool) string {
	if lesson {
		return "fuzz.md"
	}
	return "fuzz.capsim"
}

// FuzzParse: the parser never panics, its errors are Problems with a place, and
// what a script's canonical form is read as has the same canonical form.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, lesson bool, src string) {
		s, err := Parse(fuzzName(lesson), []byte(src))
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 || problems[0].Pos.Line < 1 || problems[0].Pos.Col < 1 {
				t.Fatalf("%#v", err)
			}
			if strings.ContainsFunc(strings.ReplaceAll(err.Error(), "\n", ""), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatalf("control characters in %q", err.Error())
			}
			return
		}
		text := s.String()
		again, err := Parse("again", []byte(text))
		if err != nil {
			t.Fatalf("%q\nas %q:\n%v", src, text, err)
		}
		if again.String() != text {
			t.Fatalf("%q\nis   %q\nthen %q", src, text, again.String())
		}
		for i := range s.Statements {
			sameStatement(t, s.Statements[i], again.Statements[i])
		}
	})
}

// sameStatement compares what statements do.
func sameStatement(t *testing.T, a, b Statement) {
	t.Helper()
	if a.At != b.At || a.Text != b.Text || (a.Every == nil) != (b.Every == nil) || a.Every != nil && *a.Every != *b.Every {
		t.Fatalf("%v is not %v", a, b)
	}
	switch x := a.Body.(type) {
	case Op:
		y := b.Body.(Op)
		if x.Client != y.Client || x.Node != y.Node || x.Command.Verb != y.Command.Verb || !slices.Equal(x.Command.Args, y.Command.Args) {
			t.Fatalf("%+v is not %+v", x, y)
		}
	case Fault:
		if y := b.Body.(Fault); x.Verb != y.Verb || !slices.Equal(x.Args, y.Args) {
			t.Fatalf("%+v is not %+v", x, y)
		}
	case Expect:
		y := b.Body.(Expect)
		if !slices.Equal(x.Under, y.Under) || (x.Within == nil) != (y.Within == nil) || x.AtEnd != y.AtEnd || x.Not != y.Not ||
			x.Check != y.Check || !slices.Equal(x.Words, y.Words) {
			t.Fatalf("%+v is not %+v", x, y)
		}
	case Say, Pause, End:
		if a.Body != b.Body {
			t.Fatalf("%+v is not %+v", x, b.Body)
		}
	case Ask:
		if y := b.Body.(Ask); x.Question != y.Question || x.Right != y.Right || !slices.Equal(x.Answers, y.Answers) {
			t.Fatalf("%+v is not %+v", x, y)
		}
	}
	if a.Every != nil {
		for _, i := range []int{1, a.Every.Count()} {
			x, err := a.Occurrence(i)
			y, err2 := b.Occurrence(i)
			if err != nil || err2 != nil || x.Every != nil {
				t.Fatalf("occurrence %d of %v: %v, %v", i, a, err, err2)
			}
			sameStatement(t, x, y)
		}
	}
}

// FuzzFormat: formatting twice changes nothing more, keeps the number of comments,
// and the formatted script does the same.
func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, lesson bool, src string) {
		name := fuzzName(lesson)
		once, err := Format(name, []byte(src))
		if err != nil {
			return
		}
		twice, err := Format(name, once)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%q\nonce  %q\ntwice %q %v", src, once, twice, err)
		}
		before, err := Parse(name, []byte(src))
		if err != nil {
			return
		}
		after, err := Parse(name, once)
		if err != nil || before.String() != after.String() {
			t.Fatalf("%q\nbecame %q: %v", src, once, err)
		}
		if comments(before) != comments(after) {
			t.Fatalf("%q\nbecame %q: comments were %q", src, once, comments(before))
		}
	})
}

// comments returns a script's comments.
func comments(s *Script) string {
	var all strings.Builder
	for _, line := range s.Lines {
		r, _ := formatRow(sourceLine{text: line.Text})
		if r.comment != "" {
			all.WriteString(r.comment + "\n")
		}
	}
	return all.String()
}
