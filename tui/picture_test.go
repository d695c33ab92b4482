package tui

import (
	"testing"
	"time"

	"github.com/muesli/termenv"

	"capsim/tui/canvas"
)

// pictures are scripts for the drawn panes: clusters of all sizes, and every fault that
// they show.
var pictures = map[string]string{
	"one": "use nodes 1\nuse store memory\nat 0.2s alice@n1 SET cart milk\nat 0.4s slow n1 +5ms\nat 1s end\n",
	"pair": `use nodes 2
use store memory
use latency const(200ms)
at 0.2s alice@n1 SET cart milk
at 0.5s cut n1->n2
at 0.6s alice@n1 SET cart eggs
at 0.7s bob@n2 SET cart tea
at 2s   end
`,
	"held": `use store memory
use latency const(20ms)
at 0.2s  alice@n1 SET cart milk
at 0.4s  partition n1 | n2 n3 hold
at 0.5s  alice@n1 SET cart eggs
at 0.6s  bob@n2 GET cart
at 0.65s pause n3
at 0.72s carol@n3 GET cart
at 0.8s  resume n3
at 0.85s crash n3 wipe
at 0.9s  heal
at 0.92s alice@n1 SET cart bread
at 1s    flap n1-n2 up=300ms down=200ms
at 1.1s  restart n3
at 1.5s  end
`,
	"five": `use nodes 5
use store memory
client dora remote
client erin remote
client fred remote
client gina remote
client hugo remote
at 0.2s dora@n1 SET cart milk
at 0.4s partition n1 n2 | n3 n4 n5
at 0.4s cut hugo-n4
at 0.5s slow n2 +5ms
at 0.7s erin@n1 SET cart eggs
at 0.8s fred@n4 SET cart tea
at 0.9s hugo@n4 GET cart
at 1.5s end
`,
	"nine": `use nodes 9
use store memory
at 0.2s alice@n1 SET cart milk
at 0.4s partition n1 n2 n5 | n3 n4 n6 n7 n8 n9
at 0.5s crash n7
at 0.5s skew n2 +500ms
at 0.7s alice@n1 SET cart eggs
at 0.8s dave@n4 SET cart tea
at 1.5s end
`,
	"lab": toyRun,
	"gossip": `use nodes 1000
use policy gossip mode=anti-entropy style=push-pull
use latency uniform(5ms, 20ms)
use loss 20%
use seed 37
use store memory
at 0.2s partition n100 n200 n300 | *
at 0.3s crash n400
at 0.5s alice@n1 RUMOUR fire
at 18s heal
at 22s end
`,
}

// TestPictures compares the drawn panes with golden screens.
func TestPictures(t *testing.T) {
	colour, plain, zoomed := termenv.TrueColor, termenv.Ascii, []string{"z"}
	spaceTime := func(keys ...string) []string { return append([]string{"space-time"}, keys...) }
	tests := []struct {
		name    string
		run     string
		w, h    int
		at      time.Duration
		profile termenv.Profile
		glyphs  *canvas.Glyphs
		keys    []string // the first may name a pane
	}{
		{"one-80x24", "one", 80, 24, 500, plain, &canvas.UnicodeGlyphs, nil},
		{"pair-80x24", "pair", 80, 24, 800, plain, &canvas.UnicodeGlyphs, []string{"e"}},
		{"pair-ascii", "pair", 120, 40, 800, plain, &canvas.AsciiGlyphs, nil},
		{"held-80x24", "held", 80, 24, 880, plain, &canvas.UnicodeGlyphs, nil},
		{"held-message", "held", 120, 40, 760, plain, &canvas.UnicodeGlyphs, []string{"e", "e", "e", "e"}},
		{"held-spacetime-ascii", "held", 80, 24, 1250, plain, &canvas.AsciiGlyphs, spaceTime("<", "<")},
		{"five-80x24", "five", 80, 24, 950, plain, &canvas.UnicodeGlyphs, nil},
		{"five-120x40", "five", 120, 40, 950, plain, &canvas.UnicodeGlyphs, []string{"n", "N"}},
		{"five-200x60-colour", "five", 200, 60, 950, colour, &canvas.UnicodeGlyphs, zoomed},
		{"nine-80x24", "nine", 80, 24, 900, plain, &canvas.UnicodeGlyphs, nil},
		{"nine-80x24-versions", "nine", 80, 24, 900, plain, &canvas.UnicodeGlyphs, []string{"versions", "n", "n"}},
		{"nine-80x24-spacetime", "nine", 80, 24, 900, plain, &canvas.UnicodeGlyphs, spaceTime()},
		{"lab-80x24", "lab", 80, 24, 470, plain, &canvas.UnicodeGlyphs, nil},
		{"lab-120x40-colour", "lab", 120, 40, 470, colour, &canvas.UnicodeGlyphs, nil},
		{"lab-spacetime-80x24-ascii", "lab", 80, 24, 900, plain, &canvas.AsciiGlyphs, spaceTime()},
		{"lab-spacetime-200x60", "lab", 200, 60, 900, plain, &canvas.UnicodeGlyphs, spaceTime("z", "up")},
		{"gossip-80x24", "gossip", 80, 24, 11_000, plain, &canvas.UnicodeGlyphs, nil},
		{"gossip-120x40-colour", "gossip", 120, 40, 11_000, colour, &canvas.UnicodeGlyphs, nil},
		{"nine-120x40-colour", "nine", 120, 40, 900, colour, &canvas.UnicodeGlyphs, zoomed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDriver(t, opener(t, pictures[tt.run]), tt.w, tt.h)
			d.look(tt.profile, tt.glyphs)
			d.goTo(tt.at * time.Millisecond)
			if len(tt.keys) > 0 && len(tt.keys[0]) > 2 {
				d.p.showPane(paneNamed(tt.keys[0]))
				tt.keys = tt.keys[1:]
			}
			d.keys(tt.keys...)
			d.sameAs("picture-" + tt.name)
		})
	}
}
