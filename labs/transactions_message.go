package labs

import "capsim/model"

// The kinds of the lab's messages.
const (
	txPrepare   = "tx.prepare"   // the coordinator asks for a vote
	txVote      = "tx.vote"      // yes, or no and why
	txPrecommit = "tx.precommit" // 3pc: all have voted yes
	txReady     = "tx.ready"     // 3pc: the precommit is on disk
	txCommit    = "tx.commit"
	txAbort     = "tx.abort"
	txDone      = "tx.done"    // the commit is on disk
	txAsk       = "tx.ask"     // 2pc: who is in doubt asks what became of it
	txQuery     = "tx.query"   // 3pc: who terminates asks for the states of the others
	txState     = "tx.state"   // 3pc: the answer
	txDeliver   = "tx.deliver" // the relay delivers a message of the outbox
	txReceipt   = "tx.receipt" // the consumer's answer
)

var txKinds = []string{
	txPrepare, txVote, txPrecommit, txReady, txCommit, txAbort, txDone, txAsk, txQuery, txState, txDeliver, txReceipt,
}

// txMessage is what two nodes tell each other of one transaction. It does not change.
type txMessage struct {
	kind  string
	order *txOrder
	yes   bool    // of a vote
	why   string  // of a vote of no and of a receipt: why not; "" if it was done
	state txPhase // of a state
	crash bool    // of a state: its sender crashed since it voted
	leads bool    // of a state: its sender is the coordinator, and has not crashed
	part  txPart  // of what the outbox delivers, and of its receipt
	undo  bool    // likewise: it is a compensation
}

func (m *txMessage) Kind() string         { return m.kind }
func (m *txMessage) Writes() []model.OpID { return []model.OpID{m.order.op} }
