package tui

import (
	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
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

func (p *inspectorPane) draw(c *canvas, s *scene, r rect) {
	of := s.picked
	if of.Kind == export.NoSubject && s.node > 0 {
		of = nodeSubject(s.node)
	}
	if of.Kind == export.NoSubject {
		const empty = "Nothing is selected. A digit selects a node; ↑ ↓ and enter in the other panes, or the mouse, select what they show."
		p.prose(c, rect{r.x + 1, r.y, r.w - 2, r.h}, empty, nil, stDim, false)
		return
	}
	p.inspect(p.common, s, of, r.w-2-factsAt)
	if of != p.seen {
		p.seen, p.top = of, 0
	}
	last := rect{r.x, r.y + r.h - 1, r.w, 1}
	if p.height > r.h { // the last row says how much more there is
		r.h--
	}
	p.top = max(min(p.top, p.height-r.h), 0)
	y := r.y - p.top
	c.inside(r, func() {
		for i := range p.facts {
			f := &p.facts[i]
			if y+f.rows > r.y && y < r.y+r.h {
				p.fact(c, s, f, rect{r.x + 1, y, r.w - 2, f.rows})
			}
			y += f.rows
		}
	})
	if more := y - r.y - r.h; more > 0 {
		c.right(last.x+last.w-1, last.y, itoa(more)+" more below", stDim)
	}
}

// fact draws one row, or as many as its text takes.
func (p *inspectorPane) fact(c *canvas, s *scene, f *fact, r rect) {
	if f.heading {
		c.textIn(r.x, r.y, r.w, f.text, f.st)
		return
	}
	c.textIn(r.x, r.y, factsAt-1, f.name, stDim)
	x := r.x + factsAt
	if f.version > 0 {
		if f.served {
			x = p.badge(c, x-1, r.y, f.version) + 1
		} else {
			x = c.text(x, r.y, "v"+itoa(f.version), version(f.version)) + 1
		}
	}
	p.prose(c, rect{x, r.y, r.x + r.w - x, r.h}, f.text, nil, f.st, false)
	if f.of.Kind != export.NoSubject {
		p.zone(c, r, f.of)
		if s.isPicked(f.of) {
			c.text(r.x-1, r.y, p.here, stFocus)
		}
	}
}
