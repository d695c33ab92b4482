package scenarios

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/labs"
	"capsim/netsim"
	"capsim/policies"
)

// maxNodes is how many nodes a cluster may have; above cluster.MaxNodes only some labs can.
const maxNodes = cluster.MaxSwarm

// setting is what may follow "use".
type setting struct {
	name, usage, doc string
	read             func(a *args, s *Settings) *Problem // the words after the name
	// write returns how a script sets what is so: what follows the name; a text each.
	write func(s *Settings) []string
}

// settings are all settings, in the order in which a script writes them.
var settings = []setting{
	{"nodes", "nodes 3", "how many nodes: 1 to 9, in some labs up to 1000000", readNodes, writeNodes},
	{"policy", "policy ap conflict=lww", "the policy, with its parameters", readPolicy, writePolicy},
	{"seed", "seed 42", "what all randomness comes from", readSeed, writeSeed},
	{"store", "store miniredis", "each node's disk: miniredis, memory, spawn, or a Redis URL a node", readStore, writeStore},
	{"latency", "latency [n1->n2] [kind=KIND] DIST", "how long messages take, one way: all, those of some links, those of a kind", readLatency, writeLatency},
	{"loss", "loss 1%", "how many messages are lost, on every link", readLoss, writeLoss},
	{"input", "input FILE", "the text that a lab works on, of at most 4 MiB; the file lies beside the script", readInput, writeInput},
	{"timeout", "timeout 1s", "how long a client waits before its operation is unknown", readTimeout, writeTimeout},
}

// defaults returns the settings of a script that sets nothing.
func defaults() *Settings {
	ap, _ := labs.Catalog.Choose([]string{"ap"})
	return &Settings{
		Nodes:   3,
		Policy:  ap,
		Seed:    1,
		Store:   "miniredis",
		Latency: netsim.DefaultLatency,
		Timeout: time.Second,
		Given:   map[string]Pos{},
	}
}

// use reads a setting of the file.
func (p *parser) use(pos Pos, verb word, l *lexer) *Problem {
	a, wrong := p.readArgs(pos, verb, l)
	if wrong != nil {
		return wrong
	}
	switch {
	case p.live:
		return a.wrong(-1, "a statement: settings stand at the beginning of a file")
	case p.begun.Line > 0:
		return a.wrong(-1, fmt.Sprintf("settings before the first statement, which is on line %d", p.begun.Line))
	}
	s, wrong := a.setting()
	if wrong != nil {
		return wrong
	}
	if before, ok := p.settings.Given[s.name]; ok && before.File == p.file && !a.ofLink(s) {
		return a.wrong(0, fmt.Sprintf("each setting once; it is on line %d already", before.Line))
	}
	pos.Col = verb.col
	return p.set(s, pos, a)
}

// override reads a setting from outside of the file.
func (p *parser) override(o Override) {
	pos := Pos{File: o.From}
	l := &lexer{line: o.Text}
	words, err := l.all(false)
	if err != nil {
		p.report(err.at(pos))
		return
	}
	a := &args{p: p, pos: pos, words: words}
	p.content = o.Content
	s, wrong := a.setting()
	if wrong == nil {
		wrong = p.set(s, pos, a)
		p.fixed[s.name] = true
	}
	p.content = nil
	p.report(wrong)
}

// setting returns which setting the words name, and leaves those after the name.
func (a *args) setting() (*setting, *Problem) {
	names := make([]string, len(settings))
	for i := range settings {
		if len(a.words) > 0 && a.words[0].is(settings[i].name) {
			return &settings[i], nil
		}
		names[i] = settings[i].name
	}
	return nil, a.wrong(0, "a setting: "+strings.Join(names, ", "), names...)
}

// set reads the words after the setting's name, unless it is fixed from outside:
// then they are only judged.
func (p *parser) set(s *setting, pos Pos, a *args) *Problem {
	inner := &args{p: p, pos: a.pos, verb: a.words[0], words: a.words[1:]}
	into := p.settings
	if p.fixed[s.name] {
		copied := *into
		into = &copied
	}
	wrong := s.read(inner, into)
	if wrong == nil && !p.fixed[s.name] && !a.ofLink(s) {
		p.settings.Given[s.name] = pos
	}
	return wrong
}

// ofLink tells whether the setting is that of some messages, of which there may be many.
func (a *args) ofLink(s *setting) bool {
	return s.name == "latency" && len(a.words) > 1 && (namesLinks(a.words[1].text) || strings.HasPrefix(a.words[1].text, kindWord))
}

