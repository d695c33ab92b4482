package tui

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"capsim/model"
	"capsim/tui/canvas"
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

// hostile are values and pastes that would do something to a terminal, or to a layout.
var hostile = []string{
	"\x1b[2J\x1b]0;owned\x07", "\u202ertl\u202c \u200d\u200f", strings.Repeat("k", 10_000), "\n\r\t\x00\x9b2J",
	"漢字かな한국어", "👩‍👩‍👧🇨🇭👍🏽", "e\u0301\u0301\u0301\u0301\u0301\u0301", "partition n1 | n2 n3", "write\nread",
}

// hostileScript uses such values, 500 keys, nine nodes and a remote client.
func hostileScript() string {
	b := []byte("use nodes 9\nuse store memory\nclient dora remote\n")
	for i, v := range hostile[:7] {
		b = append(b, "at "+itoa(100+i)+"ms alice@n"+itoa(i+1)+" SET "...)
		b = append(model.AppendQuoted(b, v), ' ')
		b = append(model.AppendQuoted(b, v), '\n')
	}
	return string(b) + "workload w clients=4 at=n1,n5,n9 rate=500/s keys=500 ops=GET:30%,SET:70% from 200ms to 700ms\nat 500ms dora@n2 SET far away\nat 3s end\n"
}

// monkeyMouse clicks, drags or turns the wheel: anywhere, or in the middle of a zone.
func monkeyMouse(r *rand.Rand, p *program) tea.Msg {
	m := tea.MouseMsg{X: r.IntN(max(p.w, 1)), Y: r.IntN(max(p.h, 1))}
	if n := len(p.zones.all); n > 0 && r.IntN(2) == 0 {
		z := p.zones.all[r.IntN(n)]
		m.X, m.Y = z.X+z.W/2, z.Y+z.H/2
	}
	m.Button = []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonLeft, tea.MouseButtonRight, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown}[r.IntN(5)]
	m.Action = []tea.MouseAction{tea.MouseActionPress, tea.MouseActionPress, tea.MouseActionRelease, tea.MouseActionMotion}[r.IntN(4)]
	return m
}

// TestMonkey presses random keys over random scenarios and sizes: no panic, no line
// wider than the screen, no job left behind. CAPSIM_MONKEY sets how many keys.
func TestMonkey(t *testing.T) {
	presses := 5_000
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
	runs = append(runs, hostileScript())
	var frames []time.Duration
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	const each = 500
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
		d.p.common.Theme = canvas.NewTheme([]termenv.Profile{termenv.Ascii, termenv.TrueColor}[r.IntN(2)], true)
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
			if r.IntN(5) == 0 {
				d.send(monkeyMouse(r, d.p))
			}
			if r.IntN(80) == 0 {
				d.send(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(hostile[r.IntN(len(hostile))])})
			}
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
	after := heap() - uint64(8*cap(frames))
	t.Logf("%d keys; a frame p50 %v, p99 %v, max %v; heap %d KiB at the start, %d at the end",
		presses, frames[n/2], frames[n*99/100], frames[n-1], before>>10, after>>10)
	if after > before+(32<<20) {
		t.Errorf("the heap grew from %d to %d KiB", before>>10, after>>10)
	}
}
