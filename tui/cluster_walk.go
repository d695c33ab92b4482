package tui

import (
	"capsim/export"
	"capsim/model"
)

func linkSubject(a, b model.NodeID) export.Subject {
	return export.Subject{Kind: export.LinkSubject, Node: min(a, b), Peer: max(a, b)}
}

// nextHost returns the node or remote client's host after the selected one, or before.
func (s *scene) nextHost(by int) export.Subject {
	at, n := int(s.node), len(s.view.Nodes)+len(s.view.Clients)
	if n == 0 {
		return export.Subject{}
	}
	if s.picked.Kind == export.NodeSubject {
		at = int(s.picked.Node)
	}
	if at == 0 && by < 0 {
		at = 1
	}
	return nodeSubject(model.NodeID((at+by+n-1)%n + 1))
}

// nextOnWire returns the link or message on the wire after the selected one, or before:
// links between nodes, then those of remote clients, then messages.
func (s *scene) nextOnWire(by int) export.Subject {
	if s.crowd() {
		return export.Subject{}
	}
	nodes, hosts := len(s.view.Nodes), len(s.view.Nodes)+len(s.view.Clients)
	var all []export.Subject
	for _, remote := range [...]bool{false, true} {
		for a := 1; a <= nodes; a++ {
			for b := a + 1; b <= hosts; b++ {
				if (b > nodes) == remote {
					all = append(all, linkSubject(model.NodeID(a), model.NodeID(b)))
				}
			}
		}
	}
	at := -1
	for i := range s.flights {
		all = append(all, messageSubject(s.flights[i].Msg))
	}
	if len(all) == 0 {
		return export.Subject{}
	}
	for i, of := range all {
		if of == s.picked || s.picked.Kind == export.MessageSubject && of.Kind == export.MessageSubject && of.Msg < s.picked.Msg {
			at = i // or, if it has landed, the one before it
		}
	}
	if at < 0 && by < 0 {
		at = 0
	}
	return all[(at+by+len(all))%len(all)]
}
