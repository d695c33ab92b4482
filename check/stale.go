package check

import (
	"cmp"
	"fmt"
	"sort"
	"time"

	"capsim/model"
	"capsim/trace"
)

// staleReads: how many answered reads returned less than was known to be written. A
// read (GET, EXISTS, SMEMBERS, SISMEMBER) is stale if it misses a write that had been
// acknowledged with an effect before the read began: its node had not taken the write in,
// and what it returned had been written before that write began. A write that the
// node had taken in and dropped for another is lost, not missed; the reads of a
// counter or set are judged by the record that their node served.
var staleReads = Check{
	Name:  "stale-reads",
	Usage: "CMP N",
	Doc:   "how many reads missed a write acknowledged before they began: stale-reads <= 3",
	About: "How many answered reads missed a write that had been acknowledged before they began: " +
		"their node had not taken it in, and what they returned had been written before it.",
	Whole: true,
	Each:  true,
	Parse: func(words []string) (Test, error) {
		count := countOf(func(h *History) Finding { return h.stale().counted() })
		test, err := count(words)
		if err != nil {
			return nil, err
		}
		rel, n := relation("="), int64(0)
		if len(words) > 0 {
			rel, n, _ = parseCount(words, 0)
		}
		return func(h *History) Finding {
			sum := h.stale()
			return sum.dark.upTo(test(h), func(more int64) bool { return rel.of(cmp.Compare(sum.stale+more, n)) })
		}, nil
	},
}

// staleSum is what the stale reads of a history come to.
type staleSum struct {
	reads int64 // answered ones that could be judged
	some  bool  // any was answered
	stale int64
	dark  unjudged // that nothing explains, though a write had been acknowledged before
	worst time.Duration
	// The one that missed its write for longest, the first of them.
	read, missed *trace.Op
	first        model.Time // when the first stale read was answered
}

// stale judges all reads.
func (h *History) stale() *staleSum {
	if h.staleness != nil {
		return h.staleness
	}
	sum := &staleSum{}
	for _, o := range h.operations() {
		if !isRead(o) || !answeredOK(o) || o.Result.Reply.Kind == model.ErrorReply {
			continue
		}
		sum.some = true
		s := h.sightOf(o)
		if !s.clear() {
			if acked := h.homeOf(o).key.acked; len(acked) > 0 && acked[0].Returned < o.Invoked {
				sum.dark.add(o)
			}
			continue
		}
		sum.reads++
		if w := h.oldestMissed(s); w != nil {
			sum.add(o, w)
		}
	}
	h.staleness = sum
	return sum
}

func (s *staleSum) add(read, w *trace.Op) {
	if s.stale == 0 || read.Done < s.first {
		s.first = read.Done
	}
	s.stale++
	if d := read.At.Sub(w.Done); s.read == nil || d > s.worst {
		s.worst, s.read, s.missed = d, read, w
	}
}

// oldestMissed returns the write that the read misses and that was acknowledged first.
func (h *History) oldestMissed(s *sight) (first *trace.Op) {
	h.missed(s, func(w *trace.Op) bool {
		first = w
		return false
	})
	return first
}

// missed calls f with the writes that the read misses, in the order in which they were
// acknowledged, until it returns false.
func (h *History) missed(s *sight, f func(w *trace.Op) bool) {
	k := h.homeOf(s.read).key
	acked := k.acked
	newest := s.newest()
	if !s.byValue {
		newest = h.newestHead(s.record)
	}
	// What began after newest was acknowledged after it, too.
	from := sort.Search(len(acked), func(i int) bool { return acked[i].Returned > newest })
	for _, w := range acked[from:] {
		if w.Returned > s.read.Invoked || h.misses(s, w, k.name) && !f(w) {
			return
		}
	}
}

// nothing says why no read could be counted.
func (s *staleSum) nothing() string {
	switch {
	case !s.some:
		return "No read was answered."
	case s.dark.n > 0:
		return "" // which is said with the rest
	}
	return "No answered read had an acknowledged write to miss."
}

// counted says how many reads were stale.
func (s *staleSum) counted() Finding {
	f := Finding{Value: s.stale, At: s.first}
	switch {
	case s.reads == 0:
		f.Witness = s.nothing()
		return f
	case s.stale == 0:
		f.Witness = fmt.Sprintf("None of %s missed a write acknowledged before it began.", plural(s.reads, "answered read"))
		return f
	}
	f.Witness = fmt.Sprintf("%d of %s missed a write acknowledged before it began: %s returned %s, though %s was acknowledged %s earlier.",
		s.stale, plural(s.reads, "answered read"), tell(s.read), clip(s.read.Result.Reply.String()), tell(s.missed), after(s.worst))
	f.point(s.read, s.missed)
	return f
}
