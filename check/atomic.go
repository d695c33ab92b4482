package check

import (
	"fmt"
	"strings"

	"capsim/model"
)

// atomic: of each transaction all parts are in effect or none, and no node committed what
// another aborted.
var atomic = Check{
	Name:  "atomic",
	Usage: "[TRANSACTION]",
	Doc:   "of each transaction all parts are in effect, or none",
	About: "At this instant all parts of each transaction, or of the one named, are in effect, or none " +
		"is; and no node ever committed what another aborted, which nothing mends. A part that was " +
		"taken back by a compensation is not in effect. A transaction that has begun and of which " +
		"nothing is in effect is atomic so far. Of one that is in effect in part: if it holds a resource " +
		"for each part that is missing, nobody can see that they are, and it is unknown; else it is not " +
		"atomic, if only for now: `within D` and `at end` say whether it comes to be.",
	Source: "Gray, Notes on Data Base Operating Systems (1978); Garcia-Molina & Salem, Sagas (1987)",
	Parse:  optionalTransaction((*History).atomic),
}

func (h *History) atomic(name string) Finding {
	all, none := h.named(name)
	if none != "" {
		return Finding{Witness: none}
	}
	var unseen *transaction
	for _, t := range all {
		switch t.state {
		case wholeOrNone:
		case hidden:
			if unseen == nil {
				unseen = t
			}
		default:
			f := Finding{Verdict: No, Witness: h.torn(t), At: h.at(t.since)}
			f.pointAt(t)
			return f
		}
	}
	if unseen != nil {
		f := Finding{Witness: h.torn(unseen)}
		f.pointAt(unseen)
		return f
	}
	f := Finding{Verdict: Yes, Witness: fmt.Sprintf("Of %s all parts are in effect, or none.", plural(len(all), "transaction"))}
	if name != "" {
		f.pointAt(all[0])
	}
	return f
}

// torn says what is wrong with a transaction.
func (h *History) torn(t *transaction) string {
	name, since := model.Quote(t.name), fmt.Sprintf("since %v (%s)", h.at(t.since), number(t.since))
	switch t.state {
	case split:
		return fmt.Sprintf("%s is split %s: %s committed it (%s), and %s aborted it (%s).", name, since,
			h.log.At(t.committed).Node, number(t.committed), h.log.At(t.aborted).Node, number(t.aborted))
	case undone:
		return fmt.Sprintf("%s was aborted (%s), and %s in effect %s.", name, number(t.aborted), t.present(), since)
	case hidden:
		return fmt.Sprintf("%s is decided and under way: %s in effect, and what is missing of its %s is locked.", name, t.present(), plural(t.size, "part"))
	}
	return fmt.Sprintf("%s is torn %s: %s in effect, of %s.", name, since, t.present(), plural(t.size, "part"))
}

// present names the parts that are in effect: "stock and payment are", "none is".
func (t *transaction) present() string {
	var names []string
	for _, p := range t.parts {
		if p.net != 0 {
			names = append(names, model.Quote(p.name))
		}
	}
	if len(names) < 2 {
		return strings.Join(append(names, "none")[:1], "") + " is"
	}
	return list(names, "and") + " are"
}

// pointAt makes a finding refer to what a transaction did.
func (f *Finding) pointAt(t *transaction) {
	f.Events = append(f.Events, t.begun, t.committed, t.aborted)
	for _, p := range t.parts {
		f.Events = append(f.Events, p.event, p.last)
	}
	f.tidy()
}
