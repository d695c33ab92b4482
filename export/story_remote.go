package export

import (
	"capsim/model"
	"capsim/trace"
)

// foldRemote takes in a message between a remote client and a node; false if it is
// another.
func (w *world) foldRemote(e *trace.Event) bool {
	if e.Kind == trace.Send && e.Op != 0 {
		if w.asked == nil {
			w.asked, w.sent = map[model.MsgID]*trace.Event{}, map[model.OpID]bool{}
		}
		w.asked[e.Msg] = e
		w.sent[e.Op] = true
		return true
	}
	sent := w.asked[e.Msg]
	if sent == nil {
		return false
	}
	w.stopped = nil
	switch e.Kind {
	case trace.Drop:
		w.stopped = sent
		delete(w.asked, e.Msg)
	case trace.Hold:
		w.stopped = sent
	case trace.Deliver:
		delete(w.asked, e.Msg)
	}
	return true
}

// byHalf tells whether a remote client's own half dealt with the request, so that the
// node that it names need not have heard of it.
func (w *world) byHalf(op *trace.Op) bool { return op.Host != 0 && !w.sent[op.ID] }

// libraryCode is how a client's library refuses that finds no connection, as it has none
// of Redis's codes.
const libraryCode = "NOCONN"

// answerer names who deals with a request: the node, or the remote client's own half.
func (w *world) answerer(op *trace.Op) string {
	if w.byHalf(op) {
		return op.Client + "'s own half"
	}
	return op.Node.String()
}

// tellStopped tells of a remote client's request, or the answer to it, that the
// network keeps; false if the event is about no such message.
func (s *Narrator) tellStopped(e *trace.Event) bool {
	sent := s.stopped
	if sent == nil || sent.Msg != e.Msg {
		return false
	}
	s.stopped = nil
	op := s.x.Op(sent.Op)
	if op == nil || !complete(op.Command) || sent.Key != "" || op.Returned != 0 && op.Returned < s.told {
		return true // a copy, or nobody waits for it any longer
	}
	what := " is lost: "
	if e.Kind == trace.Hold {
		what = " is held up: "
	}
	t := new(text)
	if sent.Text == trace.RequestKind {
		s.call(t, op).add(" to ", s.x.Name(sent.Peer), what)
	} else {
		t.add(s.x.Name(sent.Node), "'s answer to ", s.whose(op), what)
	}
	t.add(s.cause(e.Text), ".")
	if sent.Text == trace.ReplyKind && op.Wrote != 0 {
		t.add(" The write took place; ", printed(op.Client), " will not know.")
	}
	s.say(Bad, t).Op = op.ID
	return true
}
