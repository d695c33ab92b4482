package tui

import (
	"strings"
	"testing"

	"github.com/muesli/termenv"

	"capsim/scenarios"
	"capsim/tui/canvas"
)

// shownText is rows as they read.
func shownText(rows []textRow) string {
	var b strings.Builder
	for _, row := range rows {
		for _, s := range row {
			b.WriteString(s.text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	const text = `# A *heading*

The badge is ` + "`v2`" + `, **not** ` + "`SET cart milk`" + `. One long sentence that has to be wrapped.

- first point, which is long enough to be wrapped
- second
  - below it

1. one
2. two

> said and
> said

- a point, **bold over
  two lines**, and *so
  on*

| key  | n1   | n2   |
|------|------|------|
| cart | eggs | milk |

` + "```\ncode of its own\n```\n"
	cm := testCommon(termenv.Ascii, &canvas.UnicodeGlyphs)
	rows := cm.markdown(text, 35)
	got := shownText(rows)
	for _, want := range []string{"A heading\n", "The badge is v2, not SET cart milk.\n", "- first point, which is long enough\n  to be wrapped\n", "- second\n", "  - below it\n", "1. one\n", "│ said and said\n", "- a point, bold over two lines, and\n  so on\n", "cart", "eggs", " code of its own\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in:\n%s", want, got)
		}
	}
	styles := map[string]canvas.Style{}
	for _, row := range rows {
		for _, s := range row {
			styles[s.text] = s.st
		}
	}
	for text, want := range map[string]canvas.Style{"v2": canvas.VersionBold(2), "not": canvas.StBold, "SET cart milk": canvas.StCode, "heading": canvas.StBold, "A ": canvas.StFocus} {
		if got, ok := styles[text]; !ok || got != want {
			t.Errorf("%q has style %v (there: %v), want %v", text, got, ok, want)
		}
	}
	for i, row := range rows {
		w := 0
		for _, s := range row {
			w += canvas.TextWidth(s.text)
		}
		if w > 35 {
			t.Errorf("row %d has %d columns: %v", i, w, row)
		}
	}
}

// Nothing in a lesson reaches the terminal raw, not even by way of entities.
func TestMarkdownHostile(t *testing.T) {
	const text = "a\x1b[2Jb \x1b]0;owned\x07 &#27;[31mred&#27;[2J &#x9b;2J \x9b2J <b>x</b> [l](\x1b[0m) `c\x1b[1m`\n\n    \x1b[7mcode\n\n| \x1b[5m |\n|---|\n| &#27;]0;x&#7; |\n"
	cm := testCommon(termenv.TrueColor, &canvas.UnicodeGlyphs)
	for _, w := range []int{1, 5, 30, 200} {
		for _, row := range cm.markdown(text, w) {
			for _, s := range row {
				if i := strings.IndexFunc(s.text, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }); i >= 0 {
					t.Errorf("width %d: a control character in %q", w, s.text)
				}
			}
		}
	}
}

// Every section of every lesson fits where it is narrow.
func TestMarkdownOfTheLibrary(t *testing.T) {
	cm := testCommon(termenv.Ascii, &canvas.AsciiGlyphs)
	for _, item := range scenarios.Library() {
		s, err := scenarios.Parse(item.File, item.Source)
		if err != nil {
			t.Fatal(err)
		}
		for i, sec := range s.Lesson.Sections {
			for _, w := range []int{29, 35, 60} {
				for _, row := range cm.markdown(sec.Markdown, w) {
					n := 0
					for _, s := range row {
						n += canvas.TextWidth(s.text)
					}
					if n > w {
						t.Errorf("%s, section %d: %d columns of %d: %v", item.Name, i, n, w, row)
					}
				}
			}
		}
	}
}

func BenchmarkMarkdown(b *testing.B) {
	cm := testCommon(termenv.Ascii, &canvas.UnicodeGlyphs)
	item := scenarios.Library()[1]
	for b.Loop() {
		cm.markdown(item.Markdown, 35)
	}
}
