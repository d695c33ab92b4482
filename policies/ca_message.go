package policies

import "capsim/model"

// caKinds lists the kinds of ca's own messages, for Spec.Kinds. Each names the newest
// lives that its sender knows of (lifebook).
var caKinds = []string{
	"ca.prepare", "ca.vote", "ca.commit", "ca.abort", "ca.ask", "ca.recover", "ca.state",
}

// caID names a transaction: the coordinator, its incarnation, and a number that rises
// with each attempt. A coordinator that restarts has no undecided ones of before.
type caID struct {
	coordinator model.NodeID
	incarnation int32
	n           uint64
}

// upTo tells whether the transaction is the other, or an older one of its coordinator.
func (id caID) upTo(other caID) bool {
	return id.incarnation < other.incarnation || id.incarnation == other.incarnation && id.n <= other.n
}

// caItem is what a transaction makes of a key.
type caItem struct {
	key  string
	rec  *model.Record
	over []model.OpID // the writes that it supersedes
}

// caTxn is an attempt to write. It does not change.
type caTxn struct {
	id    caID
	op    model.OpID
	age   model.Stamp // when the write was asked for: the older goes first
	items []caItem    // by the order of the command's effects
}

func (t *caTxn) touches(key string) bool {
	for i := range t.items {
		if t.items[i].key == key {
			return true
		}
	}
	return false
}

func (t *caTxn) conflicts(o *caTxn) bool {
	for i := range t.items {
		if o.touches(t.items[i].key) {
			return true
		}
	}
	return false
}

// dot returns the number of the operation's write to the key.
func (it *caItem) dot(op model.OpID) model.Dot {
	for i := range it.rec.Heads {
		if h := &it.rec.Heads[i]; h.Op == op {
			return h.Dot
		}
	}
	panic("policies: ca: a transaction has not its own write in it")
}

// name returns by what other nodes may know the transaction.
func (t *caTxn) name() caName { return caName{t.id, t.op, t.items[0].key, t.items[0].dot(t.op)} }

// caName asks for a transaction: whoever has the dot in the key's record has seen it
// decided. While one node is in doubt of it no later write to the key is decided, so
// that the vector covers its dot for no other reason.
type caName struct {
	id  caID
	op  model.OpID
	key string
	dot model.Dot
}

// caPrepare asks to prepare: phase one.
type caPrepare struct {
	lives
	txn *caTxn
}

func (m *caPrepare) Kind() string         { return "ca.prepare" }
func (m *caPrepare) Writes() []model.OpID { return []model.OpID{m.txn.op} }

// caVote says yes: it is prepared.
type caVote struct {
	lives
	id caID
}

func (m *caVote) Kind() string         { return "ca.vote" }
func (m *caVote) Writes() []model.OpID { return nil }

// caOutcome says what became of a transaction: phase two, the answer to caAsk, and a
// vote of no.
type caOutcome struct {
	lives
	id        caID
	committed bool
}

func (m *caOutcome) Kind() string {
	if m.committed {
		return "ca.commit"
	}
	return "ca.abort"
}
func (m *caOutcome) Writes() []model.OpID { return nil }

// caAsk asks what became of transactions. Whoever has not prepared one promises, by its
// answer, that it never will; the coordinator is asked alone at first.
type caAsk struct {
	lives
	names []caName
}

func (m *caAsk) Kind() string         { return "ca.ask" }
func (m *caAsk) Writes() []model.OpID { return nil }

// caRecover asks for all that a wiped node must know again.
type caRecover struct{ lives }

func (m *caRecover) Kind() string         { return "ca.recover" }
func (m *caRecover) Writes() []model.OpID { return nil }

// caWhole answers caRecover with all that the sender has.
type caWhole struct {
	lives
	asker    int32 // the asker's life
	wiped    bool  // the sender has nothing to tell: it was wiped, too
	records  []keyRecord
	prepared []*caTxn
	barred   []caID
}

func (m *caWhole) Kind() string { return "ca.state" }

func (m *caWhole) Writes() []model.OpID {
	ops := recordOps(m.records)
	for _, t := range m.prepared {
		ops = append(ops, t.op)
	}
	return ops
}
