package tui

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// counts is how often runs were opened and closed.
type counts struct {
	t      testing.TB
	opened int
	open   map[*counted]bool
}

// counted is a run that is to be closed once.
type counted struct {
	run
	of *counts
}

func (c *counts) counted(r run, err error) (run, error) {
	if r == nil || err != nil {
		return nil, err
	}
	n := &counted{r, c}
	c.opened++
	c.open[n] = true
	return n, nil
}

func (r *counted) fork(at int) (run, error) { return r.of.counted(r.run.fork(at)) }
func (r *counted) undo() (run, error)       { return r.of.counted(r.run.undo()) }

func (r *counted) Close() error {
	if !r.of.open[r] {
		r.of.t.Error("a run was closed twice")
	}
	delete(r.of.open, r)
	return r.run.Close()
}

// counting counts the runs that an opener and what it opened begin.
func counting(t testing.TB, open func() (run, error)) (*counts, func() (run, error)) {
	c := &counts{t: t, open: map[*counted]bool{}}
	return c, func() (run, error) { return c.counted(open()) }
}

// named returns a branch by its name.
func (d *driver) named(name string) *branch {
	d.t.Helper()
	for _, b := range d.p.tree.all {
		if b.name == name {
			return b
		}
	}
	d.t.Fatalf("no branch is called %q", name)
	return nil
}

func (d *driver) check() {
	d.t.Helper()
	t := &d.p.tree
	if err := t.valid(); err != nil {
		d.t.Fatal(err)
	}
	if t.current != nil && t.current.run != d.p.run {
		d.t.Fatal("the run at hand is not that of the current branch")
	}
}

// A command in the past begins a branch, and so does one in the past of that; each is
// as it was left when it is switched to.
func TestForkOfAFork(t *testing.T) {
	c, open := counting(t, opener(t, proof))
	d := newDriver(t, open, 120, 40)
	p, s := d.p, d.p.scene
	d.goTo(3600 * time.Millisecond)
	whole := s.log.Len()
	d.keys("shift+left", "shift+left", "left") // 1.5 s
	d.keys("h")
	d.goTo(3 * time.Second)
	d.keys("shift+left", "left") // 1.9 s, in the fork
	d.give("carol@n3 SET cart bread")
	d.check()
	one, two := d.named("fork 1"), d.named("fork 2")
	if p.tree.current != two || two.parent != one || one.parent != p.tree.all[0] {
		t.Fatal("the tree is not first run, fork 1, fork 2")
	}
	if one.line != "heal" || one.from.at != model.Time(1500*time.Millisecond) || two.from.at != model.Time(1900*time.Millisecond) {
		t.Errorf("forked by %q at %v and %v", one.line, one.from.at, two.from.at)
	}
	d.do(p.switchTo(p.tree.all[0]))
	if s.log.Len() != whole || s.at != model.Time(1500*time.Millisecond) || s.now != model.Time(3600*time.Millisecond) {
		t.Errorf("the first run is not as it was left: %d events of %d, at %v of %v", s.log.Len(), whole, s.at, s.now)
	}
	d.do(p.switchTo(two))
	if s.newest("cart") != 2 || s.at != model.Time(1900*time.Millisecond) {
		t.Errorf("fork 2 is not as it was left: v%d at %v", s.newest("cart"), s.at)
	}
	d.keys("u")
	if p.tree.current != one || s.at != model.Time(1900*time.Millisecond) || s.now != model.Time(3*time.Second) {
		t.Errorf("u in a fork goes to %s at %v of %v", p.tree.current.name, s.at, s.now)
	}
	d.keys("u")
	if p.tree.current != p.tree.all[0] || len(p.tree.all) != 3 {
		t.Error("u does not go back to the first run, with its forks kept")
	}
	d.do(p.closeBranch(one))
	d.check()
	if two.parent != p.tree.all[0] || len(c.open) != 2 {
		t.Errorf("a closed fork's fork hangs on %v; %d runs are open", two.parent, len(c.open))
	}
	d.keys("R")
	d.check()
	if len(c.open) != 1 {
		t.Errorf("after a reset %d runs are open", len(c.open))
	}
	p.closeAll()
	if len(c.open) != 0 || c.opened != 4 {
		t.Errorf("%d runs of %d are left open", len(c.open), c.opened)
	}
}

