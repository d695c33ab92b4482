package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// operationsPane has a row a client, and in it a box for each operation, from its invocation
// to its response. How it ended is told by the sign at the end of the box, in words where
// there is room, and by colour.
type operationsPane struct {
	*common
	span   int    // index into opSpans
	client string // the row that is selected, while no operation is
	top    int    // the first row shown
	words  wordLine
	shown  []int // rows of the last drawing that pass the filter, kept to be used again
}

// opSpans are the lengths of time that the pane can show.
var opSpans = [...]time.Duration{
	20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second,
	2 * time.Second, 4 * time.Second, 8 * time.Second, 20 * time.Second, time.Minute, 5 * time.Minute,
}

func newOperationsPane(cm *common) pane { return &operationsPane{common: cm, span: 6} }

func (p *operationsPane) title(s *scene) string {
	return s.filtered("operations: " + export.Span(opSpans[p.span]))
}

func (p *operationsPane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓ j k", "the client above, below", "up", "k", "down", "j"),
		on("< >", "the operation before, after", "<", ">"),
		on("{ }", "look closer, see more", "{", "}"),
	}
}

func (p *operationsPane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return p.row(s, -1), true
	case "down", "j":
		return p.row(s, 1), true
	case "<":
		return p.step(s, -1), true
	case ">":
		return p.step(s, 1), true
	case "{":
		p.span = max(p.span-1, 0)
	case "}":
		p.span = min(p.span+1, len(opSpans)-1)
	default:
		return request{}, false
	}
	return request{}, true
}

func (p *operationsPane) picked(s *scene) export.Subject {
	rows := s.clientsAt(s.n)
	if len(rows) == 0 || s.picked.Kind != export.NoSubject {
		return export.Subject{}
	}
	at, _ := p.selected(s, rows)
	ops := rows[at].opsAt(s.n)
	return opSubject(ops[len(ops)-1].ID)
}

func (p *operationsPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	rows := s.clientsAt(s.n)
	if len(rows) == 0 {
		c.TextIn(r.X+1, r.Y, r.W-2, "No client has asked for anything yet.", canvas.StDim)
		return
	}
	at, op := p.selected(s, rows)
	left, chosen := 6, 0
	p.shown = p.shown[:0]
	for i := range rows {
		if s.filter != "" && !s.rowPasses(&rows[i], rows[i].opsAt(s.n)) {
			continue
		}
		if i <= at {
			chosen = len(p.shown)
		}
		p.shown = append(p.shown, i)
		left = max(left, min(canvas.TextWidth(rowName(&rows[i])), 12))
	}
	if len(p.shown) == 0 {
		c.TextIn(r.X+1, r.Y, r.W-2, "Nothing of what clients asked for passes the filter; / changes it.", canvas.StDim)
		return
	}
	win := pagedWindow(s.at, opSpans[p.span], r.X+left+3, r.W-left-4)
	p.timeAxis(c, win, r.Y)
	body := canvas.R(r.X, r.Y+1, r.W, r.H-1)
	if r.H > 6 { // kept for the selected operation, so that nothing moves
		body.H--
		if op != nil {
			p.words.opLine(p.common, s, op)
			p.words.draw(c, r.X, r.Y+r.H-1, r.W-1)
		}
	}
	p.rows(c, s, body, win, rows, chosen)
}

// rows draws the rows that fit, the chosen one among them.
func (p *operationsPane) rows(c *canvas.Canvas, s *scene, r canvas.Rect, win timeWindow, rows []clientRow, chosen int) {
	n := len(p.shown)
	each := min(max(r.H/n, 1), 3)
	fit := max(r.H/each, 1)
	p.top = min(max(p.top, chosen-fit+1), chosen)
	p.top = max(min(p.top, n-fit), 0)
	_, op := p.selected(s, rows)
	for y := range r.H {
		c.Put(win.column(s.at), r.Y+y, p.Vertical, canvas.StText)
	}
	for i := range min(fit, n-p.top) {
		row := &rows[p.shown[p.top+i]]
		y := r.Y + i*each
		name := canvas.StText
		if p.top+i == chosen {
			c.Text(r.X, y, p.Here, canvas.StFocus)
			name = canvas.StBold
		}
		c.TextIn(r.X+2, y, win.x-r.X-3, rowName(row), name)
		p.lane(c, s, canvas.R(win.x, y, win.w, min(each, 2)), win, row, op)
	}
	if below := n - p.top - fit; below > 0 || p.top > 0 {
		text := itoa(p.top) + " above, " + itoa(max(below, 0)) + " below"
		c.Right(r.X+r.W-1, r.Y-1, " "+text+" ", canvas.StDim)
	}
}

