// Package tui is the terminal program: a run of a script on the screen, steered by
// keys and by the script language, and its plain-text twin.
//
// The screen is a fold of the trace up to a cursor. What can block (a step of the
// run, a verdict, a file) happens in a job of its own and comes back as a message;
// drawing reads what is there.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"

	"capsim/scenarios"
)

// Options say how the program is to look, and where it reads and writes.
type Options struct {
	Plain    bool // lines of text with prompts
	NoColor  bool
	ASCII    bool      // borders and signs in ASCII
	In       io.Reader // nil: standard input
	Out      io.Writer // nil: standard output
	Policies []Policy  // what the palette offers after "policy"
	// Lesson prepares a lesson of the library, by its name: what it returns opens runs of
	// it, as the opener of Run does. nil: there is no library.
	Lesson func(name string) (func() (*scenarios.Session, error), error)
	// State is the file that keeps which lessons were done; "" for none.
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
	if o.Plain || os.Getenv("ACCESSIBLE") == "1" {
		return runPlain(ctx, open, o.In, o.Out)
	}
	if f, ok := o.Out.(term.File); !ok || !term.IsTerminal(f.Fd()) {
		return ErrNoTerminal
	}
	if dumb {
		return runPlain(ctx, open, o.In, o.Out)
	}
	p := newProgram(looks(o), open, o.Policies)
	if o.Lesson != nil {
		p.lesson = func(name string) (func() (run, error), error) {
			opener, err := o.Lesson(name)
			return openerOf(opener), err
		}
	}
	p.progress = newDiary(o.State)
	return runScreen(ctx, p, o)
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
	g := &unicodeGlyphs
	if o.ASCII {
		g = &asciiGlyphs
	}
	return common{theme: newTheme(profile, lipgloss.HasDarkBackground()), glyphs: g}
}

// runScreen shows the program until it quits. Bubble Tea catches panics, and puts the
// terminal back.
func runScreen(ctx context.Context, p *program, o Options) error {
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithAltScreen(), tea.WithMouseCellMotion(), tea.WithOutput(o.Out), tea.WithoutSignalHandler(), tea.WithFPS(60),
	}
	if f, ok := o.In.(*os.File); !ok || f != os.Stdin {
		options = append(options, tea.WithInput(o.In))
	}
	p.clip = func(text string) { toClipboard(o.Out, text) }
	t := tea.NewProgram(p, options...)
	stop := make(chan struct{})
	var by os.Signal
	ended := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		defer close(ended)
		select {
		case by = <-signals:
			t.Quit()
		case <-stop:
		}
	}()
	_, err := t.Run()
	signal.Stop(signals)
	close(stop)
	<-ended
	p.closeAll()
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, tea.ErrInterrupted):
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("the terminal program: %w", err)
	case by != nil:
		return SignalError{by}
	}
	return nil
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
	case <-time.After(patience):
	}
}
