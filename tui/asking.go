package tui

import (
	"fmt"
	"os"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// people are the clients that stand beside n1, n2, … when a key makes one.
var people = [...]string{"alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan"}

// goods are values to write, so that every write can be told from the others.
var goods = [...]string{"milk", "eggs", "bread", "tea", "rice", "figs", "honey", "plums", "salt", "beans", "nuts", "jam"}

func clientAt(n model.NodeID) string {
	return people[(int(n)-1)%len(people)] + "@" + n.String()
}

// askWrite offers a write: at the chosen node, else at n1, of a value not yet used.
func (p *program) askWrite() tea.Cmd {
	s := p.scene
	node := max(s.node, 1)
	key := p.keyOr("cart")
	n := s.newest(key)
	value := goods[n%len(goods)]
	if n >= len(goods) {
		value += itoa(n/len(goods) + 1)
	}
	return p.openPaletteWith(clientAt(node) + " SET " + model.Quote(key) + " " + value)
}

// askRead offers a read: at the chosen node, else at another than wrote last.
func (p *program) askRead() tea.Cmd {
	s := p.scene
	node := s.node
	if node == 0 {
		node = 1
		for ops, i := s.opsAt(s.n), 1; i <= len(ops) && i < 100; i++ {
			if op := ops[len(ops)-i]; op.Command.Writes() && !op.System {
				node = op.Node%model.NodeID(s.nodes) + 1
				break
			}
		}
	}
	return p.openPaletteWith(clientAt(node) + " GET " + model.Quote(p.keyOr("cart")))
}

func (p *program) keyOr(otherwise string) string {
	if p.scene.key == "" {
		return otherwise
	}
	return p.scene.key
}

func (p *program) askPartition() tea.Cmd {
	var items []item
	n := p.scene.nodes
	for i := 1; i <= n; i++ {
		if n == 2 && i == 2 {
			break
		}
		rest := ""
		for j := 1; j <= n; j++ {
			if j != i {
				rest += " n" + itoa(j)
			}
		}
		line := "partition n" + itoa(i) + " |" + rest
		items = append(items, item{label: line, line: line})
	}
	if n > 2 {
		line := "partition n1"
		for j := 2; j <= n; j++ {
			line += " | n" + itoa(j)
		}
		items = append(items, item{label: line + "  (each alone)", line: line})
	}
	items = append(items, item{label: "another…", line: "partition …"})
	return p.openMenu("partition the network", items)
}

// links lists the pairs of nodes, then those of a remote client and a node.
func (p *program) links() []string {
	var out []string
	for i := 1; i <= p.scene.nodes; i++ {
		for j := i + 1; j <= p.scene.nodes; j++ {
			out = append(out, "n"+itoa(i)+"-n"+itoa(j))
		}
	}
	for _, name := range p.hostNames()[p.scene.nodes:] {
		for i := 1; i <= p.scene.nodes; i++ {
			out = append(out, name+"-n"+itoa(i))
		}
	}
	return out
}

// linkMenu offers a command for each link.
func (p *program) linkMenu(title, before, after string) tea.Cmd {
	var items []item
	for _, l := range p.links() {
		line := before + l + after
		items = append(items, item{label: line, line: line})
		if len(items) == 12 {
			break
		}
	}
	items = append(items, item{label: "another…", line: before + "…"})
	return p.openMenu(title, items)
}

func (p *program) askCut() tea.Cmd   { return p.linkMenu("cut a link", "cut ", "") }
func (p *program) askDelay() tea.Cmd { return p.linkMenu("delay a link", "delay ", " +200ms") }
func (p *program) askLoss() tea.Cmd  { return p.linkMenu("lose messages", "loss ", " 30%") }

// nodeMenu offers a command for each node that it makes sense for.
func (p *program) nodeMenu(title string, offer func(n *trace.NodeView) item) tea.Cmd {
	var items []item
	for i := range p.scene.view.Nodes {
		items = append(items, offer(&p.scene.view.Nodes[i]))
	}
	return p.openMenu(title, items)
}

func (p *program) askCrash() tea.Cmd {
	return p.nodeMenu("crash a node", func(n *trace.NodeView) item {
		it := item{label: "crash " + n.ID.String(), line: "crash " + n.ID.String()}
		if !n.IsUp() {
			it.off = n.ID.String() + " is down already"
		}
		return it
	})
}

func (p *program) askRestart() tea.Cmd {
	return p.nodeMenu("restart a node", func(n *trace.NodeView) item {
		it := item{label: "restart " + n.ID.String(), line: "restart " + n.ID.String()}
		if n.IsUp() {
			it.off = n.ID.String() + " is up"
		}
		return it
	})
}

func (p *program) askPause() tea.Cmd {
	return p.nodeMenu("pause or resume a node", func(n *trace.NodeView) item {
		verb := "pause "
		if n.State == trace.Paused {
			verb = "resume "
		}
		it := item{label: verb + n.ID.String(), line: verb + n.ID.String()}
		if !n.IsUp() {
			it.off = n.ID.String() + " is down"
		}
		return it
	})
}

// askQuit quits, but asks first if live commands would be lost.
func (p *program) askQuit() tea.Cmd {
	return p.leaving("Quit", func() tea.Cmd { return tea.Quit })
}

// leaving does what gives all runs up, but asks first if live commands would be lost.
func (p *program) leaving(word string, do func() tea.Cmd) tea.Cmd {
	lost := p.tree.unsaved()
	if lost == nil {
		return do()
	}
	what := "This session holds"
	if lost != p.tree.current {
		what = "Another run, " + printable(lost.name) + " (f shows it), holds"
	}
	p.openOverlay(&confirm{what + " commands that are not saved (s saves them). " + word + " all the same?", do})
	return nil
}

// back undoes what was last done to the screen, a step each time, until it is as it was when
// the lesson was opened.
func (p *program) back() tea.Cmd {
	p.moved = true
	switch {
	case p.zoomed:
		p.zoomed = false
	case p.scene.filter != "":
		p.setFilter("")
		p.say("no filter: all is shown")
	case p.comparing():
		return p.leaveCompare()
	case p.selected():
		for _, s := range p.sides() {
			s.node, s.picked, s.pinned = 0, export.Subject{}, false
		}
		p.say("nothing is selected now")
	case p.rearranged():
		p.put = nil
		p.arrangeAs(p.homeLayout())
	case !p.scene.live():
		p.say("this is the past: end goes to where the run is, space plays on")
	case !p.hadNotice: // else that is what went back
		p.say("nothing to go back from: q quits, ? lists all keys")
	}
	return nil
}

// canGoBack tells whether esc has anything to undo.
func (p *program) canGoBack() bool {
	return p.zoomed || p.scene.filter != "" || p.comparing() || p.selected() || p.rearranged()
}

// selected tells whether anything is selected.
func (p *program) selected() bool {
	return p.focused().picked.Kind != export.NoSubject || p.focused().node != 0
}

// rearranged tells whether other panes are shown than when the lesson was opened.
func (p *program) rearranged() bool {
	return layouts[p.layout].name != p.homeLayout() || len(p.put) > 0
}

// homeLayout names the layout that the script opened with.
func (p *program) homeLayout() string {
	if c := p.scene.course; c != nil && c.lesson != nil {
		return "teaching"
	}
	return "exploring"
}

// askSave asks for the name of the file that the session is saved to.
func (p *program) askSave() tea.Cmd {
	if p.run == nil || p.busy {
		p.warn("the run is busy; try again")
		return nil
	}
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(p.fileName))
	if name == "" {
		name = "session"
	}
	what := "save the session as a script"
	if p.comparing() {
		what = "save the side " + printable(p.focused().name) + " as a script"
	}
	p.openOverlay(newPrompt(what, name+"-session.capsim", func(name string) tea.Cmd { return p.save(name, false) }))
	return nil
}

