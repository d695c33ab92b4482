package scenarios

import (
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/labs"
	"capsim/model"
	"capsim/netsim"
)

const lessonSource = "---\n" +
	"title: The proof\n" +
	"summary: \"one: sentence\"\n" +
	"teaches:\n  - the first thing\n  - the second\n" +
	"minutes: 8\n" +
	"level: beginner\n" +
	"---\n" +
	"\n# The proof\n\nFirst.\n\n" +
	"```capsim\nuse seed 4\n```\n\n" +
	"Second.\n\n" +
	"```capsim title\nat 0s alice@n1 SET cart milk\nsay \"now\"\n```\n" +
	"```sh\nat 9s not script\n```\n" +
	"````md\n```capsim\nat 9s not script\n```\n````\n" +
	"<!--\n```capsim\nat 9s not script\n```\n-->\n" +
	"1. In a list\n\n   ~~~ capsim\n   at 1s heal\n   ~~~\n\n" +
	"> ```capsim\n> at 2s heal\n> ```\n\n" +
	"Last.\n"

// TestLesson reads a lesson's front matter, its script, and the text between.
func TestLesson(t *testing.T) {
	for _, source := range []string{lessonSource, strings.ReplaceAll(lessonSource, "\n", "\r\n"), "\ufeff" + lessonSource} {
		s, err := Parse("lib/02-the-proof.md", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		l := s.Lesson
		if s.Name != "the-proof" || l.Title != "The proof" || l.Summary != "one: sentence" || l.Minutes != 8 || l.Level != "beginner" ||
			!slices.Equal(l.Teaches, []string{"the first thing", "the second"}) {
			t.Errorf("%q: %+v", s.Name, l)
		}
		var texts []string
		for _, st := range s.Statements {
			texts = append(texts, st.Pos.String()+" "+st.String())
		}
		want := []string{
			"lib/02-the-proof.md:22:1 at 0s alice@n1 SET cart milk",
			`lib/02-the-proof.md:23:1 at 0s say "now"`,
			"lib/02-the-proof.md:41:4 at 1s heal",
			"lib/02-the-proof.md:45:3 at 2s heal",
		}
		if !slices.Equal(texts, want) {
			t.Errorf("got  %q\nwant %q", texts, want)
		}
		var before []int
		for _, sec := range l.Sections {
			before = append(before, sec.Before)
		}
		if !slices.Equal(before, []int{0, 0, 2, 3, 4}) {
			t.Errorf("sections: %v", before)
		}
		if first, last := l.Sections[0], l.Sections[4]; !strings.HasSuffix(first.Markdown, "First.") || first.Line != 11 ||
			last.Markdown != "Last." || l.Sections[1].Markdown != "Second." || l.Sections[1].Line != 19 {
			t.Errorf("sections: %+v", l.Sections)
		}
		if n := len(s.Lines); n != 5 || s.Lines[0] != (Line{16, "use seed 4"}) || s.Lines[3] != (Line{41, "at 1s heal"}) {
			t.Errorf("lines: %+v", s.Lines)
		}
	}
}

// TestPlainIgnoresMarkdown reads a file by its name, not by what is in it.
func TestPlainIgnoresMarkdown(t *testing.T) {
	if _, err := Parse("a.capsim", []byte(lessonSource)); err == nil {
		t.Error("no error")
	}
	for name, want := range map[string]string{
		"x.capsim": "x", "a/b/02-cap-proof.zh.md": "cap-proof", `c:\lib\10-x.md`: "x", "2-.md": "2-", "42.md": "42", "script in the trace": "script in the trace",
	} {
		if got := BaseName(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestFormat writes scripts in their canonical shape.
func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a.capsim", "", ""},
		{"a.capsim", "\n\n  heal  \n\n\n", "heal\n"},
		{"a.capsim", "#c\r\nuse   nodes 3#x\r\n", "#c\nuse nodes 3#x\n"},
		{
			"a.capsim",
			"use nodes   3 # three\nuse policy ap  conflict=lww   # the policy\n\n\n\n" +
				"at 0s alice@n1   SET cart \"a  b\"\nsay 'x'   # why\n   # alone\n+200ms bob@n2 GET cart # how\n" +
				"every  100ms from 1s   to 3s carol@n3 SET hits {i}\nexpect value n1 k = [\"a b\"   c]\n",
			"use nodes 3                 # three\nuse policy ap conflict=lww  # the policy\n\n" +
				"at 0s     alice@n1 SET cart \"a  b\"\n          say 'x'  # why\n# alone\n+200ms    bob@n2 GET cart  # how\n" +
				"every 100ms from 1s to 3s  carol@n3 SET hits {i}\n          expect value n1 k = [\"a b\"   c]\n",
		},
		{"a.capsim", "at 1m12.345s heal\nsay x", "at 1m12.345s heal\n             say x\n"},
		{"a.capsim", "say 你好 # a\nsay yes # b", "say 你好  # a\nsay yes   # b\n"},
		{
			"a.md",
			"# x\n\n```capsim\n\n\nat 0s  heal\n\n\nsay x\n\n```\n  text   stays \n- a\n\n  ```capsim\n  at  0s heal\n\n\n  say x\n  ```\n> ```capsim\n> at  0s heal\n>\n>  say x\n> ```\n```sh\nat  0s\n```\n",
			"# x\n\n```capsim\nat 0s     heal\n\nsay x\n```\n  text   stays \n- a\n\n  ```capsim\n  at 0s     heal\n\n  say x\n  ```\n> ```capsim\n> at 0s     heal\n>\n> say x\n> ```\n```sh\nat  0s\n```\n",
		},
		{"a.md", "```capsim\r\nat  0s heal\r\n```\r\nend", "```capsim\r\nat 0s     heal\r\n```\r\nend"},
	} {
		got, err := Format(c.name, []byte(c.src))
		if err != nil || string(got) != c.want {
			t.Errorf("%q %v\n got %q\nwant %q", c.src, err, got, c.want)
		}
	}
	if _, err := Format("a.md", []byte("```capsim\nsay \"x\n```\n")); err == nil || err.Error() != `a.md:2:5: read "\"x", expected a closing " on the same line` {
		t.Error(err)
	}
}

// TestLibrary: every scenario of the library is right, formatted, and has what the
// list of lessons shows; translations do the same.
func TestLibrary(t *testing.T) {
	names := map[string]bool{}
	for _, item := range Library() {
		s, err := Parse(item.File, item.Source)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, w := range s.Warnings {
			// What a choice gives up, or a policy does not offer, a lesson may be about.
			shown := strings.Contains(w.Want, "UNSUPPORTED") && strings.Contains(string(item.Source), "refused UNSUPPORTED")
			if w.Says == "" && !shown {
				t.Error(w)
			}
		}
		if item.Title == "" || item.Summary == "" || len(item.Teaches) == 0 || item.Minutes == 0 || item.Level == "" || s.Lesson == nil {
			t.Errorf("%s: something is missing in the front matter: %+v", item.File, item.Lesson)
		}
		if out, err := Format(item.File, item.Source); err != nil || string(out) != string(item.Source) {
			t.Errorf("%s is not formatted: %v\n%s", item.File, err, out)
		}
		if names[item.Name] || item.Name != s.Name {
			t.Errorf("%s: the name %s is there twice, or not %s", item.File, item.Name, s.Name)
		}
		names[item.Name] = true
		for _, language := range languages {
			twin, ok := item.In(language)
			if !ok {
				continue
			}
			other, err := Parse(twin.File, twin.Source)
			if err != nil {
				t.Error(err)
			} else if err := SameScript(s, other); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFind finds scenarios by name and number.
func TestFind(t *testing.T) {
	first := Library()[0]
	for name, want := range map[string]string{
		"replication": "library/01-replication.md", "01-replication": "library/01-replication.md", "1": first.File, "01": first.File,
	} {
		if item, err := Find(name); err != nil || item.File != want {
			t.Errorf("%s: %v, %v", name, item.File, err)
		}
	}
	for name, want := range map[string]string{
		"replicatoin": `; did you mean replication?`, "": "", "0": "", "x\x1b": "",
	} {
		_, err := Find(name)
		if err == nil || !strings.HasSuffix(err.Error(), want) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got := TwinName("a.b/02-x.md", "zh"); got != "a.b/02-x.zh.md" {
		t.Error(got)
	}
	if file, language, ok := languageOf("02-x.zh.md"); file != "02-x.md" || language != "zh" || !ok {
		t.Error(file, language, ok)
	}
}

// TestSameScript finds what differs between a lesson and its translation.
func TestSameScript(t *testing.T) {
	a := parse(t, "use seed 4\nat 1s heal\nsay x\nask q *a | b\npause-here p\nexpect converged")
	if err := SameScript(a, parse(t, "use seed 4\n\nat 1s heal\nsay 'y z'\nask r *c | d\npause-here q\nexpect converged")); err != nil {
		t.Error(err)
	}
	for _, src := range []string{
		"use seed 5\nat 1s heal\nsay x\nask q *a | b\npause-here p\nexpect converged",
		"use seed 4\nat 2s heal\nsay x\nask q *a | b\npause-here p\nexpect converged",
		"use seed 4\nat 1s heal\nsay x\nask q a | *b\npause-here p\nexpect converged",
		"use seed 4\nat 1s heal\nsay x\nask q *a | b | c\npause-here p\nexpect converged",
		"use seed 4\nat 1s heal\nsay x\nask q *a | b\npause-here p\nexpect diverged",
		"use seed 4\nat 1s heal\nsay x\nask q *a | b\npause-here p",
		"use seed 4\nat 1s heal\nsay x\nask q *a | b\nsay p\nexpect converged",
	} {
		b := parse(t, src)
		if SameScript(a, b) == nil || SameScript(b, a) == nil {
			t.Errorf("no difference found:\n%s", src)
		}
	}
}

// TestReference: help names all that the lists hold, and nothing is a verb twice.
func TestReference(t *testing.T) {
	ref := Reference()
	var names []string
	for _, v := range Verbs() {
		if slices.Contains(names, v.Name) || v.Usage == "" || v.Doc == "" {
			t.Errorf("the verb %q is there twice, or is not described", v.Name)
		}
		names = append(names, v.Name)
	}
	for _, s := range settings {
		names = append(names, "use "+s.name)
	}
	for _, c := range check.Checks {
		names = append(names, c.Name)
	}
	names = slices.Concat(names, commandNames(), labs.Catalog.Names(), netsim.DistForms())
	for _, name := range names {
		if !strings.Contains(ref, "\n  "+name) {
			t.Errorf("the reference does not name %s", name)
		}
	}
	if strings.Contains(ref, "REFUND") {
		t.Error("the reference names a command that no client has")
	}
	for line := range strings.Lines(ref) {
		if strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") {
			t.Errorf("a blank at the end of %q", line)
		}
	}
}

// TestProbes: what is judged when a repeat is read covers both ends of each decade.
func TestProbes(t *testing.T) {
	a := &args{verb: word{text: "heal", raw: "heal"}}
	if got := a.probes(500); !slices.Equal(got, []int{1}) {
		t.Error(got)
	}
	a.words = []word{{text: "{i}", raw: "{i}"}}
	if got := a.probes(3); !slices.Equal(got, []int{1, 2, 3}) {
		t.Error(got)
	}
	if got := a.probes(20_000)[100:]; !slices.Equal(got, []int{999, 1000, 9999, 10_000, 20_000}) {
		t.Error(got)
	}
	if got := (Repeat{D: time.Second, From: 0, To: model.Time(100_000 * time.Second)}).Count(); got != maxRepeats {
		t.Error(got)
	}
}
