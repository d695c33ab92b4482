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
