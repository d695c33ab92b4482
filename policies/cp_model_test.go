package policies

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// What cp's models are tested with, and where it is tested here. raft names the files
// under testdata of go.etcd.io/raft.
//
//	a deposed leader's uncommitted entries vanish    TestCPMinority, TestCPFigure8
//	a read by a deposed leader is refused            TestCPMinority, TestCPReadOfADeposedLeader
//	restart from the store                           TestCPRestartsFromTheStore, TestCPBrokenDisk
//	a wiped node breaks no promise                   cp_recover_test.go, TestCPWipedNodeCatchesUp
//	… or says that it can't                          TestCPMajorityWiped
//	snapshots: slow_follower_after_compaction,
//	  snapshot_succeed_via_app_resp(_behind)         TestCPSnapshotCatchUp, TestCPSnapshotLost,
//	                                                 TestCPAppendsAroundASnapshot
//	prevote, prevote_checkquorum                     TestCPReturnOfTheIsolated
//	checkquorum, forget_leader*                      TestCPDeafLeader, TestCPNoVoteWhileALeaderIsHeard
//	campaign, single_node                            TestCPStartsWithN1Elected, TestCPAnswersEverywhere
//	probe_and_replicate, replicate_pause,
//	  heartbeat_resp_recovers_from_probing,
//	  lagging_commit                                 TestCPDuplicateLateAndReordered, TestCPTorture
//
// Changes of membership and transfers of leadership are not offered; async storage
// writes do not apply, since a step's writes are durable before its messages leave.

// elect lets a node stand for election, and gives it the votes of others. It returns
// what of its votes were refused.
func (w *world) elect(n model.NodeID, voters ...model.NodeID) {
	w.t.Helper()
	for _, v := range append(voters, n) {
		w.fire(v, Tag{Kind: tagLease}) // they heard no leader for the least timeout
	}
	w.fire(n, Tag{Kind: tagCampaign})
	for _, v := range voters {
		w.deliver(w.take("raft.vote", n, v))
		w.deliver(w.take("raft.voteresp", v, n))
	}
}

// Ongaro & Ousterhout, figure 8: an entry of an older term is on a majority, and still may
// be overwritten. A leader that counted it as committed would tell its client OK.
func TestCPFigure8(t *testing.T) {
	w := byHand(t, 5, "cp prevote=off")
	a := w.do("a", 1, "SET k older") // in n1's log, and n2's
	w.deliver(w.take("raft.append", 1, 2))
	w.crash(1)
	w.elect(5, 3, 4)
	b := w.do("b", 5, "SET k other") // in n5's log alone, of term 2
	w.crash(5)
	w.aside = nil
	w.restart(1)
	w.elect(1, 2, 3) // in term 2 n3 has voted: refused
	w.aside = nil
	w.fire(1, Tag{Kind: tagCampaign})
	for _, v := range []model.NodeID{2, 3} {
		w.deliver(w.take("raft.vote", 1, v))
		w.deliver(w.take("raft.voteresp", v, 1))
	}
	n1 := w.cpOf(1)
	if !n1.leading() || n1.state.term != 3 {
		t.Fatalf("n1 leads: %v, in term %d", n1.leading(), n1.state.term)
	}
	before := n1.state.commit
	for range 4 { // n1 finds out what n3 lacks
		for len(w.aside) > 0 {
			i := slices.IndexFunc(w.aside, func(p parcel) bool { return p.from == 3 || p.to == 3 })
			if i < 0 {
				break
			}
			p := w.aside[i]
			w.aside = slices.Delete(w.aside, i, i+1)
			w.deliver(p)
		}
	}
	// n2 has the entry too, and says so; of term 3's own it has none.
	ack := &pb.Message{Type: pb.MsgAppResp.Enum(), From: new(uint64(2)), To: new(uint64(1)), Term: new(uint64(3)), Index: new(uint64(2))}
	w.deliver(parcel{2, 1, &raftMessage{lives: w.cpOf(2).state.lives, m: ack}})
	if got := w.cpOf(3).log.last(); got < 3 {
		t.Fatalf("n3 has %d entries", got)
	}
	if n1.state.commit != before || len(a.wrote) > 0 {
		t.Fatalf("committed up to %d though no entry of the leader's own term is on a majority", n1.state.commit)
	}
	w.crash(1)
	w.aside = nil
	w.restart(5)
	w.fire(5, Tag{Kind: tagCampaign}) // term 3 is over
	w.aside = nil
	w.elect(5, 2, 4)
	for range 200 {
		i := slices.IndexFunc(w.aside, func(p parcel) bool { return p.to != 1 && p.to != 3 && p.from != 3 })
		if i < 0 {
			break
		}
		p := w.aside[i]
		w.aside = slices.Delete(w.aside, i, i+1)
		w.deliver(p)
	}
	if w.noted(2, "raft.overwritten") != 1 || len(a.wrote) > 0 {
		t.Fatalf("the older entry: overwritten %d times on n2, executed on %v", w.noted(2, "raft.overwritten"), a.wrote)
	}
	if !slices.Contains(b.wrote, 5) || !slices.Contains(b.wrote, 2) {
		t.Fatalf("the entry of n5 is executed on %v", b.wrote)
	}
	w.mustReply(a, "unknown")
}

