package tui

import (
	"strings"

	"capsim/check"
	"capsim/export"
)

// tellWhy prints the cause of something; alone, of the worst verdict.
func (p *plain) tellWhy(rest string) error {
	s := p.here()
	var of export.Subject
	if rest == "" {
		if of = p.worst(); of.Kind == export.NoSubject {
			p.println(printable(p.judge.of(s.question()).why.text))
			return nil
		}
	} else {
		var err error
		if of, err = s.subjectNamed(rest); err != nil {
			return err
		}
	}
	e := p.judge.explain(s.question(), of)
	for _, line := range e.Text() {
		p.println(line)
	}
	if len(e.Next) > 0 {
		var next []string
		for _, of := range e.Next[:min(len(e.Next), 8)] {
			next = append(next, "why "+s.wordsFor(of))
		}
		p.println("Ask on with: " + strings.Join(next, "; ") + ".")
	}
	return nil
}

// worst returns the first of the checks that the run is judged by that does not hold, none
// if all do.
func (p *plain) worst() export.Subject {
	h := p.history()
	for _, c := range p.judged {
		if c.Test(h).Verdict == check.No {
			return checkSubject(c.Text)
		}
	}
	return export.Subject{}
}
