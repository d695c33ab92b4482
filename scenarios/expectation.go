package scenarios

import (
	"slices"

	"capsim/check"
	"capsim/model"
)

// Expectation is an `expect` statement with what came of it.
type Expectation struct {
	Pos     Pos
	Text    string
	Check   string // the check's name
	Skipped bool   // another policy rules than it is meant for
	Finding check.Finding
}

// pendingExpect is an expectation that waits: for an instant at which it holds, or
// for the end.
type pendingExpect struct {
	i        int // into results
	body     Expect
	deadline model.Time // of `within`; Never: at the end
}

// Expectations returns what was expected so far, in the order of the script.
func (r *Session) Expectations() []Expectation { return slices.Clone(r.results) }

// expect tests an expectation now, or puts it aside until it can be decided.
func (r *Session) expect(st Statement, b Expect) {
	e := Expectation{Pos: st.Pos, Text: st.Text, Check: b.Check}
	e.Skipped = len(b.Under) > 0 && !slices.Contains(b.Under, r.cluster.Policy().Spec.Name)
	r.results = append(r.results, e)
	i := len(r.results) - 1
	switch {
	case e.Skipped:
	case b.AtEnd:
		r.pending = append(r.pending, pendingExpect{i, b, model.Never})
	case b.Within != nil:
		r.pending = append(r.pending, pendingExpect{i, b, r.cluster.Now().Add(*b.Within)})
	default:
		r.results[i].Finding = r.test(b)
	}
}

// test judges the run so far.
func (r *Session) test(b Expect) check.Finding {
	r.fail(r.sync())
	f := b.Test(r.History())
	if b.Not {
		switch f.Verdict {
		case check.Yes:
			f.Verdict = check.No
		case check.No:
			f.Verdict = check.Yes
		}
	}
	return f
}

// testPending tests, at the end of an instant, what waits for one at which it holds.
// What has held, or has waited long enough, is settled.
func (r *Session) testPending() {
	now := r.cluster.Now()
	r.pending = slices.DeleteFunc(r.pending, func(p pendingExpect) bool {
		if p.deadline == model.Never {
			return false
		}
		if p.deadline >= now {
			r.results[p.i].Finding = r.test(p.body)
		}
		return r.results[p.i].Finding.Verdict == check.Yes || p.deadline <= now
	})
}

// nextDeadline returns the next instant after now at which an expectation has waited
// long enough.
func (r *Session) nextDeadline(now model.Time) model.Time {
	t := model.Never
	for _, p := range r.pending {
		if p.deadline > now {
			t = min(t, p.deadline)
		}
	}
	return t
}

// testEnd tests what was expected at the end.
func (r *Session) testEnd() {
	for _, p := range r.pending {
		if p.deadline == model.Never {
			r.results[p.i].Finding = r.test(p.body)
		}
	}
	r.pending = nil
}

// History returns the run so far, for checks.
func (r *Session) History() *check.History {
	return check.NewHistory(r.log, r.index, r.folder, check.Options{
		Nodes: r.cluster.Nodes(), Timeout: r.cluster.Timeout(), End: r.cluster.Now(), Over: r.over,
	})
}
