package tui

import (
	"capsim/model"
	"capsim/tui/canvas"
)

// drawSummary says in one line what has no room in the picture; what is worst comes first.
func (p *clusterPane) drawSummary(c *canvas.Canvas, s *scene, r canvas.Rect) {
	x := r.X
	say := func(text string, st canvas.Style) {
		if x < r.X+r.W {
			x = c.TextIn(x, r.Y, r.X+r.W-x, text, st) + 2
		}
	}
	if links, sides := p.cutsHere(s); links > 0 {
		say(p.Cut+" "+itoa(links)+" "+plural(links, "link", "links")+" cut: "+sides, canvas.StBadBold)
	}
	for _, of := range p.unplaced {
		p.sayLink(s, of.Node, of.Peer, say)
	}
	p.sayLinks(s, true, say)
	p.sayHosts(s, say)
	p.sayLinks(s, false, say)
	if held := p.heldHere(s); held > 0 {
		say(itoa(held)+" held", canvas.StFaultBold)
	}
	if hidden := p.nodes + p.clients - len(p.boxes); hidden > 0 {
		say("+"+itoa(hidden)+" more clients", canvas.StDim)
	}
	if x == r.X && p.nodes > 3 && s.latency != "" {
		say("links "+p.delay(s.latency), canvas.StDim)
	}
}

// cutsHere returns how many links are cut, if that is not said beside each.
func (p *clusterPane) cutsHere(s *scene) (links int, sides string) {
	if !p.crowded() && p.broken <= maxCuts {
		return 0, ""
	}
	return s.cutsNow()
}

// heldHere counts the messages that are held, if that is not said beside the links.
func (p *clusterPane) heldHere(s *scene) int {
	n := 0
	for i := range s.flights {
		if (p.crowded() || p.broken > maxCuts) && s.flights[i].Held {
			n++
		}
	}
	return n
}

// sayHosts says who leads and which hosts run otherwise than they should, where the boxes
// don't.
func (p *clusterPane) sayHosts(s *scene, say func(string, canvas.Style)) {
	if p.boxes[0].H > 2 {
		return
	}
	for i := range s.view.Nodes {
		n := &s.view.Nodes[i]
		if term := s.termOf(n.ID, s.n); term != "" && n.IsUp() && p.boxes[0].H == 1 {
			say(n.ID.String()+" leads", canvas.StGoodBold)
		}
		if how := n.Condition(); how != "" {
			say(s.hostName(n.ID)+" "+printable(how), canvas.StFault)
		}
	}
}

// sayLinks says what is the matter with links that have no room for words beside them: with
// those that are cut, or with the others.
func (p *clusterPane) sayLinks(s *scene, cut bool, say func(string, canvas.Style)) {
	if !p.crowded() {
		return
	}
	for a := range p.nodes {
		for b := a + 1; b < len(p.boxes); b++ {
			if (p.cuts[p.at(a, b)].span != nil) == cut {
				p.sayLink(s, model.NodeID(a+1), model.NodeID(b+1), say)
			}
		}
	}
}

// sayLink says what is the matter with a link, if anything is. Cuts between nodes are
// counted elsewhere.
func (p *clusterPane) sayLink(s *scene, a, b model.NodeID, say func(string, canvas.Style)) {
	if cut, both := s.cutBetween(a, b); cut != nil {
		if s.isClient(b) && p.crowded() {
			say(s.hostName(a)+"-"+s.hostName(b)+" cut", canvas.StBadBold)
		} else if !p.crowded() {
			say(p.Cut+" "+s.hostName(a)+"-"+s.hostName(b)+" "+string(p.appendCut(p.buf[:0], s, a, b, brokenLink{cut, both})), canvas.StBadBold)
		}
		return
	}
	if text, changed := p.appendLink(p.buf[:0], s, a, b, ""); changed {
		say(s.hostName(a)+"-"+s.hostName(b)+" "+string(text), canvas.StFault)
	}
}
