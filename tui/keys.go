package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// binding is a key of the whole screen: what help and the line at the bottom say of
// it, and what it does. A pane's own keys are the pane's.
type binding struct {
	keys   []string // as Bubble Tea names them
	shown  string   // as help shows them
	means  string
	group  string
	rank   int    // place in the line at the bottom, from 1; 0: not there
	brief  string // what the line says
	inLine string // how the line names the key; "" as shown
	do     func(p *program) tea.Cmd
	// off says why the key can't be used now; nil or "" if it can.
	off func(p *program) string
}

// Scrubbing moves by these.
const (
	scrub     = 100 * time.Millisecond
	scrubFast = time.Second
)

// bindings is the one ordered list of keys.
func bindings() []binding {
	return []binding{
		{keys: []string{"w"}, shown: "w", means: "write a value at a node", group: "clients", rank: 1, brief: "write", do: (*program).askWrite},
		{keys: []string{"r"}, shown: "r", means: "read a key at a node", group: "clients", rank: 2, brief: "read", do: (*program).askRead},

		{keys: []string{"p"}, shown: "p", means: "partition the network", group: "faults", rank: 3, brief: "partition", do: (*program).askPartition, off: oneNode},
		{keys: []string{"h"}, shown: "h", means: "heal: partitions and cuts end", group: "faults", rank: 4, brief: "heal", do: says("heal")},
		{keys: []string{"H"}, shown: "H", means: "heal all: delays and losses too", group: "faults", do: says("heal all")},
		{keys: []string{"x"}, shown: "x", means: "cut a link", group: "faults", rank: 10, brief: "cut", do: (*program).askCut, off: oneNode},
		{keys: []string{"d"}, shown: "d", means: "delay a link", group: "faults", rank: 13, brief: "delay", do: (*program).askDelay, off: oneNode},
		{keys: []string{"L"}, shown: "L", means: "lose messages on a link", group: "faults", do: (*program).askLoss, off: oneNode},
		{keys: []string{"K"}, shown: "K", means: "crash a node", group: "faults", rank: 11, brief: "crash", do: (*program).askCrash},
		{keys: []string{"o"}, shown: "o", means: "restart a node", group: "faults", rank: 14, brief: "restart", do: (*program).askRestart, off: nobodyDown},
		{keys: []string{"P"}, shown: "P", means: "pause or resume a node", group: "faults", do: (*program).askPause},

		{keys: []string{"c"}, shown: "c", means: "policy cp: consistent", group: "policy", do: says("policy cp")},
		{keys: []string{"a"}, shown: "a", means: "policy ap: available", group: "policy", do: says("policy ap")},
		{keys: []string{"b"}, shown: "b", means: "policy base: gossip", group: "policy", rank: 9, brief: "policy", inLine: "c a b", do: says("policy base")},

		{keys: []string{" "}, shown: "space", means: "play and pause", group: "time", rank: 7, brief: "play", do: (*program).togglePlay},
		{keys: []string{"."}, shown: ".", means: "an event forward", group: "time", do: (*program).stepForward},
		{keys: []string{","}, shown: ",", means: "an event back", group: "time", do: (*program).stepBack, off: atStart},
		{keys: []string{"left"}, shown: "← →", means: "100 ms back, forward", group: "time", rank: 8, brief: "scrub", do: scrubs(-scrub)},
		{keys: []string{"right"}, group: "time", do: scrubs(scrub)},
		{keys: []string{"shift+left"}, shown: "shift ← →", means: "1 s back, forward", group: "time", do: scrubs(-scrubFast)},
		{keys: []string{"shift+right"}, group: "time", do: scrubs(scrubFast)},
		{keys: []string{"home", "g"}, shown: "home", means: "to the beginning", group: "time", do: (*program).toStart},
		{keys: []string{"end", "G"}, shown: "end", means: "to where the run is; again: to its end", group: "time", do: (*program).toEnd},
		{keys: []string{"+", "="}, shown: "+ -", means: "faster, slower: 0.01× to 100×", group: "time", do: (*program).faster},
		{keys: []string{"-"}, group: "time", do: (*program).slower},

		{keys: []string{":"}, shown: ":", means: "any command, with completion", group: "program", rank: 6, brief: "command", do: (*program).openPalette},
		{keys: []string{"?"}, shown: "?", means: "all keys", group: "program", rank: 5, brief: "help", do: (*program).openHelp},
		{keys: []string{"tab"}, shown: "tab", means: "the next pane; shift: the one before", group: "program", rank: 15, brief: "pane", do: (*program).nextPane},
		{keys: []string{"shift+tab"}, group: "program", do: (*program).previousPane},
		{keys: []string{"z"}, shown: "z", means: "the focused pane alone", group: "program", do: (*program).zoom},
		{keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, shown: "1 … 9", means: "the node for w and r; again: none", group: "program"},
		{keys: []string{"u"}, shown: "u", means: "undo the last command or fork", group: "program", do: (*program).undo, off: nothingDone},
		{keys: []string{"R", "0"}, shown: "R 0", means: "reset: the lesson from its beginning", group: "program", rank: 12, brief: "reset", inLine: "R", do: (*program).reset},
		{keys: []string{"s"}, shown: "s", means: "save the session as a script", group: "program", do: (*program).askSave},
		{keys: []string{"esc"}, shown: "esc", means: "back", group: "program", do: (*program).back},
		{keys: []string{"ctrl+z"}, shown: "ctrl+z", means: "suspend", group: "program", do: func(*program) tea.Cmd { return tea.Suspend }},
		{keys: []string{"q"}, shown: "q", means: "quit", group: "program", rank: 16, brief: "quit", do: (*program).askQuit},
		{keys: []string{"ctrl+c"}, shown: "ctrl+c", means: "quit at once", group: "program", do: func(*program) tea.Cmd { return tea.Quit }},
	}
}

// says gives a command of the script language.
func says(line string) func(*program) tea.Cmd {
	return func(p *program) tea.Cmd { return p.command(line, nil) }
}

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

func nothingDone(p *program) string {
	if len(p.changes) == 0 {
		return "no command was given in this session"
	}
	return ""
}

// find returns the binding of a key.
func (p *program) find(k string) *binding {
	for i := range p.bindings {
		for _, name := range p.bindings[i].keys {
			if name == k {
				return &p.bindings[i]
			}
		}
	}
	return nil
}
