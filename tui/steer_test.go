package tui

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"capsim/model"
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
	if s.at != 0 || !s.playing || len(d.p.tree.all) != 1 {
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
	if !ok || pal.wrong == "" || string(pal.runes()[pal.wrongAt:]) != "n7" {
		t.Fatalf("the error is not at n7: %+v", pal)
	}
	checkFits(t, d.p.View(), 80, 24)
	d.keys("backspace", "2", "enter")
	if len(d.p.overlays) != 0 {
		t.Error("the mended line was not taken")
	}
	d.keys(":", "up")
	if got := d.p.overlays[0].(*palette).Value(); got != "partition n1 | n2" {
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
		{"alice@n1 h", "HGETALL", "GET"},
		{"alice@n1 WAI", "WAIT", "EXPIRE"},
		{"alice@n1 WAIT ", "", "cart"},
		{"alice@n1 SET cart milk ", "PX", "cart"},
		{"partition ", "n2", ""},
		{"partition n1 ", "|", "n1"},
		{"cut n1-", "n1-n2", "n2-n3"},
		{"delay n1-n2 ", "+200ms", ""},
		{"crash ", "n3", ""},
		{"policy ", "cp", "conflict="},
		{"policy ap ", "conflict=", "ttl="},
		{"policy ap conflict=", "conflict=siblings", "retry=100ms"},
		{"policy ap conflict=siblings ", "retry=", "conflict="},
		{"policy ap retry=", "retry=1s", ""},
		{"delay n1-n2 log", "lognormal(", "exp("},
		{"heal ", "all", ""},
		{"cut n1-n2 ", "hold", "off"},
		{"skew n2 ", "-500ms", ""},
		{"expect lin", "linearizable", "causal"},
		{"expect linearizable ", "cart", ""},
		{"expect leader ", "n3", "cart"},
		{"expect lost-writes ", "<=", ""},
		{"alice@n1 CAS cart ", "milk", ""},
		{"alice ", "GET", ""},
		{"dave@n2 INCR ", "cart", ""},
		{"ano", "anomaly", ""},
		{"anomaly st", "stale-read", "split-vote"},
		{"layout ", "wire", ""},
		{"speed ", "0.1", ""},
		{"pane ver", "versions", "cluster"},
		{"tition", "partition", ""}, // within the word
	}
	for _, tt := range tests {
		var words []string
		for _, o := range offersFor(d.p, tt.before) {
			words = append(words, o.word)
			if _, last := typedWords(tt.before); !strings.HasPrefix(o.line, strings.TrimSuffix(tt.before, last)) || !strings.Contains(strings.ToLower(o.line), strings.ToLower(last)) {
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
		for _, k := range b.Keys() {
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
		if (b.Help().Key == "") != (b.Help().Desc == "") {
			t.Errorf("%q is shown without a meaning, or has one and is not shown", b.Keys())
		}
	}
	if len(ranks) != most {
		t.Errorf("%d keys at the bottom, the last has rank %d", len(ranks), most)
	}
	d := newDriver(t, opener(t, proof), 120, 60)
	d.keys("?")
	s := d.screen()
	for _, b := range bindings() {
		if shown := b.Help().Key; shown != "" && !strings.Contains(s, shown) {
			t.Errorf("help does not show %q", shown)
		}
	}
}

// The keys of the focused pane do what help says of them.
func TestSelectNode(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	for _, step := range []struct {
		key  string
		want model.NodeID
	}{{"n", 1}, {"n", 2}, {"N", 1}, {"N", 3}, {"3", 0}} {
		if d.keys(step.key); d.p.scene.node != step.want {
			t.Errorf("after %q n%d is selected, not n%d", step.key, d.p.scene.node, step.want)
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
