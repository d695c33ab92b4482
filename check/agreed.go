package check

import (
	"fmt"

	"capsim/model"
	"capsim/trace"
)

// agreed: all nodes that are up are in one state, as they mark it themselves.
var agreed = Check{
	Name: "agreed",
	Doc:  "all nodes that are up are in one state, as they mark it themselves",
	About: "A node's state is the last that it marked since it started, such as its view of who is a member of the group. " +
		"A node that is down has none.",
	Parse: none((*History).agreed),
}

func (h *History) agreed() Finding {
	v := h.view()
	if v.Census != nil {
		return agreedCrowd(v.Census)
	}
	f := Finding{Verdict: Yes, Witness: "No node is up."}
	var first *trace.NodeView
	for i := range v.Nodes {
		n := &v.Nodes[i]
		switch {
		case !n.IsUp():
		case first == nil:
			first = n
			f.Witness = "All that are up are in the state " + model.Quote(n.Mark) + "."
		case n.Mark != first.Mark:
			f.Verdict = No
			f.Witness = fmt.Sprintf("%v is in the state %s, and %v in the state %s.", first.ID, model.Quote(first.Mark), n.ID, model.Quote(n.Mark))
			return f
		}
	}
	return f
}

// agreedCrowd judges a cluster of which only the numbers in each state are known.
func agreedCrowd(c trace.Census) Finding {
	f := Finding{Verdict: Yes, Witness: "No node is up."}
	var first *trace.Level
	for i := range c {
		l := &c[i]
		switch {
		case l.State == "down" || l.Nodes == 0:
		case first == nil:
			first = l
			f.Witness = isAre(int64(l.Nodes), "node") + " in the state " + model.Quote(l.State) + ", and none that is up in another."
		default:
			f.Verdict = No
			f.Witness = fmt.Sprintf("%s in the state %s, and %d in the state %s.", isAre(int64(first.Nodes), "node"), model.Quote(first.State), l.Nodes, model.Quote(l.State))
			return f
		}
	}
	return f
}
