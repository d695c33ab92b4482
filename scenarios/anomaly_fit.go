package scenarios

import (
	"fmt"

	"capsim/trace"
)

// InTheWay is what of a run keeps every anomaly from being made: it begins where all is
// well.
type InTheWay struct {
	Why  string
	Mend string // the command that takes it out of the way; "" if none does
}

func (w *InTheWay) Error() string { return w.Why }

// fitFor says what is in the way of an anomaly.
func (r *Session) fitFor(a *Anomaly) error {
	switch until, planned := r.Planned(); {
	case r.err != nil:
		return &InTheWay{Why: fmt.Sprintf("the run has stopped: %v", r.err)}
	case r.over:
		return &InTheWay{Why: "the run has ended: step back and do it there, or reset"}
	case r.cluster.Nodes() < a.Least:
		return fmt.Errorf("it takes %d nodes or more, and there %s", a.Least, map[bool]string{true: "is 1", false: "are 2"}[r.cluster.Nodes() == 1])
	case planned:
		return &InTheWay{Why: fmt.Sprintf("another one is under way until %v: let it end", until)}
	}
	v := r.View(r.log.Len())
	for i := range v.Nodes {
		n := &v.Nodes[i]
		switch {
		case !n.IsUp():
			return &InTheWay{fmt.Sprintf("%s is down: restart it first", n.ID), fmt.Sprintf("restart %s", n.ID)}
		case n.State == trace.Paused:
			return &InTheWay{fmt.Sprintf("%s is paused: resume it first", n.ID), fmt.Sprintf("resume %s", n.ID)}
		case !n.Serving:
			return &InTheWay{Why: fmt.Sprintf("%s serves nothing yet: let the run go on until it does", n.ID)}
		}
	}
	for _, from := range hosts(v) {
		for _, to := range hosts(v) {
			if l := v.Link(from, to); l.Cut != "" || l.Flap != "" {
				return &InTheWay{fmt.Sprintf("%s->%s is cut: heal first", v.Name(from), v.Name(to)), "heal"}
			}
		}
	}
	return nil
}
