package scenarios

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Format returns the script in its canonical shape: one space between words,
// statements of a paragraph below each other, their times before them and comments
// behind. Comments, and words as they are written, stay. Of a lesson only the
// script changes. The name is the file's. Its error is Problems, and tells only of
// what is no text or has words that can't be read.
func Format(name string, src []byte) ([]byte, error) {
	text, wrong := sourceText(name, src)
	if wrong != nil {
		return nil, Problems{*wrong}
	}
	if !IsLesson(name) {
		lines, problems := formatBlock(name, plainBlock(text))
		if problems != nil {
			return nil, problems
		}
		out := strings.Join(lines, "\n")
		if out != "" {
			out += "\n"
		}
		return []byte(out), nil
	}
	return formatLesson(name, text)
}

// formatLesson formats the blocks of a lesson's script.
func formatLesson(name, src string) ([]byte, error) {
	_, body, before := cutFrontMatter(src)
	start := len(src) - len(body)
	var out strings.Builder
	var problems Problems
	at := 0
	for _, f := range fences(body) {
		lines, bad := formatBlock(name, f.block(body, before))
		problems = append(problems, bad...)
		indent, regular := f.indent(body)
		if len(f.lines) == 0 || !regular || slices.ContainsFunc(lines, isFence) {
			continue
		}
		first, last := f.lines[0], f.lines[len(f.lines)-1]
		out.WriteString(src[at : start+lineStart(body, first.from)])
		end := "\n"
		if strings.HasPrefix(body[first.to:], "\r\n") {
			end = "\r\n"
		}
		for _, line := range lines {
			if line != "" {
				line = indent + line
			} else {
				line = strings.TrimRight(indent, " \t")
			}
			out.WriteString(line + end)
		}
		at = start + lineEnd(body, last.to)
	}
	if problems != nil {
		return nil, problems
	}
	out.WriteString(src[at:])
	return []byte(out.String()), nil
}

// isFence tells whether the line would end a block, or might.
func isFence(line string) bool {
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}

// indent returns what stands before the lines of the block, as in a list's item;
// false if it differs, so that the lines can't be written anew.
func (f fence) indent(src string) (string, bool) {
	indent, seen := "", false
	for _, l := range f.lines {
		before := src[lineStart(src, l.from):l.from]
		if strings.TrimSpace(src[l.from:l.to]) == "" {
			continue
		}
		if seen && before != indent {
			return "", false
		}
		indent, seen = before, true
	}
	return indent, f.closed
}

// row is a line that is being formatted.
type row struct {
	time    string // "at 1s"; "" if there is none
	every   bool   // the time is that of a repeat: nothing is aligned to it
	text    string // the statement
	comment string
	setting bool
}

// formatBlock formats lines of script.
func formatBlock(name string, b block) ([]string, Problems) {
	var out []string
	var problems Problems
	var paragraph []row
	for i, line := range b.lines {
		r, err := formatRow(line)
		if err != nil {
			problems = append(problems, *err.at(Pos{File: name, Line: b.first + i}))
			continue
		}
		if r == (row{}) { // a blank line ends the paragraph
			out = appendParagraph(out, paragraph)
			paragraph = nil
			continue
		}
		paragraph = append(paragraph, r)
	}
	return appendParagraph(out, paragraph), problems
}

// formatRow splits a line into what is aligned.
func formatRow(line sourceLine) (row, *wordError) {
	l := &lexer{line: line.text, col: line.indent}
	var r row
	first, ok, err := l.next(false)
	if err != nil || !ok {
		r.comment = strings.TrimRight(l.comment, " \t")
		return r, err
	}
	words, n := []word{first}, 0 // n of them are the time
	switch {
	case first.is(atWord):
		n = 2
	case first.is(everyWord):
		n, r.every = 6, true
	case first.raw[0] == '+':
		n = 1
	}
	for ok && len(words) <= n {
		var w word
		if w, ok, err = l.next(false); ok {
			words = append(words, w)
		}
	}
	if ok {
		var rest []word
		rest, err = l.all(words[n].is(expectVerb))
		words = append(words, rest...)
	}
	n = min(n, len(words))
	r.time, r.text = joinRaw(words[:n]), joinRaw(words[n:])
	r.setting = first.is("use") || first.is(clientWord) && strings.HasSuffix(r.text, " remote")
	r.comment = strings.TrimRight(l.comment, " \t")
	return r, err
}

func joinRaw(words []word) string {
	raw := make([]string, len(words))
	for i, w := range words {
		raw[i] = w.raw
	}
	return strings.Join(raw, " ")
}

// minTime is the least width of the times before statements, so that most
// paragraphs are aligned alike.
const minTime = 10

// appendParagraph appends rows as lines, after a blank line if there are some.
func appendParagraph(out []string, rows []row) []string {
	if len(rows) == 0 {
		return out
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	width := 0
	for _, r := range rows {
		if r.time != "" && !r.every {
			width = max(width, minTime, textWidth(r.time)+1)
		}
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = r.line(width)
	}
	alignComments(lines, rows)
	return append(out, lines...)
}

// line writes a row without its comment; width is that of the times.
func (r row) line(width int) string {
	switch {
	case r.text == "":
		return r.time
	case r.every:
		return r.time + "  " + r.text
	case r.setting:
		return r.text
	}
	return r.time + strings.Repeat(" ", max(0, width-textWidth(r.time))) + r.text
}

// alignComments appends the comments: those of neighbouring lines below each other,
// and those that stand alone at the beginning of their line.
func alignComments(lines []string, rows []row) {
	for i := 0; i < len(rows); {
		j, width := i, 0
		for j < len(rows) && rows[j].comment != "" && lines[j] != "" {
			width = max(width, textWidth(lines[j]))
			j++
		}
		for ; i < j; i++ {
			lines[i] += strings.Repeat(" ", width+2-textWidth(lines[i])) + rows[i].comment
		}
		if i < len(rows) {
			lines[i] += rows[i].comment
			i++
		}
	}
}

// textWidth returns how many columns a text takes: characters of East Asia take
// two. It only has to be right for texts, not for every symbol.
func textWidth(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r >= 0x1100 && r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
			r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
			r >= 0xffe0 && r <= 0xffe6 || r >= 0x20000 && r <= 0x3fffd {
			n++
		}
	}
	return n
}
