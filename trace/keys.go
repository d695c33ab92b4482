package trace

import (
	"sort"

	"capsim/model"
)

// keyTable numbers keys in the order in which a log first mentions them.
type keyTable struct {
	names []string
	first []int // by key: the number of the event that first mentions it; ascending
	ids   map[string]int
}

// keysOf returns the keys of a command, none for one that lacks arguments (which
// only a log made by hand can hold).
func keysOf(c model.Command) []string {
	if int(c.Verb) >= len(model.Commands) || len(c.Args) < c.Spec().Min {
		return nil
	}
	return c.Keys()
}

// mention takes in the keys that event n names.
func (t *keyTable) mention(n int, e *Event) {
	switch e.Kind {
	case Invoke, SystemWrite:
		if call := e.Call(); call != nil {
			for _, key := range keysOf(call.Command) {
				t.id(n, key)
			}
		}
	case Wrote, Applied, Discarded, Doubt:
		t.id(n, e.Key)
	}
}

// id returns the number of the key, from 0, giving it the next one if it is new.
func (t *keyTable) id(n int, key string) int {
	if i, ok := t.ids[key]; ok {
		return i
	}
	if t.ids == nil {
		t.ids = make(map[string]int)
	}
	t.ids[key] = len(t.names)
	t.names = append(t.names, key)
	t.first = append(t.first, n)
	return len(t.names) - 1
}

func (t *keyTable) find(key string) (int, bool) {
	i, ok := t.ids[key]
	return i, ok
}

// known returns how many keys the events up to n mention.
func (t *keyTable) known(n int) int { return sort.SearchInts(t.first, n+1) }
