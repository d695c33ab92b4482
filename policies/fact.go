package policies

import "capsim/model"

// Fact is something that a replica did or became, in terms that checks and views know
// whatever the policy or lab: who holds what, which write got through, which
// transaction took effect. The story tells most facts in a plain sentence, unless a Note that
// "says" its own stands before it, of the same host and instant.
type Fact struct {
	Kind FactKind
	Op   model.OpID // of which operation; 0 for none
	Key  string     // the resource or the transaction
	Text string     // the holder, the part, the state: see the kinds
	N    int64      // the fencing token, the amount: see the kinds
}

// FactKind says what kind of fact it is.
type FactKind uint8

// The kinds of facts, with the fields that they use beside Op.
const (
	// Acquire: a holder believes from now on that it holds a resource. Key: the resource.
	// Text: the holder. N: its fencing token; 0 for none.
	Acquire FactKind = iota
	// Release: a holder knows from now on that it does not hold the resource any more: it gave
	// it back, or noticed that it lost it. Key, Text as of Acquire.
	Release
	// Access: a write to a resource that is guarded by a lock took effect. Key: the resource.
	// Text: who wrote. N: the token that it bore; 0 for none.
	Access
	// Effect: a part of a transaction took effect at this node. Key: the transaction. Text: the
	// part ("stock"). N: by how much; below zero it was taken back by a compensation.
	Effect
	// Commit and Abort: this node decided, or learned, what becomes of a transaction. Key: the
	// transaction.
	Commit
	Abort
	// Mark: the state that the node is in from now on, in a few words. Text; "" for none. Key:
	// "stamp" if it is the stamp that a clock gave to what happened here, NAME=READING: a
	// number ("L=4"), a list of them ("V=[2 1 0]") or a time ("T=5.010s"); else "".
	Mark
	// Begin: a transaction began. Key: the transaction. N: how many parts it has.
	Begin
)
