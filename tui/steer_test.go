package tui

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/teatest"

	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// give types a command into the palette.
func (d *driver) give(line string) {
	d.keys(":")
	d.typed(line)
	d.keys("enter")
}

func (d *driver) screen() string { return ansi.Strip(d.p.View()) }

// opens playing at 1×, stops at the question, takes the guess, and tells what was
// right only once the script has shown it.
func TestLessonAsksBeforeItTells(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	if s := d.p.scene; !s.playing || s.speed != normal {
		t.Fatal("a scenario opens playing at 1×")
	}
	d.play(3 * time.Second)
	if at := d.p.scene.at; at != model.Time(2*time.Second) || !strings.Contains(d.screen(), "Will bob read eggs?") {
		t.Fatalf("the run does not stop at the question: it is at %v", at)
	}
	d.play(time.Second)
	if at := d.p.scene.at; at != model.Time(2*time.Second) {
		t.Fatalf("the run went on to %v without an answer", at)
	}
	d.keys("1")
	if s := d.screen(); !strings.Contains(s, "Your guess: yes") || strings.Contains(s, "it was: no") {
		t.Error("the guess is not taken, or the answer is told too early")
	}
	d.play(time.Second)
	if strings.Contains(d.screen(), "it was") {
		t.Error("the answer is told before the script has shown it")
	}
	d.play(time.Second)
	if !strings.Contains(d.screen(), "You guessed yes; it was: no") {
		t.Errorf("the answer is not told at %v", d.p.scene.at)
	}
}

// Scrubbing back changes no run: everything on screen is as it was then.
func TestScrub(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(3600 * time.Millisecond)
	d.keys("esc") // the notice
	events, before := d.p.scene.log.Len(), d.screen()
	if !strings.Contains(before, "diverged 1 key") {
		t.Fatal("the key is not diverged")
	}
	d.keys("shift+left", "shift+left", "left", "left")
	if at := d.p.scene.at; at != model.Time(1400*time.Millisecond) {
		t.Fatalf("the cursor is at %v", at)
	}
	if s := d.screen(); !strings.Contains(s, "diverged 0 keys") || strings.Contains(s, "eggs") {
		t.Errorf("the screen shows what was not yet:\n%s", s)
	}
	d.keys("shift+right", "shift+right", "right", "right")
	if got := d.screen(); got != before {
		t.Errorf("back where it was, the screen is another:\n%s\nbefore:\n%s", got, before)
	}
	d.keys("home")
	if d.p.scene.n != 0 || d.p.scene.at != 0 {
		t.Error("home is not the beginning")
	}
	for n := 1; n <= 20; n++ {
		if d.keys("."); d.p.scene.n != n {
			t.Fatalf("step %d is at event %d", n, d.p.scene.n)
		}
	}
	for n := 19; n >= 0; n-- {
		if d.keys(","); d.p.scene.n != n {
			t.Fatalf("stepping back is at event %d, not %d", d.p.scene.n, n)
		}
	}
	if d.p.scene.log.Len() != events {
		t.Error("scrubbing changed the run")
	}
}

// A command given in the past forks there; u goes back to the run before.
func TestForkAndUndo(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(3600 * time.Millisecond)
	whole := d.p.scene.log.Len()
	d.keys("shift+left", "shift+left", "left") // 1.5 s, before eggs
	d.keys("h")
	s := d.p.scene
	if s.now != model.Time(1500*time.Millisecond) || !s.live() || s.log.Len() >= whole {
		t.Fatalf("no fork: now %v, %d events", s.now, s.log.Len())
	}
	if links, _ := s.cutsNow(); links != 0 {
		t.Error("the command did not take effect in the fork")
	}
	d.give("carol@n3 SET cart bread")
	if s.newest("cart") != 2 {
		t.Errorf("the newest version is v%d", s.newest("cart"))
	}
	d.keys("u")
	if s.newest("cart") != 1 || s.now != model.Time(1500*time.Millisecond) {
		t.Errorf("the command is not undone: v%d at %v", s.newest("cart"), s.now)
	}
	d.keys("u")
	if s.log.Len() != whole || s.now != model.Time(3600*time.Millisecond) {
		t.Errorf("undo does not bring the run back: %d events of %d, at %v", s.log.Len(), whole, s.now)
	}
	d.keys("u")
	if !strings.Contains(d.screen(), "u: no command was given") {
		t.Error("a key that can't be used does not say why")
	}
}

// One key puts the lesson back to its beginning, with the same trace to come.
func TestReset(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(1500 * time.Millisecond)
	first := d.p.scene.log
	d.keys("x", "enter", "R")
	s := d.p.scene
	if s.at != 0 || !s.playing || len(d.p.changes) != 0 {
		t.Fatalf("not the beginning: at %v, playing %v", s.at, s.playing)
	}
	d.goTo(1500 * time.Millisecond)
	if s.log.Len() != first.Len() || s.log.At(s.log.Len()).Kind != first.At(first.Len()).Kind {
		t.Errorf("after the reset the run has %d events, not %d", s.log.Len(), first.Len())
	}
}

