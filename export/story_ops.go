package export

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"capsim/model"
	"capsim/trace"
)

// tellReturn tells how an operation ended for its client.
func (s *Narrator) tellReturn(e *trace.Event) {
	op, res := s.x.Op(e.Op), e.Result()
	if op == nil || res == nil || !complete(op.Command) {
		return
	}
	if e.N != 0 {
		s.say(Quiet, new(text).add(s.answerer(op), "'s answer to ", s.whose(op), " comes too late: for ", op.Client, " it stays unknown.")).Op = op.ID
		return
	}
	var l *Line
	switch {
	case res.Outcome == model.Refused:
		l = s.tellRefused(op, res)
	case res.Outcome == model.Unknown:
		l = s.tellUnknown(e, op, res)
	case res.Outcome != model.OKOutcome:
		return
	case res.Reply.Kind == model.ErrorReply:
		l = s.tellError(e, op, res)
	case op.Command.Writes():
		l = s.tellWrite(e, op, res)
	default:
		l = s.tellRead(e, op, res)
	}
	l.Op = op.ID
}

// complete tells whether a command has the arguments it needs; a log made by hand
// may hold others.
func complete(c model.Command) bool {
	return int(c.Verb) < len(model.Commands) && len(c.Args) >= c.Spec().Min
}

// whose names an operation: "alice's SET cart milk".
func (s *Narrator) whose(op *trace.Op) string {
	switch {
	case op.Command.Verb == model.EXPIRE && op.System:
		return "the expiry of " + model.Quote(op.Command.Key())
	case op.Command.Verb == model.REFUND && op.System:
		return "the refund of " + printed(op.Command.Args[1]) + " to " + model.Quote(op.Command.Key())
	case op.System:
		return "the system's " + shorten(op.Command.String())
	}
	return op.Client + "'s " + shorten(op.Command.String())
}

// call writes an operation with its version: "alice's INCR hits (v3)".
func (s *Narrator) call(t *text, op *trace.Op) *text {
	t.add(s.whose(op))
	if op.Command.Verb == model.CALL { // what it writes it shows later, and that is told there
		return t
	}
	for i, v := range op.Versions {
		t.add([]string{" (", ", "}[min(i, 1)]).mark(trace.VersionName(v.N), v.N)
		if len(op.Versions) > 1 {
			t.add(" of ", model.Quote(v.Key))
		}
		if i == len(op.Versions)-1 {
			t.add(")")
		}
	}
	return t
}

// written returns the value that a command writes, for the sentence; "" if it
// depends on what was there.
func written(c model.Command) string {
	switch c.Verb {
	case model.SET:
		return model.Quote(c.Args[1])
	case model.CAS:
		return model.Quote(c.Args[2])
	}
	return ""
}

// tellWrite tells of an acknowledged write.
func (s *Narrator) tellWrite(e *trace.Event, op *trace.Op, res *model.Result) *Line {
	t := new(text)
	if op.Wrote == 0 || op.Wrote > s.told {
		s.call(t, op).add(" at ", e.Node.String(), " answers ", shorten(res.Reply.String()), ": it changed nothing.")
		return s.sayOrdinary(Plain, t)
	}
	key := op.Command.Key()
	if op.Command.Verb == model.SET {
		t.add(op.Client, " sets ", model.Quote(key), " to ").version(written(op.Command), op.Version(key)).add(" at ", e.Node.String(), ": ")
	} else {
		s.call(t, op).add(" at ", e.Node.String(), " answers ", shorten(res.Reply.String()), ": ")
	}
	for _, v := range op.Versions {
		s.promised(s.told, e.At, op.ID, v.Key)
	}
	t.add("acknowledged ", after(e.At.Sub(op.At)))
	holders := s.holders(op.ID, key, e.Node)
	switch away := s.unreachable(e.Node); {
	case s.policy == "cp" && 2*len(holders) > len(s.nodes) && len(s.nodes) > 1:
		t.add(", once a majority had it: ", nodeList(holders), ".")
	case len(holders) > 1, len(holders) == 1 && holders[0] != e.Node:
		t.add(", once ", nodeList(holders), " had it.")
	case len(away) > 0 && len(s.nodes) > 1 && !s.apart:
		t.add(" by ", e.Node.String(), " alone, though it can't reach ", nodeList(away), ": ",
			plural(len(away), "that one", "they"), " can't know of it.")
	case len(s.nodes) > 1 && !s.apart:
		t.add(" by ", e.Node.String(), " alone; the copies for the others follow.")
	default:
		t.add(".")
	}
	return s.sayOrdinary(Plain, t)
}

