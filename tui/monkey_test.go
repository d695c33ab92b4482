package tui

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// monkeyKeys are what the monkey presses: every key of the program, those of
// editors and menus, and some that mean nothing.
func monkeyKeys() []string {
	keys := []string{
		"enter", "enter", "esc", "esc", "esc", "tab", "shift+tab", "up", "down", "left", "right", "j", "k", "y", "n",
		"backspace", "delete", "ctrl+w", "ctrl+u", "é", "漢", "|", ";", "@", "v", "!",
	}
	for _, b := range bindings() {
		keys = append(keys, b.Keys()...)
	}
	return keys
}

// TestMonkey presses random keys over random scenarios and sizes: no panic, no line
// wider than the screen, no job left behind. CAPSIM_MONKEY sets how many keys.
func TestMonkey(t *testing.T) {
	presses := 12_000
	if n, err := strconv.Atoi(os.Getenv("CAPSIM_MONKEY")); err == nil {
		presses = n
	}
	t.Chdir(t.TempDir()) // s writes files
	r := rand.New(rand.NewPCG(1, 2))
	keys := monkeyKeys()
	runs := []string{
		proof, taught, scripts["cp"], scripts["remote"], "use nodes 1\nuse store memory\nat 1s alice@n1 SET a b\n",
		"use nodes 9\nuse policy base\nuse store memory\n" +
			"workload w clients=3 at=n1,n2,n3 rate=200/s keys=40 ops=GET:50%,SET:50% from 0s to 2s\nat 3s crash n4\n",
	}
	var frames []time.Duration
	const each = 1000
	for begun := 0; begun < presses; begun += each {
		script := runs[r.IntN(len(runs))]
		w, h := 80+r.IntN(130), 24+r.IntN(40)
		open := opener
		if script == taught {
			open = func(t testing.TB, text string) func() (run, error) { return lessonOpener(t, "cut.md", text) }
		}
		d := newDriver(t, open(t, script), w, h)
		d.withLibrary()
		d.p.progress = newDiary(filepath.Join(t.TempDir(), "progress.json"))
		d.p.common.theme = newTheme([]termenv.Profile{termenv.Ascii, termenv.TrueColor}[r.IntN(2)], true)
		for i := range each {
			if r.IntN(40) == 0 {
				w, h = r.IntN(220), r.IntN(70)
				d.send(tea.WindowSizeMsg{Width: w, Height: h})
			}
			if r.IntN(8) == 0 {
				d.play(time.Duration(1+r.IntN(5)) * frame)
			}
			k := keys[r.IntN(len(keys))]
			if slices.Contains([]string{"ctrl+c", "ctrl+z"}, k) {
				continue
			}
			if r.IntN(60) == 0 {
				d.keys("esc", ":")
				d.typed([]string{"delay n1-n2 x5", "partition n1 | *", "alice@n1 SET cart \"\\x1b[2J\"", "policy cp", "loss *-* 20%", "bob@n2 INCR hits"}[r.IntN(6)])
				k = "enter"
			}
			d.keys(k)
			began := time.Now()
			screen := d.p.View()
			frames = append(frames, time.Since(began))
			if i%7 == 0 {
				checkFits(t, screen, w, max(h, 1))
			}
		}
		if d.p.busy || len(d.p.waiting) > 0 {
			t.Fatal("a job is left")
		}
		d.p.closeAll()
	}
	slices.Sort(frames)
	n := len(frames)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d keys; a frame p50 %v, p99 %v, max %v; heap %d MiB", presses, frames[n/2], frames[n*99/100], frames[n-1], m.HeapAlloc>>20)
}
