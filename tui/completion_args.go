package tui

import (
	"strings"

	"capsim/check"
	"capsim/scenarios"
)

// arguments offers what the usage of a verb asks for.
func (o *offering) arguments(words []string) {
	v := verbNamed(words[0])
	if v == nil {
		return
	}
	rest := words[1:]
	switch v.Name {
	case "policy":
		if o.scene.fixedPolicy() == "" {
			o.all(scenarios.PolicyOffers(o.scene.policy, rest, o.last))
		}
	case "expect":
		o.expectation(rest)
	case "partition":
		o.groups(rest)
	case "message":
		if len(rest) == 0 {
			o.messages()
			return
		}
		o.alternatives(v.Usage, v.Doc)
	default:
		if len(rest) == 0 {
			o.target(v.Usage)
		}
		if len(rest) == 1 || !takesTarget(v.Usage) {
			o.alternatives(v.Usage, v.Doc)
		}
	}
}

func verbNamed(name string) *scenarios.Verb {
	for i := range scenarios.Verbs() {
		if v := &scenarios.Verbs()[i]; v.Name == name {
			return v
		}
	}
	return nil
}

// takesTarget tells whether the first word after the verb is a node or a link.
func takesTarget(usage string) bool {
	words := strings.Fields(usage)
	return len(words) > 1 && strings.HasPrefix(words[1], "n1")
}

// target offers the nodes or links that a usage asks for first.
func (o *offering) target(usage string) {
	if strings.Contains(usage, "n1-n2") || strings.Contains(usage, "n1->n2") {
		for _, l := range o.links() {
			o.add(l, "both ways")
		}
		for _, l := range o.links() {
			a, b, _ := strings.Cut(l, "-")
			o.add(a+"->"+b, "one way")
			o.add(b+"->"+a, "one way")
		}
		o.add("*-*", "all links")
		return
	}
	if takesTarget(usage) {
		for _, name := range o.hostNames() {
			o.add(name, "")
		}
	}
}

// alternatives offers what else a usage has: "+200ms", "x5" and "off" of "delay n1-n2 +200ms |
// x5 | DIST | off". DIST stands for the distributions.
func (o *offering) alternatives(usage, doc string) {
	_, usage, _ = strings.Cut(usage, " ")
	for _, part := range strings.FieldsFunc(usage, func(r rune) bool { return strings.ContainsRune("|[]", r) }) {
		words := strings.Fields(part)
		if len(words) > 0 && (strings.HasPrefix(words[0], "n1") || words[0] == "12") {
			words = words[1:]
		}
		switch {
		case len(words) == 0:
		case words[0] == "DIST":
			o.all(scenarios.DistOffers())
		default:
			o.add(strings.Join(words, " "), doc)
		}
	}
}

// messages offers the messages that are under way.
func (o *offering) messages() {
	for i := range o.scene.flights {
		f := &o.scene.flights[i]
		doc := f.Kind + " " + o.scene.view.Name(f.From) + "->" + o.scene.view.Name(f.To)
		switch {
		case f.Held:
			doc += ", held by " + f.Cause
		default:
			doc += ", " + o.scene.lands(f, instantText)
		}
		o.add(itoa(int(f.Msg)), doc)
	}
}

// hostNames lists the nodes, then the remote clients.
func (p *program) hostNames() []string {
	var names []string
	for i := 1; i <= p.scene.listed(); i++ {
		names = append(names, "n"+itoa(i))
	}
	for i := range p.scene.view.Clients {
		names = append(names, p.scene.view.Clients[i].Name)
	}
	return names
}

// groups offers the sides of a partition.
func (o *offering) groups(words []string) {
	named := map[string]bool{}
	for _, w := range words {
		named[w] = true
	}
	for _, n := range o.hostNames() {
		if !named[n] {
			o.add(n, "")
		}
	}
	if len(words) > 0 && words[len(words)-1] != "|" {
		o.add("|", "the other side")
		o.add("hold", "messages wait for the heal instead of being lost")
	}
	if named["|"] {
		o.add("*", "all the rest")
	}
}

// expectation offers what may stand before a check, the checks, and what they take.
func (o *offering) expectation(words []string) {
	for i, w := range words {
		if c, ok := check.Find(w); ok {
			o.checkArgs(c, words[i+1:])
			return
		}
	}
	before := ""
	if len(words) > 0 {
		before = words[len(words)-1]
	}
	switch before {
	case "under":
		o.all(scenarios.PolicyOffers("", nil, ""))
		return
	case "within":
		o.add("2s", "at some instant until so much later")
		return
	case "at":
		o.add("end", "when the run ends")
		return
	}
	o.checks()
	o.add("not", "the opposite")
	o.add("within", "at some instant until so much later, as: within 2s")
	o.add("at", "at end: when the run ends")
	o.add("under", "only if such a policy rules")
}

func (o *offering) checks() {
	for i := range check.Checks {
		o.add(check.Checks[i].Name, check.Checks[i].Doc)
	}
}

// checkArgs offers what a check takes, by its usage.
func (o *offering) checkArgs(c *check.Check, words []string) {
	takes := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(c.Usage))
	if len(words) >= len(takes) {
		return
	}
	switch what := takes[len(words)]; what {
	case "KEY":
		o.keys()
	case "NODE":
		for i := 1; i <= o.scene.listed(); i++ {
			o.add("n"+itoa(i), "")
		}
	case "CLIENT":
		for _, name := range o.clients() {
			o.add(name, "")
		}
	case "CMP":
		for _, cmp := range []string{"=", "!=", "<", "<=", ">", ">="} {
			o.add(cmp, c.Doc)
		}
	case "PERCENTILE":
		for _, p := range []string{"p50", "p99", "max"} {
			o.add(p, c.Doc)
		}
	case "VALUE", "VERSION", "N", "DURATION", "PERCENT":
	default:
		for _, w := range strings.Split(what, "|") {
			if strings.ToLower(w) == w {
				o.add(w, c.Doc)
			}
		}
	}
}

// hint says what the line is about: the usage of its verb, command or word, and what it
// does; "" if nothing is known of it yet.
func (p *program) hint(before string) string {
	words, last := typedWords(before)
	if len(words) == 0 {
		words, last = []string{last}, ""
	}
	if v := verbNamed(words[0]); v != nil {
		if why := p.scene.fixedPolicy(); v.Name == "policy" && why != "" {
			return why
		}
		return v.Usage + ": " + v.Doc
	}
	if w := programWordOf(words[0]); w != nil {
		return w.usage + ": " + w.doc
	}
	if p.isOperation(words[0]) {
		if len(words) == 1 {
			words = append(words, last)
		}
		return p.commandHint(words[1])
	}
	return ""
}

// commandHint says what a command takes and does, or that it is none of the lab's.
func (p *program) commandHint(name string) string {
	s := p.scene
	if c := s.commandOffered(name); c != nil {
		return c.Usage + ": " + c.Doc
	}
	if c := commandNamed(name); c != nil && s.lab != "" {
		return c.Name + " is a command of data: " + s.lab + " is a lab, and refuses it"
	}
	return ""
}
