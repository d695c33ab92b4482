package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"capsim/export"
	"capsim/tui/canvas"
)

const calmRun = `use policy %s
use store memory
use seed 7
at 0.2s  alice@n1 SET cart milk
at 0.4s  bob@n2 GET cart
at 30s   end
`

// The menu shows what can be made here, and of the rest why not and where.
func TestAnomalyScreens(t *testing.T) {
	tests := []struct {
		name, policy string
		w, h         int
		profile      termenv.Profile
		glyphs       *canvas.Glyphs
		keys         []string
	}{
		{"anomalies-ap-80x24", "ap", 80, 24, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"anomalies-cp-120x40", "cp", 120, 40, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"anomalies-cp-80x24-ascii", "cp", 80, 24, termenv.Ascii, &canvas.AsciiGlyphs, []string{"down", "down", "down"}},
		{"anomalies-ap-120x40-colour", "ap", 120, 40, termenv.TrueColor, &canvas.UnicodeGlyphs, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDriver(t, opener(t, fmt.Sprintf(calmRun, tt.policy)), tt.w, tt.h)
			d.look(tt.profile, tt.glyphs)
			d.goTo(time.Second)
			d.keys("!")
			d.keys(tt.keys...)
			d.sameAs(tt.name)
		})
	}
}

// An anomaly that is chosen plays, is judged, and is explained; u takes it back whole.
func TestMakeAnAnomaly(t *testing.T) {
	d := newDriver(t, opener(t, fmt.Sprintf(calmRun, "ap")), 120, 40)
	d.goTo(time.Second)
	d.keys("!", "enter")
	if !d.p.scene.playing || len(d.p.overlays) != 0 {
		t.Fatalf("nothing plays: %v %d", d.p.scene.playing, len(d.p.overlays))
	}
	d.play(6 * time.Second)
	screen := ansi.Strip(d.p.View())
	if !strings.Contains(screen, "It happened") || !strings.Contains(screen, "returned milk, though alice2") {
		t.Fatalf("it is not told:\n%s", screen)
	}
	if got := d.p.scene.picked; got.Kind != export.CheckSubject || got.Check != "linearizable cart2" {
		t.Errorf("selected is %+v", got)
	}
	d.keys("enter")
	if _, ok := d.p.overlays[len(d.p.overlays)-1].(*whyView); !ok {
		t.Error("enter does not say why")
	}
	d.keys("esc", "u")
	if d.p.run.Live() || strings.Contains(d.p.run.Save(), "partition") {
		t.Errorf("undone, there is still some of it:\n%s", d.p.run.Save())
	}
}

// In the past it forks, as every command.
func TestAnAnomalyForksInThePast(t *testing.T) {
	d := newDriver(t, opener(t, fmt.Sprintf(calmRun, "ap")), 120, 40)
	d.goTo(3 * time.Second)
	before := d.p.run
	d.do(d.p.advance(1_000_000_000))
	d.keys("!", "down", "enter")
	if d.p.run == before {
		t.Fatal("it does not fork")
	}
	d.play(6 * time.Second)
	if screen := ansi.Strip(d.p.View()); !strings.Contains(screen, "It happened") {
		t.Errorf("it is not told:\n%s", screen)
	}
}

// What can't be made says why, and stays in the menu.
func TestAnAnomalyThatCantBeMade(t *testing.T) {
	d := newDriver(t, opener(t, fmt.Sprintf(calmRun, "cp")), 120, 40)
	d.goTo(time.Second)
	d.keys("!", "enter")
	if len(d.p.overlays) != 1 || !strings.Contains(d.p.notice.text, "NOQUORUM") || !strings.Contains(d.p.notice.text, "ap, base") {
		t.Errorf("refused with %q, %d overlays", d.p.notice.text, len(d.p.overlays))
	}
	d.keys("esc")
	if d.p.scene.playing || d.p.run.Live() {
		t.Error("the menu left something behind")
	}
	d.keys("K", "enter", "!", "enter")
	if !strings.Contains(d.p.notice.text, "restart it first") {
		t.Errorf("with a node down: %q", d.p.notice.text)
	}
}

