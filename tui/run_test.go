package tui

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"

	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// broken is a run whose store dies at an instant.
type broken struct {
	run
	at   model.Time
	dead error
}

func (b *broken) RunTo(t model.Time) error {
	if b.dead == nil && t >= b.at {
		_ = b.run.RunTo(b.at)
		b.dead = errors.New("redis://127.0.0.1:6401: connection refused \x1b[31m")
	}
	if b.dead != nil {
		return b.dead
	}
	return b.run.RunTo(t)
}

func (b *broken) Err() error { return b.dead }

// A server that dies in mid-run is a message; the trace is kept and can be scrubbed,
// and a command in the past goes on from there.
func TestDeadServer(t *testing.T) {
	open := opener(t, proof)
	d := newDriver(t, func() (run, error) {
		r, err := open()
		return &broken{run: r, at: model.Time(1500 * time.Millisecond)}, err
	}, 80, 24)
	d.play(2 * time.Second)
	s := d.screen()
	if !strings.Contains(s, "127.0.0.1:6401") || strings.Contains(s, "\x1b[31m") {
		t.Fatalf("no clear message:\n%s", s)
	}
	d.keys("esc", "shift+left")
	if at := d.p.scene.at; at != model.Time(500*time.Millisecond) {
		t.Errorf("after the failure the cursor is at %v", at)
	}
	d.give("bob@n2 GET cart")
	if len(d.p.overlays) != 0 || !d.p.scene.live() || d.p.scene.now != model.Time(500*time.Millisecond) {
		t.Errorf("the fork did not go on: %v", d.screen())
	}
	d.goTo(time.Second)
}

// The opener failing is a message, too, and R tries again.
func TestOpenFails(t *testing.T) {
	tries := 0
	open := opener(t, proof)
	d := newDriver(t, func() (run, error) {
		if tries++; tries == 1 {
			return nil, errors.New("nobody there")
		}
		return open()
	}, 80, 24)
	if !strings.Contains(d.screen(), "nobody there") {
		t.Fatal("no message")
	}
	d.keys("esc", " ", "w", "enter", "esc", ".", "s", "R")
	d.goTo(500 * time.Millisecond)
	if d.p.scene.newest("cart") != 1 {
		t.Error("R does not begin again")
	}
}

// Keys that come in one piece, as over a slow line, are each a key.
func TestKeysInOnePiece(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(500 * time.Millisecond)
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("zt:cut n1-n2")})
	if len(d.p.overlays) != 1 || !d.p.zoomed && d.p.layout == 0 || !strings.Contains(d.screen(), ":cut n1-n2") {
		t.Errorf("%d overlays:\n%s", len(d.p.overlays), d.screen())
	}
	d.keys("esc")
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("q:"), Paste: true})
	if d.quit || len(d.p.overlays) != 0 {
		t.Error("what is pasted is taken for keys")
	}
}

func TestSmoke(t *testing.T) {
	p := newProgram(testCommon(0, &canvas.UnicodeGlyphs), opener(t, proof))
	tm := teatest.NewTestModel(t, p, teatest.WithInitialTermSize(120, 40))
	teatest.WaitFor(t, tm.Output(), func(b []byte) bool { return bytes.Contains(b, []byte("milk")) }, teatest.WithDuration(10*time.Second))
	tm.Type(" ")
	tm.Type("?")
	teatest.WaitFor(t, tm.Output(), func(b []byte) bool { return bytes.Contains(b, []byte("partition the network")) }, teatest.WithDuration(10*time.Second))
	tm.Send(tea.KeyMsg{Type: tea.KeyEsc})
	tm.Type("q")
	tm.WaitFinished(t, teatest.WithFinalTimeout(10*time.Second))
}

func TestPlain(t *testing.T) {
	in := strings.NewReader("\n\n\nplay\n2\npartiton n1\nplay\nlook\nverdict\nundo\nreset\nto 500ms\nbob@n2 GET cart\nquit\n")
	var out bytes.Buffer
	if err := runPlain(context.Background(), opener(t, proof), in, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"alice sets cart to milk (v1) at n1", "QUESTION: Will bob read eggs?", "You guessed right: no.", "did you mean partition?",
		"stale; n2 could not know: n1-n2 is cut.", "C  linearizable: no", "A  available: yes. 3 of 3 requests to healthy nodes answered.", "cart: n1 holds v2 \"eggs\"", "bob reads cart at n2: milk (v1).",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("plain text holds an escape sequence")
	}
}

// Without a terminal the program says what to use instead.
func TestNoTerminal(t *testing.T) {
	err := Run(context.Background(), func() (*scenarios.Session, error) { t.Error("a run was opened"); return nil, nil }, Options{Out: &bytes.Buffer{}})
	if !errors.Is(err, ErrNoTerminal) || !strings.Contains(err.Error(), "capsim run") {
		t.Errorf("got %v", err)
	}
}

// A long way is gone in parts: keys are taken in between, and stop it.
func TestLongWayCanBeStopped(t *testing.T) {
	const busy = "use store memory\nworkload w clients=3 at=n1,n2,n3 rate=400/s keys=40 ops=GET:50%,SET:50% from 0s to 60s\n"
	d := newDriver(t, opener(t, busy), 80, 24)
	p := d.p
	var now time.Time
	p.clock = func() time.Time { now = now.Add(slice); return now } // all is slow here
	d.keys("end")                                                   // to where the run is
	parts := 0
	_, cmd := p.Update(keyMsg("end"))
	for todo := []tea.Cmd{cmd}; len(todo) > 0; todo = todo[1:] {
		if todo[0] == nil {
			continue
		}
		m := todo[0]()
		if batch, ok := m.(tea.BatchMsg); ok {
			todo = append(todo, batch...)
			continue
		}
		if _, ran := m.(ranMsg); ran {
			if parts++; parts == 3 {
				p.Update(keyMsg("esc"))
			}
		}
		_, cmd := p.Update(m)
		todo = append(todo, cmd)
	}
	if s := p.scene; s.over || s.now == 0 {
		t.Errorf("after a key the run is at %v of %v", s.now, s.end)
	}
	d.keys("end", "end")
	if !p.scene.over {
		t.Errorf("the run does not get to its end: %v of %v", p.scene.now, p.scene.end)
	}
}

// However fast the run, the screen is never brought more events at once than it takes in
// without standing still: in a load that follows a long silence, too.
func TestSlices(t *testing.T) {
	r, err := opener(t, "use store memory\nuse policy ap\nworkload w clients=8 at=n1,n2,n3 rate=2000/s keys=20 ops=GET:50%,SET:50% from 30s to 33s\nat 34s end\n")()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	still := func() time.Time { return time.Time{} }
	for n, had := 0, 0; !r.Over(); had, n = r.Log().Len(), n+1 {
		if _, err := runTo(r.End(), still).work(r); err != nil {
			t.Fatal(err)
		}
		if more := r.Log().Len() - had; more > 2*sliceEvents || n > 100 {
			t.Fatalf("slice %d has %d events", n, more)
		}
	}
	if n := r.Log().Len(); n < 5*sliceEvents {
		t.Errorf("only %d events: this tests nothing", n)
	}
}
