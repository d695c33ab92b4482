package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/trace"
)

// pacelc: what was given up: if partitioned availability or consistency, else latency or
// consistency (Abadi 2012). P: C was kept if the run was linearizable as far as
// operations during partitions show, A if every request that a healthy node received
// then was answered. Neither may be: then it is P alone. E: C was kept if no read begun
// while no fault was in force missed a write that had been made since; else latency was
// chosen, and beside it stands how long answers took.
var pacelc = Check{
	Name:  "pacelc",
	Usage: "[CLASS]",
	Doc:   "what was given up, if partitioned and else: pacelc PA/EL, PC/EC, P/EL",
	About: "What was given up. If partitioned (P): C was kept if the run was linearizable as far as " +
		"operations during partitions show, A if every request that a healthy node received then " +
		"was answered; where neither was, P stands alone. Else (E): C if no read that began while " +
		"no fault was in force missed a write made since, else L: latency was chosen, and beside " +
		"it stands how long answers took. It is what the run shows, and no proof of what the " +
		"policy can't do.",
	Source: "Abadi, Consistency Tradeoffs in Modern Distributed Database System Design (2012)",
	Whole:  true, Asked: true,
	Parse: func(words []string) (Test, error) {
		if len(words) == 0 {
			return func(h *History) Finding { return h.pacelc("") }, nil
		}
		if !slices.Contains(pacelcClasses, words[0]) {
			return nil, &ArgError{Got: words[0], Want: "a class: " + list(pacelcClasses, "or")}
		}
		return func(h *History) Finding { return h.pacelc(words[0]) }, atMost(words, 1)
	},
}

var pacelcClasses = []string{"PA/EL", "PA/EC", "PC/EL", "PC/EC", "P/EL", "P/EC"}

// calm is what the time without faults showed.
type calm struct {
	waits      []time.Duration // of answers, sorted
	reads      int             // that could be judged
	stale      int             // of those
	read, miss *trace.Op       // the first of them
}

func (h *History) calm() *calm {
	if h.fair != nil {
		return h.fair
	}
	c := &calm{}
	for _, o := range h.operations() {
		if o.System || !answeredOK(o) || !h.weatherAt(o.Invoked).calm {
			continue
		}
		c.waits = append(c.waits, o.Done.Sub(o.At))
		if !isRead(o) {
			continue
		}
		s := h.sightOf(o)
		if !s.clear() {
			continue
		}
		c.reads++
		h.missed(s, func(w *trace.Op) bool {
			if !h.calmBetween(w.Invoked, o.Invoked) {
				return true // it is the faults' doing
			}
			if c.stale++; c.read == nil {
				c.read, c.miss = o, w
			}
			return false
		})
	}
	slices.Sort(c.waits)
	h.fair = c
	return c
}

// wait returns a percentile of how long answers took; nil without any.
func (c *calm) wait(p Percent) any {
	if len(c.waits) == 0 {
		return nil
	}
	return percentile(c.waits, p)
}

// stalePartitioned counts the stale reads that began during partitions.
func (h *History) stalePartitioned() (n int64, first *trace.Op) {
	for _, o := range h.operations() {
		if !isRead(o) || !answeredOK(o) || h.weatherAt(o.Invoked).sides == nil {
			continue
		}
		if s := h.sightOf(o); s.clear() && h.oldestMissed(s) != nil {
			if n++; first == nil {
				first = o
			}
		}
	}
	return n, first
}

func (h *History) pacelc(want string) Finding {
	var f Finding
	p, parted := h.ifPartitioned(&f)
	e, otherwise := h.elseCalm(&f)
	f.Witness = parted + " " + otherwise
	measured := p + "/" + e
	switch {
	case p == "" || e == "":
		f.Witness = "It is not all measured: " + f.Witness
		return f
	case p == "PAC":
		f.Witness += " Nothing shows what would be given up in a partition."
		return f
	}
	f.Value = measured
	f.Witness = fmt.Sprintf("%s: %s", measured, f.Witness)
	f.Verdict = verdictOf(want == "" || want == measured)
	return f
}

// ifPartitioned returns the letters for what was kept during partitions.
func (h *History) ifPartitioned(f *Finding) (class, said string) {
	majority, minority := h.sides()
	n, of := majority.counts[done]+minority.counts[done], majority.total()+minority.total()
	if of == 0 {
		return "", "During partitions no request was made."
	}
	class = "P"
	if majority.counts[unserved]+minority.counts[unserved] == 0 {
		class += "A"
	}
	stale, first := h.stalePartitioned()
	broken := stale > 0
	words := "no read was stale"
	if stale > 0 {
		words = fmt.Sprintf("%s stale, first %s", are(stale, "read"), tell(first))
		f.point(first)
	} else if l := h.linearizableFrom(0, ""); l.Verdict != Yes {
		last := 0
		if len(l.Events) > 0 {
			last = l.Events[len(l.Events)-1]
		}
		if l.Verdict == No && h.weatherAt(last).sides != nil {
			broken = true
			words = "the operations fit no order: " + strings.TrimSuffix(l.Witness, ".")
		}
		if l.Verdict == Unknown {
			words = "no read was stale, but whether the operations fit one order is not known"
		}
	}
	if !broken {
		class += "C"
	}
	return class, fmt.Sprintf("During partitions %d of %s answered (%s of the majority's side, %s of the minority's), and %s.",
		n, plural(of, "request"), shareWords(&majority), shareWords(&minority), words)
}

func shareWords(s *side) string {
	if s.total() == 0 {
		return "none"
	}
	return Percent(s.counts[done] * 1_000_000 / s.total()).String()
}

// elseCalm returns the letters for what was kept without faults.
func (h *History) elseCalm(f *Finding) (class, said string) {
	c := h.calm()
	if len(c.waits) == 0 || c.reads == 0 {
		return "", "Without faults no read was answered."
	}
	said = fmt.Sprintf("Without faults half of %s took at most %s, and 99 %% at most %s",
		plural(len(c.waits), "answer"), after(percentile(c.waits, 500_000)), after(percentile(c.waits, 990_000)))
	if c.stale == 0 {
		return "EC", said + fmt.Sprintf(", and none of %s was stale.", plural(c.reads, "read"))
	}
	f.point(c.read, c.miss)
	return "EL", said + fmt.Sprintf(", and %d of %s stale, first %s, which missed %s.", c.stale, plural(c.reads, "read"), tell(c.read), tell(c.miss))
}