// What keeps all of them from being made is said once, and a key takes it out of the way.
func TestAnomaliesAfterHealing(t *testing.T) {
	for fault, mend := range map[string]string{"partition n1 | *": "heal", "pause n2": "resume n2"} {
		d := newDriver(t, opener(t, fmt.Sprintf(calmRun, "ap")), 120, 40)
		d.goTo(time.Second)
		d.give(fault)
		d.keys("!")
		s := ansi.Strip(d.p.View())
		if n := strings.Count(s, "is cut: heal first") + strings.Count(s, "resume it first"); n != 1 || !strings.Contains(s, "h: "+mend+", and try again") || strings.Contains(s, "make it") {
			t.Errorf("%s: the reason is said %d times:\n%s", fault, n, s)
		}
		d.keys("h")
		if s := ansi.Strip(d.p.View()); len(d.p.overlays) != 1 || !strings.Contains(s, "enter: make it") || !d.p.tried.rows[0].works() {
			t.Errorf("%s, and %s: %s\n%s", fault, mend, d.p.notice.text, s)
		}
		out := plainlyOn(t, opener(t, fmt.Sprintf(calmRun, "ap")), "to 1s\n"+fault+"\nanomaly\n")
		if strings.Count(out, "Nothing can be made here: ") != 1 || strings.Contains(out, "not here") {
			t.Errorf("%s: the twin says\n%s", fault, out)
		}
	}
}

// A crowd of keys while the menu works out what it shows does no harm.
func TestAnomalyMenuIsClosedAtOnce(t *testing.T) {
	d := newDriver(t, opener(t, fmt.Sprintf(calmRun, "cp")), 80, 24)
	d.goTo(time.Second)
	_, cmd := d.p.Update(keyMsg("!"))
	d.keys("esc", "!", "j", "esc")
	d.do(cmd)
	d.keys("!")
	if m := d.p.tried; !m.done() {
		t.Error("not all is tried")
	}
	if len(d.p.overlays) != 1 {
		t.Errorf("%d overlays", len(d.p.overlays))
	}
}

// The words of the plain twin make the same.
func TestPlainAnomaly(t *testing.T) {
	out := plainlyOn(t, opener(t, fmt.Sprintf(calmRun, "ap")), "to 1s\nanomaly\nanomaly stale\nanomaly stale-read\nforks\nwhy\nundo\nforks\nto 500ms\nanomaly stale-read\n")
	wantIn(t, out,
		"stale-read, make a stale read: possible. A client reads an old value", "split-vote, split the vote: not here.", "anomaly NAME makes one.",
		"error: read \"stale\", expected an anomaly: stale-read", "> anomaly stale-read\n", "FAULT: The network splits", "BAD: bob2 reads",
		"It happened. ", "returned milk", "Ask on with: why linearizable cart2. undo takes it back.", "1: first run; 1 command since; not saved; this one is shown.",
		"linearizable: no, as of", "Undone: anomaly stale-read. It is 1.000 s of first run again; the run with it is kept as undone 1.", "2: undone 1, left number 1 at 1.000 s with: anomaly stale-read",
		"0.500 s of first run, in the past; the run is at 1.000 s> anomaly stale-read\nForked, as fork 2: the same history up to 0.500 s", "It happened. ")
	wantIn(t, plainlyOn(t, opener(t, fmt.Sprintf(calmRun, "cp")), "to 1s\nanomaly stale-read\nlook\n"), "error: ", "cp", "1.000 s> look\n")
}

// Side by side the same acts are given to all, and what came of them is said of each.
func TestAnAnomalySideBySide(t *testing.T) {
	d := newDriver(t, opener(t, fmt.Sprintf(calmRun, "cp")), 120, 40)
	d.goTo(time.Second)
	d.typeLine("compare cp, ap")
	if !d.p.comparing() {
		t.Fatalf("not side by side: %q", d.p.notice.text)
	}
	d.keys("!", "enter")
	d.play(8 * time.Second)
	if len(d.p.overlays) == 0 {
		t.Fatalf("nothing is told: %q, playing %v at %v, making %v", d.p.notice.text, d.p.scene.playing, d.p.scene.at, d.p.making)
	}
	told, ok := d.p.overlays[len(d.p.overlays)-1].(*anomalyTold)
	if !ok || !told.happened || !strings.Contains(told.text, "cp: n2 refused") || !strings.Contains(told.text, "ap: bob2's GET cart2 at n2 returned milk") {
		t.Fatalf("what came of it: %+v", told)
	}
	checkFits(t, d.p.View(), 120, 40)
	d.keys("esc", "u")
	if d.p.run.Live() {
		t.Error("undone, there is still some of it")
	}
}
