package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"capsim/tui/canvas"
)

// screenOut takes what a program writes, and tells when it wrote first.
type screenOut struct {
	mu    sync.Mutex
	text  strings.Builder
	once  sync.Once
	begun chan struct{}
}

func (o *screenOut) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.once.Do(func() { close(o.begun) })
	return o.text.Write(b)
}

// faulty is a pane with a defect.
type faulty struct {
	pane
	inDraw, inKey bool
}

func (f *faulty) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if f.inDraw {
		panic("a defect in draw")
	}
	f.pane.draw(c, s, r)
}

func (f *faulty) key(s *scene, k string) (request, bool) {
	if f.inKey {
		panic("a defect in key")
	}
	return f.pane.key(s, k)
}

// However the program ends, the terminal is as it was: the cursor is seen, and the
// screen is the one before.
func TestTerminalIsRestored(t *testing.T) {
	tests := map[string]struct {
		keys  string
		fault faulty
		open  func() (run, error)
		kill  syscall.Signal
		eof   bool
		want  error
	}{
		"q":                {keys: "q"},
		"no more input":    {eof: true},
		"a panic in View":  {fault: faulty{inDraw: true}, want: tea.ErrProgramPanic},
		"… in Update":      {fault: faulty{inKey: true}, keys: "k", want: tea.ErrProgramPanic},
		"… in a job":       {open: func() (run, error) { panic("a defect in a job") }, want: tea.ErrProgramPanic},
		"SIGTERM":          {kill: syscall.SIGTERM, want: SignalError{syscall.SIGTERM}},
		"SIGHUP":           {kill: syscall.SIGHUP, want: SignalError{syscall.SIGHUP}},
		"SIGINT from afar": {kill: syscall.SIGINT, want: SignalError{syscall.SIGINT}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.open == nil {
				tt.open = recorded(t, "proof")
			}
			p := newProgram(testCommon(termenv.Ascii, &canvas.UnicodeGlyphs), tt.open)
			p.w, p.h = 80, 24
			tt.fault.pane = p.panes[p.focus]
			p.panes[p.focus] = &tt.fault
			in, typing := io.Pipe()
			defer typing.Close()
			out := &screenOut{begun: make(chan struct{})}
			ended := make(chan error, 1)
			keys := io.Reader(in)
			if tt.eof {
				r, w, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				w.Close()
				keys = r
			}
			go func() { ended <- runScreen(context.Background(), p, Options{In: keys, Out: out}) }()
			<-out.begun
			if tt.kill != 0 {
				self, err := os.FindProcess(os.Getpid())
				if err == nil {
					err = self.Signal(tt.kill)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			go func() { _, _ = io.WriteString(typing, tt.keys) }()
			select {
			case err := <-ended:
				if !errors.Is(err, tt.want) {
					t.Errorf("ended with %v, want %v", err, tt.want)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("does not end")
			}
			text := out.text.String()
			for on, off := range map[string]string{"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h"} {
				if i := strings.LastIndex(text, on); i < 0 || i > strings.LastIndex(text, off) {
					t.Errorf("%q is not taken back by %q", on, off)
				}
			}
		})
	}
}