// tellError tells of an answer that is an error.
func (s *Narrator) tellError(e *trace.Event, op *trace.Op, res *model.Result) *Line {
	code, rest, _ := strings.Cut(res.Reply.Str, " ")
	t := s.call(new(text), op).add(" at ", e.Node.String(), " is answered ", model.Quote(code))
	switch {
	case code == "OUTOFSTOCK" && strings.Contains(s.with, "stock=escrow") && len(s.nodes) > 1:
		t.add(" ", after(e.At.Sub(op.At)), ": ", e.Node.String(), "'s own share does not hold that many, whatever the others may still sell.")
	case code == "OUTOFSTOCK" && e.At == op.At && len(s.nodes) > 1:
		t.add(" at once, from what ", e.Node.String(), " knows of the stock: a clear no now, instead of a long wait.")
	case code == "OUTOFSTOCK":
		t.add(" ", after(e.At.Sub(op.At)), ": the stock does not hold that many.")
	case rest != "":
		t.add(": ", clipped(printed(rest)), ".")
	default:
		t.add(".")
	}
	return s.sayOrdinary(Plain, t)
}

// tellRefused tells of a request that was not executed, and why it was bound to be.
func (s *Narrator) tellRefused(op *trace.Op, res *model.Result) *Line {
	n := op.Node.String()
	t := new(text)
	switch res.Code {
	case model.CodeDown:
		s.call(t.add(n, " is down: "), op).add(" is refused at once (DOWN). Nothing was done.")
		return s.say(Bad, t)
	case model.CodeUnsupported:
		s.call(t.add(n, " refuses "), op).add(": this policy can't offer it (UNSUPPORTED).")
		return s.say(Plain, t)
	case model.CodeSwitched:
		s.call(t, op).add(" is refused (SWITCHED): the policy was toggled before anything was done.")
		return s.say(Plain, t)
	}
	half := s.byHalf(op)
	switch {
	case !half:
		s.call(t.add(n, " refuses "), op)
	case res.Code == model.CodeNoQuorum || res.Code == libraryCode:
		s.call(t.add(s.answerer(op), " refuses "), op)
	default: // whoever the half asked
		s.call(t, op).add(" is refused")
	}
	away := s.unreachable(op.Node)
	cutOff := res.Code == model.CodeNoQuorum && !half && s.policy != "ca" && 2*(len(s.nodes)-len(away)) <= len(s.nodes)
	switch {
	case cutOff && s.policy == "quorum" && res.Why != "": // how many are needed is a parameter
		t.add(": it can't reach ", nodeList(away), ", and ", clipped(printed(res.Why)), " (NOQUORUM).")
	case cutOff && len(s.nodes)-len(away) == 1:
		t.add(": it can't reach ", nodeList(away), ", and alone it is no majority (NOQUORUM).")
	case cutOff:
		t.add(": it can't reach ", nodeList(away), ", and what is left is no majority (NOQUORUM).")
	case res.Why != "":
		t.add(" (", printed(res.Code), "): ", strings.TrimSuffix(printed(res.Why), "."), ".")
	default:
		t.add(" (", printed(res.Code), ").")
	}
	if s.once(trace.Return, 0, op.Node) {
		t.add(" Better no answer than a wrong one.")
	}
	return s.say(Bad, t)
}

