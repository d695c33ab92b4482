package tui

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"capsim/scenarios"
	"capsim/tui/canvas"
)

// taught is a lesson with two questions.
const taught = `---
title: Two sides of a cut
summary: What each side answers while the other can't be heard.
teaches:
  - a side that answers may tell something old
  - under ` + "`ap`" + ` both sides answer
minutes: 3
level: beginner
---

# Two sides of a cut

Each write of a key has a number: ` + "`v1`, `v2`, `v3`" + `. The badge is what a node **would serve** now.

1. first, a write at n1, and its copies for n2 and n3
2. then, a cut

| side | nodes |
|------|-------|
| left | n1    |

` + "```capsim" + `
use store memory
use seed 42
use latency const(10ms)
at 0.2s  alice@n1 SET cart milk
at 0.5s  expect converged
` + "```" + `

All three hold the same. Now the network splits.

` + "```capsim" + `
at 1s    partition n1 | n2 n3
         say "The network splits. All of them work."
at 2s    ask "Alice writes eggs at n1, then bob reads at n2. Will bob read eggs?" yes | *no | "if the store is good"
at 2.2s  alice@n1 SET cart eggs
at 2.5s  bob@n2 GET cart
` + "```" + `

Nothing that n2 has heard tells it of the write.

` + "```capsim" + `
at 3s    ask "And after the heal?" *yes | no
at 3.2s  heal
at 4s    bob@n2 GET cart
         say "n2 has it now."
at 5s    end
` + "```" + `

The copy was *kept*, and arrives late.
`

// withLibrary gives the program the library's lessons, in memory.
func (d *driver) withLibrary() {
	d.p.lesson = func(name string) (func() (run, error), error) {
		item, err := scenarios.Find(name)
		if err != nil {
			return nil, err
		}
		return lessonOpener(d.t, item.File, string(item.Source)), nil
	}
}

// numberOf returns a lesson's place in the course.
func numberOf(t *testing.T, name string) string {
	t.Helper()
	for i, item := range scenarios.Library() {
		if item.Name == name {
			return itoa(i + 1)
		}
	}
	t.Fatalf("there is no lesson %s", name)
	return ""
}

// after returns the lesson that follows another in the course.
func after(t *testing.T, name string) *scenarios.Item {
	t.Helper()
	n, err := strconv.Atoi(numberOf(t, name))
	if err != nil || n == len(scenarios.Library()) {
		t.Fatalf("nothing follows %s: %v", name, err)
	}
	return &scenarios.Library()[n]
}

// act presses keys; "play:1s" lets wall time pass.
func (d *driver) act(acts ...string) {
	d.t.Helper()
	for _, a := range acts {
		if span, ok := strings.CutPrefix(a, "play:"); ok {
			wall, err := time.ParseDuration(span)
			if err != nil {
				d.t.Fatal(err)
			}
			d.play(wall)
			continue
		}
		if name, ok := strings.CutPrefix(a, "layout:"); ok {
			d.p.arrangeAs(name)
			continue
		}
		d.keys(a)
	}
}

// shows fails for texts that the screen does not show.
func (d *driver) shows(wants ...string) {
	d.t.Helper()
	d.p.dirty = true
	screen := ansi.Strip(d.p.View())
	for _, want := range wants {
		if !strings.Contains(screen, want) {
			d.t.Errorf("missing %q on:\n%s", want, screen)
		}
	}
}

// toQuestion reads on until the run asks.
func (d *driver) toQuestion() {
	d.t.Helper()
	for i := 0; d.p.scene.asking == nil; i++ {
		if d.p.scene.study.rest > 0 {
			d.p.scene.readOn()
		}
		d.play(300 * time.Millisecond)
		if i > 100 {
			d.t.Fatal("no question comes")
		}
	}
}

// TestLessonScreens compares screens of a lesson with those of testdata.
func TestLessonScreens(t *testing.T) {
	toGuess := []string{" ", " ", "play:900ms", " ", "play:1600ms"}
	toTold := append(toGuess[:len(toGuess):len(toGuess)], "1", "play:1s")
	toEnd := append(toTold[:len(toTold):len(toTold)], " ", "play:1s", "1", "play:3s")
	tests := []struct {
		name    string
		w, h    int
		profile termenv.Profile
		glyphs  *canvas.Glyphs
		acts    []string
	}{
		{"lesson-card-80x24", 80, 24, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"lesson-text-80x24-ascii", 80, 24, termenv.Ascii, &canvas.AsciiGlyphs, []string{" "}},
		{"lesson-text-120x40-colour", 120, 40, termenv.TrueColor, &canvas.UnicodeGlyphs, []string{" "}},
		{"lesson-ask-80x24", 80, 24, termenv.Ascii, &canvas.UnicodeGlyphs, toGuess},
		{"lesson-ask-120x40", 120, 40, termenv.Ascii, &canvas.UnicodeGlyphs, toGuess},
		{"lesson-ask-80x24-exploring", 80, 24, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"layout:exploring", "play:3s"}},
		{"lesson-end-80x24", 80, 24, termenv.Ascii, &canvas.UnicodeGlyphs, append(toEnd[:len(toEnd):len(toEnd)], " ")},
		{"lesson-end-120x40", 120, 40, termenv.Ascii, &canvas.UnicodeGlyphs, append(toEnd[:len(toEnd):len(toEnd)], " ")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDriver(t, lessonOpener(t, "cut.md", taught), tt.w, tt.h)
			d.withLibrary()
			d.look(tt.profile, tt.glyphs)
			d.act(tt.acts...)
			d.sameAs(tt.name)
		})
	}
	// The library with some lessons done.
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	d.withLibrary()
	d.p.progress.note("replication", lessonNote{Finished: true, Right: 1, Guessed: 1})
	d.p.progress.note("cp-majority", lessonNote{Right: 1, Guessed: 2})
	d.act("l")
	got := levelMinutes.ReplaceAllStringFunc(d.golden(), func(sum string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '#'
			}
			return r
		}, sum)
	})
	sameFile(t, "testdata/library-80x24.golden", got+"\n")
}

// levelMinutes is how long a level takes: another time with each lesson that is added, so
// that the golden screen of the library has no figure there.
var levelMinutes = regexp.MustCompile(`[0-9]{3} min`)
