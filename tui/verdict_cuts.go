package tui

import (
	"sort"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// cutsNow describes the links that are cut, as the P line says it.
func (s *scene) cutsNow() (count int, text string) {
	if s.crowd() { // too many to tell sides
		for _, cut := range s.cuts {
			count += b2i(cut.at(s.n) != nil)
		}
		return count, ""
	}
	groups := make([]int, len(s.view.Nodes)) // the side that each node is on
	for i := range groups {
		groups[i] = i
	}
	for a := range s.view.Nodes {
		for b := a + 1; b < len(s.view.Nodes); b++ {
			if cut, _ := s.cutBetween(model.NodeID(a+1), model.NodeID(b+1)); cut != nil {
				count++
				continue
			}
			join(groups, a, b)
		}
	}
	if count == 0 {
		return 0, ""
	}
	for g := range groups {
		side := ""
		for n, of := range groups {
			if of == g {
				side += " n" + itoa(n+1)
			}
		}
		if side == "" {
			continue
		}
		if text != "" {
			text += " |"
		}
		text += side
	}
	if !strings.Contains(text, "|") { // the nodes still reach each other, by others
		return count, s.cutNames()
	}
	return count, text[1:]
}

// parting is what the sides of a partition of many nodes are from an event on; "" once it is
// healed. The network tells of no single link there.
type parting struct {
	event int
	sides string
}

// parts takes in a statement that parts the network, or heals it.
func (r *record) parts(n int, e *trace.Event) {
	verb, rest, _ := strings.Cut(e.Text, " ")
	switch {
	case verb == "partition":
		r.partings = append(r.partings, parting{n, rest})
		r.anyCut.begin(n, e.At)
	case verb == "heal" && (rest == "" || rest == "all") && len(r.partings) > 0:
		r.partings = append(r.partings, parting{event: n})
		if r.open == 0 {
			r.anyCut.end(n, e.At)
		}
	}
}

// parted says how many nodes are parted from each other, as the script does; "" if they
// aren't.
func (s *scene) parted() string {
	i := sort.Search(len(s.partings), func(i int) bool { return s.partings[i].event > s.n })
	if i == 0 || s.partings[i-1].sides == "" {
		return ""
	}
	return "partition " + printable(s.partings[i-1].sides)
}

// cutNames names the links between nodes that are cut, as the script language does.
func (s *scene) cutNames() string {
	var names []string
	for a := range s.view.Nodes {
		for b := a + 1; b < len(s.view.Nodes); b++ {
			from, to, sign := model.NodeID(a+1), model.NodeID(b+1), "-"
			cut, both := s.cutBetween(from, to)
			if cut == nil {
				continue
			}
			if !both {
				sign = "->"
				if s.cuts[link{from, to}].at(s.n) == nil {
					from, to = to, from
				}
			}
			names = append(names, from.String()+sign+to.String())
		}
	}
	return strings.Join(names, " ")
}

// join makes one side of the sides of a and b.
func join(groups []int, a, b int) {
	from, to := max(groups[a], groups[b]), min(groups[a], groups[b])
	for i := range groups {
		if groups[i] == from {
			groups[i] = to
		}
	}
}
