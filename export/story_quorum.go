package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// opOf returns the operation that a note speaks of; nil if there is none.
func (s *Narrator) opOf(f trace.Fields) *trace.Op {
	id, _ := strconv.ParseUint(f.Get("op"), 10, 32)
	if op := s.x.Op(model.OpID(id)); op != nil && complete(op.Command) {
		return op
	}
	return nil
}

// noteHinted tells that a coordinator keeps a hint for a node that does not answer.
func (s *Narrator) noteHinted(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	t.add(e.Node.String(), " has no acknowledgement from ", printed(f.Get("for")), ": it keeps a hint on its own disk, and will deliver ")
	if op := s.opOf(f); op != nil {
		s.call(t, op)
	} else {
		t.add("the write")
	}
	t.add(" when ", printed(f.Get("for")), " answers.")
	return Quiet, true
}

// noteSloppy tells that hints made up the quorum of a write.
func (s *Narrator) noteSloppy(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	t.add(e.Node.String(), " counts its hints as copies: ", count(f.Get("copies"), "copy", "copies"), " and ", count(f.Get("hints"), "hint", "hints"),
		" make the ", printed(f.Get("w")), " that a write")
	if op := s.opOf(f); op != nil {
		s.call(t.add(", here "), op).add(",")
	}
	t.add(" needs. Reads elsewhere may miss it.")
	return Bad, true
}

func count(n, one, many string) string {
	if n == "1" {
		return "1 " + one
	}
	return printed(n) + " " + many
}

// noteWiped tells that a node must learn again what it may have promised.
func (s *Narrator) noteWiped(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	t.add(who(e, f), " has lost its disk: it serves, votes and acknowledges nothing until enough of the others have told it what they hold.")
	return Fault, true
}

// noteRelearned tells that it has.
func (s *Narrator) noteRelearned(e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
	t.add(who(e, f), " has learned from the others all that it may ever have acknowledged, and takes part again.")
	return Good, true
}
