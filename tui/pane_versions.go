package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// versionsPane has a row a key and a column a node: which versions each has seen,
// and which it serves. A row of one colour is converged.
type versionsPane struct {
	*common
	top int // the first row shown
}

func newVersionsPane(cm *common) pane { return &versionsPane{common: cm} }

func (p *versionsPane) title(s *scene) string { return "versions" }

func (p *versionsPane) keys() []key.Binding {
	return []key.Binding{on("↑ ↓ j k", "show another key in the picture", "up", "k", "down", "j")}
}

func (p *versionsPane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return request{pick: keySubject(neighbour(s.view.Keys(), s.key, -1))}, true
	case "down", "j":
		return request{pick: keySubject(neighbour(s.view.Keys(), s.key, 1))}, true
	}
	return request{}, false
}

// columns of the pane: the key, the nodes, the state.
type versionColumns struct{ key, node, state int }

func columnsFor(w, nodes int) versionColumns {
	c := versionColumns{key: min(max(w/7, 8), 24), state: 17}
	if w < 90 && nodes > 3 {
		c.state = 10
	}
	c.node = max((w-c.key-c.state-2)/nodes, 5)
	return c
}

func (p *versionsPane) picked(*scene) export.Subject { return export.Subject{} }

func (p *versionsPane) draw(c *canvas, s *scene, r rect) {
	cols := columnsFor(r.w, len(s.view.Nodes))
	p.head(c, s, r, cols)
	keys := s.view.Keys()
	if len(keys) == 0 {
		c.textIn(r.x+1, r.y+1, r.w-2, "No key has been written or read yet.", stDim)
		return
	}
	rows := r.h - 1
	chosen := max(slices.Index(keys, s.key), 0)
	p.top = min(max(p.top, chosen-rows+1), chosen)
	p.top = max(min(p.top, len(keys)-rows), 0)
	for i := range min(rows, len(keys)-p.top) {
		p.row(c, s, keys[p.top+i], rect{r.x, r.y + 1 + i, r.w, 1}, cols)
	}
	if more := len(keys) - p.top - rows; more > 0 {
		c.right(r.x+r.w-1, r.y, " "+itoa(more)+" more below ", stDim)
	}
}

func (p *versionsPane) head(c *canvas, s *scene, r rect, cols versionColumns) {
	c.text(r.x+2, r.y, "key", stDim)
	for i := range s.view.Nodes {
		n := &s.view.Nodes[i]
		x := r.x + 2 + cols.key + i*cols.node
		x = c.text(x+1, r.y, n.ID.String(), stDim)
		switch n.State {
		case trace.Down, trace.WipedDown:
			p.state(c, x+1, r.y, cols.node-4, p.glyphs.down, n.State.String(), stBadBold)
		case trace.Paused:
			p.state(c, x+1, r.y, cols.node-4, p.paused, "paused", stFaultBold)
		}
	}
}

// state names a node's state, by its sign alone where there is little room.
func (p *versionsPane) state(c *canvas, x, y, room int, sign, word string, st style) {
	if room > len(word)+1 {
		sign += " " + word
	}
	c.text(x, y, sign, st)
}

func (p *versionsPane) row(c *canvas, s *scene, key string, r rect, cols versionColumns) {
	name := stText
	if key == s.key {
		c.text(r.x, r.y, p.here, stFocus)
		name = stBold
	}
	c.textIn(r.x+2, r.y, cols.key-2, model.Quote(key), name)
	newest := s.newest(key)
	slot := 3 + len(itoa(newest)) // a badge: "v12" and a blank on each side
	room := max((cols.node-1)/slot, 1)
	first := max(newest-room+1, 1)
	for i := range s.view.Nodes {
		x := r.x + 2 + cols.key + i*cols.node
		c.inside(rect{x, r.y, cols.node - 1, 1}, func() {
			for n := first; n <= newest; n++ {
				p.slot(c, s, s.view.Nodes[i].ID, key, n, x+(n-first)*slot, r.y)
			}
		})
	}
	x := r.x + r.w - cols.state
	if cols.node*len(s.view.Nodes)+2+cols.key > r.w-cols.state {
		return
	}
	switch {
	case s.view.Diverged(key):
	case s.inDoubt(key):
		c.text(x, r.y, p.unknown+" in doubt", stFaultBold)
		return
	default:
		c.text(x, r.y, p.same+" converged", stGood)
		return
	}
	text := " " + p.differs + " diverged"
	if sp := s.apart[key].at(s.n); sp != nil && cols.state > 14 {
		text += " " + strings.TrimLeft(lasting(sp.since, s.at), " ")
	}
	c.textIn(x-1, r.y, cols.state+1, text+" ", stBadFill)
}

// inDoubt tells whether some node does not know which version it has to serve.
func (s *scene) inDoubt(key string) bool {
	for i := range s.view.Nodes {
		if c := s.view.Cell(s.view.Nodes[i].ID, key); c != nil && c.Doubt != 0 {
			return true
		}
	}
	return false
}

// newest returns the number of the newest version of a key at the cursor.
func (s *scene) newest(key string) int {
	have := func(n int) bool {
		op := s.index.Op(s.index.Writer(key, n))
		return op != nil && op.Invoked <= s.n
	}
	lo, hi := 0, 1
	for have(hi) {
		lo, hi = hi, 2*hi
	}
	for hi-lo > 1 {
		if m := (lo + hi) / 2; have(m) {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}

// slot draws one version at one node: in doubt, served, seen, refused there, of unknown
// outcome there, or a dot for not there.
func (p *versionsPane) slot(c *canvas, s *scene, node model.NodeID, key string, n, x, y int) {
	op := s.index.Op(s.index.Writer(key, n))
	if op == nil {
		return
	}
	name := trace.VersionName(n)
	cell := s.view.Cell(node, key)
	switch {
	case cell != nil && cell.Doubt == op.ID:
		c.text(x, y, p.unknown, stFaultBold)
		c.text(x+1, y, name, version(n))
		return
	case cell.Serves().Holds(op.ID) && !tombstone(cell.Record, op.ID):
		p.badge(c, x, y, n)
		return
	case cell != nil && slices.Contains(cell.Seen, op.ID):
		c.text(x+1, y, name, version(n))
		return
	case op.Node == node && op.Returned > 0 && op.Returned <= s.n && op.Result.Outcome == model.Refused:
		c.text(x+1, y, name, stStruck)
		if !p.badges {
			c.put(x, y, '-', stDim)
			c.put(x+1+len(name), y, '-', stDim)
		}
		return
	case op.Node == node && (op.Returned == 0 || op.Returned > s.n || op.Result.Outcome == model.Unknown):
		x = c.text(x+1, y, name, version(n))
		c.text(x, y, p.unknown, stFaultBold)
		return
	}
	c.put(x+1, y, '.', stTrack)
}

// tombstone tells whether the write is a deletion.
func tombstone(r *model.Record, op model.OpID) bool {
	for _, h := range r.Heads {
		if h.Op == op {
			return h.Kind == model.Delete
		}
	}
	return false
}
