package tui

import (
	"slices"
	"strings"

	"capsim/check"
	"capsim/export"
	"capsim/scenarios"
)

// judgeOwn judges a run by its lab's own checks.
func (v *judgement) judgeOwn(h *check.History, judged []scenarios.AskedCheck) {
	v.own = make([]verdictLine, len(judged))
	for i, c := range judged {
		v.own[i] = verdictLine{c.Text, c.Test(h)}
	}
	v.why = explainOwn(v.own)
}

// explainOwn picks the sentence that says why: the witness of the first check that does not
// hold, else of the first that is open.
func explainOwn(own []verdictLine) why {
	for _, l := range own {
		if l.Verdict == check.No {
			return why{text: orWords(l.Witness, l.check+" does not hold."), tone: export.Bad}
		}
	}
	for _, l := range own {
		if l.Verdict == check.Unknown {
			return why{text: orWords("It is open: "+l.Witness, "It is open whether "+l.check+" holds."), tone: export.Fault}
		}
	}
	if len(own) == 0 {
		return why{text: "Nothing is judged of this lab's runs.", tone: export.Plain}
	}
	return why{text: "So far all holds that the run is judged by.", tone: export.Good}
}

// orWords returns a witness, or other words in the place of one that says nothing.
func orWords(witness, other string) string {
	if witness == "" || witness == "It is open: " {
		return other
	}
	return witness
}

// tells tells whether the witness of one of a lab's checks says so already.
func (v *judgement) tells(text string) bool {
	return slices.ContainsFunc(v.own, func(l verdictLine) bool {
		return l.Witness != "" && strings.HasSuffix(text, eventNumbers.ReplaceAllString(l.Witness, ""))
	})
}

// worstOwn is the first of a lab's checks that does not hold; "" if all do.
func (v *judgement) worstOwn() string {
	for i := range v.own {
		if v.own[i].Verdict == check.No {
			return v.own[i].check
		}
	}
	return ""
}

// ownWords lists the verdicts of a lab's checks: "mutual-exclusion no; guarded yes".
func ownWords(v *judgement) string {
	text := ""
	for i := range v.own {
		if i > 0 {
			text += "; "
		}
		text += v.own[i].check + " " + word(v.own[i].Finding)
	}
	return text
}
