package tui

import (
	"capsim/export"
	"capsim/tui/canvas"
)

// footKey is a key in the line at the bottom, and what it does now.
type footKey struct{ key, brief, press string }

// footed is an overlay that says in the line at the bottom what its keys do.
type footed interface{ foot(p *program) []footKey }

// spaced is a pane that gives space another meaning while it is in sight; "" for none.
type spaced interface{ space(s *scene) string }

// paintFoot draws the last line: the notice, and the keys that are of most use now.
func (p *program) paintFoot(c *canvas.Canvas) {
	x, y := 1, p.h-1
	if p.notice.text != "" {
		st := canvas.StFocus // red and green are the cluster's
		if p.notice.bad {
			st = canvas.StBold
		}
		x = c.TextIn(x, y, p.w-2, printable(p.notice.text), st) + 3
	}
	keys := p.footKeys()
	last := keys[len(keys)-1] // it has its place whatever there is before it
	room := p.w - 1 - last.width()
	for _, k := range keys[:len(keys)-1] {
		if x+k.width()+2 <= room {
			x = p.footKey(c, x, y, k)
		}
	}
	if x <= room {
		p.footKey(c, x, y, last)
	}
}

func (k footKey) width() int { return canvas.TextWidth(k.key) + 1 + canvas.TextWidth(k.brief) }

// footKey draws a key that can be clicked, and returns where the next stands.
func (p *program) footKey(c *canvas.Canvas, x, y int, k footKey) int {
	to := c.Text(x, y, k.key, canvas.StBold)
	to = c.Text(to+1, y, k.brief, canvas.StDim)
	if k.press != "" {
		p.keyZone(c, canvas.R(x, y, to-x, 1), k.press)
	}
	return to + 2
}

// footKeys lists what keys do now, what is of most use first; the last is always to be seen.
func (p *program) footKeys() []footKey {
	if n := len(p.overlays); n > 0 {
		if o, ok := p.overlays[n-1].(footed); ok {
			return o.foot(p)
		}
		return []footKey{{"esc", "back", "esc"}}
	}
	keys := []footKey{{"space", p.spaceDoes(), " "}}
	if p.canGoBack() {
		keys = append(keys, footKey{"esc", "back", "esc"})
	}
	if p.whyNow().Kind != export.NoSubject {
		keys = append(keys, footKey{"enter", "why", "enter"})
	}
	for rank := 1; ; rank++ {
		b := p.ranked(rank)
		if b == nil {
			break
		}
		if b.off != nil && b.off(p) != "" || b.useful != nil && !b.useful(p) {
			continue
		}
		brief, _ := b.briefly(p)
		k := footKey{key: b.Help().Key, brief: brief}
		if b.inLine != "" {
			k.key = b.inLine
		}
		if len(b.Keys()) == 1 {
			k.press = b.Keys()[0]
		}
		if b.do == nil { // the focused pane's own
			k.brief = paneList[p.focus].arrows
		}
		keys = append(keys, k)
	}
	return append(keys, footKey{"?", "help", "?"})
}

// spaceDoes says what space does now.
func (p *program) spaceDoes() string {
	s := p.scene
	if _, word := p.spacedPane(); word != "" {
		return word
	}
	switch {
	case s.reading():
		return "go on"
	case s.playing:
		return "stop"
	case p.pending != nil && s.live():
		return "the question"
	case s.over && s.live() && !s.guided():
		return "play (at its end)"
	}
	return "play"
}

// spacedPane returns the pane in sight that gives space another meaning, and which.
func (p *program) spacedPane() (paneName, string) {
	for _, sl := range p.slots() {
		n := p.tabOf(sl)
		if own, ok := p.panes[n].(spaced); ok {
			if word := own.space(p.scene); word != "" {
				return n, word
			}
		}
	}
	return -1, ""
}

// ranked returns the key that stands at that place in the line at the bottom.
func (p *program) ranked(rank int) *binding {
	for i := range p.bindings {
		if p.bindings[i].rank == rank {
			return &p.bindings[i]
		}
	}
	return nil
}

// What the keys of the other overlays do.

func (m *menu) foot(*program) []footKey {
	return []footKey{{"enter", "choose", "enter"}, {"↑ ↓", "another", ""}, {"esc", "back", "esc"}}
}

func (d *confirm) foot(*program) []footKey {
	return []footKey{{"y", "yes", "y"}, {"n", "no", "n"}}
}

func (d *prompt) foot(*program) []footKey {
	return []footKey{{"enter", "done", "enter"}, {"esc", "back", "esc"}}
}

func (pal *palette) foot(*program) []footKey {
	return []footKey{{"enter", "do it", "enter"}, {"tab", "complete", "tab"}, {"↑ ↓", "earlier lines", ""}, {"esc", "back", "esc"}}
}

func (l *library) foot(*program) []footKey {
	return []footKey{{"enter", "open", "enter"}, {"↑ ↓", "choose", ""}, {"/", "filter", "/"}, {"esc", "back", "esc"}}
}

func (d *filterInput) foot(*program) []footKey {
	return []footKey{{"enter", "keep it", "enter"}, {"esc", "show all", "esc"}}
}
