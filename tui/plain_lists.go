package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

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
	return s + ", " + p.here().lands(f, secondsWord) + "."
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
	if op.System {
		return s + "."
	}
	return s + ": " + p.endOf(op) + "."
}

// endOf says what came of an operation, as it stood at the cursor; nil is one that was not
// asked.
func (s *scene) endOf(op *trace.Op) string {
	if op == nil {
		return "not asked"
	}
	switch s.outcomeOf(op) {
	case model.Open:
		return "waiting"
	case model.Refused:
		return "refused, " + printable(op.Result.Code)
	case model.Unknown:
		return "unknown, no answer came"
	}
	end := op.Result.Reply.String() + ", after " + export.Span(s.took(op))
	if s.isStale(op.Returned) {
		end += ", stale"
	}
	return end
}
