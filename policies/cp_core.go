package policies

import (
	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// step gives raft's core a message of a peer.
func (r *cp) step(from model.NodeID, msg *raftMessage) {
	m := msg.m
	r.captured = msg.state
	_ = r.raft().Step(m) // errors say that a message is of no use, which is no fault
	r.drain()
	if r.leading() {
		if f := &r.elections.peers[from-1]; m.GetTerm() == r.state.term {
			f.age = min(f.age, 0)
			if m.GetType() == pb.MsgAppResp && !m.GetReject() {
				f.has = max(f.has, m.GetIndex())
			}
		}
		return
	}
	switch m.GetType() {
	case pb.MsgPreVote:
		r.yield(from, m)
	case pb.MsgApp, pb.MsgHeartbeat, pb.MsgSnap:
		if m.GetTerm() == r.state.term && r.lead == from {
			r.heard()
		}
	case pb.MsgVoteResp, pb.MsgPreVoteResp:
		r.answered(from, m)
	}
}

// raft returns the core for something that may give it work: drain does that.
func (r *cp) raft() *raft.RawNode {
	r.busy = true
	return r.core
}

// drain does all that raft's core wants done. Everything in a step commits as one
// batch before any message leaves, so the order within it is free.
func (r *cp) drain() {
	for r.busy && r.core.HasReady() {
		rd := r.core.Ready()
		if !raft.IsEmptySnap(rd.Snapshot) {
			r.restore(rd.Snapshot)
		}
		r.log.append(rd.Entries)
		if !raft.IsEmptyHardState(rd.HardState) {
			r.state.term, r.state.vote, r.state.commit = rd.GetTerm(), rd.GetVote(), rd.GetCommit()
			r.dirty = true
		}
		r.apply(rd.CommittedEntries)
		snapshots := r.transmit(rd.Messages)
		for i := range rd.ReadStates {
			r.readIndex(rd.ReadStates[i])
		}
		r.core.Advance(rd)
		// What a follower has saved or executed makes nothing new to do.
		r.busy = r.role != raft.StateFollower || rd.SoftState != nil
		for _, to := range snapshots {
			// Whether it arrives is seen by the next append; without this word raft
			// would wait for a lost snapshot for ever.
			r.core.ReportSnapshot(to, raft.SnapshotFinish)
			r.busy = true
		}
		if s := rd.SoftState; s != nil {
			r.roles(s.RaftState, model.NodeID(s.Lead))
		}
	}
	r.busy, r.captured = false, nil
	if r.state.installed && r.state.applied > r.log.base.index+logBound {
		r.log.compact(r.state.applied - logKeep)
	}
}

// transmit sends what raft's core has to say, and returns who gets a snapshot.
func (r *cp) transmit(messages []*pb.Message) (snapshots []uint64) {
	for _, m := range messages {
		to := model.NodeID(m.GetTo())
		if r.silent || int(to) > r.n {
			continue
		}
		out := &raftMessage{lives: r.state.lives, m: m}
		switch m.GetType() {
		case pb.MsgSnap:
			out.state = r.captured
			snapshots = append(snapshots, m.GetTo())
			r.env.Count("raft.snapshots", 1)
		case pb.MsgVote, pb.MsgPreVote:
			r.asked(m)
		case pb.MsgVoteResp:
			if !m.GetReject() {
				r.armCampaign() // it granted a vote
			}
		}
		r.send(to, out)
	}
	return snapshots
}

// roles follows raft's core into a new role, or to a new leader.
func (r *cp) roles(role raft.StateType, lead model.NodeID) {
	was := r.leading()
	r.role, r.lead = role, lead
	switch now := r.leading(); {
	case now && !was:
		r.elected()
	case was && !now:
		r.deposed("a higher term")
	}
}

// restore replaces the state by a snapshot's, which came with the message that is
// being handled.
func (r *cp) restore(s *pb.Snapshot) {
	at := entryID{s.GetMetadata().GetIndex(), s.GetMetadata().GetTerm()}
	c := r.captured
	if c == nil || c.applied != at.index {
		fail("a snapshot came without its records")
	}
	r.log.reset(at, nil)
	r.state.applied, r.state.stamp = at.index, c.stamp
	r.state.commit = max(r.state.commit, at.index)
	r.dirty = true
	r.env.Note("raft.restored", "node", r.self.String())
	r.adopt(&install{records: c.records, lost: c.lost})
}
