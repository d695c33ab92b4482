package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

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
	if p.scene.hasOwn() {
		return p.askOwn()
	}
	return p.askSet()
}

func (p *program) askSet() tea.Cmd {
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
	if p.scene.crowd() {
		return p.openMenu("partition the network", []item{
			{label: "partition n1 | *", line: "partition n1 | *"}, {label: "another…", line: "partition …"},
		})
	}
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
	nodes := p.scene.listed()
	for i := 1; i <= nodes; i++ {
		for j := i + 1; j <= nodes; j++ {
			out = append(out, "n"+itoa(i)+"-n"+itoa(j))
		}
	}
	for _, name := range p.hostNames()[nodes:] {
		for i := 1; i <= nodes; i++ {
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

// maxHosts is how many hosts a menu offers.
const maxHosts = 14

// nodeMenu offers a command for each node, and each host of a remote client, that it makes
// sense for.
func (p *program) nodeMenu(title string, offer func(n *trace.NodeView) item) tea.Cmd {
	if p.scene.crowd() { // its nodes are not listed
		first := offer(&trace.NodeView{ID: 1})
		first.off = "" // what n1 is like the run says when it is told
		verb, _, _ := strings.Cut(first.line, " ")
		return p.openMenu(title, []item{first, {label: "another…", line: verb + " …"}})
	}
	var items []item
	for i := range p.scene.view.Nodes[:min(len(p.scene.view.Nodes), maxDrawn)] {
		items = append(items, offer(&p.scene.view.Nodes[i]))
	}
	for i := range p.scene.view.Clients {
		items = append(items, offer(&p.scene.view.Clients[i]))
	}
	items = items[:min(len(items), maxHosts)]
	return p.openMenu(title, items)
}

func (p *program) askCrash() tea.Cmd {
	return p.nodeMenu("crash a node", func(n *trace.NodeView) item {
		it := item{label: "crash " + p.scene.view.Name(n.ID), line: "crash " + p.scene.view.Name(n.ID)}
		if !n.IsUp() {
			it.off = p.scene.view.Name(n.ID) + " is down already"
		}
		return it
	})
}

func (p *program) askRestart() tea.Cmd {
	return p.nodeMenu("restart a node", func(n *trace.NodeView) item {
		it := item{label: "restart " + p.scene.view.Name(n.ID), line: "restart " + p.scene.view.Name(n.ID)}
		if n.IsUp() {
			it.off = p.scene.view.Name(n.ID) + " is up"
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
		it := item{label: verb + p.scene.view.Name(n.ID), line: verb + p.scene.view.Name(n.ID)}
		if !n.IsUp() {
			it.off = p.scene.view.Name(n.ID) + " is down"
		}
		return it
	})
}
