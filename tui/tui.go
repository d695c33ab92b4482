// Package tui is the terminal program: a run of a script on the screen, steered by
// keys and by the script language, and its plain-text twin.
//
// The screen is a fold of the trace up to a cursor. What can block (a step of the
// run, a verdict, a file) happens in a job of its own and comes back as a message;
// drawing reads what is there.
//
// Where what is:
//
//   - the program: tui.go, tty*.go, display.go and keyboard.go (the terminal), program.go (messages
//     and keys), keys.go (the list of keys), jobs.go, common.go
//   - time and steering: cursor.go, steer*.go, timeline.go, run.go, judge*.go, disk.go, save.go
//   - several runs: branches.go (forks), lockstep.go, sides.go (side by side)
//   - what is known: record*.go (worked out once, as the log grows), scene.go (all that is
//     drawn from, at the cursor), history.go and progress.go (kept on disk)
//   - panes: panes.go (the list), pane.go (what each must do), pane_*.go (one each), and what a
//     pane needs besides in files that begin with its name: charts*.go, cluster*.go,
//     compare*.go, inspect*.go, lesson*.go, operations*.go, spacetime*.go, verdict*.go,
//     versions*.go, wire*.go; request.go (what a pane asks of the program)
//   - the screen: layout.go (the list of layouts), arrange.go (what the reader made of them),
//     back.go, paint.go, foot.go, zone.go and mouse.go (what can be clicked)
//   - in front of the panes: dialog.go, menus*.go, palette.go with editor.go, completion*.go
//     and program_words.go (the list of words), help.go, question.go, filter.go, copy*.go
//   - causes: why_*.go
//   - lessons: course.go, guide.go, study.go, library.go, markdown*.go
//   - anomalies: anomaly_*.go
//   - the plain twin: plain*.go (plain_words.go has the list of its words)
//   - words and figures: naming.go, words.go, prose.go, numbers.go, window.go (axes of time),
//     op_sign.go
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"

	"capsim/scenarios"
	"capsim/tui/canvas"
)

// Options say how the program is to look, and where it reads and writes.
type Options struct {
	Plain   bool // lines of text with prompts
	NoColor bool
	ASCII   bool      // borders and signs in ASCII
	Theme   string    // one of Themes; "": auto
	In      io.Reader // nil: standard input
	Out     io.Writer // nil: standard output
	// Lesson prepares a lesson of the library, by its name: what it returns opens runs of
	// it, as the opener of Run does. nil: there is no library.
	Lesson func(name string) (func() (*scenarios.Session, error), error)
	// State is the file that keeps which lessons were done; "" for none. Beside it the file
	// history keeps what was typed in the palette.
	State string
}

// ErrNoTerminal says that there is no terminal to draw on.
var ErrNoTerminal = errors.New("standard output is no terminal: use `capsim run` to run a script without one, or --plain for lines of text")

// SignalError says that a signal ended the program. It was ended in order: the
// terminal is as it was, the runs are closed. A shell expects the exit code 128 + n
// of it.
type SignalError struct{ Signal os.Signal }

func (e SignalError) Error() string { return "ended by a signal: " + e.Signal.String() }

// Run opens a run and shows it until the reader quits. The opener is called again
// at every reset, after the run before was closed. An error is ErrNoTerminal, the
// environment's, or a SignalError; the terminal is as it was.
func Run(ctx context.Context, opener func() (*scenarios.Session, error), o Options) error {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	open := openerOf(opener)
	dumb := os.Getenv("TERM") == "dumb"
	if o.Plain {
		return plainOf(open, o).talk(ctx, o.In, o.Out)
	}
	if f, ok := o.Out.(term.File); !ok || !term.IsTerminal(f.Fd()) {
		return ErrNoTerminal
	}
	if dumb {
		return plainOf(open, o).talk(ctx, o.In, o.Out)
	}
	p := newProgram(looks(o), open)
	p.lesson, p.progress = o.lessons(), newDiary(o.State)
	if o.State != "" {
		p.history = newHistory(filepath.Join(filepath.Dir(o.State), "history"))
	}
	return runScreen(ctx, p, o)
}

// lessons is Lesson with runs for sessions.
func (o Options) lessons() func(name string) (func() (run, error), error) {
	if o.Lesson == nil {
		return nil
	}
	return func(name string) (func() (run, error), error) {
		opener, err := o.Lesson(name)
		return openerOf(opener), err
	}
}

// openerOf opens sessions as runs.
func openerOf(opener func() (*scenarios.Session, error)) func() (run, error) {
	return func() (run, error) {
		s, err := opener()
		if err != nil {
			return nil, err
		}
		return sessionRun{s}, nil
	}
}

