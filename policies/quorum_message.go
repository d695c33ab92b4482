package policies

import "capsim/model"

// quorumID numbers a coordinator's calls, with the phase that a message belongs to in
// the low bits; an answer to an earlier phase, or to an earlier process, is none.
type quorumID uint64

const phaseBits = 3

// quorumAsk asks a node for what it has of a key: its newest stamp, or its record.
type quorumAsk struct {
	lives
	id    quorumID
	key   string
	stamp bool // the stamp is enough
}

func (m *quorumAsk) Kind() string {
	if m.stamp {
		return "quorum.stamp"
	}
	return "quorum.read"
}
func (*quorumAsk) Writes() []model.OpID { return nil }

// quorumStamped tells the stamp of the newest write that a node has, and which writes
// it has seen: no value.
type quorumStamped struct {
	lives
	id    quorumID
	stamp model.Stamp
	seen  model.Vector
	heads []headName
}

func (*quorumStamped) Kind() string         { return "quorum.stamped" }
func (*quorumStamped) Writes() []model.OpID { return nil }

// headName names a write that stands in a record.
type headName struct {
	op  model.OpID
	dot model.Dot
}

// quorumAnswer is a node's record; nil if it has none.
type quorumAnswer struct {
	lives
	id  quorumID
	rec *model.Record
}

func (*quorumAnswer) Kind() string           { return "quorum.answer" }
func (m *quorumAnswer) Writes() []model.OpID { return headOps(nil, m.rec) }

// quorumWrite brings a record to a node, which merges it and acknowledges: a client's
// write, what a read found and others lack, or a hint.
type quorumWrite struct {
	lives
	id   quorumID
	kind string
	key  string
	rec  *model.Record
	op   model.OpID   // of a write that a client half coordinates: the node says for it …
	over []model.OpID // … that it wrote, and over what
}

func (m *quorumWrite) Kind() string         { return m.kind }
func (m *quorumWrite) Writes() []model.OpID { return headOps(nil, m.rec) }

// quorumAck says that the record, or a newer one, is on disk.
type quorumAck struct {
	lives
	id quorumID
}

func (*quorumAck) Kind() string         { return "quorum.ack" }
func (*quorumAck) Writes() []model.OpID { return nil }

// quorumRecover asks for all that a node has: the asker's disk was wiped.
type quorumRecover struct{ lives }

func (*quorumRecover) Kind() string         { return "quorum.recover" }
func (*quorumRecover) Writes() []model.OpID { return nil }

// quorumRecovered answers it.
type quorumRecovered struct {
	lives
	install
}

func (*quorumRecovered) Kind() string           { return "quorum.recovered" }
func (m *quorumRecovered) Writes() []model.OpID { return recordOps(m.records) }
