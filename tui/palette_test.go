package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// typeLine opens the palette, types a line and gives it.
func (d *driver) typeLine(line string) {
	d.keys(":")
	d.typed(line)
	d.keys("enter")
}

// No word of the program hides one of the script language, and each is told of in help.
func TestProgramWords(t *testing.T) {
	d := newDriver(t, opener(t, proof), 200, 60)
	seen := map[string]bool{}
	told := map[string]string{}
	for _, l := range (&help{}).lines(d.p) {
		told[l.key] = l.means
	}
	for _, w := range programWords() {
		if verbNamed(w.name) != nil || commandNamed(w.name) != nil || w.name == "use" || w.name == "at" || w.name == "every" || d.p.isOperation(w.name) {
			t.Errorf("%s is a word of the script language", w.name)
		}
		if seen[w.name] {
			t.Errorf("%s stands twice", w.name)
		}
		seen[w.name] = true
		if w.do == nil || w.doc == "" || !strings.HasPrefix(w.usage, w.name) || told[w.usage] != w.doc {
			t.Errorf("%s is not told of: %+v", w.name, w)
		}
	}
}

// Words of the program do what keys do.
func TestProgramWordsAct(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(500 * time.Millisecond)
	d.typeLine("to 300ms")
	if got := d.p.scene.at; got != model.Time(300*time.Millisecond) || len(d.p.overlays) != 0 {
		t.Errorf("to 300ms goes to %v, %d overlays", got, len(d.p.overlays))
	}
	d.typeLine("to -100ms")
	if got := d.p.scene.at; got != model.Time(200*time.Millisecond) {
		t.Errorf("to -100ms goes to %v", got)
	}
	d.typeLine("speed 0.1")
	if got := speedWord(d.p.scene.speed); got != "0.1" {
		t.Errorf("speed is %s", got)
	}
	d.typeLine("pane story")
	if d.p.focus != paneNamed("story") {
		t.Errorf("focused is %v", d.p.focus)
	}
	d.typeLine("layout wire")
	if layouts[d.p.layout].name != "wire" {
		t.Error("the layout is not the wire's")
	}
	d.typeLine("play")
	if !d.p.scene.playing {
		t.Error("play does not play")
	}
	d.typeLine("stop")
	if d.p.scene.playing {
		t.Error("stop does not stop")
	}
	d.typeLine("why linearizable cart")
	if _, ok := d.p.overlays[0].(*whyView); !ok {
		t.Error("why does not ask why")
	}
	d.keys("esc")
	d.typeLine("anomaly lost-write")
	if len(d.p.overlays) != 0 || d.p.making == nil || !strings.Contains(d.p.run.Save(), "heal") {
		t.Errorf("no anomaly is made: %q, %d overlays", d.p.notice.text, len(d.p.overlays))
	}
	d.keys(" ", ":", "up")
	if got := d.p.overlays[0].(*palette).Value(); got != "anomaly lost-write" {
		t.Errorf("history holds %q", got)
	}
}

// What is wrong is said under the word that is, with what was likely meant.
func TestErrorsInPlace(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(500 * time.Millisecond)
	d.keys("K", "enter") // n1 is down from here on
	tests := []struct{ line, at, says string }{
		{"partitoin n1 | n2", "partitoin", "did you mean partition?"},
		{"policy ap conflct=siblings", "conflct=siblings", "did you mean conflict=siblings?"},
		{"policy app", "app", "did you mean ap?"},
		{"alice@n1 GTE cart", "GTE", "did you mean GET?"},
		{"delay n1-n9 +200ms", "n1-n9", "n1"},
		{"crash n1", "", "n1 is already down"},
		{"expect linearisable", "linearisable", "did you mean linearizable?"},
		{"anomaly stale-raed", "stale-raed", "did you mean stale-read?"},
		{"anomaly stale-read", "", "restart it first"},
		{"layout exploringg", "exploringg", "did you mean exploring?"},
		{"pane vershions", "vershions", "did you mean versions?"},
		{"speed 7", "7", "0.01, 0.02"},
		{"to morrow", "morrow", "an instant as 3s"},
		{"undo this", "this", "nothing more"},
		{"key nowhere", "nowhere", "a key of this run"},
		{"why lineariable", "", "did you mean linearizable?"},
	}
	for _, tt := range tests {
		d.typeLine(tt.line)
		if len(d.p.overlays) != 1 {
			t.Fatalf("%q was taken", tt.line)
		}
		pal := d.p.overlays[0].(*palette)
		if !strings.Contains(pal.wrong, tt.says) {
			t.Errorf("%q: %q, want %q", tt.line, pal.wrong, tt.says)
		}
		if tt.at != "" && (pal.wrongAt < 0 || !strings.HasPrefix(string(pal.runes()[pal.wrongAt:]), tt.at)) {
			t.Errorf("%q: marked at %d", tt.line, pal.wrongAt)
		}
		checkFits(t, d.p.View(), 120, 40)
		d.keys("esc")
	}
}

