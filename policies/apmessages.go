package policies

import "capsim/model"

// apItem is a key with what the sender has of it; nil asks for the key. Slot and
// seq are for the sender to find what an acknowledgement is about.
type apItem struct {
	apRef
	key string
	rec *model.Record
}

// apRef names a record that was sent.
type apRef struct {
	seq  uint64 // above all that this or an earlier incarnation of the sender used
	slot int32
}

// apWrite carries records. They are whole, so that it does not matter how often
// and in what order they arrive.
type apWrite struct {
	items []apItem
	// more: the receiver should send back what it has beyond this.
	more bool
	acks []apOwed // for whoever of the receivers is meant
	ops  []model.OpID

	item [1]apItem // room for the usual case
	op   [1]model.OpID
	owed [3]apOwed
}

// apOwed is an acknowledgement that is due to a peer.
type apOwed struct {
	apRef
	to model.NodeID
}

func (*apWrite) Kind() string           { return "ap.write" }
func (m *apWrite) Writes() []model.OpID { return m.ops }

// newWrite makes the message of one record, the usual case, in one allocation.
func newWrite(ref apRef, key string, rec *model.Record) *apWrite {
	m := &apWrite{}
	m.item[0] = apItem{ref, key, rec}
	m.items = m.item[:]
	m.ops = headOps(m.op[:0], rec)
	return m
}

// apAck says that a record arrived and is on disk.
type apAck struct{ apRef }

func (apAck) Kind() string         { return "ap.ack" }
func (apAck) Writes() []model.OpID { return nil }

// apAcks is the same for a message of several records.
type apAcks []apRef

func (apAcks) Kind() string         { return "ap.ack" }
func (apAcks) Writes() []model.OpID { return nil }

// apDigest says what the sender has. hello: its disk was emptied, and it wants an
// answer in any case.
type apDigest struct {
	*digest
	hello bool
}

func (apDigest) Kind() string         { return "ap.digest" }
func (apDigest) Writes() []model.OpID { return nil }
