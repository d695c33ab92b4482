package policies

import (
	"slices"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// A wiped node has forgotten what it promised: votes that it gave, entries that it
// acknowledged. It takes part in nothing until a majority of the others has told it
// all that they know. That alone is not sound (Michael et al., DISC 2017): a promise
// of its older life may still be under way and be counted with others' that were
// made after they helped it recover. So every message names the newest life of each
// node that its sender knows of; whoever helps a node to recover knows its new life
// from then on; and a promise of an older life counts no longer than until one
// message tells of a newer.

// recovery is what a wiped node has been told.
type recovery struct {
	answers []*recoveredMessage // of n1, n2, …; nil: none
	count   int
}

// wiped begins a recovery.
func (r *cp) wiped() {
	settle(r.env)
	r.begin()
	if r.n == 1 {
		r.state.installed = true // nobody remembers anything
		r.build()
		r.armCampaign()
		return
	}
	r.state.recovery = true
	r.env.Note("raft.recovering", "node", r.self.String())
	r.askRecovery()
}

// askRecovery asks, and asks again, those who have not answered.
func (r *cp) askRecovery() {
	if !r.state.recovery {
		return
	}
	if r.recover == nil {
		r.recover = &recovery{answers: make([]*recoveredMessage, r.n)}
	}
	r.peers(func(p model.NodeID) {
		if r.recover.answers[p-1] == nil {
			r.send(p, &recoverMessage{r.state.lives})
		}
	})
	r.env.After(repeatAt*r.heartbeat, Tag{Kind: tagRecover})
}

// helpRecover answers recoverMessage. The asker's new life is known by now, and is
// saved before the answer leaves.
func (r *cp) helpRecover(to model.NodeID) {
	r.drain()
	r.send(to, &recoveredMessage{
		lives: r.state.lives, term: r.state.term, commit: r.state.commit,
		base: r.log.base, entries: slices.Clone(r.log.entries), installed: r.state.installed, state: r.capture(),
	})
}

// recovered takes an answer, and ends the recovery with the last that is needed.
func (r *cp) recovered(from model.NodeID, m *recoveredMessage) {
	c := r.recover
	if !r.state.recovery || c == nil || c.answers[from-1] != nil {
		return
	}
	c.answers[from-1] = m
	if c.count++; c.count <= (r.n-1)/2 {
		return
	}
	r.recover = nil
	best := bestLog(c.answers)
	r.state.recovery, r.dirty = false, true
	if r.store.Meta(installMeta) != nil {
		r.store.DropMeta(installMeta) // another policy remembered the wipe as well
	}
	for _, a := range c.answers {
		if a != nil {
			r.state.term = max(r.state.term, a.term)
		}
	}
	// The node may have voted in the highest term: as if for itself, so it does not
	// vote again.
	r.state.vote = uint64(r.self)
	r.state.commit, r.state.applied = best.commit, best.state.applied
	r.log.reset(best.base, best.entries)
	if best.installed {
		r.state.stamp = best.state.stamp
		r.adopt(&install{records: best.state.records, lost: best.state.lost})
	} else {
		r.adoptFrozen(c.answers)
	}
	r.env.Note("raft.recovered", "node", r.self.String())
	r.build()
	r.armCampaign()
}

// bestLog returns the answer whose log is the most up to date, as in an election: it
// has every entry that is committed, and every one that the asker's older life
// acknowledged and that still counts.
func bestLog(answers []*recoveredMessage) *recoveredMessage {
	var best *recoveredMessage
	for _, a := range answers {
		if a == nil {
			continue
		}
		if best == nil {
			best = a
			continue
		}
		x, y := a.last(), best.last()
		if x.term > y.term || x.term == y.term && (x.index > y.index || x.index == y.index && a.state.applied > best.state.applied) {
			best = a
		}
	}
	return best
}

// adoptFrozen takes over what the others hold of the stretch before, for the
// collection that is still to come.
func (r *cp) adoptFrozen(answers []*recoveredMessage) {
	for _, a := range answers {
		if a == nil || a.installed {
			continue
		}
		for _, kr := range a.state.records {
			// All that either has is kept, so that the collection sees the losers too.
			rec, _ := model.Merge(r.store.Record(kr.key), kr.rec, model.KeepSiblings)
			r.store.PutRecord(kr.key, rec)
		}
	}
}

// trusts takes what a message knows of the nodes' lives, and tells whether the
// message counts.
func (r *cp) trusts(from model.NodeID, knows []int32) bool {
	if knows[from-1] < r.state.lives[from-1] {
		return false // of a life that its sender has forgotten
	}
	if mine := knows[r.self-1]; mine != 0 && mine < r.state.life {
		r.learn(knows)
		r.send(from, &lifeMessage{r.state.lives})
		return false // for a life that this node has forgotten
	}
	r.learn(knows)
	return true
}

// learn remembers newer lives.
func (r *cp) learn(knows []int32) {
	known := r.state.lives
	for i, l := range knows {
		if l <= known[i] || model.NodeID(i+1) == r.self {
			continue
		}
		// Messages under way share the list.
		r.state.lives = slices.Clone(r.state.lives)
		r.state.lives[i], r.dirty = l, true
		if known[i] != 0 && r.core != nil {
			r.reborn(model.NodeID(i + 1))
		}
	}
}

// reborn makes sure that what a node promised in an older life counts no longer.
func (r *cp) reborn(p model.NodeID) {
	switch r.role {
	case raft.StateLeader:
		r.forgetProgress(p)
	case raft.StateCandidate, raft.StatePreCandidate:
		r.stepDown("a vote may be one of a forgotten life") // its vote may be among those counted
	}
}

// forgetProgress makes a leader know nothing of what the peer's log has: raft's core
// does that for a node that leaves the group and joins it. A stranger stands in
// meanwhile, so that at no moment less than a majority of the nodes is one of the
// group. None of it is in the log: the group stays as it is.
func (r *cp) forgetProgress(p model.NodeID) {
	r.drain()
	r.elections.peers[p-1] = follower{}
	stranger := uint64(r.n + 1)
	change := func(t pb.ConfChangeType, id uint64) {
		r.raft().ApplyConfChange(&pb.ConfChange{Type: t.Enum(), NodeId: new(id)})
	}
	change(pb.ConfChangeAddNode, stranger)
	change(pb.ConfChangeRemoveNode, uint64(p))
	change(pb.ConfChangeAddNode, uint64(p))
	change(pb.ConfChangeRemoveNode, stranger)
	r.drain()
}
