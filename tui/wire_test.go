package tui

import (
	"slices"
	"testing"
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

const wired = `use seed 5
use store memory
use latency const(100ms)
at 0.2s  alice@n1 SET cart milk
at 1s    bob@n2 SET cart eggs
at 9s    end
`

// carrying selects the message from one node to another that carries the newest write of
// cart, with the keys of the pane.
func (d *driver) carrying(from, to model.NodeID) model.MsgID {
	d.t.Helper()
	s := d.p.scene
	for range len(s.flights) + 1 {
		d.keys("down")
		for i := range s.flights {
			f := &s.flights[i]
			if s.picked == messageSubject(f.Msg) && f.From == from && f.To == to && len(f.Ops) > 0 {
				return f.Msg
			}
		}
	}
	d.t.Fatalf("no write is on the wire from %v to %v", from, to)
	return 0
}

// A message is held by hand: its node stays behind. Released it converges; dropped it does
// not. The saved session gives the same trace.
func TestWireByHand(t *testing.T) {
	d := showing(t, wired, "wire", 120, 40, 1050*time.Millisecond)
	s := d.p.scene
	d.sees("carries", "[v2] SET cart eggs", "50 ms", "D drop", "n2→n3")
	d.keys("O")
	d.sees("O: no message is selected")
	d.keys(" ")
	if !s.playing {
		t.Fatal("it does not play")
	}
	id := d.carrying(2, 3)
	if s.playing {
		t.Error("time goes on while a message is selected by hand")
	}
	d.keys("E")
	d.sees("E (release), message " + itoa(int(id)) + ": nothing holds it")
	d.keys("O")
	d.sees("held by hand")
	d.keys("O")
	d.sees("O (hold), message " + itoa(int(id)) + ": it is held already")
	d.goTo(1150 * time.Millisecond)
	d.sees("held by hand")
	if n3 := s.served(3, "cart"); !s.view.Diverged("cart") || len(s.versionsOf(n3, "cart")) != 1 || s.versionsOf(n3, "cart")[0] != 1 {
		t.Errorf("n3 holds %v while the message is held", s.versionsOf(n3, "cart"))
	}
	d.keys("E")
	d.seesNot("held by hand")
	d.goTo(1300 * time.Millisecond)
	if s.view.Diverged("cart") || s.versionsOf(s.served(3, "cart"), "cart")[0] != 2 {
		t.Error("released, the message does not bring the write")
	}
	d.keys("E")
	d.sees("message " + itoa(int(id)) + " is not under way any more")
	d.replays()
}

// A dropped message never lands, a hurried one at once.
func TestWireDropAndHurry(t *testing.T) {
	d := showing(t, wired, "wire", 80, 24, 1050*time.Millisecond)
	s := d.p.scene
	id := d.carrying(2, 3)
	d.keys("D")
	for i := range s.flights {
		if s.flights[i].Msg == id {
			t.Error("a dropped message is on the wire")
		}
	}
	d.carrying(2, 1)
	d.keys("U")
	d.keys(".")
	if got := s.versionsOf(s.served(1, "cart"), "cart"); len(got) != 1 || got[0] != 2 {
		t.Errorf("hurried, n1 holds %v at %v", got, s.at)
	}
	if s.at != model.Time(1050*time.Millisecond) {
		t.Errorf("hurried, the message lands at %v", s.at)
	}
	d.goTo(1120 * time.Millisecond)
	if got := s.versionsOf(s.served(3, "cart"), "cart"); len(got) != 1 || got[0] != 1 {
		t.Errorf("n3 holds %v though its message was dropped", got)
	}
	d.replays()
}

// What a cut holds is not for the hands, and says so.
func TestWireHeldByCut(t *testing.T) {
	d := showing(t, wired, "wire", 120, 40, 900*time.Millisecond)
	d.give("cut n2->n3 hold")
	d.goTo(1050 * time.Millisecond)
	d.sees("held: cut n2->n3")
	id := d.carrying(2, 3)
	for _, k := range []string{"E", "U"} {
		d.keys(k)
		d.sees("message " + itoa(int(id)) + ": it is held by a cut")
	}
	d.keys("h")
	d.seesNot("held: cut")
}

// replays fails if the saved session does not give the trace that is on the screen.
func (d *driver) replays() {
	d.t.Helper()
	script, err := scenarios.Parse("saved.capsim", []byte(d.p.run.Save()))
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := scenarios.Open(script, scenarios.Options{Memory: true})
	if err != nil {
		d.t.Fatal(err)
	}
	if err := r.RunTo(d.p.scene.now); err != nil {
		d.t.Fatal(err)
	}
	got, want := r.Log(), d.p.scene.log
	if got.Len() < want.Len() {
		d.t.Fatalf("the saved session has %d events, not %d:\n%s", got.Len(), want.Len(), d.p.run.Save())
	}
	for n := 1; n <= want.Len(); n++ {
		if a, b := string(trace.AppendEvent(nil, n, got.At(n))), string(trace.AppendEvent(nil, n, want.At(n))); a != b {
			d.t.Fatalf("event %d of the saved session is\n%s, not\n%s", n, a, b)
		}
	}
}

// Rows stand in the order of landing, and still while nothing lands.
func TestWireOrder(t *testing.T) {
	d := showing(t, scripts["cp"], "wire", 120, 40, 203*time.Millisecond)
	pane := d.p.panes[paneNamed("wire")].(*wirePane)
	s := d.p.scene
	order := func() (ids []model.MsgID) {
		pane.sort(s)
		var last model.Time
		for _, i := range pane.order {
			f := &s.flights[i]
			if f.Due < last {
				t.Errorf("message %d lands before the one above it", f.Msg)
			}
			last = f.Due
			ids = append(ids, f.Msg)
		}
		return ids
	}
	before := order()
	if len(before) < 3 {
		t.Fatalf("only %d messages are under way", len(before))
	}
	d.keys("down", "down")
	if s.picked.Kind != export.MessageSubject || s.picked.Msg != before[1] {
		t.Errorf("the second row is not selected: %+v", s.picked)
	}
	for range 40 {
		d.keys(".")
		after := order()
		for i := 1; i < len(before); i++ { // what is still there stands in the same order
			a, b := slices.Index(after, before[i-1]), slices.Index(after, before[i])
			if a >= 0 && b >= 0 && a > b {
				t.Fatalf("messages %d and %d have changed places", before[i-1], before[i])
			}
		}
		before = after
	}
}
