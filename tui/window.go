package tui

import (
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// timeWindow is the stretch of time that a pane shows, and the columns that stand for it.
// Positive span and w.
type timeWindow struct {
	x, w     int
	from, to model.Time
}

// pagedWindow is a window of that span with the instant in it. It moves in steps of a
// quarter of its span, so that what is drawn stands still in between; from the beginning of
// the run on the instant stands in the last quarter.
func pagedWindow(at model.Time, span time.Duration, x, w int) timeWindow {
	step := model.Time(span / 4)
	from := max(at/step-3, 0) * step
	return timeWindow{x, max(w, 1), from, from + model.Time(span)}
}

// dot returns the dot column of an instant; two make a column. It lies outside of the
// columns if the instant lies outside of the window.
func (w timeWindow) dot(t model.Time) int {
	return 2*w.x + int(int64(t-w.from)*int64(2*w.w-1)/int64(w.to-w.from))
}

// column returns the column of an instant.
func (w timeWindow) column(t model.Time) int { return w.dot(t) >> 1 }

// within returns the column of an instant, or of the end of the window that it lies behind.
func (w timeWindow) within(t model.Time) int { return w.column(min(max(t, w.from), w.to)) }

// instant returns the first instant of a column.
func (w timeWindow) instant(x int) model.Time {
	return w.from + model.Time(int64(x-w.x)*int64(w.to-w.from)/int64(w.w))
}

// timeAxis writes the instants of the quarters of a window in row y.
func (cm *common) timeAxis(c *canvas.Canvas, w timeWindow, y int) {
	step := max((w.to-w.from)/4, 1)
	end := w.x
	for t := (w.from + step - 1) / step * step; t <= w.to; t += step {
		text := axisText(t, step)
		x := min(w.column(t), w.x+w.w-len(text))
		if x >= end {
			end = c.Text(x, y, text, canvas.StDim) + 2
		}
	}
}

// axisText writes an instant with as many decimals as tell it from the next one: "1.25 s",
// "40 ms".
func axisText(t, step model.Time) string {
	if t < model.Time(time.Second) && step < model.Time(time.Second) {
		return export.Span(time.Duration(t))
	}
	return secondsShort(t) + " s"
}
