package check

import (
	"fmt"

	"capsim/model"
	"capsim/trace"
)

// marked: how many nodes are in a state, as they mark it themselves. A node that is down is in
// the state "down" and in no other.
var marked = Check{
	Name:  "marked",
	Usage: "STATE CMP N",
	Doc:   "how many nodes are in a state: marked infective = 0",
	About: "A node's state is the last that it marked since it started. One that is down has none of its own: it is in the state down.",
	Parse: func(words []string) (Test, error) {
		if len(words) == 0 {
			return nil, missing(0, "a state, as infective")
		}
		rel, n, err := parseCount(words, 1)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding {
			nodes := h.marked(words[0])
			return counted(Finding{At: h.end, Witness: fmt.Sprintf("%s in the state %s.", isAre(nodes, "node"), words[0])}, nodes, rel, n)
		}, nil
	},
}

func isAre(n int64, one string) string {
	if n == 1 {
		return "1 " + one + " is"
	}
	return plural(n, one) + " are"
}

// marked counts the nodes in the state.
func (h *History) marked(state string) int64 {
	v := h.view()
	if v.Census != nil {
		return int64(v.Census.Nodes(state))
	}
	down, nodes := int64(0), int64(0)
	told := map[model.NodeID]bool{} // whose state is known
	for i := range v.Nodes {
		if !v.Nodes[i].IsUp() {
			down++
			told[v.Nodes[i].ID] = true
		}
	}
	if state == "down" {
		return down
	}
	for n := h.until; n >= 1 && len(told) < len(v.Nodes); n-- {
		e := h.log.At(n)
		if e.Kind != trace.Mark && e.Kind != trace.NodeBoot || v.Node(e.Node) == nil || told[e.Node] {
			continue
		}
		told[e.Node] = true
		if e.Kind == trace.Mark && e.Text == state {
			nodes++
		}
	}
	return nodes
}
