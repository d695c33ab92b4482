package netsim

import "capsim/model"

// entry is one pending event: what a, b and c mean is said at its kind. It is
// three words, so that the compiler keeps it in registers.
type entry struct {
	at model.Time
	ab uint64 // a in the low half, b in the high
	ck uint64 // c in the low half, kind in the next 16 bits, class above
}

// entryKind says what an event is, and what its a, b and c are.
type entryKind uint16

const (
	alarmEntry   entryKind = iota // a: ref
	timerEntry                    // a: slot, b: its generation, c: host
	messageEntry                  // a: id, b: from, c: to; on the wire
	arrivedEntry                  // the same; at a host that was paused: no cut reaches it

	// At a slow host, at the instant when their turn has come and the step has taken its
	// time; a, b and c as above. Of an input, a: ref, c: host.
	servedTimerEntry
	servedMessageEntry
	servedInputEntry

	flapEntry // a: index into flaps
)

func newEntry(at model.Time, kind entryKind, a, b, c uint32) entry {
	return entry{at, uint64(a) | uint64(b)<<32, uint64(c) | uint64(kind)<<32}
}

// newMessage returns the entry of a message that lands at the instant given; class
// is 1 + its place among the kinds that have latencies of their own, 0 for none.
func newMessage(at model.Time, m message) entry {
	e := newEntry(at, messageEntry, uint32(m.id), uint32(m.from), uint32(m.to))
	e.ck |= uint64(m.class) << 48
	return e
}

func (e entry) kind() entryKind { return entryKind(e.ck >> 32) }
func (e entry) a() uint32       { return uint32(e.ab) }
func (e entry) b() uint32       { return uint32(e.ab >> 32) }
func (e entry) c() uint32       { return uint32(e.ck) }

// message returns the message of a messageEntry or arrivedEntry.
func (e entry) message() message {
	return message{model.MsgID(e.a()), model.NodeID(e.b()), model.NodeID(e.c()), uint16(e.ck >> 48)}
}

func (e entry) isTimer() bool { return e.kind() == timerEntry || e.kind() == servedTimerEntry }

// as returns the entry as one of another kind, at another instant.
func (e entry) as(kind entryKind, at model.Time) entry {
	e.at, e.ck = at, e.ck&^(0xffff<<32)|uint64(kind)<<32
	return e
}

// arrived returns the entry of the message, once it has arrived.
func (e entry) arrived() entry {
	return e.as(arrivedEntry, e.at)
}

// message is what the network knows of a message.
type message struct {
	id       model.MsgID
	from, to model.NodeID
	class    uint16
}
