package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
)

// unlessLab says why something is none of a lab's; "" under a policy.
func (s *scene) unlessLab(why string) string {
	if s.lab == "" {
		return ""
	}
	return s.lab + " is a lab: " + why
}

// noToggle and noAnomalies say why what is of policies alone can't be had.
func (s *scene) noToggle() string { return s.unlessLab("its runs can't go on under a policy") }

// fixedPolicy says why the policy can't be changed at all.
func (s *scene) fixedPolicy() string {
	if s.toggles {
		return ""
	}
	return s.unlessLab("neither it nor its parameters can be changed in the middle of a run")
}

func (s *scene) noAnomalies() string {
	return s.unlessLab("these anomalies are of data; its lessons show what breaks it")
}

// offersCommand tells whether clients may ask for a command of that name.
func (s *scene) offersCommand(name string) bool { return s.commandOffered(name) != nil }

// commandOffered returns what clients may ask for by that name, in any case; nil if nothing.
func (s *scene) commandOffered(name string) *scenarios.ClientCommand {
	for i := range s.offers {
		if c := &s.offers[i]; strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// noWrites and noReads say why the keys of data mean nothing.
func noWrites(p *program) string {
	if s := p.scene; s.lab != "" && !s.offersCommand("SET") && !s.hasOwn() {
		return s.lab + " is a lab without commands of its own"
	}
	return ""
}

func noReads(p *program) string {
	if s := p.scene; s.lab != "" && !s.offersCommand("GET") {
		return s.lab + " is a lab without keys to read: w gives its commands"
	}
	return ""
}

// hasOwn tells whether there are commands of the lab's own.
func (s *scene) hasOwn() bool { return len(s.offers) > 0 && s.offers[0].Own }

// askOwn offers the lab's own commands, each with words that make sense.
func (p *program) askOwn() tea.Cmd {
	s := p.scene
	who := p.asker()
	var items []item
	for i := range s.offers {
		c := &s.offers[i]
		if !c.Own {
			continue
		}
		line := c.Name + " …"
		if len(c.Try) > 0 {
			line = c.Try[0]
		}
		items = append(items, item{label: c.Usage + "  " + c.Doc, do: func() tea.Cmd {
			return p.openPaletteWith(who + " " + strings.TrimSuffix(line, "…"))
		}})
	}
	if s.offersCommand("SET") {
		items = append(items, item{label: "SET key value  a write of data", do: p.askSet})
	}
	return p.openMenu("a command of "+s.lab, items)
}

// asker is the client that a key lets ask: a remote one if there is any, at the chosen node
// if one is.
func (p *program) asker() string {
	s := p.scene
	node := max(s.node, 1)
	if len(s.view.Clients) > 0 {
		return s.view.Clients[0].Name + "@" + node.String()
	}
	return clientAt(node)
}
