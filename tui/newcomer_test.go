package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
)

// Three keys lead from the beginning of a lesson to a stale read and to its cause, and each
// is on the screen before it is pressed. The text of the lesson isn't waited for.
func TestShortestWayToWhy(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	d.shows("! break it")
	d.keys("!")
	d.shows("make a stale read", "enter make it")
	d.keys("enter")
	for range 100 {
		if d.play(100 * time.Millisecond); len(d.p.overlays) > 0 {
			break
		}
	}
	d.shows("It happened", "enter why")
	d.keys("enter")
	d.shows("why: linearizable")
}

// Where something is wrong, enter says why without anything being selected.
func TestEnterAsksAboutTheWorst(t *testing.T) {
	d := newDriver(t, opener(t, proof), 80, 24)
	d.keys("enter")
	d.shows("nothing is wrong yet")
	d.goTo(3600 * time.Millisecond)
	d.keys("esc")
	d.shows("enter why")
	d.keys("enter")
	d.shows("why: linearizable: no")
}

// A tick that was sent before play began again moves time nowhere: it once moved the clock to
// before the beginning.
func TestTickOfBefore(t *testing.T) {
	d := newDriver(t, opener(t, proof), 80, 24)
	d.keys(" ", "+", "+", "+", "+")
	d.do(d.p.play(true))
	d.send(tickMsg(d.now.Add(-20 * time.Millisecond)))
	if d.p.scene.at != 0 {
		t.Errorf("it is %v", d.p.scene.at)
	}
}

// Esc puts a question aside, and space brings it back.
func TestLookAroundBeforeGuessing(t *testing.T) {
	d := newDriver(t, opener(t, proof), 80, 24)
	d.play(3 * time.Second)
	d.keys("esc")
	if len(d.p.overlays) != 0 || d.p.pending == nil {
		t.Fatal("the question is not put aside, or is lost")
	}
	d.keys("left", "esc")
	d.shows("space play")
	d.keys("right", "esc", "tab", " ")
	d.play(100 * time.Millisecond)
	d.shows("What do you think?")
	d.keys("1")
	d.shows("Your guess: yes")
}

// Wherever one gets lost, esc leads home, a step each time.
func TestEscLeadsHome(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.play(time.Second)
	d.keys(" ")
	home := d.p.focus
	d.keys("t", "t", "]", "]", "z", "1", "down", "/", "a", "enter", "?", "?", ":", "p", "esc", "!")
	for i := 0; d.p.canGoBack() || len(d.p.overlays) > 0; i++ {
		if i > 12 {
			t.Fatalf("not home after %d times esc:\n%s", i, d.screen())
		}
		d.keys("esc")
	}
	if d.p.focus != home || layouts[d.p.layout].name != "exploring" || d.p.scene.picked.Kind != export.NoSubject {
		t.Errorf("esc does not lead home:\n%s", d.screen())
	}
	d.keys("+", "esc")
	d.shows("q quits")
}

// The line at the bottom speaks of what is in front, and what it names can be clicked there.
func TestLineAtTheBottomInFront(t *testing.T) {
	d := newDriver(t, opener(t, proof), 80, 24)
	click := func(text string) {
		t.Helper()
		rows := strings.Split(d.screen(), "\n")
		at := strings.Index(rows[len(rows)-1], text)
		if at < 0 {
			t.Fatalf("no %q on:\n%s", text, d.screen())
		}
		x := len([]rune(rows[len(rows)-1][:at]))
		d.send(tea.MouseMsg{X: x, Y: 23, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
	}
	for _, text := range []string{"? help", "esc back", "! break it", "? help", "esc back", "esc back", "p partition", "esc back"} {
		click(text)
	}
	if len(d.p.overlays) != 0 {
		t.Errorf("%d overlays are still open:\n%s", len(d.p.overlays), d.screen())
	}
}

// Help names the keys of what is in front, says what the signs mean, and can be scrolled to
// its end.
func TestHelpInContext(t *testing.T) {
	d := newDriver(t, opener(t, proof), 80, 24)
	d.keys("tab", "?")
	d.shows("to begin with", "in the pane verdict", "(no link is cut)", "1 to ")
	for range 10 {
		d.keys(" ")
	}
	d.shows("signs", "a link is cut", "a question to you")
	d.keys("esc", "!", "?")
	d.shows("in front now", "make it")
}

// Enter alone goes through a lesson's texts.
func TestEnterReadsOn(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 120, 40)
	d.shows("space: begin")
	d.keys("enter")
	d.shows("lesson: 1 of 4", "space: go on")
	d.keys("enter")
	if d.play(100 * time.Millisecond); d.p.scene.at == 0 {
		t.Error("enter does not read on")
	}
}
