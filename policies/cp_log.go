package policies

import (
	"encoding/binary"
	"math"
	"strconv"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// entryID names a place in the log by its index and the term of its entry.
type entryID struct{ index, term uint64 }

// cpLog is raft's log: durable in the node's store, an entry a blob, and kept in
// memory too for as long as the replica lives. It implements raft.Storage; the hard
// state is part of cpState.
//
// Invariant: entries[i] has index base.index+1+i, and the store has the same.
type cpLog struct {
	r       *cp
	base    entryID // the last entry that was compacted away
	entries []*pb.Entry
	conf    *pb.ConfState
}

var _ raft.Storage = (*cpLog)(nil)

// A log keeps at most logBound entries that are applied; then all but the newest
// logKeep of them go, and whoever still lacks those gets a snapshot.
const (
	logBound = 1024
	logKeep  = 256
)

func (l *cpLog) last() uint64 { return l.base.index + uint64(len(l.entries)) }

func (l *cpLog) lastID() entryID {
	term, _ := l.Term(l.last()) // which is in the log, or its base
	return entryID{l.last(), term}
}

// InitialState implements raft.Storage.
func (l *cpLog) InitialState() (*pb.HardState, *pb.ConfState, error) {
	s := &l.r.state
	return &pb.HardState{Term: new(s.term), Vote: new(s.vote), Commit: new(s.commit)}, l.conf, nil
}

// Entries implements raft.Storage.
func (l *cpLog) Entries(lo, hi, maxSize uint64) ([]*pb.Entry, error) {
	if lo <= l.base.index {
		return nil, raft.ErrCompacted
	}
	if hi > l.last()+1 {
		return nil, raft.ErrUnavailable
	}
	entries := l.entries[lo-l.base.index-1 : hi-l.base.index-1]
	if maxSize != math.MaxUint64 {
		size, n := uint64(0), 0
		for n < len(entries) {
			if size += uint64(len(entries[n].GetData())) + 16; size > maxSize && n > 0 {
				break
			}
			n++
		}
		entries = entries[:n]
	}
	return entries[:len(entries):len(entries)], nil
}

// Term implements raft.Storage.
func (l *cpLog) Term(i uint64) (uint64, error) {
	switch {
	case i < l.base.index:
		return 0, raft.ErrCompacted
	case i == l.base.index:
		return l.base.term, nil
	case i > l.last():
		return 0, raft.ErrUnavailable
	}
	return l.entries[i-l.base.index-1].GetTerm(), nil
}

// LastIndex implements raft.Storage.
func (l *cpLog) LastIndex() (uint64, error) { return l.last(), nil }

// FirstIndex implements raft.Storage.
func (l *cpLog) FirstIndex() (uint64, error) { return l.base.index + 1, nil }

// Snapshot implements raft.Storage: the state as it is now. The records are no part
// of it, they travel beside it (raftMessage.state).
func (l *cpLog) Snapshot() (*pb.Snapshot, error) {
	at := l.r.state.applied
	term, err := l.Term(at)
	if err != nil {
		return nil, err
	}
	l.r.captured = l.r.capture()
	return &pb.Snapshot{Metadata: &pb.SnapshotMetadata{Index: new(at), Term: new(term), ConfState: l.conf}}, nil
}

// append puts entries at their places; what was there and after goes.
func (l *cpLog) append(entries []*pb.Entry) {
	if len(entries) == 0 {
		return
	}
	first := entries[0].GetIndex()
	keep := int(first - l.base.index - 1)
	if keep < len(l.entries) {
		l.dropped(l.entries[keep:])
		// The old array may be shared with a message under way.
		l.entries = l.entries[:keep:keep]
		for i := first + uint64(len(entries)); i <= l.r.state.last; i++ {
			l.r.store.DropMeta(logName(i))
		}
	}
	l.entries = append(l.entries, entries...)
	for _, e := range entries {
		l.r.store.PutMeta(logName(e.GetIndex()), encodeEntry(e))
	}
	l.r.state.last, l.r.dirty = l.last(), true
}

// dropped tells of commands that a new leader's log overwrites.
func (l *cpLog) dropped(entries []*pb.Entry) {
	for _, e := range entries {
		if c, err := decodeCommand(e.GetData()); err == nil {
			l.r.env.Note("raft.overwritten", "op", strconv.FormatUint(uint64(c.op), 10), "key", c.command.Key())
		}
	}
}

// compact forgets the entries up to the index, which must be applied.
func (l *cpLog) compact(to uint64) {
	n := to - l.base.index
	term, err := l.Term(to)
	if err != nil || n == 0 {
		return
	}
	for i := l.base.index + 1; i <= to; i++ {
		l.r.store.DropMeta(logName(i))
	}
	l.entries = append([]*pb.Entry(nil), l.entries[n:]...)
	l.base = entryID{to, term}
	l.r.dirty = true
}

// reset makes the log be the one given.
func (l *cpLog) reset(base entryID, entries []*pb.Entry) {
	for i := l.base.index + 1; i <= l.last(); i++ {
		l.r.store.DropMeta(logName(i))
	}
	l.base, l.entries = base, nil
	l.r.state.last, l.r.dirty = base.index, true
	l.append(entries)
}

// load reads the log from the store; false if it is not whole, or not a log.
func (l *cpLog) load(base entryID, last uint64) bool {
	l.base, l.entries = base, nil
	term := base.term
	for i := base.index + 1; i <= last; i++ {
		e := decodeEntry(i, l.r.store.Meta(logName(i)))
		if e == nil || e.GetTerm() < term || !readable(e.GetData()) {
			return false
		}
		term = e.GetTerm()
		l.entries = append(l.entries, e)
	}
	return term <= l.r.state.term
}

func logName(index uint64) string {
	var b [32]byte
	return string(strconv.AppendUint(append(b[:0], "raft/log/"...), index, 10))
}

// encodeEntry writes an entry's term and data.
func encodeEntry(e *pb.Entry) []byte {
	b := make([]byte, 0, 4+len(e.GetData()))
	return append(binary.AppendUvarint(b, e.GetTerm()), e.GetData()...)
}

// decodeEntry reads an entry; nil if there is none.
func decodeEntry(index uint64, b []byte) *pb.Entry {
	r := varints{b: b}
	term := r.next()
	if r.bad || term == 0 {
		return nil
	}
	e := &pb.Entry{Term: new(term), Index: new(index), Type: pb.EntryNormal.Enum()}
	if len(r.b) > 0 {
		e.Data = r.b
	}
	return e
}
