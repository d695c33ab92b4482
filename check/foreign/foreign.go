// Package foreign reads histories that other programs wrote, so that they are judged
// by the same checks as capsim's own traces: Jepsen's EDN histories, Jepsen's older
// text logs, and JSON lines for everybody else. What it reads is untrusted: files,
// nesting and numbers of operations are bounded, and every error names its place.
package foreign

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Bounds of what is read.
const (
	MaxBytes      = 32 << 20 // of a file
	MaxOperations = 250_000
	maxDepth      = 64        // of values within each other
	maxValues     = 100_000   // in one operation
	maxKept       = 4_000_000 // that the operations of a history have
)

// Format is how a history is written.
type Format uint8

// The formats. NoFormat is none that is known.
const (
	NoFormat  Format = iota
	EDN              // Jepsen's: a map an operation's beginning or end
	TextLog          // Jepsen's older logs: INFO  jepsen.util - 0 :invoke :write 3
	JSONLines        // an object an operation
)

var formatNames = [...]string{"no known format", "Jepsen EDN", "Jepsen text log", "JSON lines"}

func (f Format) String() string { return formatNames[f] }

// Error says what is wrong with a history, and where. Columns count characters.
type Error struct {
	Line, Col int // from 1
	Got, Want string
}

func (e *Error) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("%d:%d: expected %s", e.Line, e.Col, e.Want)
	}
	return fmt.Sprintf("%d:%d: read %s, expected %s", e.Line, e.Col, shown(e.Got), e.Want)
}

// maxShown bounds how much of a file an error repeats, in characters.
const maxShown = 60

// shown quotes a piece of the file so that it can't paint a screen.
func shown(s string) string {
	cut := ""
	for i := range s {
		if maxShown <= utf8.RuneCountInString(s[:i]) {
			s, cut = s[:i], "…"
			break
		}
	}
	return fmt.Sprintf("%q", s) + cut
}

// Sniff tells the format of a file from its beginning: an EDN form, a log line, a JSON
// object.
func Sniff(head []byte) Format {
	head = bytes.TrimPrefix(head, bom)
	if bytes.Contains(firstLine(head), []byte(logMark)) {
		return TextLog
	}
	for len(head) > 0 {
		head = bytes.TrimLeft(head, " \t\r\n,")
		if !bytes.HasPrefix(head, []byte(";")) {
			break
		}
		i := bytes.IndexByte(head, '\n')
		if i < 0 {
			return EDN // a file of comments
		}
		head = head[i:]
	}
	switch object := bytes.TrimLeft(head, "[ \t\r\n"); {
	case len(head) == 0:
		return NoFormat
	case bytes.HasPrefix(object, []byte("{")):
		if rest := bytes.TrimLeft(object[1:], " \t\r\n"); len(rest) > 0 && (rest[0] == '"' || rest[0] == '}') {
			return JSONLines
		}
		return EDN
	case head[0] == '[' || head[0] == '(' || head[0] == '#':
		return EDN
	case bytes.Contains(head, []byte(logMark)):
		return TextLog // one that begins with other lines
	}
	return NoFormat
}

var bom = []byte("\ufeff")

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte{'\n'})
	return line
}