// looks chooses styles and signs for the terminal.
func looks(o Options) common {
	profile := termenv.NewOutput(o.Out).EnvColorProfile()
	if o.NoColor || os.Getenv("NO_COLOR") != "" {
		profile = termenv.Ascii
	}
	g := &canvas.UnicodeGlyphs
	if o.ASCII {
		g = &canvas.AsciiGlyphs
	}
	return common{Kit: canvas.Kit{Theme: canvas.ChosenTheme(profile, o.Theme), Glyphs: g}}
}

// runScreen shows the program until it quits. However it ends, the terminal is as it was.
func runScreen(ctx context.Context, p *program, o Options) error {
	in, done, err := input(o.In)
	if err != nil {
		return fmt.Errorf("the terminal program reads keys from a terminal: %w", err)
	}
	defer done()
	f, _ := in.(*os.File)
	if f != nil && !term.IsTerminal(f.Fd()) {
		f = nil
	}
	d := display{p, canvas.NewScreen(f, o.Out)}
	p.w, p.h = d.screen.Size()
	defer func() { _ = d.screen.Close() }()
	p.clip = func(text string) { go toClipboard(d.screen, text) } // which may have to wait for its turn
	keys := &keyboard{Reader: in}
	t := tea.NewProgram(d, tea.WithContext(ctx), tea.WithInput(keys.reader()), tea.WithOutput(o.Out),
		tea.WithoutRenderer(), tea.WithoutSignalHandler(), tea.WithFilter(d.filter))
	keys.gone = t.Quit
	ended := heed(t, d.screen)
	if err := d.screen.Enter(); err != nil {
		t.Kill()
		ended()
		return fmt.Errorf("preparing the terminal: %w", err)
	}
	_, err = t.Run()
	by := ended()
	left := d.screen.Leave() // at once: closing the runs may take a while
	p.closeAll()
	switch {
	case by != nil: // which may have taken the terminal away, too, or have cancelled ctx
		return SignalError{by}
	case errors.Is(err, context.Canceled), errors.Is(err, tea.ErrInterrupted):
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("the terminal program: %w", err)
	case left != nil:
		return fmt.Errorf("giving the terminal back: %w", left)
	}
	return nil
}

// input returns where keys are read from: what is given, but the process's own terminal
// if standard input is none.
func input(in io.Reader) (from io.Reader, done func(), err error) {
	f, ok := in.(*os.File)
	if !ok || f != os.Stdin || term.IsTerminal(f.Fd()) {
		return in, func() {}, nil
	}
	if f, err = openTerminal(); err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close() }, nil
}

// heed has signals do what they are for: end the program in order, or look at the terminal
// again. The function that it returns ends that and returns the signal that ended the
// program, nil if none did.
func heed(t *tea.Program, s *canvas.Screen) func() os.Signal {
	var by os.Signal
	stop, ended := make(chan struct{}), make(chan struct{})
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if resized != nil {
		signal.Notify(signals, resized, continued)
	}
	take := func(sig os.Signal) (last bool) {
		switch sig {
		case resized:
			w, h := s.Size()
			t.Send(tea.WindowSizeMsg{Width: w, Height: h})
		case continued:
			t.Send(tea.ResumeMsg{})
		default:
			by = sig
			t.Quit()
			return true
		}
		return false
	}
	go func() {
		defer close(ended)
		for {
			select {
			case sig := <-signals:
				if take(sig) {
					return
				}
			case <-stop: // by the same signal, perhaps, that the context heeds as well
				for len(signals) > 0 && !take(<-signals) {
				}
				return
			}
		}
	}()
	return func() os.Signal {
		signal.Stop(signals)
		close(stop)
		<-ended
		return by
	}
}

// patience is how long quitting waits for a job at work before it leaves the run
// as it is: a dead server must not keep the program from ending.
const patience = 2 * time.Second

// closeAll gives up the runs.
func (p *program) closeAll() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.atWork.Lock()
		defer p.atWork.Unlock()
		for _, r := range p.tree.runs() {
			_ = r.Close()
		}
		if p.tree.current == nil && p.run != nil { // a reset is under way
			_ = p.run.Close()
		}
	}()
	select {
	case <-done:
	case <-time.After(p.worthWaiting()):
	}
}

// worthWaiting is how long to wait for a job at work: what is in memory only goes with the
// process.
func (p *program) worthWaiting() time.Duration {
	if p.busy && p.at == jobOpen { // it may be starting servers
		return patience
	}
	for _, r := range append(p.tree.runs(), p.run) {
		if o, ok := r.(interface{ Outside() bool }); ok && o.Outside() {
			return patience
		}
	}
	return 50 * time.Millisecond
}
