package tui

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// versionsPane has a row a key and a column a node: which versions each has seen,
// and which it serves. A row of one colour is converged.
type versionsPane struct {
	*common
	top   int      // the first row shown
	shown []string // the keys of the last drawing that pass the filter, kept to be used again
}

func newVersionsPane(cm *common) pane { return &versionsPane{common: cm} }

func (p *versionsPane) title(s *scene) string { return s.filtered("versions") }

func (p *versionsPane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓ j k", "another key, also in the picture", "up", "k", "down", "j"),
		on("n N", "what the next node holds of it", "n", "N"),
	}
}

func (p *versionsPane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return p.another(s, -1), true
	case "down", "j":
		return p.another(s, 1), true
	case "n":
		return p.column(s, 1), true
	case "N":
		return p.column(s, -1), true
	}
	return request{}, false
}

// another selects the key above or below; in the same column if a cell is selected.
func (p *versionsPane) another(s *scene, by int) request {
	to := neighbour(p.list(s), s.key, by)
	if s.picked.Kind == export.CellSubject && to != "" {
		return request{pick: cellSubject(s.picked.Node, to)}
	}
	return request{pick: keySubject(to)}
}

// column selects what the next node holds of the key, or the one before; between the last
// and the first stands the key itself.
func (p *versionsPane) column(s *scene, by int) request {
	if s.key == "" {
		return request{refuse: "no key has been written or read yet"}
	}
	at, n := 0, len(s.view.Nodes)+1
	if s.picked.Kind == export.CellSubject || s.picked.Kind == export.VersionSubject {
		at = int(s.picked.Node)
	}
	if at = (at + by + n) % n; at == 0 {
		return request{pick: keySubject(s.key)}
	}
	return request{pick: cellSubject(model.NodeID(at), s.key)}
}

func cellSubject(n model.NodeID, key string) export.Subject {
	return export.Subject{Kind: export.CellSubject, Node: n, Key: key}
}

// list returns the keys that pass the filter.
func (p *versionsPane) list(s *scene) []string {
	keys := s.view.Keys()
	if s.filter == "" {
		return keys
	}
	p.shown = p.shown[:0]
	for _, k := range keys {
		if s.passes(k) {
			p.shown = append(p.shown, k)
		}
	}
	return p.shown
}

// columns of the pane: the key, the nodes, the state.
type versionColumns struct{ key, node, state int }

func columnsFor(w, nodes int, apart bool) versionColumns {
	if apart { // nodes don't have to agree: a state is not drawn
		key := min(max(w/5, 10), 24)
		return versionColumns{key: key, node: max((w-key-2)/nodes, 5)}
	}
	c := versionColumns{key: min(max(w/7, 8), 24), state: 17}
	if w < 90 && nodes > 3 {
		c.state = 11
	}
	if w < 90 && nodes > 6 {
		c.key = 10
	}
	c.node = max((w-c.key-c.state-2)/nodes, 5)
	return c
}

func (p *versionsPane) picked(*scene) export.Subject { return export.Subject{} }

func (p *versionsPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if s.crowd() {
		c.TextIn(r.X+1, r.Y, r.W-2, s.crowdText(), canvas.StDim)
		return
	}
	cols := columnsFor(r.W, len(s.view.Nodes), s.view.Apart)
	p.head(c, s, r, cols)
	keys := p.list(s)
	if len(keys) == 0 {
		text := "No key has been written or read yet."
		if s.filter != "" {
			text = "No key passes the filter; / changes it."
		}
		c.TextIn(r.X+1, r.Y+1, r.W-2, text, canvas.StDim)
		return
	}
	rows := r.H - 1
	chosen := max(slices.Index(keys, s.key), 0)
	p.top = min(max(p.top, chosen-rows+1), chosen)
	p.top = max(min(p.top, len(keys)-rows), 0)
	for i := range min(rows, len(keys)-p.top) {
		p.row(c, s, keys[p.top+i], canvas.R(r.X, r.Y+1+i, r.W, 1), cols)
	}
	below := max(len(keys)-p.top-rows, 0)
	switch {
	case below > 0 && p.top > 0:
		c.Right(r.X+r.W-1, r.Y, " "+itoa(p.top)+" above, "+itoa(below)+" below ", canvas.StDim)
	case below > 0:
		c.Right(r.X+r.W-1, r.Y, " "+itoa(below)+" more below ", canvas.StDim)
	case p.top > 0:
		c.Right(r.X+r.W-1, r.Y, " "+itoa(p.top)+" more above ", canvas.StDim)
	}
}

