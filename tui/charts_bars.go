package tui

import (
	"github.com/NimbleMarkets/ntcharts/canvas/runes"

	"capsim/tui/canvas"
)

// roundUp returns the next 1, 2 or 5 with zeros behind it, so that the scale stands still
// while the figure moves.
func roundUp(v int64) int64 {
	for unit := int64(1); ; unit *= 10 {
		for _, n := range [...]int64{1, 2, 5} {
			if n*unit >= v || unit > 1<<58 {
				return n * unit
			}
		}
	}
}

// bar draws the bars of the two dot columns of a column. The row of dots at the top stays
// empty, so that charts don't touch.
func (p *chartsPane) bar(c *canvas.Canvas, d *plot, ch *chart, r canvas.Rect, x int, top int64) {
	var low, high [2]int // dots above the bottom: from low up to high
	for half := range 2 {
		i := 2*x + half
		if i >= len(p.dots) || top == 0 {
			continue
		}
		from, to := p.value(ch, d, i)
		if to == 0 {
			continue
		}
		room := int64(4*r.H - 1)
		high[half] = max(int((to*room+top/2)/top), 1)
		if from > 0 {
			low[half] = min(int((from*room+top/2)/top), high[half]) - 1
		}
		low[half] = max(low[half], 0)
	}
	for row := r.H - 1 - max(high[0], high[1], 1)/4; row < r.H; row++ {
		bottom := 4 * (r.H - 1 - row)
		var dots runes.PatternDots
		n := 0
		for half := range 2 {
			for k := max(low[half]-bottom, 0); k < min(high[half]-bottom, 4); k++ {
				dots[dotAt[half][k]] = true
				n++
			}
		}
		switch {
		case n == 0:
		case p.Braille:
			c.Put(r.X, r.Y+row, runes.BraillePatternFromPatternDots(dots), ch.st)
		default:
			c.Put(r.X, r.Y+row, rune(" ..::+++#"[n]), ch.st)
		}
	}
}

// dotAt is the place of a dot in ntcharts' pattern, by column and height.
var dotAt = [2][4]int{{6, 2, 1, 0}, {7, 5, 4, 3}}
