package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"capsim/cluster"
	"capsim/model"
)

// Workload is a load that a set of clients puts on the cluster; the shares of its mix
// are in percent.
type Workload cluster.Load

// loadName is a workload's name in a script.
type loadName struct {
	pos     Pos
	clients int
}

var workloadVerb = Verb{
	Name: "workload", read: readWorkload, text: plainText,
	Usage: "workload NAME clients=5 at=n1,n2,n3 rate=100/s keys=10 dist=zipf(1.1) ops=GET:80%,SET:20% from 1s to 30s",
	Doc: "Lets clients NAME_1, NAME_2, … ask at random (Poisson) for keys NAME:0, NAME:1, …, every written value once. " +
		"The rate is that of all clients together. Without them: clients=1, at all nodes, rate=10/s, keys=1, dist=uniform, ops=GET:50%,SET:50%. " +
		"After a SET+WAIT its client sends WAIT 1 500.",
}

// loadParam is one of a workload's parameters.
type loadParam struct {
	name, usage string
	// read reads the value; want is what was expected if it can't be.
	read func(a *args, value string, l *Workload) (want string)
}

var loadParams = []loadParam{
	{"clients", "clients=5", readLoadClients},
	{"at", "at=n1,n2,n3", readLoadNodes},
	{"rate", "rate=100/s", readLoadRate},
	{"keys", "keys=10", readLoadKeys},
	{"dist", "dist=zipf(1.1)", readLoadDist},
	{"ops", "ops=GET:80%,SET:20%", readLoadMix},
}

// Limits of a workload.
const (
	maxLoadClients = 1000
	maxLoadKeys    = 100_000
	maxLoadRate    = 1e6 // a second
	maxLoadZipf    = 10
	maxLoadOps     = 10_000_000 // to be expected of one
)

func readWorkload(a *args) (Body, *Problem) {
	if len(a.words) == 0 || !validName(a.words[0].text) {
		return nil, a.wrong(0, "a name for the workload, of a-z, 0-9 and _, beginning with a letter")
	}
	if spec := a.p.settings.Policy.Spec; spec != nil && spec.Lab && spec.Supports == nil {
		return nil, a.wrong(-1, "the commands of "+spec.Name+": a workload asks for data, and "+spec.Name+" is a lab that holds none")
	}
	l := defaultLoad(a.words[0].text, a.p.settings.Nodes)
	if before, ok := a.p.loads[l.Name]; ok {
		return nil, a.wrong(0, fmt.Sprintf("another name: line %d has a workload of this one", before.pos.Line))
	}
	i, wrong := a.loadParams(&l)
	if wrong != nil {
		return nil, wrong
	}
	if l.From, l.To, wrong = a.span(i); wrong != nil {
		return nil, wrong
	}
	if wrong := a.more(i + 4); wrong != nil {
		return nil, wrong
	}
	if n := l.Rate * l.To.Sub(l.From).Seconds(); n > maxLoadOps {
		return nil, a.wrong(i, fmt.Sprintf("a shorter time or a lower rate: %.0f operations, where %d is the most", n, maxLoadOps))
	}
	pos := a.pos
	pos.Col = a.words[0].col
	a.p.loads[l.Name] = loadName{pos, l.Clients}
	return l, nil
}

func defaultLoad(name string, nodes int) Workload {
	l := Workload{
		Name: name, Clients: 1, Rate: 10, Keys: 1,
		Mix: []cluster.Share{{Verb: model.GET, Share: 50}, {Verb: model.SET, Share: 50}},
	}
	for n := range nodes {
		l.At = append(l.At, model.NodeID(n+1))
	}
	return l
}

// loadParams reads the parameters, which end at "from", and returns its index.
func (a *args) loadParams(l *Workload) (int, *Problem) {
	var usages, seen []string
	for _, p := range loadParams {
		usages = append(usages, p.usage)
	}
	for i := 1; ; i++ {
		if i >= len(a.words) || a.words[i].is("from") {
			return i, nil
		}
		name, value, given := strings.Cut(a.words[i].text, "=")
		at := slices.IndexFunc(loadParams, func(p loadParam) bool { return p.name == name })
		if at < 0 || !given {
			return i, a.unknownParam(i, name, usages)
		}
		if slices.Contains(seen, name) {
			return i, a.wrong(i, "each parameter once")
		}
		seen = append(seen, name)
		if want := loadParams[at].read(a, value, l); want != "" {
			return i, a.wrong(i, want)
		}
		a.warnLoad(i, name, l)
	}
}

