package check

import (
	"cmp"
	"fmt"
	"time"
)

// staleness: how long the oldest write that a read missed had been acknowledged when
// the read began, of the stalest read.
var staleness = Check{
	Name:  "staleness",
	Usage: "CMP DURATION",
	Doc:   "how far behind the stalest read was: staleness < 200ms",
	About: "Of the stalest read, how long the oldest write that it missed had been acknowledged when " +
		"the read began.",
	Whole: true,
	Each:  true,
	Parse: func(words []string) (Test, error) {
		test, err := spanOf(func(h *History) Finding { return h.stale().measured() })(words)
		if err != nil {
			return nil, err
		}
		rel, d, _ := parseSpan(words, 0)
		return func(h *History) Finding {
			sum := h.stale()
			return sum.dark.upTo(test(h), beyond(rel, cmp.Compare(sum.worst, d)))
		}, nil
	},
}

// spanOf reads "CMP DURATION" for a finding that measures a duration.
func spanOf(measure func(h *History) Finding) func([]string) (Test, error) {
	return func(words []string) (Test, error) {
		rel, d, err := parseSpan(words, 0)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding {
			f := measure(h)
			f.Verdict = verdictOf(rel.of(cmp.Compare(f.Value.(time.Duration), d)))
			return f
		}, nil
	}
}

func (s *staleSum) measured() Finding {
	f := s.counted()
	f.Value = s.worst
	if s.stale > 0 {
		f.Witness = fmt.Sprintf("%s returned %s, though %s had been acknowledged %s before it began.",
			tell(s.read), clip(s.read.Result.Reply.String()), tell(s.missed), after(s.worst))
	}
	return f
}
