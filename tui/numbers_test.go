package tui

import (
	"fmt"
	"testing"
	"time"

	"capsim/model"
	"capsim/tui/canvas"
)

func TestNumbersStandStill(t *testing.T) {
	for _, d := range []time.Duration{0, time.Millisecond, 999 * time.Millisecond, time.Second, 9999 * time.Millisecond, 10 * time.Second, 99 * time.Second, 100 * time.Second, 3599 * time.Second} {
		ms := d.Milliseconds()
		if got, want := seconds(model.Time(d)), fmt.Sprintf("%7s", fmt.Sprintf("%d.%03d", ms/1000, ms%1000)); got != want {
			t.Errorf("seconds(%v) = %q, want %q", d, got, want)
		}
		if got, want := clock(model.Time(d)), fmt.Sprintf("%02d:%02d.%03d", ms/60000, ms/1000%60, ms%1000); got != want {
			t.Errorf("clock(%v) = %q, want %q", d, got, want)
		}
		if got := lasting(0, model.Time(d)); canvas.TextWidth(got) != 6 {
			t.Errorf("lasting(%v) = %q", d, got)
		}
	}
	for i := range speeds {
		if got := speed(i).String(); canvas.TextWidth(got) != 5 {
			t.Errorf("speed %q has another width", got)
		}
		if i > 0 && speeds[i].factor <= speeds[i-1].factor {
			t.Errorf("speeds do not ascend at %q", speed(i))
		}
	}
	if speeds[0].factor != 0.01 || speeds[len(speeds)-1].factor != 100 || speeds[normal].factor != 1 {
		t.Error("speeds go from 0.01× over 1× to 100×")
	}
}
