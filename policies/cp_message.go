package policies

import (
	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// cpMessage is what replicas of cp send each other. Each names the newest lives of
// all nodes that its sender knows, its own and the receiver's among them: what an
// older life promised does not count (cp_recover.go).
type cpMessage interface {
	Message
	knows() []int32
}

type lives []int32 // of n1, n2, …; 0: unknown

func (l lives) knows() []int32 { return l }

// raftMessage is a message of raft's core.
type raftMessage struct {
	lives
	m     *pb.Message
	state *cpCapture // of a snapshot
}

var raftKinds = map[pb.MessageType]string{
	pb.MsgApp: "raft.append", pb.MsgAppResp: "raft.appendresp",
	pb.MsgVote: "raft.vote", pb.MsgVoteResp: "raft.voteresp",
	pb.MsgPreVote: "raft.prevote", pb.MsgPreVoteResp: "raft.prevoteresp",
	pb.MsgHeartbeat: "raft.heartbeat", pb.MsgHeartbeatResp: "raft.heartbeatresp",
	pb.MsgSnap: "raft.snapshot", pb.MsgReadIndex: "raft.readindex", pb.MsgReadIndexResp: "raft.readindexresp",
}

// cpKinds lists the kinds of all messages, for Spec.Kinds.
var cpKinds = []string{
	"raft.append", "raft.appendresp", "raft.heartbeat", "raft.heartbeatresp", "raft.vote", "raft.voteresp",
	"raft.prevote", "raft.prevoteresp", "raft.snapshot", "raft.readindex", "raft.readindexresp",
	"cp.forward", "cp.collect", "cp.records", "cp.recover", "cp.recovered", "cp.life",
}

func (m *raftMessage) Kind() string { return raftKinds[m.m.GetType()] }

func (m *raftMessage) Writes() []model.OpID {
	if m.state != nil {
		return m.state.writes()
	}
	return entryOps(m.m.GetEntries())
}

func entryOps(entries []*pb.Entry) []model.OpID {
	var ops []model.OpID
	for _, e := range entries {
		if op := entryOp(e.GetData()); op != 0 {
			if ops == nil {
				ops = make([]model.OpID, 0, len(entries))
			}
			ops = append(ops, op)
		}
	}
	return ops
}

// forwardMessage hands a write to the leader of a term. It may arrive more than
// once; the leader proposes it once at most, and in no other term.
type forwardMessage struct {
	lives
	term    uint64
	op      model.OpID
	command model.Command
}

func (m *forwardMessage) Kind() string         { return "cp.forward" }
func (m *forwardMessage) Writes() []model.OpID { return []model.OpID{m.op} }

// collectMessage asks for the records that a node has from the stretch before.
type collectMessage struct{ lives }

func (m *collectMessage) Kind() string         { return "cp.collect" }
func (m *collectMessage) Writes() []model.OpID { return nil }

// recordsMessage answers collectMessage.
type recordsMessage struct {
	lives
	records []keyRecord
}

func (m *recordsMessage) Kind() string         { return "cp.records" }
func (m *recordsMessage) Writes() []model.OpID { return recordOps(m.records) }

func recordOps(records []keyRecord) []model.OpID {
	c := cpCapture{records: records}
	return c.writes()
}

// recoverMessage asks for all that a wiped node must know again.
type recoverMessage struct{ lives }

func (m *recoverMessage) Kind() string         { return "cp.recover" }
func (m *recoverMessage) Writes() []model.OpID { return nil }

// recoveredMessage answers recoverMessage with the sender's whole state.
type recoveredMessage struct {
	lives
	term, commit uint64
	base         entryID
	entries      []*pb.Entry
	installed    bool
	state        *cpCapture // the records are those of the stretch before if not installed
}

func (m *recoveredMessage) Kind() string { return "cp.recovered" }

func (m *recoveredMessage) Writes() []model.OpID {
	return append(m.state.writes(), entryOps(m.entries)...)
}

func (m *recoveredMessage) last() entryID {
	if n := len(m.entries); n > 0 {
		return entryID{m.entries[n-1].GetIndex(), m.entries[n-1].GetTerm()}
	}
	return m.base
}

// lifeMessage tells a node that it spoke to an older life of the sender.
type lifeMessage struct{ lives }

func (m *lifeMessage) Kind() string         { return "cp.life" }
func (m *lifeMessage) Writes() []model.OpID { return nil }
