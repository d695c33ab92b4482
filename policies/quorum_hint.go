package policies

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"capsim/model"
)

// hints are the writes that this node keeps for others (hinted handoff). As every node
// is a home of every key, the write itself is this node's own record: a hint says who
// lacks it. Hints survive a crash.
type hints struct {
	list  []hint
	sent  map[quorumID]sentHint // under way, by the number that the acknowledgement bears
	heard nodeSet               // who acknowledged one since the last round
	armed bool
}

type hint struct {
	to  model.NodeID
	key string
}

type sentHint struct {
	hint
	stamp model.Stamp // of the record as it was sent
}

const (
	hintsMeta = "quorum/hints"
	// hintAfter is for how many ticks a write waits for a node before it keeps a hint.
	hintAfter = 3
	// hintRound is how often hints are offered to their nodes: one to a node that is
	// silent, a batch to one that acknowledged the last.
	hintRound = 250 * time.Millisecond
	hintBatch = 32
)

// hint keeps the call's write for the nodes that have not acknowledged it.
func (q *quorum) hint(env Env, k *call) {
	added := false
	for p := range q.coordinator.n {
		to := model.NodeID(p + 1)
		if to == q.coordinator.self || !k.targets.has(to) || q.counts(k, p) || k.hinted.has(to) {
			continue
		}
		k.hinted = k.hinted.with(to)
		if h := (hint{to, k.key}); !slices.Contains(q.hints.list, h) {
			q.hints.list = append(q.hints.list, h)
			added = true
			env.Count("quorum.hints", 1)
			env.Note("quorum.hinted", "for", to.String(), "op", fmt.Sprint(k.req.Op))
		}
	}
	if added {
		q.saveHints(env)
		q.armHints(env)
	}
}

// unhint forgets the hints for nodes that have acknowledged the call's write after all,
// unless they lack a newer one.
func (q *quorum) unhint(env Env, k *call) {
	if k.hinted == 0 {
		return
	}
	for p := range q.coordinator.n {
		if to := model.NodeID(p + 1); k.hinted.has(to) && q.counts(k, p) {
			q.forgetHint(env, sentHint{hint{to, k.key}, stampOf(k.rec)})
			k.hinted = k.hinted.without(to)
		}
	}
}

// forgetHint drops a hint if what was sent is what this node still has.
func (q *quorum) forgetHint(env Env, s sentHint) {
	i := slices.Index(q.hints.list, s.hint)
	if i < 0 || stampOf(env.Store().Record(s.key)) != s.stamp {
		return
	}
	q.hints.list = slices.Delete(q.hints.list, i, i+1)
	q.saveHints(env)
}

// handedOff takes the acknowledgement of a hint.
func (q *quorum) handedOff(env Env, from model.NodeID, id quorumID) {
	s, ok := q.hints.sent[id]
	if !ok || s.to != from {
		return
	}
	delete(q.hints.sent, id)
	q.hints.heard = q.hints.heard.with(from)
	q.forgetHint(env, s)
	env.Count("quorum.handoffs", 1)
}

func (q *quorum) armHints(env Env) {
	if !q.hints.armed && len(q.hints.list) > 0 {
		q.hints.armed = true
		env.After(hintRound, Tag{Kind: tagHints})
	}
}

// deliverHints offers hints to their nodes.
func (q *quorum) deliverHints(env Env) {
	q.hints.armed = false
	if !q.ready() {
		q.armHints(env)
		return
	}
	q.hints.sent = map[quorumID]sentHint{}
	var room [maxReplicas]int
	for p := range q.coordinator.n {
		room[p] = 1
		if q.hints.heard.has(model.NodeID(p + 1)) {
			room[p] = hintBatch
		}
	}
	q.hints.heard = 0
	for _, h := range q.hints.list {
		if room[h.to-1]--; room[h.to-1] < 0 {
			continue
		}
		rec := env.Store().Record(h.key)
		q.last++
		id := q.last<<phaseBits | quorumID(backing)
		q.hints.sent[id] = sentHint{h, stampOf(rec)}
		env.Send(h.to, &quorumWrite{lives: q.lives, id: id, kind: "quorum.hint", key: h.key, rec: rec})
	}
	q.armHints(env)
}

func (q *quorum) saveHints(env Env) {
	if len(q.hints.list) == 0 {
		env.Store().DropMeta(hintsMeta)
		return
	}
	var b []byte
	for _, h := range q.hints.list {
		b = binary.AppendUvarint(b, uint64(h.to))
		b = binary.AppendUvarint(b, uint64(len(h.key)))
		b = append(b, h.key...)
	}
	env.Store().PutMeta(hintsMeta, b)
}

// loadHints takes up the hints of the process before. Those of a stretch before are
// worth nothing: all begin with one state. A hint for a record that is gone is none.
func (q *quorum) loadHints(env Env) {
	b := env.Store().Meta(hintsMeta)
	if b == nil {
		return
	}
	if env.Boot() != Restarted || q.wiped {
		env.Store().DropMeta(hintsMeta)
		return
	}
	r := varints{b: b}
	for len(r.b) > 0 {
		to, size := r.next(), r.next()
		if r.bad || to < 1 || to > uint64(q.coordinator.n) || size > uint64(len(r.b)) {
			break // not what this program wrote: the rest can't be told apart
		}
		h := hint{model.NodeID(to), string(r.b[:size])}
		r.b = r.b[size:]
		if h.to != q.coordinator.self && env.Store().Record(h.key) != nil {
			q.hints.list = append(q.hints.list, h)
		}
	}
	q.armHints(env)
}

func sortedRecords(rs []keyRecord) []keyRecord {
	slices.SortFunc(rs, func(a, b keyRecord) int { return cmp.Compare(a.key, b.key) })
	return rs
}
