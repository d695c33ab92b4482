package tui

import (
	"testing"
	"time"

	"github.com/muesli/termenv"

	"capsim/export"
	"capsim/tui/canvas"
)

// The explanations and the inspector, as whole screens.
func TestScreensOfWhy(t *testing.T) {
	linear := export.Subject{Kind: export.CheckSubject, Check: "linearizable"}
	lost := export.Subject{Kind: export.CheckSubject, Check: "lost-writes = 0"}
	version := export.Subject{Kind: export.VersionSubject, Op: 2, Key: "cart", Node: 3}
	message := export.Subject{Kind: export.MessageSubject, Msg: 18}
	tests := []struct {
		name, trace string
		w, h        int
		at          time.Duration
		of          export.Subject
		why         bool // else the inspector shows it
		keys        []string
		profile     termenv.Profile
		glyphs      *canvas.Glyphs
	}{
		{"why-stale-80x24", "proof", 80, 24, 3600 * time.Millisecond, linear, true, nil, termenv.Ascii, &canvas.UnicodeGlyphs},
		{"why-stale-80x24-ascii", "proof", 80, 24, 3600 * time.Millisecond, linear, true, []string{"end", "up", "up", "up", "up", "up"}, termenv.Ascii, &canvas.AsciiGlyphs},
		{"why-stale-120x40-colour", "proof", 120, 40, 3600 * time.Millisecond, linear, true, nil, termenv.TrueColor, &canvas.UnicodeGlyphs},
		{"why-lost-80x24", "lost", 80, 24, 4 * time.Second, lost, true, nil, termenv.Ascii, &canvas.UnicodeGlyphs},
		{"why-lost-120x40", "lost", 120, 40, 4 * time.Second, lost, true, nil, termenv.Ascii, &canvas.UnicodeGlyphs},
		{"why-version-80x24", "proof", 80, 24, 5600 * time.Millisecond, version, true, []string{"down"}, termenv.Ascii, &canvas.UnicodeGlyphs},
		{"why-version-120x40", "proof", 120, 40, 5600 * time.Millisecond, version, true, nil, termenv.Ascii, &canvas.UnicodeGlyphs},
		{"why-message-80x24", "proof", 80, 24, 3600 * time.Millisecond, message, true, nil, termenv.Ascii, &canvas.UnicodeGlyphs},
		{"why-message-120x40", "lost", 120, 40, 1500 * time.Millisecond, export.Subject{Kind: export.MessageSubject, Msg: 11}, true, nil, termenv.Ascii, &canvas.UnicodeGlyphs},
		{"inspector-120x40", "proof", 120, 40, 3600 * time.Millisecond, nodeSubject(1), false, nil, termenv.TrueColor, &canvas.UnicodeGlyphs},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDriver(t, recorded(t, tt.trace), tt.w, tt.h)
			d.look(tt.profile, tt.glyphs)
			d.goTo(tt.at)
			if !tt.why {
				d.p.showPane(paneNamed("inspector"))
			}
			d.send(pickMsg{tt.of})
			if tt.why {
				d.do(d.p.askWhy(tt.of))
			}
			d.keys(tt.keys...)
			d.sameAs(tt.name)
		})
	}
}
