package tui

import (
	"strings"

	"capsim/model"
	"capsim/tui/canvas"
)

// tooSmall tells whether the screen has less room than is needed.
func (p *program) tooSmall() bool { return p.w < minWidth || p.h < minHeight }

// paint draws the whole screen from the scene.
func (p *program) paint() {
	c := &p.canvas
	c.Reset(max(p.w, 0), max(p.h, 0))
	c.Ascii = p.Glyphs == &canvas.AsciiGlyphs
	p.zones.begin()
	if p.tooSmall() {
		p.paintTooSmall(c)
		return
	}
	s := p.scene
	p.paintTitle(c, s)
	p.paintTimeline(c, s, 1)
	p.paintCaption(c, s, 2)
	p.paintPanes(c)
	for _, o := range p.overlays {
		p.zones.begin() // what lies behind can't be clicked
		o.draw(p, c, canvas.R(0, 0, p.w, p.h-1))
	}
	p.paintFoot(c)
}

func (p *program) paintTooSmall(c *canvas.Canvas) {
	c.TextIn(0, 0, p.w, "capsim needs "+itoa(minWidth)+"x"+itoa(minHeight)+",", canvas.StBold)
	c.TextIn(0, 1, p.w, "this is "+itoa(p.w)+"x"+itoa(p.h)+".", canvas.StText)
	c.TextIn(0, 2, p.w, "q: quit", canvas.StDim)
}

// paintTitle draws the bar at the top: what runs, under which policy, and when.
func (p *program) paintTitle(c *canvas.Canvas, s *scene) {
	c.Fill(0, 0, p.w, ' ', canvas.StBar)
	right := p.w - 1
	right = c.Right(right, 0, clock(s.at), canvas.StBarBold) - 2
	right = c.Right(right, 0, s.speed.String(), canvas.StBar) - 1
	sign := p.Glyphs.Pause
	if s.runs() {
		sign = p.Glyphs.Play
	}
	right = c.Right(right, 0, sign, canvas.StBarFault) - 3
	x := c.Text(1, 0, "capsim", canvas.StBarBold) + 2
	policy := s.view.Policy
	if policy == "" {
		policy = s.policy
	}
	tail := "policy " + printable(policy)
	if p.comparing() {
		tail = p.versus()
	}
	rest := "seed " + s.seed + "  " + printable(s.store)
	room := right - x - canvas.TextWidth(tail) - 3
	if room-canvas.TextWidth(rest)-3 >= min(canvas.TextWidth(s.title), 20) {
		room -= canvas.TextWidth(rest) + 3
	} else {
		rest = ""
	}
	room = max(room, min(canvas.TextWidth(s.title), (right-x)/3)) // a policy with many parameters leaves it that
	x = c.TextIn(x, 0, max(room, 0), printable(s.title), canvas.StBar) + 3
	x = c.TextIn(x, 0, max(right-x, 0), tail, canvas.StBarFault) + 3
	c.Text(x, 0, rest, canvas.StBarDim)
}

// secondsShort writes whole seconds, or as many decimals as are needed.
func secondsShort(t model.Time) string {
	s := strings.TrimRight(strings.TrimLeft(seconds(t), " "), "0")
	return strings.TrimSuffix(s, ".")
}

// paintCaption draws what the script tells the audience, in rows that are kept for
// it all the time.
func (p *program) paintCaption(c *canvas.Canvas, s *scene, y int) {
	if text := s.caption(); text != "" {
		c.Text(1, y, p.Here, canvas.StFocus)
		p.prose(c, canvas.R(3, y, p.w-4, p.captionRows(s)), text, nil, canvas.StCaption, true)
	}
}

// captionRows is how many rows the script's texts need: of the longest, so that
// nothing moves while playing.
func (p *program) captionRows(s *scene) int {
	rows := 0
	for i := range s.says {
		rows = max(rows, canvas.Height(s.says[i].Text, p.w-4))
	}
	if p.h < 30 {
		return min(rows, 2)
	}
	return min(rows, 3)
}

func (p *program) paintPanes(c *canvas.Canvas) {
	for _, sl := range p.slots() {
		p.paintPane(c, p.sides()[sl.side], sl, p.tabOf(sl))
	}
	p.zones.side, p.zones.pane = 0, -1
}

func (p *program) paintPane(c *canvas.Canvas, s *scene, sl slot, name paneName) {
	var buf [8]string
	titles, shown := buf[:0], 0
	for i, n := range sl.panes {
		title := p.panes[n].title(s)
		if i == 0 && p.comparing() && !n.is(across) {
			title = printable(s.label()) + ": " + title
		}
		titles = append(titles, title)
		if n == name {
			shown = i
		}
	}
	p.zones.side, p.zones.pane = sl.side, name
	p.actZone(sl.Rect, zonePane)
	ends := p.Border(c, sl.Rect, titles, shown, name == p.focus && p.holds(sl))
	for i, x := sl.X+1, 0; x < len(ends); x++ {
		p.zones.pane = sl.panes[x]
		p.actZone(canvas.R(i, sl.Y, ends[x]-i, 1), zonePane)
		i = ends[x]
	}
	p.zones.pane = name
	inner := sl.Rect.Inset(1, 1)
	c.Inside(inner, func() { p.panes[name].draw(c, s, inner) })
}

// printable escapes what can't be printed in a text that is not a value.
func printable(s string) string {
	for _, r := range s {
		if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 {
			q := string(model.AppendQuoted(nil, s))
			return q[1 : len(q)-1]
		}
	}
	return s
}