func rowName(row *clientRow) string {
	if row.name == "" {
		return "system"
	}
	return printable(row.name)
}

// maxBoxes bounds how many operations of a row are drawn.
const maxBoxes = 300

// lane draws the row of a client: its operations in the window, and below them, or beside
// them if there is one line only, what they are.
func (p *operationsPane) lane(c *canvas.Canvas, s *scene, r canvas.Rect, win timeWindow, row *clientRow, chosen *trace.Op) {
	c.Inside(r, func() {
		c.Fill(win.x, r.Y, win.column(s.at)-win.x+1, p.FutureTrack, canvas.StBorder)
		ops := around(row.opsAt(s.n), win.from)
		if n := len(ops) - maxBoxes; n > 0 {
			ops = ops[n:]
			c.TextIn(win.x, r.Y, max(win.column(ops[0].At)-win.x, 0), "too many to be shown: { looks closer", canvas.StDim)
		}
		end, last := win.x+win.w, -1 // up to where there is room for words; the last column drawn at
		for i := len(ops) - 1; i >= 0; i-- {
			op := ops[i]
			if s.outcomeOf(op) != model.Open && op.Done < win.from || !s.opPasses(op) {
				continue
			}
			x := win.within(op.At)
			if x == last && op != chosen && s.outcomeOf(op) == model.OKOutcome && !s.isStale(op.Returned) {
				continue // behind the one that is drawn there
			}
			last = x
			end = p.box(c, s, r, win, op, end, op == chosen)
		}
	})
}

// box draws one operation, its words if they have room before the column given, and returns
// up to where the one before has room.
func (p *operationsPane) box(c *canvas.Canvas, s *scene, r canvas.Rect, win timeWindow, op *trace.Op, end int, chosen bool) int {
	bar := p.barOf(s, op)
	x0, x1, st := win.within(op.At), win.within(bar.to), bar.st
	c.Fill(x0, r.Y, x1-x0, bar.track, st)
	if x1 > x0 && op.At >= win.from {
		c.Put(x0, r.Y, '[', st)
	}
	c.Text(x1, r.Y, bar.sign, st)
	p.zone(c, canvas.R(x0, r.Y, x1-x0+1, 1), opSubject(op.ID))
	if r.H > 1 && end-x0 < leastWords && end < win.x+win.w && !chosen { // no room for them
		return x0 - 1
	}
	p.words.reset()
	p.words.command(op.Command, canvas.StText)
	if !op.System {
		p.words.outcome(p.common, s, op)
	}
	from := x0
	switch w := p.words.width(); {
	case r.H > 1:
		from = p.label(c, x0, r.Y+1, end, win, op, chosen)
	case w < x1-x0: // inside the box
		p.label(c, x0+1, r.Y, x1, win, op, chosen)
	default:
		p.label(c, x1+2, r.Y, end, win, op, chosen)
	}
	if chosen {
		c.Restyle(x0, r.Y, x1-x0+1, canvas.StCursor)
	}
	return min(from, x0) - 1
}

// leastWords is how many columns the beginning of an operation's words needs.
const leastWords = 5

// label writes the words of an operation into the columns from x up to end, if there is room
// for their beginning. It returns where they begin: further left than x, if they are in a row
// of their own and the last there.
func (p *operationsPane) label(c *canvas.Canvas, x, y, end int, win timeWindow, op *trace.Op, chosen bool) int {
	w := p.words.width()
	if edge := win.x + win.w; end == edge && x+w > edge && win.column(op.At) == x {
		x = max(edge-w, win.x)
	}
	if end-x < leastWords && end-x < w {
		return x
	}
	last := p.words.draw(c, x, y, min(end-x, w))
	if chosen {
		c.Restyle(x, y, last-x, canvas.StCursor)
	}
	p.zone(c, canvas.R(x, y, last-x, 1), opSubject(op.ID))
	return x
}