func (p *versionsPane) head(c *canvas.Canvas, s *scene, r canvas.Rect, cols versionColumns) {
	c.Text(r.X+2, r.Y, "key", canvas.StDim)
	for i := range s.view.Nodes {
		n := &s.view.Nodes[i]
		x := r.X + 2 + cols.key + i*cols.node
		x = c.Text(x+1, r.Y, n.ID.String(), canvas.StDim)
		switch n.State {
		case trace.Down, trace.WipedDown:
			p.state(c, x+1, r.Y, cols.node-4, p.Glyphs.Down, n.State.String(), canvas.StBadBold)
		case trace.Paused:
			p.state(c, x+1, r.Y, cols.node-4, p.Paused, "paused", canvas.StFaultBold)
		}
	}
}

// state names a node's state, by its sign alone where there is little room.
func (p *versionsPane) state(c *canvas.Canvas, x, y, room int, sign, word string, st canvas.Style) {
	if room > len(word)+1 {
		sign += " " + word
	}
	c.Text(x, y, sign, st)
}

// endOf shortens a name to the end of it: keys differ there, laptop:stock and laptop:sold.
func endOf(name string, w int) string {
	if canvas.TextWidth(name) <= w {
		return name
	}
	room, at := w-1, len(name)
	for at > 0 { // from the end on: a key may be 10 kB long
		r, n := utf8.DecodeLastRuneInString(name[:at])
		if room -= canvas.RuneWidth(r); room < 0 {
			break
		}
		at -= n
	}
	return "…" + name[at:]
}

func (p *versionsPane) row(c *canvas.Canvas, s *scene, key string, r canvas.Rect, cols versionColumns) {
	name := canvas.StText
	if key == s.key {
		c.Text(r.X, r.Y, p.Here, canvas.StFocus)
		name = canvas.StBold
	}
	of := keySubject(key)
	if s.isPicked(of) {
		name = canvas.StSelect
	}
	p.zone(c, r, of)
	c.TextIn(r.X+2, r.Y, cols.key-2, endOf(model.Quote(key), cols.key-2), name)
	newest := s.newest(key)
	slots := slots{width: 3 + len(itoa(newest)), newest: newest} // a badge: "v12" and a blank on each side
	slots.room = max((cols.node-1)/slots.width, 1)
	for i := range s.view.Nodes {
		x := r.X + 2 + cols.key + i*cols.node
		c.Inside(canvas.R(x-1, r.Y, cols.node, 1), func() {
			p.cell(c, s, s.view.Nodes[i].ID, key, canvas.R(x, r.Y, cols.node-1, 1), slots)
		})
	}
	if cols.state > 0 && cols.node*len(s.view.Nodes)+2+cols.key <= r.W-cols.state {
		p.verdict(c, s, key, r.X+r.W-cols.state, r.Y, cols.state)
	}
}

// verdict says whether nodes agree on a key.
func (p *versionsPane) verdict(c *canvas.Canvas, s *scene, key string, x, y, w int) {
	switch {
	case s.view.Diverged(key):
	case s.inDoubt(key):
		c.Text(x, y, p.Unknown+" in doubt", canvas.StFaultBold)
		return
	default:
		c.Text(x, y, p.Same+" converged", canvas.StGood)
		return
	}
	end := c.Text(c.Text(c.Text(x-1, y, " ", canvas.StBadFill), y, p.Differs, canvas.StBadFill), y, " diverged ", canvas.StBadFill)
	if sp := s.apart[key].at(s.n); sp != nil && w > 14 {
		c.Text(c.Text(end, y, strings.TrimLeft(lasting(sp.since, s.at), " "), canvas.StBadFill), y, " ", canvas.StBadFill)
	}
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
	have := func(n int) bool { return s.index.WriterBy(key, n, s.n) != nil }
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
