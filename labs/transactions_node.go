package labs

import (
	"slices"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// tx is a node of the lab: what it takes part in, and what it took from clients. All that a
// crash must not lose is on its disk.
//
// Invariants:
//  1. No two of txns have one name, and no row is locked by two of them.
//  2. What is in txns as prepared or precommitted is in log:NAME, and what is remembered as
//     over is not in txns, but for what its coordinator has committed and not all have done.
type tx struct {
	txDisk
	three, mails bool // by=3pc, by=outbox; else by 2pc
	cooperative  bool
	idempotent   bool
	credit       int64
	tries        int
	retry        time.Duration
	patience     int // for how many ticks an answer is waited for: as long as timeout, and up to one tick more

	self    model.NodeID
	n       int
	txns    []*txn
	ticking bool
	mark    string
}

// txPhase is how far a node is with a transaction that is not over.
type txPhase uint8

// The phases. Working: the coordinator, which owns no part, collects votes. Prepared: the
// node has voted yes, and is uncertain unless it is the coordinator. Precommitted: it knows
// that all have voted yes. Committed: it is the coordinator, and not all have done it. A node
// that says that it is Aborted or Committed has it on its disk.
const (
	txWorking txPhase = iota
	txPrepared
	txPrecommitted
	txCommitted
	txAborted
)

var txPhaseNames = [...]string{"working", "prepared", "precommitted", "committed", "aborted"}

func (p txPhase) String() string { return txPhaseNames[p] }

// txn is a transaction that is not over at this node.
type txn struct {
	*txOrder
	phase   txPhase
	leads   bool   // this node coordinates it, and has not crashed since it began
	waiting bool   // its client is to be answered
	got     []bool // by node: who has answered what is being asked
	crashed bool   // this node crashed since it voted
	idle    int    // ticks since the last word of who leads
	told    bool   // the story knows that it is in doubt
	round   *txRound
}

// txTick is the tag of the lab's one timer.
const txTick uint8 = 0

// Start implements policies.Replica.
func (r *tx) Start(env policies.Env) {
	r.enter(env)
	r.self, r.n = env.Self(), env.N()
	r.recoverLog()
	env.Serving()
	r.leave()
}

func (r *tx) enter(env policies.Env) { r.env = env }

// leave ends a step: time is counted while something is under way, and the mark tells of it.
func (r *tx) leave() {
	if !r.ticking && (len(r.txns) > 0 || r.mails && len(r.rows(outboxPrefix)) > 0) {
		r.ticking = true
		r.env.After(r.retry, policies.Tag{Kind: txTick})
	}
	if m := r.marked(); m != r.mark {
		r.mark = m
		r.env.Fact(policies.Fact{Kind: policies.Mark, Text: m})
	}
}

// Timer implements policies.Replica.
func (r *tx) Timer(env policies.Env, _ policies.Tag) {
	r.enter(env)
	r.ticking = false
	for _, t := range slices.Clone(r.txns) {
		t.idle++
		if slices.Contains(r.txns, t) {
			r.tick(t)
		}
	}
	if r.mails {
		r.relay()
	}
	r.leave()
}

// tick does what is due for a transaction.
func (r *tx) tick(t *txn) {
	switch {
	case t.leads:
		r.lead(t)
	case r.three:
		r.terminate(t)
	default:
		r.inDoubt(t)
	}
}

// Receive implements policies.Replica.
func (r *tx) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	r.enter(env)
	m := msg.(*txMessage)
	switch m.kind {
	case txPrepare:
		r.prepare(from, m.order)
	case txVote:
		r.voted(from, m)
	case txPrecommit:
		r.precommit(from, m.order)
	case txReady:
		r.ready(from, m.order)
	case txCommit:
		r.learn(from, m.order, true)
	case txAbort:
		r.learn(from, m.order, false)
	case txDone:
		r.done(from, m.order)
	case txAsk:
		r.asked(from, m.order)
	case txQuery:
		r.queried(from, m.order)
	case txState:
		r.stated(from, m)
	case txDeliver:
		r.consume(from, m)
	case txReceipt:
		r.receipt(m)
	}
	r.leave()
}

// send tells a node something of a transaction.
func (r *tx) send(to model.NodeID, kind string, o *txOrder) {
	r.env.Send(to, &txMessage{kind: kind, order: o})
}

// find returns the transaction of that name if it is not over here; nil else.
func (r *tx) find(name string) *txn {
	for _, t := range r.txns {
		if t.name == name {
			return t
		}
	}
	return nil
}

// owners lists who owns a part, but this node.
func (r *tx) owners() []model.NodeID {
	var out []model.NodeID
	for p := range txParts {
		if n := p.owner(r.n); n != r.self && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// members lists all who take part in a transaction, but this node: the owners of its parts,
// and its coordinator.
func (r *tx) members(o *txOrder) []model.NodeID {
	out := r.owners()
	if o.by != r.self && !slices.Contains(out, o.by) {
		out = append(out, o.by)
	}
	return out
}

// own lists the parts that this node owns.
func (r *tx) own() []txPart {
	var out []txPart
	for p := range txParts {
		if p.owner(r.n) == r.self {
			out = append(out, p)
		}
	}
	return out
}

// lockedBy returns the transaction that has locked the row; nil if none has.
func (r *tx) lockedBy(row string) *txn {
	for _, t := range r.txns {
		if t.phase != txPrepared && t.phase != txPrecommitted {
			continue
		}
		for _, p := range r.own() {
			if t.row(p) == row {
				return t
			}
		}
	}
	return nil
}

// marked says what the node is at, in a few words.
func (r *tx) marked() string {
	if r.mails {
		if n := len(r.rows(outboxPrefix)); n > 0 {
			return "outbox: " + counted(n, "message")
		}
		return ""
	}
	var words []string
	for _, t := range r.txns {
		words = append(words, r.standing(t)+" "+t.name)
	}
	if len(words) > 2 {
		words = append(words[:1], "and "+counted(len(words)-1, "other"))
	}
	return strings.Join(words, ", ")
}

// standing says how far this node is with a transaction.
func (r *tx) standing(t *txn) string {
	switch {
	case t.phase == txCommitted:
		return "committed"
	case t.leads && t.phase == txPrecommitted:
		return "precommits"
	case t.leads:
		return "collects votes on"
	case t.told:
		return "in doubt of"
	}
	return t.phase.String()
}
