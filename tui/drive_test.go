package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"capsim/model"
	"capsim/scenarios"
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
	return lessonOpener(t, "test.capsim", script)
}

// lessonOpener opens runs of a lesson as the library would.
func lessonOpener(t testing.TB, path, text string) func() (run, error) {
	t.Helper()
	s, err := scenarios.Parse(path, []byte(text))
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
			d.keys("down", "enter")
			d.p.scene.playing = false
		}
		if i > 100 {
			d.t.Fatalf("the run does not get to %v", t)
		}
	}
	d.do(d.p.advance(model.Time(t)))
	d.send(judgedMsg{d.p.scene.verdict})
}
