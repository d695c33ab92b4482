package check

import (
	"cmp"
	"fmt"

	"capsim/model"
	"capsim/trace"
)

// versionStaleness: how many versions behind the read was that was the farthest: how many
// writes it missed of those that had been acknowledged before it began, as stale-reads
// counts them (k-staleness: Bailis et al., Probabilistically Bounded Staleness, VLDB 2012).
var versionStaleness = Check{
	Name:  "version-staleness",
	Usage: "CMP N",
	Doc:   "how many versions behind the farthest read was: version-staleness <= 1",
	About: "Of the read that was farthest behind, how many writes it missed of those that had been " +
		"acknowledged before it began.",
	Source: "k-staleness: Bailis et al., Probabilistically Bounded Staleness (VLDB 2012)",
	Whole:  true,
	Each:   true,
	Parse: func(words []string) (Test, error) {
		rel, n, err := parseCount(words, 0)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding {
			f := h.versionsBehind()
			behind := f.Value.(int64)
			f = counted(f, behind, rel, n)
			dark := h.stale().dark
			return dark.upTo(f, beyond(rel, cmp.Compare(behind, n)))
		}, nil
	},
}

// versionsBehind measures how many versions behind the farthest read was.
func (h *History) versionsBehind() Finding {
	var read, newest *trace.Op
	most := int64(0)
	for _, o := range h.operations() {
		if !isRead(o) || !answeredOK(o) || o.Result.Reply.Kind == model.ErrorReply {
			continue
		}
		s := h.sightOf(o)
		if !s.clear() {
			continue
		}
		n, last := int64(0), (*trace.Op)(nil)
		h.missed(s, func(w *trace.Op) bool {
			n, last = n+1, w
			return true
		})
		if n > most {
			most, read, newest = n, o, last
		}
	}
	f := Finding{Value: most}
	switch {
	case h.stale().reads == 0:
		f.Witness = h.stale().nothing()
		return f
	case read == nil:
		f.Witness = fmt.Sprintf("None of %s was behind.", plural(h.stale().reads, "answered read"))
		return f
	}
	f.At = read.Done
	f.Witness = fmt.Sprintf("%s %s, %s behind: the last acknowledged before it began was %s.",
		tell(read), returned(read), plural(most, "version"), tell(newest))
	f.point(read, newest)
	return f
}