// What was given is there in the next session, whatever it holds.
func TestHistoryIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "capsim", "history")
	first := newDriver(t, opener(t, proof), 80, 24)
	first.p.history = newHistory(path)
	second := newDriver(t, opener(t, proof), 80, 24)
	second.p.history = newHistory(path)
	first.keys(" ")
	second.keys(" ")
	first.typeLine("cut n1-n2")
	first.typeLine("nonsense")
	first.keys("esc")
	second.typeLine("heal")
	first.typeLine("heal")
	first.typeLine("heal")
	if got := strings.Join(newHistory(path).lines, ";"); got != "cut n1-n2;heal" {
		t.Errorf("kept is %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info, err)
	}
	third := newDriver(t, opener(t, proof), 80, 24)
	third.p.history = newHistory(path)
	third.keys(":", "up", "up")
	if got := third.p.overlays[0].(*palette).Value(); got != "cut n1-n2" {
		t.Errorf("up twice gives %q", got)
	}
	third.keys("down", "down")
	if got := third.p.overlays[0].(*palette).Value(); got != "" {
		t.Errorf("down again gives %q", got)
	}
}

// A file that is broken, too long or can't be written does no harm.
func TestHistoryFiles(t *testing.T) {
	dir := t.TempDir()
	hostile := filepath.Join(dir, "hostile")
	if err := os.WriteFile(hostile, []byte("heal\n\xff\xfe\n\x1b[2J cut n1-n2\n\n"+strings.Repeat("x", 100_000)+"\nheal all"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDriver(t, opener(t, proof), 80, 24)
	d.p.history = newHistory(hostile)
	for range 5 {
		d.keys(":", "up", "up", "up")
		checkFits(t, d.p.View(), 80, 24)
		d.keys("esc")
	}
	long := filepath.Join(dir, "long")
	if err := os.WriteFile(long, []byte(strings.Repeat("heal n1-n2\nheal n2-n3\n", 60_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if h := newHistory(long); len(h.lines) != maxHistory {
		t.Errorf("%d lines are remembered", len(h.lines))
	}
	if info, err := os.Stat(long); err != nil || info.Size() > maxHistoryBytes {
		t.Errorf("the file is not shortened: %v %v", info, err)
	}
	d.p.history = newHistory(filepath.Join(hostile, "below a file"))
	d.keys(" ")
	d.typeLine("heal")
	if !strings.Contains(d.p.notice.text, "not kept") {
		t.Errorf("a file that can't be written: %q", d.p.notice.text)
	}
	d.typeLine("heal all")
	if strings.Contains(d.p.notice.text, "not kept") {
		t.Error("it is said twice")
	}
}

// FuzzCompletion: whatever is typed and wherever the cursor stands, what is offered goes
// on with the line, and the screen holds.
func FuzzCompletion(f *testing.F) {
	for _, s := range []string{
		"", "policy ap conflict=", "delay n1-n2 ", "alice@n1 SET cart ", "alice@", "@", "expect reply bob ", "message ", "partition n1 | ", "  heal  ",
		"anomaly st", "why conserved a + ", "expect pacelc ", "lesson ", "crash\u00a0n1", "policy \xff", "BUY", "牛奶@n1 GET 购物车 ", "key \x1b[2J", "workload w ",
	} {
		f.Add(s, 3)
	}
	const script = "use store memory\nclient dora remote\nat 0.1s alice@n1 SET \"购物车\" milk\nat 0.2s dora@n2 SET laptop:stock 3\nat 1s end\n"
	d := newDriver(f, opener(f, script), 80, 24)
	d.goTo(300 * time.Millisecond)
	f.Fuzz(func(t *testing.T, line string, cursor int) {
		d.p.openPaletteWith("")
		pal := d.p.overlays[len(d.p.overlays)-1].(*palette)
		defer d.p.closeOverlay(pal)
		pal.set(line)
		pal.SetCursor(cursor)
		pal.complete(d.p)
		before := pal.before()
		for _, o := range pal.offers {
			if _, last := typedWords(before); !strings.HasPrefix(o.line, strings.TrimSuffix(before, last)) {
				t.Fatalf("%q is completed to %q", before, o.line)
			}
		}
		for range 3 {
			pal.key(d.p, tea.KeyMsg{Type: tea.KeyTab})
			pal.key(d.p, tea.KeyMsg{Type: tea.KeyShiftTab})
			d.p.dirty = true
			checkFits(t, d.p.View(), 80, 24)
		}
		if word, rest, _ := strings.Cut(strings.TrimSpace(pal.Value()), " "); programWordOf(word) != nil {
			_ = wordColumn(word+" "+rest, rest)
		}
		pal.fail(scenarios.Problems{{Pos: scenarios.Pos{Col: cursor}, Says: line}})
		d.p.dirty = true
		checkFits(t, d.p.View(), 80, 24)
	})
}

// Screens of the palette: a policy's parameters and their values.
func TestPaletteScreens(t *testing.T) {
	tests := []struct {
		name, line string
		w, h       int
		keys       []string
	}{
		{"palette-params-80x24", "policy ap ", 80, 24, []string{"tab"}},
		{"palette-values-120x40", "policy ap conflict=", 120, 40, []string{"tab", "tab"}},
		{"palette-words-120x40", "", 120, 40, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDriver(t, recorded(t, "proof"), tt.w, tt.h)
			d.p.common.Theme = canvas.NewTheme(termenv.Ascii, true)
			d.goTo(0)
			d.keys(":")
			d.typed(tt.line)
			d.keys(tt.keys...)
			d.sameAs(tt.name)
		})
	}
}
