package tui

import (
	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/tui/canvas"
)

// pane is one part of the screen. It knows the scene and what all share, and no
// other pane. With several runs side by side one pane draws all of them in turn, so what
// it keeps between drawings must not depend on the run.
type pane interface {
	// title stands in the border.
	title(s *scene) string
	// draw fills the inside of the border, and says with zone what can be clicked.
	draw(c *canvas.Canvas, s *scene, r canvas.Rect)
	// key takes a key while the pane is focused: a request to the program, or
	// false if it has no meaning here. The arrows left and right are never given to it:
	// they move time.
	key(s *scene, k string) (request, bool)
	// keys are those that key takes, for help.
	keys() []key.Binding
	// picked returns what enter asks about: what the pane's own selection stands on; zero if
	// that is what is selected on the screen anyway.
	picked(s *scene) export.Subject
}

// request is what a pane asks of the program. The zero value asks nothing but to draw
// again.
type request struct {
	goTo *cursor        // move the cursor there
	pick export.Subject // select this
	why  export.Subject // open its cause
	line string         // give this command
	edit string         // open the palette with this line
	read bool           // the reader is reading: time that waits for that goes on by a key only

	refuse string // say why what the key is for can't be done
	// do this with a run of the tree
	branch *branch
	does   branchAct
	follow bool // let the picture show the key that is written, instead of one picked
	side   int  // 1 + the side that pick and why speak of; 0: the focused one
}
