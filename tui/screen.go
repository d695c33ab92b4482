package tui

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
)

// screen sends shots of the canvas to the terminal, in a goroutine of its own: it takes the newest
// one, and those that a slow terminal could not show in time are left out. It beats no
// time: while nothing is shown, it does nothing.
type screen struct {
	out  io.Writer
	in   *os.File // whose terminal is made raw; nil: none
	wake chan struct{}
	end  chan struct{}

	mu     sync.Mutex
	next   shot
	fresh  bool        // next was not sent yet
	away   bool        // the terminal is not ours
	cooked *term.State // how the terminal was; nil: it still is

	turn    chan struct{} // held while writing
	term    terminal
	entered bool
}

// What the terminal is told when the program takes it, and when it gives it back.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h"
	leaveScreen = endUpdate + "\x1b[0m" + mouseOff + "\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// newScreen begins to send. Nothing is shown before enter.
func newScreen(in *os.File, out io.Writer) *screen {
	s := &screen{
		out: out, in: in, away: true,
		wake: make(chan struct{}, 1), end: make(chan struct{}), turn: make(chan struct{}, 1),
	}
	go s.send()
	return s
}

// enter takes the terminal; the next shot is sent whole. It may be called again when
// the terminal may have changed while the program stood still.
func (s *screen) enter() error {
	if err := s.makeRaw(); err != nil {
		return err
	}
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.entered = true
	s.term.forget()
	_, err := io.WriteString(s.out, enterScreen)
	return err
}

func (s *screen) makeRaw() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.in != nil {
		was, err := term.MakeRaw(s.in.Fd())
		if err != nil {
			return err
		}
		if s.cooked == nil {
			s.cooked = was
		}
	}
	s.away = false
	return nil
}

// show has a shot sent, soon. It takes the cells of the canvas and gives it others.
func (s *screen) show(c *canvas, t *theme, mouse bool) {
	s.mu.Lock()
	*c, s.next.canvas = s.next.canvas, *c
	s.next.theme, s.next.mouse, s.fresh = t, mouse, true
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// send shows what there is to show until the screen is closed.
func (s *screen) send() {
	defer s.onPanic()
	var p shot
	for {
		select {
		case <-s.end:
			return
		case <-s.wake:
			s.sendOne(&p)
		}
	}
}

func (s *screen) sendOne(p *shot) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.mu.Lock()
	if !s.fresh || s.away || !s.entered {
		s.mu.Unlock()
		return
	}
	*p, s.next = s.next, *p
	s.fresh = false
	s.mu.Unlock()
	if out := s.term.update(p); len(out) > 0 {
		// An error means that the terminal is gone; reading from it fails as well,
		// and that ends the program.
		_, _ = s.out.Write(out)
	}
}

// Write sends something between two shots that moves no cursor. It waits for its turn.
func (s *screen) Write(b []byte) (int, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.out.Write(b)
}

// slowTerminal is how long giving the terminal back waits for it to take what was sent.
const slowTerminal = time.Second

// leave gives the terminal back as it was. It may be called at any time, more than once,
// and by any goroutine; a terminal that takes nothing does not keep it.
func (s *screen) leave() error {
	s.mu.Lock()
	s.away = true
	s.mu.Unlock()
	left := make(chan error, 1)
	go func() { left <- s.sendLeave() }()
	var err error
	select {
	case err = <-left:
	case <-time.After(slowTerminal):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cooked != nil {
		err = errors.Join(err, term.Restore(s.in.Fd(), s.cooked))
		s.cooked = nil
	}
	return err
}

func (s *screen) sendLeave() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	if !s.entered || !away {
		return nil
	}
	s.entered = false
	_, err := io.WriteString(s.out, leaveScreen)
	return err
}

// onPanic, deferred, gives the terminal back before the panic goes on, so that what is
// said of it can be read.
func (s *screen) onPanic() {
	if r := recover(); r != nil {
		_ = s.leave()
		panic(r)
	}
}

// close gives the terminal back, for good.
func (s *screen) close() error {
	err := s.leave()
	close(s.end)
	return err
}

// usualSize is taken for the size of a terminal that doesn't know its own.
var usualSize = [2]int{80, 24}

// size returns how many columns and rows the terminal has.
func (s *screen) size() (w, h int) {
	if f, ok := s.out.(term.File); ok {
		if w, h, err := term.GetSize(f.Fd()); err == nil && w > 0 && h > 0 {
			return w, h
		}
	}
	return usualSize[0], usualSize[1]
}
