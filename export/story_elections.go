package export

import (
	"strings"

	"capsim/model"
	"capsim/trace"
)

// waits makes a node one that knows no leader and waits for one.
func (n *node) waits(since model.Time) { n.leads, n.heard, n.stood = false, since, 0 }

// noteLeader tells that a node leads.
func (s *Narrator) noteLeader(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	n := s.node(e.Node)
	n.leads, n.stood = true, 0
	if e.At == 0 {
		t.add(who(e, f), " leads the cluster from the start (term ", printed(f.Get("term")), "): the first leader needs no election.")
		return Good, true
	}
	t.add(who(e, f), " leads the cluster from here on (term ", printed(f.Get("term")), "): a majority voted for it.")
	if s.switched && !s.serving {
		t.add(" It first collects what a majority holds; until then nobody serves.")
	}
	return Good, true
}

// noteElection tells, twice at most while nothing changes, that a node asks for
// votes: what led to it, and why it goes on for ever.
func (s *Narrator) noteElection(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	n := s.node(e.Node)
	switch n.stood++; n.stood {
	case 1:
		asks := ": it asks whether the others would follow it in term "
		if strings.Contains(s.with, "prevote=off") {
			asks = ": it stands for election in term "
		}
		t.add(who(e, f), " has heard no leader for ", Span(e.At.Sub(n.heard)), asks, printed(f.Get("term")), ".")
		return Quiet, true
	case 2:
		t.add(who(e, f), " keeps asking")
		s.whyNobodyWins(e.Node, t)
		return Quiet, true
	}
	return Quiet, false
}

// whyNobodyWins ends the sentence about a node that asks for votes in vain.
func (s *Narrator) whyNobodyWins(id model.NodeID, t *text) {
	away := s.unreachable(id)
	if 2*(len(s.nodes)-len(away)) <= len(s.nodes) {
		t.add("; it can't reach ", nodeList(away), ", and without a majority nobody can win.")
		return
	}
	for i := range s.nodes {
		if l := &s.nodes[i]; l.leads && l.id != id && !l.down {
			t.add("; the others still hear ", l.id.String(), " lead, and give it no vote.")
			return
		}
	}
	t.add("; so far nobody has the votes of a majority.")
}

// noteStepdown tells that a leader leads no longer, and why it must not.
func (s *Narrator) noteStepdown(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	s.node(e.Node).waits(e.At)
	t.add(who(e, f), " leads no longer")
	why := f.Get("why")
	d, unheard := strings.CutPrefix(why, "no majority was heard for ")
	switch {
	case unheard:
		t.add(": no majority has answered it for ", spanned(d), ", and the others may follow another by now")
	case why == "a higher term":
		t.add(": it hears of a higher term, so the others have moved on")
	case why != "":
		t.add(": ", printed(why))
	}
	t.add(".")
	return Plain, true
}
