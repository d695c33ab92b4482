package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// binding is a key of the whole screen: what help and the line at the bottom say of
// it, and what it does. A pane's own keys are the pane's.
type binding struct {
	key.Binding // without help: the one before speaks for it
	group       string
	rank        int    // place in the line at the bottom, from 1; 0: not there
	brief       string // what the line says
	inLine      string // how the line names the key; "" as shown
	do          func(p *program) tea.Cmd
	// off says why the key can't be used now; nil or "" if it can.
	off func(p *program) string
	// Under a lab: what the line and help say of it instead; "" for the same.
	inLab, labHelp string
	// useful tells whether the line is to show the key now; nil: always.
	useful func(p *program) bool
}

// on binds keys, named as Bubble Tea does, to what help says of them.
func on(shown, means string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, means))
}

// Scrubbing moves by these.
const (
	scrub     = 100 * time.Millisecond
	scrubFast = time.Second
)

// keyed are the policies that have a key, in the order of those.
var keyed = [...]string{"cp", "ap", "base"}

// bindings is the one ordered list of keys.
func bindings() []binding {
	return []binding{
		{Binding: on("w", "write a value at a node", "w"), group: "clients", rank: 5, brief: "write", do: (*program).askWrite, off: noWrites, inLab: "ask", labHelp: "a command of the lab"},
		{Binding: on("r", "read a key at a node", "r"), group: "clients", rank: 6, brief: "read", do: (*program).askRead, off: noReads},

		{Binding: on("p", "partition the network", "p"), group: "faults", rank: 3, brief: "partition", do: (*program).askPartition, off: oneNode},
		{Binding: on("h", "heal: partitions and cuts end", "h"), group: "faults", rank: 4, brief: "heal", useful: isCut, do: says("heal"), off: nothingCut},
		{Binding: on("H", "heal all: delays and losses too", "H"), group: "faults", do: says("heal all")},
		{Binding: on("x", "cut a link", "x"), group: "faults", rank: 13, brief: "cut", do: (*program).askCut, off: oneNode},
		{Binding: on("d", "delay a link", "d"), group: "faults", rank: 23, brief: "delay", do: (*program).askDelay, off: oneNode},
		{Binding: on("L", "lose messages on a link", "L"), group: "faults", do: (*program).askLoss, off: oneNode},
		{Binding: on("K", "crash a node", "K"), group: "faults", rank: 14, brief: "crash", do: (*program).askCrash},
		{Binding: on("o", "restart a node", "o"), group: "faults", rank: 24, brief: "restart", do: (*program).askRestart, off: nobodyDown},
		{Binding: on("P", "pause or resume a node", "P"), group: "faults", do: (*program).askPause},
		{Binding: on("!", "make an anomaly: a stale read, a lost write, …", "!"), group: "faults", rank: 1, brief: "break it", do: (*program).openAnomalies, off: noAnomalies},

		{Binding: on("c", "policy cp: consistent", "c"), group: "policy", do: says("policy cp"), off: noToggle},
		{Binding: on("a", "policy ap: available", "a"), group: "policy", do: says("policy ap"), off: noToggle},
		{Binding: on("b", "policy base: gossip", "b"), group: "policy", rank: 12, brief: "policy", inLine: "c a b", do: says("policy base"), off: noToggle},

		{Binding: on("space", "play and pause", " "), group: "time", do: (*program).togglePlay},
		{Binding: on(".", "an event forward", "."), group: "time", rank: 16, brief: "step", do: (*program).stepForward},
		{Binding: on(",", "an event back", ","), group: "time", do: (*program).stepBack, off: atStart},
		{Binding: on("← →", "100 ms back, forward", "left"), group: "time", rank: 8, brief: "scrub", do: scrubs(-scrub)},
		{Binding: on("", "", "right"), group: "time", do: scrubs(scrub)},
		{Binding: on("shift ← →", "1 s back, forward", "shift+left"), group: "time", do: scrubs(-scrubFast)},
		{Binding: on("", "", "shift+right"), group: "time", do: scrubs(scrubFast)},
		{Binding: on("home", "to the beginning", "home", "g"), group: "time", do: (*program).toStart},
		{Binding: on("end", "to where the run is; again: to its end", "end", "G"), group: "time", do: (*program).toEnd},
		{Binding: on("ctrl ← →", "{ }: the timeline's mark before, after", "ctrl+left", "{"), group: "time", do: (*program).markBefore},
		{Binding: on("", "", "ctrl+right", "}"), group: "time", do: (*program).nextMark},
		{Binding: on("+ -", "faster, slower: 0.01× to 100×", "+", "="), group: "time", rank: 25, brief: "speed", do: (*program).faster},
		{Binding: on("", "", "-"), group: "time", do: (*program).slower},

		{Binding: on(":", "any command: every fault, every policy", ":"), group: "program", rank: 11, brief: "command", do: (*program).openPalette},
		{Binding: on("?", "all keys", "?"), group: "program", do: (*program).openHelp},
		{Binding: on("tab", "the next pane; shift: the one before", "tab"), group: "program", rank: 2, brief: "pane", do: (*program).nextPane},
		{Binding: on("", "", "shift+tab"), group: "program", do: (*program).previousPane},
		{Binding: on("↑ ↓", "in the focused pane: select or scroll"), group: "program", rank: 7, brief: "select"},
		{Binding: on("z", "the focused pane alone", "z"), group: "program", rank: 17, brief: "zoom", do: (*program).zoom},
		{Binding: on("[ ]", "another pane in the place of this one", "]"), group: "program", do: swaps(1)},
		{Binding: on("", "", "["), group: "program", do: swaps(-1)},
		{Binding: on("t", "another layout", "t"), group: "program", rank: 22, brief: "layout", do: (*program).nextLayout},
		{Binding: on("/", "filter keys, operations, messages, sentences", "/"), group: "program", rank: 21, brief: "filter", do: (*program).openFilter},
		{Binding: on("enter", "why: the cause of what is selected", "enter"), group: "program", do: (*program).why},
		{Binding: on("y", "copy what is selected", "y"), group: "program", do: (*program).copyPicked},
		{Binding: on("m", "the mouse off and on", "m"), group: "program", do: (*program).toggleMouse},
		{Binding: on("1 … 9", "the node for w and r; again: none", "1", "2", "3", "4", "5", "6", "7", "8", "9"), group: "program"},
		{Binding: on("l", "the library: all lessons", "l"), group: "program", rank: 9, brief: "lessons", do: (*program).openLibrary, off: noLibrary},
		{Binding: on("u", "undo the last command; of a fork: back", "u"), group: "program", rank: 18, brief: "undo", do: (*program).undo, off: nothingDone},
		{Binding: on("f", "forks: the runs that are open", "f"), group: "program", rank: 19, brief: "forks", do: (*program).showForks},
		{Binding: on("v", "policies side by side; again: back", "v"), group: "program", rank: 10, brief: "compare", do: (*program).askCompare, off: noRun},
		{Binding: on("R 0", "reset: the lesson from its beginning", "R", "0"), group: "program", rank: 15, brief: "reset", inLine: "R", do: (*program).reset},
		{Binding: on("s", "save the session as a script", "s"), group: "program", rank: 20, brief: "save", do: (*program).askSave},
		{Binding: on("esc", "back", "esc"), group: "program", do: (*program).back},
		{Binding: on("ctrl+z", "suspend", "ctrl+z"), group: "program", do: func(*program) tea.Cmd { return tea.Suspend }},
		{Binding: on("q", "quit", "q"), group: "program", rank: 26, brief: "quit", do: (*program).askQuit},
		{Binding: on("ctrl+c", "quit at once", "ctrl+c"), group: "program", do: func(*program) tea.Cmd { return tea.Quit }},
	}
}

