package policies

import (
	"slices"
	"strconv"

	"capsim/model"
)

// redisEntry is a command in the replication stream. A replica need not execute it: the
// records that it left at the primary are what it would leave at the replica, which
// has executed all before it.
type redisEntry struct {
	at     int64 // offset of its first byte
	size   int64
	op     model.OpID // 0: no write of anybody's
	items  []keyRecord
	getAck bool // REPLCONF GETACK
}

func (e *redisEntry) end() int64 { return e.at + e.size }

// respSize is how many bytes the words take in Redis's protocol.
func respSize(words ...string) int64 {
	n := 3 + digits(len(words)) // "*N\r\n"
	for _, w := range words {
		n += 5 + digits(len(w)) + len(w) // "$N\r\n…\r\n"
	}
	return int64(n)
}

func digits(n int) int { return len(strconv.Itoa(n)) }

func commandSize(c model.Command) int64 {
	return respSize(append([]string{c.Spec().Name}, c.Args...)...)
}

// What Redis itself puts into the stream.
var (
	pingSize   = respSize("PING")
	getAckSize = respSize("REPLCONF", "GETACK", "*")
)

// backlog holds the end of the stream: whole commands, limit bytes at most.
//
// Invariants: the entries lie end to end; they end at the node's offset.
type backlog struct {
	limit   int64
	bytes   int64
	entries []redisEntry
	spare   int // entries before it are dropped
}

func (b *backlog) add(e redisEntry) {
	b.entries = append(b.entries, e)
	b.bytes += e.size
	for b.bytes > b.limit {
		b.bytes -= b.entries[b.spare].size
		b.entries[b.spare] = redisEntry{}
		b.spare++
	}
	if b.spare > 64 && 2*b.spare > len(b.entries) {
		b.entries = slices.Clone(b.entries[b.spare:])
		b.spare = 0
	}
}

func (b *backlog) clear() { b.entries, b.bytes, b.spare = nil, 0, 0 }

func (b *backlog) held() []redisEntry { return b.entries[b.spare:] }

// after returns the stream from an offset to its end, which is given; false if the
// backlog does not reach back so far.
func (b *backlog) after(offset, end int64) ([]redisEntry, bool) {
	if offset == end {
		return nil, true
	}
	held := b.held()
	i, found := slices.BinarySearchFunc(held, offset, func(e redisEntry, at int64) int { return int(min(max(e.at-at, -1), 1)) })
	if !found {
		return nil, false
	}
	return held[i:len(held):len(held)], true
}
