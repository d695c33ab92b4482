package tui

import (
	"unicode/utf8"

	"capsim/export"
)

// row is one row of wrapped text: its bytes.
type row struct{ from, to int }

// wrap breaks text into rows of at most w columns, at spaces where it can.
func wrap(rows []row, text string, w int) []row {
	if w < 1 {
		return rows
	}
	start, x, space, spaceX := 0, 0, -1, 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		rw := runeWidth(r)
		if r == '\n' {
			rows = append(rows, row{start, i})
			start, x, space = i+n, 0, -1
			i += n
			continue
		}
		if r == ' ' {
			space, spaceX = i, x
		}
		if x+rw > w && i > start {
			if space > start {
				rows = append(rows, row{start, space})
				start = space + 1
				x -= spaceX + 1
			} else {
				rows = append(rows, row{start, i})
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
	return append(rows, row{start, len(text)})
}

// prose draws wrapped text in a rect, what its marks show in the colours of the
// versions, and returns how many rows it took.
func (cm *common) prose(c *canvas, r rect, text string, marks []export.Mark, st style, bold bool) int {
	var buf [16]row
	rows := wrap(buf[:0], text, r.w)
	for i, w := range rows[:min(len(rows), max(r.h, 0))] {
		x := r.x
		m := 0
		for at, ch := range text[w.from:w.to] {
			pos := w.from + at
			for m < len(marks) && marks[m].To <= pos {
				m++
			}
			cell := st
			if m < len(marks) && marks[m].From <= pos {
				cell = version(marks[m].N)
				if bold {
					cell = versionBold(marks[m].N)
				}
			}
			if i == r.h-1 && i < len(rows)-1 && x >= r.x+r.w-1 {
				ch = '…' // there is more
			}
			x += c.put(x, r.y+i, ch, cell)
		}
		if i == r.h-1 && i < len(rows)-1 && x < r.x+r.w {
			c.put(x, r.y+i, '…', st)
		}
	}
	return min(len(rows), r.h)
}

// height returns how many rows a text takes.
func height(text string, w int) int {
	var buf [16]row
	return len(wrap(buf[:0], text, w))
}
