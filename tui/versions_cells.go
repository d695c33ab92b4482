package tui

import (
	"slices"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// slots are the columns of the versions in a cell: the last that have room, the same at
// every node.
type slots struct{ width, room, newest int }

// cell draws what one node has of a key.
func (p *versionsPane) cell(c *canvas.Canvas, s *scene, node model.NodeID, key string, r canvas.Rect, sl slots) {
	of := cellSubject(node, key)
	if s.isPicked(of) {
		c.Fill(r.X, r.Y, r.W, ' ', canvas.StSelect)
		c.Text(r.X-1, r.Y, p.Here, canvas.StFocus)
	}
	p.zone(c, r, of)
	first := max(sl.newest-sl.room+1, 1)
	if p.older(c, s, node, key, first, r) {
		return
	}
	for n := first; n <= sl.newest; n++ {
		p.slot(c, s, node, key, n, r.X+(n-first)*sl.width, r.Y)
	}
}

// older draws what a node serves, or has on its disk if it is down, if a version of it is
// older than those that have columns: the newest of it, and how many more there are.
func (p *versionsPane) older(c *canvas.Canvas, s *scene, node model.NodeID, key string, first int, r canvas.Rect) bool {
	rec := s.view.Cell(node, key).Serves()
	if rec == nil || first == 1 {
		return false
	}
	last, more, behind := 0, -1, false
	for _, h := range rec.Heads {
		if h.Kind == model.Delete {
			continue
		}
		n := s.index.Version(h.Op, key)
		last, more, behind = max(last, n), more+1, behind || n < first
	}
	if !behind {
		return false
	}
	x, st := r.X, canvas.StBold
	if s.view.Node(node).IsUp() {
		x = p.Badge(c, x, r.Y, last)
	} else {
		st = canvas.Version(last)
		x = versionText(c, x+1, r.Y, last, st) + 1
	}
	p.zone(c, canvas.R(r.X, r.Y, x-r.X, 1), export.Subject{Kind: export.VersionSubject, Node: node, Key: key, Op: s.index.Writer(key, last)})
	if more > 0 {
		c.Text(c.Text(x-1, r.Y, "+", st), r.Y, itoa(more), st)
	}
	return true
}

// slot draws one version at one node, and says what it is to the mouse.
func (p *versionsPane) slot(c *canvas.Canvas, s *scene, node model.NodeID, key string, n, x, y int) {
	op := s.index.Op(s.index.Writer(key, n))
	if op == nil {
		return
	}
	if !p.standing(c, s, node, key, op, n, x, y) {
		c.Put(x+1, y, '.', canvas.StTrack)
		return
	}
	w := 3 + digits(n)
	p.zone(c, canvas.R(x, y, w, 1), export.Subject{Kind: export.VersionSubject, Node: node, Key: key, Op: op.ID})
	if of := &s.picked; of.Kind == export.VersionSubject && of.Op == op.ID && of.Key == key && (of.Node == node || of.Node == 0) {
		c.Restyle(x, y, w, canvas.StCursor)
	}
}

// versionText writes a version's number, from 1, and returns the column after it.
func versionText(c *canvas.Canvas, x, y, n int, st canvas.Style) int {
	return c.Number(x+c.Put(x, y, 'v', st), y, n, st)
}

// digits is how many digits a positive number has.
func digits(n int) int {
	d := 1
	for ; n > 9; n /= 10 {
		d++
	}
	return d
}

// standing draws how a version stands at a node: in doubt, served, seen, refused there, of
// unknown outcome there. It tells whether it is there at all. What a node that is down has on
// its disk it does not serve.
func (p *versionsPane) standing(c *canvas.Canvas, s *scene, node model.NodeID, key string, op *trace.Op, n, x, y int) bool {
	cell := s.view.Cell(node, key)
	up := s.view.Node(node).IsUp()
	switch {
	case cell != nil && cell.Doubt == op.ID:
		c.Text(x, y, p.Unknown, canvas.StFaultBold)
		versionText(c, x+1, y, n, canvas.Version(n))
	case up && cell.Serves().Holds(op.ID) && !tombstone(cell.Record, op.ID):
		p.Badge(c, x, y, n)
	case cell != nil && slices.Contains(cell.Seen, op.ID):
		versionText(c, x+1, y, n, canvas.Version(n))
	case op.Node == node && op.Returned > 0 && op.Returned <= s.n && op.Result.Outcome == model.Refused:
		end := versionText(c, x+1, y, n, canvas.StStruck)
		if !p.Badges {
			c.Put(x, y, '-', canvas.StDim)
			c.Put(end, y, '-', canvas.StDim)
		}
	case op.Node == node && (op.Returned == 0 || op.Returned > s.n || op.Result.Outcome == model.Unknown):
		x = versionText(c, x+1, y, n, canvas.Version(n))
		c.Text(x, y, p.Unknown, canvas.StFaultBold)
	default:
		return false
	}
	return true
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
