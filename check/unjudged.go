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

// upTo is in for a finding that counts: holds tells whether what is asked for holds with
// so many more. Any number of those that can't be judged may count, so what does not come
// out the same for all is unknown.
func (u *unjudged) upTo(f Finding, holds func(more int64) bool) Finding {
	if u.n == 0 {
		return f
	}
	was := f.Verdict
	f = u.in(f)
	f.Verdict = was
	for more := range int64(u.n) {
		if holds(more+1) != holds(0) {
			f.Verdict = Unknown
			f.point(u.first)
			break
		}
	}
	return f
}

// beyond is what upTo asks of a measure that compares so to what it is held against: a
// read that can't be judged may be behind by any measure.
func beyond(rel relation, compares int) func(more int64) bool {
	return func(more int64) bool { return more == 0 && rel.of(compares) || more > 0 && rel.of(1) }
}
