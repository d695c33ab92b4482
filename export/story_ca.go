package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// noteBlocked tells that a node stays in doubt: nobody whom it can reach knows.
func (s *Narrator) noteBlocked(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	t.add(e.Node.String(), " does not know whether ")
	s.doubted(f, t).add(" was committed, and refuses ", printed(model.Quote(f.Get("key"))), " until it does: ",
		printed(f.Get("coordinator")), ", which decides, does not answer.")
	return Bad, true
}

// noteResolved tells that a node that had waited long learns the outcome.
func (s *Narrator) noteResolved(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	t.add(e.Node.String(), " learns from ", printed(f.Get("from")), " that ")
	s.doubted(f, t)
	if f.Get("outcome") == "committed" {
		t.add(" was committed, and serves it.")
	} else {
		t.add(" was aborted, and serves what was there before.")
	}
	return Good, true
}

// doubted names the version that a note of a doubt is about.
func (s *Narrator) doubted(f trace.Fields, t *text) *text {
	op, key := s.operation(f), f.Get("key")
	if op == nil {
		return t.add("a write")
	}
	return t.version(written(op.Command), s.x.Version(op.ID, key)).add(" of ", printed(model.Quote(key)))
}

// operation returns the operation that a note names; nil if there is none.
func (s *Narrator) operation(f trace.Fields) *trace.Op {
	id, _ := strconv.ParseUint(f.Get("op"), 10, 32)
	return s.x.Op(model.OpID(id))
}
