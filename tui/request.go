package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"capsim/check"
	"capsim/export"
	"capsim/model"
)

// request is what a pane asks of the program. The zero value asks nothing but to draw
// again.
type request struct {
	goTo *cursor        // move the cursor there
	pick export.Subject // select this
	why  export.Subject // open its cause
	line string         // give this command
	edit string         // open the palette with this line
	read bool           // the reader is reading: time that waits for that goes on by a key only

	refuse string // say why what the key is for can't be done
	// do this with a run of the tree
	branch *branch
	does   branchAct
	follow bool // let the picture show the key that is written, instead of one picked
	side   int  // 1 + the side that pick and why speak of; 0: the focused one
}

// request does what a pane asked for.
func (p *program) request(r request) tea.Cmd {
	p.moved = true
	if r.side > 0 {
		p.arrangement.side = r.side - 1
	}
	if s := p.scene; r.read && s.guided() && s.study.rest > 0 {
		s.playing = false
	}
	if r.goTo != nil {
		p.scene.playing = false
		p.goTo(*r.goTo)
	}
	if r.pick.Kind != export.NoSubject {
		if r.pick.Kind == export.MessageSubject { // else it would be gone before a hand is on it
			p.scene.playing = false
		}
		p.pick(r.pick)
	}
	if r.follow {
		for _, s := range p.sides() {
			s.pinned = false
		}
	}
	switch {
	case r.refuse != "":
		p.warn(r.refuse)
	case r.branch != nil:
		return p.branch(r.branch, r.does)
	case r.why.Kind != export.NoSubject:
		return p.askWhy(r.why)
	case r.line != "":
		return p.command(r.line, nil)
	case r.edit != "":
		return p.openPaletteWith(r.edit)
	}
	return nil
}

// goTo moves the cursor to where it is to stand on the focused side.
func (p *program) goTo(to cursor) {
	if p.arrangement.side == 0 {
		p.scene.cursor = to
		return
	}
	p.moveTo(to.at)
}

// pick selects something of the focused side, in all panes, and what stands for it on the
// other sides.
func (p *program) pick(of export.Subject) {
	from := p.focused()
	for _, s := range p.sides() {
		if s == from {
			s.pick(of)
		} else {
			s.pick(translate(of, from, s))
		}
	}
}

// pick selects something: its key is shown in the picture, its node is the one for reads
// and writes.
func (s *scene) pick(of export.Subject) {
	s.picked = of
	if of.Key != "" {
		s.key, s.pinned = of.Key, true
	}
	switch of.Kind {
	case export.NodeSubject, export.CellSubject:
		if int(of.Node) <= s.nodes {
			s.node = of.Node
		}
	}
}

// isPicked tells whether something is selected.
func (s *scene) isPicked(of export.Subject) bool { return s.picked == of }

// choose selects the node for reads and writes, or none.
func (p *program) choose(n int) tea.Cmd {
	switch {
	case n > p.scene.nodes:
		p.warn("there is no node n" + itoa(n))
	case int(p.scene.node) == n:
		for _, s := range p.sides() {
			s.node, s.picked = 0, export.Subject{}
		}
	default:
		p.pick(nodeSubject(model.NodeID(n)))
	}
	p.moved = true
	return nil
}

func nodeSubject(n model.NodeID) export.Subject {
	return export.Subject{Kind: export.NodeSubject, Node: n}
}

// keySubject is none for the key "".
func keySubject(key string) export.Subject {
	if key == "" {
		return export.Subject{}
	}
	return export.Subject{Kind: export.KeySubject, Key: key}
}

func opSubject(op model.OpID) export.Subject {
	return export.Subject{Kind: export.OpSubject, Op: op}
}

// why opens the cause of what the focused pane's selection stands on, else of what is
// selected.
func (p *program) why() tea.Cmd {
	of := p.whyNow()
	if _, word := p.spacedPane(); of.Kind == export.NoSubject && word != "" {
		return p.togglePlay() // the text in sight is read: enter goes on, too
	}
	if of.Kind == export.NoSubject {
		breaks := "! breaks it, "
		if p.scene.noAnomalies() != "" {
			breaks = ""
		}
		p.say("nothing is wrong yet, and nothing selected: " + breaks + "tab and ↑ ↓ select")
		return nil
	}
	return p.askWhy(of)
}

// whyNow is what enter asks about: what is selected, else the worst of the verdicts; none if
// all is well.
func (p *program) whyNow() export.Subject {
	s := p.focused()
	if of := p.panes[p.focus].picked(s); of.Kind != export.NoSubject {
		return of
	}
	if s.picked.Kind != export.NoSubject {
		return s.picked
	}
	return s.verdict.worst(s)
}

// worst is the first of the verdicts that does not hold; none if all do.
func (v *judgement) worst(s *scene) export.Subject {
	switch {
	case v == nil || v.of != s.record:
	case v.own != nil:
		if words := v.worstOwn(); words != "" {
			return checkSubject(words)
		}
	case v.c.Verdict == check.No:
		return itemConsistent.subject(s)
	case v.a.Verdict == check.No:
		return itemAvailable.subject(s)
	case v.lost.bad:
		return itemLost.subject(s)
	case v.stale.bad:
		return itemStale.subject(s)
	}
	return export.Subject{}
}