// only returns the one word there is.
func (a *args) only(want string) (string, *Problem) {
	if len(a.words) == 0 {
		return "", a.wrong(0, want)
	}
	return a.words[0].text, a.more(1)
}

func readNodes(a *args, s *Settings) *Problem {
	want := fmt.Sprintf("a number of nodes, 1 to %d, or in some labs up to %d", cluster.MaxNodes, maxNodes)
	text, wrong := a.only(want)
	if wrong != nil {
		return wrong
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxNodes || strconv.Itoa(n) != text {
		s.Nodes = maxNodes // so that no node is called unknown for this alone
		return a.wrong(0, want)
	}
	s.Nodes = n
	if !a.p.fixed["nodes"] {
		a.p.nodesArgs = a
	}
	return nil
}

func writeNodes(s *Settings) []string { return []string{strconv.Itoa(s.Nodes)} }

func readPolicy(a *args, s *Settings) *Problem {
	c, wrong := a.choice()
	if wrong != nil {
		return wrong
	}
	if over := s.Policy.Spec; a.p.fixed["policy"] && over != c.Spec && (over.Lab || c.Spec.Lab) {
		return a.wrong(0, over.Name+", which was asked for from outside: "+labOf(over, c.Spec).Name+" is a lab, and its scripts mean nothing to another policy")
	}
	s.Policy = c
	if !a.p.fixed["policy"] {
		a.p.policyArgs = a
	}
	return nil
}

func writePolicy(s *Settings) []string {
	if s.Policy.Spec == nil {
		return nil
	}
	return []string{s.Policy.String()}
}

// choice reads the words as a policy with its parameters.
func (a *args) choice() (policies.Choice, *Problem) {
	c, err := labs.Catalog.Choose(a.texts())
	var refused *policies.ChoiceError
	switch {
	case err == nil:
		return c, nil
	case !errors.As(err, &refused):
		return c, a.wrong(0, err.Error())
	case refused.Word == 0:
		return c, a.wrong(0, refused.Want, labs.Catalog.Names()...)
	}
	var known []string
	if spec, ok := labs.Catalog.Find(a.words[0].text); ok {
		for _, p := range spec.Params {
			known = append(known, p.Name+"="+p.Default)
			for _, v := range p.Values {
				known = append(known, p.Name+"="+v)
			}
		}
	}
	return c, a.wrong(refused.Word, refused.Want, known...)
}

func readSeed(a *args, s *Settings) *Problem {
	const want = "a whole number of at most 64 bits"
	text, wrong := a.only(want)
	if wrong != nil {
		return wrong
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return a.wrong(0, want)
	}
	s.Seed = n
	return nil
}

func writeSeed(s *Settings) []string { return []string{strconv.FormatInt(s.Seed, 10)} }

func readStore(a *args, s *Settings) *Problem {
	text, wrong := a.only("a store: miniredis, memory, spawn, or a Redis URL for each node")
	if wrong != nil {
		return wrong
	}
	if _, err := store.Parse(text); err != nil {
		return a.wrong(0, "a store that can be used; "+err.Error(), "miniredis", "memory", "spawn")
	}
	s.Store = text
	if !a.p.fixed["store"] {
		a.p.storeArgs = a
	}
	return nil
}

// writeStore leaves out users and passwords of URLs: scripts are saved, traced and
// shown.
func writeStore(s *Settings) []string {
	urls := strings.Split(s.Store, ",")
	for i, u := range urls {
		from, to := strings.Index(u, "//")+2, strings.LastIndexByte(u, '@')+1
		if from >= 2 && from < to {
			urls[i] = u[:from] + u[to:]
		}
	}
	return []string{quoteWord(strings.Join(urls, ","))}
}

func readLoss(a *args, s *Settings) *Problem {
	const want = "a share, as 1% or 0.5%, from 0% to 100%"
	text, wrong := a.only(want)
	if wrong != nil {
		return wrong
	}
	percent, ok := parsePercent(text)
	if !ok {
		return a.wrong(0, want)
	}
	s.Loss = percent / 100
	return nil
}

func writeLoss(s *Settings) []string { return []string{formatPercent(s.Loss * 100)} }

func readTimeout(a *args, s *Settings) *Problem {
	d, wrong := a.duration(0, time.Microsecond, time.Hour)
	if wrong == nil {
		wrong = a.more(1)
	}
	if wrong == nil {
		s.Timeout = d
	}
	return wrong
}

func writeTimeout(s *Settings) []string { return []string{s.Timeout.String()} }
