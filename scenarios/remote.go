package scenarios

import (
	"fmt"
	"slices"

	"capsim/cluster"
	"capsim/netsim"
)

const (
	clientWord    = "client"
	remoteUsage   = "client dora remote"
	remoteDoc     = "makes a client a host of its own, with links to the nodes that faults can name"
	wantRemoteNow = "a statement: what a client is stands at the beginning of a file"
)

// isClientSetting tells whether a line that begins with "client" is the setting,
// and not an operation of a client of that name.
func (p *parser) isClientSetting(first word) bool {
	_, known := p.clients[clientWord]
	return first.is(clientWord) && !known
}

// remoteClient reads "client NAME remote".
func (p *parser) remoteClient(pos Pos, verb word, l *lexer) *Problem {
	a, wrong := p.readArgs(pos, verb, l)
	switch {
	case wrong != nil:
		return wrong
	case p.live:
		return a.wrong(-1, wantRemoteNow)
	case p.begun.Line > 0:
		return a.wrong(-1, fmt.Sprintf("settings before the first statement, which is on line %d", p.begun.Line))
	case len(a.words) == 0 || !validName(a.words[0].text) || a.words[0].text == "all":
		return a.wrong(0, wantClient+"; as: "+remoteUsage)
	case slices.Contains(p.settings.Remote, a.words[0].text):
		return a.wrong(0, "each client once: "+a.words[0].text+" is remote already")
	case len(a.words) < 2 || !a.words[1].is("remote"):
		return a.wrong(1, "remote, as: "+remoteUsage, "remote")
	case len(p.settings.Remote) == cluster.MaxClients:
		return a.wrong(0, fmt.Sprintf("at most %d remote clients", cluster.MaxClients))
	}
	p.remoteArgs = a
	p.settings.Remote = append(slices.Clip(p.settings.Remote), a.words[0].text)
	return a.more(2)
}

// faultArgs are what a fault reads: words, and the hosts that they may name.
func (s *Settings) faultArgs(words []string) netsim.Args {
	return netsim.Args{Words: words, Hosts: s.Nodes + len(s.Remote), Names: s.Remote}
}
