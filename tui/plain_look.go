package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// here is the cluster as it was at the cursor.
func (p *plain) here() *scene {
	p.compose()
	return p.scene
}

// look prints, a key a line, what each node holds.
func (p *plain) look(rest string) error {
	s := p.here()
	keys := s.view.Keys()
	if rest != "" {
		key, err := p.keyNamed(rest)
		if err != nil {
			return err
		}
		keys = []string{key}
	}
	for i := range s.view.Nodes {
		if n := &s.view.Nodes[i]; n.State != trace.Up {
			p.println(n.ID.String() + " is " + n.State.String() + ".")
		}
	}
	for _, key := range keys {
		line := model.Quote(key) + ":"
		for i := range s.view.Nodes {
			id := s.view.Nodes[i].ID
			line += " " + id.String() + " " + p.holds(id, key) + ";"
		}
		if s.view.Diverged(key) {
			line += " the key is diverged;"
		}
		p.println(strings.TrimSuffix(line, ";") + ".")
	}
	if len(keys) == 0 {
		p.println("No key has been written or read yet.")
	}
	return nil
}

// holds says what a node has of a key.
func (p *plain) holds(n model.NodeID, key string) string {
	switch c := p.view.Cell(n, key); {
	case c == nil || c.Doubt == 0 && len(c.Record.Ops()) == 0:
		return "holds nothing"
	case c.Doubt != 0:
		return "is in doubt of " + p.index.Names([]model.OpID{c.Doubt}, key)
	default:
		return "holds " + p.index.Names(c.Record.Ops(), key) + " " + valueText(c.Record)
	}
}

// keyNamed reads a key that the run knows at the cursor, as the language quotes it.
func (p *plain) keyNamed(word string) (string, error) {
	keys := p.view.Keys()
	for _, key := range keys {
		if word == key || word == model.Quote(key) || word == string(model.AppendQuoted(nil, key)) {
			return key, nil
		}
	}
	if len(keys) == 0 {
		return "", fmt.Errorf("read %s, expected a key; none has been written or read yet", model.Quote(word))
	}
	return "", fmt.Errorf("read %s, expected a key that was written or read: %s", model.Quote(word), strings.Join(quoted(keys, 8), ", "))
}

// quoted writes at most so many words as the language quotes them.
func quoted(words []string, most int) []string {
	var out []string
	for i, w := range words {
		if i == most {
			return append(out, "and "+itoa(len(words)-most)+" more")
		}
		out = append(out, model.Quote(w))
	}
	return out
}

// verdict judges the run up to the cursor.
func (p *plain) verdictOf(rest string) error {
	switch rest {
	case "":
		p.verdictBriefly()
		return nil
	case "all":
		h := p.history()
		for i := range check.Checks {
			c := &check.Checks[i]
			if !c.Default {
				continue
			}
			if test, err := c.Parse(nil); err == nil {
				f := test(h)
				p.println(strings.TrimSpace(c.Name + ": " + word(f) + ". " + printable(f.Witness)))
			}
		}
		return nil
	}
	return fmt.Errorf("verdict: read %s, expected nothing, or all", model.Quote(rest))
}

// history is the run up to the cursor, for checks.
func (p *plain) history() *check.History {
	return check.NewHistory(p.log, p.index, p.folder, check.Options{
		Nodes: p.nodes, Timeout: p.timeout, Until: max(p.n, 1), End: p.at, Over: p.over && p.live(),
	})
}

// judged returns the verdicts at the cursor.
func (p *plain) judged() *judgement {
	s := p.here()
	return p.judge.of(question{
		record: p.record, log: p.log, nodes: p.nodes, timeout: p.timeout,
		cursor: p.cursor, over: p.over && p.live(), story: s.told,
	})
}

