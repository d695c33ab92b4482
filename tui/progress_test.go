package tui

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"capsim/scenarios"
)

// library opens a driver on a lesson of the library that keeps progress in a file.
func studying(t *testing.T, name, state string) *driver {
	t.Helper()
	item, err := scenarios.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	open := lessonOpener(t, item.File, string(item.Source))
	d := newDriver(t, func() (run, error) { return nil, errNoRun }, 80, 24)
	d.withLibrary()
	d.p.opener, d.p.progress, d.p.overlays = open, newDiary(state), nil
	d.act("R")
	return d
}

// What was done in one session is known in the next.
func TestProgressIsKept(t *testing.T) {
	state := filepath.Join(t.TempDir(), "a", "b", "progress.json")
	d := studying(t, "replication", state)
	d.toQuestion()
	d.act("2", "play:1s", "end", "end")
	d.toTheEnd()
	d = studying(t, "replication", state)
	if n := d.p.progress.of("replication"); n != (lessonNote{true, 1, 1}) {
		t.Errorf("kept: %+v", n)
	}
	next := after(t, "replication")
	d.shows("Done before. l: go on with lesson " + numberOf(t, next.Name) + ", " + next.Title)
	d.act("l")
	d.shows("✓ 1/1", numberOf(t, next.Name)+" "+next.Title)
	entries, err := os.ReadDir(filepath.Dir(state))
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v %v", entries, err)
	}
}

// toTheEnd goes to the end of the run.
func (d *driver) toTheEnd() {
	d.t.Helper()
	for i := 0; !d.p.scene.over || !d.p.scene.live(); i++ {
		d.keys("end")
		if i > 10 {
			d.t.Fatal("the run does not end")
		}
	}
}

// A file that can't be read is put aside and said, once; nothing stops.
func TestProgressBroken(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"version":0}`, "\x00\xff", `{"version":1,"lessons":[1]}`} {
		state := filepath.Join(t.TempDir(), "progress.json")
		if err := os.WriteFile(state, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d := studying(t, "replication", state)
		d.shows("was broken")
		bad, err := os.ReadFile(state + ".bad")
		if err != nil || string(bad) != text {
			t.Errorf("%q: the broken file is not kept: %q %v", text, bad, err)
		}
		d.act("esc", "R")
		if strings.Contains(d.screen(), "was broken") {
			t.Errorf("%q: it is said twice", text)
		}
		if n := newDiary(state); n.all.Last != "replication" {
			t.Errorf("%q: no new file was begun: %+v", text, n.all)
		}
	}
}

// A file of a newer program is left as it is, and so is one that can't be written.
func TestProgressOfOthers(t *testing.T) {
	state := filepath.Join(t.TempDir(), "progress.json")
	const newer = `{"version":2,"lessons":{}}`
	if err := os.WriteFile(state, []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	d := studying(t, "replication", state)
	d.shows("your progress is not kept", "newer program")
	if got, err := os.ReadFile(state); err != nil || string(got) != newer {
		t.Errorf("it was written: %q %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	studying(t, "replication", filepath.Join(file, "progress.json")).shows("your progress is not kept")
}

// Without a file nothing is written.
func TestNoProgress(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	d := studying(t, "replication", "")
	d.toQuestion()
	d.act("1", "play:1s")
	d.toTheEnd()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("written: %v %v", entries, err)
	}
}

// Two programs at once lose nothing of each other, and neither makes a note worse.
func TestProgressOfTwo(t *testing.T) {
	state := filepath.Join(t.TempDir(), "progress.json")
	a, b := newDiary(state), newDiary(state)
	a.note("one", lessonNote{Finished: true, Right: 2, Guessed: 3})
	b.note("one", lessonNote{Right: 1, Guessed: 3})
	b.note("two", lessonNote{Finished: true})
	var both sync.WaitGroup
	for _, p := range []*diary{a, b, a, b} {
		keep := p.keep()
		both.Go(func() { keep() })
	}
	both.Wait()
	a.keep()()
	b.keep()()
	got := newDiary(state)
	if got.of("one") != (lessonNote{true, 2, 3}) || got.of("two") != (lessonNote{Finished: true}) {
		t.Errorf("kept: %+v", got.all)
	}
	if a.note("one", lessonNote{Right: 1}); a.of("one").Right != 2 {
		t.Error("a note became worse")
	}
}
