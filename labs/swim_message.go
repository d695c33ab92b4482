package labs

import "capsim/model"

// The kinds of messages.
const (
	swimPing    = iota // asks for an ack
	swimPingReq        // asks to ping about for the sender
	swimForward        // a ping on behalf of another
	swimAck            // about was alive
)

var swimKinds = [...]string{"swim.ping", "swim.ping-req", "swim.forward", "swim.ack"}

// swimMessage is what nodes send each other.
type swimMessage struct {
	kind   uint8
	about  model.NodeID // whom a ping-req wants to have pinged, and whom an ack speaks of
	asker  model.NodeID // who wants to know: the ack is for it
	probe  swimProbeID
	number uint32 // the sender's incarnation number: it is alive
	news   []swimNews
}

// swimProbeID names a probe of its asker: by its life, and the period in it.
type swimProbeID struct {
	life  int
	round uint64
}

func (m *swimMessage) Kind() string { return swimKinds[m.kind] }

func (m *swimMessage) Writes() []model.OpID { return nil }

// swimNews is a piece of news: a member is in the state, as of its incarnation number.
type swimNews struct {
	about  model.NodeID
	state  swimState
	number uint32
}

type swimState uint8

const (
	swimAlive swimState = iota
	swimSuspect
	swimFaulty
)

var swimStates = [...]string{"alive", "suspect", "faulty"}

// overrides tells whether the news changes what a member holds: a higher incarnation number
// does, and of equal ones the worse state. (DSN 2002, section 4.2, but for faulty, which there is
// overridden by nothing.)
func (s swimNews) overrides(held swimNews) bool {
	if s.number != held.number {
		return s.number > held.number
	}
	return s.state > held.state
}

// maxSwimNews is how many pieces of news a message bears, beside what its receiver has to know
// of itself.
const maxSwimNews = 6

// swimTold is news that a member still tells, and how often it has.
type swimTold struct {
	swimNews
	times int
}
