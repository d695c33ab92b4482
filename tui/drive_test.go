package tui

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
	"capsim/tui/canvas"
)

// proof is the script of most tests: the CAP proof, with a question.
const proof = `use seed 42
use store memory
at 0.2s  alice@n1 SET cart milk
at 1s    partition n1 | n2 n3
         say "The network splits. All of them work."
at 2s    ask "Will bob read eggs?" yes | *no
at 2.2s  alice@n1 SET cart eggs
at 3.5s  bob@n2 GET cart
         say "n2 answers with what it has."
at 5s    heal
at 8s    end
`

// opener opens sessions of a script, in memory.
func opener(t testing.TB, script string) func() (run, error) {
	t.Helper()
	s, err := scenarios.Parse("test.capsim", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	return func() (run, error) {
		r, err := scenarios.Open(s, scenarios.Options{Interactive: true, Memory: true})
		if err != nil {
			return nil, err
		}
		return sessionRun{r}, nil
	}
}

// driver runs a program without a terminal: commands at once, ticks by hand.
type driver struct {
	t    testing.TB
	p    *program
	quit bool
	now  time.Time
	// later takes the commands that are not to be done at once; nil: all are.
	later func(tea.Cmd)
}

func testCommon(profile termenv.Profile, g *canvas.Glyphs) common {
	return common{Kit: canvas.Kit{Theme: canvas.NewTheme(profile, true), Glyphs: g}}
}

func newDriver(t testing.TB, open func() (run, error), w, h int) *driver {
	t.Helper()
	d := &driver{t: t, p: newProgram(testCommon(termenv.Ascii, &canvas.UnicodeGlyphs), open)}
	d.p.next = func() tea.Cmd { return nil }      // the driver has a clock of its own
	d.p.clock = func() time.Time { return d.now } // and no time passes while it works
	d.do(d.p.Init())
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

// send gives a message to the program and does what it asks for.
func (d *driver) send(m tea.Msg) {
	_, cmd := d.p.Update(m)
	d.do(cmd)
}

// do runs a command to its end, but for ticks.
func (d *driver) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if d.later != nil {
		d.later(cmd)
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case m := <-done:
		switch m := m.(type) {
		case tea.BatchMsg:
			for _, c := range m {
				d.do(c)
			}
		case tea.QuitMsg:
			d.quit = true
		default:
			if m != nil {
				d.send(m)
			}
		}
	case <-time.After(20 * time.Second):
		d.t.Fatal("a command does not end")
	}
}

// keys presses keys by their names; what is no name is typed.
func (d *driver) keys(names ...string) {
	for _, k := range names {
		d.send(keyMsg(k))
	}
}

// show presses keys, after "layout NAME" and "pane NAME" were brought onto the screen.
func (d *driver) show(names ...string) {
	d.t.Helper()
	for _, k := range names {
		if name, ok := strings.CutPrefix(k, "pane "); ok {
			d.p.showPane(paneNamed(name))
		} else if name, ok := strings.CutPrefix(k, "layout "); ok {
			for i := 0; layouts[d.p.layout].name != name; i++ {
				if d.keys("t"); i > len(layouts) {
					d.t.Fatalf("t does not reach the layout %s", name)
				}
			}
			d.p.notice = notice{}
		} else {
			d.keys(k)
		}
	}
}

func (d *driver) typed(s string) {
	for _, r := range s {
		d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
}

var keyTypes = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "left": tea.KeyLeft, "right": tea.KeyRight,
	"up": tea.KeyUp, "down": tea.KeyDown, "shift+left": tea.KeyShiftLeft, "shift+right": tea.KeyShiftRight, "home": tea.KeyHome,
	"end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "ctrl+c": tea.KeyCtrlC, "ctrl+w": tea.KeyCtrlW, "ctrl+u": tea.KeyCtrlU,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "ctrl+left": tea.KeyCtrlLeft, "ctrl+right": tea.KeyCtrlRight, "ctrl+n": tea.KeyCtrlN, "ctrl+p": tea.KeyCtrlP,
	"ctrl+z": tea.KeyCtrlZ,
}

func keyMsg(name string) tea.KeyMsg {
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	if k, ok := keyTypes[name]; ok {
		return tea.KeyMsg{Type: k}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// play lets so much wall time pass in frames.
func (d *driver) play(wall time.Duration) {
	for ; wall > 0; wall -= frame {
		d.p.ticked = d.now
		d.now = d.now.Add(frame)
		d.p.ticking = true
		d.send(tickMsg(d.now))
	}
}

// goTo runs to an instant and puts the cursor there, answering what is asked.
func (d *driver) goTo(t time.Duration) {
	d.t.Helper()
	d.p.scene.playing = false
	for i := 0; d.p.scene.now < model.Time(t); i++ {
		d.do(d.p.advance(model.Time(t)))
		if len(d.p.overlays) > 0 {
			d.keys("enter")
			d.p.scene.playing = false
		}
		if i > 100 {
			d.t.Fatalf("the run does not get to %v", t)
		}
	}
	d.do(d.p.advance(model.Time(t)))
	d.send(judgedMsg{d.p.scene.verdict})
}

// recording is a run that shows a trace file: RunTo uncovers its events.
type recording struct {
	script *scenarios.Script
	all    *trace.Log
	log    *trace.Log
	now    model.Time
}

func (r *recording) Script() *scenarios.Script     { return r.script }
func (r *recording) Now() model.Time               { return r.now }
func (r *recording) End() model.Time               { return r.all.At(r.all.Len()).At }
func (r *recording) Over() bool                    { return r.log.Len() == r.all.Len() }
func (r *recording) Live() bool                    { return false }
func (r *recording) Err() error                    { return nil }
func (r *recording) Log() *trace.Log               { return r.log }
func (r *recording) Question() *scenarios.Question { return nil }
func (r *recording) Answer()                       {}
func (r *recording) Warnings() []scenarios.Problem { return nil }
func (r *recording) Do(string) error               { return errors.New("this is a recording") }
func (r *recording) Save() string                  { return "" }
func (r *recording) Close() error                  { return nil }
func (r *recording) fork(int) (run, error)         { return nil, errors.New("this is a recording") }
func (r *recording) replica() (run, error) {
	s, err := scenarios.Open(r.script, scenarios.Options{Memory: true})
	if err != nil {
		return nil, err
	}
	return sessionRun{s}, nil
}

func (r *recording) disk(node model.NodeID, most int) ([]scenarios.DiskEntry, int, error) {
	s, err := r.replica()
	if err != nil {
		return nil, 0, err
	}
	if err := s.RunTo(r.now); err != nil {
		return nil, 0, err
	}
	return s.disk(node, most)
}

func (r *recording) undo() (run, error) { return nil, nil }

func (r *recording) RunTo(t model.Time) error {
	for n := r.log.Len() + 1; n <= r.all.Len() && r.all.At(n).At <= t; n++ {
		r.log.Append(*r.all.At(n))
	}
	r.now = min(t, r.End())
	return nil
}

func (r *recording) Step() (bool, error) {
	if r.Over() {
		return false, nil
	}
	return true, r.RunTo(r.all.At(r.log.Len() + 1).At)
}

// recorded opens a trace of testdata; -update records it anew.
func recorded(t testing.TB, name string) func() (run, error) {
	t.Helper()
	path := filepath.Join("testdata", name+".trace")
	if updating() {
		record0(t, path, name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := trace.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse(name+".capsim", []byte(f.Header.Script))
	if err != nil {
		t.Fatal(err)
	}
	return func() (run, error) { return &recording{script: s, all: f.Log, log: &trace.Log{}}, nil }
}

// scripts are those whose traces the screens are made from.
var scripts = map[string]string{
	"proof": proof,
	"cp": `use seed 7
use policy cp
at 0.2s  alice@n1 SET stock 10
at 1s    partition n1 | n2 n3
at 1.02s alice@n1 SET stock 9
at 1.6s  bob@n2 SET stock 8
at 1.7s  crash n3
at 2.5s  carol@n1 GET stock
at 3s    end
`,
	"doubt": `use policy ca
use latency const(10ms)
at 0.2s   alice@n1 SET cart milk
at 0.5s   bob@n2 SET list apples
at 1s     alice@n1 SET cart eggs
at 1.015s crash n1
at 1.05s  carol@n3 GET cart
at 2.5s   end
`,
	"lost": `use seed 3
use policy ap
use latency const(10ms)
at 0.2s  alice@n1 SET cart milk
at 1s    partition n1 | n2 n3 hold
at 1.2s  alice@n1 SET cart eggs
at 1.6s  bob@n2 SET cart bread
at 3s    heal
at 3.5s  alice@n1 GET cart
at 4s    end
`,
	"load": `use nodes 3
use policy cp
use seed 11
use store memory
workload w clients=4 at=n1,n2,n3 rate=14/s keys=2 ops=GET:60%,SET:40% from 0s to 4.5s
at 1s    partition n1 | n2 n3
at 2.4s  heal
at 2.9s  policy ap
at 3.2s  partition n1 | *
at 4.2s  heal
at 5s    end
`,
	"remote": `use latency const(10ms)
client dora remote
at 0s    dora@n1 SET cart milk
at 100ms bandwidth n1-n2 64KB/s
at 100ms duplicate n1-n3 10%
at 100ms reorder n1-n3 20%
at 100ms flap n2-n3 up=500ms down=300ms
at 100ms slow n1 +5ms
at 100ms skew n2 -500ms
at 100ms drift n3 200ppm
at 200ms cut dora->n2
at 250ms dora@n2 SET cart eggs
at 400ms dora@n1 GET cart
at 1s    end
`,
}

func record0(t testing.TB, path, name string) {
	t.Helper()
	s, err := scenarios.Parse(name+".capsim", []byte(scripts[name]))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	r, err := scenarios.Open(s, scenarios.Options{Memory: true, Trace: &b})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(), r.Close(), os.WriteFile(path, b.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}