// A leader that was deposed and does not know it yet answers no read: neither out of what
// it has, nor because of an answer to a heartbeat from before.
func TestCPReadOfADeposedLeader(t *testing.T) {
	w := byHand(t, 3, "cp prevote=off")
	w.fire(1, Tag{Kind: tagHeartbeat})
	w.deliver(w.take("raft.heartbeat", 1, 3))
	old := w.take("raft.heartbeatresp", 3, 1)
	w.elect(2, 3)
	w.do("b", 2, "SET k new")
	for range 6 {
		for _, p := range []struct {
			kind     string
			from, to model.NodeID
		}{{"raft.append", 2, 3}, {"raft.appendresp", 3, 2}} {
			if slices.ContainsFunc(w.aside, func(q parcel) bool { return q.from == p.from && q.to == p.to && q.msg.Kind() == p.kind }) {
				w.deliver(w.take(p.kind, p.from, p.to))
			}
		}
	}
	w.mustReply(w.ops[0], "OK")
	if !w.cpOf(1).leading() {
		t.Fatal("n1 knows already")
	}
	read := w.do("a", 1, "GET k")
	w.deliver(old)
	if !read.open() {
		t.Fatalf("the read is answered with %v, because of a heartbeat from before", read.res)
	}
	w.fire(1, Tag{Kind: tagHeartbeat})
	for range 3 {
		w.deliver(w.take("raft.heartbeat", 1, 3)) // n3 is in term 2, and says so
		if i := slices.IndexFunc(w.aside, func(p parcel) bool { return p.from == 3 && p.to == 1 }); i >= 0 {
			p := w.aside[i]
			w.aside = slices.Delete(w.aside, i, i+1)
			w.deliver(p)
			break
		}
	}
	if w.cpOf(1).leading() || read.res.Outcome == model.OKOutcome {
		t.Fatalf("n1 leads: %v; the read: %v", w.cpOf(1).leading(), read.res)
	}
	w.manual = false
	w.run(time.Second)
	if read.res.Outcome == model.OKOutcome && read.res.Reply.Str != "new" {
		t.Fatalf("the read is answered with %v", read.res)
	}
}

// Whoever heard a leader within the least timeout gives no vote, nor pre-vote: so a node
// that comes back can't depose one that a majority follows.
func TestCPNoVoteWhileALeaderIsHeard(t *testing.T) {
	for _, policy := range []string{"cp", "cp prevote=off"} {
		w := byHand(t, 3, policy)
		w.fire(2, Tag{Kind: tagLease})
		w.fire(2, Tag{Kind: tagCampaign})
		kind := "raft.prevote"
		if policy != "cp" {
			kind = "raft.vote"
		}
		w.deliver(w.take(kind, 2, 3))
		w.deliver(w.take(kind, 2, 1))
		if r := w.cpOf(3); r.state.term != 1 || r.lead != 1 || !w.cpOf(1).leading() || w.cpOf(1).state.term != 1 {
			t.Fatalf("%s: n3 is in term %d, n1 leads: %v", policy, r.state.term, w.cpOf(1).leading())
		}
		for _, p := range w.aside {
			if m, ok := p.msg.(*raftMessage); ok && p.to == 2 && m.Kind() == kind+"resp" && !m.m.GetReject() {
				t.Fatalf("%s: %v gives a vote", policy, p.from)
			}
		}
	}
}

// tail makes one message in twenty take up to two seconds, so that it arrives out of
// order, in another term, or after a snapshot; and doubles one in five.
func (w *world) tail() {
	w.latency = func(r *rand.Rand) time.Duration {
		if r.IntN(20) == 0 {
			return time.Duration(r.Int64N(int64(2 * time.Second)))
		}
		return time.Millisecond + time.Duration(r.Int64N(int64(20*time.Millisecond)))
	}
	w.twice = 0.2
}

// Messages that come twice, late, and in another order, older terms' among them, change
// nothing that is promised.
func TestCPDuplicateLateAndReordered(t *testing.T) {
	for seed := range uint64(seeds(24)) {
		p := plan{nodes: 3 + 2*int(seed%2), policy: []string{"cp", "cp prevote=off"}[seed/2%2], length: 6 * time.Second}
		w := newWorldOf(t, p.nodes, seed, mustChoose(t, p.policy))
		w.tail()
		watchRaft(w)
		w.start()
		for i := range 4 {
			p.client(w, fmt.Sprintf("c%d", i))
		}
		for w.now < model.Time(p.length) {
			w.run(time.Duration(w.rng.Int64N(int64(400 * time.Millisecond))))
			p.fault(w)
		}
		p.repair(w)
		w.run(5 * time.Second)
		w.twice, w.latency = 0, func(*rand.Rand) time.Duration { return 5 * time.Millisecond }
		w.run(3 * time.Second)
		cpHolds(t, w, p)
	}
}

// Appends from before a snapshot, and the snapshot itself, arrive again after what came
// later: the log goes on where it was.
func TestCPAppendsAroundASnapshot(t *testing.T) {
	for seed := range uint64(4) {
		w := newWorldOf(t, 3, seed, mustChoose(t, "cp"))
		w.tail()
		watchRaft(w)
		w.start()
		w.partition(group(1, 2), group(3))
		w.writes(1, logBound+50)
		w.heal()
		for i := range 200 {
			w.do("filler", 1, fmt.Sprintf("SET f%d after%d", i%7, i))
			w.run(5 * time.Millisecond)
		}
		w.run(4 * time.Second)
		if w.sent["raft.snapshot"] == 0 {
			t.Fatal("no snapshot was sent")
		}
		if d := w.diverged(); d != nil {
			t.Fatalf("seed %d: diverged %v", seed, d)
		}
		o := w.do("b", 3, "GET f4")
		w.run(time.Second)
		want, _ := w.node(1).disk.Record("f4").Newest()
		w.mustReply(o, want.Value.Str)
	}
}