func (a *args) unknownParam(i int, name string, usages []string) *Problem {
	known := []string{"from"}
	for _, p := range loadParams {
		known = append(known, p.name)
	}
	wrong := a.wrong(i, "from, or a parameter: "+strings.Join(usages, ", "))
	wrong.Mean = nearest(name, known)
	return wrong
}

// shortest returns the command without options, which is what a workload asks.
func shortest(v model.Verb) model.Command {
	c := model.Command{Verb: v}
	c.Args = make([]string, c.Spec().Min)
	return c
}

// warnLoad warns of commands that the policy in force does not offer.
func (a *args) warnLoad(i int, param string, l *Workload) {
	if param != "ops" {
		return
	}
	for _, s := range l.Mix {
		b := &args{p: a.p, pos: a.pos, words: a.words[i:]}
		b.warnUnsupported(shortest(s.Verb))
		if s.Wait {
			b.warnUnsupported(shortest(model.WAIT))
		}
	}
}

// within reads a whole number from 1 to most.
func within(s string, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= most && strconv.Itoa(n) == s
}

func readLoadClients(_ *args, value string, l *Workload) string {
	n, ok := within(value, maxLoadClients)
	if !ok {
		return fmt.Sprintf("clients= and a number, 1 to %d", maxLoadClients)
	}
	l.Clients = n
	return ""
}

func readLoadNodes(a *args, value string, l *Workload) string {
	l.At = nil
	for _, s := range strings.Split(value, ",") {
		n, ok := model.ParseNode(s)
		if !ok || int(n) > a.p.settings.Nodes || slices.Contains(l.At, n) {
			return "at= and nodes, each once, joined by commas: a " + nodesText(a.p.settings.Nodes)
		}
		l.At = append(l.At, n)
	}
	return ""
}

func readLoadRate(_ *args, value string, l *Workload) string {
	number, ok := strings.CutSuffix(value, "/s")
	rate, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || len(number) > 20 || !(rate > 0 && rate <= maxLoadRate) {
		return "rate= and operations a second, above 0 and at most 1000000/s, as rate=100/s"
	}
	l.Rate = rate
	return ""
}

func readLoadKeys(_ *args, value string, l *Workload) string {
	n, ok := within(value, maxLoadKeys)
	if !ok {
		return fmt.Sprintf("keys= and a number, 1 to %d", maxLoadKeys)
	}
	l.Keys = n
	return ""
}

func readLoadDist(_ *args, value string, l *Workload) string {
	l.Zipf = 0
	if value == "uniform" {
		return ""
	}
	inner, ok := strings.CutPrefix(value, "zipf(")
	inner, closed := strings.CutSuffix(inner, ")")
	s, err := strconv.ParseFloat(strings.TrimSpace(inner), 64)
	if !ok || !closed || err != nil || !(s > 0 && s <= maxLoadZipf) {
		return fmt.Sprintf("dist=uniform, or dist=zipf(s) with s above 0 and at most %d", maxLoadZipf)
	}
	l.Zipf = s
	return ""
}

func readLoadMix(_ *args, value string, l *Workload) string {
	l.Mix = nil
	sum := 0.0
	for _, part := range strings.Split(value, ",") {
		name, share, _ := strings.Cut(part, ":")
		name, after, followed := strings.Cut(name, "+")
		i := slices.IndexFunc(model.Commands, func(c model.CommandSpec) bool {
			return strings.EqualFold(c.Name, name) && !c.System
		})
		percent, ok := parsePercent(share)
		if i < 0 || !ok || percent == 0 || followed && (!strings.EqualFold(after, "WAIT") || !model.Commands[i].Write) {
			return "ops= and commands with their shares, as ops=GET:80%,SET:20%, a write as SET+WAIT if its client is to WAIT after it; not " + shown(part)
		}
		l.Mix = append(l.Mix, cluster.Share{Verb: model.Commands[i].Verb, Wait: followed, Share: percent})
		sum += percent
	}
	if math.Abs(sum-100) > 1e-6 {
		return "ops= with shares that sum to 100%, not " + formatPercent(sum)
	}
	return ""
}

// checkLoads refuses clients that bear the name of a workload's client.
func (p *parser) checkLoads() {
	for _, name := range p.clientNames() {
		if p.isLoadClient(name) {
			p.report(&Problem{Pos: p.clients[name].pos, Got: name, Want: "another name: a workload has a client of this one"})
		}
	}
}

// isLoadClient tells whether a workload has a client of that name: NAME_1, NAME_2, ….
func (p *parser) isLoadClient(name string) bool {
	i := strings.LastIndexByte(name, '_')
	if i < 0 {
		return false
	}
	l, ok := p.loads[name[:i]]
	n, number := within(name[i+1:], maxLoadClients)
	return ok && number && n <= l.clients
}
