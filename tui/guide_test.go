package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/scenarios"
)

// A lesson begins with what it teaches; time waits while it is read, and goes on by
// itself.
func TestLessonIsRead(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 120, 40)
	s := d.p.scene
	if name := layouts[d.p.layout].name; name != "teaching" {
		t.Errorf("a lesson opens in the layout %s", name)
	}
	d.shows("Two sides of a cut", "3 minutes, beginner, 2 questions", "- under ap both sides answer", "space: begin (")
	d.play(3 * time.Second)
	if s.at != 0 || !s.playing {
		t.Fatalf("after 3 s the card is gone: at %v, playing %v", s.at, s.playing)
	}
	d.act(" ")
	d.shows("The badge is what a node would serve", "2. then, a cut", "lesson: 1 of 4", "▸ 0.2 alice@n1 SET cart milk", "space: go on")
	d.act(" ", "play:450ms")
	d.shows("✓ 0.2 alice@n1 SET cart milk")
	d.play(time.Second)
	if want := model.Time(700 * time.Millisecond); s.at != want {
		t.Fatalf("the second text is not waited for: at %v, want %v", s.at, want)
	}
	d.shows("lesson: 2 of 4", "All three hold the same.")
	d.play(20 * time.Second) // nobody presses a key
	if s.asking == nil {
		t.Fatalf("time does not go on by itself: at %v", s.at)
	}
	d.act("esc", "R")
	d.shows("space: begin (")
	if s.at != 0 || len(s.study.guesses) != 0 || s.study.begun {
		t.Errorf("a reset does not begin again: at %v, %+v", s.at, s.study)
	}
}

// Scrubbing is never held up, and what was passed by that way is not waited for again.
func TestReadingDoesNotHoldScrubbing(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	d.act("shift+right", "right")
	if s := d.p.scene; s.at != model.Time(1100*time.Millisecond) || s.onCard() {
		t.Fatalf("at %v, card %v", s.at, s.onCard())
	}
	d.act("home", " ", " ")
	d.play(3 * time.Second)
	if d.p.scene.at == 0 {
		t.Error("time does not go on after scrubbing back")
	}
}

// Nothing waits for a text that can't be seen.
func TestUnseenTextIsNotWaitedFor(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	d.act("layout:exploring", "play:1900ms")
	if at := d.p.scene.at; at < model.Time(1800*time.Millisecond) {
		t.Errorf("after 1.9 s the run is at %v", at)
	}
	d.act("layout:teaching", "play:200ms")
	d.shows("lesson: 2 of 4", "What do you think?")
}

// The reader who turns pages or scrolls has all the time there is, and comes back to the
// present when it moves on.
func TestLessonPages(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	d.act(" ", "down", "down")
	if d.p.scene.playing {
		t.Error("time goes on under a reader who scrolls")
	}
	d.shows("space: go on")
	d.act(">", ">")
	d.shows("lesson: 3 of 4", "Nothing that n2 has heard")
	d.act("<", "<", "<", "<", "<")
	d.shows("You will learn", "< >: turn the page")
	d.act(">", " ")
	d.play(900 * time.Millisecond)
	d.shows("lesson: 2 of 4")
	d.act("pgup")
	d.shows("lesson: 1 of 4")
	d.act(" ")
	d.toQuestion()
	d.act("2", "play:1s")
	d.shows("lesson: 3 of 4")
}

// A guess is taken before the answer is shown; then the pane keeps what was right and why
// until the next question.
func TestGuesses(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	s := d.p.scene
	d.toQuestion()
	d.shows("What do you think?", "bob read eggs?", "3  if the store is good", "lesson: 2 of 4", "CUT", "n1 up", "n2 up", "n3 up")
	d.act("1")
	d.shows("your guess", "? guess yes", "Alice writes eggs at n1")
	d.play(300 * time.Millisecond)
	if d.p.guess == nil {
		t.Error("the answer is told before the run shows it")
	}
	d.play(800 * time.Millisecond)
	d.shows("0 of 1 guessed right", "✗ guess yes", "✓ right no", "bob reads cart at n2")
	d.toQuestion()
	d.shows("And after the heal?", "lesson: 3 of 4")
	d.act("1", "play:3s")
	if d.p.scene.study.rest > 0 || !s.over {
		d.act(" ", "play:2s")
	}
	d.shows("1 of 2 guessed right", "✓ right yes", "n2 has it now.", "lesson: 4 of 4")
	// Whoever goes back and guesses again has the first guess counted.
	if right, of := s.study.score(); right != 1 || of != 2 {
		t.Errorf("score %d of %d", right, of)
	}
	q := s.study.guesses[0].q
	s.study.guessed(q, q.Right).told = true
	if right, of := s.study.score(); right != 1 || of != 2 {
		t.Errorf("a second guess counts: %d of %d", right, of)
	}
	// Before a question nothing is known of it.
	d.p.moveTo(model.Time(1500 * time.Millisecond))
	s.compose()
	d.p.dirty = true
	if screen := d.p.View(); strings.Contains(screen, "guess yes") {
		t.Errorf("a guess is shown before its question:\n%s", screen)
	}
}

