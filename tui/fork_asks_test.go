package tui

import (
	"testing"
	"time"

	"capsim/model"
)

// A fork asks what the reader has not come to where it begins, and nothing else.
func TestForkAsksNothingThatIsBehind(t *testing.T) {
	for _, script := range []string{proof, capProof(t)} {
		first := newDriver(t, opener(t, script), 120, 40)
		first.goTo(time.Duration(first.p.scene.end))
		s := first.p.scene
		q := s.asks[0]
		var at []model.Time
		for n := 1; n <= s.log.Len(); n++ {
			at = append(at, s.log.At(n).At)
		}
		at = append(at, q, q+1, q-1, q+model.Time(time.Second))
		for _, from := range at {
			if from >= s.end {
				continue
			}
			d := newDriver(t, opener(t, script), 120, 40)
			d.goTo(time.Duration(s.end))
			d.p.moveTo(from)
			d.do(d.p.command("cut n1-n2", nil))
			if len(d.p.tree.all) != 2 {
				continue // the lesson has cut it already
			}
			asked := 0
			for i := 0; i < 100 && !d.p.scene.over; i++ {
				d.do(d.p.advance(s.end))
				if d.p.pending != nil {
					asked++
					d.keys("down", "enter")
					d.p.scene.playing = false
				}
			}
			want := 0
			for _, one := range s.asks {
				want += b2i(one > from)
			}
			if asked != want {
				t.Errorf("forked at %v: %d questions asked, of %d ahead of it (at %v)", from, asked, want, s.asks)
			}
		}
	}
}

// A question that waits goes with a fork made at its instant.
func TestForkKeepsTheQuestionThatWaits(t *testing.T) {
	const script = "use store memory\nat 1s cut n1-n2\nat 1s cut n1-n3\nat 1s ask \"Will it?\" yes | *no\nat 3s end\n"
	d := newDriver(t, opener(t, script), 120, 40)
	d.do(d.p.advance(model.Time(2 * time.Second)))
	d.keys("esc")
	f, err := forkAt(d.p.run, cursor{d.p.scene.log.Len() - 1, model.Time(time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	if q := f.Question(); q == nil || q != d.p.run.Question() {
		t.Errorf("the question %v became %v", d.p.run.Question(), q)
	}
}
