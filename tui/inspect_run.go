package tui

import (
	"slices"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

func (in *inspection) version(of export.Subject) {
	s := in.s
	op := s.index.Op(of.Op)
	if op == nil || op.Invoked > s.n {
		in.nothing()
		return
	}
	in.opRow("write", op.ID)
	in.outcome(op)
	if op.Wrote > 0 && op.Wrote <= s.n {
		in.say("placed", instantText(s.log.At(op.Wrote).At)+", event "+itoa(op.Wrote)).of = export.Subject{Kind: export.EventSubject, Event: op.Wrote}
		in.say("after", s.index.Names(s.index.Supersedes(op.ID, of.Key), of.Key))
	} else {
		in.styled("placed", "not so far", canvas.StDim)
	}
	for i := range s.view.Nodes {
		n := s.view.Nodes[i].ID
		c := s.view.Cell(n, of.Key)
		text, st := "not there", canvas.StDim
		switch {
		case c != nil && c.Doubt == op.ID:
			text, st = in.cm.Unknown+" in doubt", canvas.StFaultBold
		case c.Serves().Holds(op.ID):
			text, st = in.cm.Good+" served", canvas.StGood
		case c != nil && slices.Contains(c.Seen, op.ID):
			text, st = "was there, and is not served", canvas.StText
		}
		row := in.say(n.String(), text)
		row.st, row.of = st, export.Subject{Kind: export.VersionSubject, Op: of.Op, Key: of.Key, Node: n}
	}
	if of.Node != 0 {
		in.redis(of.Node, of.Key)
	}
}

// outcome says how an operation ended for its client, as far as it has.
func (in *inspection) outcome(op *trace.Op) {
	if op.System {
		in.say("client", "none: the system made it")
		return
	}
	switch r := op.Result; in.s.outcomeOf(op) {
	case model.Open:
		in.styled("answer", "none so far, after "+export.Span(in.s.took(op)), canvas.StFault)
	case model.Refused:
		in.styled("answer", in.cm.Bad+" refused "+printable(r.Code), canvas.StBadBold)
		in.say("reason", printable(r.Why))
	case model.Unknown:
		in.styled("answer", in.cm.Unknown+" none: unknown whether it happened", canvas.StFaultBold)
		in.say("reason", printable(r.Why))
	default:
		in.say("answer", r.Reply.String())
		in.say("took", export.Span(in.s.took(op)))
		if in.s.isStale(op.Returned) {
			in.styled("", in.cm.Bad+" stale: an older version than was acknowledged before", canvas.StBadBold)
		}
	}
}

func (in *inspection) op(of export.Subject) {
	s := in.s
	op := s.index.Op(of.Op)
	if op == nil || op.Invoked > s.n {
		in.nothing()
		return
	}
	in.say("number", itoa(int(op.ID)))
	in.say("client", printable(who(op)))
	if op.Host != 0 {
		in.say("on", "a host of its own, "+s.hostName(op.Host))
	}
	in.say("node", op.Node.String()).of = nodeSubject(op.Node)
	in.say("command", op.Command.String())
	in.say("asked", instantText(op.At)+", event "+itoa(op.Invoked)).of = export.Subject{Kind: export.EventSubject, Event: op.Invoked}
	if s.outcomeOf(op) != model.Open {
		in.say("answered", instantText(op.Done)+", event "+itoa(op.Returned)).of = export.Subject{Kind: export.EventSubject, Event: op.Returned}
	}
	in.outcome(op)
	for _, v := range op.Versions {
		if s.index.WriterBy(v.Key, v.N, s.n) == nil {
			continue
		}
		row := in.say("writes", model.Quote(v.Key))
		row.version, row.of = v.N, export.Subject{Kind: export.VersionSubject, Op: op.ID, Key: v.Key}
	}
	if op.Cause != 0 {
		in.opRow("because of", op.Cause)
	}
	if s.outcomeOf(op) != model.Open && op.Result != nil {
		for _, seen := range op.Result.Context {
			in.say("session", model.Quote(seen.Key)+" "+string(model.AppendDots(nil, seen.Vector)))
		}
	}
}

func (in *inspection) message(of export.Subject) {
	s := in.s
	m := s.record.message(of.Msg)
	sent := int(m.sent)
	if sent < 1 || sent > s.n {
		in.nothing()
		return
	}
	e := s.log.At(sent)
	in.say("kind", printable(e.Text))
	in.say("from", s.hostName(e.Node)).of = nodeSubject(e.Node)
	in.say("to", s.hostName(e.Peer)).of = nodeSubject(e.Peer)
	in.say("sent", instantText(e.At)+", event "+itoa(sent)).of = export.Subject{Kind: export.EventSubject, Event: sent}
	if e.Key != "" {
		in.say("copy of", "message "+printable(e.Key))
	}
	in.landing(m, e)
	for i, id := range e.Ops {
		if i == 20 {
			in.styled("", "and "+itoa(len(e.Ops)-i)+" more", canvas.StDim)
			break
		}
		in.opRow("carries", id)
	}
	if len(e.Ops) == 0 {
		in.styled("carries", "no write", canvas.StDim)
	}
	if e.Op != 0 {
		in.opRow("belongs to", e.Op)
	}
}

// landing says where a message is at the cursor.
func (in *inspection) landing(m *message, e *trace.Event) {
	s := in.s
	if ended := int(m.ended); ended > 0 && ended <= s.n {
		end := s.log.At(ended)
		subject := export.Subject{Kind: export.EventSubject, Event: ended}
		if end.Kind == trace.Drop {
			row := in.say("lost", instantText(end.At)+": "+printable(end.Text))
			row.st, row.of = canvas.StBadBold, subject
		} else {
			in.say("arrived", instantText(end.At)+", after "+export.Span(end.At.Sub(e.At))).of = subject
		}
		return
	}
	for i := range s.flights {
		if f := &s.flights[i]; f.Msg == e.Msg {
			switch where := s.landing(f); {
			case f.Held:
				in.styled("held", printable(f.Cause), canvas.StFaultBold)
			case where != "":
				in.styled("lands", where, canvas.StFaultBold)
			default:
				in.say("lands", instantText(f.Due)+", in "+s.landsIn(f))
			}
		}
	}
}

func (in *inspection) event(of export.Subject) {
	s := in.s
	if of.Event < 1 || of.Event > s.log.Len() {
		in.nothing()
		return
	}
	e := s.log.At(of.Event)
	in.say("number", itoa(of.Event)+" of "+itoa(s.log.Len()))
	in.say("kind", e.Kind.String())
	in.say("at", instantText(e.At)+"  ("+itoa(int(e.At))+" ns)")
	if e.Node != 0 {
		in.say("node", s.hostName(e.Node)).of = nodeSubject(e.Node)
	}
	if e.Peer != 0 {
		in.say("peer", s.hostName(e.Peer)).of = nodeSubject(e.Peer)
	}
	if e.Op != 0 {
		in.opRow("operation", e.Op)
	}
	if e.Msg != 0 {
		in.say("message", itoa(int(e.Msg))).of = export.Subject{Kind: export.MessageSubject, Msg: e.Msg}
	}
	if e.N != 0 {
		in.say("n", itoa(int(e.N)))
	}
	if e.Key != "" {
		in.say("key", printable(e.Key)).of = keySubject(e.Key)
	}
	if e.Text != "" {
		in.say("text", printable(e.Text))
	}
	for i, op := range e.Ops {
		if i < 20 {
			in.opRow("ops", op)
		}
	}
	in.body(e)
}

// body shows what only some kinds of events have.
func (in *inspection) body(e *trace.Event) {
	switch b := e.Body.(type) {
	case *trace.Call:
		in.say("client", printable(b.Client))
		in.say("command", b.Command.String())
	case *model.Result:
		in.say("outcome", b.Outcome.String())
		if b.Outcome == model.OKOutcome {
			in.say("reply", b.Reply.String())
		}
		if b.Code != "" {
			in.say("code", printable(b.Code))
		}
		if b.Why != "" {
			in.say("why", printable(b.Why))
		}
	case *model.Record:
		in.say("record", printable(string(model.AppendRecord(nil, b))))
	case *trace.Link:
		in.say("cut", printable(b.Cut+" "+b.Cause))
		in.changed("latency", b.Latency)
		in.changed("bandwidth", b.Bandwidth)
		in.changed("flap", b.Flap)
		in.say("loss", percent(b.Loss))
	case trace.Fields:
		for i := 0; i+1 < len(b); i += 2 {
			in.say(printable(b[i]), printable(b[i+1]))
		}
	}
}