func (p *plain) verdictBriefly() {
	v := p.judged()
	cut := "nothing is cut"
	if links, sides := p.cutsNow(); links > 0 {
		cut = itoa(links) + " " + plural(links, "link is", "links are") + " cut: " + strings.TrimSpace(sides)
	}
	p.println("C  linearizable: " + word(v.c) + ".")
	p.println("A  available: " + word(v.a) + ". " + printable(v.a.Witness))
	p.println("P  partition now: " + cut + ".")
	p.println("Diverged keys: " + itoa(v.diverged) + ". Stale reads: " + v.stale.text + ". Lost writes: " + v.lost.text + ".")
	p.println("why: " + printable(v.why.text))
}

func word(f check.Finding) string {
	if f.Verdict == check.Unknown {
		return "open"
	}
	return f.Verdict.String()
}

// tellStory prints the last sentences up to the cursor.
func (p *plain) tellStory(rest string) error {
	most, err := howMany("story", rest, 10)
	if err != nil {
		return err
	}
	told := p.here().told
	for i := max(len(told)-most, 0); i < len(told); i++ {
		p.println(secondsWord(told[i].At) + "  " + toneWord(told[i].Tone) + told[i].Text)
	}
	if len(told) == 0 {
		p.println("Nothing has happened yet.")
	}
	return nil
}

// howMany reads a count, all, or nothing.
func howMany(of, rest string, otherwise int) (int, error) {
	switch rest {
	case "":
		return otherwise, nil
	case "all":
		return int(^uint(0) >> 1), nil
	}
	n, err := strconv.Atoi(rest)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s: read %s, expected how many, as: %s 20, or: %s all", of, model.Quote(rest), of, of)
	}
	return n, nil
}

// wire prints the messages in flight, one a line.
func (p *plain) wire(rest string) error {
	if err := alone("wire", rest); err != nil {
		return err
	}
	s := p.here()
	for i := range s.flights {
		p.println(p.flight(&s.flights[i]))
	}
	if len(s.flights) == 0 {
		p.println("No message is in flight.")
		return nil
	}
	p.println("message NUMBER drop, hold, release or hurry acts on one.")
	return nil
}

// flight describes a message on the wire.
func (p *plain) flight(f *trace.Flight) string {
	s := "message " + itoa(int(f.Msg)) + ", " + printable(f.Kind) + ", from " + p.hostName(f.From) + " to " + p.hostName(f.To)
	for i, op := range f.Ops {
		if i == 3 {
			s += " and " + itoa(len(f.Ops)-i) + " more"
			break
		}
		s += []string{", carries ", " and "}[min(i, 1)] + p.opName(op)
	}
	s += ", sent at " + secondsWord(f.Sent)
	if f.Held {
		return s + ", held by " + printable(f.Cause) + "."
	}
	return s + ", lands at " + secondsWord(f.Due) + "."
}

// opName names an operation by what it wrote: "v2 of cart", else by its number.
func (p *plain) opName(id model.OpID) string {
	if op := p.index.Op(id); op != nil && len(op.Versions) > 0 {
		return "v" + itoa(op.Versions[0].N) + " of " + model.Quote(op.Versions[0].Key)
	}
	return "operation " + itoa(int(id))
}

// listOps prints the last operations, one a line: of all clients, or of one.
func (p *plain) listOps(rest string) error {
	ops := p.here().opsAt(p.n)
	client, count, _ := strings.Cut(rest, " ")
	if slices.ContainsFunc(ops, func(op *trace.Op) bool { return op.Client != "" && op.Client == client }) {
		ops = slices.DeleteFunc(slices.Clone(ops), func(op *trace.Op) bool { return op.Client != client })
		rest = strings.TrimSpace(count)
	}
	most, err := howMany("ops", rest, 10)
	if err != nil {
		return fmt.Errorf("%w; or a client that spoke: ops alice", err)
	}
	for _, op := range ops[max(len(ops)-most, 0):] {
		p.println(p.opLine(op))
	}
	if len(ops) == 0 {
		p.println("No operation has begun yet.")
	}
	return nil
}

