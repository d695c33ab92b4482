package export

import "capsim/model"

// unreachable returns the nodes that the node can't talk with: a cut stands
// between, or they are down.
func (w *world) unreachable(from model.NodeID) []model.NodeID {
	var out []model.NodeID
	for i := range w.nodes {
		id := w.nodes[i].id
		if id != from && (w.nodes[i].down || w.cut(from, id)) {
			out = append(out, id)
		}
	}
	return out
}

// hearsNot splits the unreachable: those whose messages alone are cut off, and
// those that the node's own messages don't reach.
func (w *world) hearsNot(at model.NodeID) (deaf, away []model.NodeID) {
	for _, id := range w.unreachable(at) {
		if _, there := w.cuts[pair{at, id}]; there || w.node(id).down {
			away = append(away, id)
		} else {
			deaf = append(deaf, id)
		}
	}
	return deaf, away
}

// cut tells whether either direction between the nodes is cut.
func (w *world) cut(a, b model.NodeID) bool {
	_, there := w.cuts[pair{a, b}]
	_, back := w.cuts[pair{b, a}]
	return there || back
}

// cutTo tells whether what one node sends another is cut off.
func (w *world) cutTo(from, to model.NodeID) bool {
	_, is := w.cuts[pair{from, to}]
	return is
}
