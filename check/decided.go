package check

import (
	"fmt"

	"capsim/model"
)

// decided: every transaction that began was committed or aborted, and holds nothing.
var decided = Check{
	Name:  "decided",
	Usage: "[TRANSACTION]",
	Doc:   "every transaction that began was committed or aborted, and holds no resource",
	About: "Every transaction that began, or the one named, was committed or aborted by a node, and " +
		"holds no resource any more. A participant that is blocked in doubt holds its resources, so a " +
		"blocked transaction is not decided, whoever may know its outcome.",
	Source: "Bernstein, Hadzilacos & Goodman, Concurrency Control and Recovery in Database Systems (1987), §7.3",
	Parse:  optionalTransaction((*History).decided),
}

func (h *History) decided(name string) Finding {
	all, none := h.named(name)
	if none != "" {
		return Finding{Witness: none}
	}
	for _, t := range all {
		f := Finding{Verdict: No}
		switch {
		case t.committed == 0 && t.aborted == 0:
			f.Witness = fmt.Sprintf("%s was neither committed nor aborted.", model.Quote(t.name))
		case t.held > 0:
			f.Witness = fmt.Sprintf("%s was decided, and still holds %s.", model.Quote(t.name), plural(t.held, "resource"))
		default:
			continue
		}
		if t.begun != 0 {
			f.At = h.at(t.begun)
		}
		f.pointAt(t)
		return f
	}
	return Finding{Verdict: Yes, Witness: fmt.Sprintf("%s decided, and nothing is held any more.", were(len(all), "transaction"))}
}

// were writes "1 transaction was", "2 transactions were".
func were(n int, one string) string { return are(int64(n), one) }
