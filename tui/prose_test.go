package tui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"capsim/tui/canvas"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		text string
		w    int
		want string // rows, by |
	}{
		{"", 5, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 8, "one two|three"},
		{"one two three", 5, "one|two|three"},
		{"abcdefgh", 3, "abc|def|gh"},
		{"a bcdefgh", 3, "a|bcd|efg|h"},
		{"牛奶鸡蛋", 4, "牛奶|鸡蛋"},
		{"牛奶 鸡蛋", 5, "牛奶|鸡蛋"},
		{"a\nb", 5, "a|b"},
		{"    lead", 8, "    lead"},
	}
	for _, tt := range tests {
		if got := strings.Join(wrapped(tt.text, tt.w), "|"); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.w, got, tt.want)
		}
	}
}

func wrapped(text string, w int) []string {
	var out []string
	for _, r := range canvas.Wrap(nil, text, w) {
		out = append(out, text[r.From:r.To])
	}
	return out
}

// No row is too wide, and nothing but spaces and line ends is lost.
func TestWrapLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab c\n牛é"))).Draw(t, "text")
		w := rapid.IntRange(2, 12).Draw(t, "width")
		rows := wrapped(text, w)
		for _, r := range rows {
			if canvas.TextWidth(r) > w {
				t.Fatalf("row %q has %d columns of %d", r, canvas.TextWidth(r), w)
			}
		}
		squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		if got, want := squeeze(strings.Join(rows, "")), squeeze(text); got != want {
			t.Fatalf("rows hold %q of %q", got, want)
		}
	})
}

// The canvas never shows half of a wide character, nor a control character.
func TestCanvasCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c canvas.Canvas
		c.Reset(8, 3)
		for range rapid.IntRange(1, 30).Draw(t, "draws") {
			x, y := rapid.IntRange(-3, 9).Draw(t, "x"), rapid.IntRange(-1, 3).Draw(t, "y")
			c.Text(x, y, rapid.StringOf(rapid.RuneFrom([]rune("a牛\x1b\u0301\u202e.👍"))).Draw(t, "s"), canvas.StBad)
		}
		for i, cl := range c.Cells {
			x := i % c.W
			wide := cl.R > 0 && canvas.RuneWidth(cl.R) == 2
			if next := x+1 < c.W && c.Cells[i+1].R == canvas.Covered; wide != next {
				t.Fatalf("cell %d holds %q, and the next is covered: %v", i, cl.R, next)
			}
			if cl.R > 0 && cl.R < 0x20 || cl.R == 0x202e {
				t.Fatalf("cell %d holds %q", i, cl.R)
			}
		}
	})
}
