package labs

import (
	"strconv"
	"time"

	"capsim/model"
)

// silent tells whether the primary has not been heard for so long that another may take
// its place.
func (p *locksRepl) silent() bool {
	d := p.r.conf.failover
	return d > 0 && p.env().Monotonic().Sub(p.heard) >= d
}

// miss asks for votes if the primary is silent. Replicas wait by turns, so that usually one
// asks first.
func (p *locksRepl) miss() {
	now, d := p.env().Monotonic(), p.r.conf.failover
	turn := time.Duration(p.env().Self()) * beatEvery
	if !p.silent() || now < p.heard.Add(d+turn) || now < p.again {
		return
	}
	p.again = now.Add(d + time.Duration(p.env().Rand().Int64N(int64(d))))
	p.voted = max(p.voted, p.epoch) + 1
	p.save()
	p.votes = make([]bool, p.env().N())
	p.env().Count("locks.elections", 1)
	p.r.say("fault", "%v hears nothing of the primary %v, and asks for the votes of epoch %d.", p.env().Self(), p.primary, p.voted)
	p.others(locksAsk{epoch: p.voted})
	p.vote(p.env().Self(), p.voted)
}

// asked votes for the first that asks in an epoch, unless this node is or hears the primary.
func (p *locksRepl) asked(from model.NodeID, epoch uint64) {
	if epoch <= p.voted || epoch <= p.epoch || p.leads() || !p.silent() {
		return
	}
	p.voted, p.votes = epoch, nil
	p.save()
	p.env().Send(from, locksVote{epoch: epoch})
}

// vote counts one; with a majority of all nodes the node is the primary.
func (p *locksRepl) vote(from model.NodeID, epoch uint64) {
	if p.votes == nil || epoch != p.voted {
		return
	}
	p.votes[from-1] = true
	n := 0
	for _, v := range p.votes {
		if v {
			n++
		}
	}
	if n < p.env().N()/2+1 {
		return
	}
	p.votes = nil
	p.epoch, p.primary = epoch, p.env().Self()
	p.known, p.seq = locksStream{epoch, p.run}, 0
	p.save()
	p.env().Count("locks.failovers", 1)
	p.env().Note("locks.leader", "node", p.env().Self().String(), "term", strconv.FormatUint(epoch, 10))
	has := "no lock"
	switch n := len(p.r.locks); {
	case n == 1:
		has = "one lock"
	case n > 1:
		has = strconv.Itoa(n) + " locks"
	}
	p.r.say("plain", "%v takes the primary's place, with what had reached it: %s.", p.env().Self(), has)
	p.others(locksBeat{stream: p.known, seq: p.seq})
}

// state says what the node is.
func (p *locksRepl) state() string {
	if p.leads() {
		return "primary"
	}
	return "replica"
}
