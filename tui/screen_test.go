package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"capsim/tui/canvas"
)

// TestScreens compares whole screens with those of testdata.
func TestScreens(t *testing.T) {
	tests := []struct {
		name    string
		trace   string
		w, h    int
		at      time.Duration
		profile termenv.Profile
		glyphs  *canvas.Glyphs
		keys    []string
	}{
		{"proof-80x24-spacetime", "proof", 80, 24, 205 * time.Millisecond, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"tab", "tab", "tab", "tab", "up", "up", "up"}},
		{"cp-100x32", "cp", 100, 32, 1750 * time.Millisecond, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"cp-200x60", "cp", 200, 60, 2900 * time.Millisecond, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"doubt-120x40", "doubt", 120, 40, 2 * time.Second, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"doubt-80x24-versions", "doubt", 80, 24, 2 * time.Second, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"tab", "tab", "tab"}},
		{"remote-120x40", "remote", 120, 40, 300 * time.Millisecond, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"remote-80x24", "remote", 80, 24, 300 * time.Millisecond, termenv.Ascii, &canvas.UnicodeGlyphs, nil},
		{"remote-80x24-spacetime", "remote", 80, 24, 300 * time.Millisecond, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"tab", "tab", "tab", "tab"}},
		{"wire-200x60", "doubt", 200, 60, 1005 * time.Millisecond, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"layout wire", "pane wire", "down"}},
		{"operations-80x24", "load", 80, 24, 2 * time.Second, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"pane operations"}},
		{"charts-80x24", "load", 80, 24, 4 * time.Second, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"pane charts"}},
		{"help-80x24", "proof", 80, 24, 0, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"?"}},
		{"help-120x40", "proof", 120, 40, 0, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"?"}},
		{"palette-80x24", "proof", 80, 24, 0, termenv.Ascii, &canvas.UnicodeGlyphs, []string{":", "p"}},
		{"partition-80x24", "proof", 80, 24, 0, termenv.Ascii, &canvas.UnicodeGlyphs, []string{"p"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDriver(t, recorded(t, tt.trace), tt.w, tt.h)
			d.look(tt.profile, tt.glyphs)
			d.goTo(tt.at)
			d.show(tt.keys...)
			d.sameAs(tt.name)
		})
	}
}

// Without colours every state is still told: badges stand in brackets, and no
// sequence sets a colour.
func TestNoColour(t *testing.T) {
	th := canvas.NewTheme(termenv.Ascii, true)
	for i, seq := range th.Seq {
		for _, part := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(seq, "\x1b["), "m"), ";") {
			if len(part) > 1 {
				t.Errorf("style %d sets a colour: %q", i, seq)
			}
		}
	}
	if th.Badges {
		t.Error("badges are filled, without colours")
	}
}

// What values hold can't reach the terminal, and wide characters keep their columns.
func TestHostileValues(t *testing.T) {
	const script = `use store memory
at 0.1s  alice@n1 SET "购物车" "牛奶和鸡蛋和面包和很多很多别的东西"
at 0.2s  alice@n1 SET "a\x1b[2J\x07b" "\x1b]0;owned\x07 \xe2\x80\xae rtl \xff e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
at 0.3s  bob@n2 GET "a\x1b[2J\x07b"
at 0.4s  bob@n2 SADD "👩‍👩‍👧 flags 🇨🇭🇨🇭🇨🇭" "ไทย" "한국어" "👍🏽"
at 1s    end
`
	for _, size := range [][2]int{{80, 24}, {81, 25}, {120, 40}, {200, 60}} {
		d := newDriver(t, opener(t, script), size[0], size[1])
		for at := time.Duration(0); at <= time.Second; at += 50 * time.Millisecond {
			d.goTo(at)
			for range d.p.panes {
				d.keys("tab", "down")
				checkFits(t, d.p.View(), size[0], size[1])
			}
		}
	}
}

func TestTooSmall(t *testing.T) {
	d := newDriver(t, opener(t, proof), 79, 24)
	got := ansi.Strip(d.p.View())
	if !strings.Contains(got, "80x24") || !strings.Contains(got, "79x24") {
		t.Errorf("the needed and the current size are not named: %q", got)
	}
	for _, size := range [][2]int{{1, 1}, {5, 2}, {0, 0}, {500, 3}} {
		d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		checkFits(t, d.p.View(), size[0], max(size[1], 1))
	}
	if d.keys("w"); len(d.p.overlays) != 0 {
		t.Error("a key opened something that can't be seen")
	}
	if d.keys("q"); !d.quit {
		t.Error("q does not quit")
	}
}

// Every pane of every layout lies on the screen, and no two overlap.
func TestLayouts(t *testing.T) {
	for w := minWidth; w <= 220; w += 7 {
		for h := minHeight; h <= 80; h++ {
			for top := 2; top <= 5; top++ {
				for l := range layouts {
					slots := layouts[l].layout(w, top, h-1, 1, h%2 == 0)
					for i, s := range slots {
						if s.X < 0 || s.Y < top || s.X+s.W > w || s.Y+s.H > h-1 || s.W < 20 || s.H < 5 {
							t.Fatalf("%s %dx%d top %d: slot %d is %+v", layouts[l].name, w, h, top, i, s.Rect)
						}
						for _, o := range slots[:i] {
							if r := s.Rect.Within(o.Rect); r.W*r.H > 0 {
								t.Fatalf("%s %dx%d: slots overlap: %+v %+v", layouts[l].name, w, h, s.Rect, o.Rect)
							}
						}
					}
				}
			}
		}
	}
}
