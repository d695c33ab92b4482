package tui

import (
	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/tui/canvas"
)

// inspectorPane tells everything of what is selected: the facts in fixed rows, of a node
// what its Redis really holds.
type inspectorPane struct {
	*common
	inspection
	top  int // the first row shown
	seen export.Subject
}

func newInspectorPane(cm *common) pane { return &inspectorPane{common: cm} }

func (p *inspectorPane) title(s *scene) string {
	return "inspector"
}

func (p *inspectorPane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓ j k", "scroll", "up", "k", "down", "j"),
		on("pgup pgdn", "scroll by more", "pgup", "pgdown"),
	}
}

func (p *inspectorPane) key(_ *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		p.top--
	case "down", "j":
		p.top++
	case "pgup":
		p.top -= 8
	case "pgdown":
		p.top += 8
	default:
		return request{}, false
	}
	p.top = max(p.top, 0)
	return request{}, true
}

func (p *inspectorPane) picked(*scene) export.Subject { return export.Subject{} }

// factsAt is the column at which facts begin, after what they are called.
const factsAt = 11

func (p *inspectorPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	of := s.picked
	if of.Kind == export.NoSubject && s.node > 0 {
		of = nodeSubject(s.node)
	}
	if of.Kind == export.NoSubject {
		const empty = "Nothing is selected. A digit selects a node; ↑ ↓ and enter in the other panes, or the mouse, select what they show."
		p.prose(c, canvas.R(r.X+1, r.Y, r.W-2, r.H), empty, nil, canvas.StDim, false)
		return
	}
	p.inspect(p.common, s, of, r.W-2-factsAt)
	if of != p.seen {
		p.seen, p.top = of, 0
	}
	last := canvas.R(r.X, r.Y+r.H-1, r.W, 1)
	if p.height > r.H { // the last row says how much more there is
		r.H--
	}
	p.top = max(min(p.top, p.height-r.H), 0)
	y := r.Y - p.top
	c.Inside(r, func() {
		for i := range p.facts {
			f := &p.facts[i]
			if y+f.rows > r.Y && y < r.Y+r.H {
				p.fact(c, s, f, canvas.R(r.X+1, y, r.W-2, f.rows))
			}
			y += f.rows
		}
	})
	if more := y - r.Y - r.H; more > 0 {
		c.Right(last.X+last.W-1, last.Y, itoa(more)+" more below", canvas.StDim)
	}
}

// fact draws one row, or as many as its text takes.
func (p *inspectorPane) fact(c *canvas.Canvas, s *scene, f *fact, r canvas.Rect) {
	if f.heading {
		c.TextIn(r.X, r.Y, r.W, f.text, f.st)
		return
	}
	c.TextIn(r.X, r.Y, factsAt-1, f.name, canvas.StDim)
	x := r.X + factsAt
	if f.version > 0 {
		if f.served {
			x = p.Badge(c, x-1, r.Y, f.version) + 1
		} else {
			x = c.Text(x, r.Y, "v"+itoa(f.version), canvas.Version(f.version)) + 1
		}
	}
	p.prose(c, canvas.R(x, r.Y, r.X+r.W-x, r.H), f.text, nil, f.st, false)
	if f.of.Kind != export.NoSubject {
		p.zone(c, r, f.of)
		if s.isPicked(f.of) {
			c.Text(r.X-1, r.Y, p.Here, canvas.StFocus)
		}
	}
}
