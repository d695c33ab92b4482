package tui

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muesli/termenv"
	"golang.org/x/tools/txtar"

	"capsim/tui/canvas"
)

// The sizes and the looks in which every pane and every layout has a golden screen.
var (
	sizes  = [][2]int{{80, 24}, {120, 40}, {200, 60}}
	looked = []struct {
		name    string
		profile termenv.Profile
		glyphs  *canvas.Glyphs
	}{
		{"NO_COLOR", termenv.Ascii, &canvas.UnicodeGlyphs},
		{"ASCII", termenv.Ascii, &canvas.AsciiGlyphs},
		{"colour", termenv.TrueColor, &canvas.UnicodeGlyphs},
	}
)

// stage is a run at an instant at which a pane has something to tell.
type stage struct {
	set  func(t testing.TB, w, h int) *driver
	at   time.Duration // 0: where it was set
	keys []string      // pressed once the pane is focused
}

// stages are by "pane NAME" or "layout NAME"; what has none is shown on "".
var stages = map[string]stage{
	"":                 {tape("proof"), 3600 * time.Millisecond, nil},
	"pane cluster":     {played("held"), 880 * time.Millisecond, []string{"e"}},
	"pane versions":    {tape("doubt"), 2 * time.Second, []string{"down"}},
	"pane space-time":  {played("held"), 1250 * time.Millisecond, []string{"E", "E"}},
	"pane operations":  {tape("load"), 2 * time.Second, []string{"down"}},
	"pane wire":        {tape("cp"), 205 * time.Millisecond, []string{"down"}},
	"pane charts":      {tape("load"), 4 * time.Second, nil},
	"pane lesson":      {studied, 0, nil},
	"pane story":       {tape("proof"), 5600 * time.Millisecond, []string{"down"}},
	"pane compare":     {threeSides, 4900 * time.Millisecond, []string{"down"}},
	"pane forks":       {forked, 0, []string{"up"}},
	"pane inspector":   {nodeChosen, 3600 * time.Millisecond, nil},
	"layout teaching":  {studied, 0, nil},
	"layout comparing": {threeSides, 4900 * time.Millisecond, []string{"down"}},
	"layout wire":      {tape("cp"), 205 * time.Millisecond, nil},
}

// tape shows a recorded trace.
func tape(name string) func(t testing.TB, w, h int) *driver {
	return func(t testing.TB, w, h int) *driver { return newDriver(t, recorded(t, name), w, h) }
}

// played runs one of the pictures' scripts.
func played(name string) func(t testing.TB, w, h int) *driver {
	return func(t testing.TB, w, h int) *driver { return newDriver(t, opener(t, pictures[name]), w, h) }
}

// studied is a lesson at which a guess was just told right or wrong.
func studied(t testing.TB, w, h int) *driver {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), w, h)
	d.withLibrary()
	d.act(" ", " ", "play:900ms", " ", "play:1600ms", "1", "play:1s")
	return d
}

// threeSides is the proof under three policies.
func threeSides(t testing.TB, w, h int) *driver {
	d, _ := beside(t, capProof(t), 0, w, h, "cp", "ap conflict=siblings", "base")
	return d
}

// forked has forks of the proof, one of a fork, and a command that was taken back.
func forked(t testing.TB, w, h int) *driver {
	d := newDriver(t, opener(t, proof), w, h)
	d.goTo(3600 * time.Millisecond)
	d.keys("shift+left", "shift+left", "left", "h")
	d.goTo(1700 * time.Millisecond)
	d.give("carol@n3 SET cart bread")
	d.goTo(2600 * time.Millisecond)
	d.keys("u", "shift+left", "x", "enter")
	d.do(d.p.switchTo(d.named("fork 1")))
	return d
}

// nodeChosen has a node selected.
func nodeChosen(t testing.TB, w, h int) *driver {
	d := tape("proof")(t, w, h)
	d.send(pickMsg{nodeSubject(2)})
	return d
}

// TestEveryScreen compares every pane, zoomed, and every layout with golden screens of each
// size and look: testdata/screens has a file for each. A new pane or layout gets its file
// by -update alone; without one the test fails.
func TestEveryScreen(t *testing.T) {
	dir := filepath.Join("testdata", "screens")
	files := map[string]bool{}
	compare := func(what string, show func(d *driver)) {
		t.Run(what, func(t *testing.T) {
			name := strings.ReplaceAll(what, " ", "-") + ".txtar"
			files[name] = true
			sameFile(t, filepath.Join(dir, name), string(txtar.Format(screensOf(t, what, show))))
		})
	}
	known := []string{""}
	for i := range paneList {
		what := "pane " + paneList[i].name
		known = append(known, what)
		compare(what, func(d *driver) {
			d.p.zoomed = false
			d.p.setFocus(paneName(i), 0)
			d.keys("z")
		})
	}
	for i := range layouts {
		what := "layout " + layouts[i].name
		known = append(known, what)
		compare(what, func(d *driver) { d.p.setLayout(i) })
	}
	for what := range stages {
		if !slices.Contains(known, what) {
			t.Errorf("there is a stage for %q, but neither a pane nor a layout", what)
		}
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range there {
		if !t.Failed() && !files[e.Name()] && len(files) == len(known)-1 {
			t.Errorf("%s is of no pane or layout: delete it", filepath.Join(dir, e.Name()))
		}
	}
}

// screensOf draws a pane or a layout in all sizes and looks, each from its beginning.
func screensOf(t *testing.T, what string, show func(d *driver)) *txtar.Archive {
	st, ok := stages[what]
	if !ok {
		st = stages[""]
	}
	files := &txtar.Archive{Comment: []byte(what + "\n")}
	for _, size := range sizes {
		for _, look := range looked {
			d := st.set(t, size[0], size[1])
			d.look(look.profile, look.glyphs)
			if st.at > 0 {
				d.goTo(st.at)
			}
			show(d)
			d.keys(st.keys...)
			d.p.notice = notice{}
			name := fmt.Sprintf("%dx%d %s", size[0], size[1], look.name)
			if look.glyphs == &canvas.AsciiGlyphs && strings.ContainsFunc(d.golden(), func(r rune) bool { return r > '~' }) {
				t.Errorf("%s: %s holds signs that are not ASCII", what, name)
			}
			files.Files = append(files.Files, txtar.File{Name: name, Data: []byte(d.golden() + "\n")})
			d.p.closeAll()
		}
	}
	if again := txtar.Parse(txtar.Format(files)); len(again.Files) != len(files.Files) || !bytes.Equal(again.Files[0].Data, files.Files[0].Data) {
		t.Fatal("a line of a screen looks like the beginning of another: it can't be stored")
	}
	return files
}
