package policies

import (
	"encoding/binary"
	"strconv"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"

	"capsim/model"
)

// cpState is what a replica must not forget in a crash, beside the log's entries
// and the records. It is written whole, once a step at most.
type cpState struct {
	stretch   int         // in which it was made; an older one's is worth nothing
	life      int32       // the incarnation in which the disk was last empty, or the stretch began
	recovery  bool        // the disk was wiped and what it held has not been fetched from the others
	installed bool        // the records are those of the log
	term      uint64      // raft's hard state
	vote      uint64      //
	commit    uint64      //
	applied   uint64      // the last entry that the records have in them
	last      uint64      // the last entry of the log
	stamp     model.Stamp // of the last write
	lives     []int32     // the newest life known of n1, n2, …; 0: unknown. Never changed in place
}

// Names of the blobs that cp keeps, beside the log's (logName).
const (
	stateMeta = "raft/state"
	lostMeta  = "raft/lost"
)

func (s *cpState) encode(base entryID) []byte {
	b := make([]byte, 0, 64)
	flags := byte(0)
	if s.recovery {
		flags |= 1
	}
	if s.installed {
		flags |= 2
	}
	b = append(b, flags)
	for _, v := range [...]uint64{
		uint64(s.stretch), uint64(s.life), s.term, s.vote, s.commit, s.applied, base.index, base.term, s.last,
		uint64(s.stamp.Wall), uint64(s.stamp.Logical), uint64(s.stamp.Node), uint64(s.stamp.Life),
	} {
		b = binary.AppendUvarint(b, v)
	}
	for _, l := range s.lives {
		b = binary.AppendUvarint(b, uint64(l))
	}
	return b
}

// decodeState reads what encode wrote, for n nodes; false if b is no such thing.
func decodeState(b []byte, n int) (s cpState, base entryID, ok bool) {
	if len(b) == 0 {
		return s, base, false
	}
	s.recovery, s.installed = b[0]&1 != 0, b[0]&2 != 0
	r := varints{b: b[1:]}
	s.stretch, s.life = int(r.next()), int32(r.next())
	s.term, s.vote, s.commit, s.applied = r.next(), r.next(), r.next(), r.next()
	base = entryID{r.next(), r.next()}
	s.last = r.next()
	s.stamp = model.Stamp{Wall: model.Time(r.next()), Logical: int32(r.next())}
	s.stamp.Actor = model.Actor{Node: model.NodeID(r.next()), Life: int32(r.next())}
	s.lives = make([]int32, n)
	for i := range s.lives {
		s.lives[i] = int32(r.next())
	}
	ok = !r.bad && base.index <= s.applied && s.applied <= s.commit && s.commit <= s.last
	return s, base, ok
}

func (r *cp) save() {
	if r.dirty {
		r.dirty = false
		r.store.PutMeta(stateMeta, r.state.encode(r.log.base))
	}
}

// load rebuilds the replica from its disk; false if the disk has not what a replica
// of this stretch left there.
func (r *cp) load() bool {
	s, base, ok := decodeState(r.store.Meta(stateMeta), r.n)
	if !ok || s.stretch != r.env.Stretch() || s.life == 0 {
		return false
	}
	r.state = s
	if !r.log.load(base, s.last) {
		return false
	}
	if b := r.store.Meta(lostMeta); b != nil {
		in := model.NewJSONReader(b)
		r.lost = readLost(in)
		return in.Err() == nil
	}
	return true
}

// begin starts with an empty log.
func (r *cp) begin() {
	life := int32(r.env.Incarnation())
	r.state = cpState{stretch: r.env.Stretch(), life: life, lives: make([]int32, r.n)}
	r.state.lives[r.self-1] = life
	r.log.base, r.log.entries = entryID{}, nil
	r.lost, r.dirty = nil, true
}

// build makes raft's core anew from what is durable. It comes up as a follower that
// knows no leader.
func (r *cp) build() {
	core, err := raft.NewRawNode(&raft.Config{
		ID: uint64(r.self), Storage: &r.log, Applied: r.state.applied,
		ElectionTick: 1 << 30, HeartbeatTick: 1, // never campaigns by itself: cp_election.go
		MaxSizePerMsg: 64 << 10, MaxCommittedSizePerReady: 1 << 62, MaxInflightMsgs: 64,
		CheckQuorum: true, PreVote: r.preVote, DisableProposalForwarding: true,
		Logger: silence{},
	})
	if err != nil {
		panic("policies: raft: " + err.Error())
	}
	r.core, r.busy = core, true
	r.role, r.lead = raft.StateFollower, 0
}

// conf is the configuration of raft's group: all nodes vote, for ever.
func (r *cp) conf() *pb.ConfState {
	c := &pb.ConfState{}
	for i := range r.n {
		c.Voters = append(c.Voters, uint64(i+1))
	}
	return c
}

// capture returns the applied state for a snapshot.
func (r *cp) capture() *cpCapture {
	c := &cpCapture{applied: r.state.applied, stamp: r.state.stamp, lost: r.lost}
	for _, key := range r.store.Keys() {
		c.records = append(c.records, keyRecord{key, r.store.Record(key)})
	}
	return c
}

// cpCapture is the applied state, as snapshots carry it. It does not change.
type cpCapture struct {
	applied uint64
	stamp   model.Stamp
	records []keyRecord
	lost    []lostHead
}

func (c *cpCapture) writes() []model.OpID {
	var ops []model.OpID
	for _, kr := range c.records {
		ops = append(ops, kr.rec.Ops()...)
	}
	return ops
}

// silence is a logger that keeps quiet but for broken invariants.
type silence struct{}

var _ raft.Logger = silence{}

func (silence) Debug(...any)            {}
func (silence) Debugf(string, ...any)   {}
func (silence) Info(...any)             {}
func (silence) Infof(string, ...any)    {}
func (silence) Warning(...any)          {}
func (silence) Warningf(string, ...any) {}
func (silence) Error(...any)            {}
func (silence) Errorf(string, ...any)   {}

func (silence) Fatal(v ...any)            { fail(v...) }
func (silence) Fatalf(f string, v ...any) { failf(f, v...) }
func (silence) Panic(v ...any)            { fail(v...) }
func (silence) Panicf(f string, v ...any) { failf(f, v...) }

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }
