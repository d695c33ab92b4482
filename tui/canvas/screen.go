package canvas

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
)

// Screen sends shots of the canvas to the terminal, in a goroutine of its own: it takes the newest
// one, and those that a slow terminal could not show in time are left out. It beats no
// time: while nothing is shown, it does nothing.
type Screen struct {
	out  io.Writer
	in   *os.File // whose terminal is made raw; nil: none
	wake chan struct{}
	end  chan struct{}

	mu     sync.Mutex
	next   Shot
	fresh  bool        // next was not sent yet
	away   bool        // the terminal is not ours
	cooked *term.State // how the terminal was; nil: it still is

	turn    chan struct{} // held while writing
	term    Terminal
	entered bool
}

// What the terminal is told when the program takes it, and when it gives it back.
const (
	EnterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h"
	leaveScreen = endUpdate + "\x1b[0m" + mouseOff + "\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// NewScreen begins to send. Nothing is shown before enter.
func NewScreen(in *os.File, out io.Writer) *Screen {
	s := &Screen{
		out: out, in: in, away: true,
		wake: make(chan struct{}, 1), end: make(chan struct{}), turn: make(chan struct{}, 1),
	}
	go s.send()
	return s
}

// Enter takes the terminal; the next shot is sent whole. It may be called again when
// the terminal may have changed while the program stood still.
func (s *Screen) Enter() error {
	if err := s.makeRaw(); err != nil {
		return err
	}
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.entered = true
	s.term.Forget()
	_, err := io.WriteString(s.out, EnterScreen)
	return err
}

func (s *Screen) makeRaw() error {
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

// Show has a shot sent, soon. It takes the cells of the canvas and gives it others.
func (s *Screen) Show(c *Canvas, t *Theme, mouse bool) {
	s.mu.Lock()
	*c, s.next.Canvas = s.next.Canvas, *c
	s.next.Theme, s.next.Mouse, s.fresh = t, mouse, true
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// send shows what there is to show until the screen is closed.
func (s *Screen) send() {
	defer s.OnPanic()
	var p Shot
	for {
		select {
		case <-s.end:
			return
		case <-s.wake:
			s.sendOne(&p)
		}
	}
}

func (s *Screen) sendOne(p *Shot) {
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
	if out := s.term.Update(p); len(out) > 0 {
		// An error means that the terminal is gone; reading from it fails as well,
		// and that ends the program.
		_, _ = s.out.Write(out)
	}
}

// Write sends something between two shots that moves no cursor. It waits for its turn.
func (s *Screen) Write(b []byte) (int, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.out.Write(b)
}

// slowTerminal is how long giving the terminal back waits for it to take what was sent.
const slowTerminal = time.Second

// Leave gives the terminal back as it was. It may be called at any time, more than once,
// and by any goroutine; a terminal that takes nothing does not keep it.
func (s *Screen) Leave() error {
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

func (s *Screen) sendLeave() error {
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

// OnPanic, deferred, gives the terminal back before the panic goes on, so that what is
// said of it can be read.
func (s *Screen) OnPanic() {
	if r := recover(); r != nil {
		_ = s.Leave()
		panic(r)
	}
}

// Close gives the terminal back, for good.
func (s *Screen) Close() error {
	err := s.Leave()
	close(s.end)
	return err
}

// usualSize is taken for the size of a terminal that doesn't know its own.
var usualSize = [2]int{80, 24}

// Size returns how many columns and rows the terminal has.
func (s *Screen) Size() (w, h int) {
	if f, ok := s.out.(term.File); ok {
		if w, h, err := term.GetSize(f.Fd()); err == nil && w > 0 && h > 0 {
			return w, h
		}
	}
	return usualSize[0], usualSize[1]
}
