package policies

import (
	"strconv"
	"time"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// elections is what a replica keeps to find, keep and leave a leader. raft's core
// would draw its timeouts from the system's randomness, so it is never let: its own
// is out of reach, and the timers are here.
type elections struct {
	timer   TimerID // tagLease, then tagCampaign; 0 for a leader
	beat    TimerID
	ballot  TimerID
	ballots []*pb.Message // votes asked for and not received
	peers   []follower    // of a leader: n1, n2, …
	failed  int           // campaigns in a row, since a leader was heard
	yields  int           // of these, those given up for another's
}

// follower is what a leader knows of a peer beside what raft's core does.
type follower struct {
	age     int    // heartbeats since it was heard; negative: it has time yet
	has     uint64 // the last entry that it acknowledged
	had     uint64 // … at the heartbeat before
	stalled int    // heartbeats since that changed, with entries to acknowledge
}

// heard says that the leader was heard. For the least timeout from now on, votes
// are refused by raft's core, which knows a leader; leaseEnds makes it forget.
func (r *cp) heard() {
	r.elections.failed, r.elections.yields = 0, 0
	r.stopElection()
	r.elections.timer = r.env.After(r.electionMin, Tag{Kind: tagLease})
}

func (r *cp) leaseEnds() {
	if r.lead != 0 {
		_ = r.raft().ForgetLeader()
	}
	r.elections.timer = r.env.After(r.draw()-r.electionMin, Tag{Kind: tagCampaign})
}

// armCampaign waits a whole timeout for a leader.
func (r *cp) armCampaign() {
	r.stopElection()
	r.elections.timer = r.env.After(r.draw(), Tag{Kind: tagCampaign})
}

func (r *cp) stopElection() {
	if r.elections.timer != 0 {
		r.env.Cancel(r.elections.timer)
		r.elections.timer = 0
	}
	r.stopBallot()
}

// draw returns how long to wait for a leader. Pre-votes and votes take a round trip
// each, which may be longer than the timeout: after a campaign that failed the next
// gets more time. Without pre-vote it is as in the paper, whose times are compared
// with these.
func (r *cp) draw() time.Duration {
	d := r.electionMin + time.Duration(r.env.Rand().Int64N(int64(r.electionMax-r.electionMin)+1))
	if r.preVote {
		d *= time.Duration(1 + min(r.elections.failed, 2))
	}
	return d
}

func (r *cp) campaign() {
	if r.role != raft.StateFollower {
		r.elections.failed++
	}
	r.armCampaign()
	r.env.Note("raft.election", "node", r.self.String(), "term", strconv.FormatUint(r.state.term+1, 10))
	r.env.Count("raft.elections", 1)
	_ = r.raft().Campaign()
}

// A node yields so often, and then goes through with its campaign: the other may be
// one that nobody can answer.
const mostYields = 2

// yield gives up a campaign that is still asking for pre-votes, if a node with a
// lower number asks too: both would win those, and split the votes.
func (r *cp) yield(to model.NodeID, m *pb.Message) {
	if r.role != raft.StatePreCandidate || to > r.self || r.elections.yields == mostYields || m.GetTerm() <= r.state.term {
		return
	}
	if mine := r.log.lastID(); m.GetLogTerm() < mine.term || m.GetLogTerm() == mine.term && m.GetIndex() < mine.index {
		return // it can't win
	}
	r.elections.yields++
	r.build()
	r.armCampaign()
}

// asked keeps a request for a vote, so that it can be repeated.
func (r *cp) asked(m *pb.Message) {
	b := &r.elections
	if len(b.ballots) > 0 && (b.ballots[0].GetType() != m.GetType() || b.ballots[0].GetTerm() != m.GetTerm() || b.ballots[0].GetTo() == m.GetTo()) {
		r.stopBallot()
	}
	if len(b.ballots) == 0 && m.GetType() == pb.MsgVote {
		r.armCampaign() // the pre-votes are won, the votes have a timeout of their own
	}
	b.ballots = append(b.ballots, m)
	if b.ballot == 0 {
		b.ballot = r.env.After(r.heartbeat, Tag{Kind: tagBallot})
	}
}

func (r *cp) stopBallot() {
	if r.elections.ballot != 0 {
		r.env.Cancel(r.elections.ballot)
		r.elections.ballot = 0
	}
	r.elections.ballots = nil
}

// answered notes that a peer answered a request for its vote.
func (r *cp) answered(from model.NodeID, m *pb.Message) {
	for i, b := range r.elections.ballots {
		if b.GetTo() == uint64(from) && (b.GetType() == pb.MsgVote) == (m.GetType() == pb.MsgVoteResp) {
			r.elections.ballots = append(r.elections.ballots[:i:i], r.elections.ballots[i+1:]...)
			return
		}
	}
}

// askAgain repeats the requests that were not answered: they or the answers may be
// lost, and a vote given twice is the same vote.
func (r *cp) askAgain() {
	r.elections.ballot = 0
	if r.role != raft.StateCandidate && r.role != raft.StatePreCandidate || len(r.elections.ballots) == 0 {
		r.elections.ballots = nil
		return
	}
	for _, m := range r.elections.ballots {
		r.send(model.NodeID(m.GetTo()), &raftMessage{lives: r.state.lives, m: m})
	}
	r.elections.ballot = r.env.After(r.heartbeat, Tag{Kind: tagBallot})
}

// elected begins a leader's term of office.
func (r *cp) elected() {
	r.stopElection()
	for i := range r.elections.peers {
		r.elections.peers[i] = follower{age: -r.deaf()} // the first answers take their time
	}
	r.clients.proposed = nil
	r.deadlines.retry() // of those under way from leaders before, nothing is known
	r.env.Note("raft.leader", "node", r.self.String(), "term", strconv.FormatUint(r.state.term, 10))
	r.env.Count("raft.leaders", 1)
	r.elections.beat = r.env.After(r.heartbeat, Tag{Kind: tagHeartbeat})
	if !r.state.installed {
		r.startCollecting()
	}
}

// deposed ends it.
func (r *cp) deposed(why string) {
	r.env.Cancel(r.elections.beat)
	r.collect = nil
	r.deadlines.stop(r.env)
	r.env.Note("raft.stepdown", "node", r.self.String(), "term", strconv.FormatUint(r.state.term, 10), "why", why)
	r.env.Count("raft.stepdowns", 1)
	r.armCampaign()
}

// deaf is the longest election timeout, in heartbeats.
func (r *cp) deaf() int { return max(2, int((r.electionMax+r.heartbeat-1)/r.heartbeat)) }

// beat is a leader's heartbeat. One that has not heard a majority, itself included,
// for the longest election timeout steps down: it may be the only one who believes
// that it leads. Halfway there it makes sure that not loss alone is to blame.
func (r *cp) beat() {
	near, sure := 1, 1
	r.peers(func(p model.NodeID) {
		f := &r.elections.peers[p-1]
		if f.age++; f.age <= r.deaf() {
			near++
		}
		if f.age <= r.deaf()/2 {
			sure++
		}
	})
	if near <= r.n/2 {
		r.stepDown("no majority was heard for " + r.electionMax.String())
		return
	}
	r.elections.beat = r.env.After(r.heartbeat, Tag{Kind: tagHeartbeat})
	r.raft().Tick()
	if sure <= r.n/2 {
		r.core.Tick()
		r.core.Tick()
	}
	r.peers(r.repeat)
	if r.collect != nil {
		r.keepCollecting()
	}
}

// repeat sends a peer again what it did not acknowledge for two heartbeats. raft's
// core would find out by itself what was lost, in three trips after a heartbeat.
func (r *cp) repeat(p model.NodeID) {
	f := &r.elections.peers[p-1]
	if f.has == r.log.last() || f.has != f.had {
		f.had, f.stalled = f.has, 0
		return
	}
	if f.stalled++; f.stalled < 2 || f.age > 3 {
		return // there is time, or nobody there
	}
	r.core.ReportUnreachable(uint64(p))
	_ = r.raft().Step(&pb.Message{
		Type: pb.MsgHeartbeatResp.Enum(), From: new(uint64(p)), To: new(uint64(r.self)), Term: new(r.state.term),
	})
}

// stepDown makes a leader, or a candidate, a follower that knows no leader: raft's
// core begins again from what is durable.
func (r *cp) stepDown(why string) {
	was := r.leading()
	r.drain()
	r.build()
	if was {
		r.deposed(why)
	} else {
		r.armCampaign()
	}
}
