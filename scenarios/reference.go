package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"capsim/check"
	"capsim/labs"
	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
)

// entry is one line of the reference.
type entry struct{ usage, doc string }

// Reference describes the language, read from the lists that the parser reads.
func Reference() string {
	var b strings.Builder
	b.WriteString("One statement a line. Words are quoted as in redis-cli: bare, '…', \"…\\n\\xHH\". # begins a comment.\n")
	section(&b, "Settings, before the first statement", settingEntries())
	section(&b, "When", timeEntries)
	section(&b, "Statements", verbEntries())
	section(&b, "Commands of clients", commandEntries())
	section(&b, "Checks of expect (capsim show checks says what each judges)", checkEntries())
	section(&b, "Distributions", distEntries())
	section(&b, "Policies", policyEntries(policies.Specs))
	section(&b, "Labs (capsim show LAB lists the commands of each)", policyEntries(labs.Specs))
	return b.String()
}

// timeEntries are what a statement may begin with.
var timeEntries = []entry{
	{"at T STATEMENT", "at an instant of virtual time since the start, as 1.5s; never before the statement above"},
	{"+D STATEMENT", "D after the statement before"},
	{"STATEMENT", "at the instant of the statement before"},
	{everyWord + " D from T to U STATEMENT", fmt.Sprintf("at T, T+D, … before U, %d times at most; {i} in it is the count, from 1", maxRepeats)},
}

func settingEntries() []entry {
	var es []entry
	for _, s := range settings {
		es = append(es, entry{"use " + s.usage, s.doc})
	}
	return append(es, entry{remoteUsage, remoteDoc})
}

func verbEntries() []entry {
	var es []entry
	for _, v := range slices.Concat([]Verb{*opVerb}, verbs) {
		es = append(es, entry{v.Usage, v.Doc})
	}
	return es
}

func commandEntries() []entry {
	var es []entry
	for _, c := range model.Commands {
		if !c.System {
			es = append(es, entry{c.Usage, c.Doc})
		}
	}
	return es
}

func checkEntries() []entry {
	var es []entry
	for i := range check.Checks {
		c := &check.Checks[i]
		doc := c.Doc
		if c.Whole {
			doc += "; never with within"
		}
		es = append(es, entry{c.String(), doc})
	}
	return es
}

// Definitions says what the checks judge, and by whose definition.
func Definitions() string {
	var b strings.Builder
	b.WriteString("A verdict is yes, no or unknown, with a witness.\n")
	for i := range check.Checks {
		c := &check.Checks[i]
		fmt.Fprintf(&b, "\n%s\n", c)
		about := c.About
		if about == "" {
			about = strings.ToUpper(c.Doc[:1]) + c.Doc[1:] + "."
		}
		if c.Source != "" {
			about += " [" + c.Source + "]"
		}
		for _, line := range wrap(about, 92) {
			b.WriteString("    " + line + "\n")
		}
		switch {
		case c.Default:
			b.WriteString("    Judged in every run.\n")
		case c.Asked:
			b.WriteString("    Judged in a run whose script expects it, or with --checks.\n")
		}
	}
	return b.String()
}

func distEntries() []entry {
	var es []entry
	for _, usage := range netsim.DistForms() {
		es = append(es, entry{usage, ""})
	}
	return append(es, entry{empiricalUsage, empiricalDoc})
}

func policyEntries(list policies.List) []entry {
	var es []entry
	for _, s := range list {
		usage := s.Name
		for _, p := range s.Params {
			usage += " [" + p.Name + "=" + p.Default + "]"
		}
		es = append(es, entry{usage, s.Summary})
	}
	return es
}

// section writes entries under a title, what they mean beside or below them.
func section(b *strings.Builder, title string, entries []entry) {
	const left, right = 34, 66
	b.WriteString("\n" + title + "\n")
	for _, e := range entries {
		b.WriteString("  " + e.usage)
		at := 2 + textWidth(e.usage)
		if at > left-2 && e.doc != "" {
			b.WriteByte('\n')
			at = 0
		}
		for i, line := range wrap(e.doc, right) {
			if i > 0 {
				at = 0
			}
			b.WriteString(strings.Repeat(" ", left-at) + line + "\n")
		}
		if e.doc == "" {
			b.WriteByte('\n')
		}
	}
}

// wrap breaks a text into lines of at most so many columns, if its words allow.
func wrap(text string, width int) []string {
	var lines []string
	for _, w := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || textWidth(lines[last])+1+textWidth(w) > width {
			lines = append(lines, w)
		} else {
			lines[last] += " " + w
		}
	}
	return lines
}
