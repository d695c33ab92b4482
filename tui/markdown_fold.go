package tui

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"capsim/tui/canvas"
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
			n += canvas.TextWidth(s.text)
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
	first := canvas.Wrap(nil, all, w)[0]
	out := []textRow{cutRow(all, styles, first, 0)}
	if first.To >= len(all) {
		return out
	}
	from := first.To
	for from < len(all) && all[from] == ' ' {
		from++
	}
	for _, r := range canvas.Wrap(nil, all[from:], w-indent) {
		out = append(out, cutRow(all, styles, canvas.Row{From: from + r.From, To: from + r.To}, indent))
	}
	return out
}

// stretchEnd is where a stretch of a text ends.
type stretchEnd struct {
	at int
	st canvas.Style
}

// cutRow makes a row of a part of a text.
func cutRow(all string, styles []stretchEnd, part canvas.Row, indent int) textRow {
	var out textRow
	if indent > 0 {
		out = append(out, stretch{strings.Repeat(" ", indent), canvas.StText})
	}
	from := part.From
	for _, s := range styles {
		if to := min(s.at, part.To); to > from {
			out = append(out, stretch{all[from:to], s.st})
			from = to
		}
	}
	return out
}
