package scenarios

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"capsim/labs"
	"capsim/model"
	"capsim/policies"
)

// opVerb is the verb of operations: they begin with a client.
var opVerb = &Verb{
	Name: "NAME@NODE", Usage: "alice@n1 SET cart milk", repeats: true, read: readOp, text: opText,
	Doc: "Lets a client ask a node. Without @NODE it asks the one that it asked last.",
}

// isCommand tells whether clients have a command of that name, in any case.
func isCommand(name string) bool {
	for _, c := range commandNames() {
		if strings.EqualFold(c, name) {
			return true
		}
	}
	v, _ := labs.Catalog.Verb(name)
	return v != nil
}

// commandNames lists the commands that clients have.
func commandNames() []string {
	var names []string
	for _, c := range model.Commands {
		if !c.System {
			names = append(names, c.Name)
		}
	}
	return names
}

func readOp(a *args) (Body, *Problem) {
	client, node, wrong := a.client()
	if wrong != nil {
		return nil, wrong
	}
	if len(a.words) == 0 {
		return nil, a.wrong(0, "a command, as GET cart")
	}
	words := a.texts()
	command, err := parseCommand(words)
	if err != nil {
		return nil, a.badCommand(err)
	}
	a.p.clients[client] = session{node, a.named(client)}
	a.warnUnsupported(command)
	return Op{Client: client, Node: node, Words: words, Command: command}, nil
}

// parseCommand reads a command of data, or one of a lab's own.
func parseCommand(words []string) (model.Command, error) {
	if v, _ := labs.Catalog.Verb(words[0]); v != nil {
		return v.Command(words[1:])
	}
	return model.ParseCommand(words)
}

// badCommand says what is wrong with a command, in Redis's words.
func (a *args) badCommand(err error) *Problem {
	redis := err.Error()
	if v, _ := labs.Catalog.Verb(a.words[0].text); v != nil {
		if refused := (*policies.ChoiceError)(nil); errors.As(err, &refused) {
			return a.refused(1+refused.Word, refused.Want, v.Usage)
		}
		return a.wrong(0, v.Usage+" ("+redis+")")
	}
	for _, c := range model.Commands {
		if strings.EqualFold(c.Name, a.words[0].text) && !c.System {
			return a.wrong(0, c.Usage+" ("+redis+")")
		}
	}
	names := commandNames()
	want := "a command: " + strings.Join(names, " ")
	if spec := a.p.policy.Spec; spec != nil && spec.Lab {
		want = "a command of " + spec.Name + ":"
		for _, v := range spec.Verbs {
			want += " " + v.Name
		}
	}
	for _, s := range labs.Specs {
		for _, v := range s.Verbs {
			names = append(names, v.Name)
		}
	}
	return a.wrong(0, want+" ("+redis+")", names...)
}

// named returns where the client was first named.
func (a *args) named(client string) Pos {
	if s, ok := a.p.clients[client]; ok {
		return s.pos
	}
	pos := a.pos
	pos.Col = a.verb.col
	return pos
}

const wantClient = "a client's name, of a-z, 0-9 and _, beginning with a letter, and not n1, n2, …"

// client reads who asks whom.
func (a *args) client() (string, model.NodeID, *Problem) {
	name, at, given := strings.Cut(a.verb.text, "@")
	if !validName(name) {
		return "", 0, a.wrong(-1, wantClient)
	}
	if !given {
		s, ok := a.p.clients[name]
		if !ok {
			return "", 0, a.unknownClient(name)
		}
		return name, s.node, nil
	}
	node, ok := model.ParseNode(at)
	if !ok || int(node) > a.p.settings.Nodes {
		// It is a client all the same, so that it isn't called unknown later.
		a.p.clients[name] = session{1, a.named(name)}
		return "", 0, a.wrong(-1, name+"@ and a "+nodesText(a.p.settings.Nodes))
	}
	return name, node, nil
}

func (a *args) unknownClient(name string) *Problem {
	return a.wrong(-1, "a node for a client that has asked none yet, as "+name+"@n1", a.p.clientNames()...)
}

// clientNames lists the clients, sorted.
func (p *parser) clientNames() []string { return slices.Sorted(maps.Keys(p.clients)) }

// nodesText names the nodes of a cluster.
func nodesText(nodes int) string {
	if nodes == 1 {
		return "node: n1"
	}
	return "node, n1 to " + model.NodeID(nodes).String()
}

// validName tells whether a client, or a workload, may be called so.
func validName(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return false
	}
	return s[0] != 'n' || len(s) == 1 || strings.Trim(s[1:], "0123456789") != ""
}

// nameNode writes the node of a repeated operation into its words, and keeps it
// as the client's last.
func (a *args) nameNode() *Problem {
	name, at, given := strings.Cut(a.verb.text, "@")
	if !validName(strings.ReplaceAll(name, count, "_")) {
		return a.wrong(-1, wantClient)
	}
	a.p.anyClient = a.p.anyClient || !validName(name)
	if !given {
		s, ok := a.p.clients[name]
		if !ok {
			return a.unknownClient(name)
		}
		a.verb.text += "@" + s.node.String()
		return nil
	}
	node, ok := model.ParseNode(at)
	if ok && int(node) <= a.p.settings.Nodes && validName(name) {
		a.p.clients[name] = session{node, a.named(name)}
	}
	return nil
}

// opText writes an operation with its node and the command's name as Redis has it.
func opText(a *args) string {
	b := *a
	if !strings.Contains(a.verb.text, "@") {
		b.verb.text += "@" + a.p.clients[a.verb.text].node.String()
	}
	b.words = append([]word{}, a.words...)
	if isCommand(b.words[0].text) {
		name := strings.ToUpper(b.words[0].text)
		b.words[0] = word{text: name, raw: name}
	}
	return plainText(&b)
}

// warnUnsupported warns, once, of a command that the policy in force does not
// offer.
func (a *args) warnUnsupported(c model.Command) {
	p := a.p
	if p.policy.Spec == nil || p.policy.Supports(c) {
		return
	}
	key := p.policy.String() + " " + c.Name()
	if p.warned[key] {
		return
	}
	p.warned[key] = true
	p.warnings = append(p.warnings, *a.wrong(0, offered(p.policy, c)+": this one is refused "+model.CodeUnsupported))
}

// offered says what the policy would take in the command's place: the same without its
// options, if that can be.
func offered(policy policies.Choice, c model.Command) string {
	if c.Verb == model.CALL {
		_, lab := labs.Catalog.Verb(c.Name())
		return "a command that " + policy.Spec.Name + " offers; " + c.Name() + " is one of " + lab.Name
	}
	spec := c.Spec()
	bare := c
	bare.Args = c.Args[:min(spec.Min, len(c.Args))]
	if policy.Supports(bare) {
		usage, _, _ := strings.Cut(spec.Usage, " [")
		return usage + " alone, all of " + spec.Name + " that " + policy.Spec.Name + " offers"
	}
	return "a command that " + policy.Spec.Name + " offers"
}
