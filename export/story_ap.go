package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// noteWaits tells of a session that has seen more than its node has.
func (s *Narrator) noteWaits(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	id, _ := strconv.ParseUint(f.Get("op"), 10, 32)
	op := s.x.Op(model.OpID(id))
	if op == nil || !complete(op.Command) {
		return Plain, false
	}
	s.call(t, op).add(" waits at ", e.Node.String(), ", which lacks ", printed(f.Get("for")), ": the session has seen that, and must not be shown less.")
	return Plain, true
}

// noteMoved tells that a node gave another the right to sell some of its share.
func (s *Narrator) noteMoved(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	t.add(e.Node.String(), " gives ", printed(f.Get("to")), " ", printed(f.Get("n")), " of its share of ", model.Quote(f.Get("key")), " to sell.")
	return Quiet, true
}