// tellUnknown tells of a request that got no answer.
func (s *Narrator) tellUnknown(e *trace.Event, op *trace.Op, res *model.Result) *Line {
	t := new(text).add(op.Client, " gets no answer ")
	if !op.Command.Writes() {
		t.add("to ", shorten(op.Command.String()), " ")
	}
	t.add("from ", op.Node.String())
	if d := e.At.Sub(op.At); d > 0 {
		t.add(" within ", Span(d))
	}
	if op.Command.Writes() {
		s.call(t.add(": "), op).add(" may have happened, or may yet")
	}
	t.add(".")
	deaf, away := s.hearsNot(op.Node)
	switch {
	case s.node(op.Node).down && res.Why != "":
		t.add(" ", clause(res.Why))
	case s.node(op.Node).pause:
		t.add(" ", op.Node.String(), " is paused: what is sent to it waits before its door.")
	case len(away) > 0:
		t.add(" ", op.Node.String(), " can't reach ", nodeList(away), ".")
	case len(deaf) > 0:
		t.add(" What ", nodeList(deaf), " ", plural(len(deaf), "sends", "send"), " does not reach ", op.Node.String(), ".")
	case res.Why != "" && !strings.HasPrefix(res.Why, "no answer within "): // that was said
		t.add(" ", clause(res.Why))
	}
	return s.say(Bad, t)
}

// clipped shortens a text that no value is, at the end of a word.
func clipped(s string) string {
	const most = 100
	n := 0
	for i := range s {
		if n++; n > most {
			if space := strings.LastIndexByte(s[:i], ' '); space > 0 {
				i = space
			}
			return s[:i] + " …"
		}
	}
	return strings.TrimSuffix(s, ".")
}

// clause makes a sentence of a policy's reason.
func clause(why string) string {
	r, n := utf8.DecodeRuneInString(why)
	why = printed(string(unicode.ToUpper(r)) + why[n:])
	if strings.HasSuffix(why, ".") {
		return why
	}
	return why + "."
}

// printed escapes what can't be printed; words stay apart.
func printed(s string) string {
	q := string(model.AppendQuoted(nil, s))
	return q[1 : len(q)-1]
}

// tellSystem tells of a write that the system made itself.
func (s *Narrator) tellSystem(e *trace.Event) {
	op := s.x.Op(e.Op)
	if op == nil || !complete(op.Command) {
		return
	}
	t := new(text)
	switch op.Command.Verb {
	case model.EXPIRE:
		s.tellExpire(e, op)
		return
	case model.CALL:
		t.add(e.Node.String(), " makes the system do ", shorten(op.Command.String()))
		if c := s.x.Op(op.Cause); c != nil {
			t.add(", for ", s.whose(c))
		}
		s.say(Quiet, t.add(".")).Op = op.ID
		return
	}
	if op.Command.Verb == model.CALL {
		t.add(e.Node.String(), " has a command of its own: ", shorten(op.Command.String()))
		if c := s.x.Op(op.Cause); c != nil {
			t.add(", for ", s.whose(c))
		}
		s.say(Quiet, t.add(".")).Op = op.ID
		return
	}
	cause := s.x.Op(op.Cause)
	if op.Command.Verb != model.REFUND {
		t.add(e.Node.String(), " makes a write of its own: ", shorten(op.Command.String()))
		if cause != nil {
			t.add(", for ", s.whose(cause))
		}
		s.sayOrdinary(Quiet, t.add(".")).Op = op.ID
		return
	}
	t.add(e.Node.String(), " refunds ", printed(op.Command.Args[1]), " of ", model.Quote(op.Command.Args[0]), ": more was sold than there was")
	if cause != nil {
		t.add(", and ", s.whose(cause), " can't be kept")
	}
	s.say(Good, t.add(".")).Op = op.ID
}

// tellSkipped tells of the operations that never began, in one line for all of them.
func (s *Narrator) tellSkipped(e *trace.Event) {
	if s.skipped++; s.skipped == 1 {
		s.say(Quiet, new(text).add(printed(e.Text), " was still waiting when the run ended: ", shorten(printed(e.Key)), " was never sent."))
		s.skippedAt = len(s.lines) - 1
		return
	}
	s.lines[s.skippedAt].Text = strconv.Itoa(s.skipped) + " operations were never sent: their clients still waited when the run ended."
}