// opLine describes an operation as it stood at the cursor.
func (p *plain) opLine(op *trace.Op) string {
	who := op.Client
	if op.System {
		who = "the system"
	}
	s := "op " + itoa(int(op.ID)) + ", " + who + " at " + op.Node.String() + ", " + secondsWord(op.At) + ": " + op.Command.String()
	if n := p.version(op.ID, ""); n > 0 {
		s += " (v" + itoa(n) + ")"
	}
	switch {
	case op.System:
		return s + "."
	case op.Returned == 0 || op.Returned > p.n:
		return s + ": waiting."
	case op.Result.Outcome == model.Refused:
		return s + ": refused, " + op.Result.Code + "."
	case op.Result.Outcome == model.Unknown:
		return s + ": unknown, no answer came."
	}
	s += ": " + op.Result.Reply.String() + ", after " + export.Span(op.Done.Sub(op.At))
	if l := p.lineOf(op.Returned); l != nil && l.Stale {
		s += ", stale"
	}
	return s + "."
}

// inspect prints all that is known of a node.
func (p *plain) inspect(rest string) error {
	s := p.here()
	id := model.NodeID(0)
	for i, n := 1, s.nodes+len(s.view.Clients); i <= n; i++ {
		if name := s.view.Name(model.NodeID(i)); name == rest {
			id = model.NodeID(i)
		}
	}
	if id == 0 {
		return fmt.Errorf("inspect: read %s, expected a node, as: inspect n2", model.Quote(rest))
	}
	p.inspectHost(s.view.Host(id))
	for i := 1; i <= s.nodes+len(s.view.Clients); i++ {
		p.inspectLink(id, model.NodeID(i))
	}
	if int(id) > s.nodes {
		return nil
	}
	for _, key := range s.view.Keys() {
		p.println(id.String() + " " + p.holds(id, key) + " of " + model.Quote(key) + ".")
	}
	return nil
}

func (p *plain) inspectHost(h *trace.NodeView) {
	line := p.hostName(h.ID) + " is " + h.State.String()
	if c := h.Condition(); c != "" {
		line += ", runs with " + c
	}
	if h.Incarnation > 1 {
		line += ", booted " + itoa(h.Incarnation) + " times"
	}
	p.println(line + ".")
	if int(h.ID) > p.nodes {
		return
	}
	if term := p.termOf(h.ID, p.n); term != "" {
		p.println(p.hostName(h.ID) + " believes that it leads, term " + printable(term) + ".")
	} else if p.leads[h.ID].at(p.n) != nil {
		p.println(p.hostName(h.ID) + " believes that it leads.")
	}
}

// inspectLink says how the link from a to b is, if not as at first.
func (p *plain) inspectLink(a, b model.NodeID) {
	if a == b {
		return
	}
	there, back := linkText(p.view.Link(a, b)), linkText(p.view.Link(b, a))
	name := p.hostName(a) + " to " + p.hostName(b)
	switch {
	case there == "" && back == "":
	case there == back:
		p.println("The link " + name + ", both ways: " + there + ".")
	case there == "":
		p.println("The link " + name + ", only back: " + back + ".")
	case back == "":
		p.println("The link " + name + ", only there: " + there + ".")
	default:
		p.println("The link " + name + ", there: " + there + "; back: " + back + ".")
	}
}

// linkText says how a direction of a link is; "" if it is as at first.
func linkText(l trace.Link) string {
	var out []string
	add := func(what, value string) {
		if value != "" {
			out = append(out, what+value)
		}
	}
	switch l.Cut {
	case "drop":
		add("cut, messages are lost, by ", l.Cause)
	case "hold":
		add("cut, messages wait, by ", l.Cause)
	}
	add("delay ", l.Latency)
	share := func(what string, of float64) {
		if of > 0 {
			add(what, strconv.FormatFloat(of*100, 'f', -1, 64)+" percent")
		}
	}
	share("loss ", l.Loss)
	share("duplicates ", l.Duplicate)
	share("reorders ", l.Reorder)
	add("bandwidth ", l.Bandwidth)
	add("flaps ", l.Flap)
	return printable(strings.Join(out, ", "))
}
