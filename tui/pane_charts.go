package tui

import (
	"strconv"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// chartsPane shows figures over the whole run, as far as the cursor: one chart above the
// other, all on one scale of time, which is that of the timeline.
type chartsPane struct {
	*common
	chosen int   // the chart that has to be in sight
	dots   []bin // of the last drawing: what a column of dots stands for
	pails  []bin // and what was counted in each stretch of time that a rate is of
}

func newChartsPane(cm *common) pane { return &chartsPane{common: cm} }

// chart is one figure. Its value at a place is what lies between two figures: most begin
// at 0.
type chart struct {
	name  string
	rate  bool // counted, and shown by the second
	of    func(b *bin) (from, to int64)
	unit  func(v int64) string // for the scale
	least int64                // the scale reaches up to that at least
	st    canvas.Style
	rows  int // share of the room
}

// charts are shown from the top in this order.
var charts = []chart{
	{"latency", false, func(b *bin) (int64, int64) {
		if b.ok == 0 {
			return 0, 0
		}
		return max(int64(b.fast), 1), max(int64(b.slow), 1)
	}, spanText, int64(time.Millisecond), canvas.StText, 3},
	{"ok a second", true, countOf(func(b *bin) uint32 { return b.ok }), perSecond, 1000, canvas.StGood, 3},
	{"refused", true, countOf(func(b *bin) uint32 { return b.refused }), perSecond, 1000, canvas.StBad, 2},
	{"no answer", true, countOf(func(b *bin) uint32 { return b.unknown }), perSecond, 1000, canvas.StFault, 2},
	{"stale reads", true, countOf(func(b *bin) uint32 { return b.stale }), perSecond, 1000, canvas.StBad, 2},
	{"their age", false, func(b *bin) (int64, int64) { return 0, int64(b.age) }, spanText, int64(time.Millisecond), canvas.StBad, 2},
	{"diverged", false, countOf(func(b *bin) uint32 { return b.apart }), keysText, 1, canvas.StBad, 2},
}

func countOf(of func(b *bin) uint32) func(b *bin) (int64, int64) {
	return func(b *bin) (int64, int64) { return 0, int64(of(b)) }
}

func spanText(v int64) string { return export.Span(time.Duration(v)) }

// perSecond writes a rate that is given in thousandths.
func perSecond(v int64) string {
	if v >= 10_000 || v%1000 == 0 {
		return itoa(int(v/1000)) + "/s"
	}
	return strconv.FormatFloat(float64(v)/1000, 'f', 1, 64) + "/s"
}

func keysText(v int64) string { return itoa(int(v)) + plural(int(v), " key", " keys") }

func (p *chartsPane) title(*scene) string { return "charts" }

func (p *chartsPane) keys() []key.Binding {
	return []key.Binding{on("↑ ↓ j k", "the chart above, below", "up", "k", "down", "j")}
}

func (p *chartsPane) key(_ *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		p.chosen = max(p.chosen-1, 0)
	case "down", "j":
		p.chosen = min(p.chosen+1, len(charts)-1)
	default:
		return request{}, false
	}
	return request{}, true
}

func (p *chartsPane) picked(*scene) export.Subject { return export.Subject{} }

// plot is where the charts are drawn, and what they stand for.
type plot struct {
	timeWindow
	pail   model.Time // what a rate is counted over
	now    int        // the column of the cursor
	bottom int        // the row below the last
}

// gutter is the room for names and scales.
const gutter = 20

func (p *chartsPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if s.series.width == 0 {
		c.TextIn(r.X+1, r.Y, r.W-2, "No client has been answered yet.", canvas.StDim)
		return
	}
	end := max(s.end, s.now, 1)
	d := plot{timeWindow: timeWindow{r.X + gutter, max(r.W-gutter-1, 1), 0, end}, bottom: r.Y + r.H}
	d.now = d.column(s.at)
	p.collect(s, &d)
	p.timeAxis(c, d.timeWindow, r.Y)
	p.faults(c, s, &d, r.Y+1)
	heights, first := p.heights(r.H - 2)
	y := r.Y + 2
	for i, h := range heights {
		if p.chosen == first+i && len(heights) < len(charts) {
			c.Text(r.X, y, p.Here, canvas.StFocus)
		}
		p.chart(c, s, &d, &charts[first+i], canvas.R(r.X+1, y, r.W-1, h))
		y += h
	}
	if hidden := len(charts) - len(heights); hidden > 0 {
		c.TextIn(r.X+1, r.Y, gutter-2, itoa(hidden)+" more: ↑ ↓", canvas.StDim)
	}
	for y := r.Y + 2; y < d.bottom; y++ {
		if ch := c.At(d.now, y); ch == 0 || ch == ' ' || ch == p.Shade {
			c.Put(d.now, y, p.Vertical, canvas.StText)
		}
	}
}

