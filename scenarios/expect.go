package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"capsim/check"
	"capsim/cluster"
	"capsim/labs"
	"capsim/model"
)

// Expect is an expectation: a check, when it is tested and under which policies.
type Expect struct {
	Under  []string       // names of policies; empty: any
	Within *time.Duration // nil: at its instant, or at the end
	AtEnd  bool
	Not    bool
	Check  string // the check's name
	Words  []string
	Test   check.Test
}

// readExpect reads "[under POLICY,…] [within D | at end] [not] CHECK".
func readExpect(a *args) (Body, *Problem) {
	e := Expect{}
	i, within := 0, -1
	if a.has(i, "under") {
		var wrong *Problem
		if e.Under, wrong = a.under(i + 1); wrong != nil {
			return nil, wrong
		}
		i += 2
	}
	switch {
	case a.has(i, "within"):
		d, wrong := a.duration(i+1, 0, longestTime)
		if wrong != nil {
			return nil, wrong
		}
		e.Within, within = &d, i
		i += 2
	case a.has(i, "at"):
		if !a.has(i+1, "end") {
			return nil, a.wrong(i+1, "end; the time of an expectation stands before it, as: at 2s expect …", "end")
		}
		e.AtEnd = true
		i += 2
	}
	if a.has(i, "not") {
		e.Not = true
		i++
	}
	c, wrong := a.check(i, &e)
	if wrong == nil && c.Whole && e.Within != nil {
		wrong = a.wrong(within, c.Name+" without within: it is over the whole history, so that waiting changes nothing")
	}
	return e, wrong
}

// has tells whether the i-th word is the keyword.
func (a *args) has(i int, keyword string) bool { return i < len(a.words) && a.words[i].is(keyword) }

// under reads the i-th word as names of policies.
func (a *args) under(i int) ([]string, *Problem) {
	names := labs.Catalog.Names()
	want := "policies, as " + strings.Join(names, ",")
	if i >= len(a.words) {
		return nil, a.wrong(i, want)
	}
	under := strings.Split(a.words[i].text, ",")
	for _, name := range under {
		if _, ok := labs.Catalog.Find(name); !ok {
			wrong := a.wrong(i, want)
			wrong.Mean = nearest(name, names)
			return nil, wrong
		}
	}
	return under, nil
}

// check reads the check and its arguments, from the i-th word on.
func (a *args) check(i int, e *Expect) (*check.Check, *Problem) {
	var words []string
	for _, w := range a.words[min(i, len(a.words)):] {
		words = append(words, w.value())
	}
	c, test, err := check.Parse(words)
	var refused *check.ArgError
	switch {
	case errors.As(err, &refused) && c == nil:
		return nil, a.wrong(i+refused.Word, refused.Want, check.Names()...)
	case errors.As(err, &refused):
		return nil, a.refused(i+refused.Word, refused.Want+", as in: "+c.String(), c.Usage)
	case err != nil:
		return nil, a.wrong(i, err.Error())
	}
	if n := a.p.settings.Nodes; c.Each && n > cluster.MaxNodes {
		return nil, a.wrong(i, fmt.Sprintf("a check of the nodes' states or of answers, as marked or reply: what each of %d nodes keeps is not recorded", n))
	}
	e.Check, e.Words, e.Test = c.Name, words[1:], test
	return c, a.checkNames(i+1, c)
}

// value writes a word for a check: quoted if it would be read as something else
// without.
func (w word) value() string {
	special := w.text == "nil" || strings.HasPrefix(w.text, "[") || strings.HasPrefix(w.text, `"`)
	if w.list == nil && special && !w.bare() {
		return quoteText(w.text)
	}
	return w.text
}

// checkNames judges the nodes and clients that a check names: its usage says where
// they stand. Nodes that the cluster has not are refused; clients may come later.
func (a *args) checkNames(i int, c *check.Check) *Problem {
	for _, u := range strings.Fields(c.Usage) {
		if i >= len(a.words) {
			return nil
		}
		n, ok := model.ParseNode(a.words[i].text)
		switch strings.Trim(u, "[]") {
		case "NODE":
			if ok && int(n) > a.p.settings.Nodes {
				return a.wrong(i, "a "+nodesText(a.p.settings.Nodes))
			}
		case "CLIENT":
			a.p.asked = append(a.p.asked, *a.wrong(i, "a client of this script"))
		}
		i++
	}
	return nil
}

// checkAsked warns of checks that name a client which the script has not.
func (p *parser) checkAsked() {
	for _, asked := range p.asked {
		if _, ok := p.clients[asked.Got]; ok || p.anyClient || p.isLoadClient(asked.Got) {
			continue
		}
		asked.Mean = nearest(asked.Got, p.clientNames())
		p.warnings = append(p.warnings, asked)
	}
}
