package tui

import (
	"sort"
	"time"

	"capsim/model"
	"capsim/trace"
)

// followed is the key that the picture shows from an event on, while it follows the
// newest write.
type followed struct {
	event int
	key   string
}

// The picture turns to another key at most so many times in a row, and then again after
// so long: under load it would flicker else.
const (
	turns    = 3
	turnTime = 2 * time.Second
)

// follower works out which key the picture shows, as the log grows.
type follower struct {
	keys []followed // ascending
	last model.Time // when it turned last
	left int        // turns that it may make at once
}

// wrote takes in that a client writes.
func (f *follower) wrote(n int, e *trace.Event) {
	call := e.Call()
	if e.Kind != trace.Invoke || call == nil || !call.Command.Writes() {
		return
	}
	if keys := call.Command.Keys(); len(keys) > 0 {
		f.turn(n, e.At, keys[0])
	}
}

// turn turns to a key, unless that would flicker.
func (f *follower) turn(n int, at model.Time, key string) {
	if k := len(f.keys); k == 0 {
		f.left = turns
	} else if f.keys[k-1].key == key {
		return
	}
	if more := int(int64(at-f.last) / int64(turnTime)); more > 0 {
		f.left = min(f.left+more, turns)
		f.last = at
	}
	if f.left == 0 {
		return
	}
	f.left--
	f.keys = append(f.keys, followed{n, key})
}

// at returns the key at event n, "" before the first write.
func (f *follower) at(n int) string { return keyAt(f.keys, n) }

// keyAt returns the last key of an ascending list up to event n, "" if there is none.
func keyAt(keys []followed, n int) string {
	i := sort.Search(len(keys), func(i int) bool { return keys[i].event > n })
	if i == 0 {
		return ""
	}
	return keys[i-1].key
}

// written takes in that a write has its effect: what a lab's own command writes is not known
// before.
func (r *record) written(n int, e *trace.Event) {
	if op := r.index.Op(e.Op); op != nil && op.Command.Verb == model.CALL {
		r.follows.turn(n, e.At, e.Key)
	}
}
