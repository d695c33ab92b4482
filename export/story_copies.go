package export

import (
	"cmp"
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// tellWrote tells of a write that nobody could vouch for and that took effect
// after its client had given up.
func (s *Narrator) tellWrote(e *trace.Event) {
	op := s.x.Op(e.Op)
	if op == nil || op.Returned == 0 || op.Returned > s.told || op.Result.Outcome != model.Unknown {
		return
	}
	if !s.once(trace.Wrote, e.Op, 0) || op.Wrote < s.told {
		return
	}
	t := new(text).add("The write that nobody could vouch for takes effect: ")
	s.theWrite(t, op, op.Version(e.Key)).add(" of ", model.Quote(e.Key), " is at ", e.Node.String(),
		" now, ", Span(e.At.Sub(op.Done)), " after ", op.Client, " gave up waiting.")
	s.say(Fault, t).Op = op.ID
}

// theWrite names version n by the value it writes, or, if that depends on what was
// there, by the operation: "milk (v1)", "alice's INCR hits (v3)".
func (s *Narrator) theWrite(t *text, op *trace.Op, n int) *text {
	if v := written(op.Command); v != "" {
		return t.version(v, n)
	}
	return t.add(s.whose(op), " (").mark(trace.VersionName(n), n).add(")")
}

// tellApplied tells when the nodes agree again about a key.
func (s *Narrator) tellApplied(e *trace.Event) {
	if s.apart {
		return
	}
	was, apart := s.fresh[e.Key]
	if !s.agree(e.Key) {
		if !apart {
			s.fresh[e.Key] = spread{since: e.At}
		}
		return
	}
	if !apart {
		return
	}
	delete(s.fresh, e.Key)
	s.sayAgreed(e.Key, e.At, was)
}

// sayAgreed says that all nodes that are up hold the same of the key.
func (s *Narrator) sayAgreed(key string, at model.Time, was spread) {
	var rec *model.Record
	for i := range s.nodes {
		if r := s.nodes[i].last[key]; r != nil && !s.nodes[i].down {
			rec = r
			break
		}
	}
	if s.notCopied(key) {
		return
	}
	t := new(text)
	d := at.Sub(was.since)
	if s.sayAgreedShort(key, rec, at, was) {
		return
	}
	if !s.hasNewest(key, rec) {
		t.add("All nodes that are up hold ")
		s.held(t, key, rec)
		s.sayOrdinary(Quiet, t.add(" of ", model.Quote(key), ", ", Span(d), " after they first differed."))
		return
	}
	if was.marked || d >= long {
		t.add(model.Quote(key), " has converged: every node that is up holds ")
		s.held(t, key, rec)
		s.say(Good, t.add(", ", Span(d), " after they first differed."))
		return
	}
	t.add("All nodes hold ")
	s.held(t, key, rec)
	s.sayOrdinary(Quiet, t.add(" of ", model.Quote(key), ", ", Span(d), " after the first."))
}

// notCopied tells whether the key is what a lab's command had a node write down for itself:
// nobody expects the other nodes to hold it.
func (s *Narrator) notCopied(key string) bool {
	first := s.x.Op(s.x.Writer(key, 1))
	if first == nil || !first.System {
		return false
	}
	cause := s.x.Op(first.Cause)
	return cause != nil && cause.Command.Verb == model.CALL
}

// held writes what a record holds: "eggs (v3)", "[v2|v3]".
func (s *Narrator) held(t *text, key string, rec *model.Record) {
	ops := rec.Ops()
	switch len(ops) {
	case 0:
		t.add("nothing")
	case 1:
		t.version(rec.Value().String(), s.x.Version(ops[0], key))
	default:
		for i, op := range ops {
			if i > 0 {
				t.add("|")
			}
			n := s.x.Version(op, key)
			t.mark(trace.VersionName(n), n)
		}
	}
}

// settle closes what an event settles without a teller of its own: what a wipe took,
// nodes that differ no more because one of them went down.
func (s *Narrator) settle(e *trace.Event) {
	if e.Kind != trace.HostChange {
		return
	}
	if e.Text == "wiped" {
		s.sayWiped(e)
	}
	for _, key := range s.x.Keys() {
		if was, apart := s.fresh[key]; apart && s.agree(key) {
			delete(s.fresh, key)
			s.sayAgreed(key, e.At, was)
		}
	}
}

// tellLost tells, once for each write and sender, that copies can't pass.
func (s *Narrator) tellLost(e *trace.Event) {
	if s.tellStopped(e) {
		return
	}
	sent := s.lostSend(e)
	if sent == nil {
		return
	}
	for _, id := range sent.Ops {
		op := s.x.Op(id)
		if op == nil || len(op.Versions) == 0 || s.x.WriterBy(op.Versions[0].Key, op.Versions[0].N, s.told) == nil || !s.once(trace.Drop, id, sent.Node) {
			continue
		}
		s.sayLost(e, sent, op)
		return // of a message with many writes the first untold one speaks for it
	}
}

// lostSend finds the sending of a message with writes that was dropped or held.
// The world has forgotten a dropped one by now, so the copies tell.
func (s *Narrator) lostSend(e *trace.Event) *trace.Event {
	if e.Kind == trace.Hold {
		return s.flights[e.Msg]
	}
	sent := s.dropped
	s.dropped = nil
	return sent
}

func (s *Narrator) sayLost(e, sent *trace.Event, op *trace.Op) {
	v := op.Versions[0]
	for _, u := range op.Versions {
		if s.node(sent.Node).cells[u.Key].Holds(op.ID) {
			v = u
		}
	}
	t := new(text)
	what := "is lost"
	if e.Kind == trace.Hold {
		what = "is held up"
	}
	if s.apart { // what a message says of an operation is no copy of it
		t.add("The message ", printed(sent.Text), " from ", printed(s.x.Name(sent.Node)), " to ", printed(s.x.Name(sent.Peer)), ", of ", s.whose(op), ", ", what, ": ", s.cause(e.Text), ". ")
	} else {
		s.theWrite(t.add("The copy of "), op, v.N).add(" for ", sent.Peer.String(), " ", what, ": ", s.cause(e.Text), ". ")
	}
	lasting := e.Kind == trace.Hold || s.cut(sent.Node, sent.Peer)
	if !lasting {
		if strings.HasPrefix(e.Text, "loss") && s.canRepeat(sent) {
			t.add(sent.Node.String(), " has to send it again.")
		}
		s.sayOrdinary(Quiet, t).Op = op.ID
		return
	}
	if f, apart := s.fresh[v.Key]; apart {
		f.marked = true
		s.fresh[v.Key] = f
		t.add(model.Quote(v.Key), " has diverged: ")
		s.sides(t, v.Key)
	} else {
		t.add("It can't pass until the heal.")
	}
	s.say(Bad, t).Op = op.ID
}

// canRepeat tells whether the sender still has what it sent.
func (s *Narrator) canRepeat(sent *trace.Event) bool {
	n := s.node(sent.Node)
	return !n.down && (len(n.wipes) == 0 || n.wipes[len(n.wipes)-1].at < sent.At)
}

// sides writes who holds what: "n1 holds v3, n2 and n3 hold v2".
func (s *Narrator) sides(t *text, key string) {
	var done []model.NodeID
	for i := range s.nodes {
		n := &s.nodes[i]
		if n.down || slices.Contains(done, n.id) {
			continue
		}
		var same []model.NodeID
		for j := i; j < len(s.nodes); j++ {
			m := &s.nodes[j]
			if !m.down && s.x.Names(m.last[key].Ops(), key) == s.x.Names(n.last[key].Ops(), key) {
				same = append(same, m.id)
			}
		}
		if len(done) > 0 {
			t.add(", ")
		}
		done = append(done, same...)
		t.add(nodeList(same), plural(len(same), " holds ", " hold "))
		if ops := n.last[key].Ops(); len(ops) == 0 {
			t.add("nothing")
		} else {
			t.mark(s.x.Names(ops, key), s.x.Version(ops[len(ops)-1], key))
		}
	}
	t.add(".")
}

// discards says what a policy's reason for dropping a write means, where that
// speaks of the policy's inside.
var discards = map[string]string{
	"the majority that the stretch began with did not have it": "the new policy began with what a majority held, and that was not among it",
	"lost to a later write (last writer wins)":                 "another write has the later stamp (last writer wins)",
	"another write is newer":                                   "another write is newer, and only one is kept",
}

// tellDiscarded tells, once for each write, that it lost to another.
func (s *Narrator) tellDiscarded(e *trace.Event) {
	op := s.x.Op(e.Op)
	if op == nil || !s.once(trace.Discarded, e.Op, 0) {
		return
	}
	t := new(text).add(e.Node.String(), " drops ").version(written(op.Command), op.Version(e.Key)).add(" of ", model.Quote(e.Key))
	told := op.Returned > 0 && op.Returned <= s.told && op.Result.Outcome == model.OKOutcome
	if told && op.Client != "" {
		t.add(", though ", op.Client, " was told it is stored")
	}
	if e.Text != "" {
		t.add(": ", printed(cmp.Or(discards[e.Text], e.Text)))
	}
	tone := Fault
	if told {
		tone = Bad
	}
	l := s.say(tone, t.add("."))
	l.Op, l.Lost = op.ID, told
}
