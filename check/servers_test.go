package check

import (
	"testing"

	"capsim/model"
	"capsim/trace"
)

// misplaced tells whether a node that has the later write lacks the earlier one, or
// orders it after: both replace what was there, and the later one of the two, which did
// not supersede the earlier, has the lower stamp.
func (s *shot) misplaced(y *toy, earlier, later *trace.Op) bool {
	for _, k2 := range later.Command.Keys() {
		if !s.has[opKey{later.ID, k2}] {
			continue
		}
		for _, k1 := range earlier.Command.Keys() {
			if y.over[opKey{earlier.ID, k1}] != nil && !s.has[opKey{earlier.ID, k1}] {
				return true
			}
			if k1 != k2 || !y.puts[opKey{earlier.ID, k1}] || !y.puts[opKey{later.ID, k2}] {
				continue
			}
			one, two := opKey{earlier.ID, k1}, opKey{later.ID, k1}
			if s.has[one] && y.stamps[one].Compare(y.stamps[two]) > 0 && !y.later(earlier.ID, k1)[later.ID] {
				return true
			}
		}
	}
	return false
}

func TestMonotonicWritesAgainstTerry(t *testing.T) {
	seen := map[bool]int{}
	toys(t, func(t *testing.T, y *toy, h *History) {
		bad := false
		ops := h.operations()
		for _, w2 := range ops {
			for _, w1 := range ops {
				if w1.Client == w2.Client && answeredOK(w1) && y.acks[w1.ID] && y.wrote(w2) && w1.Returned < w2.Invoked {
					for i := range y.shots {
						bad = bad || y.shots[i].misplaced(y, w1, w2)
					}
				}
			}
		}
		if f := judge(t, h, "monotonic-writes"); f.Verdict != verdictOf(!bad) {
			t.Errorf("%v, the oracle says %v: %s", f.Verdict, !bad, f.Witness)
		}
		seen[bad]++
	})
	both(t, seen)
}

func (y *toy) wrote(o *trace.Op) bool {
	for _, key := range o.Command.Keys() {
		if y.over[opKey{o.ID, key}] != nil {
			return true
		}
	}
	return false
}

func TestWritesFollowReadsAgainstTerry(t *testing.T) {
	seen := map[bool]int{}
	toys(t, func(t *testing.T, y *toy, h *History) {
		bad := false
		ops := h.operations()
		for _, w2 := range ops {
			for _, r := range ops {
				l, ok := y.reads[r.ID]
				if !ok || !judged(r) || r.Client != w2.Client || r.Returned > w2.Invoked || !y.wrote(w2) {
					continue
				}
				for _, op := range l.heads {
					// Of several keys that the write is about, the read saw one.
					w1 := *h.x.Op(op)
					w1.Command = model.Command{Verb: model.GET, Args: []string{r.Command.Key()}}
					for i := range y.shots {
						bad = bad || y.shots[i].misplaced(y, &w1, w2)
					}
				}
			}
		}
		if f := judge(t, h, "writes-follow-reads"); f.Verdict != verdictOf(!bad) {
			t.Errorf("%v, the oracle says %v: %s", f.Verdict, !bad, f.Witness)
		}
		seen[bad]++
	})
	both(t, seen)
}
