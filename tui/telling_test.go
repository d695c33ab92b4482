package tui

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/scenarios"
)

// What a class sees first must be true: these are about what stands on the screen at the
// moments that a lesson is about.

// Before anything has happened no node is said to be out of order.
func TestBeginningSaysNothingWrong(t *testing.T) {
	d := newDriver(t, opener(t, pictures["one"]), 80, 24)
	if screen := d.screen(); strings.Contains(screen, "not serving") {
		t.Errorf("at the beginning:\n%s", screen)
	}
}

// However fast it plays, no message is drawn over a link that was cut since it passed, and
// the sign of the cut stays.
func TestNothingPassesACut(t *testing.T) {
	d := newDriver(t, opener(t, "use store memory\nat 0.8s alice@n1 SET cart milk\nat 0.9s partition n1 | n2 n3\nat 8s end\n"), 120, 40)
	d.goTo(1100 * time.Millisecond)
	s := d.p.scene
	s.playing, s.speed = true, speed(len(speeds)-1)
	s.glow()
	if len(s.landed) != 0 {
		t.Errorf("%d messages are drawn over a cut", len(s.landed))
	}
	if screen := d.screen(); strings.Count(screen, "✂ CUT")+strings.Count(screen, "s ✂") != 2 {
		t.Errorf("the signs of the cuts:\n%s", screen)
	}
}

// A lost write comes before the sentence that all is well.
func TestWhyOfALostWriteComesFirst(t *testing.T) {
	d := newDriver(t, opener(t, `use store memory
at 0.5s partition n1 | n2 n3
at 1s   alice@n1 SET cart milk
at 1.3s bob@n2 SET cart eggs
at 2s   heal
at 4s   end
`), 120, 40)
	d.goTo(3500 * time.Millisecond)
	v := d.p.scene.verdict
	if v == nil || !v.lost.bad {
		t.Fatalf("no write is lost: %+v", v)
	}
	if want := "though alice was told it is stored: another write has the later stamp"; !strings.Contains(v.why.text, want) {
		t.Errorf("why: %q, want %q in it", v.why.text, want)
	}
}

// Keys whose names begin alike can be told apart where there is no room for them.
func TestLongKeysKeepTheirEnds(t *testing.T) {
	for name, want := range map[string]string{"laptop:stock": "…p:stock", "laptop:sold": "…op:sold", "cart": "cart"} {
		if got := endOf(name, 8); got != want {
			t.Errorf("%s is shortened to %s, want %s", name, got, want)
		}
	}
}

// Of a fork the first thing offered is to see it beside the run that it left: the same
// script under two policies would get the fork's command too.
func TestAForkIsComparedWithWhatItLeft(t *testing.T) {
	d := newDriver(t, opener(t, "use store memory\nat 0.2s alice@n1 SET cart milk\nat 3s end\n"), 120, 40)
	d.goTo(2 * time.Second)
	d.p.moveTo(model.Time(time.Second))
	d.keys("c", "v")
	if screen := d.screen(); !strings.Contains(screen, "the run that it left") {
		t.Fatalf("the menu:\n%s", screen)
	}
	d.keys("1")
	if screen := d.screen(); !d.p.comparing() || strings.Contains(screen, "ap, now cp") {
		t.Errorf("side by side:\n%s", screen)
	}
}

// In the one sentence the numbers of events are noise.
func TestWhyHasNoEventNumbers(t *testing.T) {
	const witness = "bob's BUY laptop 1 at n2 (laptop:stock v3, laptop:sold v2, #205–#210) returned 1; alice's GET (#7) did not."
	const want = "bob's BUY laptop 1 at n2 (laptop:stock v3, laptop:sold v2) returned 1; alice's GET did not."
	if got := eventNumbers.ReplaceAllString(witness, ""); got != want {
		t.Errorf("%s", got)
	}
}

// Side by side a lesson is still that lesson: its end card says what it taught, and names
// the lesson after it.
func TestSideBySideIsTheSameLesson(t *testing.T) {
	item, err := scenarios.Find("cap-proof")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse(item.File, item.Source)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Under("cp", savedOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	c := courseOf(r)
	if c.number != courseOf(s).number || c.number == 0 || len(c.lesson.Teaches) == 0 {
		t.Errorf("lesson %d, which teaches %q", c.number, c.lesson.Teaches)
	}
}

// savedOf is a session of a script, before anything was done.
func savedOf(t *testing.T, s *scenarios.Script) string {
	t.Helper()
	r, err := inMemory(s)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return r.Save()
}
