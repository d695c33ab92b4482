package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxSource is the longest script read, in bytes.
const maxSource = 1 << 20

// sourceText returns a file's text, without a byte order mark; or what makes it no
// script at all.
func sourceText(name string, src []byte) (string, *Problem) {
	if len(src) > maxSource {
		return "", &Problem{
			Pos: Pos{name, 1, 1}, Found: fmt.Sprintf("%d bytes", len(src)),
			Want: "a script of at most 1 MiB",
		}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	line, col := 1, 1
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if want := noText(src[i:], r, n); want != "" {
			if bytes.IndexByte(src, 0) >= 0 {
				want = "text: this file is binary"
			}
			return "", &Problem{Pos: Pos{name, line, col}, Got: string(src[i : i+n]), Want: want}
		}
		i += n
		col++
		if r == '\n' {
			line, col = line+1, 1
		}
	}
	return string(src), nil
}

// noText says what was expected instead of a character that no script has; "" if
// the character may stand.
func noText(src []byte, r rune, n int) string {
	switch {
	case r == utf8.RuneError && n <= 1:
		return "text in UTF-8: this file is binary, or in another encoding"
	case r == '\t', r == '\n', r == '\r' && bytes.HasPrefix(src, []byte("\r\n")):
		return ""
	case r < ' ', r >= 0x7f && r < 0xa0:
		return `no control character; in double quotes it can be written, as "\x1b"`
	}
	return ""
}

// block is a stretch of lines that are script: a plain file, or one fenced block
// of a lesson.
type block struct {
	first int // the number of its first line
	lines []sourceLine
}

// sourceLine is a line of a block.
type sourceLine struct {
	text   string
	indent int // characters before it in the file, as within a list's item
}

// plainBlock is a plain file.
func plainBlock(text string) block {
	b := block{first: 1}
	if text == "" {
		return b
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		b.lines = append(b.lines, sourceLine{text: strings.TrimSuffix(line, "\r")})
	}
	return b
}
