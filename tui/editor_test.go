package tui

import (
	"strings"
	"testing"
)

func TestEditor(t *testing.T) {
	tests := []struct {
		name string
		text string
		keys []string
		want string // | is the cursor
	}{
		{"types", "", []string{"a", "b"}, "ab|"},
		{"in the middle", "ac", []string{"left", "b"}, "ab|c"},
		{"backspace", "abc", []string{"left", "backspace"}, "a|c"},
		{"delete", "abc", []string{"home", "delete"}, "|bc"},
		{"a word back", "one two", []string{"ctrl+w"}, "one |"},
		{"to the beginning", "one two", []string{"left", "ctrl+u"}, "|o"},
		{"space", "a", []string{" ", "b"}, "a b|"},
		{"nothing to delete", "", []string{"backspace", "delete", "left", "right", "ctrl+w"}, "|"},
		{"what comes from the clipboard", "a", []string{"b\n\tc\x1b"}, "ab  c|"},
		{"wide", "牛", []string{"left", "奶"}, "奶|牛"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEditor(tt.text)
			for _, k := range tt.keys {
				e.key(keyMsg(k))
			}
			if got := e.before() + "|" + strings.TrimPrefix(e.Value(), e.before()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEditorIsBounded(t *testing.T) {
	e := newEditor("")
	for range maxLine + 10 {
		e.key(keyMsg("ab"))
	}
	if n := len(e.runes()); n != maxLine {
		t.Errorf("%d characters", n)
	}
}
