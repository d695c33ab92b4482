package export

import (
	"capsim/model"
	"capsim/trace"
)

// tellExpire tells that a node's clock has reached a deadline. Other nodes serve the value
// until they are told.
func (s *Narrator) tellExpire(e *trace.Event, op *trace.Op) {
	t := new(text).add("By ", e.Node.String(), "'s clock the time of ", model.Quote(op.Command.Key()), " is over")
	if c := s.x.Op(op.Cause); c != nil && complete(c.Command) {
		s.call(t.add(", which "), c).add(" had set")
	}
	t.add(": it expires, on each node once that has learnt of it.")
	s.say(Plain, t).Op = op.ID
}
