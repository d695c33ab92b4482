package check

import (
	"fmt"

	"capsim/trace"
)

// unjudged counts reads of which nothing says what they saw, though that could have
// broken what is checked.
type unjudged struct {
	n     int
	first *trace.Op
}

func (u *unjudged) add(read *trace.Op) { u.join(unjudged{1, read}) }

func (u *unjudged) join(more unjudged) {
	u.n += more.n
	if u.first == nil || more.first != nil && more.first.Invoked < u.first.Invoked {
		u.first = more.first
	}
}

// in returns the finding about the reads that could be judged with the others told: a
// violation stands, and what would hold is unknown, as any of them may be one.
func (u *unjudged) in(f Finding) Finding {
	if u.n == 0 {
		return f
	}
	if f.Witness != "" {
		f.Witness += " "
	}
	f.Witness += fmt.Sprintf("%s can't be judged, as neither the node's record nor any write explains the reply: first %s returned %s.",
		plural(u.n, "read"), tell(u.first), clip(u.first.Result.Reply.String()))
	if f.Verdict != No {
		f.Verdict = Unknown
		f.point(u.first)
	}
	return f
}
