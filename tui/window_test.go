package tui

import (
	"testing"
	"time"

	"capsim/model"
)

// The window holds the instant, and moves in quarters of its span.
func TestPagedWindow(t *testing.T) {
	const span = time.Second
	last := model.Time(-1)
	moves := 0
	for at := model.Time(0); at < model.Time(10*time.Second); at += model.Time(7 * time.Millisecond) {
		w := pagedWindow(at, span, 5, 60)
		if at < w.from || at > w.to || w.to-w.from != model.Time(span) || w.from%model.Time(span/4) != 0 {
			t.Fatalf("at %v the window is %v … %v", at, w.from, w.to)
		}
		if x := w.column(at); x < 5 || x >= 65 {
			t.Fatalf("at %v the cursor stands in column %d", at, x)
		}
		if w.from != last {
			moves, last = moves+1, w.from
		}
	}
	if moves != 37 { // 40 quarters, of which the first four are one window
		t.Errorf("the window moved %d times", moves)
	}
	w := pagedWindow(0, span, 5, 60)
	if w.within(model.Time(time.Hour)) != 64 || w.within(-1) != 5 || w.column(w.instant(40)) > 40 {
		t.Error("the ends of the window")
	}
}
