package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"capsim/model"
)

// Pos is a place in a script. Line and Col count from 1, Col in characters; a
// Line of 0 is no place in a file (a flag).
type Pos struct {
	File      string
	Line, Col int
}

// String returns "file:line:col".
func (p Pos) String() string {
	file := p.File
	if strings.ContainsFunc(file, unicode.IsControl) {
		file = quoteText(file)
	}
	if p.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Col)
}

// Problem is one thing wrong in a script, or, as a warning, doubtful.
type Problem struct {
	Pos   Pos
	Got   string // the word that was read; "" if there was none
	Found string // what was read if it was no word; "": the end of the line
	Want  string // what was expected
	Mean  string // the nearest known word; "" if none is near
	Says  string // of a warning that is no matter of words: the whole of it
}

// Error returns the problem as a line of text, control characters escaped.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Pos.String())
	b.WriteString(": ")
	b.WriteString(p.Message())
	return b.String()
}

// Message returns the problem without its place.
func (p Problem) Message() string {
	if p.Says != "" {
		return Printable(p.Says)
	}
	got := cmp.Or(p.Found, "the end of the line")
	if p.Got != "" {
		got = shown(p.Got)
	}
	s := "read " + got + ", expected " + p.Want
	if p.Mean != "" {
		s += "; did you mean " + p.Mean + "?"
	}
	return Printable(s)
}

// Printable writes what is no printable text as \xHH: for what quotes a script on a
// terminal, as errors do with its words, and Redis with an unknown command.
func Printable(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || hidden(r) {
			q := quoteText(s[i : i+n])
			b.WriteString(q[1 : len(q)-1])
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// hidden tells whether a character may not be shown.
func hidden(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) }

// shown quotes what was read, shortened, and without the password of a URL.
func shown(s string) string {
	const most = 60
	if from, to := strings.Index(s, "//")+2, strings.LastIndexByte(s, '@'); from >= 2 && from < to {
		s = s[:from] + "…" + s[to:]
	}
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return string(model.AppendQuoted(nil, s))
}

// Problems are all that is wrong in a script, in the order of its lines.
type Problems []Problem

// maxPrinted is how many problems Error prints before it only counts them.
const maxPrinted = 50

// Error returns a line for each problem.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == maxPrinted {
			fmt.Fprintf(&b, "and %d more", len(ps)-i)
			break
		}
		b.WriteString(p.Error())
	}
	return b.String()
}

// sort puts the problems in the order of the file; those of flags come first.
func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
	})
}
