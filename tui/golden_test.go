package tui

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"capsim/tui/canvas"
)

// updating tells whether the traces and golden screens are to be made anew: the
// flag -update is teatest's.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// golden draws the screen anew, and fails if it doesn't fit the terminal.
func (d *driver) golden() string {
	d.t.Helper()
	d.p.dirty = true
	got := d.p.View()
	checkFits(d.t, got, d.p.w, d.p.h)
	return got
}

// sameAs compares the screen with a file of testdata: a special state. What panes and
// layouts look like in the plain is in the files of TestEveryScreen.
func (d *driver) sameAs(name string) {
	d.t.Helper()
	sameFile(d.t, filepath.Join("testdata", name+".golden"), d.golden()+"\n")
}

// look has the program use other colours and signs.
func (d *driver) look(profile termenv.Profile, g *canvas.Glyphs) {
	d.p.common.Theme, d.p.common.Glyphs = canvas.NewTheme(profile, true), g
}

// sameFile compares a text with a file; -update writes it.
func sameFile(t testing.TB, path, got string) {
	t.Helper()
	if updating() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update makes it)", err)
	}
	if got == string(want) {
		return
	}
	gots, wants := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range gots {
		if i >= len(wants) || gots[i] != wants[i] {
			t.Errorf("differs from %s (go test -update, then look at the difference), first in line %d:\n%s\nwhere the file has\n%s", path, i+1, gots[i], wants[min(i, len(wants)-1)])
			return
		}
	}
	t.Errorf("%s has more than is shown (go test -update, then look at the difference)", path)
}

// checkFits fails if the screen has more rows or columns than the terminal.
func checkFits(t testing.TB, screen string, w, h int) {
	t.Helper()
	lines := strings.Split(screen, "\n")
	if len(lines) > h {
		t.Fatalf("%d lines on a screen of %d", len(lines), h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n > w {
			t.Fatalf("line %d has %d columns of %d: %q", i, n, w, l)
		}
		for _, r := range ansi.Strip(l) {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				t.Fatalf("line %d holds the control character %q", i, r)
			}
		}
	}
}
