package check

import (
	"slices"

	"capsim/model"
)

// effect is what the log says of one write at one key.
type effect struct {
	op        model.OpID
	key       string
	kid       int32        // the key's number in the digest
	next      int32        // in effects.all: the operation's effect on its next key; 0 for none
	event     int          // its first Wrote; 0 for none
	over      []model.OpID // what it supersedes
	dot       model.Dot    // as the last record that had it at its head says
	stamp     model.Stamp  // likewise
	dotted    bool         // some record had
	replaces  bool         // it takes the place of what was there: no change of a counter or set
	discarded int          // its first Discarded event; 0 for none
}

// effects are the writes of a log by the place of their operation in the index, and
// their key. Those of operations that the index does not know, which only a log
// made by hand holds, stand in a map.
type effects struct {
	first []int32 // by number: place in all, 0 for none
	all   []effect
	far   map[opKey]int32
	keys  map[string]int32
}

// keyID numbers the keys, from 0.
func (x *effects) keyID(key string) int32 {
	k, ok := x.keys[key]
	if !ok {
		k = int32(len(x.keys))
		x.keys[key] = k
	}
	return k
}

func newEffects(ops int) effects {
	return effects{first: make([]int32, ops), all: make([]effect, 1, ops/4+2), keys: map[string]int32{}}
}

// find returns the place of a write in all; 0 if it has none.
func (x *effects) find(number int, op model.OpID, key string) int32 {
	if number < 0 {
		return x.far[opKey{op, key}]
	}
	i := x.first[number]
	for i != 0 && x.all[i].key != key {
		i = x.all[i].next
	}
	return i
}

// of returns a write, which it adds if it is new. It is valid until the next one is.
func (x *effects) of(number int, op model.OpID, key string) *effect {
	i := x.find(number, op, key)
	if i != 0 {
		return &x.all[i]
	}
	i = int32(len(x.all))
	w := effect{op: op, key: key, kid: x.keyID(key)}
	if number < 0 {
		if x.far == nil {
			x.far = map[opKey]int32{}
		}
		x.far[opKey{op, key}] = i
	} else {
		w.next, x.first[number] = x.first[number], i
	}
	x.all = append(x.all, w)
	return &x.all[i]
}

// effect returns what the log says of a write; nothing of one that it does not have.
func (h *History) effect(op model.OpID, key string) *effect {
	x := &h.facts().effects
	return &x.all[x.find(h.number(op), op, key)]
}

// wrote tells whether the operation took its place in the key's history.
func (h *History) wrote(op model.OpID, key string) bool { return h.effect(op, key).event != 0 }

// closure returns the writes of a key that the given ones superseded, directly or
// through others, and themselves.
func (h *History) closure(key string, ops []model.OpID) map[model.OpID]bool {
	held := make(map[model.OpID]bool, len(ops))
	todo := slices.Clone(ops)
	for len(todo) > 0 {
		op := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if held[op] {
			continue
		}
		held[op] = true
		todo = append(todo, h.effect(op, key).over...)
	}
	return held
}

// within tells of every effect whether the given ones superseded it, directly or
// through others, or it is one of them.
func (h *History) within(todo []int32) []bool {
	x := &h.facts().effects
	held := make([]bool, len(x.all))
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i == 0 || held[i] {
			continue
		}
		held[i] = true
		for _, op := range x.all[i].over {
			if j := x.find(h.number(op), op, x.all[i].key); j != 0 && !held[j] {
				todo = append(todo, j)
			}
		}
	}
	return held
}
