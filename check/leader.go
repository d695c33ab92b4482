package check

import (
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// leader: who leads, by the newest note of kind leader ("leader", "raft.leader") with the
// fields node and term: of several terms the highest counts, and of one term the
// last note. A leader that is down leads nobody.
var leader = Check{
	Name:  "leader",
	Usage: "NODE",
	Doc:   "which node leads",
	Each:  true,
	Parse: func(words []string) (Test, error) {
		node, err := parseNode(words, 0)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding { return h.leader(node) }, atMost(words, 1)
	},
}

func (h *History) leader(want model.NodeID) Finding {
	if f, bad := h.unknownNode(want); bad {
		return f
	}
	at, term := 0, int64(-1)
	// Terms of one policy say nothing to the next.
	for n := h.until; n >= 1 && h.log.At(n).Kind != trace.PolicyStart; n-- {
		e := h.log.At(n)
		if e.Kind != trace.Note || e.Text != "leader" && !strings.HasSuffix(e.Text, ".leader") {
			continue
		}
		t, err := strconv.ParseInt(e.Fields().Get("term"), 10, 64)
		if err != nil {
			t = 0
		}
		if t > term {
			at, term = n, t
		}
	}
	if at == 0 {
		return Finding{Verdict: No, Witness: "Nobody was ever elected."}
	}
	e := h.log.At(at)
	name := e.Fields().Get("node")
	if name == "" {
		name = e.Node.String()
	}
	f := Finding{At: e.At, Events: []int{at}}
	node, ok := model.ParseNode(name)
	v := h.view().Node(node)
	switch {
	case !ok || v == nil:
		f.Verdict, f.Witness = No, fmt.Sprintf("Nobody leads since term %d (%s).", term, number(at))
	case !v.IsUp():
		f.Verdict, f.Witness = No, fmt.Sprintf("%s led in term %d (%s) and is down.", name, term, number(at))
	default:
		f.Verdict, f.Witness = verdictOf(node == want), fmt.Sprintf("%s leads in term %d (%s).", name, term, number(at))
	}
	return f
}
