package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"capsim/labs"
	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// ownLatency is a latency of its own that some messages are given.
type ownLatency struct {
	args *args
	link int // which word names the links; -1: all
	kind int // which word names the messages' kind; -1: all
	dist netsim.Dist
}

const kindWord = "kind="

func readLatency(a *args, s *Settings) *Problem {
	own := ownLatency{args: a, link: -1, kind: -1}
	i := 0
	if i < len(a.words) && namesLinks(a.words[i].text) {
		own.link, i = i, i+1
	}
	if i < len(a.words) && strings.HasPrefix(a.words[i].text, kindWord) {
		if len(a.words[i].text) == len(kindWord) {
			return a.wrong(i, "kind= and a kind of message, as kind=client.request")
		}
		own.kind, i = i, i+1
	}
	switch {
	case i >= len(a.words):
		return a.wrong(i, wantDist)
	case i < len(a.words)-1:
		return a.wrong(i+1, "the end of the line; the parts of a distribution stand in parentheses")
	}
	d, wrong := a.distribution(i)
	if wrong != nil {
		return wrong
	}
	if i == 0 {
		s.Latency = d
	} else {
		own.dist = d
		a.p.own = append(a.p.own, own)
	}
	return nil
}

// namesLinks tells whether a word is meant to name links.
func namesLinks(word string) bool {
	i, open := strings.IndexByte(word, '-'), strings.IndexByte(word, '(')
	return i > 0 && (open < 0 || i < open)
}

const wantDist = "a distribution, as lognormal(10ms, 0.3), or before it a link, kind=KIND, or both"

// distNames lists the names of distributions.
func distNames() []string {
	var names []string
	for _, usage := range netsim.DistForms() {
		names = append(names, wordsIn(usage)...)
	}
	return names
}

// finishSettings judges what can be judged only when all settings are read.
func (p *parser) finishSettings() {
	for _, o := range p.own {
		l := LinkLatency{Dist: o.dist}
		if o.kind >= 0 {
			l.Kind = o.args.words[o.kind].text[len(kindWord):]
			p.warnKind(o.args, o.kind, l.Kind)
		}
		if o.link >= 0 {
			links, err := netsim.ParseLinks(o.args.words[o.link].text, p.settings.Nodes+len(p.settings.Remote), p.settings.Remote...)
			var refused *netsim.ArgError
			switch {
			case errors.As(err, &refused):
				p.report(o.args.wrong(o.link, refused.Want))
				continue
			case err != nil:
				p.report(o.args.wrong(o.link, err.Error()))
				continue
			}
			l.Links = &links
		}
		p.settings.LinkLatency = append(p.settings.LinkLatency, l)
	}
	p.own = nil
	if p.live {
		return // the policy is the one in force, which was chosen before
	}
	p.policy = p.settings.Policy
	p.checkNodes()
	p.checkChoice()
	p.checkInput()
}

// warnKind warns of a kind that no policy's messages are of.
func (p *parser) warnKind(a *args, i int, kind string) {
	kinds := []string{trace.RequestKind, trace.ReplyKind}
	for _, s := range labs.Catalog {
		for _, k := range s.Kinds {
			if !slices.Contains(kinds, k) { // policies share some
				kinds = append(kinds, k)
			}
		}
	}
	if !slices.Contains(kinds, kind) {
		w := a.wrong(i, "a kind that some policy's messages are of: "+strings.Join(kinds, ", "))
		w.Mean = nearest(kind, kinds)
		p.warnings = append(p.warnings, *w)
	}
}

func writeLatency(s *Settings) []string {
	texts := []string{s.Latency.String()}
	for _, l := range s.LinkLatency {
		text := ""
		if l.Links != nil {
			text = quoteWord(l.Links.String()) + " "
		}
		if l.Kind != "" {
			text += quoteWord(kindWord+l.Kind) + " "
		}
		texts = append(texts, text+l.Dist.String())
	}
	return texts
}

// setup gives some messages a latency of their own.
func (s Settings) setup(n *netsim.Net) {
	for _, l := range s.LinkLatency {
		set := func(from, to model.NodeID) {
			if l.Kind != "" {
				n.SetKindLatency(l.Kind, from, to, l.Dist)
			} else {
				n.SetLatency(from, to, l.Dist)
			}
		}
		if l.Links == nil || l.Links.All() && n.Hosts() > netsim.MaxPairs {
			set(0, 0)
		} else {
			l.Links.Each(n.Hosts(), set)
		}
	}
}

// GivenNames lists the settings that the script or a flag sets, sorted.
func (s *Settings) GivenNames() []string { return slices.Sorted(maps.Keys(s.Given)) }

// checkChoice refuses a policy that can't stand among so many nodes, and warns of
// what the choice gives up. Where the policy comes from a flag, the flag is wrong.
func (p *parser) checkChoice() {
	a := p.policyArgs
	if a == nil {
		return
	}
	p.policyArgs = nil
	p.report(p.judgeChoice(a, p.settings.Policy))
}

// judgeChoice is what is wrong with the choice that the words name, in a cluster of
// this size; what it gives up is a warning.
func (p *parser) judgeChoice(a *args, c policies.Choice) *Problem {
	if c.Spec == nil {
		return nil
	}
	if err := c.Fits(p.settings.Nodes); err != nil && !p.tooMany {
		return a.wrong(0, fmt.Sprintf("a choice that fits %d nodes: %s", p.settings.Nodes, err.Error()))
	}
	if text := c.Caution(p.settings.Nodes); text != "" {
		p.warnings = append(p.warnings, Problem{Pos: a.wrong(0, "").Pos, Says: text})
	}
	return nil
}