// The answer is told once the run has shown something, though the text went on before; and
// what the script says then is the reason.
func TestAnswerAfterTheText(t *testing.T) {
	const text = "---\ntitle: T\n---\n" +
		"```capsim\nuse store memory\nat 1s ask \"What?\" *one | two\n```\n\nSome text.\n\n" +
		"```capsim\nat 1.5s alice@n1 SET cart milk\nat 2s say \"Because.\"\nat 3s end\n```\n"
	d := newDriver(t, lessonOpener(t, "t.md", text), 80, 24)
	d.toQuestion()
	d.act("1", "play:100ms")
	for d.p.scene.at < model.Time(1900*time.Millisecond) {
		if d.p.guess == nil {
			t.Fatalf("the answer is told at %v", d.p.scene.at)
		}
		d.p.scene.study.rest = 0
		d.play(frame)
	}
	d.act("play:300ms")
	if g := d.p.scene.study.guesses[0]; !g.told || g.why != "Because." {
		t.Errorf("told %v, why %q", g.told, g.why)
	}
	d.shows("✓ right one", "  Because.")
}

// At the end a card says what was taught, how the guesses went, and where to go on.
func TestEndOfALesson(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	d.withLibrary()
	first := scenarios.Library()[0]
	d.goTo(5 * time.Second)
	d.act("right")
	d.shows("lesson: 4 of 4", "space: what you saw")
	d.act(" ")
	d.shows("The end: you have seen", "a side that answers may", "R again", "f try it yourself", "enter lesson 1: "+strings.Fields(first.Title)[0])
	d.act("left") // other keys do what they do
	if len(d.p.overlays) != 0 || d.p.scene.live() {
		t.Error("the card holds scrubbing up")
	}
	d.act("end", " ", "f")
	if name := layouts[d.p.layout].name; name != "exploring" {
		t.Errorf("free play is in the layout %s", name)
	}
	d.act(" ", "enter")
	d.shows("You will learn")
	if d.p.scene.item() == nil || d.p.scene.item().Name != first.Name || layouts[d.p.layout].name != "teaching" {
		t.Error("the next lesson was not opened")
	}
}

func TestLibrary(t *testing.T) {
	d := newDriver(t, lessonOpener(t, "cut.md", taught), 80, 24)
	d.withLibrary()
	d.act("l")
	first, second := scenarios.Library()[0], scenarios.Library()[1]
	d.shows("beginner ", "1 "+first.Title, itoa(first.Minutes)+" min", strings.Fields(first.Summary)[0])
	d.act("j")
	d.shows("▸   2 "+second.Title, strings.Fields(second.Summary)[0])
	d.act("/")
	d.typed("escrow")
	d.shows("intermediate", numberOf(t, "escrow")+" Escrow, the shop")
	d.act("enter")
	if item := d.p.scene.item(); item == nil || item.Name != "escrow" {
		t.Fatalf("the chosen lesson was not opened: %v", item)
	}
	d.act("l", "/")
	d.typed("no such thing")
	d.shows("No lesson is about that.")
	d.act("enter", "esc", "esc")
	if len(d.p.overlays) != 0 {
		t.Error("esc does not close the library")
	}
	// What would be lost is asked for.
	d.give("partition n1 | n2 n3")
	d.act("l", "G", "enter")
	d.shows("not saved")
	d.act("n")
	if d.p.scene.item().Name != "escrow" {
		t.Error("n leaves the run")
	}
	d.act("l", "G", "enter", "y")
	if all := scenarios.Library(); d.p.scene.item().Name != all[len(all)-1].Name {
		t.Error("y does not leave the run")
	}
	d.p.lesson = func(string) (func() (run, error), error) { return nil, errors.New("no room") }
	d.act("l", "g", "enter")
	d.shows("no room")
}

// A script that is no lesson says what it is, and what it does next.
func TestScenarioPane(t *testing.T) {
	d := newDriver(t, recorded(t, "proof"), 120, 40)
	if name := layouts[d.p.layout].name; name != "exploring" {
		t.Errorf("a script opens in the layout %s", name)
	}
	d.goTo(2500 * time.Millisecond)
	d.p.showPane(paneNamed("lesson"))
	d.shows("scenario", "seed 42", "✓ 2.2 alice@n1 SET cart eggs", "▸ 3.5 bob@n2 GET cart")
	if d.act("l"); len(d.p.overlays) != 0 {
		t.Error("there is no library, and it opened")
	}
	d.shows("there is no library here")
}
