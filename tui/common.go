package tui

import "capsim/tui/canvas"

// common is what all parts of the screen share.
type common struct {
	canvas.Kit
	zones
	w, h int
}

// The least screen that everything fits on.
const (
	minWidth  = 80
	minHeight = 24
)
