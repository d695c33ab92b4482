package tui

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// Two sides have the room of three; a menu offers which policies to compare.
func TestCompareScreens(t *testing.T) {
	d, _ := beside(t, capProof(t), 0, 80, 24, "cp", "ap")
	d.goTo(4900 * time.Millisecond)
	d.sameAs("compare-2-80x24")
	d.p.closeAll()

	d = forked(t, 120, 40)
	d.keys("f", "v")
	d.check()
	d.sameAs("compare-menu-120x40")
	d.p.closeAll()
}

// The pane's own keys name, close and switch, and what they can't do they say.
func TestForksPane(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(900 * time.Millisecond)
	d.keys("left", "x", "enter", "f", "D")
	if len(d.p.tree.all) != 2 || !d.p.notice.bad {
		t.Error("what is shown was closed")
	}
	d.keys("e", "ctrl+u")
	d.typed("a cut\x1b[2J link")
	d.keys("enter")
	b := d.p.tree.all[1]
	if b.name == "fork 1" {
		t.Errorf("the name is %q", b.name)
	}
	checkFits(t, d.p.View(), 120, 40)
	d.keys("up", "enter")
	if d.p.tree.current != d.p.tree.all[0] {
		t.Error("enter does not switch")
	}
	d.keys("down", "D", "n")
	if len(d.p.tree.all) != 2 {
		t.Error("a run with commands that are not saved was closed without a word")
	}
	d.keys("D", "y")
	if len(d.p.tree.all) != 1 {
		t.Error("D does not close it")
	}
	d.keys("D")
	if len(d.p.tree.all) != 1 || !d.p.notice.bad {
		t.Error("the first run was closed")
	}
	d.check()
}

// The mouse chooses a run, and switches to it with a second click.
func TestClickFork(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(900 * time.Millisecond)
	d.keys("left", "x", "enter", "f")
	_ = d.p.View()
	for range 2 {
		for _, z := range d.p.zones.all {
			if z.act == zoneBranch && z.run == d.p.tree.all[0] {
				d.do(d.p.click(z, z.X))
				break
			}
		}
		_ = d.p.View()
	}
	if d.p.tree.current != d.p.tree.all[0] {
		t.Error("two clicks do not switch to it")
	}
}

// Marks are gone through in order, and the most important of a column is shown.
func TestMarks(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.goTo(5500 * time.Millisecond)
	var kinds []markKind
	d.keys("home")
	for at := model.Time(-1); d.p.scene.at > at; {
		at = d.p.scene.at
		m, found := d.p.markFrom(at, 1)
		if found {
			kinds = append(kinds, m.kind)
		}
		d.keys("}")
	}
	want := []markKind{markCut, markQuestion, markBad, markBad, markHeal}
	if len(kinds) != len(want) {
		t.Fatalf("the marks are %v", kinds)
	}
	for i, k := range want {
		if kinds[i] != k {
			t.Fatalf("the marks are %v", kinds)
		}
	}
	if !d.p.notice.bad {
		t.Error("after the last mark } does not say so")
	}
	if d.keys("{", "{", "{", "{"); d.p.scene.at != model.Time(time.Second) {
		t.Errorf("four marks back is %v", d.p.scene.at)
	}
	_ = d.p.View()
	tl := &d.p.timeline
	for x := range tl.columns {
		most := markNone
		for _, m := range d.p.scene.marks {
			if tl.index(m.at) == x {
				most = max(most, m.kind)
			}
		}
		if tl.columns[x].mark != most {
			t.Errorf("column %d shows %d, not %d", x, tl.columns[x].mark, most)
		}
	}
}

// Whatever is done with runs side by side, all stand at one instant, the tree is valid, and
// every run is closed once.
func TestRandomComparisons(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 9))
		c, open := counting(t, opener(t, proof))
		d := newDriver(t, open, 80+r.IntN(60), 24+r.IntN(30))
		d.p.opens = func(s *scenarios.Script) (run, error) { return c.counted(inMemory(s)) }
		keys := []string{"h", "u", "v", "v", "1", "enter", "esc", "left", "right", "shift+right", ".", ",", "home", "end", "f", "up", "down", "tab", "t", "<", ">", "{", "}", "D", "y", "x", "R"}
		lines := []string{"partition n1 | *", "alice@n1 SET cart x", "nonsense", "policy ap", "crash n3", "bob@n2 GET cart"}
		compared := 0
		for range 300 {
			if r.IntN(6) == 0 {
				d.do(d.p.command(lines[r.IntN(len(lines))], nil))
			} else {
				d.keys(keys[r.IntN(len(keys))])
			}
			d.p.scene.playing = false
			d.check()
			compared += b2i(d.p.comparing())
			n := 0
			for _, b := range d.p.tree.all {
				n++
				if l, several := b.run.(*lockstep); several {
					n += len(l.runs) - 1
				}
			}
			if len(c.open) != n {
				t.Fatalf("seed %d: %d runs are open, %d in the tree", seed, len(c.open), n)
			}
			for _, s := range d.p.sides() {
				if s.at != d.p.scene.at || s.now != d.p.scene.now {
					t.Fatalf("seed %d: %s stands at %v of %v, the first at %v of %v", seed, s.name, s.at, s.now, d.p.scene.at, d.p.scene.now)
				}
			}
			checkFits(t, d.p.View(), d.p.w, d.p.h)
		}
		d.p.closeAll()
		if len(c.open) != 0 || compared < 20 {
			t.Errorf("seed %d: %d runs of %d are left open; %d keys were pressed side by side", seed, len(c.open), c.opened, compared)
		}
	}
}

// BenchmarkCompareView draws three runs side by side at 120×40, in colour.
func BenchmarkCompareView(b *testing.B) {
	d, _ := beside(b, capProof(b), 0, 120, 40, "cp", "ap", "base")
	defer d.p.closeAll()
	d.p.common.Theme = canvas.NewTheme(termenv.TrueColor, true)
	d.goTo(4900 * time.Millisecond)
	b.ReportAllocs()
	for b.Loop() {
		d.p.dirty = true
		_ = d.p.View()
	}
}
