package labs

import (
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// The outbox. An order is accepted in one local transaction: its row, and the message to the
// first consumer in the outbox beside it. A relay delivers what is in the outbox until it has
// a receipt: at least once, so consumers must be idempotent. A receipt is taken in one local
// transaction too: the message leaves the outbox, and the next takes its place. If a step
// refuses, or can't be delivered, the steps before are compensated, the last first; a
// compensation can't refuse, and is delivered for as long as it takes.
//
// Sources: Garcia-Molina & Salem, Sagas (1987); Pritchett, BASE: An ACID Alternative (2008);
// Helland, Life beyond Distributed Transactions (2007).

// txParcel is a message of the outbox.
type txParcel struct {
	*txOrder
	part  txPart
	undo  bool
	tries int
}

// Outcomes that a consumer remembers of a part.
const (
	partDone   = "done"
	partUndone = "undone"
	shipped    = "shipped"
	accepted   = "accepted"
)

func (p *txParcel) verb() string {
	if p.undo {
		return "undo"
	}
	return "do"
}

// save puts a message into the outbox: a transaction has one there at a time.
func (r *tx) save(p *txParcel) {
	r.put(p.op, outboxPrefix+p.name, fmt.Sprintf("%s %s tries=%d %s", p.verb(), p.part, p.tries, p.encode()))
}

// parcel reads a message of the outbox; nil if there is none, or none that can be read.
func (r *tx) parcel(name string) *txParcel {
	words := strings.Fields(r.get(outboxPrefix + name))
	if len(words) < 4 {
		return nil
	}
	p := &txParcel{undo: words[0] == "undo", txOrder: decodeOrder(words[3:], r.n)}
	tries, err := strconv.Atoi(strings.TrimPrefix(words[2], "tries="))
	for p.part < txParts && p.part.String() != words[1] {
		p.part++
	}
	if err != nil || p.txOrder == nil || p.name != name || p.part == txParts {
		return nil
	}
	p.tries = tries
	return p
}

// accept takes an order.
func (r *tx) accept(o *txOrder) {
	r.put(o.op, orderPrefix+o.name, accepted)
	r.env.Reply(o.op, model.Answered(r.outcome(accepted)))
	r.deliver(&txParcel{txOrder: o})
}

// relay delivers what is in the outbox again, and gives up what was tried too often.
func (r *tx) relay() {
	for _, name := range r.rows(outboxPrefix) {
		switch p := r.parcel(name); {
		case p == nil:
		case !p.undo && r.tries > 0 && p.tries >= r.tries:
			r.bury(p)
		default:
			r.env.Count("tx.redelivered", 1)
			r.deliver(p)
		}
	}
}

// deliver puts a message into the outbox, or counts one more try of it, and hands it to who
// owns the part. That may be this node: then it is all one local transaction.
func (r *tx) deliver(p *txParcel) {
	p.tries++
	r.save(p)
	m := &txMessage{kind: txDeliver, order: p.txOrder, part: p.part, undo: p.undo}
	if to := p.part.owner(r.n); to != r.self {
		r.env.Send(to, m)
		return
	}
	r.receipt(r.consumed(m))
}

// consume takes a delivery.
func (r *tx) consume(from model.NodeID, m *txMessage) { r.env.Send(from, r.consumed(m)) }

// consumed lets a message take effect, once if the consumer is idempotent, and returns the
// receipt. A compensation that overtakes what it is to undo leaves word that it is undone.
func (r *tx) consumed(m *txMessage) *txMessage {
	key := "in/" + m.order.name + "/" + m.part.String()
	was := r.word(key)
	receipt := &txMessage{kind: txReceipt, order: m.order, part: m.part, undo: m.undo}
	switch {
	case !m.undo && was != "" && (r.idempotent || was == partUndone):
		if receipt.why = was; was == partDone {
			receipt.why = ""
		}
		r.env.Count("tx.duplicates", 1)
	case !m.undo:
		if receipt.why = r.can(m.order, m.part, r.credit); receipt.why != "" {
			r.remember(key, receipt.why)
			break
		}
		if was == partDone {
			r.env.Note("tx.doubled", "says", r.self.String()+" is given "+m.order.name+" again, does not know it, and does its "+m.part.String()+" a second time.", "tone", "bad")
		}
		r.step(m, false)
		r.remember(key, partDone)
	case was == partDone:
		r.step(m, true)
		r.remember(key, partUndone)
	case was == "":
		r.remember(key, partUndone)
	}
	return receipt
}

// step does a part or takes it back, in one local transaction: the row is locked in it alone.
func (r *tx) step(m *txMessage, back bool) {
	o, row := m.order, m.order.row(m.part)
	r.env.Fact(policies.Fact{Kind: policies.Acquire, Op: o.op, Key: row, Text: o.name})
	r.apply(o, m.part, r.credit, back)
	r.env.Fact(policies.Fact{Kind: policies.Release, Op: o.op, Key: row, Text: o.name})
	if back {
		r.env.Note("tx.compensated", "says", r.self.String()+" takes back the "+m.part.String()+" of "+o.name+".")
	}
}

// receipt goes on with the saga. One that comes again finds another message in the outbox.
func (r *tx) receipt(m *txMessage) {
	p := r.parcel(m.order.name)
	if p == nil || p.part != m.part || p.undo != m.undo {
		return
	}
	switch {
	case p.undo:
		r.back(p)
	case m.why != "":
		r.turnRound(p, m.why)
		r.back(p)
	case p.part+1 < txParts:
		r.deliver(&txParcel{txOrder: p.txOrder, part: p.part + 1})
	default:
		r.drop(outboxPrefix + p.name)
		r.put(p.op, orderPrefix+p.name, shipped)
		r.env.Note("tx.shipped", "says", p.name+" is through: taken from stock, paid and shipped.", "tone", "good")
		r.env.Fact(policies.Fact{Kind: policies.Commit, Op: p.op, Key: p.name})
	}
}

// turnRound decides that what was done is to be taken back.
func (r *tx) turnRound(p *txParcel, why string) {
	r.put(p.op, orderPrefix+p.name, txAborted.String()+" "+why)
	r.env.Note("tx.refused", "says", "The "+p.part.String()+" of "+p.name+" can't be done: "+why+". What was done is compensated.")
	r.env.Fact(policies.Fact{Kind: policies.Abort, Op: p.op, Key: p.name})
}

// back sends the compensation of the step before, if there is one.
func (r *tx) back(p *txParcel) {
	if p.part == 0 {
		r.drop(outboxPrefix + p.name)
		return
	}
	r.deliver(&txParcel{txOrder: p.txOrder, part: p.part - 1, undo: true})
}

// bury puts a message that was tried too often among the dead letters. Whether it was
// consumed nobody knows: its own step is compensated, too.
func (r *tx) bury(p *txParcel) {
	r.put(p.op, deadPrefix+p.name, fmt.Sprintf("%s %s after %d tries", p.verb(), p.part, p.tries))
	r.env.Count("tx.dead", 1)
	r.env.Note("tx.dead", "says", fmt.Sprintf("%s has delivered the %s of %s %d times without a receipt, and puts it among the dead letters.",
		r.self, p.part, p.name, p.tries), "tone", "bad")
	r.turnRound(p, fmt.Sprintf("no receipt of %s for its %s", p.part.owner(r.n), p.part))
	r.deliver(&txParcel{txOrder: p.txOrder, part: p.part, undo: true})
}