func noToggle(p *program) string    { return p.scene.noToggle() }
func noAnomalies(p *program) string { return p.scene.noAnomalies() }

// briefly returns what the line at the bottom says of a key, and help.
func (b *binding) briefly(p *program) (line, help string) {
	if p.scene.lab != "" && b.inLab != "" {
		return b.inLab, b.labHelp
	}
	return b.brief, b.Help().Desc
}

// says gives a command of the script language.
func says(line string) func(*program) tea.Cmd {
	return func(p *program) tea.Cmd { return p.command(line, nil) }
}

func swaps(by int) func(*program) tea.Cmd { return func(p *program) tea.Cmd { return p.swap(by) } }

func scrubs(d time.Duration) func(*program) tea.Cmd {
	return func(p *program) tea.Cmd { return p.moveBy(d) }
}

func oneNode(p *program) string {
	if p.scene.nodes < 2 {
		return "the cluster has one node, and no link"
	}
	return ""
}

func nobodyDown(p *program) string {
	for i := range p.scene.view.Nodes {
		if !p.scene.view.Nodes[i].IsUp() {
			return ""
		}
	}
	return "no node is down"
}

func atStart(p *program) string {
	if p.scene.n == 0 {
		return "this is the beginning"
	}
	return ""
}

// isCut tells whether a link is cut, in any of the runs shown.
func isCut(p *program) bool {
	for _, s := range p.sides() {
		for _, cut := range s.cuts {
			if cut.at(s.n) != nil {
				return true
			}
		}
	}
	return false
}

// nothingCut says why there is nothing to heal.
func nothingCut(p *program) string {
	if isCut(p) {
		return ""
	}
	for _, s := range p.sides() {
		if s.view.Flaps() {
			return ""
		}
	}
	return "no link is cut"
}

func noLibrary(p *program) string {
	if p.lesson == nil {
		return "there is no library here"
	}
	return ""
}

func noRun(p *program) string {
	if p.tree.current == nil {
		return "there is no run"
	}
	return ""
}

func nothingDone(p *program) string {
	switch b := p.tree.current; {
	case b == nil:
		return "there is no run"
	case len(b.lines) == 0 && b.parent == nil:
		return "no command was given in this run"
	}
	return ""
}

// bindingOf returns the binding of a key.
func (p *program) bindingOf(m tea.KeyMsg) *binding {
	for i := range p.bindings {
		if key.Matches(m, p.bindings[i].Binding) {
			return &p.bindings[i]
		}
	}
	return nil
}
