package scenarios

import (
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// blockWord marks the fenced blocks of a lesson that are script.
const blockWord = "capsim"

// fence is a fenced block of a Markdown text that is script.
type fence struct {
	open   int // offset of the line with the opening fence
	end    int // offset after the closing fence's line
	lines  []span
	closed bool
}

// span is a stretch of a text, without the end of its line.
type span struct{ from, to int }

// fences finds the script in a Markdown text.
func fences(src string) []fence {
	source := []byte(src)
	var found []fence
	doc := goldmark.DefaultParser().Parse(text.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*ast.FencedCodeBlock); ok && entering && isScript(f, source) {
			found = append(found, newFence(f, src))
		}
		return ast.WalkContinue, nil
	})
	return found
}

// isScript tells whether a block is marked: the first word of its info string.
func isScript(f *ast.FencedCodeBlock, source []byte) bool {
	if f.Info == nil {
		return false
	}
	words := strings.Fields(string(f.Info.Segment.Value(source)))
	return len(words) > 0 && words[0] == blockWord
}

func newFence(n *ast.FencedCodeBlock, src string) fence {
	info := n.Info.Segment.Start
	f := fence{open: strings.LastIndexByte(src[:info], '\n') + 1, end: lineEnd(src, info)}
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		line := span{s.Start, s.Start + len(strings.TrimRight(src[s.Start:s.Stop], "\r\n"))}
		f.lines = append(f.lines, line)
		f.end = max(f.end, lineEnd(src, line.to))
	}
	// The line after the block's last closes it, unless the file, or what the
	// block stands in, ends before.
	last := lineEnd(src, f.end)
	opening := strings.TrimRight(src[f.open:info], " \t")
	if f.closed = isClosing(src[f.end:last], opening[len(opening)-1:]); f.closed {
		f.end = last
	}
	return f
}

// isClosing tells whether the line ends a block that the character began.
func isClosing(line, fence string) bool {
	line = strings.TrimRight(strings.TrimLeft(line, " \t>"), " \t\r\n")
	return len(line) >= 3 && strings.Trim(line, fence) == ""
}

// lineEnd returns the offset after the end of the line that at is in.
func lineEnd(src string, at int) int {
	if i := strings.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(src)
}

// lineStart returns the offset of the line that at is in.
func lineStart(src string, at int) int { return strings.LastIndexByte(src[:at], '\n') + 1 }

// block returns a fence as lines of the file. The text begins after so many of its
// lines.
func (f fence) block(src string, before int) block {
	b := block{first: before + 2 + strings.Count(src[:f.open], "\n")}
	for _, l := range f.lines {
		b.lines = append(b.lines, sourceLine{
			text:   src[l.from:l.to],
			indent: utf8.RuneCountInString(src[lineStart(src, l.from):l.from]),
		})
	}
	return b
}
