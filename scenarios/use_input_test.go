package scenarios_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"capsim/labs"
	"capsim/model"
	"capsim/policies"
	"capsim/scenarios"
	"capsim/trace"
)

// reader is a lab of one command: how long its input is.
type reader struct{ bell }

func (*reader) Request(env policies.Env, req policies.Request) {
	env.Reply(req.Op, model.Answered(model.Int(int64(len(env.Input())))))
}

var readerSpec = &policies.Spec{
	Name: "reader", Lab: true, Summary: "a reader", Checks: []string{"available"}, Input: "what it counts",
	Verbs: []policies.Verb{{Name: "LETTERS", Usage: "LETTERS", Doc: "count them"}},
	New:   func(policies.Params) policies.Replica { return &reader{} },
}

func withReader(t *testing.T) {
	was := labs.Catalog
	labs.Catalog = append(slices.Clone(was), readerSpec)
	t.Cleanup(func() { labs.Catalog = was })
}

// The text that a script names, or that is given from outside, reaches the lab, is kept in
// the trace, and is there when that runs again.
func TestInputReachesTheLab(t *testing.T) {
	withReader(t)
	files := func(name string) ([]byte, error) {
		if name == "words.txt" {
			return []byte("five\n"), nil
		}
		return nil, errors.New("no such file")
	}
	const own = "use policy reader\nuse input words.txt\nat 0s alice@n1 LETTERS\n"
	for _, tt := range []struct {
		src, want, name string
		with            []scenarios.Override
	}{
		{own, "5", "words.txt", nil},
		{own, "12", "GPL-3", []scenarios.Override{scenarios.InputFrom("--input", "/usr/share/GPL-3", []byte("twelve\xc3\xbcbyte"))}},
		{"use policy reader\nuse input gone.txt\nat 0s alice@n1 LETTERS\n", "3", `two words_`, []scenarios.Override{scenarios.InputFrom("--input", `C:\two words:`, []byte("abc"))}},
		{"use policy reader\nat 0s alice@n1 LETTERS\n", "1", "input.txt", []scenarios.Override{scenarios.InputFrom("--input", "..", []byte("x"))}},
		{"use policy reader\nat 0s alice@n1 LETTERS\n", "0", "", nil},
	} {
		script, err := scenarios.ParseFiles("a.capsim", []byte(tt.src+"expect reply alice = "+tt.want+"\n"), files, tt.with...)
		if err != nil {
			t.Errorf("%q: %v", tt.src, err)
			continue
		}
		if script.Settings.Input != tt.name {
			t.Errorf("the input is called %q, want %q", script.Settings.Input, tt.name)
		}
		var file bytes.Buffer
		s, err := scenarios.Open(script, scenarios.Options{Memory: true, Trace: &file})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Run(), s.Close()); err != nil || s.Report().Exit != 0 {
			t.Errorf("%v, %+v", err, s.Report().Expectations)
		}
		f, err := trace.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		if diff, err := scenarios.Replay(f, ""); diff != nil || err != nil {
			t.Errorf("%+v, %v", diff, err)
		}
		if again, err := script.Under("reader", s.Save()); err != nil || again.Settings.Input != tt.name {
			t.Errorf("under a policy: %v", err)
		}
	}
}

// What can't be an input is said where it is named.
func TestInputErrors(t *testing.T) {
	withReader(t)
	files := func(name string) ([]byte, error) {
		content, ok := map[string]string{
			"empty.txt": "", "binary": "a\x00b", "latin1": "\xfcber", "odd": strings.Repeat("\x01", 3<<20),
			"big": strings.Repeat("x", scenarios.MaxInput+1), "fine": "fine", "delays.txt": "1ms\n",
		}[name]
		if !ok {
			return nil, errors.New("no such file")
		}
		return []byte(content), nil
	}
	for _, tt := range []struct {
		lines, want string
		with        []scenarios.Override
	}{
		{"use policy reader\nuse input", "a.capsim:2:10: read the end of the line", nil},
		{"use policy reader\nuse input a b", `a.capsim:2:13: read "b"`, nil},
		{"use policy reader\nuse input /etc/passwd", "a file beside the script", nil},
		{"use policy reader\nuse input ../up", "a file beside the script", nil},
		{"use policy reader\nuse input gone", "a file that can be read: no such file", nil},
		{"use policy reader\nuse input empty.txt", "this file is empty", nil},
		{"use policy reader\nuse input binary", "this file is binary", nil},
		{"use policy reader\nuse input latin1", "a text in UTF-8", nil},
		{"use policy reader\nuse input odd", "mostly control characters", nil},
		{"use policy reader\nuse input big", "a text of at most 4 MiB", nil},
		{"use policy ap\nuse input fine", "a.capsim:2:11: read \"fine\", expected no input: ap works on none", nil},
		{"use policy ap", "--input: read \"x\", expected no input: ap works on none", []scenarios.Override{scenarios.InputFrom("--input", "x", []byte("x"))}},
		{"use policy reader", "--input: read \"x\", expected a text: this file is empty", []scenarios.Override{scenarios.InputFrom("--input", "x", nil)}},
		{"use policy reader\nuse latency empirical(delays.txt)", "another file than the input", []scenarios.Override{scenarios.InputFrom("--input", "delays.txt", []byte("x"))}},
	} {
		_, err := scenarios.ParseFiles("a.capsim", []byte(tt.lines+"\nat 0s heal\n"), files, tt.with...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.lines, err, tt.want)
		}
	}
	if _, err := scenarios.Parse("a.capsim", []byte("use policy reader\nuse input fine\nat 0s heal\n")); err == nil || !strings.Contains(err.Error(), "--input FILE gives one") {
		t.Errorf("without files: %v", err)
	}
}
