package canvas

import "unicode/utf8"

// Row is one row of wrapped text: its bytes.
type Row struct{ From, To int }

// Wrap breaks text into rows of at most w columns, at spaces where it can.
func Wrap(rows []Row, text string, w int) []Row {
	if w < 1 {
		return rows
	}
	start, x, space, spaceX := 0, 0, -1, 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		rw := RuneWidth(r)
		if r == '\n' {
			rows = append(rows, Row{start, i})
			start, x, space = i+n, 0, -1
			i += n
			continue
		}
		if r == ' ' {
			space, spaceX = i, x
		}
		if x+rw > w && i > start {
			if space > start {
				rows = append(rows, Row{start, space})
				start = space + 1
				x -= spaceX + 1
			} else {
				rows = append(rows, Row{start, i})
				start, x = i, 0
				if r == ' ' {
					start, x = i+n, -rw
				}
			}
			space = -1
			if start > i {
				i = start
				x = 0
				continue
			}
		}
		x += rw
		i += n
	}
	return append(rows, Row{start, len(text)})
}

// Height returns how many rows a text takes.
func Height(text string, w int) int {
	var buf [16]Row
	return len(Wrap(buf[:0], text, w))
}
