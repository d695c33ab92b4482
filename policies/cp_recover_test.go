package policies

import (
	"slices"
	"testing"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
	"google.golang.org/protobuf/proto"

	"capsim/model"
)

// byHand makes a cluster whose messages and timers the test delivers itself.
func byHand(t *testing.T, n int, policy string) *world {
	w := newWorldOf(t, n, 1, mustChoose(t, policy))
	w.manual = true
	w.start()
	return w
}

// The recovery of Viewstamped Replication is unsound (Michael et al., DISC 2017): n2
// votes for n3, forgets it, and recovers from others; n5 helps it, and then votes for
// n3 too. With n2's old vote n3 would lead without what n2 acknowledged since.
func TestCPVoteOfAForgottenLife(t *testing.T) {
	for _, oldFirst := range []bool{true, false} {
		w := byHand(t, 5, "cp prevote=off")
		for n := model.NodeID(2); n <= 5; n++ {
			w.fire(n, Tag{Kind: tagLease})
		}
		w.fire(3, Tag{Kind: tagCampaign})
		w.deliver(w.take("raft.vote", 3, 2))
		old := w.take("raft.voteresp", 2, 3)
		w.wipe(2)
		w.restart(2)
		for _, n := range []model.NodeID{1, 4, 5} {
			w.deliver(w.take("cp.recover", 2, n))
			w.deliver(w.take("cp.recovered", n, 2))
		}
		n2, n3 := w.cpOf(2), w.cpOf(3)
		if n2.state.recovery || n2.state.term != 1 {
			t.Fatalf("n2 recovers: %v, term %d", n2.state.recovery, n2.state.term)
		}
		w.deliver(w.take("raft.vote", 3, 5))
		if oldFirst {
			w.deliver(old)
		}
		if n3.role != raft.StateCandidate {
			t.Fatalf("n3 is %v", n3.role)
		}
		w.deliver(w.take("raft.voteresp", 5, 3))
		if !oldFirst {
			w.deliver(old)
		}
		if n3.role != raft.StateFollower {
			t.Fatalf("n3 is %v, with a vote that n2 has forgotten (first: %v)", n3.role, oldFirst)
		}
	}
}

// A node that has recovered votes for nobody in the highest term that it was told.
func TestCPRecoveredDoesNotVoteAgain(t *testing.T) {
	w := byHand(t, 3, "cp prevote=off")
	w.wipe(2)
	w.restart(2)
	for _, n := range []model.NodeID{1, 3} {
		w.deliver(w.take("cp.recover", 2, n))
		w.deliver(w.take("cp.recovered", n, 2))
	}
	ask := func(term uint64) bool {
		w.fire(3, Tag{Kind: tagLease})
		w.fire(3, Tag{Kind: tagCampaign}) // for term 2
		p := w.take("raft.vote", 3, 2)
		m := *p.msg.(*raftMessage)
		m.m = proto.Clone(m.m).(*pb.Message)
		m.m.Term = new(term)
		w.deliver(parcel{3, 2, &m})
		return !w.take("raft.voteresp", 2, 3).msg.(*raftMessage).m.GetReject()
	}
	if ask(1) {
		t.Fatal("n2 votes in a term in which it may have voted")
	}
	if !ask(2) {
		t.Fatal("n2 does not vote in a later term")
	}
}

// What a forgotten life acknowledged is no part of a majority, and while a leader
// puts that right no fewer than a majority of all nodes commit anything.
func TestCPProgressOfAForgottenLife(t *testing.T) {
	for n := 2; n <= 5; n++ {
		w := byHand(t, n, "cp")
		w.do("a", 1, "SET k v")
		acks := (n+2)/2 - 2 // one fewer than would commit, with the leader's own
		for i := range acks {
			p := model.NodeID(n - i)
			w.deliver(w.take("raft.append", 1, p))
			w.deliver(w.take("raft.appendresp", p, 1))
		}
		leader := w.cpOf(1)
		if n > 2 {
			w.deliver(w.take("raft.append", 1, 2)) // acknowledged, and under way
		}
		before := leader.state.commit
		w.wipe(2)
		w.restart(2)
		w.deliver(w.take("cp.recover", 2, 1))
		if leader.state.commit != before {
			t.Fatalf("%d nodes: committed %d, with %d of them", n, leader.state.commit, acks+1)
		}
		if n > 2 {
			w.deliver(w.take("raft.appendresp", 2, 1))
		}
		if leader.state.commit != before {
			t.Fatalf("%d nodes: an old acknowledgement counts", n)
		}
		count := 0
		leader.core.WithProgress(func(id uint64, _ raft.ProgressType, p tracker.Progress) {
			count++
			if id == 2 && p.Match != 0 {
				t.Fatalf("%d nodes: the leader believes that n2 has %d entries", n, p.Match)
			}
		})
		if count != n || !leader.leading() {
			t.Fatalf("%d nodes: the group is of %d, leading %v", n, count, leader.leading())
		}
		if n == 2 { // the recovered node has the entry, and its new life says so
			w.deliver(w.take("cp.recovered", 1, 2))
			w.fire(1, Tag{Kind: tagHeartbeat})
			for len(w.aside) > 0 && leader.state.commit == before {
				p := w.aside[0]
				w.aside = w.aside[1:]
				w.deliver(p)
			}
			w.mustReply(w.ops[0], "OK")
		}
	}
}

// A message to an older life is not taken, and its sender told.
func TestCPMessageToAForgottenLife(t *testing.T) {
	w := byHand(t, 3, "cp")
	w.fire(1, Tag{Kind: tagHeartbeat})
	beat := w.take("raft.heartbeat", 1, 2)
	w.wipe(2)
	w.restart(2)
	n2 := w.cpOf(2)
	for _, n := range []model.NodeID{1, 3} {
		w.deliver(w.take("cp.recover", 2, n))
		w.deliver(w.take("cp.recovered", n, 2))
	}
	w.deliver(beat)
	if n2.lead != 0 {
		t.Fatal("n2 follows a message to its older life")
	}
	w.take("cp.life", 2, 1)
}

// A leader's word on a read of a process that is gone is older than a read that came
// after: the restarted node must not take it for its own.
func TestCPReadOfAForgottenProcess(t *testing.T) {
	w := byHand(t, 3, "cp")
	settleReads := func(n model.NodeID) parcel {
		w.deliver(w.take("raft.readindex", n, 1))
		w.deliver(w.take("raft.heartbeat", 1, 3))
		w.deliver(w.take("raft.heartbeatresp", 3, 1))
		return w.take("raft.readindexresp", 1, n)
	}
	w.do("a", 2, "GET k")
	old := settleReads(2)
	w.do("b", 1, "SET k v") // committed with n3, n2 does not know
	w.deliver(w.take("raft.append", 1, 3))
	w.deliver(w.take("raft.appendresp", 3, 1))
	w.mustReply(w.ops[1], "OK")
	w.crash(2)
	w.restart(2)
	w.fire(1, Tag{Kind: tagHeartbeat})
	w.aside = slices.DeleteFunc(w.aside, func(p parcel) bool { return p.msg.Kind() == "raft.heartbeat" && p.to == 3 })
	for i := len(w.aside) - 1; i >= 0; i-- { // the last heartbeat tells it who leads
		if p := w.aside[i]; p.msg.Kind() == "raft.heartbeat" && p.to == 2 {
			w.deliver(p)
			break
		}
	}
	read := w.do("c", 2, "GET k")
	w.deliver(old)
	if !read.open() {
		t.Fatalf("the read is answered with %v", read.res)
	}
}
