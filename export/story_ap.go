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