// heights shares the rows among the charts: all of them if they fit, else as many as fit
// with the chosen one among them. It returns the first that is shown.
func (p *chartsPane) heights(rows int) (heights []int, first int) {
	const least = 2
	n := min(max(rows/least, 1), len(charts))
	first = max(p.chosen-n+1, 0)
	left, weights := rows-n*least, 0
	for i := range n {
		weights += charts[first+i].rows
	}
	heights = make([]int, n)
	for i := range n {
		w := charts[first+i].rows
		extra := max(left, 0) * w / weights
		heights[i] = min(least+extra, 8)
		left, weights = left-extra, weights-w
	}
	return heights, first
}

// collect works out what each column of dots stands for, from the bins up to the cursor.
func (p *chartsPane) collect(s *scene, d *plot) {
	t := &s.series
	d.pail = model.Time(500 * time.Millisecond)
	for dot := (d.to - d.from) / model.Time(2*d.w); d.pail < dot || d.pail < t.width; {
		d.pail *= 2
	}
	here, cursor := d.dot(s.at)-2*d.x, int(s.at/t.width) // its dot, and its bin
	p.dots = cleared(p.dots, here+1)
	p.pails = cleared(p.pails, int(s.at/d.pail)+1)
	for i, k := 0, 0; i <= here; i++ {
		b, until := &p.dots[i], cursor+1
		if i < here {
			until = min(int(d.from+d.atDot(i+1))/int(t.width), cursor)
		}
		switch {
		case k >= len(t.bins):
			b.apart = uint32(s.apartAt(s.n)) // nothing has happened since
		case k >= until && i > 0:
			b.apart = p.dots[i-1].apart
		}
		for ; k < min(until, len(t.bins)); k++ {
			one := s.binAt(k)
			b.merge(&one)
			p.pails[model.Time(k)*t.width/d.pail].merge(&one)
		}
	}
}

// atDot returns how long after its beginning a dot column of the plot begins.
func (d *plot) atDot(i int) model.Time {
	return model.Time(int64(i) * int64(d.to-d.from) / int64(2*d.w-1))
}

func cleared(b []bin, n int) []bin {
	if cap(b) < n {
		return make([]bin, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// faults draws in a row of its own when something was done to the cluster, and shades the
// charts there, as far as they are empty.
func (p *chartsPane) faults(c *canvas.Canvas, s *scene, d *plot, y int) {
	c.Text(d.x-gutter+1, y, "faults", canvas.StDim)
	p.stretch(s, d, s.troubled, func(x int) {
		c.Put(x, y, p.DoneTrack, canvas.StFault)
		for row := y + 1; row < d.bottom; row++ {
			c.Put(x, row, p.Shade, canvas.StTrack)
		}
	})
	p.stretch(s, d, s.anyCut, func(x int) { c.Put(x, y, p.CutTrack, canvas.StBad) })
}

// stretch calls f with the columns up to the cursor that spans lie in.
func (p *chartsPane) stretch(s *scene, d *plot, of spans, f func(x int)) {
	for i := range of {
		sp := &of[i]
		if sp.from > s.n {
			return
		}
		until := s.at
		if sp.to != 0 && sp.to <= s.n {
			until = sp.until
		}
		for x := d.column(sp.since); x <= min(d.column(until), d.now); x++ {
			f(x)
		}
	}
}

// chart draws one figure: its name and scale, and a bar in each column of dots.
func (p *chartsPane) chart(c *canvas.Canvas, s *scene, d *plot, ch *chart, r canvas.Rect) {
	top := int64(0)
	for i := range p.dots {
		_, v := p.value(ch, d, i)
		top = max(top, v)
	}
	name := canvas.StText
	if top == 0 {
		name = canvas.StDim
	}
	c.TextIn(r.X, r.Y, gutter-9, ch.name, name)
	if top == 0 {
		c.Right(d.x-1, r.Y, "none", canvas.StDim)
	} else {
		top = roundUp(max(top, ch.least))
		c.Right(d.x-1, r.Y, ch.unit(top), canvas.StDim)
		if r.H > 2 {
			c.Right(d.x-1, r.Y+r.H-1, "0", canvas.StDim)
		}
	}
	for x := range d.now - d.x + 1 {
		p.bar(c, d, ch, canvas.R(d.x+x, r.Y, 1, r.H), x, top)
	}
}

// value returns from where to where the bar of a dot column reaches; 0, 0 for none.
func (p *chartsPane) value(ch *chart, d *plot, i int) (from, to int64) {
	if !ch.rate {
		return ch.of(&p.dots[i])
	}
	k := min(int(d.atDot(i)/d.pail), len(p.pails)-1)
	_, n := ch.of(&p.pails[k])
	return 0, n * 1000 * int64(time.Second) / int64(d.pail)
}
