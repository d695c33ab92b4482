package tui

import (
	"os"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
)

// beside opens a program on a script and puts policies side by side at an instant.
func beside(t testing.TB, script string, at time.Duration, w, h int, choices ...string) (*driver, *counts) {
	t.Helper()
	c, open := counting(t, opener(t, script))
	d := newDriver(t, open, w, h)
	d.p.opens = func(s *scenarios.Script) (run, error) { return c.counted(inMemory(s)) }
	d.goTo(at)
	d.do(d.p.compare(choices))
	d.check()
	if !d.p.comparing() {
		t.Fatalf("nothing is side by side: %s", d.p.notice.text)
	}
	return d, c
}

// capProof is the lesson of that name in the library.
func capProof(t testing.TB) string {
	t.Helper()
	item, err := scenarios.Find("cap-proof")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse(item.File, item.Source)
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}

// The proof of the theorem under three policies: what answers everybody is not
// linearizable, and what is linearizable does not answer everybody.
func TestCompareProof(t *testing.T) {
	d, c := beside(t, capProof(t), 0, 120, 40, "cp", "ap", "base")
	d.goTo(4900 * time.Millisecond)
	want := []struct{ c, a check.Verdict }{{check.Yes, check.No}, {check.No, check.Yes}, {check.No, check.Yes}}
	for i, s := range d.p.sides() {
		if s.verdict == nil || s.verdict.c.Verdict != want[i].c || s.verdict.a.Verdict != want[i].a {
			t.Errorf("%s: %+v", s.name, s.verdict)
		}
		if s.at != model.Time(4900*time.Millisecond) || s.n != s.folder.EventAt(s.at) {
			t.Errorf("%s stands at %v, event %d", s.name, s.at, s.n)
		}
	}
	screen := d.screen()
	for _, part := range []string{"cp | ap | base", "cp: cluster", "base: versions", "≠", "✗ refused"} {
		if !strings.Contains(screen, part) {
			t.Errorf("the screen does not show %q:\n%s", part, screen)
		}
	}
	d.p.closeAll()
	if len(c.open) != 0 || c.opened != 4 {
		t.Errorf("%d runs of %d are left open", len(c.open), c.opened)
	}
}

// Scrubbing, stepping and playing move all sides to one instant.
func TestCompareInLockstep(t *testing.T) {
	d, _ := beside(t, proof, time.Second, 120, 40, "cp", "ap")
	same := func(what string) {
		t.Helper()
		a, b := d.p.sides()[0], d.p.sides()[1]
		all := a.n == a.folder.EventAt(a.at) && b.n == b.folder.EventAt(b.at)
		if a.at != b.at || !all && a.n+b.n > 0 || a.playing != b.playing {
			t.Errorf("%s: %+v and %+v", what, a.cursor, b.cursor)
		}
	}
	for _, k := range []string{"right", "shift+right", ".", ".", ".", ",", "left", "shift+left", "home", ".", "end", ",", ","} {
		before := d.p.scene.at
		d.keys(k)
		same(k)
		if k != "end" && d.p.scene.at == before {
			t.Errorf("%s does not move the cursor from %v", k, before)
		}
	}
	d.keys(" ")
	d.play(500 * time.Millisecond)
	same("playing")
}

// A command reaches all sides, and u takes it back on all.
func TestCommandReachesAllSides(t *testing.T) {
	t.Chdir(t.TempDir())
	d, c := beside(t, proof, 500*time.Millisecond, 120, 40, "cp", "ap", "base")
	newest := func() (out [3]int) {
		for i, s := range d.p.sides() {
			out[i] = s.newest("cart")
		}
		return out
	}
	d.give("carol@n3 SET cart bread")
	if n := newest(); n != [3]int{2, 2, 2} {
		t.Errorf("the newest versions are %v", n)
	}
	d.give("policy nonsense")
	d.keys("esc")
	d.keys("u")
	d.check()
	if n := newest(); n != [3]int{1, 1, 1} || !d.p.comparing() {
		t.Errorf("after u the newest versions are %v", n)
	}
	d.keys("left", "H") // forks all of them
	d.check()
	if b := d.p.tree.current; !d.p.comparing() || b.line != "heal all" || !b.parent.lockstep() {
		t.Errorf("the command in the past made %+v", b)
	}
	d.keys("tab", "tab", "s", "enter")
	if src, err := os.ReadFile("test-session.capsim"); err != nil || !strings.Contains(string(src), "policy "+d.p.focused().name) {
		t.Errorf("saved was not the focused side, %s: %s (%v)", d.p.focused().name, src, err)
	}
	d.keys("v")
	d.check()
	if d.p.comparing() || d.p.tree.current != d.p.tree.all[0] || d.p.layout != 0 {
		t.Error("v does not go back to the single run and its layout")
	}
	d.p.closeAll()
	if len(c.open) != 0 {
		t.Errorf("%d runs of %d are left open", len(c.open), c.opened)
	}
}

