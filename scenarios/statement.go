package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

// statement reads a statement with its time.
func (p *parser) statement(pos Pos, first word, l *lexer) *Problem {
	pos.Col = first.col
	if p.begun.Line == 0 {
		p.finishSettings()
		p.begun = pos
	}
	ended := p.ended
	t, verb, wrong := p.readTime(pos, first, l)
	if wrong != nil {
		return wrong
	}
	a, wrong := p.readArgs(pos, verb, l)
	switch {
	case wrong != nil:
		return wrong
	case ended.Line > 0:
		return problemAt(pos, first, fmt.Sprintf("nothing after the end of the run, which is on line %d", ended.Line))
	}
	s := Statement{At: t.at, Pos: pos}
	if t.every != nil {
		wrong = p.repeat(a, *t.every, &s)
	} else {
		wrong = p.once(a, &s)
	}
	if wrong == nil {
		p.statements = append(p.statements, s)
	}
	return wrong
}

// once reads a statement that happens once.
func (p *parser) once(a *args, s *Statement) *Problem {
	v, wrong := a.find()
	if wrong != nil {
		return wrong
	}
	body, wrong := v.read(a)
	if wrong != nil {
		return wrong
	}
	s.Body, s.Text = body, v.text(a)
	switch b := body.(type) {
	case End:
		p.ended = a.pos
	case SwitchPolicy:
		p.policy = b.Choice
	}
	return nil
}

// find returns the verb of a statement: that of operations if the statement
// begins with a client.
func (a *args) find() (*Verb, *Problem) {
	name := a.verb.text
	if strings.Contains(name, "@") {
		return opVerb, nil
	}
	names := make([]string, len(verbs))
	for i := range verbs {
		if a.verb.is(verbs[i].Name) {
			return &verbs[i], nil
		}
		names[i] = verbs[i].Name
	}
	_, known := a.p.clients[name]
	if known || len(a.words) > 0 && isCommand(a.words[0].text) {
		return opVerb, nil
	}
	if isCommand(name) {
		return nil, a.wrong(-1, "a client before the command, as: alice@n1 "+strings.ToUpper(name))
	}
	near := append(names, everyWord)
	if len(a.words) > 0 {
		near = append(near, atWord, "use")
	}
	wrong := a.wrong(-1, "a statement: an operation, as alice@n1 GET cart, or a verb: "+strings.Join(names, ", "), near...)
	return nil, wrong
}

// repeat reads a statement that is repeated.
func (p *parser) repeat(a *args, r Repeat, s *Statement) *Problem {
	v, wrong := a.find()
	if wrong == nil && !v.repeats {
		wrong = a.wrong(-1, "a statement that can be repeated: an operation, a fault, policy, say or expect")
	}
	if wrong == nil && v == opVerb {
		wrong = a.nameNode()
	}
	if wrong != nil {
		return wrong
	}
	inner := *a
	inner.p = p.alone()
	inner.p.warned = p.warned
	probes := a.probes(r.Count())
	for _, i := range probes {
		body, wrong := v.read(inner.with(i))
		if wrong != nil {
			wrong.Want += fmt.Sprintf(" (with %s = %d)", count, i)
			return wrong
		}
		if i == 1 {
			s.Body = body
		}
	}
	s.Every, s.Text = &r, v.text(a)
	pos := s.Pos
	s.again = func(i int) (Statement, error) {
		if i < 1 || i > r.Count() {
			return Statement{}, fmt.Errorf("%v: there is no occurrence %d of a statement that is repeated %d times", pos, i, r.Count())
		}
		return inner.occurrence(v, Statement{At: r.From.Add(time.Duration(i-1) * r.D), Pos: pos}, i)
	}
	p.warnings = append(p.warnings, inner.p.warnings...)
	if len(probes) == 1 {
		p.asked = append(p.asked, inner.p.asked...)
	}
	return nil
}

// occurrence reads the statement as it happens for the i-th time.
func (a args) occurrence(v *Verb, s Statement, i int) (Statement, error) {
	b := a.with(i)
	b.p = a.p.alone()
	body, wrong := v.read(b)
	if wrong != nil {
		return Statement{}, Problems{*wrong}
	}
	s.Body, s.Text = body, v.text(b)
	return s, nil
}

// with returns the words, {i} replaced.
func (a *args) with(i int) *args {
	b := *a
	by := strconv.Itoa(i)
	b.verb = a.verb.with(by)
	b.words = make([]word, len(a.words))
	for j, w := range a.words {
		b.words[j] = w.with(by)
	}
	return &b
}

func (w word) with(i string) word {
	if !strings.Contains(w.raw, count) && !strings.Contains(w.text, count) {
		return w
	}
	w.raw = strings.ReplaceAll(w.raw, count, i)
	if w.list == nil {
		w.text = strings.ReplaceAll(w.text, count, i)
		return w
	}
	w.list = slices.Clone(w.list)
	for j := range w.list {
		w.list[j] = strings.ReplaceAll(w.list[j], count, i)
	}
	w.text = model.QuoteList(w.list)
	return w
}

// probes lists the counts at which a repeated statement is judged when it is
// read. If it has no {i}, that is the first; else the first ones, and the ends of each decade. What a word may be (a number
// within limits, a node) holds for a stretch of numbers, so that one which stands
// at both ends of a decade stands within it.
func (a *args) probes(n int) []int {
	if !strings.Contains(plainText(a), count) {
		return []int{1}
	}
	var is []int
	for i := 1; i <= min(n, 100); i++ {
		is = append(is, i)
	}
	for ten := 1000; ten-1 < n; ten *= 10 {
		is = append(is, ten-1)
		if ten < n {
			is = append(is, ten)
		}
	}
	if n > 100 {
		is = append(is, n)
	}
	return is
}
