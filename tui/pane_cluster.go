package tui

import (
	"github.com/charmbracelet/bubbles/key"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// clusterPane is a picture of the network: nodes where they stand, links between
// them, and messages moving along.
type clusterPane struct {
	*common
	drafts []picture         // the last that were needed
	delays map[string]string // what is said of latencies
	drawing
}

// drawing is what one drawing of the cluster pane is put together from.
type drawing struct {
	*picture
	cuts     []brokenLink     // by edge
	broken   int              // how many links are cut
	labels   []label          // that have found room
	signs    []label          // of cuts, on the middle of their lines
	unplaced []export.Subject // links with something the matter whose labels have not
	queues   []int            // how many messages are held, by edge and direction
	buf      []byte
}

func newClusterPane(cm *common) pane {
	return &clusterPane{common: cm, drawing: drawing{buf: make([]byte, 0, 128)}}
}

func (p *clusterPane) title(s *scene) string {
	switch {
	case s.key == "":
		return "cluster"
	case s.pinned:
		return "cluster: " + model.Quote(s.key) + ", picked"
	case s.view.Apart:
		return "cluster: what each wrote last"
	}
	return "cluster: " + model.Quote(s.key) + ", written last"
}

func (p *clusterPane) keys() []key.Binding {
	return []key.Binding{
		on("↑ ↓", "another key", "up", "k", "down", "j"), on("F", "show the key that is written", "F"),
		on("n N", "select a node", "n", "N"), on("e E", "select a link or message", "e", "E"),
	}
}

func (p *clusterPane) key(s *scene, k string) (request, bool) {
	switch k {
	case "up", "k":
		return request{pick: keySubject(neighbour(s.view.Keys(), s.key, -1))}, true
	case "down", "j":
		return request{pick: keySubject(neighbour(s.view.Keys(), s.key, 1))}, true
	case "F":
		return request{follow: true}, true
	case "n":
		return request{pick: s.nextHost(1)}, true
	case "N":
		return request{pick: s.nextHost(-1)}, true
	case "e":
		return request{pick: s.nextOnWire(1)}, true
	case "E":
		return request{pick: s.nextOnWire(-1)}, true
	}
	return request{}, false
}

// neighbour returns the word before or after one of a list.
func neighbour(words []string, of string, by int) string {
	if len(words) == 0 {
		return of
	}
	for i, w := range words {
		if w == of {
			return words[min(max(i+by, 0), len(words)-1)]
		}
	}
	return words[0]
}

// picked is what is selected on the screen anyway.
func (p *clusterPane) picked(*scene) export.Subject { return export.Subject{} }

func (p *clusterPane) draw(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if s.crowd() {
		p.drawCrowd(c, s, r)
		return
	}
	nodes, clients := len(s.view.Nodes), len(s.view.Clients)
	ops := 1 + b2i(r.H >= 12)
	line := b2i(r.H > 10 || nodes+clients > 3)
	p.lay(nodes, clients, canvas.R(r.X, r.Y, r.W, r.H-ops-line))
	p.drawLinks(c, s)
	p.placeLabels(c, s)
	p.drawMessages(c, s)
	p.drawLabels(c, s)
	for i, box := range p.boxes {
		if i < nodes {
			p.drawNode(c, s, model.NodeID(i+1), box)
		} else {
			p.drawClient(c, s, &s.view.Clients[i-nodes], box)
		}
	}
	if line > 0 {
		p.drawSummary(c, s, canvas.R(r.X+1, r.Y+r.H-ops-1, r.W-2, 1))
	}
	p.drawOps(c, s, canvas.R(r.X+1, r.Y+r.H-ops, r.W-2, ops))
}

// maxDrafts is how many pictures are kept: as many as can be on the screen at once.
const maxDrafts = 4

// lay finds where hosts and links stand in the room there is.
func (p *clusterPane) lay(nodes, clients int, area canvas.Rect) {
	for i := range p.drafts {
		if d := &p.drafts[i]; d.area == area && d.nodes == nodes && d.clients == clients {
			p.picture = d
			return
		}
	}
	if len(p.drafts) == maxDrafts {
		p.drafts = append(p.drafts[:0], p.drafts[1:]...)
	}
	p.drafts = append(p.drafts, draft(nodes, clients, area))
	p.picture = &p.drafts[len(p.drafts)-1]
}

// crowded tells whether there are too many links, or too little room, for words beside
// each.
func (p *picture) crowded() bool {
	return len(p.boxes) > 5 || p.nodes > 0 && p.boxes[0].H < 3 && len(p.boxes) > 3
}

// meshed tells whether links at which nothing is the matter are worth a line: of many the
// lines would fill the picture.
func (p *picture) meshed() bool { return p.nodes <= 6 || p.area.W*p.area.H >= 1500 }

// link returns what can be seen of the link between two hosts that are placed: no two
// remote clients have one.
func (p *picture) link(from, to model.NodeID) (edge, bool) {
	a, b, n := int(from)-1, int(to)-1, len(p.boxes)
	switch {
	case a < 0 || b < 0 || a >= n || b >= n || a == b || min(a, b) >= p.nodes:
		return edge{}, false
	case a < b:
		return p.edges[p.at(a, b)], true
	}
	return p.edges[p.at(b, a)].turned(), true
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
