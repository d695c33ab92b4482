package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/tui/canvas"
)

// help lists every key, generated from the bindings; a key that can't be used now
// says why.
type help struct{ top int }

func (p *program) openHelp() tea.Cmd {
	for _, o := range p.overlays {
		if _, open := o.(*help); open {
			return nil
		}
	}
	p.openOverlay(&help{})
	return nil
}

func (h *help) key(p *program, m tea.KeyMsg) tea.Cmd {
	switch m.String() {
	case "esc", "q", "?", "enter":
		p.closeOverlay(h)
	case "end", "G":
		h.top = len(p.bindings) + 100
	case "up", "k":
		h.top = max(h.top-1, 0)
	case "down", "j":
		h.top++
	case "pgup":
		h.top = max(h.top-10, 0)
	case "pgdown", " ":
		h.top += 10
	case "home", "g":
		h.top = 0
	}
	return nil
}

// helpLine is a heading (no means) or a key.
type helpLine struct{ key, means, off string }

func (h *help) lines(p *program) []helpLine {
	out := []helpLine{
		{key: "to begin with"},
		{"space", "play on and stop; in a lesson: read on", ""},
		{"! enter", "make a stale read, and see it happen", noAnomalies(p)},
		{"enter", "why: of what went wrong, or of what is selected", ""},
		{"esc", "back, a step each time", ""},
	}
	if keys := h.behind(p); len(keys) > 0 {
		out = append(out, helpLine{key: "in front now"})
		for _, k := range keys {
			out = append(out, helpLine{k.key, k.brief, ""})
		}
	} else if own := p.panes[p.focus].keys(); len(own) > 0 {
		out = append(out, helpLine{key: "in the pane " + p.focus.String()})
		for _, b := range own {
			out = append(out, helpLine{b.Help().Key, b.Help().Desc, ""})
		}
	}
	group := ""
	for i := range p.bindings {
		b := &p.bindings[i]
		if b.Help().Key == "" {
			continue
		}
		if b.group != group {
			group = b.group
			out = append(out, helpLine{key: group})
		}
		_, means := b.briefly(p)
		l := helpLine{b.Help().Key, means, ""}
		if b.off != nil {
			l.off = b.off(p)
		}
		out = append(out, l)
	}
	out = append(out, h.labCommands(p)...)
	out = append(out, helpLine{key: "words of the program, behind :"})
	for _, w := range programWords() {
		out = append(out, helpLine{w.usage, w.doc, ""})
	}
	return append(out, h.signs(p)...)
}

// labCommands lists a lab's own commands.
func (h *help) labCommands(p *program) []helpLine {
	s := p.scene
	if !s.hasOwn() {
		return nil
	}
	out := []helpLine{{key: "commands of " + s.lab + ", behind : and a client"}}
	for i := range s.offers {
		if c := &s.offers[i]; c.Own {
			out = append(out, helpLine{c.Usage, c.Doc, ""})
		}
	}
	return out
}

// behind lists the keys of the overlay that help was opened over.
func (h *help) behind(p *program) []footKey {
	if n := len(p.overlays); n > 1 {
		if o, ok := p.overlays[n-2].(footed); ok {
			return o.foot(p)
		}
	}
	return nil
}

// signs says what the signs of the screen mean.
func (h *help) signs(p *program) []helpLine {
	badge := "a colour a version; filled: what a node would serve"
	if !p.Theme.Badges {
		badge = "in brackets: what a node would serve"
	}
	return []helpLine{
		{key: "signs"},
		{"v1 v2 v3", badge, ""},
		{p.Differs + " " + p.Same, "the nodes hold different versions, the same", ""},
		{p.Cut, "a link is cut", ""},
		{p.Fault, "something is done to the cluster", ""},
		{p.Heal, "a fault ends", ""},
		{p.Bad, "broken or untrue: a stale read, a lost write", ""},
		{p.Question, "a question to you, on the timeline", ""},
	}
}

func (h *help) draw(p *program, c *canvas.Canvas, area canvas.Rect) {
	lines := h.lines(p)
	cols := 1
	if area.W >= 110 {
		cols = 2
	}
	rows := (len(lines) + cols - 1) / cols
	for cols > 1 && lines[rows-1].means == "" && lines[rows-1].key != "" { // a heading stays with its keys
		lines = slices.Insert(lines, rows-1, helpLine{})
		rows = (len(lines) + cols - 1) / cols
	}
	shown := min(rows, area.H-4)
	h.top = max(min(h.top, rows-shown), 0)
	width := min(area.W-4, 72)
	if cols > 1 {
		width = min((area.W-4)/2, 64)
	}
	r := p.window(c, area, "keys", width*cols, shown+2)
	for i, l := range lines {
		x, y := r.X+i/rows*width, r.Y+i%rows-h.top
		if i%rows < h.top || i%rows >= h.top+shown {
			continue
		}
		if l.means == "" {
			c.Text(x, y, l.key, canvas.StFocus)
			continue
		}
		key, means := canvas.StBold, canvas.StText
		if l.off != "" {
			key, means = canvas.StDim, canvas.StDim
			l.means += " (" + l.off + ")"
		}
		c.Text(x+1, y, l.key, key)
		at := max(12, canvas.TextWidth(l.key)+3)
		c.TextIn(x+at, y, width-at-2, l.means, means)
	}
	hint := "esc: back"
	if shown < rows {
		hint += "   ↑ ↓ space: more   " + itoa(h.top+1) + " to " + itoa(h.top+shown) + " of " + itoa(rows) + " rows"
	}
	c.Text(r.X, r.Y+r.H-1, hint, canvas.StDim)
}

func (h *help) foot(*program) []footKey {
	return []footKey{{"space", "more", " "}, {"↑ ↓", "scroll", ""}, {"esc", "back", "esc"}}
}
