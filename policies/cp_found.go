package policies

import (
	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// found begins a run with n1 elected: every node starts as if term 1 had begun, all
// had voted for n1, and the first entry of its term were on every disk. So no
// message is needed for it, and all know it.
func (r *cp) found() {
	r.begin()
	r.state.installed = true
	for i := range r.state.lives {
		r.state.lives[i] = r.state.life // the nodes begin together
	}
	r.silent = true
	if r.self == 1 {
		r.foundLeader()
	} else {
		r.foundFollower()
	}
	r.silent = false
}

func (r *cp) foundLeader() {
	r.build()
	_ = r.raft().Campaign()
	r.drain()
	for _, t := range []pb.MessageType{pb.MsgPreVoteResp, pb.MsgVoteResp, pb.MsgAppResp} {
		for i := 2; i <= r.n; i++ {
			m := &pb.Message{Type: t.Enum(), To: new(uint64(1)), From: new(uint64(i)), Term: new(uint64(1))}
			if t == pb.MsgAppResp {
				m.Index = new(uint64(1))
			}
			_ = r.raft().Step(m)
			r.drain()
		}
	}
	if r.role != raft.StateLeader || r.state.commit != 1 {
		fail("n1 could not be made the first leader")
	}
	for i := range r.elections.peers {
		r.elections.peers[i].has = 1
	}
}

func (r *cp) foundFollower() {
	r.log.append([]*pb.Entry{{Term: new(uint64(1)), Index: new(uint64(1)), Type: pb.EntryNormal.Enum()}})
	r.state.term, r.state.vote, r.state.commit, r.state.applied = 1, 1, 1, 1
	r.build()
	_ = r.raft().Step(&pb.Message{
		Type: pb.MsgHeartbeat.Enum(), From: new(uint64(1)), To: new(uint64(r.self)), Term: new(uint64(1)), Commit: new(uint64(1)),
	})
	r.drain()
	r.heard()
}