// What was undone can be gone back to, and undone again.
func TestUndoneIsKept(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	p, s := d.p, d.p.scene
	d.goTo(500 * time.Millisecond)
	d.give("carol@n3 SET cart bread")
	d.goTo(700 * time.Millisecond)
	d.give("carol@n3 SET cart tea")
	d.goTo(800 * time.Millisecond)
	d.keys("u", "u")
	d.check()
	if s.newest("cart") != 1 || s.now != model.Time(500*time.Millisecond) {
		t.Fatalf("two undos leave v%d at %v", s.newest("cart"), s.now)
	}
	tea, bread := d.named("undone 1"), d.named("undone 2")
	if !strings.HasSuffix(tea.line, "tea") || !strings.HasSuffix(bread.line, "bread") || tea.parent != bread || bread.parent != p.tree.all[0] {
		t.Errorf("undone are %q of %v and %q of %v", tea.line, tea.parent, bread.line, bread.parent)
	}
	d.do(p.switchTo(tea))
	if s.newest("cart") != 3 || s.now != model.Time(800*time.Millisecond) {
		t.Errorf("what was undone first is not back: v%d at %v", s.newest("cart"), s.now)
	}
	d.keys("u")
	if p.tree.current != bread || s.newest("cart") != 2 {
		t.Errorf("undoing it again leads to %s with v%d", p.tree.current.name, s.newest("cart"))
	}
}

// The number of open runs is bounded, and the oldest forks go first.
func TestForksAreBounded(t *testing.T) {
	c, open := counting(t, opener(t, proof))
	d := newDriver(t, open, 80, 24)
	d.goTo(900 * time.Millisecond)
	for range 70 {
		d.keys("left", "x", "enter")
		d.do(d.p.switchTo(d.p.tree.all[0]))
		d.check()
		d.keys("end")
	}
	if n := len(d.p.tree.all); n != maxBranches || len(c.open) != n {
		t.Errorf("%d branches, %d open runs", n, len(c.open))
	}
	if first := d.p.tree.all[1].name; first != "fork 22" {
		t.Errorf("the oldest that is kept is %s", first)
	}
	d.p.closeAll()
	if len(c.open) != 0 {
		t.Errorf("%d runs are left open", len(c.open))
	}
}

// Whatever is commanded, undone, switched and closed, the tree is valid, and every run is
// closed once.
func TestRandomBranches(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 5))
		c, open := counting(t, opener(t, proof))
		d := newDriver(t, open, 100, 30)
		lines := []string{"heal", "partition n1 | *", "alice@n1 SET cart x", "nonsense", "policy ap", "crash n3", "bob@n2 GET cart"}
		for range 250 {
			all := d.p.tree.all
			switch r.IntN(10) {
			case 0, 1, 2:
				d.do(d.p.command(lines[r.IntN(len(lines))], nil))
			case 3:
				d.keys("u")
			case 4:
				d.do(d.p.switchTo(all[r.IntN(len(all))]))
			case 5:
				d.do(d.p.closeBranch(all[r.IntN(len(all))]))
			case 6:
				if r.IntN(10) == 0 {
					d.keys("R")
				}
			default:
				d.do(d.p.advance(model.Time(r.Int64N(int64(4 * time.Second)))))
			}
			for len(d.p.overlays) > 0 {
				d.keys("down", "enter")
			}
			d.p.scene.playing = false
			d.check()
			if len(c.open) != len(d.p.tree.all) {
				t.Fatalf("seed %d: %d runs are open, %d in the tree", seed, len(c.open), len(d.p.tree.all))
			}
		}
		d.p.closeAll()
		if len(c.open) != 0 {
			t.Errorf("%d runs of %d are left open", len(c.open), c.opened)
		}
	}
}
