package tui

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// A key that is pressed by habit gives no guess.
func TestSpaceIsNoGuess(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.play(3 * time.Second)
	d.keys("enter", "down", "down", " ")
	s := d.screen()
	if len(d.p.overlays) != 1 || d.p.guess != nil || d.p.scene.at != model.Time(2*time.Second) {
		t.Fatalf("space took the highlighted answer:\n%s", s)
	}
	for _, want := range []string{"↑ ↓", "1 or 2", "enter", "esc", "q quit", "your guess first"} {
		if !strings.Contains(s, want) {
			t.Errorf("the hint does not name %q:\n%s", want, s)
		}
	}
	d.keys("enter")
	if len(d.p.overlays) != 0 || d.p.guess == nil || d.p.guess.chosen != 1 {
		t.Error("enter does not take the highlighted answer")
	}
}

// At a question of the plain twin the words and commands work, too.
func TestPlainAtAQuestion(t *testing.T) {
	file := t.TempDir() + "/q.capsim"
	tests := map[string]struct{ in, want string }{
		"help":                 {"help\n", "verdict [all]: is it linearizable"},
		"save":                 {"save " + file + "\n", "Saved as"},
		"undo":                 {"undo\n", "No command was given in this run."},
		"a command":            {"cut n1-n3\n", "The link n1-n3 is cut"},
		"a command, and undo":  {"cut n1-n3\nundo\n", "Undone: cut n1-n3. It is 2.000 s of first run again; the run with it is kept as undone 1.\nQUESTION: Will"},
		"going on":             {"\n", "The run waits for your guess"},
		"no answer's number":   {"7\n", "No such answer: 1 to 2"},
		"neither":              {"cutt n1-n3\n", "did you mean cut?"},
		"words":                {"perhaps\n", "That is no answer: your guess is a number, 1 to 2, or one of the answers."},
		"more words":           {"bob reads eggs\n", "That is no answer: your guess is a number, 1 to 2, or one of the answers."},
		"half a command":       {"alice@n1 GET\n", "GET key"},
		"an answer":            {"no\n", "Your guess: no."},
		"it says what it does": {"\n", "or a command; help and quit work, too"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := runPlain(context.Background(), opener(t, proof), strings.NewReader("play\n"+tt.in+"quit\ny\nlook\n"), &out); err != nil {
				t.Fatal(err)
			}
			_, after, asked := strings.Cut(out.String(), "QUESTION")
			if !asked || !strings.Contains(after, tt.want) {
				t.Errorf("missing %q in:\n%s", tt.want, out.String())
			}
			if strings.Contains(after, "cart: n1 holds") {
				t.Errorf("quit does not quit:\n%s", out.String())
			}
		})
	}
}

// A pause of the script takes words and commands, too, and enter goes on.
func TestPlainAtAPause(t *testing.T) {
	const script = "use store memory\nat 0.1s pause-here \"look\"\nat 0.2s alice@n1 SET cart milk\nat 1s end\n"
	var out bytes.Buffer
	if err := runPlain(context.Background(), opener(t, script), strings.NewReader("play\nlook\n\nplay\nquit\n"), &out); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Count(s, "QUESTION: look") != 2 || !strings.Contains(s, "No key has been") || !strings.Contains(s, "alice sets cart") {
		t.Errorf("got:\n%s", s)
	}
}