// The commands given so far are part of what is compared.
func TestCompareHoldsLiveCommands(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(500 * time.Millisecond)
	d.give("carol@n3 SET cart bread")
	d.goTo(900 * time.Millisecond)
	d.do(d.p.compare([]string{"cp", "ap"}))
	for _, s := range d.p.sides() {
		if s.newest("cart") != 2 {
			t.Errorf("%s has not got the command", s.name)
		}
	}
	d.keys("esc")
	if d.p.comparing() {
		t.Error("esc does not go back")
	}
}

// Two forks side by side are copies: what is done to them there leaves them as they are.
func TestCompareForks(t *testing.T) {
	c, open := counting(t, opener(t, proof))
	d := newDriver(t, open, 120, 40)
	d.goTo(3600 * time.Millisecond)
	events := d.p.scene.log.Len()
	d.keys("shift+left", "shift+left", "left", "h")
	d.goTo(3600 * time.Millisecond)
	d.keys("f", "up", "v")
	d.check()
	if !d.p.comparing() {
		t.Fatalf("nothing is side by side: %s", d.p.notice.text)
	}
	a, b := d.p.sides()[0], d.p.sides()[1]
	if a.name != "fork 1" || b.name != "first run" || a.at != b.at {
		t.Errorf("side by side are %q at %v and %q at %v", a.name, a.at, b.name, b.at)
	}
	differ := 0
	for i := range a.pairs.pairs {
		differ += b2i(a.pairs.pairs[i].differ(a.beside))
	}
	if differ != 1 { // what bob reads
		t.Errorf("%d operations differ", differ)
	}
	d.keys("x", "enter", "v")
	d.do(d.p.switchTo(d.p.tree.all[0]))
	if d.p.scene.log.Len() != events {
		t.Error("the compared run is not as it was")
	}
	d.p.closeAll()
	if len(c.open) != 0 {
		t.Errorf("%d runs of %d are left open", len(c.open), c.opened)
	}
}

// A selected operation is selected on all sides, whatever its id is there.
func TestSelectionIsPaired(t *testing.T) {
	d, _ := beside(t, proof, 3600*time.Millisecond, 120, 40, "base", "cp")
	d.keys("down") // nothing is selected: the first
	for range 2 {
		var said []string
		for _, s := range d.p.sides() {
			op := s.index.Op(s.picked.Op)
			if op == nil {
				t.Fatalf("%s has nothing selected", s.name)
			}
			said = append(said, op.Client+" "+op.Command.String())
		}
		if said[0] != said[1] {
			t.Errorf("selected are %q", said)
		}
		d.keys(">")
	}
	row := d.p.scene.pairs.find(0, d.p.scene.index.Op(d.p.scene.picked.Op))
	if row < 0 || !d.p.scene.pairs.pairs[row].differ(d.p.sides()) {
		t.Error("> does not go to an operation that differs")
	}
}

// With one, two and three sides every pane of the layout for them lies on the screen, and no
// two overlap.
func TestComparingLayout(t *testing.T) {
	l := &layouts[layoutNamed("comparing")]
	for w := minWidth; w <= 220; w += 7 {
		for h := minHeight; h <= 80; h++ {
			for sides := 1; sides <= maxSides; sides++ {
				slots := l.layout(w, 4, h-1, sides, false)
				for i, s := range slots {
					if s.X < 0 || s.Y < 4 || s.X+s.W > w || s.Y+s.H > h-1 || s.W < 26 || s.H < 5 || s.side >= sides {
						t.Fatalf("%dx%d, %d sides: slot %d is %+v", w, h, sides, i, s)
					}
					for _, o := range slots[:i] {
						if r := s.Rect.Within(o.Rect); r.W*r.H > 0 {
							t.Fatalf("%dx%d, %d sides: slots overlap: %+v %+v", w, h, sides, s.Rect, o.Rect)
						}
					}
				}
			}
		}
	}
}

// Enter asks why of the selected operation on the side that it was selected on.
func TestWhyOfASide(t *testing.T) {
	d, _ := beside(t, proof, 3600*time.Millisecond, 120, 40, "cp", "ap")
	_ = d.p.View()
	for _, z := range d.p.zones.all { // bob's read under ap, the last row
		if z.side == 1 && z.pane == paneNamed("compare") && z.of.Kind == export.OpSubject {
			d.do(d.p.click(z, z.X))
		}
	}
	op := d.p.sides()[1].index.Op(d.p.sides()[1].picked.Op)
	if op == nil || op.Client != "bob" || d.p.focus != paneNamed("compare") {
		t.Fatalf("selected is %+v", op)
	}
	d.keys("enter")
	d.keys("esc")
	d.keys("enter")
	if s := d.screen(); !strings.Contains(s, "stale") && !strings.Contains(s, "old version") {
		t.Errorf("what is explained is not ap's stale read:\n%s", s)
	}
}

// Quitting asks while any run of the tree holds commands that are on no disk.
func TestQuitAsksForForks(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(900 * time.Millisecond)
	d.keys("left", "x", "enter")
	d.do(d.p.switchTo(d.p.tree.all[0]))
	d.keys("q")
	if d.quit || !strings.Contains(d.screen(), "fork 1") {
		t.Error("a fork would be lost without a word")
	}
	d.keys("n")
	d.do(d.p.closeBranch(d.named("fork 1")))
	if d.keys("q"); !d.quit {
		t.Error("q asks though nothing would be lost")
	}
}
