package check

import (
	"testing"

	"capsim/trace"
)

// A node in doubt of a key serves nothing of it, and that is no value either; it counts
// with what it last applied when nodes are compared.
func TestKeyInDoubt(t *testing.T) {
	p := newTape(t, 3)
	p.play(staleText)
	p.event(trace.Event{Kind: trace.Doubt, Node: 2, Key: "cart", Op: 2})
	p.event(trace.Event{Kind: trace.Doubt, Node: 3, Key: "other", Op: 2})
	wants(t, p.history(Options{}),
		"no value n2 cart = milk ~ n2 is in doubt whether v2 took place, and serves nothing of cart.",
		"no value n2 cart = nil",
		"no version n2 cart = v1",
		"no value n3 other = nil",
		"yes value n3 cart = milk",
		"yes diverged cart ~ n1 holds v2, n2 and n3 hold v1",
		"yes converged other",
	)
	p.event(trace.Event{Kind: trace.Doubt, Node: 2, Key: "cart"})
	wants(t, p.history(Options{}), "yes value n2 cart = milk")
}
