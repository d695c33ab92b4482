package policies

import (
	"time"

	"capsim/model"
)

// quorum is a node of policy quorum: it stores, and coordinates what its clients ask.
type quorum struct {
	coordinator
	installer
	hints hints
	told  map[model.NodeID]*quorumRecovered // of a wiped node: what the others have
}

var _ Replica = (*quorum)(nil)

// The timers of quorum, beside tagCall and the installer's.
const (
	tagHints        uint8 = 2
	tagAskRecovered uint8 = 3
)

// recoverRetry is how often a wiped node asks those who have not told what they have.
const recoverRetry = 200 * time.Millisecond

// Start implements Replica.
func (q *quorum) Start(env Env) {
	q.here = q
	q.coordinator.begin(env, &q.lifebook)
	q.start(env)
	if q.wiped {
		q.askRecovered(env)
	}
	for _, key := range env.Store().Keys() {
		rec := env.Store().Record(key)
		q.clock = q.clock.Later(stampOf(rec))
		if q.ready() {
			env.Applied(key, rec)
		}
	}
	q.loadHints(env)
}

// Request implements Replica.
func (q *quorum) Request(env Env, req Request) {
	if !q.ready() {
		env.Reply(req.Op, model.Refuse(model.CodeNoQuorum, q.why()))
		return
	}
	q.request(env, req)
}

// Receive implements Replica.
func (q *quorum) Receive(env Env, from model.NodeID, msg Message) {
	ok, news := q.trusts(from, msg.(interface{ knows() []int32 }).knows())
	if news {
		q.save(env)
	}
	if !ok || q.receive(env, from, msg) {
		return
	}
	if m, ok := msg.(*quorumRecovered); ok {
		q.hearRecovered(env, from, m)
		return
	}
	if !q.ready() || q.answered(env, from, msg) {
		return
	}
	switch m := msg.(type) {
	case *quorumAsk:
		rec := env.Store().Record(m.key)
		if m.stamp {
			env.Send(from, &quorumStamped{q.lives, m.id, stampOf(rec), rec.Vector(), headNames(rec)})
		} else {
			env.Send(from, &quorumAnswer{q.lives, m.id, rec})
		}
	case *quorumWrite:
		if h, ok := m.rec.Newest(); ok && m.op != 0 && !env.Store().Record(m.key).Vector().Covers(h.Dot) {
			env.Wrote(m.op, m.key, m.over)
		}
		q.keep(env, m.key, m.rec)
		if m.id != 0 {
			env.Send(from, &quorumAck{q.lives, m.id})
		}
	case *quorumRecover:
		env.Send(from, &quorumRecovered{q.lives, install{recordsOf(env), q.lost}})
	}
}

// keep merges a record into what the node has: the later stamp stays.
func (q *quorum) keep(env Env, key string, rec *model.Record) {
	ours := env.Store().Record(key)
	merged, lost := model.Merge(ours, rec, model.Registers)
	if merged == ours {
		return
	}
	for i := range lost {
		env.Discarded(key, lost[i].Op, "another write has a later stamp")
	}
	q.clock = q.clock.Later(stampOf(merged))
	env.Store().PutRecord(key, merged)
	if !sameServed(ours, merged) {
		env.Applied(key, merged)
	}
}

// Timer implements Replica.
func (q *quorum) Timer(env Env, tag Tag) {
	switch tag.Kind {
	case tagInstall:
		q.installer.tick(env)
	case tagCall:
		q.coordinator.tick(env, quorumID(tag.N))
	case tagHints:
		q.deliverHints(env)
	case tagAskRecovered:
		q.askRecovered(env)
	}
}

// A wiped node may have acknowledged writes that it has forgotten. Each is on W-1 others
// at least, so of N-W+1 others one has it. An acknowledgement of its older life that is
// still under way is worth nothing beside one of another node made after that node
// helped: it names the new life (installer.lifebook).

// askRecovered asks those who have not told, until enough have.
func (q *quorum) askRecovered(env Env) {
	if !q.wiped {
		return
	}
	for p := range q.coordinator.n {
		if to := model.NodeID(p + 1); to != env.Self() && q.told[to] == nil {
			env.Send(to, &quorumRecover{q.lives})
		}
	}
	env.After(recoverRetry, Tag{Kind: tagAskRecovered})
}

func (q *quorum) hearRecovered(env Env, from model.NodeID, m *quorumRecovered) {
	if !q.wiped || m.lives[env.Self()-1] != q.life {
		return
	}
	if q.told == nil {
		q.told = map[model.NodeID]*quorumRecovered{}
	}
	q.told[from] = m
	n := q.coordinator.n
	if len(q.told) < min(n-q.w+1, n-1) {
		return
	}
	nodes := make([][]keyRecord, n)
	var s install
	for p := range n {
		if m := q.told[model.NodeID(p+1)]; m != nil {
			nodes[p], s.lost = m.records, m.lost
		}
	}
	s.records = newestRecords(nodes)
	q.told = nil
	q.recovered(env, &s)
	for _, kr := range s.records {
		q.clock = q.clock.Later(stampOf(kr.rec))
	}
}

// newestRecords merges what nodes hold as this policy does: the later stamp stays.
func newestRecords(nodes [][]keyRecord) []keyRecord {
	var out []keyRecord
	at := map[string]int{}
	for _, records := range nodes {
		for _, kr := range records {
			i, ok := at[kr.key]
			if !ok {
				at[kr.key] = len(out)
				out = append(out, kr)
				continue
			}
			out[i].rec, _ = model.Merge(out[i].rec, kr.rec, model.Registers)
		}
	}
	return sortedRecords(out)
}
