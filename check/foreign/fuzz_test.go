package foreign

import (
	"errors"
	"strings"
	"testing"
)

// FuzzRead reads anything as a history: it must end with a history that reads and judges
// the same again, or with an error that names a place in the file.
func FuzzRead(f *testing.F) {
	for _, c := range cases {
		f.Add(c.text, c.o.Model, c.o.Init)
	}
	f.Fuzz(func(t *testing.T, text, model, init string) {
		if len(text) > 4000 {
			return // judging takes longer than reading
		}
		check := func() string {
			h, err := Read([]byte(text), Options{Model: model, Init: init, Steps: 1000})
			if err != nil {
				placed(t, text, err)
				return err.Error()
			}
			if n := h.Counts; n.Operations != n.Answered+n.NotDone+n.Unknown || n.Unrecorded > n.Answered || n.Clients > n.Operations {
				t.Fatalf("%+v", n)
			}
			found := mustJudge(h)
			lines := strings.Count(text, "\n") + 1
			for _, l := range h.Lines(found.Events) {
				if l < 1 || l > lines {
					t.Fatalf("line %d of %d", l, lines)
				}
			}
			return found.Verdict.String() + found.Witness
		}
		if a, b := check(), check(); a != b {
			t.Fatalf("once %q, then %q", a, b)
		}
	})
}

// FuzzEDN reads anything as EDN forms.
func FuzzEDN(f *testing.F) {
	for _, s := range []string{`[1 -2N "a\n\u00e9" :k/w #{1 2} {:a (b)} #tag "x" #_ 3 nil true \a \[ ##Inf] ; end`, `#`, `"\`, `#_`, "#{", "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := &ednReader{src: text}
		for {
			c, err := r.peek()
			if err == nil && c == 0 {
				return
			}
			at := r.at
			if err == nil {
				var v value
				if v, err = r.form(0); err == nil && v.name() != "" && v.show() == "" {
					t.Fatalf("%q shows as nothing", v.name())
				}
			}
			if err != nil {
				placed(t, text, err)
				return
			}
			if r.at <= at {
				t.Fatalf("stuck at %d", at)
			}
		}
	})
}

// FuzzJSON reads anything as the line of an operation.
func FuzzJSON(f *testing.F) {
	for _, c := range cases {
		if strings.HasPrefix(c.text, `{"`) {
			f.Add(strings.SplitN(c.text, "\n", 2)[0])
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "\n", " ")
		if _, err := jsonLine(text, 1); err != nil {
			placed(t, text, err)
		}
	})
}

// FuzzLog reads anything as the line of an older log.
func FuzzLog(f *testing.F) {
	for _, s := range []string{"0\t:invoke\t:read\tnil", "12 :ok :cas [1 2]", "1 :fail :read :timed-out", ":nemesis :info :start", "1 :info :write ((("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = "INFO  " + logMark + strings.ReplaceAll(text, "\n", " ")
		if _, err := readLog(text); err != nil {
			placed(t, text, err)
		}
	})
}

// placed fails unless the error names a place of the text, or an option.
func placed(t *testing.T, text string, err error) {
	t.Helper()
	if strings.HasPrefix(err.Error(), "--") {
		return
	}
	var at *Error
	if !errors.As(err, &at) {
		t.Fatalf("%v is no *Error", err)
	}
	lines := strings.Split(text, "\n")
	if at.Line < 1 || at.Line > len(lines) || at.Col < 1 || at.Col > len([]rune(lines[at.Line-1]))+1 {
		t.Fatalf("%v: no such place in\n%s", err, text)
	}
}
