package tui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"capsim/tui/canvas"
)

// monkey presses keys, clicks, pastes and resizes as its seed has it. Jobs begin and come
// back while it goes on, in an order that its seed decides, too.
type monkey struct {
	*driver
	r     *rand.Rand
	hands []string // keys
	jobs  []*errand
	last  []string // what it did last, for who reads of a failure
	took  *timings
}

// errand is a command of the program that is to be done, or, once begun, was.
type errand struct {
	cmd   tea.Cmd
	came  chan tea.Msg
	begun bool
}

// timings are how long frames and updates took.
type timings struct {
	mu              sync.Mutex
	frames, updates []time.Duration
	keys            atomic.Int64
}

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
	return slices.DeleteFunc(keys, func(k string) bool { return k == "ctrl+c" || k == "ctrl+z" })
}

// monkeyStory is how many keys are pressed in one program.
const monkeyStory = 500

// newMonkey opens a program on a scenario that the seed chooses.
func newMonkey(t testing.TB, seed uint64, hands []string, took *timings) *monkey {
	r := rand.New(rand.NewPCG(seed, 2))
	w, h := 80+r.IntN(130), 24+r.IntN(40)
	m := &monkey{r: r, hands: hands, took: took}
	m.driver = newDriver(t, monkeyRun(t, r), w, h)
	m.withLibrary()
	m.p.progress = newDiary(filepath.Join(t.TempDir(), "progress.json"))
	m.p.common.Theme = canvas.NewTheme([]termenv.Profile{termenv.Ascii, termenv.TrueColor}[r.IntN(2)], true)
	if r.IntN(4) == 0 {
		m.p.common.Glyphs = &canvas.AsciiGlyphs
	}
	at := m.now
	m.p.clock = func() time.Time { return at } // no time passes while it works
	m.driver.later = func(cmd tea.Cmd) { m.jobs = append(m.jobs, &errand{cmd: cmd}) }
	return m
}

// work begins a job that waits, or brings one back, or lets them be.
func (m *monkey) work() {
	if len(m.jobs) == 0 || m.r.IntN(3) == 0 {
		return
	}
	i := m.r.IntN(len(m.jobs))
	m.further(i)
}

func (m *monkey) further(i int) {
	e := m.jobs[i]
	if !e.begun {
		e.begun, e.came = true, make(chan tea.Msg, 1)
		go func() { e.came <- e.cmd() }()
		return
	}
	m.jobs = slices.Delete(m.jobs, i, i+1)
	select {
	case msg := <-e.came:
		switch msg := msg.(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				m.do(c)
			}
		case tea.QuitMsg:
			m.quit = true
		default:
			m.did(fmt.Sprintf("%T", msg))
			m.timed(msg)
		}
	case <-time.After(20 * time.Second):
		m.t.Fatal("a command does not end")
	}
}

// did keeps what was done last.
func (m *monkey) did(what string) {
	if m.last = append(m.last, what); len(m.last) > 40 {
		m.last = m.last[1:]
	}
}

// timed sends a message, and takes the time.
func (m *monkey) timed(msg tea.Msg) {
	began := time.Now()
	m.send(msg)
	took := time.Since(began)
	m.took.mu.Lock()
	m.took.updates = append(m.took.updates, took)
	m.took.mu.Unlock()
	if took > 150*time.Millisecond {
		m.t.Logf("%T took %v, after %q", msg, took, m.last)
	}
}

// step does something.
func (m *monkey) step(i int) {
	if m.r.IntN(40) == 0 {
		w, h := minWidth+m.r.IntN(140), minHeight+m.r.IntN(46)
		if m.r.IntN(8) == 0 {
			w, h = m.r.IntN(minWidth), m.r.IntN(70) // too small
		}
		m.did(fmt.Sprintf("%dx%d", w, h))
		m.timed(tea.WindowSizeMsg{Width: w, Height: h})
	}
	if m.r.IntN(8) == 0 {
		m.did("play")
		for range 1 + m.r.IntN(5) {
			m.p.ticked = m.now
			m.now = m.now.Add(frame)
			m.p.ticking = true
			m.timed(tickMsg(m.now))
		}
	}
	k := m.hands[m.r.IntN(len(m.hands))]
	if m.r.IntN(40) == 0 {
		line := monkeyLine(m.r)
		m.did(line)
		m.keys("esc", ":")
		m.typed(line)
		k = "enter"
	}
	m.did(k)
	m.timed(keyMsg(k))
	if m.r.IntN(5) == 0 {
		click := m.click()
		m.did(tea.MouseEvent(click).String())
		m.timed(click)
	}
	if m.r.IntN(80) == 0 {
		text := hostile[m.r.IntN(len(hostile))]
		m.did("paste")
		m.timed(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(text)})
	}
	m.work()
	m.work()
	began := time.Now()
	screen := m.p.View()
	took := time.Since(began)
	m.took.mu.Lock()
	m.took.frames = append(m.took.frames, took)
	m.took.mu.Unlock()
	if took > 100*time.Millisecond {
		m.t.Logf("a frame of %v after %q", took, m.last)
	}
	if i%7 == 0 {
		checkFits(m.t, screen, m.p.w, max(m.p.h, 1))
	}
}