func TestPaletteShowsErrorsInPlace(t *testing.T) {
	d := newDriver(t, opener(t, proof), 80, 24)
	d.keys(" ")
	d.give("partition n1 | n7")
	pal, ok := d.p.overlays[0].(*palette)
	if !ok || pal.wrong == "" || string(pal.text[pal.wrongAt:]) != "n7" {
		t.Fatalf("the error is not at n7: %+v", pal)
	}
	checkFits(t, d.p.View(), 80, 24)
	d.keys("backspace", "2", "enter")
	if len(d.p.overlays) != 0 {
		t.Error("the mended line was not taken")
	}
	d.keys(":", "up")
	if got := d.p.overlays[0].(*palette).String(); got != "partition n1 | n2" {
		t.Errorf("history holds %q", got)
	}
}

func TestCompletion(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(500 * time.Millisecond)
	tests := []struct {
		before string
		want   string // one of the offers
		not    string
	}{
		{"par", "partition", "heal"},
		{"", "heal", "say"},
		{"ali", "alice@n1", "bob@n2"},
		{"alice@n1 s", "SET", "GET"},
		{"alice@n1 GET ", "cart", ""},
		{"partition ", "n2", ""},
		{"partition n1 ", "|", "n1"},
		{"cut n1-", "n1-n2", "n2-n3"},
		{"delay n1-n2 ", "+200ms", ""},
		{"crash ", "n3", ""},
		{"policy ap", "ap conflict=siblings", "cp"},
	}
	for _, tt := range tests {
		var words []string
		for _, o := range offersFor(d.p, tt.before) {
			words = append(words, o.word)
			if !strings.HasPrefix(strings.ToLower(o.line), strings.ToLower(tt.before)) {
				t.Errorf("%q is completed to %q", tt.before, o.line)
			}
		}
		all := " " + strings.Join(words, " ") + " "
		if !strings.Contains(all, " "+tt.want+" ") || tt.not != "" && strings.Contains(all, " "+tt.not+" ") {
			t.Errorf("after %q: %q", tt.before, words)
		}
	}
	d.keys(":")
	d.typed("he")
	d.keys("tab", "enter")
	if !strings.Contains(d.screen(), "heal") || len(d.p.overlays) != 0 {
		t.Error("tab and enter do not give the completed command")
	}
}

// Every key is named once, shown in help, and the line at the bottom ranks them
// without a gap.
func TestKeys(t *testing.T) {
	seen, ranks, most := map[string]bool{}, map[int]bool{}, 0
	for _, b := range bindings() {
		for _, k := range b.keys {
			if seen[k] {
				t.Errorf("the key %q is bound twice", k)
			}
			seen[k] = true
		}
		if b.rank > 0 {
			if ranks[b.rank] || b.brief == "" {
				t.Errorf("rank %d: twice, or without a word", b.rank)
			}
			ranks[b.rank] = true
			most = max(most, b.rank)
		}
		if (b.shown == "") != (b.means == "") {
			t.Errorf("%q is shown without a meaning, or has one and is not shown", b.keys)
		}
	}
	if len(ranks) != most {
		t.Errorf("%d keys at the bottom, the last has rank %d", len(ranks), most)
	}
	d := newDriver(t, opener(t, proof), 120, 60)
	d.keys("?")
	s := d.screen()
	for _, b := range bindings() {
		if b.shown != "" && !strings.Contains(s, b.shown) {
			t.Errorf("help does not show %q", b.shown)
		}
	}
}

func TestSave(t *testing.T) {
	t.Chdir(t.TempDir())
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(1500 * time.Millisecond)
	d.give("alice@n1 SET cart bread")
	d.keys("q")
	if d.quit || !strings.Contains(d.screen(), "not saved") {
		t.Fatal("quitting would lose the commands without a word")
	}
	d.keys("n", "s", "enter")
	src, err := os.ReadFile("test-session.capsim")
	if err != nil {
		t.Fatal(err)
	}
	d.goTo(7 * time.Second)
	again := newDriver(t, opener(t, string(src)), 120, 40)
	again.goTo(7 * time.Second)
	a, b := trace.NewHasher(), trace.NewHasher()
	for _, e := range d.p.scene.log.All() {
		a.Event(e)
	}
	for _, e := range again.p.scene.log.All() {
		b.Event(e)
	}
	if a.Sum() != b.Sum() {
		t.Error("the saved script gives another trace")
	}
	d.keys("s", "enter")
	if !strings.Contains(d.screen(), "is there already") {
		t.Error("a file is written over without a word")
	}
	d.keys("esc", "q")
	if !d.quit {
		t.Error("q asks though all is saved")
	}
}

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

func TestSmoke(t *testing.T) {
	p := newProgram(testCommon(0, &unicodeGlyphs), opener(t, proof), nil)
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
		"An old version: n2 could not know: n1-n2 is cut.", "C  linearizable: no", "A  available: yes, 3 of 3 answered", "cart:  n1 v2 \"eggs\"", "bob reads cart at n2: milk (v1).",
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