// save writes the session to a file; one that is there only if the reader says so.
func (p *program) save(name string, over bool) tea.Cmd {
	if p.run == nil || p.busy || name == "" {
		p.warn("not saved: no name, or the run is busy")
		return nil
	}
	if _, err := os.Stat(name); err == nil && !over {
		p.openOverlay(&confirm{printable(name) + " is there already. Write over it?", func() tea.Cmd { return p.save(name, true) }})
		return nil
	}
	sum, side := new(string), p.arrangement.side
	return p.start(job{what: jobSave, work: func(r run) (run, error) {
		of := sideOf(r, side)
		script := of.Save()
		if err := os.WriteFile(name, []byte(script), 0o644); err != nil {
			return r, fmt.Errorf("not saved: %w", err)
		}
		var err error
		if *sum, err = replayed(script, of.Script().Settings.Files, of.Log().Snapshot()); err != nil {
			return r, fmt.Errorf("saved, but %w", err)
		}
		return r, nil
	}, line: name, into: p.tree.current, sum: sum})
}

// wroteFile says what came of saving a branch.
func (p *program) wroteFile(m ranMsg) {
	if m.err != nil {
		p.warn(m.err.Error())
		return
	}
	if m.into != nil {
		m.into.dirty = false
	}
	p.say("saved; capsim run gives the same trace, sha256 " + (*m.sum)[:12] + "…: " + printable(m.line))
}
