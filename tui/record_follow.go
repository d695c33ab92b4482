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
	keys := call.Command.Keys()
	if len(keys) == 0 {
		return
	}
	if k := len(f.keys); k == 0 {
		f.left = turns
	} else if f.keys[k-1].key == keys[0] {
		return
	}
	if more := int(int64(e.At-f.last) / int64(turnTime)); more > 0 {
		f.left = min(f.left+more, turns)
		f.last = e.At
	}
	if f.left == 0 {
		return
	}
	f.left--
	f.keys = append(f.keys, followed{n, keys[0]})
}

// at returns the key at event n, "" before the first write.
func (f *follower) at(n int) string {
	i := sort.Search(len(f.keys), func(i int) bool { return f.keys[i].event > n })
	if i == 0 {
		return ""
	}
	return f.keys[i-1].key
}
