package tui

import (
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/muesli/termenv"

	"capsim/tui/canvas"
)

// stalled is a terminal that reads only when it is let.
type stalled struct {
	vt    *vt.Emulator
	asked chan int // the bytes of a write that waits
	let   chan bool
}

func (s *stalled) Write(b []byte) (int, error) {
	s.asked <- len(b)
	<-s.let
	n, err := s.vt.Write(b)
	s.let <- true
	return n, err
}

// read lets the terminal read what is written next.
func (s *stalled) read(t *testing.T) {
	t.Helper()
	select {
	case <-s.asked:
	case <-time.After(5 * time.Second):
		t.Fatal("nothing is sent")
	}
	s.let <- true
	<-s.let
}

// A terminal that reads nothing for a while keeps nobody waiting, and nothing piles up: once it
// reads again it gets what it was being sent, then the newest picture, and that is right.
func TestStalledTerminal(t *testing.T) {
	d := newDriver(t, recorded(t, "proof"), 80, 24)
	d.p.common.Theme = canvas.NewTheme(termenv.TrueColor, true)
	out := &stalled{vt.NewEmulator(80, 24), make(chan int), make(chan bool)}
	s := canvas.NewScreen(nil, out)
	entered := make(chan error)
	go func() { entered <- s.Enter() }()
	out.read(t)
	if err := <-entered; err != nil {
		t.Fatal(err)
	}
	var drawn canvas.Shot
	show := func() {
		d.p.draw()
		drawn = canvas.Shot{Canvas: d.p.canvas, Theme: d.p.Theme, Mouse: true}
		drawn.Cells, drawn.Marks = slices.Clone(d.p.canvas.Cells), slices.Clone(d.p.canvas.Marks)
		s.Show(&d.p.canvas, d.p.Theme, true)
	}
	show()
	out.read(t)
	d.keys("t")
	show()
	<-out.asked // it is being sent, and is not read
	shown := make(chan bool)
	go func() {
		for range 50 {
			d.keys("right", "t", "tab", "down", "z")
			show()
		}
		close(shown)
	}()
	select {
	case <-shown:
	case <-time.After(10 * time.Second):
		t.Fatal("the program waits for the terminal")
	}
	out.let <- true
	<-out.let
	out.read(t)
	checkShows(t, out.vt, &drawn)
	select {
	case n := <-out.asked:
		t.Fatalf("%d more bytes are sent of what was shown before", n)
	case <-time.After(20 * time.Millisecond):
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	out.read(t)
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
