package tui

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// joinLines puts the lines of each paragraph into one: glamour leaves those apart that end
// within emphasis.
func joinLines(src string) string {
	source := []byte(src)
	var b strings.Builder
	from := 0
	doc := goldmark.DefaultParser().Parse(text.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := n.(*ast.Text)
		if !ok || !entering || !t.SoftLineBreak() || t.Segment.Stop < from {
			return ast.WalkContinue, nil
		}
		b.WriteString(src[from:t.Segment.Stop] + " ")
		rest := strings.TrimLeft(src[t.Segment.Stop:], " \t\r")
		rest = strings.TrimLeft(strings.TrimPrefix(rest, "\n"), " \t>") // the margin of a list or quotation
		from = len(src) - len(rest)
		return ast.WalkContinue, nil
	})
	return b.String() + src[from:]
}

// fold breaks rows of more than w columns, those of a list's points and of what is
// indented below their first words.
func fold(rows []textRow, w int) []textRow {
	var out []textRow
	for _, row := range rows {
		n := 0
		for _, s := range row {
			n += textWidth(s.text)
		}
		if n <= w {
			out = append(out, row)
			continue
		}
		indent := pointIndent(row)
		if indent > w/2 {
			indent = 0
		}
		out = append(out, rewrap(row, indent, w)...)
	}
	return out
}

// pointIndent returns the column at which the words of a list's point begin, else how far the
// row is indented.
func pointIndent(row textRow) int {
	if len(row) == 0 {
		return 0
	}
	text := row[0].text
	rest := strings.TrimLeft(text, " ")
	blank := len(text) - len(rest)
	if strings.HasPrefix(rest, "- ") {
		return blank + 2
	}
	if strings.HasPrefix(rest, "│ ") || strings.HasPrefix(rest, "| ") {
		return blank + 2
	}
	number := strings.TrimLeft(rest, "0123456789")
	if n := len(rest) - len(number); n > 0 && n < 3 && strings.HasPrefix(number, ". ") {
		return blank + n + 2
	}
	return blank
}

// rewrap breaks a row, all parts but the first behind an indent.
func rewrap(r textRow, indent, w int) []textRow {
	var text strings.Builder
	var styles []stretchEnd
	for _, s := range r {
		text.WriteString(s.text)
		styles = append(styles, stretchEnd{text.Len(), s.st})
	}
	all := text.String()
	// The first row is as wide as the text, the others begin behind the indent.
	first := wrap(nil, all, w)[0]
	out := []textRow{cutRow(all, styles, first, 0)}
	if first.to >= len(all) {
		return out
	}
	from := first.to
	for from < len(all) && all[from] == ' ' {
		from++
	}
	for _, r := range wrap(nil, all[from:], w-indent) {
		out = append(out, cutRow(all, styles, row{from + r.from, from + r.to}, indent))
	}
	return out
}

// stretchEnd is where a stretch of a text ends.
type stretchEnd struct {
	at int
	st style
}

// cutRow makes a row of a part of a text.
func cutRow(all string, styles []stretchEnd, part row, indent int) textRow {
	var out textRow
	if indent > 0 {
		out = append(out, stretch{strings.Repeat(" ", indent), stText})
	}
	from := part.from
	for _, s := range styles {
		if to := min(s.at, part.to); to > from {
			out = append(out, stretch{all[from:to], s.st})
			from = to
		}
	}
	return out
}
