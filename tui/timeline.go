package tui

import (
	"slices"
	"sort"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// mark is what the timeline bar shows of an instant.
type mark struct {
	at    model.Time
	event int
	kind  markKind
}

// markKind says what a mark stands for. Where two fall on one column the later kind of
// this list is shown.
type markKind uint8

const (
	markNone markKind = iota
	markFork
	markHeal
	markQuestion
	markFault
	markCut
	markBad
)

// markSign is the sign of a mark.
func (cm *common) markSign(k markKind) (string, canvas.Style) {
	switch k {
	case markFork:
		return cm.Branches, canvas.StFocus
	case markHeal:
		return cm.Heal, canvas.StGoodBold
	case markQuestion:
		return cm.Question, canvas.StCaption
	case markCut:
		return cm.Cut, canvas.StFaultBold
	case markBad:
		return cm.Bad, canvas.StBadBold
	}
	return cm.Fault, canvas.StFaultBold
}

// timeline is the columns of the bar, worked out as the runs grow: what a frame costs
// does not depend on how much has happened.
type timeline struct {
	timeBar
	of      []*record // of the sides, in their order
	seen    []int     // of each: marks that were taken in
	ended   []int     // of each: spans with a cut, that are over, that were taken in
	columns []column
	signs   []markKind // of this frame
}

// column is what one column of the bar stands for.
type column struct {
	mark markKind
	cut  bool
}

// extend takes in what is new of the sides.
func (t *timeline) extend(bar timeBar, sides []*scene) {
	same := bar == t.timeBar && len(sides) == len(t.of)
	for i := 0; same && i < len(sides); i++ {
		same = t.of[i] == sides[i].record
	}
	if !same {
		*t = timeline{timeBar: bar, columns: make([]column, max(bar.w, 0)), signs: make([]markKind, max(bar.w, 0))}
		t.seen, t.ended = make([]int, len(sides)), make([]int, len(sides))
		for _, s := range sides {
			t.of = append(t.of, s.record)
		}
	}
	for i, r := range t.of {
		for ; t.seen[i] < len(r.marks); t.seen[i]++ {
			m := &r.marks[t.seen[i]]
			c := &t.columns[t.index(m.at)]
			c.mark = max(c.mark, m.kind)
		}
		for ; t.ended[i] < len(r.anyCut) && r.anyCut[t.ended[i]].to != 0; t.ended[i]++ {
			sp := &r.anyCut[t.ended[i]]
			for x := t.index(sp.since); x <= t.index(sp.until); x++ {
				t.columns[x].cut = true
			}
		}
	}
}

// index returns the column of an instant, from 0.
func (b timeBar) index(t model.Time) int { return b.column(t) - b.x0 }

// cutNow returns the column from which on a link is cut that is cut still, and whether
// one is.
func (t *timeline) cutNow() (from int, is bool) {
	from = t.w
	for _, r := range t.of {
		if n := len(r.anyCut); n > 0 && r.anyCut[n-1].to == 0 {
			from, is = min(from, t.index(r.anyCut[n-1].since)), true
		}
	}
	return from, is
}

// paintTimeline draws the bar of time: what was is thick, what will be thin, faults,
// violations, questions and forks are marked, the cursor stands on it.
func (p *program) paintTimeline(c *canvas.Canvas, s *scene, y int) {
	end := max(s.end, s.now, 1)
	label := secondsShort(end) + " s"
	x0, x1 := 5, p.w-2-len(label)-1
	c.Text(1, y, "0 s", canvas.StDim)
	c.Text(p.w-1-len(label), y, label, canvas.StDim)
	p.bar = timeBar{x0, x1 - x0, end}
	p.actZone(canvas.R(x0, y, x1-x0, 1), zoneTime)
	t := &p.timeline
	t.extend(p.bar, p.sides())
	at, run := t.index(s.at), t.index(s.now)
	from, open := t.cutNow()
	for x := range t.columns {
		sign, st := p.DoneTrack, canvas.StText
		switch {
		case t.columns[x].cut || open && x >= from && x <= run:
			sign, st = p.CutTrack, canvas.StBad
		case x > run:
			sign, st = p.FutureTrack, canvas.StTrack
		case x > at:
			st = canvas.StTrack
		}
		c.Put(x0+x, y, sign, st)
		t.signs[x] = t.columns[x].mark
	}
	for _, q := range p.asked() {
		t.sign(q, markQuestion)
	}
	p.tree.forks(func(at model.Time) { t.sign(at, markFork) })
	for x, kind := range t.signs {
		if kind != markNone {
			sign, st := p.markSign(kind)
			c.Text(x0+x, y, sign, st)
		}
	}
	if s.runs() {
		c.Text(x0+at, y, p.Glyphs.Play, canvas.StBold)
	} else {
		c.Put(x0+at, y, p.Cursor, canvas.StBold)
	}
}

func (t *timeline) sign(at model.Time, kind markKind) {
	x := min(max(t.index(at), 0), len(t.signs)-1)
	t.signs[x] = max(t.signs[x], kind)
}

// questionsOf returns the instants at which a script asks, ascending.
func questionsOf(s *scenarios.Script) []model.Time {
	var out []model.Time
	for i := range s.Statements {
		if _, asks := s.Statements[i].Body.(scenarios.Ask); asks && s.Statements[i].Every == nil {
			out = append(out, s.Statements[i].At)
		}
	}
	return out
}

// asked returns where the questions stand that the run has come to, and the next one.
func (p *program) asked() []model.Time {
	s := p.scene
	n := sort.Search(len(s.asks), func(i int) bool { return s.asks[i] > s.now })
	return s.asks[:min(n+1, len(s.asks))]
}

// forks calls do with the instants at which others forked from the current run, and it
// from its parent.
func (t *tree) forks(do func(model.Time)) {
	for _, b := range t.all {
		if b.parent == t.current || b == t.current && b.parent != nil {
			do(b.from.at)
		}
	}
}

// nextMark and markBefore go to the mark that comes after or before the cursor.
func (p *program) nextMark() tea.Cmd   { return p.toMark(1) }
func (p *program) markBefore() tea.Cmd { return p.toMark(-1) }

func (p *program) toMark(way int) tea.Cmd {
	m, found := p.markFrom(p.scene.at, way)
	switch {
	case !found && way > 0:
		p.warn("nothing is marked after this instant, as far as the run has come")
		return nil
	case !found:
		p.warn("nothing is marked before this instant")
		return nil
	}
	p.scene.playing = false
	cmd := p.advance(m.at)
	p.say(strings.TrimLeft(seconds(m.at), " ") + " s: " + p.tellMark(m))
	return cmd
}

// markFrom returns the mark that is next to an instant, later if way is 1, earlier if
// it is -1; the most important of that instant.
func (p *program) markFrom(at model.Time, way int) (best mark, found bool) {
	try := func(m mark) {
		d, nearest := int64(m.at-at)*int64(way), int64(best.at-at)*int64(way)
		if d > 0 && (!found || d < nearest || d == nearest && m.kind > best.kind) {
			best, found = m, true
		}
	}
	for _, s := range p.sides() {
		i := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].at > at })
		if way < 0 {
			i = sort.Search(len(s.marks), func(i int) bool { return s.marks[i].at >= at }) - 1
		}
		for first := i; i >= 0 && i < len(s.marks) && s.marks[i].at == s.marks[first].at; i += way {
			try(s.marks[i])
		}
	}
	for _, q := range p.asked() {
		try(mark{at: q, kind: markQuestion})
	}
	p.tree.forks(func(t model.Time) { try(mark{at: t, kind: markFork}) })
	return best, found
}

// tellMark says what a mark stands for.
func (p *program) tellMark(m mark) string {
	switch m.kind {
	case markFork:
		return "a fork (f lists them)"
	case markQuestion:
		return "a question"
	}
	for _, s := range p.sides() {
		if !slices.Contains(s.marks, m) {
			continue
		}
		lines := s.story.Lines()
		i := sort.Search(len(lines), func(i int) bool { return lines[i].Event >= m.event })
		for ; i < len(lines) && lines[i].Event == m.event; i++ {
			if kindOf(s.record, &lines[i]) == m.kind {
				return lines[i].Text
			}
		}
	}
	return "something happened"
}
