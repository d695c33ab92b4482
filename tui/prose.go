package tui

import (
	"capsim/export"
	"capsim/tui/canvas"
)

// prose draws wrapped text in a rect, what its marks show in the colours of the
// versions, and returns how many rows it took.
func (cm *common) prose(c *canvas.Canvas, r canvas.Rect, text string, marks []export.Mark, st canvas.Style, bold bool) int {
	var buf [16]canvas.Row
	rows := canvas.Wrap(buf[:0], text, r.W)
	for i, w := range rows[:min(len(rows), max(r.H, 0))] {
		x := r.X
		m := 0
		for at, ch := range text[w.From:w.To] {
			pos := w.From + at
			for m < len(marks) && marks[m].To <= pos {
				m++
			}
			cell := st
			if m < len(marks) && marks[m].From <= pos {
				cell = canvas.Version(marks[m].N)
				if bold {
					cell = canvas.VersionBold(marks[m].N)
				}
			}
			if i == r.H-1 && i < len(rows)-1 && x >= r.X+r.W-1 {
				ch = '…' // there is more
			}
			x += c.Put(x, r.Y+i, ch, cell)
		}
		if i == r.H-1 && i < len(rows)-1 && x < r.X+r.W {
			c.Put(x, r.Y+i, '…', st)
		}
	}
	return min(len(rows), r.H)
}
