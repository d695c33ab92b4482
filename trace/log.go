package trace

import "iter"

// chunkBits sizes the log's chunks: 512 events of 112 bytes fill 7 of Go's pages to
// the byte.
const (
	chunkBits = 9
	chunkLen  = 1 << chunkBits
)

type chunk [chunkLen]Event

// Log is the append-only list of a run's events, numbered from 1. It grows by
// chunks, so an event never moves and a pointer to it stays valid. One goroutine may
// append; others read snapshots.
//
// Invariants:
//  1. chunks has room for n events.
//  2. An event with a number up to n is never written again, until Reset.
type Log struct {
	chunks []*chunk
	n      int
	frozen bool // a snapshot: its chunks are another log's
}

// Append adds an event and returns its number. It panics on a snapshot.
func (l *Log) Append(e Event) int {
	i := l.n & (chunkLen - 1)
	if i == 0 && l.n>>chunkBits == len(l.chunks) || l.frozen {
		l.grow()
	}
	l.chunks[l.n>>chunkBits][i] = e
	l.n++
	return l.n
}

func (l *Log) grow() {
	if l.frozen {
		panic("trace: append to a snapshot of a log")
	}
	l.chunks = append(l.chunks, new(chunk))
}

// Reset empties the log and keeps its room, for another run. Nobody may hold a snapshot
// or an event of it.
func (l *Log) Reset() {
	if l.frozen {
		panic("trace: reset of a snapshot of a log")
	}
	l.n = 0
}

// Len returns the number of events, which is also the number of the last one.
func (l *Log) Len() int { return l.n }

// At returns the n-th event, n from 1 to Len. It is not to be changed.
func (l *Log) At(n int) *Event {
	if n < 1 || n > l.n {
		panic("trace: no such event")
	}
	return &l.chunks[(n-1)>>chunkBits][(n-1)&(chunkLen-1)]
}

// All yields every event with its number.
func (l *Log) All() iter.Seq2[int, *Event] {
	return func(yield func(int, *Event) bool) {
		for n := 1; n <= l.n; n++ {
			if !yield(n, l.At(n)) {
				return
			}
		}
	}
}

// Snapshot returns the log as it is now, to be read while the log grows: by
// another goroutine, too, if it is handed over in a way that orders memory (a
// message, a lock). It costs one small allocation, whatever the log's length.
func (l *Log) Snapshot() *Log {
	return &Log{chunks: l.chunks[:len(l.chunks):len(l.chunks)], n: l.n, frozen: true}
}
