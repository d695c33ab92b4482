package check

import (
	"slices"

	"capsim/model"
	"capsim/trace"
)

// maxInit bounds the states that a stretch may begin in.
const maxInit = 4096

// left returns what the keys may have held at an event: every combination of values
// that a node served by then or that a write asked for; nil if there are too many.
func (h *History) left(keys []string, event int) [][]model.Value {
	may := [][]model.Value{nil}
	for _, key := range keys {
		pool := h.pool(key, event)
		if len(may)*len(pool) > maxInit {
			return nil
		}
		var next [][]model.Value
		for _, vs := range may {
			for _, v := range pool {
				next = append(next, append(slices.Clone(vs), v))
			}
		}
		may = next
	}
	return may
}

// pool returns the values that a key may have held at an event.
func (h *History) pool(key string, event int) []model.Value {
	pool := []model.Value{{}}
	had := map[string]bool{}
	add := func(v model.Value) {
		id := v.Type.String() + " " + v.Deadline.String() + " " + v.String()
		if v.Type != model.None && !had[id] {
			had[id] = true
			pool = append(pool, v)
		}
	}
	for n := 1; n <= event && n <= h.until; n++ {
		e := h.log.At(n)
		if e.Kind != trace.Applied || e.Key != key {
			continue
		}
		add(e.Record().Value())
		for _, v := range e.Record().Values() {
			add(v)
		}
	}
	for _, o := range h.key(key).ops {
		if v, ok := h.leaves(o); ok && o.Invoked <= event && !refused(o) {
			add(v)
		}
	}
	return pool
}