// click clicks, drags or turns the wheel: anywhere, or in the middle of a zone.
func (m *monkey) click() tea.MouseMsg {
	r, p := m.r, m.p
	e := tea.MouseMsg{X: r.IntN(max(p.w, 1)), Y: r.IntN(max(p.h, 1))}
	if n := len(p.zones.all); n > 0 && r.IntN(2) == 0 {
		z := p.zones.all[r.IntN(n)]
		e.X, e.Y = z.X+z.W/2, z.Y+z.H/2
	}
	e.Button = []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonLeft, tea.MouseButtonRight, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown}[r.IntN(5)]
	e.Action = []tea.MouseAction{tea.MouseActionPress, tea.MouseActionPress, tea.MouseActionRelease, tea.MouseActionMotion}[r.IntN(4)]
	return e
}

// play is one life of a program under the monkey's hands.
func (m *monkey) play(steps int) {
	whole := false
	defer func() {
		if !whole {
			m.t.Logf("it did last: %q", m.last)
		}
	}()
	for i := range steps {
		m.step(i)
		m.took.keys.Add(1)
	}
	m.keys("esc", "esc", "esc")
	for i := 0; len(m.jobs) > 0; i++ {
		if m.further(0); i > 100_000 {
			m.t.Fatal("the jobs have no end")
		}
	}
	if m.p.busy || len(m.p.waiting) > 0 {
		m.t.Fatal("a job is left")
	}
	m.p.closeAll()
	whole = true
}

// TestMonkey presses random keys over random scenarios and sizes: no panic, no line
// wider than the screen, no job left behind, no memory kept. CAPSIM_MONKEY sets how many
// keys, CAPSIM_MONKEY_SEED where the seeds begin: that of each program is printed if it fails.
func TestMonkey(t *testing.T) {
	presses, first := 5_000, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("CAPSIM_MONKEY")); err == nil {
		presses = n
	}
	if n, err := strconv.ParseUint(os.Getenv("CAPSIM_MONKEY_SEED"), 10, 64); err == nil {
		first = n
	}
	t.Chdir(t.TempDir()) // s writes files
	hands, took := monkeyKeys(), &timings{}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	var seeds []uint64
	for s := first; len(seeds)*monkeyStory < presses; s++ {
		seeds = append(seeds, s)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8) {
		group.Go(func() { // FailNow ends it, as it is meant to
			for {
				i := int(next.Add(1)) - 1
				if i >= len(seeds) {
					return
				}
				oneMonkey(t, seeds[i], hands, took)
			}
		})
	}
	group.Wait()
	after := heap() - uint64(8*(cap(took.frames)+cap(took.updates)))
	t.Logf("%d keys; a frame %s; an update %s; heap %d KiB at the start, %d at the end",
		took.keys.Load(), quantiles(took.frames), quantiles(took.updates), before>>10, after>>10)
	if after > before+(32<<20) {
		t.Errorf("the heap grew from %d to %d KiB", before>>10, after>>10)
	}
}

func oneMonkey(t *testing.T, seed uint64, hands []string, took *timings) {
	whole := false
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("a panic: %v\n%s", r, debug.Stack())
		}
		if !whole {
			t.Errorf("CAPSIM_MONKEY_SEED=%d CAPSIM_MONKEY=%d shows it", seed, monkeyStory)
		}
	}()
	newMonkey(t, seed, hands, took).play(monkeyStory)
	whole = true
}

func quantiles(d []time.Duration) string {
	if len(d) == 0 {
		return "-"
	}
	slices.Sort(d)
	n := len(d)
	return fmt.Sprintf("p50 %v p99 %v p99.9 %v max %v", d[n/2], d[n*99/100], d[n*999/1000], d[n-1])
}
