package check

import (
	"fmt"

	"capsim/model"
	"capsim/trace"
)

// available: of the requests that nodes received which were up and unpaused
// throughout, all were answered ok within the client's timeout (the A of CAP: Gilbert
// and Lynch 2002; an error of the system's is no answer). What the policy can't offer
// (UNSUPPORTED), and what was cut short by a toggle of it, is left out, and so is a remote
// client's request that the network kept from the node, or its reply from the client.
var available = Check{
	Name:  "available",
	Usage: "[NODE]",
	Doc:   "every request that a healthy node received was answered (the A of CAP)",
	About: "Every request that a healthy node received, one that was up and unpaused throughout, was " +
		"answered: every one, at every such node, whatever the share. CAP sets no bound in time; here " +
		"the client's timeout does. It is not uptime, and an error of the system's (a refusal) is no " +
		"answer. Left out is what the policy does not offer, what a toggle cut short, and what the " +
		"network kept from a remote client.",
	Source: "Gilbert & Lynch (2002); the CAP FAQ",
	Whole:  true, Default: true,
	Parse: func(words []string) (Test, error) {
		if len(words) == 0 {
			return func(h *History) Finding { return h.available(0) }, nil
		}
		node, err := parseNode(words, 0)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding { return h.available(node) }, atMost(words, 1)
	},
}

// fate is what became of a request.
type fate uint8

const (
	leftOut fate = iota // not a request that the check is about
	pending             // still within its timeout, or was when the run ended
	done                // answered ok
	unserved
)

func (h *History) available(node model.NodeID) Finding {
	if f, bad := h.unknownNode(node); bad {
		return f
	}
	var counts [unserved + 1]int
	var first, waiting *trace.Op
	for _, o := range h.operations() {
		if node != 0 && o.Node != node {
			continue
		}
		fate := h.fate(o)
		if fate != leftOut && !h.facts().wellBetween(o.Node, o.Invoked, h.lastOf(o)) {
			fate = leftOut
		}
		if fate == unserved && h.kept(o) {
			fate = leftOut
		}
		counts[fate]++
		if fate == unserved && first == nil {
			first = o
		}
		if fate == pending && waiting == nil {
			waiting = o
		}
	}
	total := counts[done] + counts[pending] + counts[unserved]
	said := fmt.Sprintf("%d of %s to healthy nodes answered.", counts[done], plural(total, "request"))
	f := Finding{Verdict: Yes, Witness: said}
	switch {
	case first != nil:
		f = Finding{Verdict: No, Witness: fmt.Sprintf("%s %s, though %s was up; %s", tell(first), h.ended(first), first.Node, said), At: first.Done}
		f.point(first)
	case waiting != nil:
		f = Finding{Witness: fmt.Sprintf("%s has no answer yet; %s", tell(waiting), said)}
		f.point(waiting)
	case total == 0:
		f.Witness = "Nothing to judge: no request reached a healthy node."
	}
	f.Value = Part{counts[done], total}
	return f
}

// lastOf returns the event up to which the operation's node had to be well.
func (h *History) lastOf(o *trace.Op) int {
	if o.Returned != 0 {
		return o.Returned
	}
	return h.until
}

// fate tells what became of a request, whatever the state of its node.
func (h *History) fate(o *trace.Op) fate {
	switch {
	case o.System:
		return leftOut
	case o.Result == nil:
		if h.end.Sub(o.At) < h.o.Timeout {
			return pending
		}
		return unserved
	case o.Result.Outcome == model.OKOutcome:
		return done
	case o.Result.Outcome == model.Refused:
		if c := o.Result.Code; c == model.CodeUnsupported || c == model.CodeSwitched {
			return leftOut
		}
		return unserved
	case h.toggled(o):
		return leftOut
	case h.cutByEnd(o) && h.early(o):
		return pending
	}
	return unserved // its client gave up, or its node crashed
}

// toggled tells whether the operation ended unknown because the policy was switched.
// The statement that does it stands before such ends, the start of the policy after
// them: an instant may be judged in its midst.
func (h *History) toggled(o *trace.Op) bool {
	d := h.facts()
	for _, ns := range [][]int{d.toggles, d.switches} {
		for _, n := range ns {
			if n > o.Invoked && h.at(n) == o.Done {
				return true
			}
		}
	}
	return false
}

// cutByEnd tells whether nothing but the run's end closed the operation.
func (h *History) cutByEnd(o *trace.Op) bool {
	ended := h.facts().ended
	return ended != 0 && o.Returned > ended
}

// early tells whether the operation ended before its client would have given up.
func (h *History) early(o *trace.Op) bool { return o.Done.Sub(o.At) < h.o.Timeout }

// ended says how a request that was not answered ok ended.
func (h *History) ended(o *trace.Op) string {
	switch {
	case o.Result != nil && o.Result.Outcome == model.Refused:
		s := "was refused " + model.Quote(o.Result.Code)
		if o.Result.Why != "" {
			s += " (" + clip(o.Result.Why) + ")"
		}
		return s
	case o.Result != nil && h.early(o):
		return "ended unknown after " + after(o.Done.Sub(o.At))
	case o.Result != nil:
		return "got no answer within " + h.o.Timeout.String()
	}
	return "has no answer after " + after(h.end.Sub(o.At))
}

// unknownNode is the finding for a node that the cluster has not.
func (h *History) unknownNode(node model.NodeID) (Finding, bool) {
	if int(node) <= h.o.Nodes {
		return Finding{}, false
	}
	return Finding{Witness: fmt.Sprintf("There is no %s: the cluster has %s.", node, plural(h.o.Nodes, "node"))}, true
}
