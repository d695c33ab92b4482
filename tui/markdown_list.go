package tui

import "strings"

// hang indents the rows of a list's points below their first words: glamour begins them
// at the margin.
func hang(rows []textRow, w int) []textRow {
	var out []textRow
	for i := 0; i < len(rows); {
		indent := pointIndent(rows[i])
		if indent == 0 || indent > w/2 {
			out = append(out, rows[i])
			i++
			continue
		}
		end := i + 1
		for end < len(rows) && len(rows[end]) > 0 && pointIndent(rows[end]) == 0 {
			end++
		}
		out = append(out, rewrap(rows[i:end], indent, w)...)
		i = end
	}
	return out
}

// pointIndent returns the column at which the words of a list's point begin; 0 if the row
// begins none.
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
	number := strings.TrimLeft(rest, "0123456789")
	if n := len(rest) - len(number); n > 0 && n < 3 && strings.HasPrefix(number, ". ") {
		return blank + n + 2
	}
	return 0
}

// rewrap puts the rows of one point together, and breaks them again with an indent.
func rewrap(rows []textRow, indent, w int) []textRow {
	var text strings.Builder
	var styles []stretchEnd
	for i, row := range rows {
		for j, s := range row {
			part := s.text
			if i > 0 && j == 0 {
				part = " " + strings.TrimLeft(part, " ")
			}
			text.WriteString(part)
			styles = append(styles, stretchEnd{text.Len(), s.st})
		}
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
