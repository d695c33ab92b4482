package canvas

import "testing"

// A track goes where rounding each step would.
func TestTrack(t *testing.T) {
	for steps := 1; steps < 40; steps++ {
		for d := -100; d <= 100; d++ {
			for first := range min(steps, 3) {
				tr := along(7, d, first, steps)
				for i := first; i <= steps; i++ {
					if want := 7 + Rounded(d*i, steps); tr.at != want {
						t.Fatalf("step %d of %d over %d is at %d, not %d", i, steps, d, tr.at, want)
					}
					tr.step()
				}
			}
		}
	}
}
