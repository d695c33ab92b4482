package scenarios

import (
	"errors"
	"maps"
	"slices"

	"capsim/netsim"
)

// linkWord is a latency of its own that some links are given.
type linkWord struct {
	args *args // the links are its first word
	dist netsim.Dist
}

func readLatency(a *args, s *Settings) *Problem {
	switch {
	case len(a.words) == 0:
		return a.wrong(0, wantDist)
	case len(a.words) > 2:
		return a.wrong(2, "the end of the line; the parts of a distribution stand in parentheses")
	}
	last := len(a.words) - 1
	if _, err := netsim.ParseLinks(a.words[0].text, maxNodes); err == nil && last == 0 {
		return a.wrong(1, wantDist)
	}
	d, err := netsim.ParseDist(a.words[last].text)
	if err != nil {
		return a.wrong(last, wantDist+"; "+err.Error(), distNames()...)
	}
	if last == 0 {
		s.Latency = d
	} else {
		a.p.links = append(a.p.links, linkWord{a, d})
	}
	return nil
}

const wantDist = "a distribution, as lognormal(10ms, 0.3), or a link and one"

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
	for _, l := range p.links {
		links, err := netsim.ParseLinks(l.args.words[0].text, p.settings.Nodes)
		var refused *netsim.ArgError
		switch {
		case errors.As(err, &refused):
			p.report(l.args.wrong(0, refused.Want))
		case err != nil:
			p.report(l.args.wrong(0, err.Error()))
		default:
			p.settings.LinkLatency = append(p.settings.LinkLatency, LinkLatency{links, l.dist})
		}
	}
	p.links = nil
	p.policy = p.settings.Policy
}

func writeLatency(s *Settings) []string {
	texts := []string{s.Latency.String()}
	for _, l := range s.LinkLatency {
		texts = append(texts, quoteWord(l.Links.String())+" "+l.Dist.String())
	}
	return texts
}

// GivenNames lists the settings that the script or a flag sets, sorted.
func (s *Settings) GivenNames() []string { return slices.Sorted(maps.Keys(s.Given)) }
