package policies

import (
	"time"

	"capsim/model"
)

// Acknowledgements. A write is acknowledged at once, but for a peer that writes one
// after the other: what it is owed waits a little for a write that goes to it
// anyway, as TCP delays its acknowledgements.

// payWithin is how long an acknowledgement may wait. The peer sends again only
// after ten times that.
const payWithin = 20 * time.Millisecond

// debts are the acknowledgements that wait.
type debts struct {
	owed  []apOwed
	last  [16]model.Time // by node: when its last write came
	armed bool
}

// acknowledge tells the sender that its records are on disk, or will.
func (a *ap) acknowledge(env Env, from model.NodeID, m *apWrite) {
	if len(m.items) > 1 {
		refs := make(apAcks, len(m.items))
		for i := range m.items {
			refs[i] = m.items[i].apRef
		}
		env.Send(from, refs)
		return
	}
	d, now := &a.debts, env.Now()
	busy := now.Sub(d.last[from]) < payWithin && d.last[from] > 0
	d.last[from] = now
	if m.more || !busy {
		env.Send(from, apAck{m.items[0].apRef})
		return
	}
	d.owed = append(d.owed, apOwed{m.items[0].apRef, from})
	if !d.armed {
		d.armed = true
		env.After(payWithin, Tag{Kind: apPay})
	}
}

// payWith adds all that is owed to a message that goes to every peer.
func (d *debts) payWith(acks []apOwed) []apOwed {
	if len(d.owed) == 0 {
		return nil
	}
	acks = append(acks, d.owed...)
	d.owed = d.owed[:0]
	return acks
}

// payAll acknowledges what no write came along for.
func (a *ap) payAll(env Env) {
	d := &a.debts
	d.armed = false
	for _, peer := range a.ring.all {
		var refs apAcks
		for i := range d.owed {
			if d.owed[i].to == peer {
				refs = append(refs, d.owed[i].apRef)
			}
		}
		if len(refs) > 0 {
			env.Send(peer, refs)
		}
	}
	d.owed = d.owed[:0]
}
